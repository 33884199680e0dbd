#include "database/file_progress.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

enum database_kind file_progress_find(struct database *db, int64_t file, struct file_progress *progress)
{
    struct arena arena;
    arena_init(&arena, 0);
    struct query query = query_start(db, STATEMENT_PROGRESS_FIND);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        bool complete = true;
        bool valid = true;
        *progress = (struct file_progress){
            .event_at = query_instant(&query, 0, &valid),
            .row_count = (uint32_t)query_int64(&query, 1),
            .next = {.row = (uint32_t)query_int64(&query, 2) - 1,
                     .offset = (uint64_t)query_int64(&query, 3),
                     .line = (uint32_t)query_int64(&query, 4)},
            .applied = (uint32_t)query_int64(&query, 6),
            .unchanged = (uint32_t)query_int64(&query, 7),
            .stale = (uint32_t)query_int64(&query, 8),
            .held = (uint32_t)query_int64(&query, 9),
            .waiting = (uint32_t)query_int64(&query, 10),
            .quarantined = (uint32_t)query_int64(&query, 11),
            .test_only = (uint32_t)query_int64(&query, 12),
        };
        struct slice encoding = query_slice(&query, 5, &arena, &complete);
        valid = valid && encoding_from_name(encoding, &progress->next.encoding) &&
                progress->next.encoding != ENCODING_AUTO;
        if (!complete)
            kind = database_no_memory(db);
        else if (!valid)
            kind = DATABASE_CORRUPT;
    }
    query_end(&query);
    arena_release(&arena);
    return kind;
}

enum database_kind file_progress_keep(struct database *db, int64_t file, const struct file_progress *progress,
                                      uint32_t repeats)
{
    assert(database_in_transaction(db));
    char event_at[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_PROGRESS_KEEP);
    query_bind_instant(&query, progress->event_at, event_at);
    query_bind_int64(&query, progress->row_count);
    query_bind_int64(&query, (int64_t)progress->next.row + 1);
    query_bind_int64(&query, (int64_t)progress->next.offset);
    query_bind_int64(&query, progress->next.line);
    query_bind_text(&query, encoding_name(progress->next.encoding));
    query_bind_int64(&query, progress->applied);
    query_bind_int64(&query, progress->unchanged);
    query_bind_int64(&query, progress->stale);
    query_bind_int64(&query, progress->held);
    query_bind_int64(&query, progress->waiting);
    query_bind_int64(&query, progress->quarantined);
    query_bind_int64(&query, progress->test_only);
    query_bind_int64(&query, file);
    enum database_kind kind = query_run(&query);
    if (kind == DATABASE_OK && repeats > 0) {
        query = query_start(db, STATEMENT_PROGRESS_UNCHANGED);
        query_bind_int64(&query, repeats);
        query_bind_int64(&query, file);
        kind = query_run(&query);
    }
    if (kind == DATABASE_OK) {
        query = query_start(db, STATEMENT_PROGRESS_CAME_ON);
        query_bind_int64(&query, file);
        kind = query_run(&query);
    }
    return kind;
}

enum database_kind file_progress_find_copy(struct database *test, struct ledger_file *row, instant_us now)
{
    assert(database_in_transaction(test));
    for (;;) {
        struct arena arena;
        arena_init(&arena, 0);
        bool complete = true;
        bool same = false;
        int64_t id = 0;
        struct query query = query_start(test, STATEMENT_COPY_CLAIMED);
        query_bind_text(&query, row->feed);
        query_bind_int64(&query, row->copied_from);
        enum database_kind kind = query_step(&query);
        if (kind == DATABASE_OK) {
            id = query_int64(&query, 0);
            struct slice sha = query_bytes(&query, 1, &arena, &complete);
            same = complete && sha.len == SHA256_SIZE && memcmp(sha.ptr, row->sha256, SHA256_SIZE) == 0;
        }
        query_end(&query);
        arena_release(&arena);
        if (kind == DATABASE_OK && !complete)
            kind = database_no_memory(test);
        if (kind == DATABASE_OK && same)
            row->id = id;
        if (kind == DATABASE_OK && !same)
            kind = ledger_end_file(test, id, LEDGER_VANISHED, NULL, now);
        if (kind != DATABASE_OK || same)
            return kind;
    }
}
