/* sessions.c - see sessions.h. */
#include "launcher/sessions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "common/wire.h"

/* How long anybody on this node may take to answer, and the keeper to end. */
#define ANSWER_SECONDS 10
#define STOP_SECONDS 60

#define STOP_WORD "stop"

bool session_draw(struct session *s, int64_t deadline)
{
	unsigned char bytes[SESSION_ID_LEN / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(s->id + 2 * i, 3, "%02x", bytes[i]);
	s->deadline = deadline;
	return true;
}

static void set_patience(int fd, int seconds)
{
	const struct timeval t = {.tv_sec = seconds};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

int session_connect(const struct session *s, const char *suffix)
{
	socklen_t len;
	struct sockaddr_un a = session_address(s, geteuid(), suffix, &len);

	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	set_patience(fd, ANSWER_SECONDS);
	if (connect(fd, (struct sockaddr *)&a, len) != 0) {
		int err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

bool session_listens(const struct session *s, const char *suffix)
{
	int fd = session_connect(s, suffix);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool session_joined(struct session *s)
{
	const char *value = getenv(SESSION_ENV);

	if (!value || !session_parse(value, s))
		return false;
	return session_listens(s, SUFFIX_SERVER) || session_listens(s, SUFFIX_CONTROL) ||
	       time(NULL) < s->deadline;
}

void sessions_find(struct strv *ids)
{
	char *line = NULL, mine[32];
	size_t room = 0;

	snprintf(mine, sizeof(mine), "@collfs/%lu/", (unsigned long)geteuid());
	FILE *f = fopen("/proc/net/unix", "re");
	if (!f)
		return;
	while (getline(&line, &room, f) > 0) {
		const char *id = strstr(line, mine);
		char word[SESSION_ID_LEN + 1];
		if (!id)
			continue;
		snprintf(word, sizeof(word), "%s", id + strlen(mine));
		if (strlen(word) == SESSION_ID_LEN && !strv_has(ids, word))
			strv_add(ids, word);
	}
	free(line);
	fclose(f);
}

/* One question to the server of this node, past HELLO. The bytes of the reply, or -1. */
static ssize_t ask(const struct session *s, enum wire_op op, uint32_t flags, const char *path,
                   struct wire_reply *reply, size_t room)
{
	struct wire_request q = wire_request(op, flags, strlen(path));
	struct iovec parts[] = {{&q, sizeof(q)}, {(void *)path, q.path_len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t n = -1;

	int fd = session_connect(s, SUFFIX_SERVER);
	if (fd < 0)
		return -1;
	if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
		n = recv(fd, reply, room, 0);
	int err = errno;
	if (n >= 0 && !wire_check_reply(reply, (size_t)n, op)) {
		err = EPROTO;
		n = -1;
	}
	close(fd);
	errno = err;
	return n;
}

char *session_status(const struct session *s)
{
	static union {
		struct wire_reply head;
		char bytes[sizeof(struct wire_reply) + WIRE_STATUS_MAX];
	} reply;

	if (ask(s, WIRE_STATUS, 0, "", &reply.head, sizeof(reply)) < 0)
		return NULL;
	return text_format("%.*s", (int)reply.head.value, reply.bytes + sizeof(reply.head));
}

bool session_change(const struct session *s, const char *path)
{
	struct wire_reply reply;

	if (ask(s, WIRE_MUTATE, WIRE_SUBTREE, path, &reply, sizeof(reply)) < 0)
		return false;
	errno = EIO;
	return reply.status == WIRE_LOOK;
}

int session_listen(const struct session *s, const char *suffix)
{
	socklen_t len;
	struct sockaddr_un a = session_address(s, geteuid(), suffix, &len);

	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, SOMAXCONN) != 0)) {
		int err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

void session_refuse(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		close(fd);
}

int control_accept(int listener)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	char word[sizeof(STOP_WORD)] = "";

	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	/* Abstract addresses have no permissions: anybody may have connected, and
	 * nobody may keep the keeper waiting. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid()) {
		set_patience(fd, 1);
		if (recv(fd, word, sizeof(word) - 1, 0) > 0 && strcmp(word, STOP_WORD) == 0)
			return fd;
	}
	close(fd);
	return -1;
}

void control_answer(int connection, const char *stats)
{
	if (!stats || !*stats)
		stats = "{}";
	/* Who has gone away in the meantime does not want to know. */
	if (send(connection, stats, strlen(stats), MSG_NOSIGNAL) < 0)
		errno = 0;
	close(connection);
}

char *control_stop(const struct session *s)
{
	static char stats[WIRE_STATUS_MAX];
	ssize_t n = -1;

	int fd = session_connect(s, SUFFIX_CONTROL);
	if (fd < 0)
		return NULL;
	set_patience(fd, STOP_SECONDS);
	if (send(fd, STOP_WORD, strlen(STOP_WORD), MSG_NOSIGNAL) > 0)
		n = recv(fd, stats, sizeof(stats) - 1, 0);
	int err = errno;
	close(fd);
	if (n < 0) {
		errno = err;
		return NULL;
	}
	stats[n] = '\0';
	return text_format("%s", strcmp(stats, "{}") == 0 ? "" : stats);
}
