# steps.sh - for scenes, scripts of steps that are run without libcollfs and with it: one line
# for each step says what came of it. Sourced by bash.
# shellcheck shell=bash

# What a step says goes to the log.
exec 4>&2

# step NAME COMMAND...: prints NAME, the exit status and a checksum of all that it said.
step()
{
	local name=$1 said status
	shift
	said=$("$@" 2>&1 </dev/null)
	status=$?
	printf '== %s: %s\n%s\n' "$name" "$*" "$said" >&4
	printf '%s\t%d/%s\n' "$name" "$status" "$(cksum <<<"$said" | tr ' ' -)"
}

# The checksums of all files, in the order of their names; arguments as for find.
contents_of()
{
	find "$@" -type f -print0 | sort -z | xargs -0 sha256sum
}
