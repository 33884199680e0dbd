#!/bin/bash
# What `./dev demo` shows, once everything is built: the installer, the service, a booking, an order, the events. Under Wine.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bold=$'\e[1m' plain=$'\e[0m'
[ -t 1 ] || bold='' plain=''
database=$data/database/corbridge-live.db
event_count_is() { [ "$(events | grep -c "^$1")" -eq "$2" ]; }
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() { sed 's/^/    /'; }
stop_here() {
    echo "demo: $*" >&2
    exit 1
}

share=$drive/jms-share
pharmacy=$drive/pharmacy
mkdir -p "$share" "$pharmacy" "$drive/pharmacy-test"
samples=$CORBRIDGE_SOURCE/tests/fixtures/jms

step "1. Windows boots (Wine $(wine --version 2>/dev/null | sed 's/^wine-//'), a prefix of its own in a temporary folder)"
boot_with_trace

step "2. The installer, silently:  corbridge-setup.exe /S /SHARE=C:\\jms-share /PHARMACY=C:\\pharmacy-test"
from=$(now_ms)
windows "$setup" /S '/SHARE=C:\jms-share' '/PHARMACY=C:\pharmacy-test' || stop_here "the installer failed: $(cat "$drive/Program Files/CorBridge/install.log")"
echo "    $(($(now_ms) - from)) ms, $(($(stat -c %s "$setup") / 1024)) KB. What it did, from its log:"
tr -d '\r' <"$drive/Program Files/CorBridge/install.log" | show
echo "    (the warnings are settings of Windows that Wine does not have)"

step "3. The service manager says"
windows sc query CorBridge | grep -v '^$' | show

step "4. Everything begins in test. Two weeks later the county goes live:"
echo '    corbridge.xml: the pharmacy gets live-folder="C:\pharmacy", and the service reads it anew (sc control CorBridge paramchange)'
sed -i 's,test-folder="C:.pharmacy-test",& live-folder="C:\\pharmacy",' "$data/corbridge.xml"
scm 6 >/dev/null
wait_until 30 event_count_is 0x400000c9 1 || stop_here "the service did not take the configuration"
echo '    corbridge golive jms MAIN pharmacy --waive "a demonstration"'
corbridge golive jms MAIN pharmacy --waive "a demonstration" | show
wait_until 30 event_count_is 0x40000064 3 || stop_here "the service did not start anew"

step "5. The jail's system drops CorEMR's own example of a booking into the share"
sed 's/\r$//' "$samples/DEM12345678_0300.ini" | show
from=$(now_ms)
drop "$samples/DEM12345678_0300.ini" DEM12345678_0300.ini
wait_until 30 row_is 'SELECT count(*) FROM booking' 1 || stop_here "no row came within 30 seconds"
took=$(($(now_ms) - from))
echo
echo "    In the CorEMR database after $took ms (1000 of them are the quiet time: an .ini file has no end of its own, so it counts"
echo "    as whole when it has not changed for a second):"
table() { "$CORBRIDGE_SQLITE3" -readonly -cmd '.timeout 5000' -cmd '.mode line' "$database" "$1" | sed '/= *$/d' | show; }
table 'SELECT id, authority, patient_id, last_name, first_name, middle_name, birth_date, sex, race, height, weight FROM patient'
table 'SELECT id, patient, booking_number, facility, housing, bed, agency, booking_date FROM booking'

step "6. The person moves, and a file with a date that does not exist comes along"
# Without its MoveDate: that one lies years before the booking just made, and an older move changes nothing.
sed '/^MoveDate=/d' "$samples/LOC12345678_0330.ini" >"$work/move.ini"
drop "$work/move.ini" LOC12345678_0330.ini
sed -e 's/P00012345/P00054321/; s/12345678/87654321/; s,07/22/1946,02/30/1980,' "$samples/DEM12345678_0300.ini" >"$work/bad.ini"
drop "$work/bad.ini" DEM87654321_0400.ini
wait_until 30 row_is "SELECT housing || ' ' || bed FROM booking" "MED 4" || stop_here "the move was not applied"
wait_until 30 one_file "$data/live/quarantine" '*.reason.txt' || stop_here "the bad file is not in quarantine"
echo "    The booking's places, in order:"
"$CORBRIDGE_SQLITE3" -readonly "$database" "SELECT '  ' || housing || ' ' || bed FROM location_history ORDER BY id" | show
echo "    The bad file lies in quarantine, with its reason beside it:"
find "$data/live/quarantine" -name '*.reason.txt' -exec cat {} + | tr -d '\r' | show

step "7. A clinician orders a medication in CorEMR: a row is inserted into medication_order"
sed -n '/^INSERT INTO medication_order/,/;$/p' "$here/order.sql" | show
from=$(now_ms)
"$CORBRIDGE_SQLITE3" "$database" ".read $here/order.sql"
wait_until 30 one_file "$pharmacy" '*.hl7' || stop_here "no message came within 30 seconds"
echo
echo "    After $(($(now_ms) - from)) ms in the pharmacy's folder, $(basename "$(find "$pharmacy" -name '*.hl7')") (HL7 ends segments with CR, shown as lines):"
find "$pharmacy" -name '*.hl7' -exec cat {} + | tr '\r' '\n' | show

step "8. corbridge status, then corbridge check (the service answers, with the rights of its own account)"
corbridge status | show
corbridge check | show

step "9. The service is stopped"
corbridge stop | show
windows sc query CorBridge | grep STATE | show

step "10. What the Event Viewer would show"
echo "    Wine keeps no event log. These are the calls of ReportEventW that Wine's relay trace saw, with the text that FormatMessage"
echo "    makes of the message table in the installed corbridge.exe:"
words() {
    case $1 in
    0x4*) echo Information ;;
    0x8*) echo Warning ;;
    *) echo Error ;;
    esac
}
while IFS= read -r line; do
    IFS=$'\t' read -r -a fields <<<"$line"
    echo
    printf '    %s  event %d  CorBridge\n' "$(words "${fields[0]}")" $((fields[0] & 0xFFFF))
    event_text "${fields[@]}" | sed '/^$/d' | fold -s -w 110 | sed 's/^/      /'
done < <(events)

step "That was CorBridge. What it kept lies below the data folder, C:\\ProgramData\\CorBridge:"
(cd "$data" && find . -type f | sort) | sed 's,^\./,  ,; s,/,\\,g' | show
