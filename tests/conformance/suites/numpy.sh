# numpy's own tests.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
. "$srcdir/tests/conformance/pytest_tree.sh"
about="numpy's tests of core, lib and linalg (Debian's python3-numpy), from a served tree"
packages="python3-numpy python3-scipy python3-pytest python3-hypothesis python3.11 patchelf"
quick=yes
limit=1800

version()
{
	python3 -c 'import numpy, pytest; print("numpy", numpy.__version__, "pytest", pytest.__version__)'
}

# Quick: what reads and writes files. What numpy itself marks as slow is left out, as it does,
# but for what writes large files.
parts()
{
	echo files
	[[ $1 == quick ]] || printf '%s\n' lib core linalg large
}

run_part()
{
	case $1 in
	files)
		run_pytest numpy "$2" @lib/tests/test_{io,format,loadtxt,_datasource}.py \
			@core/tests/test_{memmap,records}.py @core/tests/test_multiarray.py::TestIO \
			-k 'not large and not big_arrays'
		;;
	large) run_pytest numpy "$2" @lib/tests/test_{io,format}.py -k 'large or big_arrays' ;;
	*) run_pytest numpy "$2" "@$1/tests" -m 'not slow' ;;
	esac
}
