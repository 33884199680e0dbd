/*
 * Every CHECK of every column, asked as another program would: with no setting of ours. A column that takes any value of
 * its type is listed too, so that no new column is forgotten.
 */
#include "tests/unit/database/scene.h"

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>

#define ANY     NULL /* takes every value of its type */
#define INSTANT "'2026-11-23 18:00:00'"
#define LONG(n) "printf('%." #n "c', 'x')"

/* One valid row in each table; what the triggers of other tests guard is opened, so that UPDATE reaches the CHECKs. */
static const char *const rows[] = {
    "INSERT INTO facility VALUES ('VCSO', 'Ventura', 'America/Denver')",
    "INSERT INTO patient (authority, patient_id, last_name, first_name, birth_date, sex) VALUES ('JMS', 'P1', 'DOE', 'JOHN',"
    " '1946-07-22', 'Male')",
    "INSERT INTO booking (patient, authority, booking_number, booking_date, booking_date_given, release_date,"
    " release_date_given, release_origin, released_at) VALUES (1, 'JMS', '1', '2026-11-23T18:00:00.000000Z',"
    " '2026-11-23T11:00:00', '2026-11-23T18:00:00.000000Z', '2026-11-23T11:00:00', 'given', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO file (feed, name, size, created_us, written_us, identity_volume, identity_high, identity_low, sha256,"
    " arrived_at, format, state, in_place, reason, ended_at, stored, put_away_at) VALUES ('jms', 'a.ini', 1, 0, 0, 0, 0, 0,"
    " zeroblob(32), '2026-11-23T18:00:00.000000Z', 'jms-event', 'quarantined', 0, 'faults', '2026-11-23T18:00:00.000000Z', 'x',"
    " '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO message (file, ordinal, kind, state, event_at) VALUES (1, 1, 'location', 'applied',"
    " '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO message_fault (file, ordinal, code, severity) VALUES (1, 1, 'x', 'error')",
    "INSERT INTO message_extra VALUES (1, 1, 'n', 'v')",
    "INSERT INTO file_progress VALUES (1, '2026-11-23T18:00:00.000000Z', 8, 8, 100, 2, 'utf-8', 1, 1, 1, 1, 1, 1, 1)",
    "INSERT INTO roster_run VALUES (1, zeroblob(32), '2026-11-23T18:00:00.000000Z', '2026-11-23T18:00:00.000000Z', 1, 1, 0)",
    "INSERT INTO roster_run_row VALUES (1, 1, 1, 13)",
    "INSERT INTO waiting_event VALUES (1, 'JMS', 'P1', '1', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO waiting_location VALUES (1, 'VCSO', 'H', 'given', 'B', 0)",
    "INSERT INTO waiting_alert VALUES (1, 'HIGHCAL', '2026-11-23T11:00:00', 'U7', '2026-11-23T11:00:00', 'U8', 1)",
    "INSERT INTO change_log VALUES (1, 1, 'patient', 1, 'sex', 'a', 'b')",
    "INSERT INTO location_history (booking, message, event_at) VALUES (1, 1, '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO unmatched_location VALUES ('VCSO', 'H', '', 1)",
    "INSERT INTO photo VALUES (1, zeroblob(32), 'jpeg', 16, 8, 100, '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO patient_photo VALUES (1, 1, 1, 1, '2026-11-23T18:00:00.000000Z', NULL)",
    "INSERT INTO photo_request VALUES (1, 'a.jpg', 'jms', 'a.jpg', 1, NULL, 'waiting', 0, '2026-11-23T18:00:00.000000Z',"
    " '2026-11-23T18:00:00.000000Z', NULL)",
    "INSERT INTO waiting_photo VALUES (1, 'jms', 'a.jpg', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO feed_total (feed) VALUES ('jms')",
    "INSERT INTO provider VALUES ('U7', 'GREY', 'M', '1234567893', 'AG1234563')",
    "INSERT INTO drug VALUES ('00093720198', '1', 'A', '5 MG', 'C1', '4', 'B')",
    "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at, start_at, stop_at,"
    " dose_amount, dose_units, quantity, quantity_units) VALUES ('RX1', 'NW', 1, 1, 'U7', '00093720198',"
    " '2026-11-23T18:00:00Z', '2026-11-23T18:00:00Z', '2026-11-24T18:00:00Z', '1', 'TAB', '30', 'TAB')",
    "INSERT INTO alert_entry (patient, booking, code, date_added, user_id) VALUES (1, 1, 'HIGHCAL', '2026-11-23T18:00:00Z', 'U7')",
    "INSERT INTO alert_entry (removes, date_removed, user_id) VALUES (1, '2026-11-23T18:00:00Z', 'U8')",
    "UPDATE alert SET date_added_given = '2026-11-23T11:00:00', date_removed_given = '2026-11-23T11:00:00', feed = 'jms'",
    "UPDATE alert_event SET state = 'failed', reason = 'x', ended_at = '2026-11-23T18:00:00.000000Z'",
    "INSERT INTO outbox (receiver_kind, receiver, control_id, file_name, bytes, state, created_at, sent_at) VALUES ('pharmacy', 'C', 'T1', 'a.hl7', x'00',"
    " 'sent', '2026-11-23T18:00:00.000000Z', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO command (what, windows_user, created_at, answer, outcome, answered_at) VALUES ('scan', 'u', '2026-11-23T18:00:00.000000Z',"
    " 'looked', 'done', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO live_since VALUES ('feed', 'jms', '2026-11-23T18:00:00.000000Z', 'u', NULL)",
    "INSERT INTO live_copy VALUES ('jms', 'ABCDEF', 7, 3)",
    "INSERT INTO sync_roster VALUES (1, 1, '2026-11-23T18:00:00.000000Z', 1)",
    "INSERT INTO sync_facility VALUES ('jms', 'VCSO', '2026-11-23T18:00:00.000000Z')",
    "INSERT INTO extract VALUES (1, zeroblob(32), 'hold/x')",
    "INSERT INTO released VALUES (1, 1, 1)",
    "INSERT INTO test_only_booking VALUES ('JMS', 'B9', 'VCSO')",
    "INSERT INTO access_log (accessed_at, windows_user, command) VALUES ('2026-11-23T18:00:00.000000Z', 'u', 'show')",
    "DROP TRIGGER database_info_keeps_its_world; DROP TRIGGER patient_keeps_its_id; DROP TRIGGER booking_keeps_its_id;"
    "DROP TRIGGER medication_order_unchanged; DROP TRIGGER outbox_rendered_once; DROP TRIGGER access_log_unchanged;"
    "DROP TRIGGER provider_keeps_its_id; DROP TRIGGER drug_keeps_its_ndc; DROP TRIGGER alert_keeps_its_key;"
    "DROP TRIGGER alert_entry_unchanged",
};

