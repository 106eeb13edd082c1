# Compilers at work in scope: their own files, the sources and what they make.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="compiling C, C++ and Fortran; libcollfs itself, from autoreconf to make"
packages="gcc g++ gfortran make autoconf automake"
quick=yes
limit=600

reason()
{
	local program
	for program in gcc make autoreconf; do
		command -v "$program" >/dev/null || { echo "$program is not installed" && return; }
	done
}

version()
{
	gcc --version | head -1
}

parts()
{
	echo languages
	[[ $1 == quick ]] || echo libcollfs
}

scope()
{
	printf '%s\n' /usr/bin /usr/include /usr/lib/gcc /usr/share "/usr/lib/$(gcc -print-multiarch)"
}

# The sources are there before the job, and so are served.
run_part()
{
	case $1 in
	languages) cp -r "$srcdir/tests/conformance/scenes/sources" sources ;;
	libcollfs) mkdir sources && tar -C "$srcdir" --exclude=.git --exclude=./build \
		--exclude=autom4te.cache \
		-c . | tar -C sources -x ;;
	esac
	"${launch[@]}" bash "$srcdir/tests/conformance/scenes/compile_$1"
}
