-- Schema 1. Run as one transaction by database/migrations.c. docs/database.md explains the tables to integrators; a test
-- compares the two. Once released, a migration is never edited: what changes comes in the next file.
--
-- Instants are UTC text of 27 characters, YYYY-MM-DDTHH:MM:SS.ffffffZ, so that they sort as times. Any program may write
-- here, with any settings of its own connection: what must hold is a CHECK or a trigger, and both use only what
-- SQLite 3.37 has. Foreign keys are enforced on CorBridge's own connections only.
--
-- In the tables that every file writes to, the words of a CHECK and of a partial index stand in pairs: for three or more words in one
-- IN, SQLite builds a temporary b-tree with each row that is written, which was a quarter of the instructions that a file costs.

PRAGMA application_id = 1128428135; -- 0x43427267, "CBrg": the file is CorBridge's

CREATE TABLE database_info (
    id INTEGER PRIMARY KEY CHECK (id = 1),   -- this table has one row
    world TEXT NOT NULL CHECK (world IN ('test', 'live')), -- which world the file belongs to, for ever
    control_letters TEXT NOT NULL
        CHECK (length(control_letters) = 6 AND control_letters NOT GLOB '*[^0-9A-V]*'), -- drawn at creation; in every control id
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'), -- when the file was made
    name_time TEXT CHECK (name_time GLOB '????-??-??T??:??:??.000000Z'), -- UTC second in the last outbound file name
    in_use INTEGER NOT NULL DEFAULT 0 CHECK (in_use IN (0, 1)) -- 1: a run of the service has taken it up and not laid it down
) STRICT;

CREATE TRIGGER database_info_keeps_its_world BEFORE UPDATE OF id, world ON database_info
BEGIN
    SELECT RAISE(ABORT, 'a test database never becomes the live one: start with an empty database');
END;

CREATE TRIGGER database_info_stays BEFORE DELETE ON database_info
BEGIN
    SELECT RAISE(ABORT, 'the row of database_info is never deleted: it says to which world the file belongs');
END;

-- People and bookings -------------------------------------------------------------------------------------------------

CREATE TABLE facility (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 32), -- facility code as the configuration documents it
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),   -- distinct name
    zone TEXT NOT NULL CHECK (length(zone) BETWEEN 1 AND 64)     -- IANA time zone, such as America/Denver
) STRICT, WITHOUT ROWID;

