#!/bin/bash
# The installed product, end to end, under Wine: installer, service manager, folders, database, pharmacy, events.
#
#   tests/windows/run.sh [BUILD]      BUILD: the mingw-w64 build tree (default: $CORBRIDGE_BUILD_WINDOWS, build/mingw-release)
#
# Each check prints ok or FAILED; the last line is "N passed, N failed". What Wine cannot show: docs/wine-and-windows.md.
set -uo pipefail
[ $# -eq 0 ] || export CORBRIDGE_BUILD_WINDOWS=$1
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# All that the product printed is searched for patient values at the end.
printed=$work/printed
note() { tee -a "$printed"; }
: >"$printed"
# The command lines of all programs of CorBridge that run now, for the same search.
note_command_lines() {
    local process
    for process in /proc/[0-9]*; do
        { tr '\0' ' ' <"$process/cmdline"; echo; } 2>/dev/null | grep -ai corbridge
    done >>"$work/command-lines"
}

share=$drive/jms-share
pharmacy="$drive/Pharmacy Folder"
mkdir -p "$share" "$pharmacy" "$work/files"

# Values that occur nowhere else, so that one found where it must not be is a leak.
secrets=(QZKILLEDQZ P0QZ77701 90QZ00 QZFAMILYQZ QZGIVENQZ P0QZ777001 QZHOUSINGQZ 55QZ667788 987-65-4329 1951-03-17 03/17/1951 DEM55QZ667788
    QZBADFAMILYQZ P0QZ777002 66QZ778899 DEM66QZ778899 QZOTHERQZ P0QZ777003 77QZ889900 DEM77QZ889900 88QZ990011
    P0QZ777004 99QZ112233 DEM99QZ112233 small.png)
dem() { # dem PATIENT FAMILY GIVEN BIRTH BOOKING HOUSING BED [FURTHER LINE]
    printf '%s\r\n' 'DataType="PatientDemographics"' "PatientID=\"$1\"" 'Facility="VCSO"' "LastName=\"$2\"" "FirstName=\"$3\"" \
        "BirthDate=\"$4\"" 'SSN="987-65-4329"' 'Sex="Female"' "Housing=\"$6\"" "Bed=\"$7\"" "Booking=\"$5\"" \
        'BookingDate="2026-03-01 14:32:04"' ${8:+"$8"}
}
dem P0QZ777001 QZFAMILYQZ QZGIVENQZ 03/17/1951 55QZ667788 QZHOUSINGQZ 12 >"$work/files/dem"
dem P0QZ777001 QZFAMILYQZ QZGIVENQZ 03/17/1951 55QZ667788 QZHOUSINGQZ RLSE 'ReleaseDate="2026-03-09 18:55:39"' >"$work/files/release"
printf '%s\r\n' 'DataType="PatientLocation"' 'PatientID="P0QZ777001"' 'Facility="VCSO"' 'Booking="55QZ667788"' 'Housing="MED"' \
    'Bed="4"' >"$work/files/location"
dem P0QZ777002 QZBADFAMILYQZ QZGIVENQZ 02/30/1951 66QZ778899 QZHOUSINGQZ 1 >"$work/files/bad"
dem P0QZ777003 QZOTHERQZ QZGIVENQZ 03/17/1951 77QZ889900 QZHOUSINGQZ 2 >"$work/files/other"

# ---- Installation ------------------------------------------------------------------------------------------------------------

size=$(stat -c %s "$setup" 2>/dev/null || echo 0)
[ "$size" -gt 0 ] || { echo "FAILED  $setup is missing: build the target 'installer'"; echo "0 passed, 1 failed"; exit 1; }
check "installer is smaller than 3 MB ($size bytes)" test "$size" -lt 3145728
boot_with_trace

windows "$setup" /S /SHRAE=x
equal "installer: an unknown parameter changes nothing (exit code)" 9 $?
check "installer: an unknown parameter changes nothing (no program)" gone "$program"

windows "$setup" /S '/SHARE=C:\jms-share' '/PHARMACY=C:\Pharmacy Folder\'
equal "installer: silent installation (exit code)" 0 $?
install_log=$(note <"$drive/Program Files/CorBridge/install.log")
contains "installer: log names each step and how it ended" "$install_log" ": ended with 0" "configuration 'C:\\ProgramData\\CorBridge\\corbridge.xml' written" \
    "event source CorBridge registered" "service CorBridge made, under the account NT SERVICE\\CorBridge" "The service runs." \
    "0 failed"
contains "service: running in the service manager" "$(scm)" "state 4, process "
key=$(windows reg query 'HKLM\System\CurrentControlSet\Services\CorBridge')
contains "service: quoted program, automatic start, own account, time to stop" "$key" \
    '"C:\Program Files\CorBridge\corbridge.exe" service --config "C:\ProgramData\CorBridge\corbridge.xml" --data "C:\ProgramData\CorBridge"' \
    'NT SERVICE\CorBridge' 'PreshutdownTimeout    REG_DWORD    0x15f90' 'Start    REG_DWORD    0x2'
key=$(windows reg query 'HKLM\System\CurrentControlSet\Services\EventLog\Application\CorBridge')
contains "event source: message file is the program" "$key" 'C:\Program Files\CorBridge\corbridge.exe' 'TypesSupported    REG_DWORD    0x7'
key=$(windows reg query 'HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\CorBridge')
contains "installer: entry under installed programs" "$key" 'DisplayName    REG_SZ    CorBridge' 'QuietUninstallString'
contains "configuration: share and pharmacy as told" "$(cat "$data/corbridge.xml")" 'folder="C:\jms-share"' \
    'test-folder="C:\Pharmacy Folder"'
contains "version: what is built in" "$(corbridge version)" "CorBridge" "SQLite" "libxml2" "libcurl"

# ---- The way of a file -------------------------------------------------------------------------------------------------------

# The documented example first: a booking and its release in one.
drop "$CORBRIDGE_SOURCE/tests/fixtures/jms/DEM12345678_0400.ini" DEM12345678_0400.ini
check "documented example: one patient" wait_until 20 row_is \
    "SELECT patient_id, last_name, first_name, middle_name, birth_date, ssn, sex, race, height, weight FROM patient" \
    "P00012345|DOE|JOHN|D|1946-07-22|333-22-4444|Male|White|72|140"
equal "documented example: one booking, released" "12345678|ISU|RLSE|ICE|2017-06-20T14:32:04|2017-06-28T18:55:39" \
    "$(rows "SELECT booking_number, housing, bed, agency, booking_date_given, release_date_given FROM booking")"
check "documented example: in the archive, byte for byte" wait_until 20 one_file "$data/test/archive" '*_DEM12345678_0400.ini'
check "documented example: in the archive, byte for byte (compared)" cmp -s \
    "$(find "$data/test/archive" -name '*_DEM12345678_0400.ini')" "$CORBRIDGE_SOURCE/tests/fixtures/jms/DEM12345678_0400.ini"
check "documented example: gone from the share" gone "$share/DEM12345678_0400.ini"

# Dropped by a Windows program, which holds the file open while it writes.
cp "$work/files/dem" "$drive/dem.ini"
windows cmd /c 'copy C:\dem.ini C:\jms-share\DEM55QZ667788_0400.ini' >/dev/null
check "booking, copied in by a Windows program" wait_until 20 row_is \
    "SELECT p.last_name, b.housing, b.bed, b.released_at IS NULL FROM booking b JOIN patient p ON p.id = b.patient
     WHERE b.booking_number = '55QZ667788'" "QZFAMILYQZ|QZHOUSINGQZ|12|1"
drop "$work/files/location" LOC55QZ667788_0500.ini
check "move: the booking is where the event says" wait_until 20 row_is \
    "SELECT housing, bed FROM booking WHERE booking_number = '55QZ667788'" "MED|4"
equal "move: both places stand in the history" "QZHOUSINGQZ|12 MED|4" \
    "$(rows "SELECT h.housing || '|' || h.bed FROM location_history h JOIN booking b ON b.id = h.booking
             WHERE b.booking_number = '55QZ667788' ORDER BY h.id" | tr '\n' ' ' | sed 's/ $//')"
drop "$work/files/release" DEM55QZ667788_0600.ini
check "release: the booking is closed" wait_until 20 row_is \
    "SELECT release_date_given FROM booking WHERE booking_number = '55QZ667788'" "2026-03-09T18:55:39"

note_command_lines
drop "$work/files/bad" DEM66QZ778899_0700.ini
check "bad file: in quarantine with its reason" wait_until 20 one_file "$data/test/quarantine" '*.reason.txt'
reason=$(find "$data/test/quarantine" -name '*.reason.txt' -exec cat {} +)
contains "bad file: the reason names line and field" "$reason" "line 6" "BirthDate"
check "bad file: kept byte for byte" cmp -s "$(find "$data/test/quarantine" -name '*_DEM66QZ778899_0700.ini')" "$work/files/bad"
equal "bad file: nothing of it is in the database" 0 "$(rows "SELECT count(*) FROM patient WHERE patient_id = 'P0QZ777002'")"

# ---- The way of an order -----------------------------------------------------------------------------------------------------

check "order: entered into the database" "$CORBRIDGE_SQLITE3" "$database" ".read $here/order.sql"
check "order: a message in the pharmacy's folder" wait_until 20 one_file "$pharmacy" '*.hl7'
message=$(find "$pharmacy" -name '*.hl7' -exec cat {} + | tr '\r' '\n')
contains "order: RDE^O11 of HL7 2.5.1 for the right patient and drug" "$message" 'MSH|^~\&|' '|RDE^O11^RDE_O11|' '|2.5.1' 'PID|' \
    'P00012345' '|W-1001' '00093720198'
equal "order: nothing but the message is left" 1 "$(find "$pharmacy" -mindepth 1 | wc -l)"
check "order: sent" wait_until 20 row_is "SELECT state FROM outbox" sent

note_command_lines

# ---- Commands and controls ---------------------------------------------------------------------------------------------------

out=$(corbridge check)
equal "check: asks the running service (exit code)" 0 $?
contains "check: asks the running service" "$(note <<<"$out")" "0 failed" "all below is as seen by"
check "check: its answer does not stay behind" gone "$data/check-answer.txt"
out=$(corbridge status)
equal "status (exit code)" 0 $?
contains "status" "$(note <<<"$out")" "service: running" "feed jms" "1 in quarantine"
contains "a second CorBridge on the data folder" "$(corbridge run 2>&1 | note; echo "exit ${PIPESTATUS[0]}")" "exit 5"

contains "pause: the service says so" "$(scm 2 >/dev/null; wait_until 20 state_is 7; scm)" "state 7,"
contains "continue: the service says so" "$(scm 3 >/dev/null; wait_until 20 state_is 4; scm)" "state 4,"

cp "$data/corbridge.xml" "$work/corbridge.xml"
sed 's/<feed name="jms"/<feed name="JMS!"/' "$work/corbridge.xml" >"$data/corbridge.xml"
event_is() { events | grep -q "^$1"; }
check "reload: control is taken" scm 6
check "reload: a refused configuration is told" wait_until 20 event_is 0xc00000c8
contains "reload: with a refused configuration it runs on" "$(scm)" "state 4,"
cp "$work/corbridge.xml" "$data/corbridge.xml"
check "reload: control is taken again" scm 6
check "reload: a good configuration is taken" wait_until 20 event_is 0x400000c9

# A photo from a web server of this machine, fetched by the installed service.
python3 -u -m http.server --bind 127.0.0.1 --directory "$here/../fuzz/corpus/picture" 0 >"$work/web" 2>/dev/null </dev/null &
web=$!
check "photo: a web server" wait_until 20 grep -q ' port ' "$work/web"
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/web")
sed "s|</corbridge>|<photos><host name='127.0.0.1' scheme='http' port='$port' private-addresses='yes'/></photos>&|" \
    "$work/corbridge.xml" >"$data/corbridge.xml"
reloaded_twice() { [ "$(events | grep -c '^0x400000c9')" -eq 2 ]; }
check "photo: control is taken" scm 6
check "photo: the configuration is taken" wait_until 20 reloaded_twice
dem P0QZ777004 QZOTHERQZ QZGIVENQZ 03/17/1951 99QZ112233 QZHOUSINGQZ 3 "PhotoPath=\"http://127.0.0.1:$port/small.png\"" >"$work/files/photo"
drop "$work/files/photo" DEM99QZ112233_0800.ini
check "photo: it is the patient's" wait_until 20 row_is \
    "SELECT f.kind, f.width, f.height FROM patient_photo o JOIN patient p ON p.id = o.patient JOIN photo f ON f.id = o.photo
     WHERE p.patient_id = 'P0QZ777004' AND o.until IS NULL" "png|12|10"
check "photo: stored under its hash" cmp -s "$here/../fuzz/corpus/picture/small.png" \
    "$data/test/photos/$(sha256sum <"$here/../fuzz/corpus/picture/small.png" | cut -d' ' -f1)"
kill "$web"
cp "$work/corbridge.xml" "$data/corbridge.xml"

# A process that dies: what it was about to do is done by the next one. Wine's service manager does not notice the death.
for number in $(seq 10 39); do
    dem "P0QZ7770$number" QZKILLEDQZ QZGIVENQZ 03/17/1951 "90QZ00$number" QZHOUSINGQZ 5 >"$work/files/killed"
    drop "$work/files/killed" "DEM90QZ00${number}_0900.ini"
done
killed_rows() { [ "$(rows "SELECT count(*) FROM patient WHERE last_name = 'QZKILLEDQZ'")" -"$1" "$2" ]; }
wait_until 20 killed_rows ge 1
service_processes() {
    local process
    for process in /proc/[0-9]*; do
        grep -qaF 'corbridge.exe' "$process/cmdline" 2>/dev/null && tr '\0' '\n' <"$process/cmdline" | grep -qx service &&
            tr '\0' '\n' <"$process/environ" | grep -qxF "WINEPREFIX=$WINEPREFIX" && echo "${process#/proc/}"
    done
}
service_process=$(service_processes)
equal "killed: one process of the service was there" 1 "$(wc -w <<<"$service_process")"
kill -9 $service_process
wait_until 20 gone "/proc/$service_process"
corbridge start >/dev/null
check "killed: the next start finishes" wait_until 30 killed_rows eq 30
share_is_empty() { [ -z "$(ls "$share")" ]; }
check "killed: nothing is left in the share" wait_until 30 share_is_empty
equal "killed: each file was applied once" 30 "$(rows "SELECT count(*) FROM booking b JOIN patient p ON p.id = b.patient WHERE p.last_name = 'QZKILLEDQZ'")"
equal "killed: the database is whole" ok "$(rows 'PRAGMA integrity_check')"

# ---- Stop, upgrade, start ----------------------------------------------------------------------------------------------------

check "stop" corbridge stop
contains "stop: the service manager says so, without an error" "$(scm)" "state 1, process 0, exit 0/0"
contains "check: of a stopped service, by a start for that only" "$(corbridge check | note)" "0 failed" "all below is as seen by"
check "check: leaves the service stopped, without an error" wait_until 20 state_is 1
contains "check: leaves the service stopped, without an error" "$(scm)" "exit 0/0"
drop "$work/files/other" DEM77QZ889900_0800.ini
echo '<!-- mine -->' >>"$data/corbridge.xml"
cp "$data/corbridge.xml" "$work/corbridge.xml"

windows "$setup" /S
equal "upgrade of a stopped service (exit code)" 0 $?
contains "upgrade of a stopped service: stays stopped" "$(scm)" "state 1,"
check "upgrade: configuration untouched" cmp "$work/corbridge.xml" "$data/corbridge.xml"
note <"$drive/Program Files/CorBridge/install.log" >/dev/null
check "start" corbridge start
check "what came while it was stopped is taken" wait_until 20 row_is \
    "SELECT count(*) FROM booking WHERE booking_number = '77QZ889900'" 1
windows "$setup" /S
equal "upgrade of a running service (exit code)" 0 $?
contains "upgrade of a running service: runs again" "$(scm)" "state 4,"
equal "upgrade: rows are as before" "34|34" "$(rows "SELECT (SELECT count(*) FROM patient), (SELECT count(*) FROM booking)")"

corbridge stop >/dev/null
rm -f "$data/accepted/corbridge.accepted.xml"
echo '<corbridge>' >"$data/corbridge.xml"
out=$(corbridge start)
equal "start with a refused configuration and no accepted one: exit code 3" 3 $?
contains "start with a refused configuration: service-specific code 20" "$(scm)" "exit 1066/20"
cp "$work/corbridge.xml" "$data/corbridge.xml"
check "start with the mended one" corbridge start
echo '<corbridge>' >"$data/corbridge.xml"
corbridge stop >/dev/null
check "start with a refused configuration: the accepted one serves" corbridge start
cp "$work/corbridge.xml" "$data/corbridge.xml"
corbridge stop >/dev/null

# ---- The live world ----------------------------------------------------------------------------------------------------------

live_rows() { "$CORBRIDGE_SQLITE3" -readonly -cmd '.timeout 5000' "$data/database/corbridge-live.db" "$1" 2>/dev/null; }
live_row_is() { [ "$(live_rows "$1")" = "$2" ]; }
says_live() { corbridge status | grep -q "^feed jms: $1"; }
out=$(corbridge golive jms MAIN --waive "a test")
equal "golive while the service is stopped: it waits (exit code)" 1 $?
contains "golive while the service is stopped: it says so" "$(note <<<"$out")" "is carried out when the service is started"
check "golive: start" corbridge start
check "golive: carried out at the start" wait_until 20 says_live "live since"
equal "golive: recorded in the database, with who and why" "feed|jms|a test facility|MAIN|a test" \
    "$(live_rows "SELECT kind || '|' || name || '|' || waived FROM live_since WHERE windows_user <> '' ORDER BY kind DESC" | tr '\n' ' ' | sed 's/ $//')"
sed 's/55QZ667788/88QZ990011/' "$work/files/dem" >"$work/files/live"
wait_until 20 live_row_is "SELECT count(*) FROM command WHERE answer IS NULL" 0
drop "$work/files/live" DEM88QZ990011_0400.ini
check "live: a booking" wait_until 20 live_row_is "SELECT booking_number FROM booking" 88QZ990011
check "live: its copy is in test" wait_until 20 row_is "SELECT copied_from FROM file WHERE name = 'DEM88QZ990011_0400.ini'" 1
check "live: in the live archive" wait_until 20 one_file "$data/live/archive" '*_DEM88QZ990011_0400.ini'
out=$(corbridge back-to-test jms MAIN --reason "the test is over")
equal "back-to-test (exit code)" 0 $?
contains "back-to-test: says so" "$(note <<<"$out")" "feed jms is back in test" "facility MAIN is back in test"
check "back-to-test: carried out" wait_until 20 says_live "in test"
corbridge stop >/dev/null

# ---- Events ------------------------------------------------------------------------------------------------------------------

events >"$work/events"
equal "events: started, each time" 11 "$(grep -c '^0x40000064' "$work/events")"
equal "events: stopped, each time" 10 "$(grep -c '^0x40000065' "$work/events")"
equal "events: paused and continued" "1 1" "$(grep -c '^0x40000068' "$work/events") $(grep -c '^0x40000069' "$work/events")"
contains "events: the bad file, with feed, ledger number, line and field" "$(grep '^0xc0000190' "$work/events")" $'\tjms\t' "line 6" \
    "BirthDate"
equal "events: went live and back, each thing" "2 2" "$(grep -c '^0x40000320' "$work/events") $(grep -c '^0x40000321' "$work/events")"
contains "events: refused configuration, with its line" "$(grep '^0xc00000c8' "$work/events")" "corbridge.xml:"
all_formatted() {
    local line fields text log
    while IFS= read -r line; do
        IFS=$'\t' read -r -a fields <<<"$line"
        text=$(event_text "${fields[@]}") || { echo "no text for: $line"; return 1; }
        [ -n "$text" ] || { echo "empty text for: $line"; return 1; }
        ! grep -q '%[1-9]' <<<"$text" || { echo "an insert is open: $text"; return 1; }
    done < <(sort -u "$work/events")
}
check "events: FormatMessage makes a text of each from the installed program" all_formatted
text=$(event_text $(grep -m1 '^0xc0000190' "$work/events" | cut -f1) a b c d)
contains "events: the text says what to do" "$text" "A file of feed a (ledger number b)" "What to do: "

# ---- No patient data outside of where it belongs -----------------------------------------------------------------------------

printf '%s\n' "${secrets[@]}" P00012345 333-22-4444 1946-07-22 07/22/1946 DEM12345678 >"$work/secrets"
leak_free() { ! grep -aFn -f "$work/secrets" "$@"; }
check "the search finds them where they belong, in the archive" grep -rqaFf "$work/secrets" "$data/test/archive"
check "no patient value or file name in the log ($(cat "$data"/logs/* | wc -l) lines)" leak_free "$data"/logs/corbridge.log
check "no patient value or file name in $(wc -l <"$work/events") events" leak_free "$trace"
check "no patient value or file name in what the commands and the installer printed" leak_free "$printed"
contains "command lines were seen" "$(cat "$work/command-lines")" "corbridge.exe service --config"
check "no patient value or file name in a command line" leak_free "$work/command-lines"

# ---- Removal -----------------------------------------------------------------------------------------------------------------

check "uninstall: the program is gone" uninstall
contains "uninstall: the service is gone" "$(scm)" "error 1060"
contains "uninstall: the event source is gone" \
    "$(windows reg query 'HKLM\System\CurrentControlSet\Services\EventLog\Application\CorBridge')" "Unable to find"
check "uninstall: database, archive, configuration and logs stay" test -s "$database" -a -s "$data/corbridge.xml" -a -d \
    "$data/test/archive" -a -d "$data/logs"
windows "$setup" /S
equal "installation over data that was kept (exit code)" 0 $?
equal "installation over data that was kept: its rows" 35 "$(rows 'SELECT count(*) FROM booking')"
check "uninstall with data: the program is gone" uninstall /REMOVEDATA
check "uninstall with data: the data folder is gone" gone "$data"
check "uninstall: folders of others stay" test -d "$share" -a -d "$pharmacy"

# Folders with blanks, quoted as PowerShell quotes; a backslash at the end must not swallow a quote.
mkdir -p "$drive/My Share"
windows "$setup" /S '/SHARE=C:\My Share\' '/DATA=C:\Data Folder\' /START=manual
equal "installation with blanks in folders (exit code)" 0 $?
contains "installation with blanks in folders: as told" "$(cat "$drive/Data Folder/corbridge.xml")" 'folder="C:\My Share"' \
    'folder="C:\Data Folder"'
contains "installation, started by hand: not started" "$(scm)" "state 1,"
check "installation, started by hand: starts when told" corbridge start
check "uninstall with data elsewhere" uninstall /REMOVEDATA
check "uninstall with data elsewhere: the data folder is gone" gone "$drive/Data Folder"

summary