/* A value that the column must refuse, as an SQL expression. Several lines for one column are several ways to be wrong. */
static const struct {
    const char *table, *column, *bad;
} cases[] = {
    {"database_info", "id", "2"},
    {"database_info", "world", "'LIVE'"},
    {"database_info", "control_letters", "'ABCDEW'"},
    {"database_info", "control_letters", "'ABCDE'"},
    {"database_info", "created_at", INSTANT},
    {"database_info", "name_time", "'2026-11-23T18:00:00.000001Z'"},
    {"database_info", "in_use", "2"},
    {"facility", "code", "''"},
    {"facility", "code", LONG(33)},
    {"facility", "name", "''"},
    {"facility", "zone", "''"},
    {"patient", "id", "0"},
    {"patient", "authority", "''"},
    {"patient", "patient_id", LONG(18)},
    {"patient", "patient_id", "''"},
    {"patient", "last_name", "''"},
    {"patient", "last_name", LONG(256)},
    {"patient", "first_name", "''"},
    {"patient", "middle_name", "''"},
    {"patient", "birth_date", "'07/22/1946'"},
    {"patient", "birth_date", "'1946-07-22T00:00:00'"},
    {"patient", "ssn", LONG(12)},
    {"patient", "sex", "'M'"},
    {"patient", "race", "''"},
    {"patient", "height", "9"},
    {"patient", "height", "108"},
    {"patient", "weight", "0"},
    {"patient", "weight", "1401"},
    {"patient", "photo_path", LONG(256)},
    {"patient", "demographics_event_at", INSTANT},
    {"patient", "demographics_arrived_at", INSTANT},
    {"patient", "demographics_file", ANY},
    {"patient", "photo_event_at", INSTANT},
    {"patient", "photo_arrived_at", INSTANT},
    {"patient", "photo_file", ANY},
    {"booking", "id", "0"},
    {"booking", "patient", ANY}, /* a foreign key of our connections */
    {"booking", "authority", "''"},
    {"booking", "booking_number", LONG(33)},
    {"booking", "facility", ANY}, /* likewise */
    {"booking", "housing", LONG(128)},
    {"booking", "bed", LONG(128)},
    {"booking", "block", "''"},
    {"booking", "pod", "''"},
    {"booking", "cell", "''"},
    {"booking", "bunk", "''"},
    {"booking", "agency", LONG(256)},
    {"booking", "booking_date", INSTANT},
    {"booking", "booking_date_given", "'today'"},
    {"booking", "release_date", INSTANT},
    {"booking", "release_date", "NULL"}, /* without its origin */
    {"booking", "release_date_given", "'today'"},
    {"booking", "release_origin", "'guessed'"},
    {"booking", "released_at", INSTANT},
    {"booking", "released_at", "'2026-11-23T18:00:01.000000Z'"}, /* other than release_date */
    {"booking", "booking_event_at", INSTANT},
    {"booking", "booking_arrived_at", INSTANT},
    {"booking", "booking_file", ANY},
    {"booking", "location_event_at", INSTANT},
    {"booking", "location_arrived_at", INSTANT},
    {"booking", "location_file", ANY},
    {"booking", "release_event_at", INSTANT},
    {"booking", "release_arrived_at", INSTANT},
    {"booking", "release_file", ANY},
    {"file", "id", "0"},
    {"file", "feed", "''"},
    {"file", "name", "''"},
    {"file", "size", "-1"},
    {"file", "created_us", ANY},
    {"file", "written_us", ANY},
    {"file", "identity_volume", ANY},
    {"file", "identity_high", ANY},
    {"file", "identity_low", ANY},
    {"file", "sha256", "x'00'"},
    {"file", "sha256", "NULL"}, /* only of what vanished */
    {"file", "arrived_at", INSTANT},
    {"file", "format", "''"},
    {"file", "state", "'waiting'"},
    {"file", "state", "'done'"},    /* with a reason */
    {"file", "state", "'claimed'"}, /* but ended */
    {"file", "in_place", "2"},
    {"file", "in_place", "1"}, /* but put away */
    {"file", "attempt", "-1"},
    {"file", "reason", "''"},
    {"file", "reason", "NULL"}, /* of a quarantined file */
    {"file", "ended_at", INSTANT},
    {"file", "ended_at", "NULL"},
    {"file", "stored", "''"},
    {"file", "put_away_at", INSTANT},
    {"file", "copied_from", "0"},
    {"file", "put_away_at", "NULL"}, /* but stored */
    {"message", "id", "0"},
    {"message", "file", ANY},
    {"message", "ordinal", "0"},
    {"message", "kind", "''"},
    {"message", "state", "'lost'"},
    {"message", "event_at", INSTANT},
    {"message", "patient", ANY},
    {"message", "booking", ANY},
    {"message", "detail", "''"},
    {"message", "ended_at", INSTANT},
    {"message_fault", "file", ANY},
    {"message_fault", "ordinal", "0"},
    {"message_fault", "message", ANY},
    {"message_fault", "code", "''"},
    {"message_fault", "severity", "'fatal'"},
    {"message_fault", "line", "0"},
    {"message_fault", "field", "''"},
    {"message_fault", "expected", "''"},
    {"message_extra", "message", ANY},
    {"message_extra", "ordinal", "0"},
    {"message_extra", "name", ANY},
    {"message_extra", "value", ANY},
    {"file_progress", "file", ANY}, /* a foreign key of our connections */
    {"file_progress", "event_at", INSTANT},
    {"file_progress", "row_count", "-1"},
    {"file_progress", "next_row", "0"},
    {"file_progress", "next_row", "9"}, /* the counts are of the rows before it */
    {"file_progress", "next_offset", "-1"},
    {"file_progress", "next_line", "0"},
    {"file_progress", "encoding", "''"},
    {"file_progress", "applied", "-1"},
    {"file_progress", "unchanged", "2"},
    {"file_progress", "stale", "-1"},
    {"file_progress", "held", "-1"},
    {"file_progress", "waiting", "-1"},
    {"file_progress", "quarantined", "-1"},
    {"file_progress", "test_only", "-1"},
    {"sync_roster", "file", ANY},    /* a foreign key of our connections */
    {"sync_roster", "message", ANY}, /* likewise */
    {"sync_roster", "event_at", INSTANT},
    {"sync_roster", "decided", "2"},
    {"sync_facility", "feed", "''"},
    {"sync_facility", "facility", "''"},
    {"sync_facility", "event_at", INSTANT},
    {"extract", "message", ANY}, /* a foreign key of our connections */
    {"extract", "sha256", "x'00'"},
    {"extract", "stored", "''"},
    {"released", "id", "0"},
    {"released", "after_file", "0"},
    {"released", "message", ANY}, /* likewise */
    {"roster_run", "id", "0"},
    {"roster_run", "digest", "x'00'"},
    {"roster_run", "event_at", INSTANT},
    {"roster_run", "arrived_at", INSTANT},
    {"roster_run", "file", ANY},
    {"roster_run", "row_count", "-1"},
    {"roster_run", "shared", "2"},
    {"roster_run_row", "booking", "0"},
    {"roster_run_row", "patient", ANY},
    {"roster_run_row", "run", ANY},
    {"roster_run_row", "groups", "0"},
    {"waiting_event", "message", ANY}, /* a foreign key of our connections */
    {"waiting_event", "authority", "''"},
    {"waiting_event", "patient_id", LONG(51)},
    {"waiting_event", "booking_number", LONG(33)},
    {"waiting_event", "waits_until", INSTANT},
    {"photo", "id", "0"},
    {"photo", "sha256", "x'00'"},
    {"photo", "kind", "'gif'"},
    {"photo", "width", "0"},
    {"photo", "height", "0"},
    {"photo", "size", "0"},
    {"photo", "stored_at", INSTANT},
    {"patient_photo", "id", "0"},
    {"patient_photo", "patient", ANY}, /* foreign keys of our connections */
    {"patient_photo", "photo", ANY},
    {"patient_photo", "file", ANY},
    {"patient_photo", "since", INSTANT},
    {"patient_photo", "until", INSTANT},
    {"photo_request", "patient", ANY},
    {"photo_request", "path", "''"},
    {"photo_request", "path", LONG(256)},
    {"photo_request", "feed", "''"},
    {"photo_request", "name", LONG(256)},
    {"photo_request", "file", ANY},
    {"photo_request", "beside", ANY},
    {"photo_request", "state", "'lost'"},
    {"photo_request", "state", "'failed'"}, /* but tried again */
    {"photo_request", "attempts", "-1"},
    {"photo_request", "asked_at", INSTANT},
    {"photo_request", "next_at", INSTANT},
    {"photo_request", "next_at", "NULL"}, /* but waiting */
    {"photo_request", "reason", "''"},
    {"waiting_photo", "message", ANY},
    {"waiting_photo", "feed", "''"},
    {"waiting_photo", "name", "''"},
    {"waiting_photo", "waits_until", INSTANT},
    {"waiting_location", "message", ANY}, /* likewise */
    {"waiting_location", "facility", LONG(33)},
    {"waiting_location", "housing", LONG(128)},
    {"waiting_location", "bed_presence", "'unknown'"},
    {"waiting_location", "bed_presence", "'empty'"}, /* with a value */
    {"waiting_location", "bed", LONG(128)},
    {"waiting_location", "bed", "NULL"}, /* but given */
    {"waiting_location", "empty_clears", "2"},
    {"waiting_alert", "message", ANY}, /* likewise */
    {"waiting_alert", "code", LONG(33)},
    {"waiting_alert", "date_added_given", "'today'"},
    {"waiting_alert", "added_by", LONG(65)},
    {"waiting_alert", "date_removed_given", "'today'"},
    {"waiting_alert", "removed_by", "''"},
    {"waiting_alert", "announced", "2"},
    {"change_log", "message", ANY},
    {"change_log", "ordinal", "0"},
    {"change_log", "table_name", "'file'"},
    {"change_log", "row_id", ANY},
    {"change_log", "field", "''"},
    {"change_log", "field", "NULL"}, /* with values */
    {"change_log", "old_value", ANY},
    {"change_log", "new_value", ANY},
    {"location_history", "id", "0"},
    {"location_history", "booking", ANY},
    {"location_history", "message", ANY},
    {"location_history", "facility", ANY}, /* copies of checked columns of booking */
    {"location_history", "housing", ANY},
    {"location_history", "bed", ANY},
    {"location_history", "block", ANY},
    {"location_history", "pod", ANY},
    {"location_history", "cell", ANY},
    {"location_history", "bunk", ANY},
    {"unmatched_location", "facility", "''"},
    {"unmatched_location", "housing", LONG(128)},
    {"unmatched_location", "bed", LONG(128)},
    {"unmatched_location", "file", ANY},
    {"location_history", "event_at", INSTANT},
    {"feed_total", "feed", "''"},
    {"feed_total", "done", "-1"},
    {"feed_total", "quarantined", "-1"},
    {"feed_total", "vanished", "-1"},
    {"feed_total", "applied", "-1"},
    {"feed_total", "duplicate", "-1"},
    {"feed_total", "open_messages", "-1"},
    {"feed_total", "identity_changes", "-1"},
    {"feed_total", "last_identity_change", ANY},
    {"feed_total", "last_file", ANY},
    {"feed_total", "last_arrived_at", INSTANT},
    {"provider", "provider_id", "''"},
    {"provider", "last_name", "''"},
    {"provider", "first_name", "''"},
    {"provider", "npi", "'123456789'"},
    {"provider", "npi", "'12345678 3'"},
    {"provider", "dea", "'A1234563'"},
    {"provider", "dea", "'AG12345630'"},
    {"drug", "ndc", "'0009372019'"},
    {"drug", "ndc", "'00093-720198'"},
    {"drug", "ndc", "'0009372019A'"},
    {"drug", "rxnorm", "'A'"},
    {"drug", "name", "''"},
    {"drug", "strength", "''"},
    {"drug", "dosage_form", "''"},
    {"drug", "schedule", "'1'"},
    {"drug", "container_type", "''"},
    {"medication_order", "id", "0"},
    {"medication_order", "placer_number", "''"},
    {"medication_order", "placer_number", LONG(23)},
    {"medication_order", "order_control", "'SN'"},
    {"medication_order", "replaces", ANY},
    {"medication_order", "patient", ANY}, /* the trigger asks */
    {"medication_order", "booking", ANY},
    {"medication_order", "provider", ANY},
    {"medication_order", "ndc", ANY},
    {"medication_order", "pharmacy", "''"},
    {"medication_order", "ordered_at", INSTANT},
    {"medication_order", "ordered_at", "'2026-11-23'"},
    {"medication_order", "ordered_at", "'2026-11-23T18:00Z'"},
    {"medication_order", "ordered_at", "'2026-11-23T18:00:00'"},
    {"medication_order", "ordered_at", "'2026-11-23T18:00:00+01:00'"},
    {"medication_order", "ordered_at", "'2026-02-30T18:00:00Z'"},
    {"medication_order", "ordered_at", "'2026-11-23T24:00:00Z'"},
    {"medication_order", "ordered_at", "'2026-11-23T18:00:00.12Z'"},
    {"medication_order", "ordered_at", "'now'"},
    {"medication_order", "start_at", "'2026-11-31T18:00:00Z'"},
    {"medication_order", "start_at", "'2026-11-24T18:00:01Z'"}, /* after stop_at */
    {"medication_order", "stop_at", "'tomorrow'"},
    {"medication_order", "stop_at", "'2026-11-23T17:59:59Z'"},
    {"medication_order", "dose_amount", "''"},
    {"medication_order", "dose_amount", "'.5'"},
    {"medication_order", "dose_amount", "'5.'"},
    {"medication_order", "dose_amount", "'1.2.3'"},
    {"medication_order", "dose_amount", "'-1'"},
    {"medication_order", "dose_amount", "'1e3'"},
    {"medication_order", "dose_amount", "'1,5'"},
    {"medication_order", "dose_amount", "'123456789012345678901'"},
    {"medication_order", "dose_units", "''"},
    {"medication_order", "route", "''"},
    {"medication_order", "frequency", "'twice daily'"},
    {"medication_order", "frequency", LONG(21)},
    {"medication_order", "as_needed", "2"},
    {"medication_order", "keep_on_person", "-1"},
    {"medication_order", "instructions", LONG(1001)},
    {"medication_order", "indication", LONG(251)},
    {"medication_order", "quantity", "'many'"},
    {"medication_order", "quantity", "NULL"}, /* with units */
    {"medication_order", "quantity_units", "''"},
    {"medication_order", "quantity_units", "NULL"},
    {"medication_order", "refills", "100"},
    {"medication_order", "refills", "-1"},
    {"medication_order", "days_supply", "0"},
    {"medication_order", "substitution_allowed", "2"},
    {"medication_order", "note", "''"},
    {"order_event", "id", "0"},
    {"order_event", "order_row", ANY},
    {"order_event", "placer_number", ANY}, /* a copy */
    {"order_event", "place", ANY},
    {"order_event", "state", "'lost'"},
    {"order_event", "state", "'rendered'"}, /* without ended_at */
    {"order_event", "reason", "''"},
    {"order_event", "created_at", INSTANT},
    {"order_event", "ended_at", INSTANT},
    {"alert", "id", "0"},
    {"alert", "patient", ANY}, /* foreign keys of our connections */
    {"alert", "booking", ANY},
    {"alert", "code", "''"},
    {"alert", "code", LONG(33)},
    {"alert", "date_added", INSTANT},
    {"alert", "date_added_given", "'today'"},
    {"alert", "added_by", "''"},
    {"alert", "date_removed", INSTANT},
    {"alert", "date_removed", "NULL"}, /* with who removed it */
    {"alert", "date_removed_given", "'today'"},
    {"alert", "removed_by", LONG(65)},
    {"alert", "feed", "''"},
    {"alert", "alert_event_at", INSTANT},
    {"alert", "alert_arrived_at", INSTANT},
    {"alert", "alert_file", ANY},
    {"alert_entry", "id", "0"},
    {"alert_entry", "removes", "1"}, /* with what sets one */
    {"alert_entry", "patient", "NULL"},
    {"alert_entry", "booking", "NULL"},
    {"alert_entry", "code", "''"},
    {"alert_entry", "code", LONG(33)},
    {"alert_entry", "date_added", INSTANT},
    {"alert_entry", "date_added", "'2026-02-30T18:00:00Z'"},
    {"alert_entry", "date_added", "'2026-11-23T18:00:00.001Z'"},
    {"alert_entry", "date_removed", INSTANT},
    {"alert_entry", "date_removed", "'2026-02-30T18:00:00Z'"},
    {"alert_entry", "user_id", "''"},
    {"alert_entry", "user_id", LONG(65)},
    {"alert_event", "id", "0"},
    {"alert_event", "alert", ANY},
    {"alert_event", "entry", "NULL"}, /* and no file */
    {"alert_event", "file", "1"},     /* and an entry */
    {"alert_event", "change", "'changed'"},
    {"alert_event", "state", "'lost'"},
    {"alert_event", "state", "'new'"}, /* but ended */
    {"alert_event", "reason", "''"},
    {"alert_event", "reason", "NULL"}, /* but failed */
    {"alert_event", "created_at", INSTANT},
    {"alert_event", "ended_at", INSTANT},
    {"outbox", "id", "0"},
    {"outbox", "order_event", ANY},
    {"outbox", "alert_event", ANY},
    {"outbox", "receiver_kind", "'facility'"},
    {"outbox", "receiver", "''"},
    {"outbox", "control_id", LONG(21)},
    {"outbox", "file_name", "''"},
    {"outbox", "bytes", "x''"},
    {"outbox", "state", "'lost'"},
    {"outbox", "created_at", INSTANT},
    {"outbox", "sent_at", INSTANT},
    {"outbox", "sent_at", "NULL"}, /* but sent */
    {"command", "id", "0"},
    {"command", "what", "''"},
    {"command", "number", "0"},
    {"command", "subject", "''"},
    {"command", "argument", "''"},
    {"command", "windows_user", "''"},
    {"command", "created_at", INSTANT},
    {"command", "answer", "''"},
    {"command", "answer", "NULL"},
    {"command", "outcome", "'lost'"},
    {"command", "outcome", "NULL"}, /* but answered */
    {"command", "answered_at", INSTANT},
    {"live_since", "kind", "'person'"},
    {"live_since", "name", "''"},
    {"live_since", "since", INSTANT},
    {"live_since", "windows_user", "''"},
    {"live_since", "waived", "''"},
    {"test_only_booking", "authority", "''"},
    {"test_only_booking", "booking_number", "''"},
    {"test_only_booking", "facility", "''"},
    {"live_copy", "feed", "''"},
    {"live_copy", "letters", "'ABCDE'"},
    {"live_copy", "up_to", "-1"},
    {"live_copy", "released_up_to", "-1"},
    {"access_log", "id", "0"},
    {"access_log", "accessed_at", INSTANT},
    {"access_log", "windows_user", "''"},
    {"access_log", "command", "''"},
    {"access_log", "number", "0"},
};

