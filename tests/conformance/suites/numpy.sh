# numpy's own tests, run from a tree that is served as a whole: interpreter, libraries, numpy
# and the tests themselves.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="numpy's tests (Debian's python3-numpy), from a served tree"
packages="python3-numpy python3-pytest python3-hypothesis python3.11 patchelf"
quick=yes
limit=1800
debian_packages=/usr/lib/python3/dist-packages
numpy_tree=$builddir/tests/numpy-tree

reason()
{
	local module
	for module in numpy/core/tests pytest hypothesis; do
		[[ -e $debian_packages/$module ]] || { echo "Debian's Python has no $module" && return; }
	done
	command -v patchelf >/dev/null || echo "patchelf is not installed"
}

version()
{
	python3 -c 'import numpy, pytest; print("numpy", numpy.__version__, "pytest", pytest.__version__)'
}

# Quick: what reads and writes files.
parts()
{
	[[ $1 == quick ]] && echo files && return
	printf '%s\n' files lib core linalg slow
}

# The tree of the other tests has neither numpy's tests nor pytest.
make_numpy_tree()
{
	need_tree
	exec 9>"$numpy_tree.lock"
	flock 9
	if [[ ! -e $numpy_tree.made ]]; then
		rm -rf -- "$numpy_tree"
		cp -a "$tree" "$numpy_tree" || fail "no tree for numpy"
		(cd "$debian_packages" && tar --exclude=__pycache__ -c numpy pytest _pytest pluggy \
			iniconfig packaging attr attrs hypothesis sortedcontainers py py.py \
			_hypothesis_pytestplugin.py _hypothesis_ftz_detector.py) |
			tar -C "$numpy_tree/lib/python3.11/dist-packages" -x || fail "no tree for numpy"
		touch "$numpy_tree.made"
	fi
	exec 9>&-
}

scope()
{
	echo "$numpy_tree"
}

run_part()
{
	local numpy=$numpy_tree/lib/python3.11/dist-packages/numpy what=()
	make_numpy_tree
	case $1 in
	files) what=("$numpy"/lib/tests/test_{io,format,loadtxt,_datasource}.py
		"$numpy"/core/tests/test_{memmap,records}.py "$numpy"/core/tests/test_multiarray.py::TestIO
		-k 'not large and not big_arrays') ;;
	slow) what=("$numpy"/{core,lib,linalg}/tests -m slow) ;;
	*) what=("$numpy/$1/tests" -m 'not slow') ;;
	esac
	"${launch[@]}" RECORD_RESULTS="$place/results" RECORD_ONLY="$2" \
		PYTHONPATH="$srcdir/tests/conformance" HYPOTHESIS_STORAGE_DIRECTORY="$place/hypothesis" \
		"$numpy_tree/bin/python3" -B -m pytest -q -p no:cacheprovider -p record_pytest \
		--rootdir="$numpy" --basetemp="$place/pytest" --tb=short "${what[@]}" >&2
	cat results
}
