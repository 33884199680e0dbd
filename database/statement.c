#include "database/statement.h"

/* Column lists that a SELECT, an INSERT and the enums of patient.h and booking.h share, in one order. */
#define PATIENT_COLUMNS                                                                                      \
    "last_name, first_name, middle_name, birth_date, ssn, sex, race, height, weight, photo_path"
#define BOOKING_COLUMNS                                                                                        \
    "facility, housing, bed, block, pod, cell, bunk, agency, booking_date, booking_date_given, release_date, " \
    "release_date_given, release_origin, released_at"

#define PROGRESS_COLUMNS                                                                                     \
    "event_at, row_count, next_row, next_offset, next_line, encoding, applied, unchanged, stale, held, "     \
    "waiting, quarantined, test_only"

/* What last stated a group, as apply_is_older reads it. */
#define REMEMBERED(group) #group "_event_at, " #group "_arrived_at, " #group "_file"

/* The three columns by which a group remembers what last stated it; NULL parameters leave them. */
#define STAMP(group)                                                                                         \
#group "_event_at = coalesce(?, " #group "_event_at), " #group "_arrived_at = coalesce(?, " #group       \
           "_arrived_at), " #group "_file = coalesce(?, " #group "_file)"

/* A held message with what is needed to read it again; held.c reads the columns in this order. */
#define HELD_COLUMNS                                                                                         \
    "m.id, m.file, m.ordinal, m.kind, m.detail, m.event_at, f.feed, f.name, f.format, f.arrived_at,"         \
    " f.in_place, f.copied_from, f.size, e.message IS NOT NULL, coalesce(e.sha256, f.sha256),"               \
    " iif(e.message IS NULL, f.stored, e.stored), p.encoding, m.patient, m.booking,"                         \
    " EXISTS (SELECT 1 FROM sync_roster s WHERE s.file = m.file AND s.message = m.id AND s.decided = 1)"
#define HELD_TABLES                                                                                          \
    " FROM message m JOIN file f ON f.id = m.file LEFT JOIN extract e ON e.message = m.id"                   \
    " LEFT JOIN file_progress p ON p.file = f.id"

/* Whether all that is known of a booking is older than an instant (RULES "Rosters"): what stands with it, and what a run has said of it since
 * (roster_run.h). */
#define SYNC_OLDER(parameter)                                                                                \
    "(coalesce(booking_event_at, '') < " #parameter " AND coalesce(location_event_at, '') < " #parameter     \
    " AND coalesce(release_event_at, '') < " #parameter                                                      \
    " AND NOT EXISTS (SELECT 1 FROM roster_run_row r JOIN roster_run u ON u.id = r.run"                      \
    " WHERE r.booking = booking.id AND r.groups & 28 <> 0 AND u.event_at >= " #parameter "))"

#define OUTBOX_COLUMNS                                                                                       \
    "id, order_event, alert_event, receiver_kind, receiver, control_id, file_name, bytes, state, created_at"

/* What an alert_entry and a line of a feed can change of an alert. */
#define ALERT_COLUMNS "added_by, date_removed, date_removed_given, removed_by"

/* A line of a list (list.c); p is how far a file of many messages is, m the message where the line is one. */
#define LIST_ROWS(states)                                                                                    \
    " CASE WHEN p.file IS NOT NULL AND m.id IS NULL THEN (SELECT count(*) FROM message o"                    \
    " WHERE o.state <> 'applied' AND o.state <> 'duplicate' AND o.state IN (" states ")"                     \
    " AND o.file = f.id) ELSE 0 END"
#define LIST_COLUMNS                                                                                         \
    "SELECT f.id, f.feed, f.arrived_at, f.format, f.state, f.reason, p.row_count, p.next_row - 1,"           \
    " m.ordinal, m.kind, m.state, m.detail, (SELECT e.code FROM message_fault e WHERE e.message = m.id"      \
    " AND e.severity = 'error' ORDER BY e.file, e.ordinal LIMIT 1)," LIST_ROWS(                              \
        "'held', 'unmatched', 'waiting'") "," LIST_ROWS("'quarantined'")
#define LIST_PROGRESS " LEFT JOIN file_progress p ON p.file = f.id"
/* The first six parameters of every list: feed, arrived not before, arrived before, cause, limit, state. */
#define LIST_FITS                                                                                            \
    " AND f.arrived_at >= ?2 AND f.arrived_at < ?3 AND (?4 IS NULL OR f.reason = ?4"                         \
    " OR instr(lower(m.detail), lower(?4)) > 0 OR EXISTS (SELECT 1 FROM message_fault e"                     \
    " WHERE e.message = m.id AND e.severity = 'error' AND e.code = ?4))"
/* The messages about a person, or about a booking, by the sender's number under any authority: each authority is found by one step in
 * the index that begins with it. */
#define AUTHORITIES_OF(table)                                                                                \
#table "_authority (name) AS (SELECT min(authority) FROM " #table                                        \
           " UNION ALL SELECT (SELECT min(authority) FROM " #table " WHERE authority > name) FROM " #table   \
           "_authority WHERE name IS NOT NULL)"
#define NUMBERED(table, number)                                                                              \
#table "_authority a CROSS JOIN " #table " x ON x.authority = a.name AND x." #number " = ?7"
#define WAITING_OF(number) " UNION SELECT message FROM waiting_event WHERE " #number " = ?7) "
#define LIST_FOUND                                                                                              \
    LIST_COLUMNS                                                                                                \
    " FROM found CROSS JOIN message m ON m.id = found.message CROSS JOIN file f ON f.id = m.file" LIST_PROGRESS \
    " WHERE (?1 IS NULL OR f.feed = ?1) AND (?6 IS NULL OR m.state = ?6 OR f.state = ?6)" LIST_FITS             \
    " ORDER BY m.file DESC, m.ordinal DESC LIMIT ?5"

