# SQLite at work: locks, journals, shared memory, a crash and what follows it.
# shellcheck shell=bash disable=SC2034,SC2154 # see tests/conformance/README.md
about="SQLite through CPython's sqlite3, in each kind of journal (scenes/sqlite.py)"
python=/usr/bin/python3.11
limit=300

reason()
{
	"$python" -c 'import sqlite3' 2>/dev/null || echo "$python has no sqlite3"
}

version()
{
	"$python" -c 'import sqlite3; print("SQLite", sqlite3.sqlite_version)'
}

parts()
{
	printf '%s\n' delete truncate persist memory wal off
}

scope()
{
	printf '%s\n' /usr/bin /usr/lib/python3.11
}

run_part()
{
	cp "$srcdir/tests/conformance/scenes/sqlite.py" .
	"${launch[@]}" "$python" sqlite.py "$1" | sed "s/^/$1: /"
}
