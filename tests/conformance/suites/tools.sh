# Everyday tools on a tree that was there before the job, and on what they make themselves.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="coreutils, findutils, tar, bash and perl: each step's output"
packages="coreutils findutils diffutils tar gzip bash perl sed grep"
quick=yes
limit=300

version()
{
	cp --version | head -1
}

parts()
{
	printf '%s\n' coreutils bash perl
	[[ $1 == quick ]] || printf '%s\n' coreutils@user bash@user perl@user
}

scope()
{
	printf '%s\n' /usr/bin /usr/share/perl /usr/share/perl5 "/usr/lib/$(gcc -print-multiarch)/perl"
}

run_part()
{
	bash "$srcdir/tests/conformance/scenes/tools_prepare" >&2
	"${launch[@]}" bash "$srcdir/tests/conformance/scenes/tools_$1"
}
