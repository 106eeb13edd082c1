# stress-ng's stressors of files, names, descriptors and processes, with its own verification.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="stress-ng: stressors of names, files, descriptors and processes, with --verify"
packages="stress-ng"
quick=yes
limit=900

reason()
{
	command -v stress-ng >/dev/null || echo "stress-ng is not installed"
}

version()
{
	stress-ng --version
}

# Not there: those that need hardware, mount something, leave the place (procfs, sysfs, dev), or
# fill the disk (resources).
dentries="dentry dir dirdeep dirmany getdent link rename symlink"
names="access chdir chmod chown filename fstat handle inode-flags mknod open touch utime xattr"
files="aio chattr copy-file fallocate fiemap file-ioctl flock fpunch fsize hdd io iomix lease locka
	lockf lockofd mmap mmapfixed mmapfork mmapmany msync readahead remap revio seek sendfile
	splice sync-file tee verity"
descriptors="close dnotify dup fanotify fcntl full inotify io-uring memfd null pidfd pipe resources
	sockfd"
processes="chroot clone daemon dynlib env exec fork session spawn vfork zombie"

parts()
{
	[[ $1 == quick ]] && echo dentries && return
	printf '%s\n' dentries names files descriptors processes \
		dentries@user names@user files@user
}

scope()
{
	echo /usr/bin
}

# Operations are bounded, and the time is, too: whichever ends first is no failure.
run_part()
{
	local stressor
	for stressor in ${!1}; do
		[[ -z $2 ]] || grep -qx "$stressor\( (leavings)\)\?" "$2" || continue
		mkdir "$place/s"
		"${launch[@]}" timeout -k 5 60 stress-ng --"$stressor" 1 --"$stressor"-ops 300 \
			--timeout 2 --verify --no-rand-seed --temp-path "$place/s" >&2
		case $? in
		0) printf '%s\tpass\n' "$stressor" ;;
		3 | 4) printf '%s\tskip\n' "$stressor" ;; # no resources; not on this machine
		*) printf '%s\tfail\n' "$stressor" ;;
		esac
		printf '%s (leavings)\t%d\n' "$stressor" "$(find "$place/s" -mindepth 1 | wc -l)"
		rm -rf "$place/s"
	done
}
