#!/bin/bash
# Writers of every kind, under Wine: slow ones, sharing ones, many files at once, and a CorBridge that is killed over a stream of files.
#
#   tests/windows/writers.sh [BUILD]      BUILD: the mingw-w64 build tree (default: $CORBRIDGE_BUILD_WINDOWS, build/mingw-release)
#
# Sharing is enforced between Windows programs only, so the writer is one too (writer.c); large folders are filled from Linux, for Wine
# reads a whole folder for each file that it makes. CorBridge runs as `corbridge run`, all of it in the live world. With CORBRIDGE_PROVE set the long form: a file is
# held open for a minute, and there are 50 kills. Each check prints ok or FAILED; the last line is "N passed, N failed".
set -uo pipefail
[ $# -eq 0 ] || export CORBRIDGE_BUILD_WINDOWS=$1
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

held_ms=5000 kills=10
[ -z "${CORBRIDGE_PROVE:-}" ] || held_ms=60000 kills=50
seed=${CORBRIDGE_SEED:-$$}
RANDOM=$seed

program=$CORBRIDGE_BUILD_WINDOWS/service/corbridge.exe
writer_program=$CORBRIDGE_BUILD_WINDOWS/tests/windows/writer.exe
for needed in "$program" "$writer_program"; do
    [ -s "$needed" ] || { echo "FAILED  $needed is missing"; echo "0 passed, 1 failed"; exit 1; }
done

place=$drive/w
data=$place/data
database=$data/database/corbridge-live.db
archive=$data/live/archive quarantine=$data/live/quarantine
feeds=(closed quiet hasty names big stream)
mkdir -p "$place/parts" "$place/flags"
for feed in "${feeds[@]}"; do mkdir -p "$place/$feed"; done

feed_element() { # feed_element NAME READY [PATTERN]
    printf '<feed name="%s" folder="C:\\w\\%s"><match pattern="%s" format="jms-event" %s/></feed>\n' "$1" "$1" "${3:-*.ini}" "$2"
}
{
    echo '<corbridge><data folder="C:\w\data"/><facility code="VCSO" name="Ventura" zone="America/Los_Angeles"/>'
    feed_element closed 'ready="closed"'
    feed_element quiet 'ready="quiet" quiet="5 s"'
    feed_element hasty 'ready="quiet" quiet="100 ms"'
    feed_element names 'ready="closed"' '*'
    feed_element big 'ready="closed"'
    feed_element stream 'ready="closed"'
    echo '<limits low-disk="64 MB"/></corbridge>'
} >"$place/corbridge.xml"

# ---- Programs ----------------------------------------------------------------------------------------------------------------

# Output goes to files: a pipe would be inherited by the wineserver and never end.
starts=0
start_corbridge() {
    starts=$((starts + 1))
    "$CORBRIDGE_WINE" "$program" run --config 'C:\w\corbridge.xml' </dev/null >"$work/corbridge.$starts" 2>&1 &
    corbridge_process=$!
    wait_until 30 grep -q 'CorBridge runs with' "$work/corbridge.$starts"
}
kill_corbridge() {
    kill -9 "$corbridge_process" || return
    wait "$corbridge_process" 2>/dev/null
    [ $? -eq 137 ] # ended by this signal, not before by itself
}

# writer NAME STEP...: starts writer.c with these steps; a word with a slash in front is a path below C:\w.
declare -A writers
writer() {
    local name=$1 words=() word
    shift
    for word; do
        case $word in
        /*) word="C:\\w${word//\//\\}" ;;
        esac
        words+=("$word")
    done
    "$CORBRIDGE_WINE" "$writer_program" "${words[@]}" </dev/null >"$work/writer.$name" 2>&1 &
    writers[$name]=$!
}
# finished NAME: waits for that writer; whether it took all its steps.
finished() {
    wait "${writers[$1]}"
    tr -d '\r' <"$work/writer.$1" | tail -n 1 | grep -qx 'done' || { cat "$work/writer.$1"; return 1; }
}
told() { test -e "$place/flags/$1"; }
tell() { : >"$place/flags/$1"; }

# ---- Files -------------------------------------------------------------------------------------------------------------------

# parts NAME NUMBER: NAME.1 to NAME.3, cut between lines, so that NAME.1 alone is a valid event, and NAME, which is all of it.
parts() {
    local to=$place/parts/$1
    printf '%s\r\n' 'DataType="PatientDemographics"' "PatientID=\"P$2\"" 'Facility="VCSO"' 'LastName="DOE"' 'FirstName="JOHN"' \
        'BirthDate="07/22/1946"' 'SSN="333-22-4444"' 'Sex="Male"' "Housing=\"$1\"" 'Bed="1"' "Booking=\"B$2\"" \
        'BookingDate="2026-03-01 14:32:04"' >"$to.1"
    printf '%s\r\n' 'Agency="ICE"' 'Height="72"' >"$to.2"
    printf '%s\r\n' 'Race="White"' 'Weight="140"' >"$to.3"
    cat "$to.1" "$to.2" "$to.3" >"$to"
}
# What the ledger says of a name: state and in_place of each of its files, with the state of its message, in order.
ledger() {
    rows "SELECT f.state || ' ' || f.in_place || ' ' || coalesce(m.state, '-') FROM file f LEFT JOIN message m ON m.file = f.id
          WHERE f.feed = '$1' AND f.name = '$2' ORDER BY f.id" | paste -sd, -
}
ledger_is() { [ "$(ledger "$1" "$2")" = "$3" ]; }
in_archive() { find "$archive" -type f -name "*_$1" 2>/dev/null | sort -V; }
# once_whole WHAT FEED NAME NUMBER: that file was applied once, all of it, and lies in the archive as it was written.
once_whole() {
    local found
    wait_until 30 ledger_is "$2" "$3.ini" 'done 0 applied'
    found=$(in_archive "$3.ini")
    equal "$1: applied once" 'done 0 applied' "$(ledger "$2" "$3.ini")"
    check "$1: one file in the archive, byte for byte" cmp -s "$found" "$place/parts/$3"
    equal "$1: its last part is in the database too" "$3|72|140|ICE" "$(rows "SELECT b.housing, p.height, p.weight, b.agency
        FROM booking b JOIN patient p ON p.id = b.patient WHERE b.booking_number = 'B$4'")"
}
# passed_by FEED NAME NUMBER: a file that comes later into the same folder is applied; so the earlier ones were looked at.
passed_by() {
    parts "$2" "$3"
    cp "$place/parts/$2" "$place/$1/$2.tmp"
    mv "$place/$1/$2.tmp" "$place/$1/$2.ini"
    wait_until 30 ledger_is "$1" "$2.ini" 'done 0 applied'
}

"$CORBRIDGE_WINE" --start
check "corbridge runs" start_corbridge
goes_live() {
    windows "$program" golive "${feeds[@]}" VCSO --waive "a test" --config 'C:\w\corbridge.xml' &&
        wait_until 30 started_twice # it starts anew with what is live
}
started_twice() { [ "$(grep -c 'CorBridge runs with' "$work/corbridge.1")" -eq 2 ]; }
check "all feeds go live" goes_live
contains "corbridge: the process that is stopped and killed below is its own" \
    "$(tr '\0' ' ' <"/proc/$corbridge_process/cmdline")" "corbridge.exe run --config"

# ---- Slow writers, all at once -----------------------------------------------------------------------------------------------

# A writer that shares everything: nothing but our own denial of writing keeps its file from being taken.
number=1000
for feed in closed quiet hasty; do
    number=$((number + 1))
    parts "THREE-$feed" $number
    writer "three-$feed" create "/$feed/THREE-$feed.ini" rwd write "/parts/THREE-$feed.1" pause 1000 write "/parts/THREE-$feed.2" \
        pause 1000 write "/parts/THREE-$feed.3" close
done
parts HELD 1010
writer held create /closed/HELD.ini r write /parts/HELD tell /flags/held pause $held_ms until /flags/held-end close
parts PAUSES 1011
writer pauses append /quiet/PAUSES.ini rw write /parts/PAUSES.1 close pause 400 append /quiet/PAUSES.ini rw write /parts/PAUSES.2 \
    close pause 400 append /quiet/PAUSES.ini rw write /parts/PAUSES.3 close
# The same writer where the quiet time is the shorter: its pauses end when what it wrote has been taken.
parts LONGER 1012
writer longer append /hasty/LONGER.ini rw write /parts/LONGER.1 close gone /hasty/LONGER.ini append /hasty/LONGER.ini rw \
    write /parts/LONGER.2 close gone /hasty/LONGER.ini append /hasty/LONGER.ini rw write /parts/LONGER.3 close gone /hasty/LONGER.ini

check "held open: the writer has it open" wait_until 30 told held
check "held open: a later file passes it" passed_by closed PASSES 1013
equal "held open: it is not taken meanwhile" "" "$(ledger closed HELD.ini)"
tell held-end

# ---- Names -------------------------------------------------------------------------------------------------------------------

parts RENAMED 1020
writer renamed create /closed/RENAMED.tmp - write /parts/RENAMED close tell /flags/written until /flags/rename \
    rename /closed/RENAMED.tmp /closed/RENAMED.ini
wait_until 30 told written
check ".tmp: a later file passes it" passed_by closed PASSES-TMP 1021
check ".tmp: it is not taken under that name" test -e "$place/closed/RENAMED.tmp"
tell rename
check ".tmp: the writer renames it to .ini" finished renamed
once_whole "renamed to .ini" closed RENAMED 1020
equal "renamed to .ini: no other name of it was ever seen" 1 "$(rows "SELECT count(*) FROM file WHERE name LIKE 'RENAMED%'")"

for version in 1 2 3; do
    parts "VERSION$version" 1030
done
writer versions create /closed/AGAIN.ini r write /parts/VERSION1 close gone /closed/AGAIN.ini \
    create /closed/AGAIN.ini r write /parts/VERSION2 close gone /closed/AGAIN.ini \
    create /closed/AGAIN.ini r write /parts/VERSION3 close gone /closed/AGAIN.ini
check "a name three times: the writer" finished versions
wait_until 30 ledger_is closed AGAIN.ini 'done 0 applied,done 0 applied,done 0 applied'
equal "a name three times: three applied" 'done 0 applied,done 0 applied,done 0 applied' "$(ledger closed AGAIN.ini)"
cat_archive() { in_archive "$1" | tr '\n' '\0' | xargs -0 -r cat; }
check "a name three times: three in the archive, in their order" \
    cmp -s <(cat_archive AGAIN.ini) <(cat "$place/parts"/VERSION[123])
equal "a name three times: the last one counts, each was known" 'VERSION3|VERSION1,VERSION2,VERSION3' "$(rows "SELECT b.housing,
    (SELECT group_concat(housing) FROM (SELECT housing FROM location_history WHERE booking = b.id ORDER BY id))
    FROM booking b WHERE b.booking_number = 'B1030'")"

# Names that programs of other systems can give, through a server that lets them, and Windows programs hardly. The archive has each
# under a name of ours: what Windows would drop at the end stands there as _. Wine cuts a name at the 255 bytes of Linux, where Windows
# counts characters: with our number before them the longest here have just so many.
long_name() { printf "%.0s$1" $(seq "$2"); }
awkward=('été.ini' $'e\u0301te\u0301.ini' '😀.ini' 'CON' 'nul.ini' 'COM1.txt.ini' 'LPT¹.ini' 'ends in a dot.ini.' 'ends in dots...'
    'ends in a blank.ini ' "$(long_name x 251).ini" "$(long_name é 118)x.ini" "$(long_name 😀 59)x.ini" 'read-only.ini')
number=1100
for name in "${awkward[@]}"; do
    number=$((number + 1))
    parts "AWKWARD" $number
    cp "$place/parts/AWKWARD" "$place/names/next.tmp"
    [ "$name" != read-only.ini ] || chmod 444 "$place/names/next.tmp"
    mv "$place/names/next.tmp" "$place/names/$name"
done
is_empty() { [ -z "$(ls -A "$1")" ]; }
check "awkward names: all are taken" wait_until 30 is_empty "$place/names"
names_put_away() { row_is "SELECT count(*) FROM file WHERE feed = 'names' AND state = 'done' AND in_place = 0" ${#awkward[@]}; }
wait_until 30 names_put_away
equal "awkward names: each is in the ledger as it was given" "$(printf '%s|\n' "${awkward[@]}" | sort)" \
    "$(rows "SELECT name || '|' FROM file WHERE feed = 'names' AND state = 'done' AND in_place = 0" | sort)"
equal "awkward names: each was applied" "${#awkward[@]}" "$(rows "SELECT count(*) FROM booking
    WHERE booking_number BETWEEN 'B1101' AND 'B$number'")"
stored_whole() {
    local path
    while IFS= read -r path; do
        cmp -s <(sed 's/B11[0-9][0-9]\|P11[0-9][0-9]//' "$data/live/$path") <(sed 's/B11[0-9][0-9]\|P11[0-9][0-9]//' "$place/parts/AWKWARD") ||
            { echo "$path"; return 1; }
    done < <(rows "SELECT replace(stored, '\', '/') FROM file WHERE feed = 'names'")
}
check "awkward names: each lies in the archive, whole" stored_whole

# ---- Sharing -----------------------------------------------------------------------------------------------------------------

# CorBridge holds a file from its claim until it is put away. Another program's transaction makes that last.
coproc LOCK { "$CORBRIDGE_SQLITE3" -cmd '.timeout 10000' "$database"; }
lock_process=$LOCK_PID
echo "BEGIN IMMEDIATE; SELECT 'held';" >&"${LOCK[1]}"
read -r -t 20 answer <&"${LOCK[0]}"
equal "we hold a file: another program's transaction makes that last" held "${answer:-}"
parts OURS1 1040
parts OURS2 1040
cp "$place/parts/OURS1" "$place/closed/OURS.tmp"
mv "$place/closed/OURS.tmp" "$place/closed/OURS.ini"
writer ours refused /closed/OURS.ini rwd tell /flags/refused create /closed/OURS.ini r write /parts/OURS2 close
check "we hold a file: the writer's open is refused" wait_until 30 told refused
printf 'ROLLBACK;\n.quit\n' >&"${LOCK[1]}"
wait "$lock_process" 2>/dev/null
check "we hold a file: the writer's open succeeds afterwards" finished ours
wait_until 30 ledger_is closed OURS.ini 'done 0 applied,done 0 applied'
equal "we hold a file: what lay there and what was written then were applied, each once" 'done 0 applied,done 0 applied' \
    "$(ledger closed OURS.ini)"
check "we hold a file: both lie in the archive" cmp -s <(cat_archive OURS.ini) <(cat "$place/parts"/OURS[12])

# reader NAME SHARE: a program that reads NAME, and shares it so, until it is told to end. It has it open before the file gets the
# name under which it can be taken.
reader() {
    cp "$place/parts/$1" "$place/closed/$1.tmp"
    writer "$1" read "/closed/$1.tmp" "$2" tell "/flags/$1" until "/flags/$1-end" close
    wait_until 30 told "$1" && mv "$place/closed/$1.tmp" "$place/closed/$1.ini"
}
parts READER-RD 1050
check "a reader that shares reading and deleting: has it open" reader READER-RD rd
once_whole "a reader that shares reading and deleting does not stop us" closed READER-RD 1050
tell READER-RD-end
check "a reader that shares reading and deleting: ends" finished READER-RD
# A file is put away by a rename, which needs the right to delete; whoever does not share that right keeps it in place.
for share in r -; do
    name=READER-${share/-/NONE} number=$((number + 100))
    parts "$name" "$number"
    check "a reader that shares '$share': has it open" reader "$name" "$share"
    check "a reader that shares '$share': a later file passes it" passed_by closed "PASSES-$name" $((number + 1))
    equal "a reader that shares '$share': it is not taken meanwhile" "" "$(ledger closed "$name.ini")"
    tell "$name-end"
    check "a reader that shares '$share': ends" finished "$name"
    once_whole "a reader that shares '$share', once it has closed" closed "$name" "$number"
done

# ---- The slow writers' ends --------------------------------------------------------------------------------------------------

number=1000
for feed in closed quiet hasty; do
    number=$((number + 1))
    check "three parts by one handle, $feed: the writer" finished "three-$feed"
    once_whole "three parts by one handle, $feed" "$feed" "THREE-$feed" $number
done
check "three appends: the writer" finished pauses
once_whole "three appends with pauses shorter than the quiet time" quiet PAUSES 1011
check "three appends, longer pauses: the writer" finished longer
wait_until 30 ledger_is hasty LONGER.ini 'done 0 applied,quarantined 0 quarantined,quarantined 0 quarantined'
equal "three appends with pauses longer than the quiet time are three files: nothing but that time makes them one" \
    'done 0 applied,quarantined 0 quarantined,quarantined 0 quarantined' "$(ledger hasty LONGER.ini)"
check "three appends, longer pauses: the first part alone was applied" cmp -s "$(in_archive LONGER.ini)" "$place/parts/LONGER.1"
check "held open: the writer" finished held
once_whole "held open, then closed" closed HELD 1010

# ---- 5,000 files at once -----------------------------------------------------------------------------------------------------

# CorBridge is stopped while they come, so that the buffer of notifications overflows, and one look sees all. Ten events for each of
# 500 bookings; the order of last-write times is not that of the names.
python3 - "$place/prepared" "$work/big.names" <<'PYTHON'
import os, sys
prepared, names = sys.argv[1:]
os.mkdir(prepared)
order = []
for i in range(5000):
    name = f"E{i * 7919 % 5000:05}.ini"
    booking = i % 500
    if i < 500:
        text = (f'DataType="PatientDemographics"\r\nPatientID="PBIG{booking}"\r\nFacility="VCSO"\r\nLastName="DOE"\r\n'
                f'FirstName="JOHN"\r\nBirthDate="07/22/1946"\r\nSSN="333-22-4444"\r\nSex="Male"\r\nHousing="H"\r\nBed="{i}"\r\n'
                f'Booking="BIG{booking}"\r\nBookingDate="2026-03-01 14:32:04"\r\n')
    else:
        text = (f'DataType="PatientLocation"\r\nPatientID="PBIG{booking}"\r\nFacility="VCSO"\r\nBooking="BIG{booking}"\r\n'
                f'Housing="H"\r\nBed="{i}"\r\n')
    path = os.path.join(prepared, name)
    with open(path, "w", newline="") as file:
        file.write(text)
    at = 1_770_000_000_000_000_000 + i * 1_000_000
    os.utime(path, ns=(at, at))
    order.append(name)
with open(names, "w") as file:
    file.write("\n".join(order) + "\n")
PYTHON
kill -STOP "$corbridge_process"
python3 - "$place/prepared" "$place/big" "$work/big.names" <<'PYTHON'
import os, sys
prepared, folder, names = sys.argv[1:]
for name in open(names).read().split():
    os.rename(os.path.join(prepared, name), os.path.join(folder, name))
PYTHON
kill -CONT "$corbridge_process"
check "5,000 at once: all are taken" wait_until 120 is_empty "$place/big"
put_away() { [ "$(rows "SELECT count(*) FROM file WHERE feed = '$1' AND in_place = 0")" = "$2" ]; }
wait_until 30 put_away big 5000
overflowed() { grep -q 'feed big: notifications overflowed' "$data/logs/corbridge.log"; }
check "5,000 at once: the buffer of notifications overflowed" wait_until 10 overflowed
equal "5,000 at once: each applied exactly once" "5000|5000|5000" "$(rows "SELECT count(*), count(DISTINCT f.name),
    sum(f.state = 'done' AND f.in_place = 0 AND m.state = 'applied') FROM file f LEFT JOIN message m ON m.file = f.id WHERE f.feed = 'big'")"
check "5,000 at once: in the order of their last-write times" \
    cmp <(rows "SELECT name FROM file WHERE feed = 'big' ORDER BY id") "$work/big.names"
equal "5,000 at once: each booking has its ten places, in order, and ends in the last" "500|500" "$(rows "SELECT count(*),
    sum(bed = 4500 + substr(booking_number, 4) AND (SELECT group_concat(bed) FROM (SELECT bed FROM location_history h
        WHERE h.booking = b.id ORDER BY id)) = (WITH RECURSIVE step(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n < 9)
        SELECT group_concat(n * 500 + substr(booking_number, 4)) FROM step)) FROM booking b WHERE booking_number LIKE 'BIG%'")"
equal "5,000 at once: all in the archive" 5000 "$(find "$archive" -name '*_E?????.ini' | wc -l)"

# ---- Killed over a stream ----------------------------------------------------------------------------------------------------

# In each round fifty files come, and after a number of them that nobody knows the process is killed.
all=$((kills * 50))
python3 - "$place/stream.prepared" "$all" <<'PYTHON'
import os, sys
folder, count = sys.argv[1], int(sys.argv[2])
os.mkdir(folder)
for i in range(count):
    with open(os.path.join(folder, f"S{i:04}.ini"), "w", newline="") as file:
        file.write(f'DataType="PatientDemographics"\r\nPatientID="PS{i}"\r\nFacility="VCSO"\r\nLastName="DOE"\r\nFirstName="JOHN"\r\n'
                   f'BirthDate="07/22/1946"\r\nSSN="333-22-4444"\r\nSex="Male"\r\nHousing="H"\r\nBed="{i}"\r\nBooking="S{i}"\r\n'
                   f'BookingDate="2026-03-01 14:32:04"\r\n')
PYTHON
cp -r "$place/stream.prepared" "$work/stream"
taken() { [ "$(ls "$place/stream" | wc -l)" -le "$1" ]; }
killed=0 midway=0
for ((round = 0; round < kills; round++)); do
    lying=$(ls "$place/stream" | wc -l)
    for ((i = round * 50; i < round * 50 + 50; i++)); do
        mv "$place/stream.prepared/$(printf 'S%04d.ini' $i)" "$place/stream/"
    done
    wait_until 30 taken $((lying + 50 - 1 - RANDOM % 49)) && kill_corbridge && killed=$((killed + 1))
    is_empty "$place/stream" || midway=$((midway + 1))
    start_corbridge || break
done
equal "killed: $kills times (seed $seed; in the midst of its work: $midway times)" "$kills" "$killed"
check "killed: at least once in the midst of its work" test "$midway" -ge 1
check "killed: the last start takes all" wait_until 60 is_empty "$place/stream"
wait_until 30 put_away stream "$all"
equal "killed: ledger: each file once, done, put away, one message applied" "$all|$all|$all" "$(rows "SELECT count(*), count(DISTINCT f.name),
    sum(f.state = 'done' AND f.in_place = 0 AND f.stored IS NOT NULL AND m.state = 'applied') FROM file f
    LEFT JOIN message m ON m.file = f.id WHERE f.feed = 'stream'")"
equal "killed: rows: one patient, one booking, one place for each" "$all|$all|$all" "$(rows "SELECT count(DISTINCT p.id), count(DISTINCT b.id),
    count(*) FROM patient p JOIN booking b ON b.patient = p.id JOIN location_history h ON h.booking = b.id WHERE p.patient_id LIKE 'PS%'
    AND b.bed = substr(b.booking_number, 2)")"
rows "SELECT stored FROM file WHERE feed = 'stream' AND stored IS NOT NULL" | tr '\\' / | sort >"$work/stored"
(cd "$data/live" && find archive -name '*_S????.ini') | sort >"$work/archived"
check "killed: archive: exactly what the ledger says" cmp "$work/stored" "$work/archived"
same_bytes() {
    local file
    while IFS= read -r file; do
        cmp "$data/live/$file" "$work/stream/${file##*_}" || return 1
    done <"$work/archived"
}
check "killed: archive: byte for byte" same_bytes
equal "killed: nothing of it in quarantine" "" "$(find "$quarantine" -name '*_S????.ini*')"
equal "killed: the database is whole" ok "$(rows 'PRAGMA integrity_check')"
test_rows() { "$CORBRIDGE_SQLITE3" -readonly -cmd '.timeout 5000' "$data/database/corbridge-test.db" "$1" 2>/dev/null; }
test_followed() { [ "$(test_rows "SELECT count(*), count(DISTINCT copied_from) FROM file WHERE feed = 'stream'")" = "$all|$all" ]; }
check "killed: the test world has a copy of each, once" wait_until 60 test_followed

equal "over all: nothing vanished, nothing waits, nothing else is in quarantine" "0|0|2" "$(rows "SELECT sum(state = 'vanished'),
    sum(in_place), sum(state = 'quarantined') FROM file")"
kill_corbridge

summary