CREATE TABLE patient (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- our number of the person
    authority TEXT NOT NULL CHECK (length(authority) BETWEEN 1 AND 64),   -- who gave patient_id: JMS, or what the feed names
    patient_id TEXT NOT NULL CHECK (length(patient_id) BETWEEN 1 AND 17), -- number of the person across all bookings
    last_name TEXT NOT NULL CHECK (length(last_name) BETWEEN 1 AND 255),   -- family name as sent
    first_name TEXT NOT NULL CHECK (length(first_name) BETWEEN 1 AND 255), -- given name as sent
    middle_name TEXT CHECK (length(middle_name) BETWEEN 1 AND 255),        -- middle name or initial as sent
    birth_date TEXT NOT NULL CHECK (birth_date GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'), -- YYYY-MM-DD
    ssn TEXT CHECK (length(ssn) BETWEEN 1 AND 11),   -- social security number as sent
    sex TEXT NOT NULL CHECK (sex IN ('Male', 'Female') OR sex = 'Unknown'), -- documented form
    race TEXT CHECK (length(race) BETWEEN 1 AND 255), -- documented form
    height INTEGER CHECK (height BETWEEN 10 AND 107), -- inches
    weight INTEGER CHECK (weight BETWEEN 1 AND 1400), -- pounds
    photo_path TEXT CHECK (length(photo_path) BETWEEN 1 AND 255), -- where the sender says that the photo lies
    demographics_event_at TEXT CHECK (demographics_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated the person's data
    demographics_arrived_at TEXT CHECK (demographics_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    demographics_file INTEGER, -- its file (file.id)
    photo_event_at TEXT CHECK (photo_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated the photo
    photo_arrived_at TEXT CHECK (photo_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    photo_file INTEGER, -- its file (file.id)
    UNIQUE (authority, patient_id)
) STRICT;

CREATE TABLE booking (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- our number of the booking
    patient INTEGER NOT NULL REFERENCES patient (id), -- whose booking
    authority TEXT NOT NULL CHECK (length(authority) BETWEEN 1 AND 64), -- who gave booking_number
    booking_number TEXT NOT NULL CHECK (length(booking_number) BETWEEN 1 AND 32), -- the sender's number
    facility TEXT REFERENCES facility (code), -- where the person is
    housing TEXT CHECK (length(housing) BETWEEN 1 AND 127), -- Housing as sent
    bed TEXT CHECK (length(bed) BETWEEN 1 AND 127),         -- Bed as sent
    block TEXT CHECK (length(block) BETWEEN 1 AND 127),     -- location level 1 by the facility's rules; NULL: no rule matched
    pod TEXT CHECK (length(pod) BETWEEN 1 AND 127),         -- location level 2, as block
    cell TEXT CHECK (length(cell) BETWEEN 1 AND 127),       -- location level 3, as block
    bunk TEXT CHECK (length(bunk) BETWEEN 1 AND 127),       -- location level 4, the bed by the rules, as block
    agency TEXT CHECK (length(agency) BETWEEN 1 AND 255),   -- billing agency, passed on to the pharmacy
    booking_date TEXT NOT NULL CHECK (booking_date GLOB '????-??-??T??:??:??.??????Z'), -- UTC
    booking_date_given TEXT NOT NULL CHECK (length(booking_date_given) BETWEEN 10 AND 40), -- as the sender's clock read
    release_date TEXT CHECK (release_date GLOB '????-??-??T??:??:??.??????Z'), -- UTC; may lie ahead: then it is planned
    release_date_given TEXT CHECK (length(release_date_given) BETWEEN 10 AND 40), -- as the sender's clock read; NULL: inferred
    release_origin TEXT CHECK (release_origin IN ('given', 'inferred') OR release_origin = 'next-booking'), -- a ReleaseDate, missing in a sync roster, or a later booking
    released_at TEXT CHECK (released_at GLOB '????-??-??T??:??:??.??????Z'), -- release_date once it has taken effect; NULL: open
    booking_event_at TEXT CHECK (booking_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated the booking itself
    booking_arrived_at TEXT CHECK (booking_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    booking_file INTEGER, -- its file (file.id)
    location_event_at TEXT CHECK (location_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated the location
    location_arrived_at TEXT CHECK (location_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    location_file INTEGER, -- its file (file.id)
    release_event_at TEXT CHECK (release_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated the release
    release_arrived_at TEXT CHECK (release_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    release_file INTEGER, -- its file (file.id)
    UNIQUE (authority, booking_number),
    CHECK ((release_date IS NULL) = (release_origin IS NULL)),
    CHECK (released_at IS NULL OR released_at IS release_date)
) STRICT;
CREATE INDEX booking_of_patient ON booking (patient);
CREATE INDEX booking_planned ON booking (release_date) WHERE released_at IS NULL AND release_date IS NOT NULL;

-- Orders point to people and bookings: the numbers stay.
CREATE TRIGGER patient_stays BEFORE DELETE ON patient
BEGIN
    SELECT RAISE(ABORT, 'a patient is never deleted: orders and history point to the row');
END;
CREATE TRIGGER patient_keeps_its_id BEFORE UPDATE OF id ON patient
BEGIN
    SELECT RAISE(ABORT, 'patient.id never changes: orders and history point to it');
END;
CREATE TRIGGER booking_stays BEFORE DELETE ON booking
BEGIN
    SELECT RAISE(ABORT, 'a booking is never deleted: orders and history point to the row');
END;
CREATE TRIGGER booking_keeps_its_id BEFORE UPDATE OF id ON booking
BEGIN
    SELECT RAISE(ABORT, 'booking.id never changes: orders and history point to it');
END;

-- The ledger ----------------------------------------------------------------------------------------------------------

CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- ledger number, never used twice
    feed TEXT NOT NULL CHECK (length(feed) BETWEEN 1 AND 64), -- feed in whose folder it lay
    name TEXT NOT NULL CHECK (length(name) >= 1), -- as it lay in the folder
    size INTEGER NOT NULL CHECK (size >= 0),      -- bytes
    created_us INTEGER NOT NULL, -- creation time as the file system gave it, microseconds since 1970 UTC; 0: none
    written_us INTEGER NOT NULL, -- last-write time, likewise
    identity_volume INTEGER NOT NULL, -- identity of the file: volume; all three 0: the file system gives none
    identity_high INTEGER NOT NULL,   -- identity of the file: upper half of its id
    identity_low INTEGER NOT NULL,    -- identity of the file: lower half of its id
    sha256 BLOB CHECK (length(sha256) = 32), -- of the bytes that were parsed; NULL: vanished before they were read
    arrived_at TEXT NOT NULL CHECK (arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- when it was first proved ready
    format TEXT NOT NULL CHECK (length(format) BETWEEN 1 AND 32), -- format of the match rule that took it, such as jms-event
    state TEXT NOT NULL CHECK (state IN ('claimed', 'done') OR state IN ('quarantined', 'vanished')), -- how far it is
    in_place INTEGER NOT NULL CHECK (in_place IN (0, 1)), -- 1: it still lies in the watched folder
    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0), -- lone attempts after an unclean stop
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 64), -- why it was quarantined, one stable word
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'), -- when it left the state claimed
    stored TEXT CHECK (length(stored) >= 1), -- where it lies now, below the folder of the world; NULL when put away: nowhere
    put_away_at TEXT CHECK (put_away_at GLOB '????-??-??T??:??:??.??????Z'), -- when it was put away, or found gone
    copied_from INTEGER CHECK (copied_from > 0), -- test world: ledger number in the live world from which it was copied; NULL: it came by itself
    CHECK (sha256 IS NOT NULL OR state = 'vanished'),
    CHECK (in_place = 1 OR state <> 'claimed'),
    CHECK (in_place = 0 OR state <> 'vanished'),
    CHECK ((state = 'claimed') = (ended_at IS NULL)),
    CHECK ((state = 'quarantined') = (reason IS NOT NULL)),
    CHECK (stored IS NULL OR put_away_at IS NOT NULL),
    CHECK (put_away_at IS NULL OR in_place = 0)
) STRICT;
CREATE INDEX file_unfinished ON file (feed, id) WHERE in_place = 1;
CREATE INDEX file_copied ON file (feed, copied_from) WHERE copied_from IS NOT NULL;
CREATE INDEX file_by_feed ON file (feed, arrived_at); -- for people who look: list.c
CREATE INDEX file_vanished ON file (id) WHERE state = 'vanished';
CREATE INDEX file_held ON file (id) WHERE stored GLOB 'hold?*'; -- "hold/…" or "hold\…": what lies in the hold

CREATE TABLE message (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- our number of the message
    file INTEGER NOT NULL REFERENCES file (id), -- the file in which it came
    ordinal INTEGER NOT NULL CHECK (ordinal > 0), -- which message of the file, from 1
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32), -- demographics, location, alert, photo
    state TEXT NOT NULL CHECK (state IN ('applied', 'duplicate') OR state IN ('stale', 'superseded')
                               OR state IN ('quarantined', 'rejected') OR state IN ('test-only', 'held')
                               OR state IN ('unmatched', 'waiting')), -- how it ended, or one of the last three: open
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time
    patient INTEGER REFERENCES patient (id), -- whom it is about, where known
    booking INTEGER REFERENCES booking (id), -- which booking it is about, where known
    detail TEXT CHECK (length(detail) BETWEEN 1 AND 255), -- a remark for people, without patient data
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'), -- when an open message was ended; NULL: at once
    UNIQUE (file, ordinal)
) STRICT;
CREATE INDEX message_open ON message (state) WHERE state IN ('held', 'unmatched') OR state = 'waiting';
CREATE INDEX message_not_applied ON message (state, file, ordinal) WHERE state <> 'applied' AND state <> 'duplicate';
CREATE INDEX message_of_booking ON message (booking) WHERE booking IS NOT NULL; -- for people who look: list.c

-- How far a file of many messages is, such as a roster. Its rows are messages of their own (message.ordinal is the row), but a row that
-- brings nothing new leaves no message: it is only counted here. Each slice of rows is written with the place behind it, so that a restart
-- goes on there.
CREATE TABLE file_progress (
    file INTEGER PRIMARY KEY REFERENCES file (id), -- the file
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z'), -- as of when its rows speak: its event time less lag
    row_count INTEGER NOT NULL CHECK (row_count >= 0), -- rows of the file; header and blank rows do not count
    next_row INTEGER NOT NULL CHECK (next_row > 0), -- the row with which it goes on; row_count + 1 when it is at its end
    next_offset INTEGER NOT NULL CHECK (next_offset >= 0), -- bytes of the file that need not be read again; 0: it is read from its beginning
    next_line INTEGER NOT NULL CHECK (next_line > 0), -- the line at next_offset
    encoding TEXT NOT NULL CHECK (length(encoding) BETWEEN 1 AND 32), -- of the file, such as utf-8
    applied INTEGER NOT NULL CHECK (applied >= 0), -- rows that changed something
    unchanged INTEGER NOT NULL CHECK (unchanged >= 0), -- rows that brought nothing new
    stale INTEGER NOT NULL CHECK (stale >= 0), -- rows older than what is known
    held INTEGER NOT NULL CHECK (held >= 0), -- rows that were held when they were read
    waiting INTEGER NOT NULL CHECK (waiting >= 0), -- rows that waited when they were read
    quarantined INTEGER NOT NULL CHECK (quarantined >= 0), -- rows that are wrong
    test_only INTEGER NOT NULL CHECK (test_only >= 0), -- live world: rows of a facility that is not live
    CHECK (applied + unchanged + stale + held + waiting + quarantined + test_only = next_row - 1)
) STRICT;

-- Sync rosters: who is missing in one is released. Such a roster is one message, whatever becomes of its rows.
CREATE TABLE sync_roster (
    file INTEGER PRIMARY KEY REFERENCES file (id), -- the file
    message INTEGER NOT NULL REFERENCES message (id), -- its one message
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z'), -- its event time: who is missing was released then
    decided INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1)) -- 1: it was held and a person has released it
) STRICT;
CREATE INDEX sync_roster_decided ON sync_roster (file) WHERE decided = 1;

-- Which facilities the sync rosters of a feed named, and as of when: the last roster is the newest of them.
CREATE TABLE sync_facility (
    feed TEXT NOT NULL CHECK (length(feed) BETWEEN 1 AND 64), -- the feed
    facility TEXT NOT NULL CHECK (length(facility) BETWEEN 1 AND 32), -- facility code
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z'), -- as of when the newest roster spoke that named it
    PRIMARY KEY (feed, facility)
) STRICT, WITHOUT ROWID;

-- A message of a file of many that is held, such as a row of a roster: its bytes lie as a file of their own. The file itself lies in the archive, whole.
CREATE TABLE extract (
    message INTEGER PRIMARY KEY REFERENCES message (id), -- the message
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32), -- of the bytes of that file
    stored TEXT CHECK (length(stored) >= 1) -- where it lies now, below the folder of the world; NULL: nowhere any more
) STRICT;
CREATE INDEX extract_held ON extract (message) WHERE stored GLOB 'hold?*';

-- Held messages that a person has released, in that order: the test world, which passed over them, follows the live one by this list.
CREATE TABLE released (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in the order of the releases
    message INTEGER NOT NULL UNIQUE REFERENCES message (id), -- the message
    after_file INTEGER NOT NULL CHECK (after_file > 0) -- the last file of the feed that had ended then: what was applied later comes later in test too
) STRICT;

-- Rosters mostly repeat the one before. So rows that follow each other and that brought nothing that would not be the same the next time are
-- remembered as a run, by the hash of all that decides what they say. When a run comes again, and nobody has changed a patient or booking of it, only
-- event_at, arrived_at and file are written: each group that its rows state was stated again by that file.
CREATE TABLE roster_run (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- its number
    digest BLOB CHECK (length(digest) = 32), -- SHA-256; NULL: something of it was changed, and its rows are applied one by one
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of the roster that last said it: that of the groups
    arrived_at TEXT NOT NULL CHECK (arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    file INTEGER NOT NULL REFERENCES file (id), -- its file
    row_count INTEGER NOT NULL CHECK (row_count >= 0), -- rows of roster_run_row that are left
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)) -- 1: another run may speak of one of its patients
) STRICT;
CREATE INDEX roster_run_digest ON roster_run (digest) WHERE digest IS NOT NULL;
CREATE INDEX roster_run_file ON roster_run (file);

-- The rows of runs. Before an event is applied to a patient, what its runs have stated is written into patient and booking, and the rows go.
CREATE TABLE roster_run_row (
    booking INTEGER PRIMARY KEY CHECK (booking > 0), -- whose row (booking.id)
    patient INTEGER NOT NULL, -- and whose booking (patient.id)
    run INTEGER NOT NULL, -- roster_run.id
    groups INTEGER NOT NULL CHECK (groups BETWEEN 1 AND 31) -- what it states: 1 demographics, 2 photo, 4 booking, 8 location, 16 release
) STRICT;
CREATE INDEX roster_run_row_of_patient ON roster_run_row (patient);

-- Whoever writes a value, the run does not hold any longer: the row would set it again, or come to something else.
CREATE TRIGGER booking_leaves_its_run AFTER UPDATE OF patient, facility, housing, bed, block, pod, cell, bunk, agency, booking_date,
    booking_date_given, release_date, release_date_given, release_origin, released_at ON booking
BEGIN
    UPDATE roster_run SET digest = NULL
    WHERE id = (SELECT run FROM roster_run_row WHERE booking = OLD.id) AND digest IS NOT NULL;
END;
CREATE TRIGGER patient_leaves_its_runs AFTER UPDATE OF last_name, first_name, middle_name, birth_date, ssn, sex, race, height, weight,
    photo_path ON patient
BEGIN
    UPDATE roster_run SET digest = NULL
    WHERE id IN (SELECT run FROM roster_run_row WHERE patient = OLD.id) AND digest IS NOT NULL;
END;

-- What waits for its booking, a location event or an alert, and what it says. The row goes when the message ends, and the one with what it
-- says goes with it.
CREATE TABLE waiting_event (
    message INTEGER PRIMARY KEY REFERENCES message (id), -- the message that waits
    authority TEXT NOT NULL CHECK (length(authority) BETWEEN 1 AND 64), -- who gave the two numbers
    patient_id TEXT NOT NULL CHECK (length(patient_id) BETWEEN 1 AND 50), -- the person's number
    booking_number TEXT NOT NULL CHECK (length(booking_number) BETWEEN 1 AND 32), -- the booking for which it waits
    waits_until TEXT NOT NULL CHECK (waits_until GLOB '????-??-??T??:??:??.??????Z') -- when it is quarantined
) STRICT;
CREATE INDEX waiting_event_for ON waiting_event (authority, booking_number);
CREATE INDEX waiting_event_until ON waiting_event (waits_until);

CREATE TABLE waiting_location (
    message INTEGER PRIMARY KEY REFERENCES message (id), -- the message that waits
    facility TEXT CHECK (length(facility) BETWEEN 1 AND 32), -- facility code; NULL: none is named
    housing TEXT NOT NULL CHECK (length(housing) BETWEEN 1 AND 127), -- Housing as sent
    bed_presence TEXT NOT NULL CHECK (bed_presence IN ('absent', 'empty', 'given', 'faulty')), -- what the file says of Bed
    bed TEXT CHECK (length(bed) BETWEEN 1 AND 127), -- Bed as sent
    empty_clears INTEGER NOT NULL CHECK (empty_clears IN (0, 1)), -- 1: the feed says empty="clear"
    CHECK ((bed_presence = 'given') = (bed IS NOT NULL))
) STRICT;

CREATE TABLE waiting_alert (
    message INTEGER PRIMARY KEY REFERENCES message (id), -- the message that waits
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 32), -- CorEMR's alert code
    date_added_given TEXT NOT NULL CHECK (length(date_added_given) BETWEEN 10 AND 40), -- Date Added as the sender's clock read
    added_by TEXT CHECK (length(added_by) BETWEEN 1 AND 64), -- CorEMR's id of the user; NULL: CorEMR System
    date_removed_given TEXT CHECK (length(date_removed_given) BETWEEN 10 AND 40), -- Date Removed, likewise; NULL: none
    removed_by TEXT CHECK (length(removed_by) BETWEEN 1 AND 64), -- CorEMR's id of the user; NULL: CorEMR System
    announced INTEGER NOT NULL CHECK (announced IN (0, 1)) -- 1: other feeds are told of it
) STRICT;

CREATE TRIGGER waiting_event_ends AFTER DELETE ON waiting_event
BEGIN
    DELETE FROM waiting_location WHERE message = OLD.message;
    DELETE FROM waiting_alert WHERE message = OLD.message;
END;

-- Bookings whose demographics were left out of the live world, since their facility is in test: a Location that names no facility is
-- left out too. The row goes when the booking comes to be in live.
CREATE TABLE test_only_booking (
    authority TEXT NOT NULL CHECK (length(authority) BETWEEN 1 AND 64), -- who gave booking_number
    booking_number TEXT NOT NULL CHECK (length(booking_number) BETWEEN 1 AND 32), -- the sender's number
    facility TEXT NOT NULL CHECK (length(facility) BETWEEN 1 AND 32), -- the facility that was not live
    PRIMARY KEY (authority, booking_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_fault (
    file INTEGER NOT NULL REFERENCES file (id), -- the file
    ordinal INTEGER NOT NULL CHECK (ordinal > 0), -- which fault of the file, from 1
    message INTEGER REFERENCES message (id), -- the message; NULL: the fault is of the file
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 64), -- stable short name, such as required-missing
    severity TEXT NOT NULL CHECK (severity IN ('warning', 'error')), -- error: it was not applied for this
    line INTEGER CHECK (line > 0), -- line in the file; NULL: the file as a whole
    field TEXT CHECK (length(field) BETWEEN 1 AND 64), -- documented name of the field; NULL: none
    expected TEXT CHECK (length(expected) >= 1), -- what would be right; never the value that is wrong
    PRIMARY KEY (file, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_fault_of_message ON message_fault (message) WHERE message IS NOT NULL;

CREATE TABLE message_extra (
    message INTEGER NOT NULL REFERENCES message (id), -- the message that carried the field
    ordinal INTEGER NOT NULL CHECK (ordinal > 0), -- which such field of the message, from 1
    name TEXT NOT NULL,  -- name as sent
    value TEXT NOT NULL, -- value as sent
    PRIMARY KEY (message, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE change_log (
    message INTEGER NOT NULL REFERENCES message (id), -- the message that made the change
    ordinal INTEGER NOT NULL CHECK (ordinal > 0), -- which change of the message, from 1
    table_name TEXT NOT NULL CHECK (table_name IN ('patient', 'booking') OR table_name = 'alert'), -- the table
    row_id INTEGER NOT NULL, -- the row (id in that table)
    field TEXT CHECK (length(field) >= 1), -- the column; NULL: the row was created
    old_value TEXT, -- what stood there; NULL: nothing
    new_value TEXT, -- what stands there now; NULL: nothing
    CHECK (field IS NOT NULL OR (old_value IS NULL AND new_value IS NULL)),
    PRIMARY KEY (message, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_log_booking_moved ON change_log (old_value) WHERE field = 'patient'; -- which bookings were a patient's once

CREATE TABLE location_history (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- in the order in which they became known
    booking INTEGER NOT NULL REFERENCES booking (id), -- whose location
    message INTEGER NOT NULL REFERENCES message (id), -- the message that said so
    facility TEXT, -- facility code from then on
    housing TEXT, -- Housing as sent
    bed TEXT,     -- Bed as sent
    block TEXT,   -- location level 1, as in booking
    pod TEXT,     -- location level 2
    cell TEXT,    -- location level 3
    bunk TEXT,    -- location level 4
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??.??????Z') -- since when, by the event time
) STRICT;
CREATE INDEX location_history_of_booking ON location_history (booking);

-- Places that no location rule of their facility matched: told once (event 412), and read by whoever mends the rules.
CREATE TABLE unmatched_location (
    facility TEXT NOT NULL CHECK (length(facility) BETWEEN 1 AND 32), -- facility code
    housing TEXT NOT NULL CHECK (length(housing) <= 127), -- Housing as sent; empty: none
    bed TEXT NOT NULL CHECK (length(bed) <= 127),         -- Bed as sent; empty: none
    file INTEGER NOT NULL REFERENCES file (id),           -- the first file that said so
    PRIMARY KEY (facility, housing, bed)
) STRICT, WITHOUT ROWID;

-- Photos --------------------------------------------------------------------------------------------------------------

-- A picture, once, whoever it shows: its bytes are a file in the folder photos of the world, named by the hash in hexadecimal digits.
CREATE TABLE photo (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- our number of the picture
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32), -- of its bytes
    kind TEXT NOT NULL CHECK (kind IN ('jpeg', 'png')), -- what its bytes are
    width INTEGER NOT NULL CHECK (width > 0),   -- pixels
    height INTEGER NOT NULL CHECK (height > 0), -- pixels
    size INTEGER NOT NULL CHECK (size > 0),     -- bytes
    stored_at TEXT NOT NULL CHECK (stored_at GLOB '????-??-??T??:??:??.??????Z') -- when it was first stored
) STRICT;

CREATE TABLE patient_photo (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- in the order in which they were taken over
    patient INTEGER NOT NULL REFERENCES patient (id), -- whose photo
    photo INTEGER NOT NULL REFERENCES photo (id),     -- the picture
    file INTEGER NOT NULL REFERENCES file (id),       -- the file that named it, or that is the picture
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??.??????Z'), -- since when it is the photo of the patient
    until TEXT CHECK (until GLOB '????-??-??T??:??:??.??????Z') -- until when; NULL: it is the present one
) STRICT;
CREATE UNIQUE INDEX patient_photo_present ON patient_photo (patient) WHERE until IS NULL;
CREATE INDEX patient_photo_of_patient ON patient_photo (patient);

-- The photo that a PhotoPath asks for, one a patient, and how far it is. In the words of `state`: waiting is tried again at next_at, failed is given up.
CREATE TABLE photo_request (
    patient INTEGER PRIMARY KEY REFERENCES patient (id), -- for whom
    path TEXT NOT NULL CHECK (length(path) BETWEEN 1 AND 255), -- PhotoPath as sent
    feed TEXT NOT NULL CHECK (length(feed) BETWEEN 1 AND 64),  -- feed of the file that named it; a file beside it is looked for there
    name TEXT NOT NULL CHECK (length(name) <= 255), -- last part of path, A to Z as small letters
    file INTEGER NOT NULL REFERENCES file (id), -- the file that named it
    beside INTEGER REFERENCES file (id), -- the file that is the picture; NULL: it is fetched from path
    state TEXT NOT NULL CHECK (state IN ('waiting', 'fetched') OR state = 'failed'), -- how far it is
    attempts INTEGER NOT NULL CHECK (attempts >= 0), -- that failed
    asked_at TEXT NOT NULL CHECK (asked_at GLOB '????-??-??T??:??:??.??????Z'), -- when it was asked for
    next_at TEXT CHECK (next_at GLOB '????-??-??T??:??:??.??????Z'), -- when it is tried next
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 64), -- why the last attempt failed, one stable word
    CHECK ((state = 'waiting') = (next_at IS NOT NULL))
) STRICT;
CREATE INDEX photo_request_due ON photo_request (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX photo_request_named ON photo_request (feed, name);
CREATE INDEX photo_request_reason ON photo_request (reason) WHERE reason IS NOT NULL;
CREATE INDEX photo_request_failed ON photo_request (patient) WHERE state = 'failed';
-- The next roster that names the photo asks for it again.
CREATE TRIGGER photo_given_up_leaves_its_runs AFTER UPDATE OF state ON photo_request WHEN NEW.state = 'failed'
BEGIN
    UPDATE roster_run SET digest = NULL
    WHERE id IN (SELECT run FROM roster_run_row WHERE patient = OLD.patient) AND digest IS NOT NULL;
END;

-- A picture that came as a file and that no patient names yet. The row goes when the message ends.
CREATE TABLE waiting_photo (
    message INTEGER PRIMARY KEY REFERENCES message (id), -- the message that waits
    feed TEXT NOT NULL CHECK (length(feed) BETWEEN 1 AND 64), -- the feed
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255), -- name of the file, A to Z as small letters
    waits_until TEXT NOT NULL CHECK (waits_until GLOB '????-??-??T??:??:??.??????Z') -- when it is quarantined
) STRICT;
CREATE INDEX waiting_photo_for ON waiting_photo (feed, name);
CREATE INDEX waiting_photo_until ON waiting_photo (waits_until);

CREATE TABLE feed_total (
    feed TEXT PRIMARY KEY CHECK (length(feed) BETWEEN 1 AND 64), -- the feed
    done INTEGER NOT NULL DEFAULT 0 CHECK (done >= 0),               -- files that ended as done
    quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined >= 0), -- files in quarantine
    vanished INTEGER NOT NULL DEFAULT 0 CHECK (vanished >= 0),       -- files that went away
    applied INTEGER NOT NULL DEFAULT 0 CHECK (applied >= 0),         -- messages that ended as applied
    duplicate INTEGER NOT NULL DEFAULT 0 CHECK (duplicate >= 0),     -- messages that ended as duplicate
    open_messages INTEGER NOT NULL DEFAULT 0 CHECK (open_messages >= 0), -- messages that are held, unmatched or waiting
    identity_changes INTEGER NOT NULL DEFAULT 0 CHECK (identity_changes >= 0), -- applied messages that changed family name, given name and birth date at once
    last_identity_change INTEGER, -- ledger number of the newest file with one
    last_file INTEGER,     -- ledger number of the newest file
    last_arrived_at TEXT CHECK (last_arrived_at GLOB '????-??-??T??:??:??.??????Z') -- its arrival
) STRICT, WITHOUT ROWID;

-- Orders --------------------------------------------------------------------------------------------------------------

CREATE TABLE provider (
    provider_id TEXT PRIMARY KEY
        CONSTRAINT "provider_id must have 1 to 64 characters" CHECK (length(provider_id) BETWEEN 1 AND 64), -- CorEMR's id of the user
    last_name TEXT NOT NULL
        CONSTRAINT "last_name must have 1 to 255 characters" CHECK (length(last_name) BETWEEN 1 AND 255), -- family name
    first_name TEXT
        CONSTRAINT "first_name must be NULL or have 1 to 255 characters" CHECK (length(first_name) BETWEEN 1 AND 255), -- given name
    npi TEXT
        CONSTRAINT "npi must be NULL or 10 digits" CHECK (length(npi) = 10 AND npi NOT GLOB '*[^0-9]*'), -- national provider identifier
    dea TEXT
        CONSTRAINT "dea must be NULL or 2 capitals and 7 digits"
        CHECK (dea GLOB '[A-Z][A-Z9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]') -- number of the Drug Enforcement Administration
) STRICT, WITHOUT ROWID;

CREATE TABLE drug (
    ndc TEXT PRIMARY KEY
        CONSTRAINT "ndc must be 11 digits without hyphens" CHECK (length(ndc) = 11 AND ndc NOT GLOB '*[^0-9]*'), -- national drug code
    rxnorm TEXT
        CONSTRAINT "rxnorm must be NULL or 1 to 8 digits" CHECK (length(rxnorm) BETWEEN 1 AND 8 AND rxnorm NOT GLOB '*[^0-9]*'), -- RxNorm id (RXCUI)
    name TEXT NOT NULL
        CONSTRAINT "name must have 1 to 255 characters" CHECK (length(name) BETWEEN 1 AND 255), -- name as it shall be printed
    strength TEXT
        CONSTRAINT "strength must be NULL or have 1 to 70 characters" CHECK (length(strength) BETWEEN 1 AND 70), -- such as 20 mg
    dosage_form TEXT
        CONSTRAINT "dosage_form must be NULL or have 1 to 60 characters" CHECK (length(dosage_form) BETWEEN 1 AND 60), -- NCPDP code
    schedule TEXT
        CONSTRAINT "schedule must be NULL, 2, 3, 4 or 5" CHECK (schedule IN ('2', '3', '4', '5')), -- controlled substance schedule
    container_type TEXT
        CONSTRAINT "container_type must be NULL or have 1 to 60 characters" CHECK (length(container_type) BETWEEN 1 AND 60) -- for patient-specific use
) STRICT, WITHOUT ROWID;

-- One row is one order event: placer number, order control, whole content. Rows are added, never changed. '+0 days' makes every
-- version of SQLite count the date anew, so that February 30 comes out as another day and is refused.
CREATE TABLE medication_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT
        CONSTRAINT "id must be left out or be a positive number below 2^53" CHECK (id BETWEEN 1 AND 9007199254740991), -- leave it out
    placer_number TEXT NOT NULL
        CONSTRAINT "placer_number must have 1 to 22 characters" CHECK (length(placer_number) BETWEEN 1 AND 22), -- CorEMR's number of the order (ORC-2)
    order_control TEXT NOT NULL
        CONSTRAINT "order_control must be NW, CA, DC, HD, RL, RF or XO"
        CHECK (order_control IN ('NW', 'CA', 'DC', 'HD', 'RL', 'RF', 'XO')), -- what happens to the order (ORC-1)
    replaces INTEGER, -- id of a failed row whose place this one takes
    patient INTEGER NOT NULL REFERENCES patient (id),  -- for whom (patient.id)
    booking INTEGER NOT NULL REFERENCES booking (id),  -- in which booking (booking.id)
    provider TEXT NOT NULL REFERENCES provider (provider_id), -- who orders
    ndc TEXT NOT NULL REFERENCES drug (ndc), -- what
    pharmacy TEXT
        CONSTRAINT "pharmacy must be NULL or have 1 to 64 characters" CHECK (length(pharmacy) BETWEEN 1 AND 64), -- partner by name; NULL: every partner of the facility
    ordered_at TEXT NOT NULL
        CONSTRAINT "ordered_at must be UTC as YYYY-MM-DDTHH:MM:SSZ, with 0, 3 or 6 digits of a second"
        CHECK ((substr(ordered_at, 20) = 'Z' OR substr(ordered_at, 20) GLOB '.[0-9][0-9][0-9]Z'
                OR substr(ordered_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')
               AND strftime('%Y-%m-%dT%H:%M:%S', substr(ordered_at, 1, 19), '+0 days') IS substr(ordered_at, 1, 19)), -- when it was ordered
    start_at TEXT
        CONSTRAINT "start_at must be NULL or UTC as YYYY-MM-DDTHH:MM:SSZ, with 0, 3 or 6 digits of a second"
        CHECK (start_at IS NULL
               OR ((substr(start_at, 20) = 'Z' OR substr(start_at, 20) GLOB '.[0-9][0-9][0-9]Z'
                    OR substr(start_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')
                   AND strftime('%Y-%m-%dT%H:%M:%S', substr(start_at, 1, 19), '+0 days') IS substr(start_at, 1, 19))), -- first dose not before
    stop_at TEXT
        CONSTRAINT "stop_at must be NULL or UTC as YYYY-MM-DDTHH:MM:SSZ, with 0, 3 or 6 digits of a second"
        CHECK (stop_at IS NULL
               OR ((substr(stop_at, 20) = 'Z' OR substr(stop_at, 20) GLOB '.[0-9][0-9][0-9]Z'
                    OR substr(stop_at, 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z')
                   AND strftime('%Y-%m-%dT%H:%M:%S', substr(stop_at, 1, 19), '+0 days') IS substr(stop_at, 1, 19))), -- last dose not after
    dose_amount TEXT NOT NULL
        CONSTRAINT "dose_amount must be a decimal number such as 1, 0.5 or 12.5, of at most 20 characters"
        CHECK (length(dose_amount) <= 20 AND dose_amount GLOB '[0-9]*' AND dose_amount NOT GLOB '*[^0-9.]*'
               AND dose_amount NOT GLOB '*.*.*' AND dose_amount NOT GLOB '*.'), -- how much at a time (RXE-3)
    dose_units TEXT NOT NULL
        CONSTRAINT "dose_units must have 1 to 60 characters" CHECK (length(dose_units) BETWEEN 1 AND 60), -- of dose_amount (RXE-5)
    route TEXT
        CONSTRAINT "route must be NULL or have 1 to 60 characters" CHECK (length(route) BETWEEN 1 AND 60), -- HL7 table 0162, such as PO
    frequency TEXT
        CONSTRAINT "frequency must be NULL or have 1 to 20 characters without a blank"
        CHECK (length(frequency) BETWEEN 1 AND 20 AND instr(frequency, ' ') = 0), -- HL7 repeat pattern, such as BID or Q6H
    as_needed INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "as_needed must be 0 or 1" CHECK (as_needed IN (0, 1)), -- 1: PRN
    keep_on_person INTEGER NOT NULL DEFAULT 0
        CONSTRAINT "keep_on_person must be 0 or 1" CHECK (keep_on_person IN (0, 1)), -- 1: the patient keeps it
    instructions TEXT
        CONSTRAINT "instructions must be NULL or have 1 to 1000 characters" CHECK (length(instructions) BETWEEN 1 AND 1000), -- to be printed
    indication TEXT
        CONSTRAINT "indication must be NULL or have 1 to 250 characters" CHECK (length(indication) BETWEEN 1 AND 250), -- what it is for
    quantity TEXT
        CONSTRAINT "quantity must be NULL or a decimal number such as 30 or 2.5, of at most 20 characters"
        CHECK (length(quantity) <= 20 AND quantity GLOB '[0-9]*' AND quantity NOT GLOB '*[^0-9.]*'
               AND quantity NOT GLOB '*.*.*' AND quantity NOT GLOB '*.'), -- how much to dispense (RXE-10)
    quantity_units TEXT
        CONSTRAINT "quantity_units must be NULL or have 1 to 60 characters" CHECK (length(quantity_units) BETWEEN 1 AND 60), -- of quantity (RXE-11)
    refills INTEGER
        CONSTRAINT "refills must be NULL or 0 to 99" CHECK (refills BETWEEN 0 AND 99), -- how often it may be dispensed again (RXE-12)
    days_supply INTEGER
        CONSTRAINT "days_supply must be NULL or 1 to 999" CHECK (days_supply BETWEEN 1 AND 999), -- days that the quantity lasts
    substitution_allowed INTEGER NOT NULL DEFAULT 1
        CONSTRAINT "substitution_allowed must be 0 or 1" CHECK (substitution_allowed IN (0, 1)), -- 0: dispense as written (RXE-9)
    note TEXT
        CONSTRAINT "note must be NULL or have 1 to 1000 characters" CHECK (length(note) BETWEEN 1 AND 1000), -- to the pharmacy (NTE)
    CONSTRAINT "stop_at must not be before start_at" CHECK (start_at IS NULL OR stop_at IS NULL
               OR substr(stop_at, 1, 19) >= substr(start_at, 1, 19)),
    CONSTRAINT "quantity and quantity_units go together" CHECK ((quantity IS NULL) = (quantity_units IS NULL))
) STRICT;
CREATE INDEX medication_order_of_placer_number ON medication_order (placer_number);

CREATE TABLE order_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in the order in which the order rows came
    order_row INTEGER NOT NULL UNIQUE REFERENCES medication_order (id), -- the order row (medication_order.id)
    placer_number TEXT NOT NULL, -- its placer number
    place INTEGER, -- whose turn it takes (order_event.id), when its order row replaces a failed one; NULL: its own
    state TEXT NOT NULL DEFAULT 'new'
        CHECK (state IN ('new', 'rendered', 'failed', 'superseded', 'no-live-partner')), -- rendered: messages are in the outbox
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 255), -- why it failed and what to do, without patient data
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'), -- when the order row was inserted
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'), -- when it left the state new
    CHECK ((state = 'new') = (ended_at IS NULL)),
    CHECK ((state = 'failed') <= (reason IS NOT NULL))
) STRICT;
CREATE INDEX order_event_new ON order_event (coalesce(place, id)) WHERE state = 'new';
CREATE INDEX order_event_failed ON order_event (placer_number) WHERE state = 'failed';

-- INSERT OR REPLACE fires no delete trigger, and an id that exists must not be taken: so this is asked before the insert.
CREATE TRIGGER medication_order_insert_checked BEFORE INSERT ON medication_order
BEGIN
    SELECT RAISE(ABORT, 'medication_order is append-only: leave id out, each order event is a row of its own')
        WHERE EXISTS (SELECT 1 FROM medication_order WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'patient names no row: give patient.id of the patient who has the booking')
        WHERE NOT EXISTS (SELECT 1 FROM patient WHERE id = NEW.patient);
    SELECT RAISE(ABORT, 'booking names no row: give booking.id')
        WHERE NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking);
    SELECT RAISE(ABORT, 'the booking is another patient''s: give a booking whose booking.patient is the patient of the order')
        WHERE NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking AND patient = NEW.patient);
    SELECT RAISE(ABORT, 'provider names no row: insert the provider first, then give provider.provider_id')
        WHERE NOT EXISTS (SELECT 1 FROM provider WHERE provider_id = NEW.provider);
    SELECT RAISE(ABORT, 'ndc names no row of drug: insert the drug first, then give its 11 digits')
        WHERE NOT EXISTS (SELECT 1 FROM drug WHERE ndc = NEW.ndc);
    SELECT RAISE(ABORT, 'placer_number is used for another patient''s order: give each order a number of its own')
        WHERE EXISTS (SELECT 1 FROM medication_order WHERE placer_number = NEW.placer_number AND patient <> NEW.patient);
    SELECT RAISE(ABORT, 'replaces must name a medication_order row with the same placer_number whose order_event is failed')
        WHERE NEW.replaces IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM order_event
                          WHERE order_row = NEW.replaces AND state = 'failed' AND placer_number = NEW.placer_number);
    SELECT RAISE(ABORT, 'this placer_number already has a new order (NW): give each new order a number of its own, or name the failed row in replaces')
        WHERE NEW.order_control = 'NW' AND NEW.replaces IS NULL
          AND EXISTS (SELECT 1 FROM medication_order WHERE placer_number = NEW.placer_number AND order_control = 'NW');
    -- Line feed, carriage return and tab are text; the rest of the control characters no pharmacy can print.
    SELECT RAISE(ABORT, 'the order has a control character in a text: leave it out')
        WHERE (NEW.placer_number || coalesce(NEW.pharmacy, '') || NEW.dose_units || coalesce(NEW.route, '')
               || coalesce(NEW.frequency, '') || coalesce(NEW.quantity_units, ''))
              GLOB ('*[' || char(1) || '-' || char(31) || char(127) || ']*')
           OR (coalesce(NEW.instructions, '') || coalesce(NEW.indication, '') || coalesce(NEW.note, ''))
              GLOB ('*[' || char(1) || '-' || char(8) || char(11) || char(12) || char(14) || '-' || char(31) || char(127) || ']*')
           OR instr(NEW.placer_number || coalesce(NEW.pharmacy, '') || NEW.dose_units || coalesce(NEW.route, '')
                    || coalesce(NEW.frequency, '') || coalesce(NEW.quantity_units, '') || coalesce(NEW.instructions, '')
                    || coalesce(NEW.indication, '') || coalesce(NEW.note, ''), char(0)) > 0;
END;

CREATE TRIGGER medication_order_announced AFTER INSERT ON medication_order
BEGIN
    INSERT INTO order_event (order_row, placer_number, place, created_at)
        VALUES (NEW.id, NEW.placer_number,
                (SELECT coalesce(place, id) FROM order_event WHERE order_row = NEW.replaces),
                strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'));
    UPDATE order_event SET state = 'superseded' WHERE order_row = NEW.replaces;
END;

CREATE TRIGGER medication_order_unchanged BEFORE UPDATE ON medication_order
BEGIN
    SELECT RAISE(ABORT, 'medication_order is append-only: insert a row with order_control XO, CA or DC instead');
END;

CREATE TRIGGER medication_order_stays BEFORE DELETE ON medication_order
BEGIN
    SELECT RAISE(ABORT, 'medication_order is append-only: insert a row with order_control CA or DC instead');
END;

CREATE TRIGGER provider_in_use_stays BEFORE DELETE ON provider
    WHEN EXISTS (SELECT 1 FROM medication_order WHERE provider = OLD.provider_id)
BEGIN
    SELECT RAISE(ABORT, 'the provider has orders and is not deleted: update the row instead');
END;
CREATE TRIGGER provider_keeps_its_id BEFORE UPDATE OF provider_id ON provider
    WHEN NEW.provider_id <> OLD.provider_id
BEGIN
    SELECT RAISE(ABORT, 'provider_id never changes: insert a row with the other id');
END;
CREATE TRIGGER drug_in_use_stays BEFORE DELETE ON drug
    WHEN EXISTS (SELECT 1 FROM medication_order WHERE ndc = OLD.ndc)
BEGIN
    SELECT RAISE(ABORT, 'the drug has orders and is not deleted: update the row instead');
END;
CREATE TRIGGER drug_keeps_its_ndc BEFORE UPDATE OF ndc ON drug
    WHEN NEW.ndc <> OLD.ndc
BEGIN
    SELECT RAISE(ABORT, 'ndc never changes: insert a row with the other code');
END;

-- Alerts --------------------------------------------------------------------------------------------------------------

-- Each alert as it stands: written by CorBridge for what feeds say, and by the trigger of alert_entry for what CorEMR's users do.
CREATE TABLE alert (
    id INTEGER PRIMARY KEY CHECK (id > 0), -- our number of the alert
    patient INTEGER NOT NULL REFERENCES patient (id), -- whose alert
    booking INTEGER NOT NULL REFERENCES booking (id), -- in which booking
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 32), -- CorEMR's alert code
    date_added TEXT NOT NULL CHECK (date_added GLOB '????-??-??T??:??:??.??????Z'), -- UTC; another date is another alert
    date_added_given TEXT CHECK (length(date_added_given) BETWEEN 10 AND 40), -- as the sender's clock read, or as it went out first; NULL: neither yet
    added_by TEXT CHECK (length(added_by) BETWEEN 1 AND 64), -- CorEMR's id of the user; NULL: CorEMR System
    date_removed TEXT CHECK (date_removed GLOB '????-??-??T??:??:??.??????Z'), -- UTC; NULL: the alert stands
    date_removed_given TEXT CHECK (length(date_removed_given) BETWEEN 10 AND 40), -- as the sender's clock read; NULL: CorEMR's user removed it, or it stands
    removed_by TEXT CHECK (length(removed_by) BETWEEN 1 AND 64), -- CorEMR's id of the user; NULL: CorEMR System, or it stands
    feed TEXT CHECK (length(feed) BETWEEN 1 AND 64), -- feed by which it came to be; NULL: CorEMR's user set it
    alert_event_at TEXT NOT NULL CHECK (alert_event_at GLOB '????-??-??T??:??:??.??????Z'), -- event time of what last stated it
    alert_arrived_at TEXT NOT NULL CHECK (alert_arrived_at GLOB '????-??-??T??:??:??.??????Z'), -- its arrival
    alert_file INTEGER, -- its file (file.id); NULL: CorEMR's user
    UNIQUE (patient, booking, code, date_added),
    CHECK (date_removed IS NOT NULL OR (date_removed_given IS NULL AND removed_by IS NULL))
) STRICT;
CREATE INDEX alert_of_booking ON alert (booking);
CREATE TRIGGER alert_stays BEFORE DELETE ON alert
BEGIN
    SELECT RAISE(ABORT, 'an alert is never deleted: insert a row with removes into alert_entry');
END;
CREATE TRIGGER alert_keeps_its_key BEFORE UPDATE OF id, code, date_added ON alert
BEGIN
    SELECT RAISE(ABORT, 'id, code and date_added of an alert never change: another date_added is another alert');
END;
-- An alert never stands in another person's chart than its booking, and its sender names that person from then on.
CREATE TRIGGER booking_takes_its_alerts_along AFTER UPDATE OF patient ON booking WHEN NEW.patient <> OLD.patient
BEGIN
    UPDATE alert SET patient = NEW.patient WHERE booking = NEW.id;
END;

-- One row is one thing that a user of CorEMR did: an alert was set, or one was removed. Rows are added, never changed. Times are whole
-- seconds, since others are told of them so, and an alert is known by its date_added.
CREATE TABLE alert_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT
        CONSTRAINT "id must be left out or be a positive number below 2^53" CHECK (id BETWEEN 1 AND 9007199254740991), -- leave it out
    removes INTEGER REFERENCES alert (id), -- the alert that is removed (alert.id); NULL: the row sets one
    patient INTEGER REFERENCES patient (id), -- to set one: whose alert (patient.id)
    booking INTEGER REFERENCES booking (id), -- to set one: in which booking (booking.id)
    code TEXT
        CONSTRAINT "code must have 1 to 32 characters" CHECK (length(code) BETWEEN 1 AND 32), -- to set one: CorEMR's alert code
    date_added TEXT
        CONSTRAINT "date_added must be UTC as YYYY-MM-DDTHH:MM:SSZ, a whole second"
        CHECK (substr(date_added, 20) IN ('Z', '.000Z', '.000000Z')
               AND strftime('%Y-%m-%dT%H:%M:%S', substr(date_added, 1, 19), '+0 days') IS substr(date_added, 1, 19)), -- to set one: when it was set
    date_removed TEXT
        CONSTRAINT "date_removed must be UTC as YYYY-MM-DDTHH:MM:SSZ, a whole second"
        CHECK (substr(date_removed, 20) IN ('Z', '.000Z', '.000000Z')
               AND strftime('%Y-%m-%dT%H:%M:%S', substr(date_removed, 1, 19), '+0 days') IS substr(date_removed, 1, 19)), -- to remove one: when it was removed
    user_id TEXT
        CONSTRAINT "user_id must be NULL or have 1 to 64 characters" CHECK (length(user_id) BETWEEN 1 AND 64), -- who set or removed it: CorEMR's id of the user; NULL: CorEMR System
    CONSTRAINT "to set an alert give patient, booking, code and date_added; to remove one give removes and date_removed"
        CHECK (CASE WHEN removes IS NULL
               THEN patient IS NOT NULL AND booking IS NOT NULL AND code IS NOT NULL AND date_added IS NOT NULL
                    AND date_removed IS NULL
               ELSE patient IS NULL AND booking IS NULL AND code IS NULL AND date_added IS NULL
                    AND date_removed IS NOT NULL END)
) STRICT;

-- What other feeds are to be told.
CREATE TABLE alert_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in the order in which the alerts changed
    alert INTEGER NOT NULL REFERENCES alert (id), -- the alert
    entry INTEGER UNIQUE REFERENCES alert_entry (id), -- the entry that changed it; NULL: a file
    file INTEGER REFERENCES file (id), -- the file that changed it, whose feed is not told; NULL: an entry
    change TEXT NOT NULL CHECK (change IN ('added', 'removed')), -- what is told
    state TEXT NOT NULL DEFAULT 'new'
        CHECK (state IN ('new', 'rendered', 'failed', 'superseded', 'no-receiver')), -- rendered: messages are in the outbox
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 255), -- why nobody is told and what to do, without patient data
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'), -- when the alert changed
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'), -- when it left the state new
    CHECK ((entry IS NULL) = (file IS NOT NULL)),
    CHECK ((state = 'new') = (ended_at IS NULL)),
    CHECK ((state = 'failed') <= (reason IS NOT NULL))
) STRICT;
CREATE INDEX alert_event_new ON alert_event (id) WHERE state = 'new';
CREATE INDEX alert_event_failed ON alert_event (alert) WHERE state = 'failed';

CREATE TRIGGER alert_entry_insert_checked BEFORE INSERT ON alert_entry
BEGIN
    SELECT RAISE(ABORT, 'alert_entry is append-only: leave id out, each alert that is set or removed is a row of its own')
        WHERE EXISTS (SELECT 1 FROM alert_entry WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'patient names no row: give patient.id of the patient who has the booking')
        WHERE NEW.patient IS NOT NULL AND NOT EXISTS (SELECT 1 FROM patient WHERE id = NEW.patient);
    SELECT RAISE(ABORT, 'booking names no row: give booking.id')
        WHERE NEW.booking IS NOT NULL AND NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking);
    SELECT RAISE(ABORT, 'the booking is another patient''s: give a booking whose booking.patient is the patient of the alert')
        WHERE NEW.booking IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking AND patient = NEW.patient);
    -- A line of alerts has no quotes.
    SELECT RAISE(ABORT, 'code must have no comma, quotation mark or control character, and no blank at an end')
        WHERE NEW.code GLOB ('*[,"' || char(1) || '-' || char(31) || char(127) || ']*') OR instr(NEW.code, char(0)) > 0
           OR trim(NEW.code) <> NEW.code;
    SELECT RAISE(ABORT, 'the alert is there already: another date_added is another alert, and removes removes this one')
        WHERE EXISTS (SELECT 1 FROM alert
                      WHERE patient = NEW.patient AND booking = NEW.booking AND code = NEW.code
                        AND date_added = substr(NEW.date_added, 1, 19) || '.000000Z');
    SELECT RAISE(ABORT, 'removes names no row: give alert.id of the alert that is removed')
        WHERE NEW.removes IS NOT NULL AND NOT EXISTS (SELECT 1 FROM alert WHERE id = NEW.removes);
    SELECT RAISE(ABORT, 'the alert is removed already: alert.date_removed says since when')
        WHERE EXISTS (SELECT 1 FROM alert WHERE id = NEW.removes AND date_removed IS NOT NULL);
    SELECT RAISE(ABORT, 'date_removed must not be before the date_added of the alert')
        WHERE EXISTS (SELECT 1 FROM alert WHERE id = NEW.removes AND substr(NEW.date_removed, 1, 19) < substr(date_added, 1, 19));
END;

CREATE TRIGGER alert_entry_sets AFTER INSERT ON alert_entry WHEN NEW.removes IS NULL
BEGIN
    INSERT INTO alert (patient, booking, code, date_added, added_by, alert_event_at, alert_arrived_at)
        SELECT NEW.patient, NEW.booking, NEW.code, substr(NEW.date_added, 1, 19) || '.000000Z', NEW.user_id,
               strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    INSERT INTO alert_event (alert, entry, change, created_at)
        SELECT id, NEW.id, 'added', strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') FROM alert
        WHERE patient = NEW.patient AND booking = NEW.booking AND code = NEW.code
          AND date_added = substr(NEW.date_added, 1, 19) || '.000000Z';
END;

CREATE TRIGGER alert_entry_removes AFTER INSERT ON alert_entry WHEN NEW.removes IS NOT NULL
BEGIN
    UPDATE alert SET date_removed = substr(NEW.date_removed, 1, 19) || '.000000Z', removed_by = NEW.user_id,
                     alert_event_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
                     alert_arrived_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), alert_file = NULL
        WHERE id = NEW.removes;
    -- Each event tells the whole alert: what an earlier one could not tell, this one does.
    UPDATE alert_event SET state = 'superseded' WHERE state = 'failed' AND alert = NEW.removes;
    INSERT INTO alert_event (alert, entry, change, created_at)
        VALUES (NEW.removes, NEW.id, 'removed', strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'));
END;

CREATE TRIGGER alert_entry_unchanged BEFORE UPDATE ON alert_entry
BEGIN
    SELECT RAISE(ABORT, 'alert_entry is append-only: insert a row with removes instead');
END;
CREATE TRIGGER alert_entry_stays BEFORE DELETE ON alert_entry
BEGIN
    SELECT RAISE(ABORT, 'alert_entry is append-only: insert a row with removes instead');
END;

-- Outbound ------------------------------------------------------------------------------------------------------------

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in sending order; never used twice; in the control id
    order_event INTEGER REFERENCES order_event (id), -- what it came from; NULL: no order
    alert_event INTEGER REFERENCES alert_event (id), -- what it came from; NULL: no alert
    receiver_kind TEXT NOT NULL CHECK (receiver_kind IN ('pharmacy', 'feed')), -- what receiver names
    receiver TEXT NOT NULL CHECK (length(receiver) BETWEEN 1 AND 64), -- to whom it goes: pharmacy, or feed that takes alerts
    control_id TEXT NOT NULL UNIQUE CHECK (length(control_id) BETWEEN 1 AND 20), -- number for the receiver: MSH-10
    file_name TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255), -- name in the receiver's folder
    bytes BLOB NOT NULL CHECK (length(bytes) > 0), -- the message, exactly as it is sent
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'sent', 'received', 'refused', 'unanswered', 'ask', 'rejected')), -- how far it is
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'), -- when it was rendered
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??.??????Z'), -- when it lay in the folder under its name
    UNIQUE (receiver_kind, receiver, file_name),
    CHECK (order_event IS NULL OR alert_event IS NULL),
    CHECK (state NOT IN ('sent', 'received', 'refused', 'unanswered') OR sent_at IS NOT NULL)
) STRICT;
CREATE INDEX outbox_by_state ON outbox (receiver_kind, receiver, state, id);

