/* Shared by feed.c (the worker's loop), look.c (one file) and recover.c (what an earlier process left) only. */
#ifndef CORBRIDGE_SERVICE_WATCH_FEED_PRIVATE_H
#define CORBRIDGE_SERVICE_WATCH_FEED_PRIVATE_H

#include "platform/thread.h"
#include "service/watch/feed.h"
#include "service/watch/root.h"
#include "service/watch/settle.h"

#define HINTS_MAX 4096u

/* A name that was put away (or given back) and must leave the table. */
struct finished {
    struct finished *next;
    bool again;
    char name[]; /* NUL-terminated */
};

/* A row that has no job now: left by an earlier process, or given back while the database was away. */
struct unfinished {
    struct ledger_file row; /* feed and name are heap */
    bool suspect;
    bool settled; /* dealt with */
};

struct feed {
    const struct config *config;
    const struct config_feed *settings;
    const struct world_paths *paths;
    struct pipeline *pipeline;
    struct line *line;
    struct root *root;
    struct thread *worker;

    struct mutex lock;
    struct condition wakes;
    /* under the lock */
    char *hints[HINTS_MAX];
    size_t hint_count;
    bool dirty, overflowed, hints_lost, scan_asked, armed, polled, offline_told, stopping, paused;
    uint64_t dirty_first, dirty_last;
    struct file_identity armed_identity;
    struct platform_status offline_status;
    struct finished *finished_first, *finished_last;
    struct unfinished *given_back; /* rows of jobs that were abandoned */
    size_t given_back_count, given_back_capacity;
    struct feed_figures figures;
    bool turning; /* the worker is at work */

    /* the worker's own */
    struct settle *settle;
    struct unfinished *unfinished;
    size_t unfinished_count, unfinished_capacity;
    bool recovered; /* the first scan has been held against the unfinished rows */
    bool online;
    uint64_t offline_since;
    struct file_identity identity;
    uint64_t scan_last, scan_took;
    bool scan_due;                 /* an overflow, a request, the first one: do not wait for quiet */
    bool has_root;                 /* armed, and no scan has failed since: scanning makes sense */
    bool scanned;                  /* once since it was armed */
    struct platform_status denied; /* the last refusal to open a file */
    uint64_t troubles_checked, space_checked;
    bool space_low;
    size_t unrecognised_reported;
    uint64_t overflows_told, overflows_told_at;
    bool no_right_reported, busy_reported, polled_reported;
};

/* Whether the folder that was scanned still has its name: without it, that a file is not found says nothing. */
bool feed_folder_is_there(const struct feed *feed);

enum look_result {
    LOOK_DONE,   /* claimed, or put off, or gone: go on with the next */
    LOOK_CLOSED, /* the pipeline takes nothing now: stop looking for this turn */
    LOOK_OFFLINE /* the share is away */
};

/* Looks at one due file: opens, proves, reads, hashes, submits. */
enum look_result look_at(struct feed *feed, struct settle_entry *entry);

/* Holds the first scan against the unfinished rows: what is there is taken first, in the order of numbers,
 * suspects alone; what is not there is found in the archive or has vanished. Where the pipeline or the share goes away
 * meanwhile, feed->recovered stays false: the rest follows when both are back. */
void recover_rows(struct feed *feed);

/* The unfinished row of that name, or NULL. */
struct unfinished *recover_find(struct feed *feed, const char *name);

/* Whether an earlier process died while a file of that name was claimed: then it goes alone. */
bool recover_is_suspect(struct feed *feed, const char *name);

/* Its file is not there (any more): ends the row. False: not now (stopping, the database is away); it stays
 * unfinished. */
bool recover_end_missing(struct feed *feed, struct unfinished *unfinished);

/* Keeps a row for the time when its file is seen again. False when memory is exhausted. */
bool recover_keep(struct unfinished **rows, size_t *count, size_t *capacity, const struct ledger_file *row,
                  bool suspect);
void recover_release(struct unfinished *rows, size_t count);

/* Writes a row for a file that was seen and is gone (RULES: `vanished`). */
void look_report_gone(struct feed *feed, const struct settle_entry *entry);

#endif
