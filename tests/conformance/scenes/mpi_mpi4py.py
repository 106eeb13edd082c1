"""mpi4py: messages, windows, MPI's own files, files that ranks make for each other, children."""
import importlib
import mmap
import os
import pickle
import pkgutil
import shutil
import subprocess
import sys

import mpi4py
import numpy
from mpi4py import MPI

import mpi_checks
from mpi_checks import WORLD, check

RANK, SIZE = WORLD.rank, WORLD.size
PLACE = os.getcwd()
NEXT, BEFORE = (RANK + 1) % SIZE, (RANK - 1) % SIZE


def total(value):
    """What the ranks' values sum up to."""
    return WORLD.allreduce(value)


@check
def import_all():
    """Every module of mpi4py."""
    names = [module.name for module in pkgutil.walk_packages(mpi4py.__path__, "mpi4py.")
             if "__main__" not in module.name]
    for name in names:
        importlib.import_module(name)
    return sorted(names)


@check
def library_version():
    """The library is the tree's."""
    return MPI.Get_library_version(), MPI.Get_version(), mpi4py.__version__


@check
def placement():
    """What a process sees of itself."""
    return sys.executable, sys.prefix, os.readlink("/proc/self/exe"), mpi4py.__file__


@check
def own_libraries():
    """The names of mapped libraries of the tree."""
    with open("/proc/self/maps") as maps:
        return any("libmpi.so" in line for line in maps)


@check
def objects():
    """Pickled objects, in all collective ways."""
    thing = {"rank": RANK, "data": list(range(1000)), "array": numpy.arange(10.0) * RANK}
    assert WORLD.bcast(thing, root=0)["rank"] == 0
    assert [got["rank"] for got in WORLD.allgather(thing)] == list(range(SIZE))
    assert WORLD.scatter([[i] for i in range(SIZE)] if RANK == 0 else None)[0] == RANK
    assert WORLD.alltoall([(RANK, i) for i in range(SIZE)]) == [(i, RANK) for i in range(SIZE)]
    assert WORLD.sendrecv(thing, dest=NEXT, source=BEFORE)["rank"] == BEFORE
    return total(RANK), WORLD.allreduce(str(RANK), op=MPI.SUM)


@check
def buffers():
    """Arrays, small and large, blocking and not."""
    for length in 1, 1000, 1 << 20:
        mine = numpy.full(length, float(RANK))
        theirs = numpy.empty_like(mine)
        WORLD.Sendrecv(mine, NEXT, recvbuf=theirs, source=BEFORE)
        assert (theirs == BEFORE).all()
        requests = [WORLD.Isend(mine, BEFORE, tag=1), WORLD.Irecv(theirs, NEXT, tag=1)]
        MPI.Request.Waitall(requests)
        assert (theirs == NEXT).all()
        WORLD.Allreduce(mine, theirs)
        assert (theirs == SIZE * (SIZE - 1) / 2).all()
        WORLD.Ibcast(theirs, root=SIZE - 1).Wait()


@check
def communicators():
    """Split, duplicated, with a topology, between groups."""
    half = WORLD.Split(RANK % 2, RANK)
    node = WORLD.Split_type(MPI.COMM_TYPE_SHARED)
    grid = WORLD.Create_cart(MPI.Compute_dims(SIZE, 2), periods=[True, False])
    other = half.Create_intercomm(0, WORLD, 1 - RANK % 2, tag=3)
    result = (total(half.rank * (RANK + 1)), total(node.size), total(tuple(grid.coords)),
              total(other.remote_size))
    for comm in half, node, grid, other:
        comm.Free()
    return result


@check
def windows():
    """Memory that a node's ranks share. (Over TCP and with threads, Open MPI has no others.)"""
    node = WORLD.Split_type(MPI.COMM_TYPE_SHARED)
    window = MPI.Win.Allocate_shared(4096 if node.rank == 0 else 0, 1, comm=node)
    memory = numpy.frombuffer(window.Shared_query(0)[0], dtype="B")
    memory[node.rank] = node.rank + 1
    node.Barrier()
    assert memory[:node.size].tolist() == list(range(1, node.size + 1))
    node.Barrier()
    window.Free()
    node.Free()


