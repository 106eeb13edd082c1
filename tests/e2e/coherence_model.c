/* coherence_model.c - what a tree of files is and does; see coherence.h. */
#include "coherence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT = -2 }; /* a walk that leaves the area */

static int child_of(const struct tree *t, int dir, const char *name)
{
	for (int i = 1; i < NODE_MAX; i++)
		if (t->node[i].file && t->node[i].parent == dir &&
		    strcmp(t->node[i].name, name) == 0)
			return i;
	return -1;
}

static const struct file *file_of(const struct tree *t, int node)
{
	return &t->file[t->node[node].file];
}

/* Where a walk has ended: the node, or -1 and the place where it would be. */
struct place {
	int err, node, dir;
	char name[NAME_LEN];
};

static struct place walk(const struct tree *t, int from, const char *path, bool follow, int *links)
{
	struct place p = {.node = from, .dir = t->node[from].parent};
	char rest[4 * PATH_LEN];

	if (*path == '\0')
		return (struct place){.err = ENOENT, .node = -1};
	snprintf(rest, sizeof(rest), "%s", path);
	for (char *at = rest; *(at += strspn(at, "/"));) {
		size_t n = strcspn(at, "/");
		char name[4 * PATH_LEN];
		memcpy(name, at, n);
		name[n] = '\0';
		at += n;
		bool last = *at == '\0';
		if (p.node < 0)
			return (struct place){.err = ENOENT, .node = -1};
		if (file_of(t, p.node)->type != 'd')
			return (struct place){.err = ENOTDIR, .node = -1};
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			if (t->node[p.node].parent < 0)
				return (struct place){.err = OUT, .node = -1};
			p.node = t->node[p.node].parent;
			p.dir = t->node[p.node].parent;
			continue;
		}
		p.dir = p.node;
		if (n >= NAME_LEN)
			return (struct place){.err = OUT, .node = -1};
		memcpy(p.name, name, n + 1);
		p.node = child_of(t, p.dir, name);
		if (p.node >= 0 && file_of(t, p.node)->type == 'l' && (!last || follow)) {
			const char *target = file_of(t, p.node)->text;
			struct place q;
			if (++*links > 40)
				return (struct place){.err = ELOOP, .node = -1};
			q = walk(t, target[0] == '/' ? 0 : p.dir, target, true, links);
			if (q.err)
				return q;
			p = q;
		}
	}
	return p;
}

static struct place find(const struct tree *t, int from, const char *path, bool follow)
{
	int links = 0;

	return walk(t, from, path, follow, &links);
}

int model_find(const struct tree *t, const char *path)
{
	return *path == '\0' ? 0 : find(t, 0, path, true).node;
}

void model_path(const struct tree *t, int node, char path[PATH_LEN])
{
	char tail[PATH_LEN] = "";

	path[0] = '\0';
	for (; node > 0; node = t->node[node].parent) {
		snprintf(path, PATH_LEN, "%s%s%.*s", t->node[node].name, *tail ? "/" : "",
		         PATH_LEN - NAME_LEN - 2, tail);
		strcpy(tail, path);
	}
}

/* ---- changes */

static int new_file(struct tree *t, char type, int mode)
{
	for (int i = 1; i < NODE_MAX; i++)
		if (!t->file[i].type) {
			t->file[i] = (struct file){.type = type, .mode = mode};
			return i;
		}
	fprintf(stderr, "the model is too small\n");
	abort();
}

static void add_name(struct tree *t, int dir, const char *name, int file)
{
	int i = 1;

	while (t->node[i].file)
		i++;
	t->node[i] = (struct node){.parent = dir, .file = file};
	strcpy(t->node[i].name, name);
	t->file[file].links++;
	t->file[t->node[dir].file].mtime = 0;
}

static void drop_name(struct tree *t, int node)
{
	int file = t->node[node].file;

	t->file[t->node[t->node[node].parent].file].mtime = 0;
	t->node[node] = (struct node){.parent = -1};
	if (--t->file[file].links == 0 && t->held != file)
		t->file[file].type = 0;
}

static bool empty(const struct tree *t, int dir)
{
	for (int i = 1; i < NODE_MAX; i++)
		if (t->node[i].file && t->node[i].parent == dir)
			return false;
	return true;
}

static bool inside(const struct tree *t, int node, int dir)
{
	for (; node >= 0; node = t->node[node].parent)
		if (node == dir)
			return true;
	return false;
}