/* b is the booking it is about, o whose that is now. */
#define VIEW_MESSAGE                                                                                         \
    "SELECT m.id, m.ordinal, m.kind, m.state, m.event_at, m.detail, m.ended_at, m.patient, m.booking,"       \
    " coalesce(p.patient_id, w.patient_id), coalesce(b.booking_number, w.booking_number), w.waits_until,"    \
    " e.stored, p.last_name, p.first_name, p.birth_date, o.patient_id, o.last_name, o.first_name,"           \
    " o.birth_date FROM message m LEFT JOIN patient p ON p.id = m.patient"                                   \
    " LEFT JOIN booking b ON b.id = m.booking LEFT JOIN patient o ON o.id = b.patient"                       \
    " LEFT JOIN waiting_event w ON w.message = m.id LEFT JOIN extract e ON e.message = m.id"

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_SAVEPOINT] = "SAVEPOINT message",
    [STATEMENT_SAVEPOINT_RELEASE] = "RELEASE message",
    [STATEMENT_SAVEPOINT_ROLLBACK] = "ROLLBACK TO message",
    [STATEMENT_DATA_VERSION] = "PRAGMA data_version",

    [STATEMENT_FACILITY_STANDS] = "SELECT 1 FROM facility WHERE code = ? AND name = ? AND zone = ?",
    [STATEMENT_FACILITY_PUT] = "INSERT INTO facility (code, name, zone) VALUES (?, ?, ?)"
                               " ON CONFLICT (code) DO UPDATE SET name = excluded.name, zone = excluded.zone"
                               " WHERE name <> excluded.name OR zone <> excluded.zone",
    [STATEMENT_PATIENT_FIND] = "SELECT id, " PATIENT_COLUMNS ", " REMEMBERED(demographics) ", " REMEMBERED(
        photo) " FROM patient WHERE authority = ? AND patient_id = ?",
    [STATEMENT_PATIENT_INSERT] = "INSERT INTO patient (authority, patient_id, " PATIENT_COLUMNS ","
                                 " demographics_event_at, demographics_arrived_at, demographics_file,"
                                 " photo_event_at, photo_arrived_at, photo_file)"
                                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_PATIENT_UPDATE] =
        "UPDATE patient SET last_name = ?, first_name = ?, middle_name = ?, birth_date = ?, ssn = ?, sex = ?,"
        " race = ?, height = ?, weight = ?, photo_path = ?, " STAMP(demographics) ", " STAMP(
            photo) " WHERE id = ?",
    [STATEMENT_PATIENT_STAMP] = "UPDATE patient SET " STAMP(demographics) ", " STAMP(photo) " WHERE id = ?",
    [STATEMENT_BOOKING_FIND] =
        "SELECT id, patient, " BOOKING_COLUMNS ", " REMEMBERED(booking) ", " REMEMBERED(
            location) ", " REMEMBERED(release) " FROM booking WHERE authority = ? AND booking_number = ?",
    [STATEMENT_BOOKING_INSERT] =
        "INSERT INTO booking (patient, authority, booking_number, " BOOKING_COLUMNS ","
        " booking_event_at, booking_arrived_at, booking_file,"
        " location_event_at, location_arrived_at, location_file,"
        " release_event_at, release_arrived_at, release_file)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_BOOKING_UPDATE] =
        "UPDATE booking SET facility = ?, housing = ?, bed = ?, block = ?, pod = ?, cell = ?, bunk = ?, agency = ?,"
        " booking_date = ?, booking_date_given = ?, release_date = ?, release_date_given = ?,"
        " release_origin = ?, released_at = ?, " STAMP(booking) ", " STAMP(location) ", " STAMP(
            release) " WHERE id = ?",
    [STATEMENT_BOOKING_STAMP] =
        "UPDATE booking SET " STAMP(booking) ", " STAMP(location) ", " STAMP(release) " WHERE id = ?",
    [STATEMENT_BOOKING_HAND_OVER] = "UPDATE booking SET patient = ? WHERE id = ?",
    [STATEMENT_BOOKING_OPEN_BESIDE] =
        "SELECT 1 FROM booking WHERE patient = ? AND released_at IS NULL AND id <> ? LIMIT 1",
    [STATEMENT_BOOKING_EARLIER] = "SELECT id, release_date, " REMEMBERED(
        release) " FROM booking WHERE patient = ?1 AND released_at IS NULL AND id <> ?2 AND booking_date <= ?3"
                 " AND (release_date IS NULL OR release_date > ?3) ORDER BY booking_date, id LIMIT ?4",
    [STATEMENT_BOOKING_CLOSE] =
        "UPDATE booking SET release_date = ?, release_date_given = ?, release_origin = 'next-booking',"
        " released_at = ?, " STAMP(release) " WHERE id = ?",
    [STATEMENT_LOCATION_INSERT] =
        "INSERT INTO location_history (booking, message, facility, housing, bed, block, pod, cell, bunk, event_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_LOCATION_UNMATCHED] =
        "INSERT INTO unmatched_location (facility, housing, bed, file) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (facility, housing, bed) DO NOTHING",
    [STATEMENT_CHANGE_INSERT] =
        "INSERT INTO change_log (message, ordinal, table_name, row_id, field, old_value, new_value)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",

    [STATEMENT_FILE_CLAIM] =
        "INSERT INTO file (feed, name, size, created_us, written_us, identity_volume, identity_high,"
        " identity_low, arrived_at, format, sha256, copied_from, state, in_place)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'claimed', 1)",
    [STATEMENT_FILE_VANISHED_UNCLAIMED] =
        "INSERT INTO file (feed, name, size, created_us, written_us, identity_volume, identity_high,"
        " identity_low, arrived_at, format, state, in_place, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'vanished', 0, ?)",
    [STATEMENT_FILE_COUNT_ATTEMPT] =
        "UPDATE file SET attempt = attempt + 1 WHERE id = ? AND state = 'claimed' RETURNING attempt",
    [STATEMENT_FILE_END] =
        "UPDATE file SET state = ?, reason = ?, ended_at = ? WHERE id = ? AND state = 'claimed'",
    [STATEMENT_FILE_VANISH] =
        "UPDATE file SET state = 'vanished', in_place = 0, ended_at = ? WHERE id = ? AND state = 'claimed'",
    [STATEMENT_FILE_PUT_AWAY] = "UPDATE file SET in_place = 0, stored = ?, put_away_at = ?"
                                " WHERE id = ? AND in_place = 1 AND state IN ('done', 'quarantined')",
    [STATEMENT_FILE_UNFINISHED] =
        "SELECT id, name, size, created_us, written_us, identity_volume, identity_high, identity_low, sha256,"
        " arrived_at, format, state, attempt FROM file WHERE feed = ? AND in_place = 1 AND copied_from IS NULL"
        " ORDER BY id",
    /* A message that is held or was set aside has changed nothing so far. Rows of a roster that bring nothing new leave no message, but
     * they too say what is still so. */
    [STATEMENT_FILE_COPIES] =
        "SELECT id, name, size, created_us, written_us, identity_volume, identity_high, identity_low, sha256,"
        " arrived_at, format, state, attempt, in_place, state = 'done' AND EXISTS (SELECT 1 FROM message m"
        " WHERE m.file = f.id AND m.state IN ('applied', 'duplicate', 'stale', 'superseded', 'test-only',"
        " 'waiting') UNION ALL SELECT 1 FROM file_progress p WHERE p.file = f.id AND p.unchanged > 0), stored,"
        " EXISTS (SELECT 1 FROM message m WHERE m.file = f.id AND m.state = 'test-only')"
        " FROM file f WHERE feed = ? AND id > ? AND id <= ? AND state <> 'vanished' ORDER BY id LIMIT ?",
    [STATEMENT_FILE_TWO_COPIES] =
        "SELECT (SELECT copied_from FROM file WHERE id = ?), (SELECT copied_from FROM file WHERE id = ?)",
    [STATEMENT_FILE_OUTCOME] =
        "SELECT f.reason, m.state, m.detail FROM file f LEFT JOIN message m ON m.file = f.id"
        " WHERE f.id = ? ORDER BY m.state NOT IN ('held', 'waiting'), m.ordinal LIMIT 1",
    [STATEMENT_FILE_FAULTS] =
        "SELECT code, severity, line, field, expected FROM message_fault WHERE file = ? ORDER BY ordinal",
    [STATEMENT_FEED_ARRIVED] =
        "INSERT INTO feed_total (feed, vanished, last_file, last_arrived_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (feed) DO UPDATE SET vanished = vanished + excluded.vanished,"
        " last_file = excluded.last_file, last_arrived_at = excluded.last_arrived_at",
    [STATEMENT_FEED_FILE_ENDED] =
        "UPDATE feed_total SET done = done + ?, quarantined = quarantined + ?, vanished = vanished + ?"
        " WHERE feed = (SELECT feed FROM file WHERE id = ?)",
    [STATEMENT_FEED_MESSAGE] =
        "UPDATE feed_total SET applied = applied + ?, duplicate = duplicate + ?,"
        " open_messages = open_messages + ? WHERE feed = (SELECT feed FROM file WHERE id = ?)",
    [STATEMENT_FEED_IDENTITY] =
        "UPDATE feed_total SET identity_changes = identity_changes + 1, last_identity_change = ?1"
        " WHERE feed = (SELECT feed FROM file WHERE id = ?1)",
    [STATEMENT_FEED_COUNTS] =
        "SELECT t.feed,"
        " (SELECT count(*) FROM file f WHERE f.feed = t.feed AND f.in_place = 1 AND f.state = 'claimed'),"
        " (SELECT count(*) FROM file f WHERE f.feed = t.feed AND f.in_place = 1 AND f.state <> 'claimed'),"
        " t.done, t.quarantined, t.vanished, t.applied, t.duplicate, t.open_messages, t.last_arrived_at,"
        " t.last_file, t.identity_changes, t.last_identity_change FROM feed_total t ORDER BY t.feed",
    [STATEMENT_MESSAGE_INSERT] =
        "INSERT INTO message (file, ordinal, kind, state, event_at, patient, booking, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_MESSAGE_NEXT_ORDINAL] =
        "SELECT max(coalesce((SELECT max(ordinal) + 1 FROM message WHERE file = ?), 1),"
        " coalesce((SELECT next_row FROM file_progress WHERE file = ?), 1))",
    [STATEMENT_MESSAGE_STATE] = "SELECT state, file FROM message WHERE id = ?",
    [STATEMENT_MESSAGE_END] =
        "UPDATE message SET state = ?, patient = ?, booking = ?, detail = ?, ended_at = ? WHERE id = ?",
    [STATEMENT_FAULT_INSERT] =
        "INSERT INTO message_fault (file, ordinal, message, code, severity, line, field, expected)"
        " VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM message_fault WHERE file = ?1),"
        " ?2, ?3, ?4, ?5, ?6, ?7)",
    [STATEMENT_EXTRA_INSERT] =
        "INSERT INTO message_extra (message, ordinal, name, value)"
        " VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM message_extra WHERE message = ?1), ?2, ?3)",

    [STATEMENT_PROGRESS_FIND] = "SELECT " PROGRESS_COLUMNS " FROM file_progress WHERE file = ?",
    [STATEMENT_PROGRESS_KEEP] =
        "INSERT INTO file_progress (" PROGRESS_COLUMNS
        ", file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (file) DO UPDATE SET next_row = excluded.next_row, next_offset = excluded.next_offset,"
        " next_line = excluded.next_line, applied = excluded.applied, unchanged = excluded.unchanged,"
        " stale = excluded.stale, held = excluded.held, waiting = excluded.waiting,"
        " quarantined = excluded.quarantined, test_only = excluded.test_only",
    [STATEMENT_PROGRESS_CAME_ON] = "UPDATE file SET attempt = 0 WHERE id = ? AND attempt > 0",
    [STATEMENT_PROGRESS_UNCHANGED] = "UPDATE feed_total SET duplicate = duplicate + ?"
                                     " WHERE feed = (SELECT feed FROM file WHERE id = ?)",
    [STATEMENT_COPY_CLAIMED] =
        "SELECT id, sha256 FROM file WHERE feed = ? AND in_place = 1 AND state = 'claimed' AND copied_from = ?"
        " ORDER BY id LIMIT 1",

    [STATEMENT_RUN_FIND] = "SELECT id, shared, event_at, arrived_at, file FROM roster_run"
                           " WHERE digest = ? LIMIT 1",
    [STATEMENT_RUN_AGAIN] = "UPDATE roster_run SET event_at = ?, arrived_at = ?, file = ? WHERE id = ?",
    [STATEMENT_RUN_FILES] =
        "SELECT event_at, arrived_at, file FROM roster_run WHERE file > ? ORDER BY file LIMIT 1",
    [STATEMENT_RUN_INSERT] =
        "INSERT INTO roster_run (digest, event_at, arrived_at, file, row_count, shared) VALUES (?, ?, ?, ?, ?, 0)",
    [STATEMENT_RUN_ROW_INSERT] =
        "INSERT INTO roster_run_row (booking, patient, run, groups) VALUES (?, ?, ?, ?)",
    [STATEMENT_RUN_SHARE] = "UPDATE roster_run SET shared = 1 WHERE shared = 0 AND id IN"
                            " (SELECT run FROM roster_run_row WHERE patient = ?)",
    [STATEMENT_RUN_ROWS_OF] = "SELECT r.booking, r.run, r.groups, u.event_at, u.arrived_at, u.file"
                              " FROM roster_run_row r JOIN roster_run u ON u.id = r.run WHERE r.patient = ?",
    [STATEMENT_RUN_PATIENT_STATED] =
        "SELECT " REMEMBERED(demographics) ", " REMEMBERED(photo) " FROM patient WHERE id = ?",
    [STATEMENT_RUN_BOOKING_STATED] = "SELECT " REMEMBERED(booking) ", " REMEMBERED(location) ", " REMEMBERED(
        release) " FROM booking WHERE id = ?",
    [STATEMENT_RUN_ROW_REMOVE] = "DELETE FROM roster_run_row WHERE booking = ?",
    [STATEMENT_RUN_BREAK] = "UPDATE roster_run SET digest = NULL, row_count = row_count - 1 WHERE id = ?",
    [STATEMENT_RUN_REMOVE] = "DELETE FROM roster_run WHERE id = ? AND row_count = 0",

    [STATEMENT_WAITING_INSERT] =
        "INSERT INTO waiting_event (message, authority, patient_id, booking_number, waits_until)"
        " VALUES (?, ?, ?, ?, ?)",
    [STATEMENT_WAITING_INSERT_LOCATION] =
        "INSERT INTO waiting_location (message, facility, housing, bed_presence, bed, empty_clears)"
        " VALUES (?, ?, ?, ?, ?, ?)",
    [STATEMENT_WAITING_INSERT_ALERT] =
        "INSERT INTO waiting_alert (message, code, date_added_given, added_by, date_removed_given, removed_by,"
        " announced) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_WAITING_ANY] =
        "SELECT 1 FROM waiting_event WHERE authority = ? AND booking_number = ? LIMIT 1",
    [STATEMENT_WAITING_NEXT] =
        "SELECT w.message, m.file, m.ordinal, m.event_at, f.arrived_at, w.patient_id, f.feed,"
        " a.message IS NOT NULL, l.facility, l.housing, l.bed_presence, l.bed, l.empty_clears,"
        " a.code, a.date_added_given, a.added_by, a.date_removed_given, a.removed_by, a.announced"
        " FROM waiting_event w JOIN message m ON m.id = w.message JOIN file f ON f.id = m.file"
        " LEFT JOIN waiting_location l ON l.message = w.message"
        " LEFT JOIN waiting_alert a ON a.message = w.message"
        " WHERE w.authority = ? AND w.booking_number = ? ORDER BY m.file, m.ordinal LIMIT 1",
    [STATEMENT_WAITING_REMOVE] = "DELETE FROM waiting_event WHERE message = ?",
    [STATEMENT_PHOTO_REQUEST_STANDS] =
        "SELECT 1 FROM photo_request WHERE patient = ? AND path = ? AND state <> 'failed'",
    [STATEMENT_PHOTO_REQUEST_PUT] =
        "INSERT INTO photo_request (patient, path, name, file, feed, state, attempts, asked_at, next_at)"
        " SELECT ?1, ?2, ?3, f.id, f.feed, 'waiting', 0, ?5, ?5 FROM file f WHERE f.id = ?4 ON CONFLICT (patient)"
        " DO UPDATE SET path = excluded.path, name = excluded.name, file = excluded.file, feed = excluded.feed,"
        " beside = iif(path = excluded.path, beside, NULL), state = 'waiting', attempts = 0,"
        " asked_at = excluded.asked_at, next_at = excluded.next_at, reason = NULL",
    [STATEMENT_PHOTO_REQUEST_REMOVE] = "DELETE FROM photo_request WHERE patient = ?",
    /* But for patients whose photo it is already. */
    [STATEMENT_PHOTO_REQUEST_BESIDE] =
        "UPDATE photo_request SET beside = f.id, state = 'waiting', attempts = 0, asked_at = ?4, next_at = ?4,"
        " reason = NULL FROM file f WHERE f.id = ?1 AND photo_request.feed = ?2 AND photo_request.name = ?3"
        " AND NOT (photo_request.state = 'fetched' AND EXISTS (SELECT 1 FROM patient_photo o JOIN photo p ON p.id = o.photo"
        " WHERE o.patient = photo_request.patient AND o.until IS NULL AND p.sha256 = f.sha256))",
    [STATEMENT_PHOTO_REQUEST_OF_NAME] =
        "SELECT count(*), min(patient) FROM photo_request WHERE feed = ? AND name = ?",
    [STATEMENT_PHOTO_REQUEST_FETCHED] =
        "UPDATE photo_request SET state = 'fetched', next_at = NULL, reason = NULL"
        " WHERE patient = ? AND path = ? AND beside IS ? AND state = 'waiting'",
    [STATEMENT_PHOTO_REQUEST_NOT_FETCHED] =
        "UPDATE photo_request SET state = ?, next_at = ?, reason = ?, attempts = attempts + ?"
        " WHERE patient = ? AND path = ? AND beside IS ? AND state = 'waiting'",
    [STATEMENT_PHOTO_REQUESTS_DUE] =
        "SELECT r.patient, p.authority, p.patient_id, r.path, r.feed, r.file, f.copied_from, r.beside,"
        " b.copied_from, b.stored, r.attempts, r.asked_at FROM photo_request r"
        " JOIN patient p ON p.id = r.patient JOIN file f ON f.id = r.file LEFT JOIN file b ON b.id = r.beside"
        " WHERE r.next_at <= ? ORDER BY r.next_at LIMIT ?",
    [STATEMENT_PHOTO_REQUEST_NEXT] = "SELECT min(next_at) FROM photo_request WHERE next_at IS NOT NULL",
    [STATEMENT_PHOTO_REQUEST_COUNTS] =
        "SELECT (SELECT count(*) FROM photo_request WHERE next_at IS NOT NULL),"
        " (SELECT count(*) FROM photo_request WHERE state = 'failed')",
    [STATEMENT_PHOTO_REQUEST_REASON] = "SELECT EXISTS (SELECT 1 FROM photo_request WHERE reason = ?)",
    [STATEMENT_PHOTO_REQUESTS_AGAIN] =
        "UPDATE photo_request SET state = 'waiting', attempts = 0, asked_at = ?1, next_at = ?1"
        " WHERE state = 'failed' AND reason = ?2",
    [STATEMENT_PHOTO_OF] =
        "SELECT r.state, r.reason, p.sha256, p.kind, p.width, p.height, p.size FROM patient a"
        " JOIN photo_request r ON r.patient = a.id"
        " LEFT JOIN patient_photo o ON o.patient = a.id AND o.until IS NULL LEFT JOIN photo p ON p.id = o.photo"
        " WHERE a.authority = ? AND a.patient_id = ? AND r.path = ?",
    [STATEMENT_FILE_STORED] = "SELECT stored FROM file WHERE id = ?",
    [STATEMENT_PHOTO_INSERT] =
        "INSERT INTO photo (sha256, kind, width, height, size, stored_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (sha256) DO NOTHING",
    [STATEMENT_PATIENT_PHOTO_IS] = "SELECT 1 FROM patient_photo o JOIN photo p ON p.id = o.photo"
                                   " WHERE o.patient = ? AND o.until IS NULL AND p.sha256 = ?",
    [STATEMENT_PATIENT_PHOTO_END] = "UPDATE patient_photo SET until = ? WHERE patient = ? AND until IS NULL",
    [STATEMENT_PATIENT_PHOTO_INSERT] =
        "INSERT INTO patient_photo (patient, photo, file, since)"
        " SELECT r.patient, p.id, coalesce(r.beside, r.file), ?3 FROM photo_request r, photo p"
        " WHERE r.patient = ?1 AND p.sha256 = ?2",
    [STATEMENT_WAITING_PHOTO_INSERT] =
        "INSERT INTO waiting_photo (message, feed, name, waits_until) VALUES (?, ?, ?, ?)",
    [STATEMENT_WAITING_PHOTO_LAST] =
        "SELECT w.message, m.file, f.feed, m.state = 'waiting' FROM file f"
        " JOIN waiting_photo w ON w.feed = f.feed AND w.name = ?2 JOIN message m ON m.id = w.message"
        " WHERE f.id = ?1 ORDER BY w.message DESC LIMIT 1",
    [STATEMENT_WAITING_PHOTO_REMOVE] = "DELETE FROM waiting_photo WHERE message = ?",
    [STATEMENT_DUE_ANY] =
        "SELECT EXISTS (SELECT 1 FROM booking WHERE released_at IS NULL AND release_date <= ?1)"
        " OR EXISTS (SELECT 1 FROM waiting_event WHERE waits_until <= ?1)"
        " OR EXISTS (SELECT 1 FROM waiting_photo WHERE waits_until <= ?1)",
    [STATEMENT_DUE_RELEASES] =
        "SELECT b.id, b.release_date, (SELECT m.id FROM message m WHERE m.file = b.release_file"
        " ORDER BY m.booking IS b.id DESC, m.ordinal LIMIT 1) FROM booking b"
        " WHERE b.released_at IS NULL AND b.release_date <= ? ORDER BY b.release_date, b.id LIMIT ?",
    [STATEMENT_DUE_RELEASE] = "UPDATE booking SET released_at = release_date WHERE id = ?",
    [STATEMENT_DUE_RELEASE_CHANGE] =
        "INSERT INTO change_log (message, ordinal, table_name, row_id, field, new_value)"
        " SELECT ?1, coalesce(max(ordinal), 0) + 1, 'booking', ?2, 'released_at', ?3 FROM change_log"
        " WHERE message = ?1",
    [STATEMENT_DUE_WAITING] =
        "SELECT m.id, m.patient, m.booking, m.file, f.feed, f.copied_from IS NOT NULL, m.kind = 'photo' FROM"
        " message m JOIN file f ON f.id = m.file WHERE m.id IN (SELECT message FROM waiting_event WHERE waits_until <= ?1"
        " UNION ALL SELECT message FROM waiting_photo WHERE waits_until <= ?1) ORDER BY m.file, m.ordinal LIMIT ?",
    /* The first condition must be that of the index file_held. */
    [STATEMENT_REHOUSE_LIST] =
        "SELECT f.id, f.feed, f.name, f.stored, f.arrived_at, NOT EXISTS (SELECT 1 FROM message m"
        " WHERE m.file = f.id AND m.state NOT IN ('quarantined', 'rejected')),"
        " (SELECT m.detail FROM message m WHERE m.file = f.id ORDER BY m.ordinal LIMIT 1),"
        " (SELECT m.state FROM message m WHERE m.file = f.id ORDER BY m.ordinal LIMIT 1), NULL, NULL FROM file f"
        " WHERE f.stored GLOB 'hold?*' AND f.id > ? AND NOT EXISTS (SELECT 1 FROM message m"
        " WHERE m.file = f.id AND m.state IN ('held', 'unmatched', 'waiting')) ORDER BY f.id LIMIT ?",
    [STATEMENT_REHOUSE_END] = "UPDATE file SET stored = ? WHERE id = ? AND stored = ?",
    /* The first condition must be that of the index extract_held. */
    [STATEMENT_REHOUSE_EXTRACTS] =
        "SELECT m.file, f.feed, f.name, e.stored, f.arrived_at, m.state IN ('quarantined', 'rejected'), m.detail,"
        " m.state, e.message, m.ordinal FROM extract e JOIN message m ON m.id = e.message JOIN file f ON f.id = m.file"
        " WHERE e.stored GLOB 'hold?*' AND e.message > ? AND m.state NOT IN ('held', 'unmatched', 'waiting')"
        " ORDER BY e.message LIMIT ?",
    [STATEMENT_REHOUSE_EXTRACT_END] = "UPDATE extract SET stored = ? WHERE message = ? AND stored = ?",

    [STATEMENT_SYNC_KEEP] = "INSERT INTO sync_roster (file, message, event_at) VALUES (?, ?, ?)",
    [STATEMENT_SYNC_FIND] =
        "SELECT message, event_at, decided, (SELECT coalesce(max(ordinal), 0) FROM change_log c"
        " WHERE c.message = s.message) FROM sync_roster s WHERE file = ?",
    [STATEMENT_SYNC_DECIDE] = "UPDATE sync_roster SET decided = ? WHERE file = ?",
    /* The first condition must be that of the index sync_roster_decided. */
    [STATEMENT_SYNC_DECIDED] = "SELECT s.file FROM sync_roster s JOIN message m ON m.id = s.message"
                               " WHERE s.decided = 1 AND m.state = 'held' ORDER BY s.file LIMIT ?",
    [STATEMENT_SYNC_FACILITIES] = "SELECT facility, event_at FROM sync_facility WHERE feed = ?",
    [STATEMENT_SYNC_FACILITY_KEEP] =
        "INSERT INTO sync_facility (feed, facility, event_at) VALUES (?, ?, ?)"
        " ON CONFLICT (feed, facility) DO UPDATE SET event_at = max(event_at, excluded.event_at)",
    [STATEMENT_SYNC_LAST_BOOKING] = "SELECT coalesce(max(id), 0) FROM booking",
    [STATEMENT_SYNC_BOOKING] = "SELECT id FROM booking WHERE authority = ? AND booking_number = ?",
    [STATEMENT_SYNC_PATIENT] = "SELECT 1 FROM patient WHERE authority = ? AND patient_id = ?",
    /* In the order of the table: nearly all rows are of the authority. */
    [STATEMENT_SYNC_OPEN] = "SELECT id, facility, " SYNC_OLDER(?1) " FROM booking WHERE +authority = ?2"
                            " AND facility IS NOT NULL AND released_at IS NULL",
    [STATEMENT_SYNC_ANY_BOOKING] =
        "SELECT EXISTS (SELECT 1 FROM booking WHERE authority = ? AND facility = ?)",
    [STATEMENT_SYNC_STILL_ABSENT] = "SELECT release_date FROM booking WHERE id = ?2 AND released_at IS NULL"
                                    " AND " SYNC_OLDER(?1),
    [STATEMENT_SYNC_RELEASE] =
        "UPDATE booking SET release_date = ?, release_date_given = NULL, release_origin = 'inferred',"
        " released_at = ?, " STAMP(release) " WHERE id = ?",

    /* The first condition must be that of the index message_open. */
    [STATEMENT_HELD_LIST] =
        "SELECT " HELD_COLUMNS HELD_TABLES " WHERE (m.state IN ('held', 'unmatched') OR m.state = 'waiting')"
        " AND m.state = 'held' ORDER BY m.file, m.ordinal LIMIT ?",
    [STATEMENT_HELD_COUNT] =
        "SELECT count(*) FROM message WHERE (state IN ('held', 'unmatched') OR state = 'waiting')"
        " AND state = 'held'",
    [STATEMENT_HELD_OF_FILE] = "SELECT " HELD_COLUMNS HELD_TABLES
                               " WHERE m.file = ?1 AND m.state = 'held' AND (?2 IS NULL OR m.ordinal = ?2)"
                               " ORDER BY m.ordinal LIMIT ?3",
    [STATEMENT_HELD_NOT] = "SELECT coalesce((SELECT state FROM message WHERE file = ?1 AND (?2 IS NULL"
                           " OR ordinal = ?2) ORDER BY ordinal LIMIT 1), 'unknown') FROM file WHERE id = ?1",
    [STATEMENT_HELD_RELEASED] =
        "SELECT " HELD_COLUMNS ", l.id, l.after_file FROM released l JOIN message m ON m.id = l.message"
        " JOIN file f ON f.id = m.file LEFT JOIN extract e ON e.message = m.id"
        " LEFT JOIN file_progress p ON p.file = f.id"
        " WHERE l.id > ? AND f.feed = ? ORDER BY l.id LIMIT ?",
    [STATEMENT_HELD_NOTE_RELEASE] =
        "INSERT INTO released (message, after_file) SELECT ?1, (SELECT id FROM file WHERE feed = ?2"
        " AND state <> 'claimed' ORDER BY id DESC LIMIT 1) WHERE true ON CONFLICT (message) DO NOTHING",
    [STATEMENT_HELD_COPY] =
        "SELECT f.id, m.id, m.state = 'held' FROM file f LEFT JOIN message m ON m.file = f.id AND m.ordinal = ?3"
        " WHERE f.feed = ?1 AND f.copied_from = ?2 AND f.copied_from IS NOT NULL AND f.state <> 'vanished'"
        " ORDER BY f.id DESC LIMIT 1",
    [STATEMENT_EXTRACT_KEEP] = "INSERT INTO extract (message, sha256, stored) VALUES (?, ?, ?)",

    /* The expressions must be those of the indexes order_event_new and order_event_failed. */
    [STATEMENT_ORDER_EVENTS_NEW] =
        "SELECT id, order_row, placer_number FROM order_event AS n WHERE state = 'new' AND NOT EXISTS"
        " (SELECT 1 FROM order_event AS f WHERE f.state = 'failed' AND f.placer_number = n.placer_number"
        " AND coalesce(f.place, f.id) < coalesce(n.place, n.id))"
        " ORDER BY coalesce(place, id) LIMIT ?",
    [STATEMENT_ORDER_EVENT_END] =
        "UPDATE order_event SET state = ?, reason = ?, ended_at = ? WHERE id = ? AND state = 'new'",
    [STATEMENT_ORDER_EVENTS_FAILED] = "SELECT count(*) FROM order_event WHERE state = 'failed'",
    [STATEMENT_ORDER_LOAD] =
        "SELECT o.id, o.placer_number, o.order_control, o.pharmacy, o.ordered_at, o.start_at, o.stop_at,"
        " o.note, d.ndc, d.rxnorm, d.name, d.strength, d.dosage_form, d.schedule, d.container_type,"
        " o.dose_amount, o.dose_units, o.route, o.frequency, o.instructions, o.indication, o.as_needed,"
        " o.keep_on_person, o.quantity, o.quantity_units, o.refills, o.days_supply, o.substitution_allowed,"
        " v.provider_id, v.last_name, v.first_name, v.npi, v.dea, p.authority, p.patient_id, p.last_name,"
        " p.first_name, p.middle_name, p.birth_date, p.sex, p.race, p.ssn, b.booking_number, b.agency,"
        " b.facility, f.zone, b.housing, coalesce(b.bunk, b.bed), b.block, b.pod, b.cell"
        " FROM medication_order o JOIN patient p ON p.id = o.patient JOIN booking b ON b.id = o.booking"
        " JOIN provider v ON v.provider_id = o.provider JOIN drug d ON d.ndc = o.ndc"
        " LEFT JOIN facility f ON f.code = b.facility WHERE o.id = ?",

    [STATEMENT_ALERT_ZONE] = "SELECT zone FROM facility WHERE code = ?",
    /* The reading of the sender's clock knows an alert again also where a clock change or a transfer into another zone makes another
     * instant of it. */
    [STATEMENT_ALERT_FIND] = "SELECT id, " ALERT_COLUMNS
                             ", " REMEMBERED(alert) ", date_added_given IS ?4 FROM alert"
                                                    " WHERE patient = ?1 AND booking = ?2 AND code = ?3"
                                                    " AND (date_added_given = ?4 OR date_added = ?5)",
    [STATEMENT_ALERT_INSERT] =
        "INSERT INTO alert (patient, booking, code, date_added, date_added_given, feed, " ALERT_COLUMNS ","
        " alert_event_at, alert_arrived_at, alert_file) VALUES (?, ?, ?, ?, ?,"
        " (SELECT feed FROM file WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_ALERT_UPDATE] =
        "UPDATE alert SET date_added_given = coalesce(date_added_given, ?), added_by = ?, date_removed = ?,"
        " date_removed_given = ?, removed_by = ?, alert_event_at = ?, alert_arrived_at = ?, alert_file = ?"
        " WHERE id = ?",
    [STATEMENT_ALERT_GIVEN] =
        "UPDATE alert SET date_added_given = ? WHERE id = ? AND date_added_given IS NULL",
    [STATEMENT_ALERT_EVENT_INSERT] =
        "INSERT INTO alert_event (alert, file, change, created_at) VALUES (?, ?, ?, ?)",
    /* Each event tells the whole alert, so that a later one tells what an earlier one could not. */
    [STATEMENT_ALERT_EVENT_SUPERSEDE] =
        "UPDATE alert_event SET state = 'superseded' WHERE state = 'failed' AND alert = ?",
    [STATEMENT_ALERT_EVENTS_NEW] =
        "SELECT e.id, e.alert, e.change = 'removed', f.feed, f.copied_from IS NOT NULL, a.code, a.date_added,"
        " a.date_added_given, a.added_by, a.date_removed, a.removed_by, b.authority, p.patient_id,"
        " b.booking_number, b.facility, c.zone, EXISTS (SELECT 1 FROM live_since l WHERE l.kind = 'facility'"
        " AND l.name = b.facility COLLATE NOCASE) FROM alert_event e JOIN alert a ON a.id = e.alert"
        " JOIN patient p ON p.id = a.patient JOIN booking b ON b.id = a.booking"
        " LEFT JOIN facility c ON c.code = b.facility LEFT JOIN file f ON f.id = e.file"
        " WHERE e.state = 'new' ORDER BY e.id LIMIT ?",
    [STATEMENT_ALERT_EVENT_END] =
        "UPDATE alert_event SET state = ?, reason = ?, ended_at = ? WHERE id = ? AND state = 'new'",
    [STATEMENT_ALERT_EVENTS_AGAIN] =
        "UPDATE alert_event SET state = 'new', reason = NULL, ended_at = NULL WHERE state = 'failed'",
    [STATEMENT_ALERT_COUNTS] = "SELECT (SELECT count(*) FROM waiting_alert),"
                               " (SELECT count(*) FROM alert_event WHERE state = 'failed')",

    [STATEMENT_OUTBOX_NEXT_ID] = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'outbox'",
    [STATEMENT_OUTBOX_NAME_TIME] = "SELECT name_time FROM database_info",
    [STATEMENT_OUTBOX_NAME_TIME_KEEP] = "UPDATE database_info SET name_time = ?",
    [STATEMENT_OUTBOX_INSERT] =
        "INSERT INTO outbox (" OUTBOX_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
    [STATEMENT_OUTBOX_QUEUED] =
        "SELECT " OUTBOX_COLUMNS
        " FROM outbox WHERE receiver_kind = ? AND receiver = ? AND state = 'queued' ORDER BY id LIMIT ?",
    [STATEMENT_OUTBOX_BY_NAME] =
        "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE receiver_kind = ? AND receiver = ? AND file_name = ?",
    [STATEMENT_OUTBOX_SENT] =
        "UPDATE outbox SET state = 'sent', sent_at = ? WHERE id = ? AND state = 'queued'",
    [STATEMENT_OUTBOX_LEFT] =
        "SELECT receiver_kind, receiver, count(*) FROM outbox WHERE state = 'queued' AND NOT EXISTS"
        " (SELECT 1 FROM live_since WHERE kind = receiver_kind AND name = receiver)"
        " GROUP BY receiver_kind, receiver",
    [STATEMENT_OUTBOX_REJECT_LEFT] =
        "UPDATE outbox SET state = 'rejected' WHERE state = 'queued' AND NOT EXISTS"
        " (SELECT 1 FROM live_since WHERE kind = receiver_kind AND name = receiver)",
    [STATEMENT_OUTBOX_COUNTS] =
        "SELECT receiver_kind, receiver, count(*) FILTER (WHERE state = 'queued'),"
        " count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state NOT IN ('queued', 'sent')),"
        " (SELECT created_at FROM outbox AS q WHERE q.receiver_kind = o.receiver_kind"
        " AND q.receiver = o.receiver AND q.state = 'queued' ORDER BY q.id LIMIT 1)"
        " FROM outbox AS o GROUP BY receiver_kind, receiver ORDER BY receiver_kind, receiver",

    [STATEMENT_COMMAND_INSERT] =
        "INSERT INTO command (what, number, subject, argument, windows_user, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
    [STATEMENT_COMMAND_PENDING] =
        "SELECT id, what, number, subject, argument, windows_user, answer, outcome FROM command"
        " WHERE answer IS NULL ORDER BY id",
    [STATEMENT_COMMAND_ANSWER] =
        "UPDATE command SET answer = ?, outcome = ?, answered_at = ? WHERE id = ? AND answer IS NULL",
    [STATEMENT_COMMAND_GET] =
        "SELECT id, what, number, subject, argument, windows_user, answer, outcome FROM command WHERE id = ?",
    [STATEMENT_ACCESS_INSERT] =
        "INSERT INTO access_log (accessed_at, windows_user, command, number) VALUES (?, ?, ?, ?)",

    [STATEMENT_LIVE_LIST] =
        "SELECT kind, name, since, windows_user, waived FROM live_since ORDER BY kind, name",
    [STATEMENT_LIVE_ADD] =
        "INSERT INTO live_since (kind, name, since, windows_user, waived) SELECT ?1, ?2, ?3, ?4, ?5"
        " WHERE NOT EXISTS (SELECT 1 FROM live_since WHERE kind = ?1 AND (name = ?2"
        " OR kind = 'facility' AND name = ?2 COLLATE NOCASE))",
    /* A facility's code is the same code in other case (RULES "Small questions"). */
    [STATEMENT_LIVE_REMOVE] = "DELETE FROM live_since WHERE kind = ?1 AND (name = ?2"
                              " OR kind = 'facility' AND name = ?2 COLLATE NOCASE)",
    [STATEMENT_LIVE_FACILITY] =
        "SELECT EXISTS (SELECT 1 FROM live_since WHERE kind = 'facility' AND name = ? COLLATE NOCASE)",
    [STATEMENT_LIVE_FACILITY_OF] =
        "SELECT coalesce((SELECT facility FROM booking WHERE authority = ?1 AND booking_number = ?2),"
        " (SELECT facility FROM test_only_booking WHERE authority = ?1 AND booking_number = ?2))",
    [STATEMENT_LIVE_COPY_POSITION] = "SELECT up_to FROM live_copy WHERE feed = ? AND letters = ?",
    [STATEMENT_LIVE_COPY_MOVE] =
        "INSERT INTO live_copy (feed, letters, up_to) VALUES (?, ?, ?)"
        " ON CONFLICT (feed) DO UPDATE SET released_up_to = iif(letters = excluded.letters, released_up_to, 0),"
        " letters = excluded.letters, up_to = excluded.up_to",
    [STATEMENT_LIVE_COPY_RELEASED] = "SELECT released_up_to FROM live_copy WHERE feed = ? AND letters = ?",
    [STATEMENT_LIVE_COPY_MOVE_RELEASED] =
        "INSERT INTO live_copy (feed, letters, up_to, released_up_to) VALUES (?, ?, 0, ?)"
        " ON CONFLICT (feed) DO UPDATE SET up_to = iif(letters = excluded.letters, up_to, 0),"
        " letters = excluded.letters, released_up_to = excluded.released_up_to",
    [STATEMENT_LIVE_LAST_FILE] = "SELECT coalesce(max(id), 0) FROM file",
    [STATEMENT_TEST_ONLY_NOTE] =
        "INSERT INTO test_only_booking (authority, booking_number, facility) SELECT ?1, ?2, ?3"
        " WHERE NOT EXISTS (SELECT 1 FROM booking WHERE authority = ?1 AND booking_number = ?2)"
        " ON CONFLICT (authority, booking_number) DO UPDATE SET facility = excluded.facility",
    [STATEMENT_TEST_ONLY_FORGET] = "DELETE FROM test_only_booking WHERE authority = ? AND booking_number = ?",

    [STATEMENT_LIST_FEEDS] = "SELECT feed FROM feed_total ORDER BY feed",
    [STATEMENT_LIST_KNOWS_FEED] = "SELECT 1 FROM feed_total WHERE feed = ?",
    /* A file of many messages is one line here. */
    [STATEMENT_LIST_FILES] =
        LIST_COLUMNS " FROM file f" LIST_PROGRESS " LEFT JOIN message m ON m.file = f.id AND p.file IS NULL"
                     " WHERE f.feed = ?1 AND (?6 IS NULL OR f.state = ?6)" LIST_FITS
                     " ORDER BY f.arrived_at DESC, f.id DESC LIMIT ?5",
    [STATEMENT_LIST_MESSAGES] =
        LIST_COLUMNS " FROM file f CROSS JOIN message m ON m.file = f.id" LIST_PROGRESS
                     " WHERE f.feed = ?1 AND m.state = ?6" LIST_FITS
                     " ORDER BY f.arrived_at DESC, f.id DESC, m.ordinal DESC LIMIT ?5",
    /* The condition must hold that of the index file_unfinished. */
    [STATEMENT_LIST_CLAIMED] = LIST_COLUMNS
    " FROM file f" LIST_PROGRESS " LEFT JOIN message m ON m.file = f.id AND p.file IS NULL"
    " WHERE f.in_place = 1 AND f.feed = ?1 AND f.state = ?6" LIST_FITS " ORDER BY f.id DESC LIMIT ?5",
    /* The conditions must hold those of the indexes file_vanished and message_not_applied. */
    [STATEMENT_LIST_VANISHED] =
        LIST_COLUMNS " FROM file f" LIST_PROGRESS " LEFT JOIN message m ON m.file = f.id AND p.file IS NULL"
                     " WHERE f.state = 'vanished' AND (?1 IS NULL OR f.feed = ?1) AND f.state = ?6" LIST_FITS
                     " ORDER BY f.id DESC LIMIT ?5",
    [STATEMENT_LIST_NOT_APPLIED] = LIST_COLUMNS
    " FROM message m CROSS JOIN file f ON f.id = m.file" LIST_PROGRESS
    " WHERE m.state <> 'applied' AND m.state <> 'duplicate' AND m.state = ?6"
    " AND (?1 IS NULL OR f.feed = ?1)" LIST_FITS " ORDER BY m.file DESC, m.ordinal DESC LIMIT ?5",
    /* What was applied is about a booking that is, or once was, the person's; what was not may name one who has none, and is found among the
     * few of its states. */
    [STATEMENT_LIST_OF_PATIENT] =
        "WITH RECURSIVE " AUTHORITIES_OF(patient) ", person (id) AS (SELECT x.id FROM " NUMBERED(
            patient,
            patient_id) "), had (patient, booking) AS (SELECT x.id, b.id FROM person x CROSS JOIN booking b ON b.patient = x.id"
                        " UNION SELECT x.id, c.row_id FROM person x CROSS JOIN change_log c ON c.old_value = CAST(x.id AS TEXT)"
                        " WHERE c.field = 'patient'), found (message) AS (SELECT m.id FROM had h CROSS JOIN message m"
                        " ON m.booking = h.booking AND m.patient = h.patient"
                        " UNION SELECT m.id FROM person x CROSS JOIN message m ON m.patient = x.id"
                        " WHERE m.state <> 'applied' AND m.state <> 'duplicate' AND m.state IN ('held', 'rejected', 'quarantined')" WAITING_OF(
                            patient_id) LIST_FOUND,
    [STATEMENT_LIST_OF_BOOKING] =
        "WITH RECURSIVE " AUTHORITIES_OF(booking) ", found (message) AS (SELECT m.id FROM " NUMBERED(
            booking, booking_number) " CROSS JOIN message m ON m.booking = x.id" WAITING_OF(booking_number)
            LIST_FOUND,

    [STATEMENT_VIEW_FILE] =
        "SELECT f.id, f.feed, f.name, f.size, f.created_us, f.written_us, f.sha256, f.arrived_at, f.format, f.state,"
        " f.in_place, f.attempt, f.reason, f.ended_at, f.stored, f.put_away_at, f.copied_from, p.row_count,"
        " p.next_row - 1, p.unchanged, p.encoding FROM file f" LIST_PROGRESS " WHERE f.id = ?",
    [STATEMENT_VIEW_COUNTS] =
        "SELECT state, count(*) FROM message WHERE file = ? GROUP BY state ORDER BY state",
    [STATEMENT_VIEW_MESSAGES] =
        VIEW_MESSAGE " WHERE m.file = ? AND m.ordinal >= ? AND m.ordinal <= ? ORDER BY m.ordinal LIMIT ?",
    [STATEMENT_VIEW_UNSETTLED] = VIEW_MESSAGE " WHERE m.file = ? AND m.ordinal >= ? AND m.ordinal <= ?"
                                              " AND m.state <> 'applied' AND m.state <> 'duplicate'"
                                              " ORDER BY m.ordinal LIMIT ?",
    [STATEMENT_VIEW_MESSAGE_FAULTS] = "SELECT code, severity, line, field, expected FROM message_fault"
                                      " WHERE message = ? ORDER BY file, ordinal LIMIT ?",
    [STATEMENT_VIEW_FILE_FAULTS] = "SELECT code, severity, line, field, expected FROM message_fault"
                                   " WHERE file = ? AND message IS NULL ORDER BY ordinal LIMIT ?",
    [STATEMENT_VIEW_CHANGES] = "SELECT table_name, row_id, field, old_value, new_value FROM change_log"
                               " WHERE message = ? ORDER BY ordinal LIMIT ?",
    [STATEMENT_VIEW_COMMANDS] =
        "SELECT what, subject, argument, windows_user, created_at, answer, outcome, answered_at FROM command"
        " WHERE number = ? AND what IN ('release', 'reject') ORDER BY id LIMIT ?",
};

const char *statement_sql(enum statement_id id)
{
    return texts[id];
}
