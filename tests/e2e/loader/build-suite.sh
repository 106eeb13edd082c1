#!/bin/sh
# build-suite.sh DIR - build into DIR what loader_suite.test and loader_box.test load
#
# DIR/bin       the programs; those of C++ are missing where there is no compiler for it
# DIR/KIND      the libraries of the program of that name; deep, wide, diamond, circle and
#               partial are those of chains
# DIR/token, DIR/hwcaps
#               $LIB, $PLATFORM and the hardware's subdirectories
# DIR/cached    for an ld.so.cache
# DIR/env       for LD_LIBRARY_PATH
set -eu

dir=${1:?usage: build-suite.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
cc=${CC:-cc}
new=-Wl,--enable-new-dtags,-rpath, old=-Wl,--disable-new-dtags,-rpath,

# library SOURCE FILE OPTIONS...
library() {
	source=$1 file=$2
	shift 2
	mkdir -p "$dir/${file%/*}"
	"$cc" -shared -fPIC -O1 -o "$dir/$file" "$here/$source" -Wl,--no-as-needed "$@"
}

# part FILE NAME OPTIONS...: a library that tells its name
part() {
	file=$1 name=$2
	shift 2
	library part.c "$file" -DNAME="$name" -Wl,-soname,"${file##*/}" "$@"
}

program() {
	name=$1
	shift
	"$cc" -O1 -o "$dir/bin/$name" "$here/${SOURCE:-$name.c}" "$@" -pthread -ldl
}

mkdir -p "$dir/bin" "$dir/process/sub"
part env/libenv.so env

# ---- chains
deepest=16
part deep/$deepest/libdeep$deepest.so deep$deepest
for i in $(seq $((deepest - 1)) -1 1); do
	n=$((i + 1))
	part deep/$i/libdeep$i.so deep$i -DNEEDS=deep${n}_tells -L"$dir/deep/$n" -ldeep$n \
		-Wl,--allow-shlib-undefined "$new\$ORIGIN/../$n"
done
many=''
for i in $(seq 16); do
	part wide/libw$i.so w$i
	many="$many -lw$i"
done
# shellcheck disable=SC2086 # a list
part wide/libwide.so wide -DNEEDS=w7_tells -L"$dir/wide" $many "$new\$ORIGIN"
part diamond/libbottom.so bottom
part diamond/libleft.so left -DNEEDS=bottom_tells -L"$dir/diamond" -lbottom "$new\$ORIGIN"
part diamond/other/libright.so right -DNEEDS=bottom_tells -L"$dir/diamond" -lbottom \
	"$old\$ORIGIN/.."
part diamond/libtop.so top -DNEEDS=left_tells -L"$dir/diamond" -lleft -L"$dir/diamond/other" \
	-lright "$new\$ORIGIN:\$ORIGIN/other" -Wl,--allow-shlib-undefined
part circle/libtwo.so two
part circle/libone.so one -DNEEDS=two_tells -L"$dir/circle" -ltwo "$new\$ORIGIN"
part circle/libtwo.so two -L"$dir/circle" -lone "$new\$ORIGIN" -Wl,--allow-shlib-undefined
for i in $(seq 0 11); do
	part partial/libpart$i.so part$i
done
program chains

# ---- reopen
library cycle.c reopen/libcycle.so -DNAME=cycle
library cycle.c reopen/libstays.so -DNAME=stays -Wl,-z,nodelete
library cycle.c reopen/libkept.so -DNAME=kept
part reopen/libquiet.so quiet
ln -sf libquiet.so "$dir/reopen/libquietlink.so"
for i in 1 2 3; do
	part reopen/version$i.so version -DMORE="\" of version $i\""
done
mkdir -p "$dir/partial/version"
cp "$dir/reopen/version1.so" "$dir/partial/version/libv.so"
program reopen

# ---- errors
part errors/libplain.so plain
part errors/libgone.so gone
part errors/libneedsgone.so needsgone -L"$dir/errors" -lgone
part errors/libneedsgonedeep.so needsgonedeep -L"$dir/errors" -lneedsgone "$new\$ORIGIN" \
	-Wl,--allow-shlib-undefined
rm "$dir/errors/libgone.so"
part errors/libnosymbol.so nosymbol -DNEEDS=defined_nowhere
part errors/libstack.so stack -Wl,-z,execstack
part errors/libnoopen.so noopen -Wl,-z,nodlopen
part errors/libaligned.so aligned -Wl,-z,max-page-size=0x200000
part errors/libnoseparate.so noseparate -Wl,-z,noseparate-code
part errors/libnorelro.so norelro -Wl,-z,norelro
part errors/libsysvhash.so sysvhash -Wl,-z,noexecstack,-z,now,--hash-style=sysv
part errors/good/libsecond.so second
part errors/good/libthird.so third
program errors
cp "$dir/bin/errors" "$dir/errors/program"
python3 "$here/mutate.py" "$dir/errors/libplain.so" "$dir/errors/mutants"
mkdir -p "$dir/errors/libdirectory.so" "$dir/errors/bad/libsecond.so" "$dir/errors/closed"
ln -sfn loop.so "$dir/errors/loop.so"
ln -sfn nowhere.so "$dir/errors/dangling.so"
cp "$dir/errors/libplain.so" "$dir/errors/libunreadable.so"
cp "$dir/errors/libplain.so" "$dir/errors/closed"
chmod 0 "$dir/errors/libunreadable.so" "$dir/errors/closed"
cp "$dir/errors/mutants/libheader-class-1.so" "$dir/errors/bad/libthird.so"

# ---- manytls
for i in $(seq 0 7); do
	library tlspart.c manytls/libstatic$i.so -DNUMBER="$i" -DSTATIC
	library tlspart.c manytls/libdynamic$i.so -DNUMBER="10$i"
done
program manytls

# ---- symbols
for file in libcalls libcallsdeep libcallslazy; do
	library symbolpart.c symbols/$file.so -DCALLS
done
library symbolpart.c symbols/libuser.so -DUSER -Wl,-z,lazy
library symbolpart.c symbols/libusernow.so -DUSER -Wl,-z,now
library symbolpart.c symbols/libglobal.so -DGLOBAL
printf 'V_1 { global: versioned; };\nV_2 { global: versioned; } V_1;\n' >"$dir/symbols/map"
library symbolpart.c symbols/libversions.so -DVERSIONS -Wl,-soname,libversions.so \
	"-Wl,--version-script=$dir/symbols/map"
library symbolpart.c symbols/libold.so '-DOLD="V_1"' -L"$dir/symbols" -lversions "$new\$ORIGIN"
printf 'V_3 { global: versioned; } V_2;\n' >>"$dir/symbols/map"
library symbolpart.c symbols/future/libversions.so -DVERSIONS -DFUTURE \
	-Wl,-soname,libversions.so "-Wl,--version-script=$dir/symbols/map"
library symbolpart.c symbols/libfuture.so '-DOLD="V_3"' -L"$dir/symbols/future" -lversions \
	"$new\$ORIGIN"
library symbolpart.c symbols/libifunc.so -DIFUNC
library symbolpart.c symbols/libunique1.so -DUNIQUE
library symbolpart.c symbols/libunique2.so -DUNIQUE
library symbolpart.c symbols/libfiltee.so -DFILTEE
library symbolpart.c symbols/libfilter.so -DFILTER -Wl,-F,libfiltee.so "$new\$ORIGIN"
library symbolpart.c symbols/libauxiliary.so -DFILTER -Wl,-f,libfiltee.so "$new\$ORIGIN"
library symbolpart.c symbols/libgroup.so -DGROUP -Wl,-Bgroup
program symbols -rdynamic

# ---- process
for name in child grandchild ingone stack full threaded inctor; do
	part process/lib$name.so $name
done
part process/libbare.so child
part process/sub/librelative.so relative
part env/sub/librelative2.so relative2
ln -sf librelative.so "$dir/process/sub/libup.so"
ln -sf libchild.so "$dir/process/liblink.so"
ln -sfn loop "$dir/process/loop"
ln -sfn nowhere "$dir/process/dangling"
cp "$dir/env/sub/librelative2.so" "$dir/process/sub"
part process/libhuge.so huge -DBYTES='(3UL << 29)'
part process/closed/libclosed.so closed
chmod 700 "$dir/process/closed"
part process/libstranger.so stranger
part "process/root$dir/env/libinroot.so" inroot
library ctor.c process/libctor.so "-DDIRECTORY=\"$dir/process\""
program process
part bin/libabsent.so absent
SOURCE=errors.c program needsabsent -L"$dir/bin" -labsent "$new\$ORIGIN"
rm "$dir/bin/libabsent.so"

# ---- LD_PRELOAD and tools
library hook.c hook/libfirst.so '-DNAME="first"' -Wl,-soname,libfirst.so
library hook.c hook/libsecond.so '-DNAME="second"' "$new\$ORIGIN/../wide" -L"$dir/wide" -lw1
library other_auditor.c other/libother.so

# ---- tokens and the hardware's subdirectories
for sub in '' lib/ lib64/ lib/x86_64-linux-gnu/ x86_64/ haswell/ xeon_phi/; do
	name=$(echo "token/${sub}" | tr -c 'a-z0-9\n' _)
	part "token/${sub}libtoken.so" "$name"
done
for level in 2 3 4; do
	part "hwcaps/glibc-hwcaps/x86-64-v$level/libhw.so" hw
done
part hwcaps/libhw.so hw
part hwcaps/libplainhw.so plainhw
for kind in new old; do
	eval "flag=\$$kind"
	part hwcaps/libneedshw_$kind.so needshw -DNEEDS=hw_tells -L"$dir/hwcaps" -lhw -lplainhw \
		"$flag\$ORIGIN"
	part token/libneedstoken_$kind.so needstoken -L"$dir/token" -ltoken \
		"$flag\$ORIGIN/\$PLATFORM:\$ORIGIN/\${LIB}:\$ORIGIN"
done
part cached/libcached.so cached
part cached/libneedscached.so needscached -DNEEDS=cached_tells -L"$dir/cached" -lcached

# ---- throw
cxx=${CXX:-g++}
if command -v "$cxx" >/dev/null; then
	mkdir -p "$dir/throw"
	for name in throws late; do
		"$cxx" -shared -fPIC -O1 -DTHROWS -o "$dir/throw/lib$name.so" "$here/throw.cc" \
			-Wl,-soname,lib$name.so
	done
	"$cxx" -shared -fPIC -O1 -DPASSES -o "$dir/throw/libpasses.so" "$here/throw.cc"
	"$cxx" -O1 -o "$dir/bin/throw" "$here/throw.cc" -L"$dir/throw" -lthrows \
		"$new\$ORIGIN/../throw"
fi
