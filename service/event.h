/*
 * Events: what an administrator reads in the Event Viewer. One id per cause, each with its remedy, never
 * patient data, never a file name: feeds, pharmacies and ledger numbers only (DESIGN promise 5).
 *
 * The ids and texts stand in service/windows/messages.mc; docs/events.md lists them; a test holds both against
 * this table. Event Log entries stand for changes of state: what repeats is reported once when it begins and
 * once when it ends.
 */
#ifndef CORBRIDGE_SERVICE_EVENT_H
#define CORBRIDGE_SERVICE_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* Groups: 100 life cycle, 200 configuration, 300 watching, 400 taking files in, 500 database, 600 outbound, 700
 * security, 800 test and live. An id is never used again for another cause. Inserts are given in the comment. */
enum event_id {
    EVENT_STARTED = 100,         /* %1 version, %2 world(s), %3 feeds */
    EVENT_STOPPED = 101,         /* %1 seconds that it ran */
    EVENT_START_FAILED = 102,    /* %1 what failed and what to do */
    EVENT_ALREADY_RUNNING = 103, /* %1 process id of the first, %2 data folder */
    EVENT_PAUSED = 104,
    EVENT_CONTINUED = 105,
    EVENT_UNCLEAN_STOP_FOUND = 106, /* %1 how many files were claimed, %2 how many waited to be put away */
    EVENT_STOP_DEADLINE = 107,      /* %1 what was still running */

    EVENT_CONFIGURATION_REFUSED = 200,  /* %1 file:line: what to do (first fault), %2 how many faults */
    EVENT_CONFIGURATION_RELOADED = 201, /* %1 feeds, %2 pharmacies */

    EVENT_FEED_OFFLINE = 300,       /* %1 feed, %2 number and text */
    EVENT_FEED_ONLINE = 301,        /* %1 feed, %2 seconds away */
    EVENT_FEED_POLLED = 302,        /* %1 feed: the share never notifies */
    EVENT_WATCH_OVERFLOW = 303,     /* %1 feed, %2 times so far */
    EVENT_FEED_NO_RIGHT = 304,      /* %1 feed, %2 files, %3 number and text: no right to read for a minute */
    EVENT_FILES_UNRECOGNISED = 305, /* %1 feed, %2 how many for an hour or more */
    EVENT_FILE_BUSY_LONG = 306,     /* %1 feed, %2 files, %3 minutes: held by another program or growing */
    EVENT_FILE_REPLACED = 307,      /* %1 feed, %2 ledger number: gone or replaced before it could be taken */

    EVENT_QUARANTINED = 400,         /* %1 feed, %2 ledger number, %3 first fault, %4 how many faults */
    EVENT_QUARANTINED_SUSPECT = 401, /* %1 feed, %2 ledger number, %3 attempts */
    EVENT_VANISHED = 402,            /* %1 feed, %2 ledger number */
    EVENT_HELD = 403,                /* %1 feed, %2 ledger number, %3 why */
    EVENT_NOT_MOVED = 404,     /* %1 feed, %2 ledger number, %3 number and text: not put away for a minute */
    EVENT_MOVED_AT_LAST = 405, /* %1 feed, %2 ledger number */
    EVENT_ARCHIVE_COPY_MISSING = 406, /* %1 feed, %2 ledger number: applied, but nowhere to be found */
    EVENT_IDENTITY_CHANGED = 407,     /* %1 feed, %2 ledger number */
    EVENT_SECOND_OPEN_BOOKING = 408,  /* %1 feed, %2 ledger number */
    EVENT_DISK_LOW = 409,             /* %1 folder kind, %2 megabytes free */
    EVENT_DISK_ENOUGH = 410,          /* %1 megabytes free */
    EVENT_WAITED_TOO_LONG = 411,      /* %1 feed, %2 ledger number */
    EVENT_LOCATION_UNMATCHED = 412,   /* %1 feed, %2 ledger number */
    EVENT_ROWS_SET_ASIDE = 413,       /* %1 feed, %2 ledger number, %3 how many rows */

