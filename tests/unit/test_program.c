/* What decides whether a program may be started from the store, and scripts' first lines. */
#include "common/program.h"
#include "common/script.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SESSION_OK "COLLFS_SESSION=0123456789abcdef0123456789abcdef.1794265459"
#define PRELOAD_OK "LD_PRELOAD=/x/libother.so:/opt/lib/libcollfs.so"
#define AUDIT_OK "LD_AUDIT=/opt/lib/collfs/libcollfs-audit.so"

Test(program, an_environment_with_all_is_fit)
{
	char *const envp[] = {"HOME=/root", PRELOAD_OK, SESSION_OK, AUDIT_OK, NULL};
	char *const told[] = {PRELOAD_OK, AUDIT_OK, SESSION_OK ":/sw/bin/x", NULL};

	cr_expect_eq(program_environment(envp), 2);
	cr_expect_eq(program_environment(told), 2);
}

Test(program, any_other_environment_is_not)
{
	static char *const environments[][8] = {
		{NULL},
		{PRELOAD_OK, AUDIT_OK, NULL},
		{PRELOAD_OK, SESSION_OK, NULL},
		{AUDIT_OK, SESSION_OK, NULL},
		{"LD_PRELOAD=/x/libother.so", AUDIT_OK, SESSION_OK, NULL},
		{PRELOAD_OK, "LD_AUDIT=/x/other.so", SESSION_OK, NULL},
		{PRELOAD_OK, AUDIT_OK, "COLLFS_SESSION=", NULL},
		{PRELOAD_OK, AUDIT_OK, SESSION_OK, SESSION_OK, NULL},
		{PRELOAD_OK, AUDIT_OK, SESSION_OK, PRELOAD_OK, NULL},
		{PRELOAD_OK, AUDIT_OK, SESSION_OK, "LD_LIBRARY_PATH=$ORIGIN/lib", NULL},
		{PRELOAD_OK, AUDIT_OK, SESSION_OK, "COLLFS_EXEC=0", NULL},
		{PRELOAD_OK, AUDIT_OK, SESSION_OK, "COLLFS_DISABLE=1", NULL},
		{"XLD_PRELOAD=/opt/lib/libcollfs.so", AUDIT_OK, SESSION_OK, NULL},
	};

	for (size_t i = 0; i < sizeof(environments) / sizeof(environments[0]); i++)
		cr_expect_eq(program_environment(environments[i]), PROGRAM_UNFIT, "number %zu", i);
}

Test(program, recent_versions_of_glibc)
{
	static const char *const recent[] = {"2.35", "2.36", "2.100", "3.0"};
	static const char *const old[] = {"", "2", "2.", "2.4", "2.34", "1.99", "x"};

	for (size_t i = 0; i < sizeof(recent) / sizeof(recent[0]); i++)
		cr_expect(program_libc_is_recent(recent[i]), "%s", recent[i]);
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		cr_expect_not(program_libc_is_recent(old[i]), "%s", old[i]);
}

Test(program, the_path_in_a_memfds_name)
{
	static const char *const others[] = {
		"",
		"/memfd:",
		"/sw/bin/x",
		"/memfd:other:/sw/bin/x (deleted)",
		"/memfd:collfs:/sw/bin/x",
		"/memfd:collfs:sw/bin/x (deleted)",
		"/memfd:collfs: (deleted)",
	};
	char name[] = "/memfd:collfs:/sw/bin/x (deleted)", other[64];

	cr_assert_str_eq(program_memfd_path(name, strlen(name)), "/sw/bin/x");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		strcpy(other, others[i]);
		cr_expect_null(program_memfd_path(other, strlen(other)), "%s", others[i]);
	}
}

