/* errno_tree.c - see errno_tree.h. */
#include "errno_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "put.h"

#define LINKS 41 /* one more than may be followed */

void make_tree(const char *dir)
{
	char link[16], target[16];

	if (mkdir(dir, 0755) != 0 || chdir(dir) != 0) {
		perror(dir);
		exit(1);
	}
	put_file("file", 100, 0644);
	put_file("spare", 10, 0644);
	put_text("script", "#!/missing/interpreter\n", 0755);
	put_file("unreadable", 10, 0);
	mkdir("dir", 0755);
	put_file("dir/inner", 20, 0644);
	mkdir("dir/sub", 0755);
	put_file("dir/sub/leaf", 30, 0644);
	mkdir("empty_dir", 0755);
	put_link("file", "to_file");
	put_link("dir", "to_dir");
	put_link("nowhere", "dangling");
	put_link("loop_b", "loop_a");
	put_link("loop_a", "loop_b");
	put_link("file", "link1");
	for (int i = 2; i <= LINKS; i++) {
		snprintf(link, sizeof(link), "link%d", i);
		snprintf(target, sizeof(target), "link%d", i - 1);
		put_link(target, link);
	}
	if (mkfifo("fifo", 0644) != 0)
		perror("fifo");
	static const struct {
		const char *name, *inner;
		mode_t mode;
	} guarded[] = {{"closed", "closed/inner", 0},
	               {"read_only", "read_only/inner", 0444},
	               {"search_only", "search_only/inner", 0111}};
	for (int i = 0; i < 3; i++) {
		mkdir(guarded[i].name, 0755);
		put_file(guarded[i].inner, 9, 0644);
		chmod(guarded[i].name, guarded[i].mode);
	}
	if (chdir("..") != 0)
		exit(1);
}

void name_dir(char name[64], const char *group, const struct row *row)
{
	snprintf(name, 64, "%s-%s-%s", group, row->name, row->variant);
}

static void make_trees(const char *group, const struct row *row)
{
	char name[64];

	for (; row->name; row++) {
		name_dir(name, group, row);
		make_tree(name);
	}
}

int prepare(const char *dir)
{
	if (mkdir(dir, 0755) != 0 || chdir(dir) != 0) {
		perror(dir);
		return 1;
	}
	make_tree("ask");
	make_tree("interrupted");
	make_tree("cancelled");
	make_trees("path", path_rows);
	make_trees("at", at_rows);
	make_trees("change", change_rows);
	make_trees("change_at", change_at_rows);
	return 0;
}
