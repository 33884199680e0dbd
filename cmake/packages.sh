#!/bin/bash
# Installs the Debian packages that are named and missing:  cmake/packages.sh PACKAGE...
# Does nothing, and needs no rights, when all are there.
set -euo pipefail

missing=()
for package; do
    # npm may have come with another package of Node.js.
    if [ "$package" = npm ] && command -v npm >/dev/null; then
        continue
    fi
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [ "${status:0:2}" = ii ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "packages: as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    sudo=(sudo)
fi
echo "packages: installing ${missing[*]}"
# sudo drops the environment; a proxy that is named there is still needed.
apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"}
    ${https_proxy:+"https_proxy=$https_proxy"} apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A source of another vendor that cannot be reached must not stop us: what counts is that the packages install.
"${apt[@]}" update >"$log" 2>&1 </dev/null || echo "packages: apt-get update had errors; going on"
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null || {
    tail -30 "$log" >&2
    echo "packages: apt-get install failed" >&2
    exit 1
}
