"""mpi4py: ranks that are started while the job runs, by mpirun, are of the job, too."""
import sys

from mpi4py import MPI

import mpi_checks
from mpi_checks import WORLD, check

CODE = """
from mpi4py import MPI
import numpy
parent = MPI.Comm.Get_parent()
parent.gather((MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size, numpy.__file__), root=0)
parent.Disconnect()
"""


def spawned(program, arguments, count):
    """What processes started by all ranks together send to rank 0."""
    comm = WORLD.Spawn(program, arguments, maxprocs=count)
    got = comm.gather(None, root=MPI.ROOT if WORLD.rank == 0 else MPI.PROC_NULL)
    comm.Disconnect()
    return WORLD.bcast(got)


@check
def spawn():
    """By the program's path."""
    return spawned(sys.executable, ["-B", "-c", CODE], 2)


@check
def spawn_again():
    """Once more, in a module that a rank has just written."""
    if WORLD.rank == 0:
        with open("module_of_children.py", "w") as out:
            out.write(CODE)
    WORLD.Barrier()
    return spawned(sys.executable, ["-B", "module_of_children.py"], 3)


mpi_checks.main()
