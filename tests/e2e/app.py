# The main job: what a user's first lines are, and enough work to show that
# what was imported is whole. Prints one line a rank, the same on every run.
import sys

import numpy
import scipy.linalg
import scipy.sparse
from mpi4py import MPI

world = MPI.COMM_WORLD
matrix = numpy.arange(9.0).reshape(3, 3) + numpy.eye(3) * (world.rank + 1)
solution = scipy.linalg.solve(matrix, numpy.ones(3))
total = scipy.sparse.csr_matrix(matrix).sum()
reduced = world.allreduce(float(solution.sum() + total))
line = f"rank {world.rank} of {world.size}: {reduced:.9f} {numpy.__file__} {sys.prefix}\n"
# One write a rank, so that lines do not mix.
sys.stdout.write(line)
