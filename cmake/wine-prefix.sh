#!/bin/bash
# Makes a fresh Wine prefix:  cmake/wine-prefix.sh DIR
#
# DIR, which must not exist, becomes a copy of a template in the cache. The template is made once for each version
# of Wine (half a minute) and reports Windows 10; Wine 8's own default is Windows 7, below what CorBridge supports.
# End what runs in it by `WINEPREFIX=DIR wineserver -k` before removing it.
set -euo pipefail

target=${1:?usage: cmake/wine-prefix.sh DIR}
[ ! -e "$target" ] || {
    echo "wine-prefix: $target exists" >&2
    exit 1
}
cache=${CORBRIDGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/corbridge}
version=$(wine --version 2>/dev/null | cut -d' ' -f1)
template=$cache/wine/${version:?}

if [ ! -d "$template" ]; then
    mkdir -p "$cache/wine"
    exec 9>"$cache/wine/lock"
    flock 9
fi
if [ ! -d "$template" ]; then
    echo "wine-prefix: making the template prefix for $version" >&2
    new=$cache/wine/.new
    log=$cache/wine/$version.log
    rm -rf "$new"
    (
        export WINEPREFIX=$new WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
        unset DISPLAY WAYLAND_DISPLAY
        # Close the lock in what stays behind: the server lives on for a moment.
        wine wineboot --init </dev/null 9>&-
        wine winecfg -v win10 </dev/null 9>&-
        wineserver -k 9>&- || true
        wineserver -w 9>&-
    ) >"$log" 2>&1 || true
    # Wine's exit codes prove nothing; the registry that it wrote does.
    grep -q '"ProductName"="Microsoft Windows 10"' "$new/system.reg" 2>/dev/null || {
        echo "wine-prefix: the prefix was not made; see $log" >&2
        exit 1
    }
    mv "$new" "$template"
fi
mkdir -p "$(dirname "$target")"
cp -a --reflink=auto "$template" "$target"
