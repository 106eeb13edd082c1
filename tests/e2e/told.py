"""told.py CASE: a child of this process makes a change, in a way that is easily
missed; this process has looked before, and looks again when the child has ended."""

import ctypes
import os
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)


def linkat(fd, old, new, flags):
    if libc.linkat(fd, old.encode(), -100, new.encode(), flags) != 0:
        raise OSError(ctypes.get_errno(), "linkat")


def change_in_child(change):
    pid = os.fork()
    if pid == 0:
        try:
            change()
            status = 0
        except OSError as e:
            print(e, file=sys.stderr)
            status = 1
        os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0, "the child failed"


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError as e:
        return type(e).__name__


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def identity():
    """by a process that has changed its user"""
    assert read("open/f") == "old"

    def change():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        write("open/f", "new")

    change_in_child(change)
    assert read("open/f") == "new"


def deleted():
    """by the descriptor of something whose name ends like that of what is removed"""
    assert os.stat("d (deleted)").st_mode & 0o777 == 0o755

    def change():
        os.fchmod(os.open("d (deleted)", os.O_RDONLY), 0o700)

    change_in_child(change)
    assert os.stat("d (deleted)").st_mode & 0o777 == 0o700


def empty_path():
    """a link made of a descriptor"""
    assert os.stat("a/f").st_nlink == 1

    def change():
        linkat(os.open("a/f", os.O_PATH), "", "b/g", 0x1000)  # AT_EMPTY_PATH

    change_in_child(change)
    assert os.stat("a/f").st_nlink == 2


def unnamed():
    """a file without a name that is given one"""
    assert not os.path.exists("a/named")

    def change():
        fd = os.open("a", os.O_TMPFILE | os.O_WRONLY)
        os.write(fd, b"new")
        linkat(-100, f"/proc/self/fd/{fd}", "a/named", 0x400)  # AT_SYMLINK_FOLLOW

    change_in_child(change)
    assert read("a/named") == "new"


def other_name():
    """a file with two names, through a link from outside, in a volatile directory"""
    assert read("two/f") == "old" and read("vol/x") == "old"
    change_in_child(lambda: write("vol/x", "newer"))
    assert read("vol/x") == "newer" and read("two/f") == "old"
    change_in_child(lambda: write("vol/f", "newer"))
    assert read("two/f") == "newer"


def no_more_than_needed():
    """where a link is removed, its target is served on"""
    assert read("target/f") == "old" and os.path.lexists("links/l")
    change_in_child(lambda: os.unlink("links/l"))
    assert not os.path.lexists("links/l")


def ancestor():
    """a directory above the scope is renamed"""
    top = os.environ["TOP"]
    assert read(f"{top}/up/mid/scope/d/f") == "old"
    change_in_child(lambda: os.rename(f"{top}/up", f"{top}/away"))
    assert read(f"{top}/up/mid/scope/d/f") == "FileNotFoundError"

    def again():
        os.makedirs(f"{top}/up/mid/scope/d")
        write(f"{top}/up/mid/scope/d/f", "new")

    change_in_child(again)
    assert read(f"{top}/up/mid/scope/d/f") == "new"


def nested():
    """a directory with a scope of its own in it is renamed"""
    top = os.environ["TOP"]
    assert read(f"{top}/tree/sub/deep/d/f") == "old"
    change_in_child(lambda: os.rename("sub", "gone"))
    assert read(f"{top}/tree/sub/deep/d/f") == "FileNotFoundError"
    assert not os.path.exists(f"{top}/tree/sub/deep")

    def again():
        os.makedirs("sub/deep/d")
        write("sub/deep/d/f", "new")

    change_in_child(again)
    assert read(f"{top}/tree/sub/deep/d/f") == "new"


def prefix():
    """a scope's prefix is a link, and made to lead elsewhere"""
    top = os.environ["TOP"]
    assert read(f"{top}/alias/d/f") == "old"
    change_in_child(lambda: os.unlink(f"{top}/alias"))
    assert read(f"{top}/alias/d/f") == "FileNotFoundError"
    change_in_child(lambda: os.symlink("other", f"{top}/alias"))
    assert read(f"{top}/alias/d/f") == "other"


def moved():
    """by a descriptor that was opened before its directory moved"""
    assert read("from/f") == "old"
    change_in_child(lambda: write("beside", ""))  # the directory above is volatile
    f = os.open("from/f", os.O_WRONLY)
    change_in_child(lambda: os.rename("from", "into"))
    assert read("into/f") == "old"
    change_in_child(lambda: os.pwrite(f, b"new", 0))
    assert read("into/f") == "new"


def link_above():
    """a link on the way to a scope is removed, and made anew"""
    top = os.environ["TOP"]
    assert read(f"{top}/way/scope/d/f") == "old"
    change_in_child(lambda: os.unlink(f"{top}/way"))
    assert read(f"{top}/way/scope/d/f") == "FileNotFoundError"
    change_in_child(lambda: os.symlink("elsewhere", f"{top}/way"))
    assert read(f"{top}/way/scope/d/f") == "elsewhere"


def two_links():
    """a scope's prefix leads through two links, and the second one is made anew"""
    top = os.environ["TOP"]
    assert read(f"{top}/home/link/current/d/f") == "v1"
    change_in_child(lambda: os.unlink(f"{top}/far/current"))
    assert read(f"{top}/home/link/current/d/f") == "FileNotFoundError"
    change_in_child(lambda: os.symlink("v2", f"{top}/far/current"))
    assert read(f"{top}/home/link/current/d/f") == "v2"


def mounted():
    """by a descriptor of a mount, which becomes read-only"""
    top = os.environ["TOP"] + "/mounted"
    assert os.access(f"{top}/f", os.W_OK)

    def change():
        read_only = struct.pack("QQQQ", 1, 0, 0, 0)  # MOUNT_ATTR_RDONLY is set
        fd = os.open(top, os.O_PATH)
        if libc.mount_setattr(fd, b"", 0x1000, read_only, len(read_only)) != 0:
            raise OSError(ctypes.get_errno(), "mount_setattr")

    change_in_child(change)
    assert not os.access(f"{top}/f", os.W_OK)


globals()[sys.argv[1]]()
