# lib.sh - what the test scripts share; sourced first, by bash:
#
#     . "$(dirname "$0")/../lib.sh"
#
# A script ends with 0 (passed), 77 (skipped, with the reason) or anything else
# (failed). `make check` names the staged installation in COLLFS_TEST_*; by
# hand, give an installed one: COLLFS_TEST_PREFIX=/usr/local tests/e2e/x.test
#
# shellcheck shell=bash

set -u

srcdir=${COLLFS_TEST_SRCDIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)}
builddir=${COLLFS_TEST_BUILDDIR:-$PWD}
bindir=${COLLFS_TEST_BINDIR:-${COLLFS_TEST_PREFIX:-/usr/local}/bin}
libdir=${COLLFS_TEST_LIBDIR:-${COLLFS_TEST_PREFIX:-/usr/local}/lib}
libexecdir=${COLLFS_TEST_LIBEXECDIR:-${COLLFS_TEST_PREFIX:-/usr/local}/libexec}

# The parts under test.
collfs=$bindir/collfs
preload=$libdir/libcollfs.so
audit=$libdir/collfs/libcollfs-audit.so
collfsd=$libexecdir/collfs/collfsd

# A test begins without traces of the user's own sessions, and as a job's
# scripts are mostly run: as root in a container.
unset LD_PRELOAD LD_AUDIT "${!COLLFS_@}" "${!OMPI_@}" "${!PMIX_@}"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export LC_ALL=C

# Ends the test. From within $(...), where it can end only that, the test goes
# on, but has failed all the same.
fail()
{
	echo "failed: $*" >&2
	: >"$work/failed"
	exit 1
}

skip()
{
	echo "skipped: $*"
	exit 77
}

