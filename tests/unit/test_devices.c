/* The numbers that a shared filesystem has on root and on another node. */
#include "index_fixture.h"

#include "server/apply.h"
#include "server/devices.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static struct index_writer w;

static void make_index(void)
{
	fixture_index(&w, FIXTURE_SIZE);
	cr_assert(iw_add_scope(&w, "/sw/a b", "/sw/a b"));
	cr_assert(iw_add_scope(&w, "/opt/soft", "/opt/soft"));
}

TestSuite(devices, .init = make_index);

#define ROOT "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"

static const char on_root[] = ROOT "30 22 0:40 / /sw rw - nfs4 server:/sw rw\n"
				   "31 30 0:41 / /sw/a\\040b rw shared:7 - fuse.x x rw\n"
				   "32 31 0:42 / /sw/a\\040b/inner rw - nfs4 server:/inner rw\n"
				   "33 22 0:43 / /other rw - tmpfs none rw\n";

static uint64_t local(const char *mounts, const char *path, unsigned minor)
{
	w.devices = (struct devices){0};
	devices_learn(&w.devices, &w.map, on_root, mounts);
	return devices_local(&w.devices, path, strlen(path), makedev(0, minor));
}

Test(devices, same_mounts_need_no_other_numbers)
{
	local(on_root, "/sw", 40);
	cr_assert_eq(w.devices.count, 0);
}

Test(devices, a_number_is_the_own_mounts)
{
	static const char here[] =
		ROOT "40 22 0:50 / /sw rw - nfs4 server:/sw rw\n"
		     "41 40 0:51 / /sw/a\\040b rw - fuse.x x rw\n"
		     "42 41 0:52 / /sw/a\\040b/inner rw - nfs4 server:/inner rw\n";

	cr_expect_eq(local(here, "/sw/a b", 41), makedev(0, 51));
	cr_expect_eq(local(here, "/sw/a b/c", 41), makedev(0, 51));
	cr_expect_eq(local(here, "/sw/a b/inner/d", 42), makedev(0, 52));
	/* A number that was not expected there stays, and so does all out of scope. */
	cr_expect_eq(local(here, "/sw/a b/c", 99), makedev(0, 99));
	cr_expect_eq(local(here, "/sw/a bc", 41), makedev(0, 41));
	cr_expect_eq(local(here, "/other/x", 43), makedev(0, 43));
}

Test(devices, a_mount_may_be_anywhere_above)
{
	cr_expect_eq(local(ROOT, "/sw/a b/c", 41), makedev(8, 1));
	cr_expect_eq(local(ROOT, "/sw/a b/inner", 42), makedev(8, 1));
}

Test(devices, the_later_of_two_mounts_is_seen)
{
	static const char here[] = ROOT "40 22 0:50 / /sw/a\\040b rw - nfs4 server:/sw rw\n"
					"41 40 0:60 / /sw/a\\040b rw - nfs4 server:/sw rw\n";

	cr_expect_eq(local(here, "/sw/a b/c", 41), makedev(0, 60));
}

Test(devices, what_is_not_mounted_yet_is_not_guessed)
{
	static const char here[] = ROOT "40 22 0:50 / /sw/a\\040b rw - autofs systemd-1 rw\n";

	cr_expect_eq(local(here, "/sw/a b/c", 41), makedev(0, 41));
	cr_expect_eq(local("no mountinfo\n\n", "/sw/a b/c", 41), makedev(0, 41));
	cr_expect_eq(local("", "/sw/a b/c", 41), makedev(0, 41));
}

Test(devices, the_index_has_the_own_number)
{
	struct ci_attr attr = fixture_attr(S_IFDIR | 0755, 9);

	attr.dev = makedev(0, 41);
	local(ROOT "40 22 0:50 / /sw/a\\040b rw - fuse.x x rw\n", "", 0);
	const struct ci_entry *e = apply_attr(&w, "/sw/a b", 7, &attr);
	cr_assert(e);
	cr_expect_eq(e->attr.dev, makedev(0, 50));
	cr_expect_eq(apply_attr(&w, "/sw/a b", 7, &attr), e, "the same fact, told again");
}
