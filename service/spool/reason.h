/*
 * What `.reason.txt` says beside a file in quarantine or hold: why, where in the file, and what to do next. It
 * may name the file (RULES "Failing well"), never a value from it.
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_REASON_H
#define CORBRIDGE_SERVICE_SPOOL_REASON_H

#include <stdint.h>

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/fault.h"
#include "service/spool/store.h"

struct reason {
    enum store_place place;
    int64_t ledger_number;
    const char *feed;
    const char *name;
    instant_us arrived;
    uint32_t row, line; /* of the row of a roster that was set aside; 0: the file as a whole */
    const char *
        word; /* "faults", "row-faults", "incomplete", "too-large", "suspect", "waiting", "waited-too-long", "held", "rejected", "database" */
    const char *detail;              /* one more sentence, or NULL */
    const struct fault_list *faults; /* or NULL */
};

/* The sentence that stands for a stable word. Static. Any other word ends the program. */
const char *reason_sentence(const char *word);

/* The same for a word of the database, which another version may have written; NULL: it is not known here. */
const char *reason_find_sentence(const char *word);

/* The whole text in the arena (CRLF line ends: it is read with Notepad); NULL when memory is exhausted. */
const char *reason_text(const struct reason *reason, struct arena *arena);

/* The first error of the list as one line for the event ("line 6, LastName: …"), or the sentence of the word
 * when there is none. */
void reason_first(const struct reason *reason, char *out, size_t size);

#endif
