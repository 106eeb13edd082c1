# Looking for what the build needs. Nothing fails at once: what is missing is
# gathered with the names of the packages that have it, and
# COLLFS_TELL_MISSING tells it all together.

# COLLFS_MISSING(WHAT, DEBIAN-PACKAGE, RHEL-PACKAGE): a required piece is not there.
AC_DEFUN([COLLFS_MISSING], [
	collfs_missing="$collfs_missing
  $1: Debian package $2, RHEL package $3"
	collfs_debian="$collfs_debian $2"
	collfs_rhel="$collfs_rhel $3"
])

# COLLFS_NEED_HEADER(HEADER, WHAT, DEBIAN-PACKAGE, RHEL-PACKAGE)
AC_DEFUN([COLLFS_NEED_HEADER], [
	AC_CHECK_HEADER([$1], [], [COLLFS_MISSING([$2 ($1)], [$3], [$4])])
])

# COLLFS_NEED_LIBRARY(WHAT, HEADER, LIBRARY, FUNCTION, VARIABLE, DEBIAN-PACKAGE, RHEL-PACKAGE)
AC_DEFUN([COLLFS_NEED_LIBRARY], [
	collfs_found=no
	AC_CHECK_HEADER([$2], [AC_CHECK_LIB([$3], [$4], [collfs_found=yes])])
	AS_IF([test $collfs_found = yes],
		[AC_SUBST([$5], [-l$3])],
		[COLLFS_MISSING([$1 ($2, -l$3)], [$6], [$7])])
])

# COLLFS_OPTIONAL_MODULE(VARIABLE, PKG-CONFIG-MODULE, DEBIAN-PACKAGE, RHEL-PACKAGE, CONSEQUENCE):
# have_VARIABLE=yes if it is there.
AC_DEFUN([COLLFS_OPTIONAL_MODULE], [
	PKG_CHECK_MODULES([$1], [$2], [have_$1=yes], [have_$1=no
	collfs_optional="$collfs_optional
  $2: $5 (Debian package $3, RHEL package $4)"])
])

# COLLFS_TELL_MISSING: the last word of the checks.
AC_DEFUN([COLLFS_TELL_MISSING], [
	AS_IF([test -n "$collfs_optional"],
		[AC_MSG_NOTICE([not found, and not needed to build:$collfs_optional])])
	AS_IF([test -n "$collfs_missing"],
		[AC_MSG_ERROR([needed, and not found:$collfs_missing
On Debian:  apt-get install$collfs_debian
On RHEL:    dnf install$collfs_rhel])])
])
