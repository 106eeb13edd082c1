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
# SANITIZE_CFLAGS is for programs and tests. A sanitizer's run-time library has
# to be the first in a process, so it cannot come with a preloaded library; and
# the auditor has no libc at all. Those two get SHARED_SANITIZE_CFLAGS: the
# undefined-behaviour checks that need no library and trap.
AC_DEFUN([COLLFS_SANITIZER], [
	AC_ARG_ENABLE([sanitizer],
		[AS_HELP_STRING([--enable-sanitizer=KIND],
			[build programs and tests with the address, undefined or thread sanitizer])],
		[], [enable_sanitizer=no])
	SANITIZE_CFLAGS=
	SHARED_SANITIZE_CFLAGS=
	AS_CASE([$enable_sanitizer],
		[no], [],
		[address|thread],
			[SANITIZE_CFLAGS="-fsanitize=$enable_sanitizer -fno-omit-frame-pointer"],
		[undefined],
			[SANITIZE_CFLAGS="-fsanitize=undefined -fno-sanitize-recover=undefined"
			SHARED_SANITIZE_CFLAGS="-fsanitize=undefined -fsanitize-undefined-trap-on-error"],
		[AC_MSG_ERROR([--enable-sanitizer takes address, undefined or thread, not $enable_sanitizer])])
	AS_IF([test -n "$SANITIZE_CFLAGS"], [
		collfs_saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS $SANITIZE_CFLAGS"
		AC_MSG_CHECKING([whether $CC links with $SANITIZE_CFLAGS])
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			AC_MSG_ERROR([the $enable_sanitizer sanitizer's library is missing])])
		CFLAGS=$collfs_saved_CFLAGS
	])
	AC_SUBST([SANITIZE_CFLAGS])
	AC_SUBST([SHARED_SANITIZE_CFLAGS])
])
