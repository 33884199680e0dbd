/*
 * Whoever gets files from us: a pharmacy its HL7 messages, a feed the alerts of others. Each has a folder, and a queue of its own in the outbox
 * (database/outbox.h). Borrowed from the configuration; unchanged while the engine runs.
 */
#ifndef CORBRIDGE_OUTBOUND_RECEIVER_H
#define CORBRIDGE_OUTBOUND_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "database/live.h"
#include "parser/datetime.h"

struct receiver {
    enum live_kind kind;           /* LIVE_PHARMACY or LIVE_FEED */
    const char *name;              /* "diamond": unique within its kind, used in the database */
    const char *folder;            /* the folder of this world; absolute */
    const char *const *facilities; /* codes it serves; NULL-terminated; NULL: all */
    const char *file_pattern;      /* "%Y%m%d%H%M%S_%N_%C.hl7": UTC time, 12-digit number, control id */
};

/* Whether it serves the facility of that code (NULL: none is known), without regard to case and outer blanks. */
bool receiver_serves(const struct receiver *receiver, const char *facility);

#define RECEIVER_FILE_NAME_SIZE ((size_t)201) /* 200 characters and NUL */

/* The name of a file by the receiver's pattern. False when the pattern gives an unusable name: without %N and %C,
 * longer than 200 bytes, with a character that Windows does not allow, with a dot or blank at an end, beginning
 * with ~$ or ending in .tmp. */
bool receiver_file_name(const struct receiver *receiver, instant_us name_time, int64_t number,
                        const char *control_id, char out[RECEIVER_FILE_NAME_SIZE]);

#endif
