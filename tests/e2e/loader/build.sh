#!/bin/sh
# build.sh DIR - build the loader scenarios' libraries and program into DIR
#
# DIR/bin/loader   the program: DT_RUNPATH $ORIGIN/../runpath, linked with
#                  libstartup.so, which is found there
# DIR/bin/hammer   many threads at once
# DIR/bin/static   linked with libtls.so, which wants room in the static TLS block
# DIR/runpath      found by the program's RUNPATH
# DIR/rpath        libouter.so: DT_RPATH leads it, and what it loads, to rpath/deep
# DIR/wheel        the layout of a Python wheel: pkg/ext.so needs
#                  $ORIGIN/../pkg.libs/libdep-1a2b.so
# DIR/env          for LD_LIBRARY_PATH, behind a directory that has nothing to offer;
#                  so has its subdirectory for the hardware
# DIR/plain        libraries without any path, links to them, and broken files
# DIR.outside      links to some of them: DIR is to be the scope, this is not
set -eu

dir=${1:?usage: build.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$dir/bin" "$dir/runpath" "$dir/rpath/deep" "$dir/wheel/pkg" "$dir/wheel/pkg.libs" \
	"$dir/env/glibc-hwcaps/x86-64-v2" "$dir/env/tls" "$dir/plain/sub" "$dir.outside"
dir=$(cd "$dir" && pwd)
cc=${CC:-cc}

# part FILE NAME OPTIONS...: a library from part.c
part() {
	file=$1 name=$2
	shift 2
	"$cc" -shared -fPIC -O1 -DNAME="$name" -o "$dir/$file" "$here/part.c" "$@"
}

part runpath/libstartup.so startup -Wl,-soname,libstartup.so
part runpath/libfound.so found -Wl,-soname,libfound.so.3

part rpath/deep/libinner.so inner -Wl,-soname,libinner.so
part rpath/libouter.so outer -DNEEDS=inner_tells -L"$dir/rpath/deep" -linner \
	-Wl,-soname,libouter.so "-Wl,--disable-new-dtags,-rpath,\$ORIGIN/deep"

part wheel/pkg.libs/libdep2-3c4d.so dep2 -Wl,-soname,libdep2-3c4d.so
part wheel/pkg.libs/libdep-1a2b.so dep -DNEEDS=dep2_tells -L"$dir/wheel/pkg.libs" \
	-l:libdep2-3c4d.so -Wl,-soname,libdep-1a2b.so "-Wl,--enable-new-dtags,-rpath,\$ORIGIN"
part wheel/pkg/ext.so ext -DNEEDS=dep_tells -L"$dir/wheel/pkg.libs" -l:libdep-1a2b.so \
	"-Wl,-rpath-link,$dir/wheel/pkg.libs" \
	"-Wl,--enable-new-dtags,-rpath,\$ORIGIN/../pkg.libs"

part env/libenv.so env -Wl,-soname,libenv.so

part plain/libplain.so plain -Wl,-soname,libplain.so.1
part plain/libnosoname.so nosoname
part plain/libpathneeded.so pathneeded -DNEEDS=nosoname_tells "$dir/plain/libnosoname.so"
part plain/libopener.so opener "-DOPENS=\"$dir/plain/libopened.so\""
part plain/libopened.so opened
part plain/libthread.so thread_part
part plain/libchild.so child_part
part plain/librelative.so relative_part
part plain/libdst.so dst_part
part plain/libdstuser.so dstuser "-DOPENS=\"\$ORIGIN/libdst.so\""
part plain/libtoken.so token
part plain/libafter.so after
part plain/liblinkfirst.so linkfirst
part plain/liblinklast.so linklast
part plain/sub/libup.so up
ln -sfn libplain.so "$dir/plain/libalias.so"
ln -sfn sub "$dir/plain/link"
ln -sf "$dir/plain/liblinkfirst.so" "$dir/plain/liblinklast.so" "$dir.outside"

seq 1000 >"$dir/plain/libtext.so"
: >"$dir/plain/libempty.so"
head -c 40 "$dir/plain/libplain.so" >"$dir/plain/libshort.so"
# A whole header, but the program headers are cut off.
head -c 100 "$dir/plain/libplain.so" >"$dir/plain/libcut.so"
mkdir -p "$dir/plain/libdirectory.so"

"$cc" -O1 -o "$dir/bin/loader" "$here/loader.c" -L"$dir/runpath" -lstartup \
	"-Wl,--enable-new-dtags,-rpath,\$ORIGIN/../nothere:\$ORIGIN/../runpath" -pthread -ldl
"$cc" -O1 -o "$dir/bin/hammer" "$here/hammer.c" -pthread -ldl
"$cc" -shared -fPIC -O1 -DLIBRARY -o "$dir/runpath/libtls.so" "$here/tls.c" \
	-Wl,-soname,libtls.so
"$cc" -O1 -o "$dir/bin/static" "$here/tls.c" -L"$dir/runpath" -ltls \
	"-Wl,--enable-new-dtags,-rpath,\$ORIGIN/../runpath"
# For dlopen of a program, which ld.so must refuse.
cp "$dir/bin/loader" "$dir/plain/program"
