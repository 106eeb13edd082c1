"""sqlite: SQLite at work in the current directory; prints "step<TAB>what came of it".

    sqlite JOURNAL            all steps, with the journal delete, truncate, wal ...
    sqlite JOURNAL add FIRST  add a hundred rows, one transaction each
    sqlite JOURNAL crash      begin a transaction that reaches the file, and die
"""
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys

JOURNAL = sys.argv[1]
DATABASE = "data.db"


def connect(name=DATABASE):
    """A connection, as all processes here have it: few pages in memory, so that files matter."""
    database = sqlite3.connect(name, timeout=60, isolation_level=None)
    database.execute(f"pragma journal_mode={JOURNAL}")
    database.execute("pragma cache_size=5")
    database.execute("pragma mmap_size=1048576")
    return database


def again(*arguments):
    """This program once more, in a process of its own."""
    return subprocess.Popen([sys.executable, __file__, JOURNAL, *arguments])


def fact(step, *what):
    """One line of the result."""
    print(step, " ".join(str(thing) for thing in what), sep="\t", flush=True)


def content(database):
    """A checksum of all rows, and what SQLite thinks of its files."""
    rows = database.execute("select * from t order by number").fetchall()
    return (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()[:16],
            database.execute("pragma integrity_check").fetchone()[0])


def look(name=DATABASE):
    """content() as another connection sees it."""
    database = connect(name)
    try:
        return content(database)
    finally:
        database.close()


def files():
    """What lies in the directory; a journal's size is SQLite's own affair."""
    return sorted(name for name in os.listdir() if name.startswith(("data", "copy", "other")))


def work():
    """All steps."""
    database = connect()
    fact("journal", database.execute("pragma journal_mode").fetchone()[0])
    database.execute("create table t(number integer primary key, text)")
    fact("create", *content(database), *files())
    database.execute("begin")
    database.executemany("insert into t values(?, ?)", ((n, f"{n} " * 50) for n in range(2000)))
    fact("in a transaction", *files())
    database.execute("commit")
    fact("insert", *content(database))
    fact("sees it", *look())
    database.execute("create index i on t(text)")
    database.execute("update t set text = 'changed' where number % 3 = 0")
    fact("update", *content(database))
    if JOURNAL != "off":
        database.execute("begin")
        database.execute("delete from t")
        database.execute("rollback")
        fact("rollback", *content(database))
    adding = [again("add", str(first)) for first in (10000, 20000, 30000)]
    fact("processes", *(process.wait() for process in adding))
    fact("after them", *content(database))
    if JOURNAL in ("delete", "truncate", "persist", "wal"):
        fact("crash", again("crash").wait() == -signal.SIGKILL, *look())
    database.execute("delete from t where number % 2 = 0")
    if JOURNAL != "wal":
        database.execute("vacuum")
    fact("vacuum", *content(database), os.path.getsize(DATABASE) if JOURNAL != "wal" else "")
    with sqlite3.connect("copy.db") as copy:
        database.backup(copy)
    fact("backup", *content(copy))
    copy.close()
    database.execute("attach 'copy.db' as copy")
    fact("attach", *database.execute(
        "select count(*) from t join copy.t as u on t.number = u.number where t.text = u.text"))
    database.execute("detach copy")
    if JOURNAL == "wal":  # which SQLite would look for by the file's old name
        database.execute("pragma journal_mode=delete")
    database.close()
    fact("closed", *files())
    os.rename(DATABASE, "other.db")
    fact("renamed", *look("other.db"))
    try:
        sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True).execute("select 1 from t")
    except sqlite3.OperationalError as error:
        fact("old name", error)
    with open("other.db", "r+b") as raw:
        raw.truncate(1000)
    try:
        fact("truncated", *look("other.db"))
    except sqlite3.DatabaseError as error:
        fact("truncated", error)
    for name in files():
        os.unlink(name)
    connect("other.db").execute("create table t(number)")
    fact("anew", *files())


def main():
    """By its arguments."""
    if len(sys.argv) == 2:
        work()
    elif sys.argv[2] == "add":
        database = connect()
        for number in range(100):
            database.execute("insert into t values(?, 'added')", (int(sys.argv[3]) + number,))
    else:
        database = connect()
        database.execute("begin immediate")
        database.execute("update t set text = text || '!'")
        os.kill(os.getpid(), signal.SIGKILL)


main()
