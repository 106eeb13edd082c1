# Programs of mpi4py and scipy on a simulated cluster, from a tree on the filesystem that counts.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="mpi4py and scipy on 4 nodes x 2 ranks, from a served tree"
packages="python3-mpi4py python3-numpy python3-scipy python3.11 patchelf libfuse3-dev fuse3
	iproute2"
quick=yes
session=no
limit=90

reason()
{
	(need_root_and_fuse) | sed 's/^skipped: //'
	command -v patchelf >/dev/null || echo "patchelf is not installed"
}

version()
{
	python3 -c 'import mpi4py, scipy; print("mpi4py", mpi4py.__version__, "scipy", scipy.__version__)'
}

parts()
{
	echo mpi4py
	[[ $1 == quick ]] || printf '%s\n' inside spawn scipy
}

scope()
{
	:
}

# What others than the servers asked the shared filesystem for, as lines NODE KIND PATH, but for
# the pattern of paths $1.
asked_by_others()
{
	local log
	for log in "$BOX_STATE"/log/*; do
		awk -F '\t' -v node="${log##*/}" -v but="$1" 'FILENAME == ARGV[1] { server[$1] = 1; next }
			!(node == "node0" && $2 in server) && $3 !~ but &&
			$1 ~ /^(lookup|lookup_negative|readlink|open|read|opendir|readdir|readdirplus)$/ {
				print node, $1, $3 }' threads "$log"
	done
}

run_part()
{
	local with=() nodes=4 outcome=pass scene=$1 temporary=/tmp but='^$'
	# The box has no network between jobs on several nodes; and mpirun itself starts the programs
	# that are spawned.
	[[ $1 != spawn ]] || { nodes=1 && but='^/bin(/python3(.11)?)?$'; }
	# The same as mpi4py, Open MPI's own files in scope, too.
	[[ $1 != inside ]] || { scene=mpi4py && temporary=$place/tmp; }
	need_tree
	box_up 4 --source "$tree" --mount /shared --log --bind "$place" >&2
	[[ $mode == without ]] || with=(LD_PRELOAD="$preload" COLLFS_PATH="/shared:$place"
		COLLFS_STATS="$place/stats")
	mkdir -p before/deep/x/y && seq 100000 >before/file && echo first >before/deep/x/file
	: >threads && : >others && : >stats
	"${launch[@]}" TMPDIR="$temporary" "$box" mpirun --nodes $nodes --ranks-per-node 2 \
		--mpirun "env ${with[*]} mpirun" --oversubscribe \
		-x TMPDIR -x "SERVER_THREADS=$place/threads" \
		-x "PYTHONPATH=$srcdir/tests/conformance/scenes" \
		/shared/bin/python3 -B "$srcdir/tests/conformance/scenes/mpi_$scene.py" |
		sed "s/^/$1 /"
	[[ $mode == without ]] || asked_by_others "$but" >others
	[[ -s others || ! -s $BOX_STATE/log/node0 ]] && outcome=fail
	printf '%s: nobody but the servers asked\t%s\n' "$1" $outcome
	cat others >&2
	[[ ! -s stats ]] || cp stats "$output.counts"
}
