# Shared by run.sh, writers.sh and demo.sh: the environment (cmake/README.md), Wine, waiting, events, checks. Sourced, not run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CORBRIDGE_SOURCE:=$(cd "$here/../.." && pwd)}"
: "${CORBRIDGE_BUILD_WINDOWS:=$CORBRIDGE_SOURCE/build/mingw-release}"
: "${CORBRIDGE_WINE:=$CORBRIDGE_SOURCE/cmake/wine-run.sh}"
: "${CORBRIDGE_SQLITE3:=$("$CORBRIDGE_SOURCE/cmake/deps.sh" --where native)/bin/sqlite3}"
export LC_ALL=C.UTF-8

work=$(mktemp -d "${TMPDIR:-/tmp}/corbridge-windows-XXXXXX")
own_prefix=
if [ -z "${WINEPREFIX:-}" ]; then
    own_prefix=$work/prefix
    "$CORBRIDGE_SOURCE/cmake/wine-prefix.sh" "$own_prefix"
    export WINEPREFIX=$own_prefix
fi
clean_up() {
    wineserver -k >/dev/null 2>&1 || true
    wineserver -w >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

setup=$CORBRIDGE_BUILD_WINDOWS/corbridge-setup.exe
drive=$WINEPREFIX/drive_c
program="$drive/Program Files/CorBridge/corbridge.exe"
data=$drive/ProgramData/CorBridge
database=$data/database/corbridge-test.db
trace=$work/trace

# What a Windows program prints, with Linux line ends.
windows() { "$CORBRIDGE_WINE" "$@" </dev/null 2>&1 | tr -d '\r'; return "${PIPESTATUS[0]}"; }
corbridge() { windows "$program" "$@"; }
scm() { windows "$CORBRIDGE_BUILD_WINDOWS/tests/windows/scm.exe" "$@"; }

# The row or rows of a question to the test database.
rows() { "$CORBRIDGE_SQLITE3" -readonly -cmd '.timeout 5000' "$database" "$1" 2>/dev/null; }

now_ms() { date +%s%3N; }

# wait_until SECONDS COMMAND...: asks again every 20 ms until the command succeeds. Waits on conditions, never on time.
wait_until() {
    local end=$(($(now_ms) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(now_ms)" -lt "$end" ] || return 1
        sleep 0.02
    done
}
row_is() { [ "$(rows "$1")" = "$2" ]; }
gone() { [ ! -e "$1" ]; }
one_file() { [ "$(find "$1" -type f -name "$2" | wc -l)" -eq 1 ]; }
state_is() { scm | grep -q "^state $1,"; }

# Boots Windows anew with ReportEventW traced in all that the service manager starts.
boot_with_trace() {
    "$CORBRIDGE_WINE" --start
    windows reg add 'HKCU\Software\Wine\Debug' /v RelayInclude /d 'advapi32.ReportEventW' /f >/dev/null
    wineserver -k
    wineserver -w
    wineserver -p
    WINEDEBUG=-all,+eventlog,+relay "$CORBRIDGE_WINE" wineboot </dev/null >"$trace" 2>&1
}

# Events of the trace, one a line: identifier TAB strings.
events() { python3 "$here/events.py" "$trace"; }

# event_text IDENTIFIER [STRING...]: what FormatMessage makes of the message table of the installed program.
event_text() { windows "$CORBRIDGE_BUILD_WINDOWS/tests/windows/format_event.exe" 'C:\Program Files\CorBridge\corbridge.exe' "$@"; }

# Silent uninstallers go on in a copy of themselves.
uninstall() {
    windows "$drive/Program Files/CorBridge/uninstall.exe" /S "$@" || true
    wait_until 30 gone "$drive/Program Files/CorBridge"
}

# drop FILE NAME: puts a file into the share as good senders do, whole and by a rename.
drop() {
    cp "$1" "$share/$2.tmp"
    mv "$share/$2.tmp" "$share/$2"
}

# ---- Checks: each prints ok or FAILED ---------------------------------------------------------------------------------------

passed=0 failed=0
ok() { passed=$((passed + 1)) && echo "ok      $1"; }
bad() {
    failed=$((failed + 1))
    echo "FAILED  $1"
    [ -z "${2:-}" ] || sed 's/^/        /' <<<"$2"
}
# check WHAT COMMAND...: succeeds when the command does; its output is shown when it does not. The command runs in this shell, so it
# may set variables and wait for what was started here.
check() {
    local what=$1
    shift
    if "$@" >"$work/check" 2>&1; then ok "$what"; else bad "$what" "$(<"$work/check")"; fi
}
# equal WHAT EXPECTED ACTUAL
equal() { if [ "$2" = "$3" ]; then ok "$1"; else bad "$1" "expected: $2"$'\n'"but is:   $3"; fi; }
# contains WHAT TEXT PART...
contains() {
    local what=$1 text=$2 part
    shift 2
    for part; do
        grep -qF -- "$part" <<<"$text" || {
            bad "$what" "'$part' is not in:"$'\n'"$text"
            return
        }
    done
    ok "$what"
}
# The last line; succeeds when every check did.
summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
