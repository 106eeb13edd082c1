/* environment.c - see environment.h. */
#include "auditor/environment.h"

#include <elf.h>
#include <link.h>
#include <string.h>

static char **variables;
static const char *program = "";

__attribute__((constructor)) void environment_keep(int argc, char **argv, char **envp)
{
	variables = envp;
	if (argc > 0)
		program = argv[0];
}

char *environment_get(const char *name)
{
	size_t len = strlen(name);

	for (char **v = variables; v && *v; v++) {
		if (memcmp(*v, name, len) == 0 && (*v)[len] == '=')
			return *v + len + 1;
	}
	return NULL;
}

const char *environment_program(void)
{
	return program;
}

bool environment_one_auditor(void)
{
	const char *audit = environment_get("LD_AUDIT");

	return audit && !strchr(audit, ':');
}

unsigned long environment_auxiliary(unsigned long type, unsigned long otherwise)
{
	char **v = variables;

	if (!v)
		return otherwise;
	while (*v)
		v++;
	/* Where ld.so itself has removed variables, more than one NULL follows. */
	while (!*v)
		v++;
	for (const ElfW(auxv_t) *a = (const void *)v; a->a_type != AT_NULL; a++) {
		if (a->a_type == type)
			return a->a_un.a_val;
	}
	return otherwise;
}
