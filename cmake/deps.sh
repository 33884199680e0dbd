#!/bin/bash
# Builds SQLite, libxml2, libcurl and cmocka as static libraries, once, outside the tree.
#
#   cmake/deps.sh FLAVOUR           builds what is missing and prints the folder (include/ lib/ bin/ versions)
#   cmake/deps.sh --where FLAVOUR   prints the folder, builds nothing
#
# FLAVOUR: native (gcc), asan (clang, AddressSanitizer), tsan (clang, ThreadSanitizer), mingw (Windows x64).
# Progress goes to standard error. The folder lies in ${CORBRIDGE_CACHE:-~/.cache/corbridge}/deps and its name holds
# a hash of the versions, the flags and the compiler: a change of any of them builds anew beside the old one.
#
# Sources come from Debian's source archive: apt checks the archive's signature, the index and each file's SHA-256
# (docs/dependencies.md). A mirror that misses a pinned version gives its current one (docs/dependencies.md), and for
# SQLite there is a second origin, pinned by hash. What was built is written into FOLDER/versions.
set -euo pipefail

# --- what is built -------------------------------------------------------------------------------------------------

# SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that several connections write (the WAL-reset bug), and 3.52.0
# was withdrawn: never those.
SQLITE_PACKAGE=sqlite3/sid
SQLITE_VERSION=3.53.4-2
SQLITE_FALLBACK=sqlite3/forky
SQLITE_NPM=better-sqlite3@12.11.1
SQLITE_NPM_INTEGRITY=sha512-dq9AtApgg5PGFtBzPFSBl3HZQjHok5gaQCM6zh2Yk0aSmDCs1CbnVI8/HgASQkNKsWFpseIO9beg5xxpYhbIfA==
# service/config.c uses what came with libxml2 2.14: the versions of Debian 12 and 13 are too old.
LIBXML2_PACKAGE=libxml2/sid
LIBXML2_VERSION=2.15.4+dfsg-1
LIBXML2_FALLBACK=libxml2/forky
CURL_PACKAGE=curl/sid
CURL_VERSION=8.21.0-2
CURL_FALLBACK=curl/forky
CMOCKA_PACKAGE=cmocka/bookworm
CMOCKA_VERSION=1.1.5-2.1

# THREADSAFE=2: each connection belongs to one thread. FULL in WAL mode: a commit that was acknowledged is on disk.
# DQS=0: a misspelt column is an error, not a string. TRUSTED_SCHEMA=0: the schema cannot call what is unsafe.
SQLITE_FLAGS=(-DSQLITE_THREADSAFE=2 -DSQLITE_DEFAULT_SYNCHRONOUS=2 -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2
    -DSQLITE_DQS=0 -DSQLITE_TRUSTED_SCHEMA=0 -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS
    -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_USE_ALLOCA)
# Only what reads and checks XML from memory: no network, no compression, no conversion tables beyond its own.
LIBXML2_FLAGS=(-DBUILD_SHARED_LIBS=OFF -DLIBXML2_WITH_ICONV=OFF -DLIBXML2_WITH_LZMA=OFF -DLIBXML2_WITH_ZLIB=OFF
    -DLIBXML2_WITH_PYTHON=OFF -DLIBXML2_WITH_HTTP=OFF -DLIBXML2_WITH_FTP=OFF -DLIBXML2_WITH_TESTS=OFF
    -DLIBXML2_WITH_CATALOG=OFF -DLIBXML2_WITH_PROGRAMS=OFF -DLIBXML2_WITH_MODULES=OFF -DLIBXML2_WITH_DOCS=OFF
    -DLIBXML2_WITH_DEBUG=OFF -DLIBXML2_WITH_HTML=OFF -DLIBXML2_WITH_C14N=OFF -DLIBXML2_WITH_SCHEMATRON=OFF
    -DLIBXML2_WITH_RELAXNG=OFF -DLIBXML2_WITH_SCHEMAS=ON -DLIBXML2_WITH_XPATH=ON -DLIBXML2_WITH_READER=ON
    -DLIBXML2_WITH_THREADS=ON)