static void set_text(struct file *f, int at, const char *text)
{
	int n = (int)strlen(text);

	if (at + n > TEXT_LEN - 1)
		n = TEXT_LEN - 1 - at;
	memcpy(f->text + at, text, (size_t)n);
	if (at + n > f->len)
		f->len = at + n;
	f->mtime = 0;
	f->writes++;
}

static void set_len(struct file *f, int len)
{
	if (len > f->len)
		memset(f->text + f->len, 0, (size_t)(len - f->len));
	f->len = len;
	f->mtime = 0;
	f->writes++;
}

/* To open for writing: what is not a regular file refuses in its own way. */
static int not_writable(char type)
{
	return type == 'd' ? EISDIR : type == 'f' ? 0 : ENXIO;
}

/* Open for writing with the flags of open(2); the file, or 0 and *err. */
static int open_to_write(struct tree *t, int from, const char *path, int flags, bool waits,
                         int *err)
{
	struct place p = find(t, from, path, !(flags & O_EXCL));

	*err = p.err;
	if (p.err)
		return 0;
	if (p.node >= 0) {
		const struct file *f = file_of(t, p.node);
		*err = flags & O_EXCL ? EEXIST : not_writable(f->type);
		if (waits && f->type == 'p')
			*err = OUT; /* a stream would wait; to read and write, it is open at once */
		if (*err)
			return 0;
	} else if (flags & O_CREAT) {
		add_name(t, p.dir, p.name, new_file(t, 'f', 0644));
		p.node = child_of(t, p.dir, p.name);
	} else {
		*err = ENOENT;
		return 0;
	}
	if (flags & O_TRUNC)
		set_len(&t->file[t->node[p.node].file], 0);
	return t->node[p.node].file;
}

static int write_to(struct tree *t, int from, const struct action *x)
{
	static const int stream_flags[] = {O_CREAT | O_TRUNC, O_CREAT | O_APPEND, 0};
	int err, flags = 0;

	if (x->kind == STREAM)
		flags = stream_flags[x->n];
	else if (x->kind == CREATE)
		flags = O_CREAT | O_TRUNC;
	else if (x->kind == EXCLUSIVE)
		flags = O_CREAT | O_EXCL;
	else if (x->kind == APPEND)
		flags = O_APPEND;
	int file = open_to_write(t, from, x->a, flags, x->kind == STREAM || x->kind == HOLD, &err);
	if (err)
		return err;
	struct file *f = &t->file[file];
	if (x->kind == HOLD)
		t->held = file;
	else if (x->kind == FTRUNCATE && x->n == f->len)
		return OUT;
	else if (x->kind == FTRUNCATE)
		set_len(f, x->n);
	else
		set_text(f, flags & O_APPEND ? f->len : 0, x->text);
	return 0;
}

static int make(struct tree *t, int from, const struct action *x, char type, int mode)
{
	struct place p = find(t, from, x->a, false);

	if (p.err)
		return p.err;
	if (p.node >= 0)
		return EEXIST;
	int file = new_file(t, type, mode);
	if (type == 'l') {
		strcpy(t->file[file].text, x->text);
		t->file[file].len = (int)strlen(x->text);
	}
	add_name(t, p.dir, p.name, file);
	return 0;
}

static int remove_name(struct tree *t, int from, const struct action *x)
{
	struct place p = find(t, from, x->a, false);

	if (p.err || p.node < 0)
		return p.err ? p.err : ENOENT;
	bool is_dir = file_of(t, p.node)->type == 'd';
	if (x->kind == UNLINK && is_dir)
		return EISDIR;
	if (x->kind == RMDIR && !is_dir)
		return ENOTDIR;
	if (is_dir && !empty(t, p.node))
		return ENOTEMPTY;
	drop_name(t, p.node);
	return 0;
}

static int link_name(struct tree *t, int from, const struct action *x)
{
	struct place p = find(t, from, x->a, x->n), q;

	if (p.err || p.node < 0)
		return p.err ? p.err : ENOENT;
	q = find(t, from, x->b, false);
	if (q.err || q.node >= 0)
		return q.err ? q.err : EEXIST;
	if (file_of(t, p.node)->type == 'd')
		return EPERM;
	add_name(t, q.dir, q.name, t->node[p.node].file);
	return 0;
}

static void swap_names(struct tree *t, int a, int b)
{
	struct node old = t->node[a];

	t->node[a].parent = t->node[b].parent;
	strcpy(t->node[a].name, t->node[b].name);
	t->node[b].parent = old.parent;
	strcpy(t->node[b].name, old.name);
	t->file[t->node[t->node[a].parent].file].mtime = 0;
	t->file[t->node[t->node[b].parent].file].mtime = 0;
}

