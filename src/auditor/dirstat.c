/* dirstat.c - see dirstat.h. */
#include "auditor/dirstat.h"

#include <stdint.h>
#include <string.h>

#include "auditor/environment.h"

#define KEPT_MAX 4096
#define FRAMES_MAX (64u * 1024)

static bool enabled;

static struct {
	const char *buffer;
	size_t len; /* of the directory, with its final slash */
	char text[KEPT_MAX];
} kept;

void dirstat_init(void)
{
	enabled = environment_one_auditor() && !environment_get("LD_DEBUG");
}

void dirstat_restore(const char *name)
{
	char *buffer = (char *)name;
	const char *owner = kept.buffer;

	kept.buffer = NULL;
	if (!owner || owner != name)
		return;
	if (name[0] == '\0') {
		buffer[0] = '/';
		return;
	}
	/* Another directory may have been written over it meanwhile: that begins
	 * with one slash. What is still ours is the run of slashes, and it ends
	 * where ld.so appends, behind a slash of the name that was there. */
	size_t run = strspn(name, "/");
	if (run > 1 && run <= kept.len && kept.text[run - 1] == '/')
		memcpy(buffer, kept.text, run);
}

static bool in_frames_above(const char *name)
{
	return (uintptr_t)name - (uintptr_t)__builtin_frame_address(0) < FRAMES_MAX;
}

void dirstat_spare(const char *name, bool directory_exists)
{
	size_t len = strlen(name);
	const char *slash = memrchr(name, '/', len);
	char *buffer = (char *)name;

	if (!enabled || !slash || slash == name || !in_frames_above(name))
		return;
	len = (size_t)(slash + 1 - name);
	if (len > sizeof(kept.text))
		return;
	kept.buffer = name;
	kept.len = len;
	memcpy(kept.text, name, len);
	if (directory_exists)
		memset(buffer, '/', len);
	else
		buffer[0] = '\0';
}