def opened(name, mode):
    """A file of all ranks."""
    return MPI.File.Open(WORLD, os.path.join(PLACE, name), mode)


@check
def tree_that_moves():
    """A directory that is served everywhere is moved by one rank, and made anew by another."""
    name = "before/deep/x/file"
    with open(name) as text:
        assert text.read() == "first\n" and os.path.isdir("before/deep/x/y")
    WORLD.Barrier()
    if RANK == 1:
        os.rename("before/deep", "before/moved")
    WORLD.Barrier()
    assert not os.path.exists(name) and not os.path.lexists("before/deep/x/y")
    with open("before/moved/x/file") as text:
        assert text.read() == "first\n"
    WORLD.Barrier()
    if RANK == SIZE - 1:
        os.makedirs("before/deep/x")
        with open(name, "w") as out:
            out.write("second\n")
    WORLD.Barrier()
    assert os.listdir("before/deep/x") == ["file"]
    with open(name) as text:
        return text.read()


@check
def file_from_before():
    """A served file, by MPI, which makes files beside it."""
    name = "before/file"
    handle = opened(name, MPI.MODE_RDONLY)
    data = bytearray(handle.Get_size())
    handle.Read_all(data)
    handle.Close()
    with open(name, "rb") as plain:
        assert plain.read() == data
    return bytes(data)


@check
def file_at():
    """Each rank its part, written by all and read by all."""
    data = numpy.full(5000, RANK, dtype="i4")
    got = numpy.empty_like(data)
    handle = opened("at", MPI.MODE_CREATE | MPI.MODE_RDWR)
    handle.Write_at_all(RANK * data.nbytes, data)
    handle.Sync()
    WORLD.Barrier()
    handle.Sync()
    handle.Read_at_all(NEXT * data.nbytes, got)
    size = handle.Get_size()
    handle.Close()
    assert (got == NEXT).all() and size == SIZE * data.nbytes == os.path.getsize("at")
    with open("at", "rb") as plain:
        plain.seek(BEFORE * data.nbytes)
        assert plain.read(4) == BEFORE.to_bytes(4, "little")


@check
def file_view():
    """Interleaved, by a view; and atomic."""
    unit = MPI.INT.Create_vector(100, 1, SIZE)
    unit.Commit()
    handle = opened("view", MPI.MODE_CREATE | MPI.MODE_RDWR)
    handle.Set_view(RANK * 4, MPI.INT, unit)
    handle.Set_atomicity(True)
    handle.Write_all(numpy.full(100, RANK, dtype="i4"))
    handle.Set_view(0, MPI.INT)
    everything = numpy.empty(100 * SIZE, dtype="i4")
    WORLD.Barrier()
    handle.Read_at(0, everything)
    handle.Close()
    unit.Free()
    assert (everything.reshape(100, SIZE) == numpy.arange(SIZE)).all()
    return everything.tolist()


@check
def file_shared_pointer():
    """One file pointer for all: kept by locks or in a file beside."""
    handle = opened("ordered", MPI.MODE_CREATE | MPI.MODE_RDWR)
    handle.Write_ordered(b"%04d" % RANK)
    handle.Write_shared(b"more")
    handle.Sync()
    WORLD.Barrier()
    handle.Close()
    with open("ordered", "rb") as plain:
        return plain.read()


@check
def file_sizes():
    """Sizes, appending, and files that go when they are closed."""
    handle = opened("sized", MPI.MODE_CREATE | MPI.MODE_RDWR)
    handle.Set_size(12345)
    handle.Close()
    size = os.path.getsize("sized")
    WORLD.Barrier()
    handle = opened("sized", MPI.MODE_WRONLY | MPI.MODE_APPEND)
    position = handle.Get_position()
    handle.Close()
    handle = opened("gone", MPI.MODE_CREATE | MPI.MODE_RDWR | MPI.MODE_DELETE_ON_CLOSE)
    handle.Close()
    WORLD.Barrier()
    assert not os.path.exists("gone")
    if RANK == 0:
        MPI.File.Delete(os.path.join(PLACE, "sized"))
    WORLD.Barrier()
    assert not os.path.exists("sized")
    return size, position


