# scipy's own tests of what reads files, and of some of its largest libraries.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
. "$srcdir/tests/conformance/pytest_tree.sh"
about="scipy's tests of io, linalg and fft (Debian's python3-scipy), from a served tree"
packages="python3-numpy python3-scipy python3-pytest python3-hypothesis python3.11 patchelf"
limit=1800

version()
{
	python3 -c 'import scipy, pytest; print("scipy", scipy.__version__, "pytest", pytest.__version__)'
}

parts()
{
	printf '%s\n' io linalg fft
}

run_part()
{
	case $1 in
	io) run_pytest scipy "$2" @io -m 'not slow' ;;
	*) run_pytest scipy "$2" "@$1/tests" -m 'not slow' ;;
	esac
}
