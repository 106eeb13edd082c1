/* environment.c - see environment.h. */
#include "launcher/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is not for a job's processes. */
static const char *const not_for_jobs[] = {"COLLFS_SCOPE", LAUNCHER_ENV, LOCAL_ENV};

/*
 * Where there is an auditor, ld.so lays out the main thread's static TLS before
 * it has loaded the program's libraries: without this (glibc 2.33) there is not
 * room for those with much of it. Every thread's stack gives as much: more would
 * leave nothing of the smallest one (PTHREAD_STACK_MIN). It stands before the
 * user's own value, which wins.
 */
#define STATIC_TLS "glibc.rtld.optional_static_tls=8192"

const struct loader_list loader_lists[3] = {
	{"LD_PRELOAD", " :", "libcollfs.so", false},
	{"LD_AUDIT", ":", "libcollfs-audit.so", true},
	{"GLIBC_TUNABLES", ":", STATIC_TLS, false},
};

const struct loader_list *loader_list_of(const char *assignment)
{
	size_t len = env_name_len(assignment);

	for (size_t i = 0; i < sizeof(loader_lists) / sizeof(loader_lists[0]); i++) {
		const char *name = loader_lists[i].name;
		if (strlen(name) == len && strncmp(name, assignment, len) == 0)
			return &loader_lists[i];
	}
	return NULL;
}

static bool is_ours(const struct loader_list *which, const char *entry)
{
	return strncmp(base_name(entry), which->ours, strlen(which->ours)) == 0;
}

char *loader_list_ours(const struct loader_list *which, const char *list)
{
	struct strv entries = {0};
	char *ours = NULL;

	strv_split(&entries, list, which->separators);
	for (size_t i = 0; i < entries.n && !ours; i++)
		if (is_ours(which, entries.v[i]))
			ours = text_format("%s", entries.v[i]);
	strv_free(&entries);
	return ours;
}

char *loader_list_merge(const struct loader_list *which, const char *ours, const char *list)
{
	struct strv entries = {0};

	if (list)
		strv_split(&entries, list, which->separators);
	for (size_t i = entries.n; i-- > 0;)
		if (is_ours(which, entries.v[i]))
			strv_remove(&entries, i);
	if (ours)
		strv_insert(&entries, which->last ? entries.n : 0, ours);
	char *value = strv_join(&entries, ':');
	strv_free(&entries);
	return value;
}

void env_copy(struct strv *env)
{
	for (char **e = environ; *e; e++)
		strv_add(env, *e);
}

static void drop_not_for_jobs(struct strv *env)
{
	for (size_t i = 0; i < sizeof(not_for_jobs) / sizeof(not_for_jobs[0]); i++)
		env_drop(env, not_for_jobs[i]);
}

static void put(struct strv *env, const char *name, const char *value)
{
	char *assignment = text_format("%s=%s", name, value);

	env_put(env, assignment);
	free(assignment);
}

void env_strip(struct strv *env)
{
	for (size_t i = 0; i < sizeof(loader_lists) / sizeof(loader_lists[0]); i++) {
		const struct loader_list *w = &loader_lists[i];
		const char *value = env_get(env, w->name);
		if (!value)
			continue;
		char *others = loader_list_merge(w, NULL, value);
		if (*others)
			put(env, w->name, others);
		else
			env_drop(env, w->name);
		free(others);
	}
	env_drop(env, SESSION_ENV);
	drop_not_for_jobs(env);
}

void env_of_job(struct strv *vars, const struct install *in, const struct session *s,
                const struct strv *env)
{
	const char *const parts[] = {in->preload, in->audit, *in->audit ? STATIC_TLS : ""};
	char value[SESSION_VALUE_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!*parts[i])
			continue;
		const struct loader_list *w = &loader_lists[i];
		char *list = loader_list_merge(w, parts[i], env_get(env, w->name));
		put(vars, w->name, list);
		free(list);
	}
	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->v[i], "COLLFS_", 7) == 0)
			env_put(vars, env->v[i]);
	drop_not_for_jobs(vars);
	env_drop(vars, "COLLFS_STATS");
	if (stats_wanted()) /* a file is the launcher's affair */
		put(vars, "COLLFS_STATS", "1");
	session_format(s, value);
	put(vars, SESSION_ENV, value);
}

const char *stats_wanted(void)
{
	const char *value = getenv("COLLFS_STATS");

	return value && *value && strcmp(value, "0") != 0 ? value : NULL;
}
