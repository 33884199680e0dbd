/*
 * An extract: one message of a file, such as a row of a roster, that was not applied, as a file of its own in quarantine or hold. The file
 * itself goes to the archive whole (RULES "Units and states").
 *
 *   quarantine/2026/11/23/18/000000000042_r17_roster.csv      and the same with .reason.txt
 *
 * The name follows from the ledger number and the row alone, so that a second try after a crash finds the first one's. Nothing is ever
 * overwritten.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_EXTRACT_H
#define CORBRIDGE_SERVICE_SPOOL_EXTRACT_H

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"
#include "platform/file.h"
#include "platform/sha256.h"
#include "service/spool/store.h"

struct extract {
    const char *root; /* the world's folder */
    enum store_place place;
    int64_t ledger_number;
    uint32_t row;
    instant_us arrived;
    const char *name;   /* of the file, as it lay in the share */
    struct slice mark;  /* of the encoding, put in front: a piece of UTF-16 has none; may be empty */
    struct slice bytes; /* as they stand in the file */
    struct file *file;  /* NULL; or they are too many to hold, and stand here: */
    uint64_t offset, size;
    const char *reason_text; /* NULL: memory was exhausted when it was made */
};

/* Where it lies, and the hash of its bytes. */
struct extract_written {
    char *stored; /* path below the root; heap, the caller's */
    uint8_t sha256[SHA256_SIZE];
};

/* Writes both, the reason first. Success also when they are there already; then *written is set (it may be NULL, and is for bytes in memory). On failure it may be tried again. */
struct platform_status extract_write(const struct extract *extract, struct extract_written *written);

/* The name of an extract in place of its file's: "r17_roster.csv". In the arena; NULL when memory is exhausted. */
const char *extract_name(uint32_t row, const char *name, struct arena *arena);

/* Brings the names that were written to the medium: before the ledger says that they are there. */
void extract_flush(const char *root, enum store_place place, instant_us arrived);

#endif
