# COLLFS_WARNINGS: the warnings that the sources are kept free of, in
# WARN_CFLAGS. -Werror is for developers and CI only: another compiler's new
# warning must not break a user's build.
AC_DEFUN([COLLFS_WARNINGS], [
	WARN_CFLAGS="-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes"
	AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
	AC_SUBST([WARN_CFLAGS])
])

# COLLFS_SANITIZER: --enable-sanitizer=address|undefined|thread.
#
# SANITIZE_CFLAGS and SANITIZE_LDFLAGS are for programs and tests. A sanitizer's
# run-time library has to be the first in a process. So the programs, which may
# run with a library preloaded, have it linked in; it cannot come with a
# preloaded library; and the auditor has no libc at all. Those two get
# SHARED_SANITIZE_CFLAGS: the undefined-behaviour checks that need no library
# and trap.
AC_DEFUN([COLLFS_SANITIZER], [
	AC_ARG_ENABLE([sanitizer],
		[AS_HELP_STRING([--enable-sanitizer=KIND],
			[build programs and tests with the address, undefined or thread sanitizer])],
		[], [enable_sanitizer=no])
	SANITIZE_CFLAGS=
	SANITIZE_LDFLAGS=
	SHARED_SANITIZE_CFLAGS=
	AS_CASE([$enable_sanitizer],
		[no], [],
		[address],
			[SANITIZE_CFLAGS="-fsanitize=address -fno-omit-frame-pointer"
			SANITIZE_LDFLAGS="-static-libasan"],
		[thread],
			[SANITIZE_CFLAGS="-fsanitize=thread -fno-omit-frame-pointer"
			SANITIZE_LDFLAGS="-static-libtsan"],
		[undefined],
			[SANITIZE_CFLAGS="-fsanitize=undefined -fno-sanitize-recover=undefined"
			SHARED_SANITIZE_CFLAGS="-fsanitize=undefined -fsanitize-undefined-trap-on-error"],
		[AC_MSG_ERROR([--enable-sanitizer takes address, undefined or thread, not $enable_sanitizer])])
	AS_IF([test -n "$SANITIZE_CFLAGS"], [
		collfs_saved_CFLAGS=$CFLAGS
		collfs_saved_LDFLAGS=$LDFLAGS
		CFLAGS="$CFLAGS $SANITIZE_CFLAGS"
		LDFLAGS="$LDFLAGS $SANITIZE_LDFLAGS"
		AC_MSG_CHECKING([whether $CC links with $SANITIZE_CFLAGS])
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			AC_MSG_ERROR([the $enable_sanitizer sanitizer's library is missing])])
		CFLAGS=$collfs_saved_CFLAGS
		LDFLAGS=$collfs_saved_LDFLAGS
	])
	AC_SUBST([SANITIZE_CFLAGS])
	AC_SUBST([SANITIZE_LDFLAGS])
	AC_SUBST([SHARED_SANITIZE_CFLAGS])
])
