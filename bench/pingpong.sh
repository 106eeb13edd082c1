#!/bin/bash
# pingpong.sh - does the library change the latency of the application's messages?
#
#   bench/pingpong.sh [PINGPONG [PREFIX [PAIRS]]]
#
# Runs bench/pingpong (PINGPONG, by default the one beside this script) under
# mpirun without and with libcollfs of PREFIX (/usr/local) in turn, PAIRS times (7)
# each, with the program's directory in scope, and prints for each size of message the
# median latency of both and the median ratio of the pairs.
set -eu

pingpong=${1:-$(dirname "$0")/pingpong}
prefix=${2:-/usr/local}
pairs=${3:-7}
for file in "$pingpong" "$prefix/bin/collfs"; do
	[[ -x $file ]] || {
		echo "$0: $file is missing" >&2
		exit 1
	}
done
pingpong=$(realpath "$pingpong")
job=(mpirun -n 2 "$pingpong")
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for ((pair = 0; pair < pairs; pair++)); do
	# Who goes first changes.
	for which in $((pair % 2)) $((1 - pair % 2)); do
		if [[ $which == 0 ]]; then
			"${job[@]}" | sed "s/^/$pair without /"
		else
			COLLFS_PATH=$(dirname "$pingpong") "$prefix/bin/collfs" run -- "${job[@]}" |
				sed "s/^/$pair with /"
		fi
	done
	printf '\rpair %d of %d' $((pair + 1)) "$pairs" >&2
done >"$results"
printf '\r\033[K' >&2

python3 - "$results" <<'END'
import statistics, sys

times = {}
for line in open(sys.argv[1]):
    pair, which, size, us = line.split()
    times.setdefault(int(size), {}).setdefault(which, {})[pair] = float(us)
print(f"{'bytes':>8} {'without us':>11} {'with us':>9} {'ratio':>7}")
for size, of in sorted(times.items()):
    ratios = [of["with"][pair] / of["without"][pair] for pair in of["without"]]
    print(f"{size:8} {statistics.median(of['without'].values()):11.2f}"
          f" {statistics.median(of['with'].values()):9.2f} {statistics.median(ratios):7.3f}")
END
