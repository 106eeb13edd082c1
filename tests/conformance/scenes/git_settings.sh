# git_settings.sh - nothing of the machine's or the moment goes into what git makes.
# shellcheck shell=bash

export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@localhost
export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@localhost GIT_MERGE_AUTOEDIT=no GIT_PAGER=cat
export GIT_AUTHOR_DATE="1700000000 +0000" GIT_COMMITTER_DATE="1700000000 +0000"
