# git on a repository in scope: clones, work, packing; each step's output is compared.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="git: clone, status, commit, merge, rebase, stash, worktree, gc, fsck"
packages="git"
quick=yes
limit=300

reason()
{
	command -v git >/dev/null || echo "git is not installed"
}

version()
{
	git --version
}

parts()
{
	echo git
}

scope()
{
	printf '%s\n' /usr/bin /usr/lib/git-core /usr/share/git-core
}

run_part()
{
	bash "$srcdir/tests/conformance/scenes/git_prepare" >&2
	"${launch[@]}" bash "$srcdir/tests/conformance/scenes/git"
}
