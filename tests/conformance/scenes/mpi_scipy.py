"""scipy: all of it imported, some of it computed, its files written and read in scope."""
import importlib
import io
import os
import pkgutil
import warnings

import numpy
import scipy

import mpi_checks
from mpi_checks import WORLD, check

warnings.simplefilter("ignore")
RANDOM = numpy.random.default_rng(1)
MATRIX = RANDOM.random((40, 40)) + numpy.eye(40) * 40
FOLDER = f"scipy.{WORLD.rank}"


def short(*values):
    """Numbers without their last digits."""
    return [numpy.round(numpy.asarray(value, dtype=complex), 6).tolist() for value in values]


@check
def import_all():
    """Every module of scipy that can be imported without its tests."""
    names = []
    for module in pkgutil.walk_packages(scipy.__path__, "scipy.", onerror=lambda name: None):
        if any(part in module.name for part in (".tests", "setup", "conftest", "_test")):
            continue
        try:
            importlib.import_module(module.name)
            names.append(module.name)
        except Exception as error:  # pylint: disable=broad-except
            names.append(f"{module.name} {type(error).__name__}")
    assert len(names) > 300
    return sorted(names)


@check
def linalg():
    """BLAS and LAPACK."""
    from scipy import linalg as la
    return short(la.solve(MATRIX, numpy.ones(40)), la.det(MATRIX[:5, :5]), la.svdvals(MATRIX),
                 la.expm(MATRIX / 100)[0], la.lu_factor(MATRIX)[1])


@check
def sparse():
    """SuperLU, ARPACK, graphs."""
    from scipy import sparse as sp
    from scipy.sparse import csgraph
    from scipy.sparse import linalg as la
    matrix = sp.csc_matrix(numpy.where(MATRIX > 0.7, MATRIX, 0))
    return short(la.spsolve(matrix, numpy.ones(40)), la.cg(matrix @ matrix.T, numpy.ones(40))[0],
                 la.eigsh(matrix + matrix.T, k=2, v0=numpy.ones(40))[0],
                 csgraph.shortest_path(matrix)[3])


@check
def transforms():
    """fft, fftpack, signal, ndimage."""
    from scipy import fft, fftpack, ndimage, signal
    return short(fft.fft(MATRIX[0]), fftpack.dct(MATRIX[1]), signal.butter(4, 0.2)[0],
                 signal.convolve(MATRIX[0], MATRIX[1]), ndimage.gaussian_filter(MATRIX, 2)[5])


@check
def numerics():
    """integrate, interpolate, optimize, special, stats."""
    from scipy import integrate, interpolate, optimize, special, stats
    line = numpy.linspace(0, 3, 20)
    return short(integrate.quad(numpy.sin, 0, 1)[0],
                 integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y[0][-1],
                 interpolate.CubicSpline(line, numpy.sin(line))(1.234),
                 optimize.minimize(lambda v: ((v - 2) ** 2).sum(), numpy.zeros(3)).x,
                 optimize.linprog([1, 2], A_ub=[[-1, -1]], b_ub=[-1]).x,
                 special.jv(2, line), special.gammaln(line + 1), stats.norm.cdf(line),
                 stats.ttest_ind(MATRIX[0], MATRIX[1]).pvalue)


@check
def geometry():
    """spatial, cluster, odr."""
    from scipy import cluster, odr, spatial
    points = MATRIX[:, :2]
    data = odr.ODR(odr.RealData(numpy.arange(5.0), numpy.arange(5.0) * 2), odr.unilinear)
    return short(spatial.KDTree(points).query(points[:5], k=3)[0],
                 spatial.ConvexHull(points).volume,
                 spatial.Delaunay(points).simplices.shape, data.run().beta,
                 cluster.hierarchy.linkage(points, "ward")[-1])


@check
def constants_and_datasets():
    """Tables within the package."""
    from scipy import constants, misc
    return constants.value("electron mass"), misc.ascent().sum(), misc.face().shape


@check
def matlab_files():
    """Each rank its own file, then the next rank's."""
    from scipy import io as sio
    os.makedirs(FOLDER, exist_ok=True)
    for version, compress in (("5", True), ("5", False), ("4", False)):
        sio.savemat(f"{FOLDER}/x.mat", {"a": MATRIX, "s": "text"}, format=version,
                    do_compression=compress)
        WORLD.Barrier()
        other = sio.loadmat(f"scipy.{(WORLD.rank + 1) % WORLD.size}/x.mat")
        assert (other["a"] == MATRIX).all() and other["s"][0] == "text"
        WORLD.Barrier()
    return sio.whosmat(f"{FOLDER}/x.mat")


@check
def other_files():
    """netCDF (mapped), WAV (mapped), Matrix Market, Harwell-Boeing, Fortran's, ARFF."""
    from scipy import io as sio
    from scipy import sparse as sp
    os.makedirs(FOLDER, exist_ok=True)
    with sio.netcdf_file(f"{FOLDER}/x.nc", "w") as data:
        data.createDimension("n", 40)
        data.createVariable("v", "d", ("n",))[:] = MATRIX[0]
    with sio.netcdf_file(f"{FOLDER}/x.nc", "r", mmap=True) as data:
        assert (data.variables["v"][:].copy() == MATRIX[0]).all()
    sio.wavfile.write(f"{FOLDER}/x.wav", 8000, (MATRIX[0] * 100).astype("i2"))
    rate, sound = sio.wavfile.read(f"{FOLDER}/x.wav", mmap=True)
    sio.mmwrite(f"{FOLDER}/x.mtx", sp.csc_matrix(MATRIX))
    sio.hb_write(f"{FOLDER}/x.hb", sp.csc_matrix(MATRIX))
    assert abs(sio.mmread(f"{FOLDER}/x.mtx").toarray() - MATRIX).max() < 1e-9
    assert abs(sio.hb_read(f"{FOLDER}/x.hb").toarray() - MATRIX).max() < 1e-9
    with sio.FortranFile(f"{FOLDER}/x.bin", "w") as data:
        data.write_record(MATRIX)
    with sio.FortranFile(f"{FOLDER}/x.bin", "r") as data:
        assert (data.read_reals().reshape(40, 40) == MATRIX).all()
    sio.arff.loadarff(io.StringIO("@relation r\n@attribute a numeric\n@data\n1\n"))
    sp.save_npz(f"{FOLDER}/x.npz", sp.csr_matrix(MATRIX))
    return rate, int(sound.sum()), sp.load_npz(f"{FOLDER}/x.npz").nnz, sorted(os.listdir(FOLDER))


@check
def after_all_wrote():
    """Everybody sees everybody's files."""
    WORLD.Barrier()
    return [(name, sorted(os.listdir(name)), os.path.getsize(f"{name}/x.nc"))
            for name in sorted(os.listdir()) if name.startswith("scipy.")]


mpi_checks.main()
