# CPython's own regression tests, module by module, by its own runner. Debian leaves out
# test_sqlite3: see sqlite.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="CPython's regression tests (Debian's libpython3.11-testsuite)"
quick=yes
limit=1800
python=/usr/bin/python3.11

# Those that touch files most, in little time; and as an ordinary user, whom
# permissions bind.
quick_parts="test_os test_posix test_io test_fileio test_pathlib test_shutil test_glob test_fnmatch
	test_tempfile test_import test_importlib test_zipimport test_pkgutil test_runpy
	test_py_compile test_stat test_genericpath test_posixpath test_mmap
	test_dbm test_os@user test_shutil@user test_pathlib@user"
other_parts="test_compileall test_subprocess test_multiprocessing_fork test_multiprocessing_spawn
	test_multiprocessing_forkserver test_threading test_signal test_tarfile test_zipfile
	test_venv test_ctypes test_posix@user test_tempfile@user
	test_asyncio test_audit test_bz2 test_cmd_line test_cmd_line_script test_concurrent_futures
	test_distutils test_eintr test_faulthandler test_fcntl test_file
	test_file_eintr test_filecmp test_fileinput test_fork1 test_gzip test_inspect
	test_interpreters test_largefile test_lib2to3 test_linecache test_logging test_lzma
	test_mailbox test_mimetypes test_openpty test_pdb test_popen test_pty test_pydoc
	test_resource test_select test_selectors test_shelve test_site
	test_sysconfig test_threadedtempfile test_tokenize test_trace
	test_tracemalloc test_unicode_file test_unicode_file_functions test_univnewlines test_uuid
	test_wait3 test_wait4 test_zipapp test_zipfile64 test_zipimport_support"

# +dirs: each test begins in a directory of its own that was there before the job.
other_parts+=" test_dbm+dirs test_fileio+dirs test_genericpath+dirs test_glob+dirs
	test_import+dirs test_mmap+dirs test_os+dirs test_posix+dirs test_py_compile+dirs
	test_runpy+dirs test_tempfile+dirs test_zipimport+dirs"

reason()
{
	[[ -x $python ]] || { echo "$python is not installed" && return; }
	"$python" -c 'import test.test_os' 2>/dev/null || echo "libpython3.11-testsuite is not installed"
}

version()
{
	"$python" -V
}

parts()
{
	printf '%s\n' $quick_parts
	[[ $1 == quick ]] || printf '%s\n' $other_parts
}

scope()
{
	printf '%s\n' /usr/bin /usr/lib/python3.11 /usr/lib/python3
}

run_part()
{
	local only=() own=() module=${1%+dirs} results=$output.results status
	if [[ $1 == *+dirs ]]; then
		own=(WORK_IN="$PWD/dirs")
		mkdir dirs dirs/{1000..2999}
	fi
	[[ -z $2 ]] || grep -q '(interpreter)$' "$2" || only=(--matchfile "$2")
	: >"$results" # not in scope, where a write has consequences
	"${launch[@]}" RECORD_RESULTS="$results" "${own[@]}" \
		"$python" "$srcdir/tests/conformance/record_unittest.py" -v --timeout 1500 \
		--tempdir "$place" "${only[@]}" "$module" >&2
	status=$?
	cat "$results"
	# What the tests' own outcomes do not say: not loaded, killed, out of time.
	if [[ $status -eq 0 ]] || { [[ $status -eq 2 ]] && grep -q $'\tfail$' "$results"; }; then
		status=pass
	else
		status=fail
	fi
	printf '%s (interpreter)\t%s\n' "$1" "$status"
}