CREATE TRIGGER outbox_rendered_once BEFORE UPDATE OF id, order_event, alert_event, receiver_kind, receiver, control_id, file_name, bytes
    ON outbox
BEGIN
    SELECT RAISE(ABORT, 'a message is rendered once: its bytes, name and number never change');
END;

-- Commands and records ------------------------------------------------------------------------------------------------

CREATE TABLE command (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in the order in which they are carried out
    what TEXT NOT NULL CHECK (length(what) BETWEEN 1 AND 32), -- scan, golive, back-to-test, …
    number INTEGER CHECK (number > 0), -- ledger or outbox number; NULL: none
    subject TEXT CHECK (length(subject) BETWEEN 1 AND 80), -- what it is about, such as feed:jms; NULL: a number, or everything
    argument TEXT CHECK (length(argument) BETWEEN 1 AND 255), -- a name or a reason, without patient data
    windows_user TEXT NOT NULL CHECK (length(windows_user) BETWEEN 1 AND 255), -- who typed it
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'), -- when
    answer TEXT CHECK (length(answer) BETWEEN 1 AND 1000), -- what came of it; NULL: not carried out yet
    outcome TEXT CHECK (outcome IN ('done', 'refused')), -- whether it was carried out; NULL: not yet
    answered_at TEXT CHECK (answered_at GLOB '????-??-??T??:??:??.??????Z'), -- when
    CHECK ((answer IS NULL) = (outcome IS NULL)),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
) STRICT;
CREATE INDEX command_pending ON command (id) WHERE answer IS NULL;

