/* countfs: shows a directory at a mount point and counts every request that reaches it.
 *
 * It stands for the shared filesystem of a cluster: what it counts is what the file servers would
 * have to answer. Several mounts, one for each node of a simulated cluster, may count into one
 * file.
 */
#include "countfs.h"

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct countfs fs = {.entry_timeout = 60, .attr_timeout = 60, .log_fd = -1};

/* Requests served at once by one mount; more than a node of the test bed has processes. */
enum { MAX_THREADS = 64 };

static const char usage[] =
	"usage: countfs --counters FILE[,FILE...] [options] SOURCE MOUNTPOINT\n"
	"Shows SOURCE at MOUNTPOINT and counts the requests.\n"
	"\n"
	"  --counters FILE        count here; may be given several times (see countctl)\n"
	"  --entry-timeout S      seconds for which a name that exists may be cached (60)\n"
	"  --attr-timeout S       the same for attributes (60)\n"
	"  --negative-timeout S   the same for a name that does not exist (0)\n"
	"  --latency USEC         each request takes this long, any number at once (0)\n"
	"  --queue USEC           each request occupies the one server for so long: requests of\n"
	"                         mounts with the same first counter file wait in turn (0)\n"
	"  --log FILE             append a line per request: kind, process, path, tabs between\n"
	"  --readdirplus          listings carry attributes\n"
	"  --read-only            refuse changes; the kernel then asks for no access times\n"
	"  --foreground           do not detach\n"
	"  --help\n";

enum option_id {
	OPT_COUNTERS = 256,
	OPT_ENTRY,
	OPT_ATTR,
	OPT_NEGATIVE,
	OPT_LATENCY,
	OPT_QUEUE,
	OPT_LOG,
	OPT_READDIRPLUS,
	OPT_READ_ONLY,
	OPT_FOREGROUND,
	OPT_HELP,
};

static const struct option options[] = {
	{"counters", required_argument, NULL, OPT_COUNTERS},
	{"entry-timeout", required_argument, NULL, OPT_ENTRY},
	{"attr-timeout", required_argument, NULL, OPT_ATTR},
	{"negative-timeout", required_argument, NULL, OPT_NEGATIVE},
	{"latency", required_argument, NULL, OPT_LATENCY},
	{"queue", required_argument, NULL, OPT_QUEUE},
	{"log", required_argument, NULL, OPT_LOG},
	{"readdirplus", no_argument, NULL, OPT_READDIRPLUS},
	{"read-only", no_argument, NULL, OPT_READ_ONLY},
	{"foreground", no_argument, NULL, OPT_FOREGROUND},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

static double seconds(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= 0))
		errx(2, "not a number of seconds: %s", text);
	return value;
}

static long microseconds(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end != '\0' || value < 0 || value > 100000000)
		errx(2, "not a number of microseconds up to 100 seconds: %s", text);
	return value * 1000;
}

static void add_counters(char *list)
{
	for (char *path = strtok(list, ","); path != NULL; path = strtok(NULL, ",")) {
		if (fs.counter_files == MAX_COUNTER_FILES)
			errx(2, "more than %d counter files", MAX_COUNTER_FILES);
		struct counters *counters = counters_map(path, true);
		if (counters == NULL)
			exit(1);
		fs.counters[fs.counter_files++] = counters;
	}
}

static void open_log(const char *path)
{
	fs.log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fs.log_fd < 0)
		err(1, "cannot open %s", path);
}

/* Returns whether to stay in the foreground. */
static bool parse_options(int argc, char **argv)
{
	bool foreground = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch ((enum option_id)option) {
		case OPT_COUNTERS:
			add_counters(optarg);
			break;
		case OPT_ENTRY:
			fs.entry_timeout = seconds(optarg);
			break;
		case OPT_ATTR:
			fs.attr_timeout = seconds(optarg);
			break;
		case OPT_NEGATIVE:
			fs.negative_timeout = seconds(optarg);
			break;
		case OPT_LATENCY:
			fs.latency_ns = microseconds(optarg);
			break;
		case OPT_QUEUE:
			fs.queue_ns = microseconds(optarg);
			break;
		case OPT_LOG:
			open_log(optarg);
			break;
		case OPT_READDIRPLUS:
			fs.readdirplus = true;
			break;
		case OPT_READ_ONLY:
			fs.read_only = true;
			break;
		case OPT_FOREGROUND:
			foreground = true;
			break;
		case OPT_HELP:
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (argc - optind != 2 || fs.counter_files == 0) {
		fputs(usage, stderr);
		exit(2);
	}
	return foreground;
}

static void do_init(void *userdata, struct fuse_conn_info *connection)
{
	(void)userdata;
	if (!fs.readdirplus)
		connection->want &= ~(unsigned)(FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO);
	else
		connection->want &= ~(unsigned)FUSE_CAP_READDIRPLUS_AUTO;
	/* A network client caches the targets of symbolic links as it caches data. */
	connection->want |= connection->capable & FUSE_CAP_CACHE_SYMLINKS;
}

/* Every file that the kernel knows holds a descriptor. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static char *resolved(const char *path)
{
	char *absolute = realpath(path, NULL);

	if (absolute == NULL)
		err(1, "%s", path);
	return absolute;
}

static int serve(struct fuse_session *session)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();

	if (config == NULL)
		return 1;
	fuse_loop_cfg_set_max_threads(config, MAX_THREADS);
	int result = fuse_session_loop_mt(session, config);
	fuse_loop_cfg_destroy(config);
	return result < 0 ? 1 : 0; /* positive: a signal asked for the end */
}

int main(int argc, char **argv)
{
	bool foreground = parse_options(argc, argv);
	char *mount_point = resolved(argv[optind + 1]);
	fs.source = resolved(argv[optind]);
	if (!inode_root(fs.source))
		err(1, "%s", fs.source);

	umask(0); /* the kernel has applied the caller's */
	raise_descriptor_limit();
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); /* the default adds 50 us to every service time */

	struct fuse_lowlevel_ops ops = {.init = do_init};
	name_handlers(&ops);
	attr_handlers(&ops);
	file_handlers(&ops);
	dir_handlers(&ops);
	lock_handlers(&ops);

	char *mount_options[] = {"countfs", "-o",
	                         "default_permissions,allow_other,fsname=countfs,subtype=countfs",
	                         fs.read_only ? "-oro" : NULL};
	struct fuse_args args = FUSE_ARGS_INIT(fs.read_only ? 4 : 3, mount_options);
	int status = 1;
	fs.session = fuse_session_new(&args, &ops, sizeof ops, NULL);
	if (fs.session == NULL)
		goto out_args;
	if (fuse_set_signal_handlers(fs.session) != 0)
		goto out_session;
	if (fuse_session_mount(fs.session, mount_point) != 0)
		goto out_signals;
	if (fuse_daemonize(foreground) == 0)
		status = serve(fs.session);
	fuse_session_unmount(fs.session);
out_signals:
	fuse_remove_signal_handlers(fs.session);
out_session:
	fuse_session_destroy(fs.session);
out_args:
	fuse_opt_free_args(&args);
	free(mount_point);
	return status;
}
