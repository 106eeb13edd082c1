# COLLFS_PROG_MPI: the flags of the MPI C compiler, in MPI_CFLAGS and MPI_LIBS.
#
# Only the server is an MPI program. Asking the wrapper for its flags, instead
# of using it as CC, keeps MPI out of everything else.
AC_DEFUN([COLLFS_PROG_MPI], [
	AC_ARG_VAR([MPICC], [MPI C compiler, used for the server only])
	AC_PATH_PROGS([MPICC], [mpicc], [])
	MPI_CFLAGS=
	MPI_LIBS=
	collfs_mpi=no
	AS_IF([test -n "$MPICC"], [
		AC_MSG_CHECKING([for the flags of $MPICC])
		# Open MPI tells them apart; MPICH and its children print the command.
		AS_IF([MPI_LIBS=`"$MPICC" --showme:link 2>/dev/null`],
			[MPI_CFLAGS=`"$MPICC" --showme:compile`],
			[MPI_LIBS=`"$MPICC" -show 2>/dev/null | $SED 's/^@<:@^ @:>@* *//'`
			MPI_CFLAGS=$MPI_LIBS])
		AC_MSG_RESULT([$MPI_CFLAGS $MPI_LIBS])
		collfs_saved_CFLAGS=$CFLAGS
		collfs_saved_LIBS=$LIBS
		CFLAGS="$CFLAGS $MPI_CFLAGS"
		LIBS="$MPI_LIBS $LIBS"
		AC_MSG_CHECKING([whether an MPI-3 program links])
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <mpi.h>
#if MPI_VERSION < 3
#error "MPI-3 is needed"
#endif]], [[int flag; MPI_Init_thread(0, 0, MPI_THREAD_FUNNELED, &flag);]])],
			[collfs_mpi=yes])
		AC_MSG_RESULT([$collfs_mpi])
		CFLAGS=$collfs_saved_CFLAGS
		LIBS=$collfs_saved_LIBS
	])
	AS_IF([test $collfs_mpi = no],
		[COLLFS_MISSING([an MPI C compiler (mpicc)], [libopenmpi-dev], [openmpi-devel])])
	AC_SUBST([MPI_CFLAGS])
	AC_SUBST([MPI_LIBS])
])
