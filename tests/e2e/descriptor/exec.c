/* exec.c - programs and scripts that are executed by their descriptors. */
#include "descriptor.h"

static void run_descriptor(void *arg)
{
	int fd = *(int *)arg;
	fexecve(fd, (char *[]){"program", "inherited", "99", NULL}, environ);
	say("fexecve %s", result(-1));
}

static void run_empty_path(void *arg)
{
	int fd = *(int *)arg;
	execveat(fd, "", (char *[]){"program", "inherited", "99", NULL}, environ, AT_EMPTY_PATH);
	say("execveat %s", result(-1));
}

static void run_link(void *arg)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", *(int *)arg);
	execve(link, (char *[]){"program", "inherited", "99", NULL}, environ);
	say("execve %s", result(-1));
}

void exec_descriptor(void)
{
	int fd = served("program", O_RDONLY | O_CLOEXEC), open_fd = served("program", O_RDONLY);
	int data = served("data", O_RDONLY);

	in_child("fexecve", run_descriptor, &fd);
	in_child("fexecve, kept open", run_descriptor, &open_fd);
	in_child("execveat", run_empty_path, &fd);
	in_child("execve of the link", run_link, &open_fd);
	in_child("fexecve of what is no program", run_descriptor, &data);
	close(fd);
	close(open_fd);
	close(data);
}

void exec_script(void)
{
	int fd = served("script", O_RDONLY | O_CLOEXEC), open_fd = served("script", O_RDONLY);

	in_child("closed on exec", run_descriptor, &fd);
	in_child("kept open", run_descriptor, &open_fd);
	in_child("link", run_link, &open_fd);
	close(fd);
	close(open_fd);
}