@check
def file_errors():
    """What is not there, what must not be."""
    said = []
    for name, mode in (("none", MPI.MODE_RDONLY), ("no/directory", MPI.MODE_CREATE | MPI.MODE_RDWR),
                       ("at", MPI.MODE_CREATE | MPI.MODE_EXCL | MPI.MODE_RDWR)):
        try:
            opened(name, mode).Close()
            said.append("opened")
        except MPI.Exception as error:
            said.append(MPI.Get_error_string(error.Get_error_class()))
    return said


@check
def files_for_each_other():
    """What a rank writes, the next one reads after a message, many times."""
    for turn in range(30):
        with open(f"mail.{RANK}", "w") as out:
            out.write(f"{turn} {RANK}" * (turn + 1))
        WORLD.sendrecv(None, dest=NEXT, source=BEFORE)
        with open(f"mail.{BEFORE}") as text:
            assert text.read() == f"{turn} {BEFORE}" * (turn + 1)
        assert os.stat(f"mail.{BEFORE}").st_size == len(f"{turn} {BEFORE}") * (turn + 1)
        WORLD.sendrecv(None, dest=BEFORE, source=NEXT)
    os.rename(f"mail.{RANK}", f"letter.{RANK}")
    WORLD.Barrier()
    names = sorted(name for name in os.listdir() if name.startswith(("mail", "letter")))
    assert not os.path.exists(f"mail.{NEXT}")
    WORLD.Barrier()
    os.unlink(f"letter.{RANK}")
    WORLD.Barrier()
    assert not os.path.exists(f"letter.{NEXT}")
    return names


@check
def directories_for_each_other():
    """One rank's directories, links and modules, used by all."""
    for turn in range(5):
        if RANK == turn % SIZE:
            os.makedirs("made/of/many")
            with open("made/of/module.py", "w") as out:
                out.write(f"TURN = {turn}\n")
            os.symlink("of", "made/link")
        WORLD.Barrier()
        assert sorted(os.listdir("made/link")) == ["many", "module.py"]
        said = subprocess.run([sys.executable, "-B", "-c", "import module; print(module.TURN)"],
                              env={**os.environ, "PYTHONPATH": os.path.join(PLACE, "made/link")},
                              stdout=subprocess.PIPE, check=True).stdout
        assert int(said) == turn
        WORLD.Barrier()
        if RANK == (turn + 3) % SIZE:
            shutil.rmtree("made")
        WORLD.Barrier()
        assert not os.path.exists("made/of") and not os.path.lexists("made")
        WORLD.Barrier()


@check
def mapped():
    """A file that all ranks map."""
    if RANK == 0:
        numpy.lib.format.open_memmap("map.npy", mode="w+", dtype="i8", shape=(SIZE, 100)).flush()
    WORLD.Barrier()
    array = numpy.load("map.npy", mmap_mode="r+")
    array[RANK] = RANK
    array.flush()
    WORLD.Barrier()
    assert (numpy.load("map.npy")[:, 0] == numpy.arange(SIZE)).all()
    with open("map.npy", "rb") as data, mmap.mmap(data.fileno(), 0, prot=mmap.PROT_READ) as memory:
        return memory[:6]


@check
def pickles():
    """Objects on files, from one rank to all."""
    if RANK == SIZE - 1:
        with open("object", "wb") as out:
            pickle.dump({"from": RANK, "array": numpy.arange(1000)}, out)
    WORLD.Barrier()
    with open("object", "rb") as data:
        thing = pickle.load(data)
    return thing["from"], int(thing["array"].sum())


@check
def children():
    """Processes that ranks start."""
    script = f"echo $0 >child.{RANK}; cat child.{RANK}; ls {sys.prefix}"
    said = subprocess.run(["/bin/sh", "-c", script, "name"], stdout=subprocess.PIPE,
                          check=True).stdout
    with os.popen(f"cat child.{RANK}") as text:
        assert text.read() == "name\n"
    return said


@check
def executor():
    """mpi4py.futures: rank 0 is served by the others."""
    from mpi4py.futures import MPICommExecutor
    results = None
    with MPICommExecutor(WORLD, root=0) as pool:
        if pool is not None:
            results = list(pool.map(abs, range(-50, 0)))
    return WORLD.bcast(results)


mpi_checks.main()