CREATE TABLE live_since (
    kind TEXT NOT NULL CHECK (kind IN ('feed', 'facility', 'pharmacy')), -- what went live
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64), -- its name in the configuration
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??.??????Z'), -- from when
    windows_user TEXT NOT NULL CHECK (length(windows_user) BETWEEN 1 AND 255), -- who did it
    waived TEXT CHECK (length(waived) BETWEEN 1 AND 255), -- the reason, when a condition was waived
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
-- What is live decides what becomes of a row.
CREATE TRIGGER live_since_ends_runs AFTER INSERT ON live_since
BEGIN
    UPDATE roster_run SET digest = NULL WHERE digest IS NOT NULL;
END;
CREATE TRIGGER back_to_test_ends_runs AFTER DELETE ON live_since
BEGIN
    UPDATE roster_run SET digest = NULL WHERE digest IS NOT NULL;
END;

-- How far what live feeds applied has been copied into the test world. In the live database the table is empty.
CREATE TABLE live_copy (
    feed TEXT PRIMARY KEY CHECK (length(feed) BETWEEN 1 AND 64), -- the feed
    letters TEXT NOT NULL CHECK (length(letters) = 6), -- database_info.control_letters of the live database: of another one all is copied anew
    up_to INTEGER NOT NULL CHECK (up_to >= 0), -- the last ledger number of the live world that was copied
    released_up_to INTEGER NOT NULL DEFAULT 0 CHECK (released_up_to >= 0) -- the last row of the live world's table released that was copied
) STRICT, WITHOUT ROWID;

CREATE TABLE access_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0), -- in order of time
    accessed_at TEXT NOT NULL CHECK (accessed_at GLOB '????-??-??T??:??:??.??????Z'), -- when
    windows_user TEXT NOT NULL CHECK (length(windows_user) BETWEEN 1 AND 255), -- who
    command TEXT NOT NULL CHECK (length(command) BETWEEN 1 AND 32), -- by which command
    number INTEGER CHECK (number > 0) -- which ledger number; NULL: a list
) STRICT;

CREATE TRIGGER access_log_unchanged BEFORE UPDATE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'access_log records who saw patient data: rows are never changed');
END;
CREATE TRIGGER access_log_stays BEFORE DELETE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'access_log records who saw patient data: rows are never deleted');
END;
CREATE TRIGGER access_log_insert_checked BEFORE INSERT ON access_log
    WHEN EXISTS (SELECT 1 FROM access_log WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'access_log records who saw patient data: rows are never replaced');
END;
