/*
 * Settling: which files of one folder are whole, and in what order they may be taken (DESIGN step 2).
 *
 * A pure state machine over names and marks. It opens nothing and knows no time but what it is told: `now` is a
 * monotonic clock in milliseconds. One struct settle per feed, used by the feed's settle worker alone.
 *
 *   seen → settling → due → (the worker looks) → in flight → gone
 *                      ↑ busy for a moment: again after 15 ms, for 100 ms ─────────────┤
 *                      ↑ busy, incomplete, denied: again after 250 ms, doubling to 5 s │
 *                      └─ changed: the quiet time starts anew ──────────────────────────┘
 */
#ifndef CORBRIDGE_SERVICE_WATCH_SETTLE_H
#define CORBRIDGE_SERVICE_WATCH_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/file.h"
#include "service/config.h"

enum settle_state {
    SETTLE_WAITING,     /* its time has not come: the quiet time runs, or the next look is due later */
    SETTLE_DUE,         /* may be looked at now */
    SETTLE_IN_FLIGHT,   /* claimed: ours until settle_finished */
    SETTLE_UNRECOGNISED /* no rule matches: counted, never taken */
};

/* Why a look did not end in a claim. */
enum settle_trouble {
    SETTLE_NO_TROUBLE,
    SETTLE_BUSY,
    SETTLE_INCOMPLETE,
    SETTLE_DENIED,
    SETTLE_FAILED
};

struct settle_entry {
    char *name;                       /* owned */
    const struct config_match *match; /* NULL: unrecognised */
    struct file_marks marks;          /* as last seen */
    bool has_identity;
    enum settle_state state;
    enum settle_trouble trouble;
    uint64_t first_seen;    /* when this name was first seen */
    uint64_t changed;       /* when its marks last changed: the quiet time counts from here */
    uint64_t trouble_since; /* when the present trouble began */
    uint64_t due;           /* when it may be looked at */
    uint32_t backoff;       /* milliseconds until the look after the next */
    uint64_t generation;    /* of the last scan that saw it */
    uint64_t hold_until;    /* how long it may hold back those behind it; 0: this file was never busy */
    bool replaced;          /* in flight: another file has been seen under its name */
    /* private to settle.c */
    struct settle_entry *bucket_next;
    struct settle_entry *previous_holder, *next_holder; /* where it holds back */
    bool holds_back;
    size_t heap_index; /* place among the waiting */
};

struct settle; /* opaque, heap */

/* Something that was seen is gone, or another file has its name, before it could be claimed. `entry` is valid
 * during the call. */
typedef void (*settle_gone_function)(void *context, const struct settle_entry *entry);

/* A table for one feed; `feed` is borrowed. NULL when memory is exhausted. */
struct settle *settle_new(const struct config_feed *feed, settle_gone_function gone, void *context);
void settle_free(struct settle *settle);

/* Names that are never taken (DESIGN step 1): .tmp .part .filepart ~$…; the caller has left out folders, links
 * and hidden files. */
bool settle_ignores(const char *name);

/* A scan: begin, observe every file of the listing, end. What the scan did not see is gone. */
void settle_scan_begin(struct settle *settle);
/* Also for a single name that a notification hinted at, outside a scan. False when memory is exhausted (the
 * next scan will see the name again). */
bool settle_observe(struct settle *settle, const char *name, const struct file_marks *marks,
                    bool has_identity, uint64_t now);
void settle_scan_end(struct settle *settle);

/* Something happened to a name. When its last look found it busy the next one is due at once: its writer may just have
 * closed it, and it would else come after files that were closed later. */
void settle_hinted(struct settle *settle, const char *name, uint64_t now);

/* A hinted name is no longer there. */
void settle_lost(struct settle *settle, const char *name);

/* The next file to look at: of all that are due, the one with the earliest last-write time, then the natural
 * order of names (RULES "Order and time"). NULL: none is due, or an earlier one is busy and in its first 100 ms
 * (settle_again). With order="strict" also NULL while an earlier file is not ready. The entry stays due until one of
 * the functions below is called for it. */
struct settle_entry *settle_next(struct settle *settle, uint64_t now);

/* What the look found: claimed, with the marks by handle. */
void settle_claimed(struct settle *settle, struct settle_entry *entry, const struct file_marks *marks);
/* Its marks by handle differ from the listing: the quiet time starts anew. */
void settle_changed(struct settle *settle, struct settle_entry *entry, const struct file_marks *marks,
                    uint64_t now);
/* Look again later. True when it is incomplete and has been so, unchanged, for its give-up time: take it as it is.
 *
 * A file that is busy for the first time is looked at again every 15 ms for 100 ms, and the files behind it are held back
 * meanwhile: whoever renames a file into place has it open a moment longer than its name is seen, and what is behind it
 * must not overtake it for that. A file has these 100 ms once, until it is claimed or another has its name. Many that are
 * busy one after the other hold back for no more than 1 s in all, until a file is claimed or none is due any more. */
bool settle_again(struct settle *settle, struct settle_entry *entry, enum settle_trouble trouble,
                  uint64_t now);
/* It is not there any more. */
void settle_vanished(struct settle *settle, struct settle_entry *entry);
/* Forgets it without a word: it has been dealt with. */
void settle_forget(struct settle *settle, struct settle_entry *entry);

/* A file in flight has been put away (or given back: `again`, look at it once more after 250 ms). True when a scan saw
 * another file under its name meanwhile: the caller looks at the name now, for no scan may follow for long. */
bool settle_finished(struct settle *settle, const char *name, bool again, uint64_t now);

/* Milliseconds until something becomes due, or who holds back what is due is looked at again; 0 when settle_next gives
 * something; UINT32_MAX when nothing waits. */
uint32_t settle_due_in(struct settle *settle, uint64_t now);

struct settle_entry *settle_find(struct settle *settle, const char *name);

/* Counts; and a walk over all entries. */
struct settle_counts {
    size_t waiting, due, in_flight, unrecognised;
};
void settle_count(const struct settle *settle, struct settle_counts *out);
typedef void (*settle_each_function)(void *context, struct settle_entry *entry);
void settle_each(struct settle *settle, settle_each_function function, void *context);

#endif
