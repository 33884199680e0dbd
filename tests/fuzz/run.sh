#!/bin/bash
# Runs one fuzz target:  run.sh PROGRAM SEEDS WORK
#
# CORBRIDGE_FUZZ_SECONDS (10) is how long. SEEDS are read and never changed; what is found on the way grows in
# WORK/corpus and serves the next run. An input that breaks a promise is kept in WORK/broken and shown in base64.
set -euo pipefail
program=$1 seeds=$2 work=$3
seconds=${CORBRIDGE_FUZZ_SECONDS:-10}

mkdir -p "$work/corpus" "$work/broken"
# A target that needs a file writes it again and again: in memory, where there is such a folder.
shared=/dev/shm
[ -w "$shared" ] || shared=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$shared/corbridge-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 143' TERM INT

words=()
dictionary=$(dirname "$0")/dictionary/$(basename "$seeds").dict
[ ! -e "$dictionary" ] || words=(-dict="$dictionary")

# One input may take 10 s under every sanitizer: more is a fault of its own.
"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
    -artifact_prefix="$work/broken/" "${words[@]}" "$work/corpus" "$seeds" </dev/null >"$work/log" 2>&1 || {
    rc=$?
    grep -v '^#[0-9]' "$work/log" | tail -80
    exit $rc
}
grep '^#[0-9].*DONE' "$work/log"
grep '^Done ' "$work/log"
