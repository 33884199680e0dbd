#!/bin/sh
# Runs a Windows program of the tests in Wine:  wine-run.sh PROGRAM [ARGUMENT...]
# wine-run.sh --start: boots the prefix and keeps its wineserver until --stop.
#
# WINEPREFIX must name a prefix of this run's own (./dev test copies the template prefix of the cache). Wine is
# pinned to one CPU: on a virtual machine that is five to eight times faster, since no wake-up crosses CPUs.
set -eu
: "${WINEPREFIX:?wine-run.sh: set WINEPREFIX to a Wine prefix of your own (cmake/wine-prefix.sh DIR makes one)}"
: "${CORBRIDGE_WINE_CPU:=0}"
WINEDEBUG=${WINEDEBUG:--all}
WINEDLLOVERRIDES='mscoree,mshtml='
# File names beyond ASCII: Wine reads them by this.
LC_ALL=C.UTF-8
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES LC_ALL
unset DISPLAY WAYLAND_DISPLAY

# A machine whose set of CPUs lacks number 0 runs unpinned.
pin="taskset -c $CORBRIDGE_WINE_CPU"
$pin true 2>/dev/null || pin=

case ${1:-} in
--start)
    # Neither may keep the caller's pipes open: the server outlives this script.
    # It fails when one runs already, which is as good: what counts is that the prefix boots.
    $pin wineserver -p </dev/null >/dev/null 2>&1 || true
    exec $pin wine wineboot </dev/null >/dev/null 2>&1
    ;;
--stop)
    # It fails when none runs.
    wineserver -k || true
    exit 0
    ;;
esac
exec $pin wine "$@"
