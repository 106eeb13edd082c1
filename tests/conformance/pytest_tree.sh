# pytest_tree.sh - for suites that run a package's own tests by pytest, from a tree that is served
# as a whole: interpreter, libraries, packages and the tests themselves. Sourced by bash.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
debian_packages=/usr/lib/python3/dist-packages
pytest_tree=$builddir/tests/pytest-tree

reason()
{
	local module
	for module in numpy/core/tests scipy/io/tests pytest hypothesis; do
		[[ -e $debian_packages/$module ]] || { echo "Debian's Python has no $module" && return; }
	done
	command -v patchelf >/dev/null || echo "patchelf is not installed"
}

# The tree of the other tests has neither the packages' tests nor pytest.
make_pytest_tree()
{
	need_tree
	exec 9>"$pytest_tree.lock"
	flock 9
	if [[ ! -e $pytest_tree.made ]]; then
		rm -rf -- "$pytest_tree"
		cp -a "$tree" "$pytest_tree" || fail "no tree with tests"
		# shellcheck disable=SC2046 # names without blanks
		(cd "$debian_packages" && tar --exclude=__pycache__ --exclude='*.so' -c numpy scipy \
			pytest _pytest pluggy iniconfig packaging attr attrs hypothesis sortedcontainers \
			py py.py _hypothesis_pytestplugin.py _hypothesis_ftz_detector.py \
			$(cd "$debian_packages" && find numpy scipy -path '*/tests/*.so')) |
			tar -C "$pytest_tree/lib/python3.11/dist-packages" -x || fail "no tree with tests"
		touch "$pytest_tree.made"
	fi
	exec 9>&-
}

scope()
{
	echo "$pytest_tree"
}

# run_pytest PACKAGE TESTS ARGUMENTS...: the outcomes; TESTS is run_part's second argument
run_pytest()
{
	local package=$pytest_tree/lib/python3.11/dist-packages/$1 tests=$2
	shift 2
	make_pytest_tree
	"${launch[@]}" RECORD_RESULTS="$place/results" RECORD_ONLY="$tests" \
		PYTHONPATH="$srcdir/tests/conformance" HYPOTHESIS_STORAGE_DIRECTORY="$place/hypothesis" \
		"$pytest_tree/bin/python3" -B -m pytest -q -p no:cacheprovider -p record_pytest \
		--rootdir="$package" --basetemp="$place/pytest" --tb=short "${@/#@/$package/}" >&2
	cat results
}
