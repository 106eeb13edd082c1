"""Changes made by way of paths outside every scope: outside.py SCOPE OUTSIDE

Two processes of one session. One changes files through a path that leads
elsewhere, so often that the library remembers this; the other makes the same
path lead into the scope. What the first then changes has to be seen. Prints
what each scenario shows; all of it is true without the library, too.
"""

import os
import sys

scope, outside = sys.argv[1:]


class Other:
    """A process that runs functions for us, one after another."""

    def __init__(self):
        ours, theirs = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(ours[1])
            for line in os.fdopen(ours[0]):
                getattr(sys.modules[__name__], line.split()[0])(*line.split()[1:])
                os.write(theirs[1], b".")
            os._exit(0)
        os.close(ours[0])
        os.close(theirs[1])
        self.commands, self.answers = os.fdopen(ours[1], "w"), theirs[0]

    def run(self, *words):
        print(*words, file=self.commands, flush=True)
        assert os.read(self.answers, 1) == b"."

    def end(self):
        self.commands.close()
        os.waitpid(self.pid, 0)


def append(path):
    with open(path, "a") as f:
        f.write("more")


def size(path):
    try:
        return os.stat(path).st_size
    except OSError as error:
        return error.strerror


def scenario(name, prepare, way, change, target, lead):
    """`change` by the path `way`, before and after `lead` makes it lead to `target`."""
    prepare()
    other = Other()
    before = size(target)
    for _ in range(3):
        other.run(change, way)
    untouched = size(target)
    lead()
    other.run(change, way)
    print(name, before, untouched, size(target))
    other.end()


def tree(name, content=""):
    """A directory with a file in it, made by a program that the library does not see."""
    command = f"mkdir -p {name} && printf '%s' '{content}' >{name}/file"
    pid = os.fork()
    if pid == 0:
        os.execve("/bin/sh", ["sh", "-c", command], {"PATH": "/usr/bin:/bin"})
    os.waitpid(pid, 0)


def chmod(path):
    os.chmod(path, (os.stat(path).st_mode ^ 0o100) & 0o777)


def mode(path):
    return oct(os.stat(path).st_mode)


def unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def replaced_directory(n, make_link):
    plain, inside = f"{outside}/plain{n}", f"{scope}/inside{n}"

    def prepare():
        tree(plain)
        tree(inside, "12345")

    def lead():
        os.rename(plain, plain + ".old")
        make_link(inside, plain)

    return prepare, f"{plain}/file", f"{inside}/file", lead


def moved_link(target, path):
    os.symlink(target, path + ".new")
    os.rename(path + ".new", path)


def made_before(target, path):
    """A link that was there before the job, and is moved into place."""
    pid = os.fork()
    if pid == 0:
        os.execve("/bin/ln", ["ln", "-s", target, path + ".new"], {})
    os.waitpid(pid, 0)
    os.rename(path + ".new", path)


def chain(target, path):
    os.symlink(os.path.basename(path) + ".next", path)
    os.symlink(target, path + ".next")


for n, (name, make_link) in enumerate({
    "symlink": os.symlink, "moved": moved_link, "made before": made_before, "chain": chain,
}.items()):
    for change in ("append", "unlink"):
        prepare, way, target, lead = replaced_directory(f"{n}{change}", make_link)
        scenario(f"{name}, {change}:", prepare, way, change, target, lead)

# The last name is the link.
tree(f"{scope}/last", "12345")
tree(f"{outside}/last")


def link_file():
    os.unlink(f"{outside}/last/file")
    os.symlink(f"{scope}/last/file", f"{outside}/last/file")


scenario("file:", lambda: None, f"{outside}/last/file", "append", f"{scope}/last/file", link_file)

# A name of a descriptor leads elsewhere each time.
tree(f"{scope}/opened", "12345")
tree(f"{outside}/opened")
for name in ("/proc/self/fd/{}", "/dev/fd/{}"):
    before = size(f"{scope}/opened/file")
    for directory in (outside, outside, scope):
        descriptor = os.open(f"{directory}/opened/file", os.O_RDONLY)
        append(name.format(descriptor))
        os.close(descriptor)
    print("descriptor:", before, size(f"{scope}/opened/file"))

# A directory above the scope moves: all names of the scope are gone, and come back.
tree(f"{scope}/deep/down", "12345")
print("above:", size(f"{scope}/deep/down/file"), size(f"{scope}/none"), end=" ")
above = os.path.dirname(scope)


def away():
    os.rename(above, above + ".away")


def back():
    os.rename(above + ".away", above)


other = Other()
other.run("away")
print(size(f"{scope}/deep/down/file"), size(f"{scope}/deep"), end=" ")
other.run("back")
print(size(f"{scope}/deep/down/file"), size(f"{scope}/none"))
other.end()
