/* What a command line of mpirun says, and how variables are added to it. */
#include "launcher/environment.h"
#include "launcher/handon.h"
#include "launcher/mpiline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct mpiline l;
static char home[] = "/tmp/collfs-home.XXXXXX";

/* A launcher that no package brings, and a home without settings. */
static void set_up(void)
{
	char path[64];

	cr_assert_not_null(mkdtemp(home));
	snprintf(path, sizeof(path), "%s/mpirun", home);
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs("#!/bin/sh\n", f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(chmod(path, 0755), 0);
	setenv("PATH", home, 1);
	setenv("HOME", home, 1);
}

static void tear_down(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/mpirun", home);
	unlink(path);
	rmdir(home);
}

TestSuite(mpiline, .init = set_up, .fini = tear_down);

static struct strv words(const char *text)
{
	struct strv v = {0};

	strv_split(&v, text, " ");
	return v;
}

static void read_line(const char *text)
{
	struct strv v = words(text);

	mpiline_read(&l, v.v, v.n);
}

static void expect_words(const struct strv *v, const char *expected)
{
	char *joined = strv_join(v, ' ');

	cr_expect_str_eq(joined, expected);
	free(joined);
}

Test(mpiline, program_behind_options_with_arguments)
{
	read_line("mpirun -np 4 --mca btl tcp,self -x A=B python app.py -np 3");
	cr_expect_eq(l.kind, MPI_LINE_MPIRUN);
	expect_words(&l.programs, "python");
	cr_assert_eq(l.context_count, 1);
	cr_expect_eq(l.contexts[0].options, 1);
	cr_expect_str_eq(l.argv.v[l.contexts[0].program], "python");
	cr_expect(l.exports);
	cr_expect_not(l.no_job);
}

Test(mpiline, a_word_before_a_program_moves_what_follows)
{
	read_line("mpirun -n 1 one x : -n 2 two y : three");
	for (size_t i = l.context_count; i-- > 0;)
		mpiline_insert(&l, l.contexts[i].program, "first");
	expect_words(&l.argv, "mpirun -n 1 first one x : -n 2 first two y : first three");
	for (size_t i = 0; i < 3; i++)
		cr_expect_str_eq(l.argv.v[l.contexts[i].program], "first");
	cr_expect_str_eq(l.argv.v[l.contexts[1].options], "-n");
}

Test(mpiline, lines_that_want_the_program_itself)
{
	read_line("mpirun -n 1 --preload-binary one");
	cr_expect(l.wants_program);
	mpiline_free(&l);
	read_line("mpirun --path /x -n 1 one");
	cr_expect(l.wants_program);
	mpiline_free(&l);
	read_line("mpirun -n 1 one --path /x");
	cr_expect_not(l.wants_program);
}

Test(mpiline, several_contexts)
{
	read_line("mpirun -n 1 -H a one : -n 2 -H b two x : three");
	cr_assert_eq(l.context_count, 3);
	expect_words(&l.programs, "one two three");
	cr_expect_str_eq(l.argv.v[l.contexts[1].options], "-n");
	cr_expect_str_eq(l.argv.v[l.contexts[2].program], "three");
	expect_words(&l.servers, "--host a --host b");
}

Test(mpiline, servers_get_what_concerns_nodes)
{
	read_line(
		"mpirun --host a,b --allow-run-as-root --mca plm_rsh_agent ssh "
		"--mca rmaps_base_oversubscribe 1 --map-by node --bind-to none --tag-output prog");
	expect_words(&l.servers, "--allow-run-as-root --mca plm_rsh_agent ssh --host a,b");
}

Test(mpiline, what_is_repeated_is_said_once)
{
	read_line("mpirun --allow-run-as-root --mca a b one : --allow-run-as-root --mca a b two");
	expect_words(&l.servers, "--allow-run-as-root --mca a b");
}

Test(mpiline, lines_that_start_no_job)
{
	read_line("mpirun --version");
	cr_expect(l.no_job);
	read_line("mpirun --help all");
	cr_expect(l.no_job);
	read_line("mpirun -np 4");
	cr_expect(l.no_job);
	read_line("mpirun -np");
	cr_expect(l.no_job);
	read_line("mpirun");
	cr_expect(l.no_job);
}

Test(mpiline, other_commands)
{
	read_line("python app.py");
	cr_expect_eq(l.kind, MPI_LINE_OTHER);
	expect_words(&l.programs, "python");
	read_line("srun -n 4 prog");
	cr_expect_eq(l.kind, MPI_LINE_SPREADS);
}

static struct strv argv, env;
static char *why;

static bool hand_on(const char *line, const char *environment)
{
	struct strv vars = words("LD_PRELOAD=/i/libcollfs.so COLLFS_SESSION=s.1");

	argv = (struct strv){0};
	env = words(environment);
	why = NULL;
	read_line(line);
	return handon(&l, &vars, &argv, &env, &why);
}

Test(mpiline, variables_go_by_the_environment)
{
	cr_assert(hand_on("mpirun -np 2 prog", "PATH=/bin"));
	expect_words(&argv, "mpirun -np 2 prog");
	cr_expect_str_eq(env_get(&env, "OMPI_MCA_mca_base_env_list"),
	                 "LD_PRELOAD=/i/libcollfs.so;COLLFS_SESSION=s.1");
}

Test(mpiline, users_own_list_is_extended)
{
	cr_assert(hand_on("mpirun prog", "OMPI_MCA_mca_base_env_list=A=1;B"));
	cr_expect_str_eq(env_get(&env, "OMPI_MCA_mca_base_env_list"),
	                 "A=1;B;LD_PRELOAD=/i/libcollfs.so;COLLFS_SESSION=s.1");
	cr_assert(hand_on("mpirun --mca mca_base_env_list A=1 prog", ""));
	expect_words(&argv, "mpirun --mca mca_base_env_list "
	                    "A=1;LD_PRELOAD=/i/libcollfs.so;COLLFS_SESSION=s.1 prog");
}

Test(mpiline, variables_go_by_x_where_the_user_does)
{
	cr_assert(hand_on("mpirun -x A one : two", ""));
	expect_words(&argv, "mpirun -x LD_PRELOAD=/i/libcollfs.so -x COLLFS_SESSION=s.1 -x A one : "
	                    "-x LD_PRELOAD=/i/libcollfs.so -x COLLFS_SESSION=s.1 two");
	cr_expect_null(env_get(&env, "OMPI_MCA_mca_base_env_list"));
}

Test(mpiline, users_preloads_stay)
{
	cr_assert(hand_on("mpirun -x LD_PRELOAD=/u/libother.so prog", ""));
	char *line = strv_join(&argv, ' ');
	cr_expect_not_null(strstr(line, "LD_PRELOAD=/i/libcollfs.so:/u/libother.so"), "%s", line);
	free(line);
}

/* What stands later in GLIBC_TUNABLES counts. */
Test(mpiline, users_tunables_win)
{
	const struct install in = {.preload = "/i/libcollfs.so", .audit = "/i/libcollfs-audit.so"};
	const struct session session = {.id = "s"};
	struct strv vars = {0}, users = words("GLIBC_TUNABLES=glibc.rtld.nns=8");

	env_of_job(&vars, &in, &session, &users);
	cr_expect_str_eq(env_get(&vars, "GLIBC_TUNABLES"),
	                 "glibc.rtld.optional_static_tls=8192:glibc.rtld.nns=8");
	env_strip(&vars);
	cr_expect_str_eq(env_get(&vars, "GLIBC_TUNABLES"), "glibc.rtld.nns=8");
}

/* Open MPI ends a job that uses both ways. */
Test(mpiline, both_ways_at_once_are_left_alone)
{
	cr_expect_not(hand_on("mpirun -x A prog", "OMPI_MCA_mca_base_env_list=B=1"));
	cr_expect_not_null(why);
	cr_expect_eq(argv.n, 0);
}