static int setup(void **state)
{
    (void)scene_setup(state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        scene_execute(*state, rows[i]);
    return 0;
}

static void every_check_refuses(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].bad == ANY)
            continue;
        char sql[512];
        (void)snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s", cases[i].table, cases[i].column,
                       cases[i].bad);
        scene_refused(scene, sql, "CHECK constraint failed");
        /* The row is there: what was refused was its new value. */
        (void)snprintf(sql, sizeof sql, "SELECT count(*) > 0 FROM %s", cases[i].table);
        assert_value(scene, sql, "1");
    }
}

static void every_column_is_asked(void **state)
{
    struct scene *scene = *state;
    scene_execute(scene, "CREATE TEMP TABLE asked (table_name, column_name)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "INSERT INTO asked VALUES ('%s', '%s')", cases[i].table,
                       cases[i].column);
        scene_execute(scene, sql);
    }
    assert_value(
        scene,
        "SELECT s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table'"
        " AND s.name NOT LIKE 'sqlite_%' AND (s.name, c.name) NOT IN (SELECT * FROM asked)",
        "(none)");
}

static void every_table_is_strict(void **state)
{
    struct scene *scene = *state;
    assert_value(
        scene,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND NOT strict",
        "(none)");
    scene_refused(scene, "UPDATE patient SET height = 'tall'", "cannot store TEXT value in INTEGER column");
    scene_refused(scene, "UPDATE medication_order SET ordered_at = x'00'",
                  "cannot store BLOB value in TEXT column");
}