/* The order of the checks is the kernel's. */
static int rename_name(struct tree *t, int from, const struct action *x)
{
	struct place p = find(t, from, x->a, false), q = find(t, from, x->b, false);
	bool exchange = x->n == RENAME_EXCHANGE;

	if (p.err || q.err)
		return p.err == OUT || q.err == OUT ? OUT : p.err ? p.err : q.err;
	if (p.node == 0 || q.node == 0)
		return OUT;
	if (p.node < 0)
		return ENOENT;
	if (q.node >= 0 && x->n == RENAME_NOREPLACE)
		return EEXIST;
	if (q.node < 0 && exchange)
		return ENOENT;
	if (inside(t, q.dir, p.node))
		return EINVAL;
	if (q.node >= 0 && inside(t, p.dir, q.node))
		return exchange ? EINVAL : ENOTEMPTY;
	if (q.node >= 0 && t->node[p.node].file == t->node[q.node].file)
		return 0;
	if (exchange) {
		swap_names(t, p.node, q.node);
		return 0;
	}
	if (q.node >= 0) {
		bool is_dir = file_of(t, p.node)->type == 'd';
		bool over_dir = file_of(t, q.node)->type == 'd';
		if (is_dir != over_dir)
			return over_dir ? EISDIR : ENOTDIR;
		if (over_dir && !empty(t, q.node))
			return ENOTEMPTY;
		drop_name(t, q.node);
	}
	t->file[t->node[t->node[p.node].parent].file].mtime = 0;
	t->file[t->node[q.dir].file].mtime = 0;
	t->node[p.node].parent = q.dir;
	strcpy(t->node[p.node].name, q.name);
	return 0;
}

/* A temporary file in the directory of `a` takes the place of `a`. */
static int replace(struct tree *t, int from, const struct action *x)
{
	struct place p = find(t, from, x->a, false);

	if (p.err)
		return p.err;
	if (p.node == 0)
		return OUT;
	t->file[t->node[p.dir].file].mtime = 0;
	if (p.node >= 0 && file_of(t, p.node)->type == 'd')
		return EISDIR;
	if (p.node >= 0)
		drop_name(t, p.node);
	int file = new_file(t, 'f', 0600);
	set_text(&t->file[file], 0, x->text);
	add_name(t, p.dir, p.name, file);
	return 0;
}

static int change_file(struct tree *t, int from, const struct action *x)
{
	struct place p = find(t, from, x->a, true);

	if (p.err || p.node < 0)
		return p.err ? p.err : ENOENT;
	struct file *f = &t->file[t->node[p.node].file];
	if ((x->kind == FCHMOD || x->kind == FUTIMES) && f->type == 's')
		return ENXIO; /* they open it first */
	switch (x->kind) {
	case TRUNCATE:
		if (f->type != 'f')
			return f->type == 'd' ? EISDIR : EINVAL;
		if (x->n == f->len)
			return OUT; /* it may change the time, or not */
		set_len(f, x->n);
		break;
	case CHMOD:
	case FCHMOD:
		f->mode = x->n;
		break;
	default:
		f->mtime = x->n;
	}
	return 0;
}

