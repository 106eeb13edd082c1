/*
 * creds.c - calls that change who the process is, or which files it sees
 *
 * Answers hold for the identity and the root directory that the process had
 * when it attached. When either changes, it goes on without them; its changes
 * are still announced, by the connection that it has.
 */
#include "client/creds.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "client/ask.h"
#include "client/attachment.h"
#include "client/owner.h"
#include "client/real.h"

/* Before the change: afterwards the server would not let the process in. */
static void prepare(void)
{
	if (told_index())
		ask_be_connected();
}

_Thread_local bool creds_noted;

bool creds_of_child(void)
{
	if (!owner_is_us())
		return true;
	creds_noted = false;
	return false;
}

/* A vfork child changes itself, not the process whose memory it uses. */
static int changed(int result)
{
	if (result != 0 || !attachment.map.h)
		return result;
	if (owner_is_us())
		detach();
	else
		creds_noted = true;
	return result;
}

static int changed_identity(int result)
{
	const struct ci_header *h = attachment.map.h;

	if (result == 0 && h &&
	    (getuid() != h->uid || geteuid() != h->uid || getgid() != h->gid ||
	     getegid() != h->gid))
		return changed(result);
	return result;
}

int setuid(uid_t uid)
{
	prepare();
	return changed_identity(real()->setuid(uid));
}

int seteuid(uid_t uid)
{
	prepare();
	return changed_identity(real()->seteuid(uid));
}

int setreuid(uid_t ruid, uid_t euid)
{
	prepare();
	return changed_identity(real()->setreuid(ruid, euid));
}

int setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	prepare();
	return changed_identity(real()->setresuid(ruid, euid, suid));
}

int setgid(gid_t gid)
{
	prepare();
	return changed_identity(real()->setgid(gid));
}

int setegid(gid_t gid)
{
	prepare();
	return changed_identity(real()->setegid(gid));
}

int setregid(gid_t rgid, gid_t egid)
{
	prepare();
	return changed_identity(real()->setregid(rgid, egid));
}

int setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	prepare();
	return changed_identity(real()->setresgid(rgid, egid, sgid));
}

int setgroups(size_t count, const gid_t *groups)
{
	prepare();
	return changed(real()->setgroups(count, groups));
}

int initgroups(const char *user, gid_t group)
{
	prepare();
	return changed(real()->initgroups(user, group));
}

/* These two return the previous identity, whether they succeed or not; with -1 they only ask. */
int setfsuid(uid_t uid)
{
	prepare();
	if (attachment.map.h && uid != attachment.map.h->uid && uid != (uid_t)-1)
		changed(0);
	return real()->setfsuid(uid);
}

int setfsgid(gid_t gid)
{
	prepare();
	if (attachment.map.h && gid != attachment.map.h->gid && gid != (gid_t)-1)
		changed(0);
	return real()->setfsgid(gid);
}

int chroot(const char *path)
{
	prepare();
	return changed(real()->chroot(path));
}

int pivot_root(const char *new_root, const char *put_old)
{
	return changed(real()->pivot_root(new_root, put_old));
}

int unshare(int flags)
{
	prepare();
	return changed(real()->unshare(flags));
}

int setns(int fd, int type)
{
	prepare();
	return changed(real()->setns(fd, type));
}