/* Whatever is in a file, nobody reads beyond its end: a sanitizer or a guard page tells. */
Test(program, damaged_images, .timeout = 60)
{
	unsigned seed = (unsigned)time(NULL);
	struct script script;
	struct stat st;

	int fd = open("/proc/self/exe", O_RDONLY);
	cr_assert(fd >= 0 && fstat(fd, &st) == 0);
	size_t size = (size_t)st.st_size, page = 4096, room = (size + page - 1) / page * page;
	char *memory =
		mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cr_assert(memory != MAP_FAILED && mprotect(memory + room, page, PROT_NONE) == 0);
	fprintf(stderr, "damaged_images: seed %u\n", seed);
	srand(seed);
	for (int i = 0; i < 3000; i++) {
		/* Its end, or one that is too early, lies before the guard page. */
		size_t len = i % 2 ? size : (size_t)rand() % size + 1;
		char *image = memory + (room - len) / 16 * 16;
		len = (size_t)(memory + room - image);
		cr_assert(pread(fd, image, len < size ? len : size, 0) > 0);
		for (int n = rand() % 8; n > 0; n--)
			image[(size_t)rand() % (len < 1024 ? len : 1024)] = (char)rand();
		program_kind(image, len, &script);
	}
	close(fd);
}

static void expect_line(const char *text, size_t len, const char *interpreter, const char *argument)
{
	struct script s;

	if (!interpreter) {
		cr_expect_not(script_parse(&s, text, len), "\"%s\" was taken", text);
		return;
	}
	cr_assert(script_parse(&s, text, len), "\"%s\" was not taken", text);
	cr_expect_str_eq(s.interpreter, interpreter, "\"%s\": %s", text, s.interpreter);
	if (argument)
		cr_expect(s.argument && strcmp(s.argument, argument) == 0, "\"%s\": %s", text,
		          s.argument ? s.argument : "(none)");
	else
		cr_expect_null(s.argument, "\"%s\": %s", text, s.argument);
}

/* The kernel itself is asked in process.test. */
Test(script, first_lines)
{
	static const struct {
		const char *text, *interpreter, *argument;
	} lines[] = {
		{"", NULL, NULL},
		{"#", NULL, NULL},
		{"#!", "", NULL}, /* which cannot be opened */
		{"#!\n/bin/sh", NULL, NULL},
		{"#!  \t \n", NULL, NULL},
		{" #!/bin/sh\n", NULL, NULL},
		{"#!/bin/sh", "/bin/sh", NULL},
		{"#!/bin/sh\n", "/bin/sh", NULL},
		{"#! \t/bin/sh \t\n", "/bin/sh", NULL},
		{"#!/bin/sh -e\n", "/bin/sh", "-e"},
		{"#!/bin/sh \t -e  -x \nmore", "/bin/sh", "-e  -x"},
		{"#!sh\r\n", "sh\r", NULL},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect_line(lines[i].text, strlen(lines[i].text), lines[i].interpreter,
		            lines[i].argument);
	expect_line("#!/bin/sh\0-x\n", 13, "/bin/sh", NULL);
}

Test(script, long_first_lines)
{
	char text[2 * SCRIPT_HEAD], expected[SCRIPT_HEAD];

	/* The interpreter's name may have been cut: no. Its argument: as far as it is there. */
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0'; /* for messages */
	memcpy(text, "#!/", 3);
	expect_line(text, sizeof(text) - 1, NULL, NULL);
	memcpy(text, "#!/bin/sh ", 10);
	memset(expected, 'x', sizeof(expected));
	expected[SCRIPT_HEAD - 1 - 10] = '\0';
	expect_line(text, sizeof(text) - 1, "/bin/sh", expected);
	/* A line that ends with the last byte. */
	memset(text + 2, 'y', SCRIPT_HEAD - 3);
	text[SCRIPT_HEAD - 1] = '\n';
	memset(expected, 'y', SCRIPT_HEAD - 3);
	expected[SCRIPT_HEAD - 3] = '\0';
	expect_line(text, sizeof(text) - 1, expected, NULL);
}