# Found, winpthread would be imported as a DLL; libxml2 uses Windows' own threads without it.
LIBXML2_MINGW_FLAGS=(-DHAVE_PTHREAD_H=0 -DCMAKE_HAVE_PTHREAD_CREATE=0 -DCMAKE_HAVE_PTHREADS_CREATE=0)
# Only what fetches a photo: http and https, no proxies, no cookies, no credentials, no compression. A protocol that is to be had is taken
# out of CURL_PROTOCOLS_LEFT_OUT, and what it needs out of CURL_FEATURES_LEFT_OUT; both become -DCURL_DISABLE_<word>=ON.
CURL_FLAGS=(-DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF
    -DBUILD_LIBCURL_DOCS=OFF -DBUILD_MISC_DOCS=OFF -DENABLE_CURL_MANUAL=OFF
    -DCURL_USE_PKGCONFIG=OFF -DCURL_USE_CMAKECONFIG=OFF -DCURL_DROP_UNUSED=ON
    -DCURL_ZLIB=OFF -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF
    -DCURL_USE_LIBSSH2=OFF -DCURL_USE_GSSAPI=OFF -DENABLE_UNIX_SOCKETS=OFF -DENABLE_IPV6=ON -DENABLE_THREADED_RESOLVER=ON)
CURL_PROTOCOLS_LEFT_OUT=(DICT FILE FTP GOPHER IMAP IPFS LDAP LDAPS MQTT POP3 RTSP SMTP TELNET TFTP WEBSOCKETS)
CURL_FEATURES_LEFT_OUT=(ALTSVC SRP COOKIES BASIC_AUTH BEARER_AUTH DIGEST_AUTH KERBEROS_AUTH NEGOTIATE_AUTH AWS DOH GETOPTIONS
    HEADERS_API HSTS HTTP_AUTH MIME FORM_API BINDLOCAL NETRC PARSEDATE PROXY SHA512_256 SHUFFLE_DNS VERBOSE_STRINGS)
# Windows' own TLS and certificates; natively the machine's OpenSSL (libssl-dev).
CURL_MINGW_FLAGS=(-DCURL_USE_SCHANNEL=ON -DCURL_USE_OPENSSL=OFF -DENABLE_UNICODE=ON)
CURL_NATIVE_FLAGS=(-DCURL_USE_OPENSSL=ON)
CMOCKA_FLAGS=(-DWITH_STATIC_LIB=ON -DBUILD_SHARED_LIBS=OFF -DUNIT_TESTING=OFF -DWITH_EXAMPLES=OFF)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CORBRIDGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/corbridge}

where_only=no
if [ "${1:-}" = --where ]; then
    where_only=yes
    shift
fi
flavour=${1:-}
case $flavour in
native) cc=gcc cflags="-O2 -g -fPIC" ;;
asan) cc=clang cflags="-O1 -g -fPIC -fno-omit-frame-pointer -fsanitize=address -DSQLITE_ENABLE_API_ARMOR" ;;
tsan) cc=clang cflags="-O1 -g -fPIC -fno-omit-frame-pointer -fsanitize=thread -DSQLITE_ENABLE_API_ARMOR" ;;
mingw)
    cc=x86_64-w64-mingw32-gcc-win32
    cflags="-O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -D_WIN32_WINNT=0x0A00"
    ;;
*)
    echo "usage: cmake/deps.sh [--where] native|asan|tsan|mingw" >&2
    exit 2
    ;;
esac

say() { echo "deps: $*" >&2; }
die() {
    say "$*"
    exit 1
}

command -v $cc >/dev/null || die "$cc is missing: run ./dev setup"
key=$(
    {
        set -- "${!SQLITE_@}" "${!LIBXML2_@}" "${!CURL_@}" "${!CMOCKA_@}"
        for name; do declare -p "$name"; done
        echo "$cflags"
        $cc --version
    } | sha256sum | cut -c1-12
)
out=$cache/deps/$flavour-$key
if [ $where_only = yes ] || [ -e "$out/versions" ]; then
    echo "$out"
    exit 0
fi

# --- fetch ---------------------------------------------------------------------------------------------------------