static void keys_are_unique(void **state)
{
    struct scene *scene = *state;
    scene_refused(scene, rows[1], "UNIQUE constraint failed: patient.authority, patient.patient_id");
    scene_refused(scene, rows[2], "UNIQUE constraint failed: booking.authority, booking.booking_number");
    scene_refused(scene, rows[4], "UNIQUE constraint failed: message.file, message.ordinal");
    scene_refused(scene,
                  "INSERT INTO order_event (order_row, placer_number, created_at) VALUES (1, 'RX1',"
                  " '2026-11-23T18:00:00.000000Z')",
                  "UNIQUE constraint failed: order_event.order_row");
}

/* What CHECKs and triggers call must be there in SQLite 3.37: nothing newer may come in. */
static void only_functions_of_old_are_used(void **state)
{
    struct scene *scene = *state;
    static const char *const newer[] = {"unixepoch", "timediff",   "octet_length", "concat",
                                        "unhex",     "string_agg", "->",           "json",
                                        "format(",   "iif",        "IS DISTINCT",  "unistr"};
    for (size_t i = 0; i < sizeof newer / sizeof newer[0]; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "SELECT name FROM sqlite_schema WHERE instr(sql, '%s') > 0",
                       newer[i]);
        assert_value(scene, sql, "(none)");
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(every_check_refuses),
        IN_SCENE(every_column_is_asked),
        IN_SCENE(every_table_is_strict),
        IN_SCENE(keys_are_unique),
        IN_SCENE(only_functions_of_old_are_used),
    };
    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
