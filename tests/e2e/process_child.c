/*
 * process_child.c - a program that is executed: it tells what it finds
 *
 *   process_child [ARGUMENT ...]
 *
 * On standard output all that a program can find out about how it was started.
 * CHILD_READS names a file of the scope whose content it prints. CHILD_LOG names a
 * file to which it adds a line, "store" or "path": from where the kernel has it.
 * That is not to be compared.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* Of what the library needs it may not be told. */
static int is_librarys(const char *variable)
{
	return strncmp(variable, "LD_", 3) == 0 || strncmp(variable, "_=", 2) == 0;
}

static void show_content(const char *path)
{
	char text[100] = "";
	struct stat st = {0};

	int fd = open(path, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	if (n >= 0 && fstat(fd, &st) == 0)
		printf("reads %.*s, mode %o, links %lu\n", (int)n, text, (unsigned)st.st_mode,
		       (unsigned long)st.st_nlink);
	else
		printf("cannot read: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Those of a program with few files; the library's own are high. */
static void show_descriptors(void)
{
	printf("descriptors");
	for (int fd = 0; fd < 500; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	}
	printf("\n");
}

static void log_source(const char *log)
{
	char name[PATH_MAX] = "";

	if (syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", name, sizeof(name) - 1) < 0)
		return;
	const char *line = strncmp(name, "/memfd:", 7) == 0 ? "store\n" : "path\n";
	int fd = open(log, O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		perror(log);
	close(fd);
}

int main(int argc, char **argv)
{
	char exe[PATH_MAX] = "", cwd[PATH_MAX] = "", comm[17] = "";
	const char *reads = getenv("CHILD_READS"), *log = getenv("CHILD_LOG");

	show_descriptors();
	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	printf("AT_EXECFN %s\n", (const char *)getauxval(AT_EXECFN));
	prctl(PR_GET_NAME, comm);
	printf("comm %s, name %s\n", comm, program_invocation_short_name);
	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0)
		printf("exe %s\n", exe);
	printf("cwd %s, umask %o, uid %d\n", getcwd(cwd, sizeof(cwd)), (unsigned)umask(0),
	       (int)geteuid());
	for (char **v = environ; *v; v++) {
		if (!is_librarys(*v))
			printf("variable %s\n", *v);
	}
	if (reads)
		show_content(reads);
	if (log)
		log_source(log);
	return argc > 1 && strcmp(argv[1], "seven") == 0 ? 7 : 0;
}