mkdir -p "$cache/deps" "$cache/src"
exec 9>"$cache/lock"
flock -n 9 || {
    say "waiting for another run that fills $cache"
    flock 9
}
if [ -e "$out/versions" ]; then
    echo "$out"
    exit 0
fi

# The mirror that this machine's own apt sources name for its Debian release.
mirror() {
    local codename site release
    # apt fills in the two words, not the shell.
    # shellcheck disable=SC2016
    local words='$(SITE) $(RELEASE)'
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    while read -r site release; do
        if [ "$release" = "$codename" ] && [[ $site == */debian || $site == */debian/ ]]; then
            echo "${site%/}"
            return
        fi
    done < <(apt-get indextargets --format "$words" 'Created-By: Packages' 2>/dev/null)
    echo http://deb.debian.org/debian
}

apt_source=()
apt_prepare() {
    [ ${#apt_source[@]} -gt 0 ] && return
    local s=$cache/apt suite
    mkdir -p "$s/parts" "$s/lists/partial" "$s/cache/archives/partial"
    for suite in bookworm forky sid; do
        printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
            "$(mirror)" $suite /usr/share/keyrings/debian-archive-keyring.gpg >"$s/parts/$suite.sources"
    done
    apt_source=(apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$s/parts"
        -o Dir::State::Lists="$s/lists" -o Dir::Cache="$s/cache" -o APT::Sandbox::User=root -o Acquire::Retries=3
        # A mirror may be frozen for longer than an index of sid is valid. What an old index could do to us, offer an old
        # version, the pins and sqlite_allowed() prevent.
        -o Acquire::Check-Valid-Until=false)
    say "reading the source index of $(mirror) (signature checked)"
    "${apt_source[@]}" -qq update >&2 || say "the index could not be read in full"
}

# fetch NAME PACKAGE/SUITE VERSION: sets $tree to the unpacked source package, $cache/src/NAME-VERSION.
# An empty VERSION means the newest of the suite. Returns 1 when it cannot be had.
fetch() {
    local name=$1 package=${2%/*} suite=${2#*/} version=$3 work dsc
    tree=$cache/src/$name-$version
    [ -n "$version" ] && [ -d "$tree" ] && return
    apt_prepare
    work=$cache/src/.$name
    rm -rf "$work"
    mkdir -p "$work"
    (
        cd "$work"
        if [ -n "$version" ]; then
            "${apt_source[@]}" source --download-only --only-source "$package=$version"
        else
            "${apt_source[@]}" source --download-only --only-source "$package/$suite"
        fi
    ) >"$cache/src/$name.log" 2>&1 || {
        say "$package ${version:-of $suite} cannot be had from the mirror: $(grep -m1 '^E:' "$cache/src/$name.log" || true)"
        return 1
    }
    # apt has checked Release signature, index and file hashes; the uploader's own signature adds nothing.
    dsc=$(ls "$work"/*.dsc)
    (cd "$work" && dpkg-source --no-check -x "$dsc" tree) >>"$cache/src/$name.log" 2>&1 || return 1
    version=$(sed -n 's/^Version: //p' "$dsc" | head -1)
    tree=$cache/src/$name-$version
    rm -rf "$tree"
    mv "$work/tree" "$tree"
    rm -rf "$work"
}

sqlite_allowed() {
    dpkg --compare-versions "$1" ge 3.51.3 && ! [[ $1 =~ ^3\.52\.0(-|$) ]]
}

# Leaves the amalgamation (sqlite3.c, sqlite3.h, shell.c where there is one) in $sqlite_tree, its origin in $sqlite_origin.
get_sqlite() {
    local version wanted
    for wanted in "$SQLITE_PACKAGE $SQLITE_VERSION" "$SQLITE_PACKAGE" "$SQLITE_FALLBACK"; do
        # shellcheck disable=SC2086
        set -- $wanted ""
        fetch sqlite3 "$1" "$2" || continue
        version=${tree##*/sqlite3-}
        if ! sqlite_allowed "$version"; then
            say "the mirror's SQLite $version has a known fault: not used"
            continue
        fi
        if [ ! -e "$tree/amalgamation/sqlite3.c" ]; then
            say "SQLite $version: making the amalgamation"
            (
                mkdir -p "$tree/bld" && cd "$tree/bld"
                ../configure --disable-tcl
                make sqlite3.c sqlite3.h shell.c
                mkdir -p ../amalgamation.new
                cp sqlite3.c sqlite3.h shell.c ../amalgamation.new/
                mv ../amalgamation.new ../amalgamation
            ) >"$tree.log" 2>&1 || {
                say "it failed; see $tree.log"
                continue
            }
        fi
        sqlite_tree=$tree/amalgamation sqlite_origin="Debian sqlite3 $version"
        return
    done
    say "SQLite: the mirror has no usable version; taking $SQLITE_NPM, pinned by hash"
    tree=$cache/src/${SQLITE_NPM/@/-}
    if [ ! -e "$tree/sqlite3.c" ]; then
        "$here/packages.sh" npm >&2
        rm -rf "$tree.new"
        mkdir -p "$tree.new"
        (cd "$tree.new" && npm pack --loglevel=error "$SQLITE_NPM" && mv ./*.tgz package.tgz) >&2 ||
            die "$SQLITE_NPM cannot be had either: SQLite is missing"
        [ "sha512-$(openssl dgst -sha512 -binary "$tree.new/package.tgz" | base64 -w0)" = "$SQLITE_NPM_INTEGRITY" ] ||
            die "$SQLITE_NPM does not have the pinned hash"
        tar -xzf "$tree.new/package.tgz" -C "$tree.new" --strip-components=3 \
            package/deps/sqlite3/sqlite3.c package/deps/sqlite3/sqlite3.h
        mv "$tree.new" "$tree"
    fi
    sqlite_tree=$tree sqlite_origin="npm $SQLITE_NPM"
}

get_libxml2() {
    fetch libxml2 "$LIBXML2_PACKAGE" "$LIBXML2_VERSION" || fetch libxml2 "$LIBXML2_PACKAGE" "" ||
        fetch libxml2 "$LIBXML2_FALLBACK" "" || die "libxml2: no version could be had from $(mirror)"
    libxml2_tree=$tree libxml2_origin="Debian libxml2 ${tree##*/libxml2-}"
}

get_curl() {
    fetch curl "$CURL_PACKAGE" "$CURL_VERSION" || fetch curl "$CURL_PACKAGE" "" || fetch curl "$CURL_FALLBACK" "" ||
        die "libcurl: no version could be had from $(mirror)"
    curl_tree=$tree curl_origin="Debian curl ${tree##*/curl-}"
}

get_cmocka() {
    fetch cmocka "$CMOCKA_PACKAGE" "$CMOCKA_VERSION" || fetch cmocka "$CMOCKA_PACKAGE" "" ||
        die "cmocka: no version could be had from $(mirror)"
    cmocka_tree=$tree cmocka_origin="Debian cmocka ${tree##*/cmocka-}"
}

# --- build ---------------------------------------------------------------------------------------------------------

new=$cache/deps/.$flavour.$$
log=$cache/deps/$flavour-$key.log
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir -p "$new/include" "$new/lib" "$new/bin" "$new/build"
: >"$log"

# step WHAT COMMAND...: runs it, its output into the log.
step() {
    say "$1"
    shift
    "$@" >>"$log" 2>&1 || {
        tail -20 "$log" >&2
        die "that failed; the whole output is in $log"
    }
}

cmake_build() {
    local tree=$1 build=$new/build/$2
    shift 2
    local extra=()
    [ "$flavour" = mingw ] && extra=(-DCMAKE_TOOLCHAIN_FILE="$here/mingw-w64.cmake")
    cmake -G Ninja -S "$tree" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER="$(command -v $cc)" -DCMAKE_C_FLAGS="$cflags" \
        -DCMAKE_INSTALL_PREFIX="$new" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_POLICY_DEFAULT_CMP0000=OLD -Wno-dev \
        "${extra[@]}" "$@" && cmake --build "$build"
}

build_sqlite() {
    local flags=("${SQLITE_FLAGS[@]}")
    # shellcheck disable=SC2086
    $cc $cflags "${flags[@]}" -c "$sqlite_tree/sqlite3.c" -o "$new/build/sqlite3.o" || return 1
    "${ar[@]}" rcs "$new/lib/libsqlite3.a" "$new/build/sqlite3.o" || return 1
    cp "$sqlite_tree/sqlite3.h" "$new/include/" || return 1
    if [ "$flavour" = native ]; then
        # The command-line shell of the same version: the demonstration uses it as a second writer.
        local shell=$sqlite_tree/shell.c
        [ -e "$shell" ] || shell=$here/../tests/support/sqlite_shell.c
        # shellcheck disable=SC2086
        $cc $cflags "${flags[@]}" -I"$new/include" "$shell" "$new/build/sqlite3.o" -o "$new/bin/sqlite3" -lpthread -lm
    fi
}

build_libxml2() {
    local flags=("${LIBXML2_FLAGS[@]}")
    [ "$flavour" = mingw ] && flags+=("${LIBXML2_MINGW_FLAGS[@]}")
    cmake_build "$libxml2_tree" libxml2 "${flags[@]}" && cmake --install "$new/build/libxml2" || return 1
    # CMake names it libxml2.a on every platform but the one that it takes for Visual C++.
    [ -e "$new/lib/libxml2.a" ] || cp "$new/lib/libxml2s.a" "$new/lib/libxml2.a"
}

build_curl() {
    local flags=("${CURL_FLAGS[@]}") word
    for word in "${CURL_PROTOCOLS_LEFT_OUT[@]}" "${CURL_FEATURES_LEFT_OUT[@]}"; do
        flags+=("-DCURL_DISABLE_$word=ON")
    done
    if [ "$flavour" = mingw ]; then
        flags+=("${CURL_MINGW_FLAGS[@]}")
    else
        flags+=("${CURL_NATIVE_FLAGS[@]}")
    fi
    cmake_build "$curl_tree" curl "${flags[@]}" && cmake --install "$new/build/curl"
}

build_cmocka() {
    cmake_build "$cmocka_tree" cmocka "${CMOCKA_FLAGS[@]}" || return 1
    find "$new/build/cmocka" \( -name 'libcmocka-static.a' -o -name 'libcmocka.a' \) -exec cp {} "$new/lib/libcmocka.a" \;
    cp "$cmocka_tree"/include/cmocka*.h "$new/include/"
}

ar=(ar)
[ "$flavour" = mingw ] && ar=(x86_64-w64-mingw32-ar)

get_sqlite
get_libxml2
get_curl
get_cmocka
step "$flavour: building SQLite ($sqlite_origin)" build_sqlite
step "$flavour: building libxml2 ($libxml2_origin)" build_libxml2
step "$flavour: building libcurl ($curl_origin)" build_curl
step "$flavour: building cmocka ($cmocka_origin)" build_cmocka
sqlite_number=$(sed -n 's/^#define SQLITE_VERSION  *"\(.*\)"/\1/p' "$new/include/sqlite3.h")
sqlite_allowed "$sqlite_number" || die "SQLite $sqlite_number has a known fault and is not used"
rm -rf "$new/build" "$new/bin/curl-config" "$new/lib/cmake" "$new/lib/pkgconfig" "$new/share"
{
    echo "sqlite=$sqlite_number ($sqlite_origin)"
    echo "libxml2=$(sed -n 's/^#define LIBXML_DOTTED_VERSION "\(.*\)"/\1/p' "$new/include/libxml2/libxml/xmlversion.h") ($libxml2_origin)"
    echo "curl=$(sed -n 's/^#define LIBCURL_VERSION "\(.*\)"/\1/p' "$new/include/curl/curlver.h") ($curl_origin)"
    cmocka_number=${cmocka_tree##*/cmocka-}
    echo "cmocka=${cmocka_number%-*} ($cmocka_origin)"
    echo "compiler=$($cc --version | head -1)"
} >"$new/versions"
rm -rf "$out"
mv "$new" "$out"
say "$flavour: $(tr '\n' ';' <"$out/versions")"
echo "$out"