pass()
{
	[[ $# -eq 0 ]] || echo "passed: $*"
	exit 0
}

# ---- what is done at the end, in the reverse order, however the script ends

end_commands=()

at_end()
{
	end_commands=("$*" "${end_commands[@]}")
}

run_end_commands()
{
	local status=$? command
	trap - EXIT
	[[ $status -ne 0 || ! -e $work/failed ]] || status=1
	for command in "${end_commands[@]}"; do
		eval "$command"
	done
	exit "$status"
}
trap run_end_commands EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# $work: a directory of the test's own.
work=$(mktemp -d "${TMPDIR:-/tmp}/collfs-test.XXXXXX") || exit 99
work=$(cd "$work" && pwd -P)
at_end 'rm -rf --one-file-system -- "$work"'

# ---- comparisons

expect_same()
{
	local what=$1 expected=$2 actual=$3
	[[ $expected == "$actual" ]] && return 0
	diff -u <(printf '%s\n' "$expected") <(printf '%s\n' "$actual") | sed 's/^/    /' >&2
	fail "$what: not what was expected"
}

# json FILE KEY...: a number or word of a JSON file; a missing key fails the test.
json()
{
	python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    value = value[key]
print(value)' "$@" 2>/dev/null || fail "$1 has no ${*:2}"
}

# run_into NAME COMMAND...: output, errors and exit status go to $work/NAME.{out,err,status}.
run_into()
{
	local name=$1
	shift
	"$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null
	echo $? >"$work/$name.status"
}

# twin COMMAND...: run it without the library and with it, in the session that
# session_start has begun; the two must not differ in anything they say.
twin()
{
	local part
	run_into without "$@"
	run_into with with_library "$@"
	for part in out err status; do
		cmp -s "$work/without.$part" "$work/with.$part" && continue
		diff -u "$work/without.$part" "$work/with.$part" | sed 's/^/    /' >&2
		fail "$*: .$part differs with the library"
	done
}

# again_as_user NAME=VALUE...: where it runs as root, run the whole script anew as an
# ordinary user, whom permissions bind, with these variables set.
again_as_user()
{
	local user=(setpriv --reuid 65534 --regid 65534 --clear-groups
		env TMPDIR="$work/user" HOME="$work/user" COLLFS_TEST_BINDIR="$bindir"
		COLLFS_TEST_LIBDIR="$libdir" COLLFS_TEST_LIBEXECDIR="$libexecdir"
		COLLFS_TEST_SRCDIR="$srcdir" COLLFS_TEST_BUILDDIR="$builddir" "$@")
	[[ $(id -u) -eq 0 ]] || return 0
	mkdir "$work/user" && chown 65534:65534 "$work/user" && chmod 711 "$work"
	if "${user[@]}" test -r "$0" -a -x "$builddir/tests" -a -x "$collfsd" -a -r "$preload"; then
		"${user[@]}" bash "$0" || fail "as an ordinary user"
		echo "ok: as an ordinary user"
	else
		echo "not tested as an ordinary user, who cannot read this build"
	fi
}

# ---- what a test needs

need_program()
{
	local program
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# The simulated cluster needs namespaces and a FUSE mount of its own.
need_root_and_fuse()
{
	[[ $(id -u) -eq 0 ]] || skip "the simulated cluster needs root"
	[[ -x $builddir/tests/bed/countfs ]] ||
		skip "configure did not find fuse3 (Debian package libfuse3-dev)"
	[[ -c /dev/fuse ]] || skip "this machine has no /dev/fuse"
	unshare --net --mount --pid --uts --ipc --fork true 2>/dev/null ||
		skip "this container may not make namespaces"
	need_program ip nsenter
}

need_parts()
{
	local part
	for part in "$collfs" "$preload" "$audit" "$collfsd"; do
		[[ -x $part ]] || fail "$part is missing"
	done
}

# $tree: a Python tree with numpy, scipy, mpi4py and Open MPI, as it would lie
# on a cluster's shared filesystem. Made once for all tests: it takes a while.
need_tree()
{
	need_program patchelf python3.11
	tree=$builddir/tests/tree
	exec 9>"$tree.lock"
	flock 9
	if [[ ! -e $tree.made ]]; then
		rm -rf -- "$tree"
		"$srcdir/tests/bed/make-tree" "$tree" >"$tree.log" 2>&1 || {
			tail -5 "$tree.log" >&2
			fail "make-tree failed"
		}
		touch "$tree.made"
	fi
	exec 9>&-
}

# ---- the simulated cluster

export BOX_STATE=$work/box BOX_BIN=$builddir/tests/bed
box=$srcdir/tests/bed/box

# box_up NODES OPTIONS...: as `box up`; it goes at the end of the test.
box_up()
{
	at_end '"$box" down'
	"$box" up "$1" --bind "$builddir" --bind "$srcdir" --bind "$work" "${@:2}" ||
		fail "the simulated cluster did not start"
}

# forget_requests: empty the logs of a box that is up with --log.
forget_requests()
{
	local node
	for node in $("$box" nodes); do
		: >"$BOX_STATE/log/$node"
	done
}

# opens_of NODE [LEFT_OUT]: who has opened which files of the shared filesystem there, a
# line each, but for paths (from its root, /like/this) that the regular expression matches.
opens_of()
{
	awk -F '\t' -v left_out="${2:-^$}" \
		'$1 == "open" && $3 !~ left_out { print $2, $3 }' "$BOX_STATE/log/$1"
}

# expect_only_root_opened [LEFT_OUT]: since the box came up (or forget_requests) nobody but
# root's server has opened a file of the shared filesystem. For a box that is up with
# --log, with root on node0, while its server still runs: threads are told by their ids.
expect_only_root_opened()
{
	local node threads strangers
	threads=$("$box" exec node0 -- sh -c 'ls /proc/$(pgrep -xo collfsd)/task' 2>/dev/null)
	[[ -n $threads ]] || fail "node0 has no server (any more)"
	for node in $("$box" nodes); do
		[[ -e $BOX_STATE/log/$node ]] || fail "$node has no log of requests"
		strangers=$(opens_of "$node" "${1-}")
		[[ $node != node0 ]] ||
			strangers=$(awk 'NR == FNR { root[$1]; next } !($1 in root)' \
				<(printf '%s\n' "$threads") - <<<"$strangers")
		[[ -z ${strangers//[[:space:]]/} ]] ||
			fail "opened on $node, not by root's server: $(head -5 <<<"$strangers" | tr '\n' ' ')"
	done
}

# ---- sessions on this machine alone

# session_start PATHS [COMMAND...]: servers for this machine, for the colon list
# of PATHS, started by way of the command (prlimit ...).
# Only the session's name is taken over: with_library says what is preloaded.
session_start()
{
	local settings paths=$1
	shift
	settings=$(COLLFS_PATH=$paths env -u COLLFS_SESSION "$@" "$collfs" start) ||
		fail "collfs start failed"
	eval "$(grep '^export COLLFS_SESSION=' <<<"$settings")"
	at_end "'$collfs' stop --session ${COLLFS_SESSION%.*} >/dev/null 2>&1"
}

session_stop()
{
	"$collfs" stop >/dev/null || fail "collfs stop failed"
	unset COLLFS_SESSION
}

# server_count NAME: a counter of this machine's server.
server_count()
{
	"$collfs" status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# server_pids ID: the servers of a session on this machine.
server_pids()
{
	local pid
	for pid in $(pgrep -x collfsd); do
		grep -qz "^COLLFS_SESSION=$1" "/proc/$pid/environ" 2>/dev/null && echo "$pid"
	done
}

with_library()
{
	env LD_PRELOAD="$preload" LD_AUDIT="$audit" "$@"
}