/* Names that change in ways of their own: "." and "..". */
static bool special(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int change(struct tree *t, int from, const struct action *x)
{
	if (special(x->a) || special(x->b))
		return OUT;
	switch (x->kind) {
	case RENAME:
		return rename_name(t, from, x);
	case UNLINK:
	case RMDIR:
		return remove_name(t, from, x);
	case MKDIR:
		return make(t, from, x, 'd', 0755);
	case MKFIFO:
		return make(t, from, x, 'p', 0644);
	case SOCKET: {
		int err = make(t, from, x, 's', 0755);
		return err == EEXIST ? EADDRINUSE : err;
	}
	case SYMLINK:
		return make(t, from, x, 'l', 0777);
	case LINK:
		return link_name(t, from, x);
	case TEMP:
		return replace(t, from, x);
	case TRUNCATE:
	case CHMOD:
	case FCHMOD:
	case UTIMES:
	case FUTIMES:
		return change_file(t, from, x);
	case HELD:
		set_text(&t->file[t->held], 0, x->text);
		return 0;
	default:
		return write_to(t, from, x);
	}
}

/* ---- looks */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void say_list(const struct tree *t, int dir, char said[SAID_LEN])
{
	char lines[NODE_MAX][NAME_LEN + 2];
	size_t n = 0, at = 0;

	for (int i = 1; i < NODE_MAX; i++)
		if (t->node[i].file && t->node[i].parent == dir)
			snprintf(lines[n++], sizeof(lines[0]), "%s/%c", t->node[i].name,
			         file_of(t, i)->type);
	qsort(lines, n, sizeof(lines[0]), by_text);
	said[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(said + at, " %s", lines[i]);
}

static void say_stat(const struct file *f, char said[SAID_LEN])
{
	char mtime[24] = "-";

	if (f->mtime)
		snprintf(mtime, sizeof(mtime), "%ld", f->mtime);
	/* How many links a directory has is the filesystem's own affair. */
	if (f->type == 'd')
		sprintf(said, "d %o %s", f->mode, mtime);
	else
		sprintf(said, "%c %o %s links %d size %d", f->type, f->mode, mtime, f->links,
		        f->type == 'f' ? f->len : 0);
}

static int look(const struct tree *t, int from, const struct action *x, char said[SAID_LEN])
{
	bool follow = x->kind != LSTAT && x->kind != READLINK;
	struct place p = find(t, from, x->a, follow);
	char path[PATH_LEN];

	if (p.err || p.node < 0)
		return p.err ? p.err : ENOENT;
	const struct file *f = file_of(t, p.node);
	switch (x->kind) {
	case STAT:
	case LSTAT:
		say_stat(f, said);
		break;
	case READ:
		if (f->type == 's')
			return ENXIO;
		if (f->type == 'd')
			return EISDIR;
		if (f->type == 'p' && x->n)
			return OUT;
		sprintf(said, "%d bytes ", f->type == 'f' ? f->len : 0);
		for (int i = 0; f->type == 'f' && i < f->len; i++)
			sprintf(said + strlen(said), "%c", f->text[i] ? f->text[i] : '~');
		break;
	case ACCESS: /* of the super-user: to execute, somebody must be allowed to */
		if (x->n && f->type != 'd' && !(f->mode & 0111))
			return EACCES;
		strcpy(said, "ok");
		break;
	case READLINK:
		if (f->type != 'l')
			return EINVAL;
		strcpy(said, f->text);
		break;
	case LIST:
		if (f->type != 'd')
			return ENOTDIR;
		say_list(t, p.node, said);
		break;
	default:
		model_path(t, p.node, path);
		sprintf(said, "%s", path);
	}
	return 0;
}

void model_do(struct tree *t, const struct action *x, char said[SAID_LEN])
{
	struct place from = {.node = 0};
	int err;

	if (*x->base)
		from = find(t, 0, x->base, true);
	if (from.err || from.node < 0)
		err = from.err ? from.err : ENOENT;
	else if (file_of(t, from.node)->type != 'd')
		err = ENOTDIR;
	else if (x->kind < FIRST_LOOK)
		err = change(t, from.node, x);
	else
		err = look(t, from.node, x, said);
	if (err == OUT)
		strcpy(said, "?");
	else if (err)
		strcpy(said, strerrorname_np(err));
	else if (x->kind < FIRST_LOOK)
		strcpy(said, "ok");
}

int model_contents(const struct tree *t, const struct action *x)
{
	struct place from = {.node = 0};

	if (*x->base)
		from = find(t, 0, x->base, true);
	if (from.err || from.node < 0)
		return -1;
	struct place p = find(t, from.node, x->a, true);
	if (p.err || p.node < 0)
		return -1;
	int file = t->node[p.node].file;
	return file + NODE_MAX * t->file[file].writes;
}

bool model_shell_differs(const struct tree *t, const struct action *x)
{
	struct place from = {.node = 0};

	if (*x->base)
		from = find(t, 0, x->base, true);
	if (from.err || from.node < 0)
		return true;
	struct place p = find(t, from.node, x->a, x->kind != RENAME && x->kind != LINK);
	if (p.err || p.node < 0)
		return x->kind == UTIMES || x->kind == TRUNCATE;
	if (x->kind == RENAME) { /* mv: of two names of one file it removes one */
		struct place q = find(t, from.node, x->b, false);
		return x->n ||
		       (!q.err && q.node >= 0 && t->node[q.node].file == t->node[p.node].file);
	}
	if (x->kind == LINK)
		return x->n;
	char type = file_of(t, p.node)->type;
	if (x->kind == READ && type == 'd') /* it is only opened */
		return true;
	return type == 'p' || type == 's'; /* to open them would wait */
}
