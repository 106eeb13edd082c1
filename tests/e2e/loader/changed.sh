#!/bin/sh
# changed.sh DIR - (re)make DIR/changed, in which reopen changes libraries, as it is at first
set -eu

dir=${1:?usage: changed.sh DIR}
rm -rf -- "$dir/changed"
# Apart: a directory in which something changes is passed through, with all below it.
for sub in new renamed written relinked removed created moves/moved moves/next busy links; do
	mkdir -p "$dir/changed/$sub"
	case $sub in new | created | links) ;; *) cp "$dir/reopen/version1.so" "$dir/changed/$sub/libv.so" ;; esac
done
cp "$dir/reopen/version2.so" "$dir/changed/new/libnew1.so"
cp "$dir/reopen/version3.so" "$dir/changed/new/libnew2.so"
cp "$dir/reopen/version2.so" "$dir/changed/relinked/libother.so"
cp "$dir/reopen/version3.so" "$dir/changed/moves/next/libv.so"
ln -s libv.so "$dir/changed/busy/liblink.so"
ln -s libv.so "$dir/changed/busy/liblink3.so"
ln -s ../busy/libv.so "$dir/changed/links/busylink.so"
