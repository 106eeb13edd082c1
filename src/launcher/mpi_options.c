/* mpi_options.c - see mpi_options.h. */
#include "launcher/mpi_options.h"

#include <stddef.h>
#include <string.h>

static const struct mpi_option options[] = {
	/* which nodes, and how to reach them */
	{"H", 1, MPI_USE_HOSTS},
	{"host", 1, MPI_USE_HOSTS},
	{"hostfile", 1, MPI_USE_HOSTFILE},
	{"machinefile", 1, MPI_USE_HOSTFILE},
	{"default-hostfile", 1, MPI_USE_COPY},
	{"rf", 1, MPI_USE_RANKFILE},
	{"rankfile", 1, MPI_USE_RANKFILE},
	{"max-vm-size", 1, MPI_USE_COPY},
	{"nolocal", 0, MPI_USE_COPY},
	{"do-not-resolve", 0, MPI_USE_COPY},
	{"launch-agent", 1, MPI_USE_COPY},
	{"prefix", 1, MPI_USE_COPY},
	{"noprefix", 0, MPI_USE_COPY},
	{"allow-run-as-root", 0, MPI_USE_COPY},
	{"fwd-mpirun-port", 0, MPI_USE_COPY},
	{"use-regexp", 0, MPI_USE_COPY},
	{"am", 1, MPI_USE_TUNE},
	{"tune", 1, MPI_USE_TUNE},
	{"mca", 2, MPI_USE_MCA},
	{"gmca", 2, MPI_USE_MCA},

	/* what the launcher must know about the job */
	{"x", 1, MPI_USE_EXPORT},
	{"path", 1, MPI_USE_PATH},
	{"app", 1, MPI_USE_APPFILE},
	{"h", 1, MPI_USE_NO_JOB},
	{"help", 1, MPI_USE_NO_JOB},
	{"V", 0, MPI_USE_NO_JOB},
	{"version", 0, MPI_USE_NO_JOB},
	{"hnp", 1, MPI_USE_NO_JOB},
	{"dvm", 0, MPI_USE_NO_JOB},
	{"terminate", 0, MPI_USE_NO_JOB},
	{"do-not-launch", 0, MPI_USE_NO_JOB},

	/* the job alone */
	{"c", 1, MPI_USE_NONE},
	{"n", 1, MPI_USE_NONE},
	{"np", 1, MPI_USE_NONE},
	{"N", 1, MPI_USE_NONE},
	{"npernode", 1, MPI_USE_NONE},
	{"npersocket", 1, MPI_USE_NONE},
	{"pernode", 0, MPI_USE_NONE},
	{"ppr", 1, MPI_USE_NONE},
	{"map-by", 1, MPI_USE_NONE},
	{"rank-by", 1, MPI_USE_NONE},
	{"bind-to", 1, MPI_USE_NONE},
	{"bind-to-core", 0, MPI_USE_NONE},
	{"bind-to-socket", 0, MPI_USE_NONE},
	{"bycore", 0, MPI_USE_NONE},
	{"bynode", 0, MPI_USE_NONE},
	{"byslot", 0, MPI_USE_NONE},
	{"cpu-list", 1, MPI_USE_NONE},
	{"cpu-set", 1, MPI_USE_NONE},
	{"cpus-per-proc", 1, MPI_USE_NONE},
	{"cpus-per-rank", 1, MPI_USE_NONE},
	{"use-hwthread-cpus", 0, MPI_USE_NONE},
	{"oversubscribe", 0, MPI_USE_NONE},
	{"nooversubscribe", 0, MPI_USE_NONE},
	{"novm", 0, MPI_USE_NONE},
	{"cf", 1, MPI_USE_NONE},
	{"cartofile", 1, MPI_USE_NONE},
	{"wd", 1, MPI_USE_NONE},
	{"wdir", 1, MPI_USE_NONE},
	{"set-cwd-to-session-dir", 0, MPI_USE_NONE},
	{"s", 0, MPI_USE_PROGRAM},
	{"preload-binary", 0, MPI_USE_PROGRAM},
	{"preload-files", 1, MPI_USE_NONE},
	{"stdin", 1, MPI_USE_NONE},
	{"output-filename", 1, MPI_USE_NONE},
	{"output-proctable", 0, MPI_USE_PROGRAM},
	{"merge-stderr-to-stdout", 0, MPI_USE_NONE},
	{"tag-output", 0, MPI_USE_NONE},
	{"timestamp-output", 0, MPI_USE_NONE},
	{"xml", 0, MPI_USE_NONE},
	{"xml-file", 1, MPI_USE_NONE},
	{"xterm", 1, MPI_USE_NONE},
	{"index-argv-by-rank", 0, MPI_USE_NONE},
	{"timeout", 1, MPI_USE_NONE},
	{"report-state-on-timeout", 0, MPI_USE_NONE},
	{"get-stack-traces", 0, MPI_USE_NONE},
	{"report-bindings", 0, MPI_USE_NONE},
	{"report-child-jobs-separately", 0, MPI_USE_NONE},
	{"report-events", 1, MPI_USE_NONE},
	{"report-pid", 1, MPI_USE_NONE},
	{"report-uri", 1, MPI_USE_NONE},
	{"show-progress", 0, MPI_USE_NONE},
	{"display-allocation", 0, MPI_USE_NONE},
	{"display-devel-allocation", 0, MPI_USE_NONE},
	{"display-devel-map", 0, MPI_USE_NONE},
	{"display-diffable-map", 0, MPI_USE_NONE},
	{"display-map", 0, MPI_USE_NONE},
	{"display-topo", 0, MPI_USE_NONE},
	{"personality", 1, MPI_USE_NONE},
	{"ompi-server", 1, MPI_USE_NONE},
	{"continuous", 0, MPI_USE_NONE},
	{"disable-recovery", 0, MPI_USE_NONE},
	{"enable-recovery", 0, MPI_USE_NONE},
	{"enable-instant-on-support", 0, MPI_USE_NONE},
	{"max-restarts", 1, MPI_USE_NONE},
	{"debug", 0, MPI_USE_PROGRAM},
	{"debugger", 1, MPI_USE_PROGRAM},
	{"tv", 0, MPI_USE_PROGRAM},
	{"d", 0, MPI_USE_NONE},
	{"debug-devel", 0, MPI_USE_NONE},
	{"debug-daemons", 0, MPI_USE_NONE},
	{"debug-daemons-file", 0, MPI_USE_NONE},
	{"leave-session-attached", 0, MPI_USE_NONE},
	{"q", 0, MPI_USE_NONE},
	{"quiet", 0, MPI_USE_NONE},
	{"v", 0, MPI_USE_NONE},
	{"verbose", 0, MPI_USE_NONE},
};