    EVENT_ROSTER_HELD = 414,     /* %1 feed, %2 ledger number, %3 why */
    EVENT_NOBODY_RELEASED = 415, /* %1 feed, %2 ledger number, %3 rows */
    EVENT_RELEASE_FAILED = 416,  /* %1 feed, %2 ledger number */
    EVENT_ALERTS_UNMAPPED = 420, /* %1 feed, %2 ledger number, %3 how many lines */
    EVENT_ALERT_REFUSED = 421, /* %1 feed, %2 ledger number: it waited, and the booking is another person's */
    EVENT_PHOTOS_UNREACHABLE = 430, /* %1 feed, %2 ledger number of the first, %3 why and what to do */
    EVENT_PHOTO_REFUSED = 431,      /* %1 feed, %2 ledger number, %3 why and what to do: a rule refuses it */
    EVENT_PHOTO_GIVEN_UP = 432,     /* %1 feed, %2 ledger number, %3 why and what to do: tried long enough */
    EVENT_PHOTO_UNWANTED = 433,     /* %1 feed, %2 ledger number: no patient named the picture in time */
    EVENT_PHOTO_NOT_STORED = 434,   /* %1 world, %2 number and text */

    EVENT_DATABASE_UNAVAILABLE = 500, /* %1 world, %2 code and text */
    EVENT_DATABASE_BACK = 501,        /* %1 world, %2 seconds away */
    EVENT_DATABASE_MIGRATED = 502,    /* %1 world, %2 from version, %3 to version */
    EVENT_WAL_LARGE = 503,            /* %1 world, %2 megabytes: a reader keeps the WAL from shrinking */
    EVENT_DATABASE_REPLACED = 504,    /* %1 world: another file, or none, has its name now */

    EVENT_PHARMACY_AWAY = 600,      /* %1 pharmacy, %2 outbox number, %3 number and text */
    EVENT_PHARMACY_BACK = 601,      /* %1 pharmacy */
    EVENT_PHARMACY_CONFLICT = 602,  /* %1 pharmacy, %2 outbox number: the name is there with other bytes */
    EVENT_ORDER_NOT_RENDERED = 603, /* %1 order event number, %2 what to mend */
    EVENT_ORDER_CHARACTERS_REPLACED = 604, /* %1 order event number, %2 how many and where */
    EVENT_LEFT_MESSAGES_REJECTED = 605,    /* %1 receiver, %2 how many */
    EVENT_ALERT_NOT_RENDERED = 606,        /* %1 alert event number, %2 what to mend */
    EVENT_ALERTS_AWAY = 607,               /* %1 feed, %2 outbox number, %3 number and text */
    EVENT_ALERTS_BACK = 608,               /* %1 feed */
    EVENT_ALERTS_CONFLICT = 609,           /* %1 feed, %2 outbox number: the name is there with other bytes */

    EVENT_RIGHTS_NOT_SET = 700, /* %1 which folder of ours, %2 number and text */

    EVENT_WENT_LIVE = 800,     /* %1 what, %2 who, %3 why the conditions were waived */
    EVENT_BACK_TO_TEST = 801,  /* %1 what, %2 who, %3 why */
    EVENT_TEST_LEFT_OUT = 802, /* %1 why the test world does not run */
    EVENT_RELEASED = 803,      /* %1 feed, %2 ledger number, %3 who */
    EVENT_REJECTED = 804       /* %1 feed, %2 ledger number, %3 who, %4 why */
};

enum event_severity {
    EVENT_INFORMATION,
    EVENT_WARNING,
    EVENT_ERROR
};

#define EVENT_INSERTS_MAX 4

/* A sink gets each event: the Windows Event Log, the console, a test. Called on any thread, also at once on several. */
typedef void (*event_sink)(void *context, enum event_id id, enum event_severity severity, size_t count,
                           const char *const inserts[EVENT_INSERTS_MAX]);

/* Sets the sink of this process. Before threads are started. NULL: events go nowhere (only the log file). */
void event_sink_set(event_sink sink, void *context);

/* Reports one event; as many `const char *` inserts must follow as the message has (event_insert_count), NULL
 * reads as "". Also written to the log (service/log.h). */
void event_report(enum event_id id, ...);

/* The table. severity and insert count of an id; aborts for an id that does not exist. */
enum event_severity event_severity_of(enum event_id id);
size_t event_insert_count(enum event_id id);

/* The text with the inserts put in, as the Event Viewer shows it, UTF-8; returns the needed length as snprintf does. */
size_t event_format(enum event_id id, size_t count, const char *const inserts[], char *out, size_t size);

/* All ids in ascending order; *count of them. Static. */
const enum event_id *event_ids(size_t *count);

#endif
