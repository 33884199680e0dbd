/*
 * How far a file of many messages is, such as a roster: what its rows came to, and the place behind the last row that was committed. Written
 * with each slice of its rows, in their transaction: a restart goes on there, and no row is applied twice or left out.
 */
#ifndef CORBRIDGE_DATABASE_FILE_PROGRESS_H
#define CORBRIDGE_DATABASE_FILE_PROGRESS_H

#include "database/database.h"
#include "database/ledger.h"
#include "parser/csv_table.h"

struct file_progress {
    instant_us event_at; /* as of when its rows speak */
    uint32_t row_count;  /* of the file */
    /* Where it goes on; next.row rows stand before it. A format that cannot begin in the middle of a file leaves the other members as they
     * were at its beginning, reads from there and passes over so many rows. */
    struct csv_place next;
    /* What those rows came to; together next.row. */
    uint32_t applied, unchanged, stale, held, waiting, quarantined, test_only;
};

/* DATABASE_NONE: none of its rows is in the database. Any connection. */
enum database_kind file_progress_find(struct database *db, int64_t file, struct file_progress *progress);

/*
 * Keeps it, inside the transaction that holds the rows. `repeats`: how many of the unchanged rows since the last time left no message;
 * the totals of the feed count them as duplicates. A file that comes on is no suspect: its lone attempts begin anew.
 */
enum database_kind file_progress_keep(struct database *db, int64_t file, const struct file_progress *progress,
                                      uint32_t repeats);

/*
 * Test world: the copy of a live file of many messages at which an earlier process was at work. DATABASE_OK: row->id is its number here.
 * DATABASE_NONE: there is none of this file (feed, number in the live world, hash). One of that number with another hash is of another live
 * world, which is there no more: it ends as vanished. Inside a transaction.
 */
enum database_kind file_progress_find_copy(struct database *test, struct ledger_file *row, instant_us now);

#endif