/* Parameters that place, bind or show the job's processes: beginnings of names. */
static const char *const of_the_job[] = {
	"rmaps_",
	"hwloc_base_bind",
	"hwloc_base_cpu_",
	"hwloc_base_report_bindings",
	"hwloc_base_use_hwthreads_as_cpus",
	"mca_base_env_list",
	"mpi_abort_",
	"mpi_add_procs_cutoff",
	"mpi_show_",
	"mpi_yield_when_idle",
	"mpi_param_check",
	"orte_base_user_debugger",
	"orte_debug",
	"orte_display_",
	"orte_do_not_launch",
	"orte_enable_recovery",
	"orte_execute_quiet",
	"orte_forward_job_control",
	"orte_hnp_uri",
	"orte_leave_session_attached",
	"orte_max_restarts",
	"orte_output_",
	"orte_rankfile",
	"orte_report_",
	"orte_stat_history_size",
	"orte_tag_output",
	"orte_timeout",
	"orte_timestamp_output",
	"orte_xml_",
	"orte_xterm",
	"pmix_server_uri",
	"state_novm_select",
};

const struct mpi_option *mpi_option_find(const char *word)
{
	if (word[0] != '-')
		return NULL;
	word += word[1] == '-' ? 2 : 1;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, word) == 0)
			return &options[i];
	return NULL;
}

/* How many words the option at `at` has with its arguments. */
static size_t width(char *const *words, size_t at, size_t n)
{
	const struct mpi_option *o = mpi_option_find(words[at]);
	size_t wide = 1u + (o ? o->args : 0u);

	return wide < n - at ? wide : n - at;
}

static bool sets_parameter(const char *word)
{
	const struct mpi_option *o = mpi_option_find(word);
	return o && o->use == MPI_USE_MCA;
}

static bool has_option(const struct strv *line, char *const *words, size_t n)
{
	for (size_t at = 0, wide; at < line->n; at += wide) {
		size_t same = 0;
		wide = width(line->v, at, line->n);
		while (same < n && same < wide && strcmp(line->v[at + same], words[same]) == 0)
			same++;
		if (same == n)
			return true;
		if (n > 1 && wide > 1 && sets_parameter(words[0]) && sets_parameter(line->v[at]) &&
		    strcmp(line->v[at + 1], words[1]) == 0)
			return true;
	}
	return false;
}

void mpi_options_add(struct strv *line, char *const *words, size_t n)
{
	for (size_t at = 0, wide; at < n; at += wide) {
		wide = width(words, at, n);
		if (!has_option(line, words + at, wide))
			strv_add_all(line, words + at, wide);
	}
}

bool mpi_parameter_for_servers(const char *name)
{
	for (size_t i = 0; i < sizeof(of_the_job) / sizeof(of_the_job[0]); i++)
		if (strncmp(name, of_the_job[i], strlen(of_the_job[i])) == 0)
			return false;
	return true;
}
