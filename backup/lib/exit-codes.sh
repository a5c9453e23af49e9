# shellcheck shell=bash disable=SC2034
# How a verb ended, for schedulers, operators and metrics. README.md says what to do about each.

readonly UNEXPECTED=1
readonly BAD_CONFIGURATION=10
readonly DUMP_FAILED=11
readonly REPOSITORY_UNREACHABLE=12
readonly WRONG_PASSWORD=13
readonly DISK_FULL=14
readonly OFFSITE_FAILED=15
readonly VERIFICATION_FAILED=16
readonly BUSY=17
readonly NOTHING_TO_RESTORE=18
readonly REFUSED=19
readonly RESTORE_FAILED=20
readonly CHECK_FAILED=21
readonly RETENTION_FAILED=22
readonly MISSED=23
readonly CLOCK_JUMPED=24
# What the kernel makes of the signal; also how an attempt counts that has not ended.
readonly KILLED=137
readonly STOPPED=143
