#include "database/roster_run.h"

#include "database/roster_run_work.h"

#include <assert.h>
#include <string.h>

static struct apply_work judge(struct database *db, const struct apply_input *input)
{
    struct apply_work work = {.db = db, .input = input, .complete = true};
    datetime_format_instant(input->event_at, work.event_at);
    datetime_format_instant(input->arrived, work.arrived_at);
    return work;
}

/* ---- a run that comes again ---- */

/* Whether `work` is not older than any file that has said a run: one of a shared run's patients may have been spoken of by each of them. */
static enum database_kind is_newest(struct apply_work *work, bool *newest)
{
    int64_t after = 0;
    enum database_kind kind = DATABASE_OK;
    *newest = true;
    while (kind == DATABASE_OK && *newest) {
        struct query query = query_start(work->db, STATEMENT_RUN_FILES);
        query_bind_int64(&query, after);
        kind = query_step(&query);
        if (kind == DATABASE_OK) {
            after = query_int64(&query, 2);
            *newest = after == work->input->file || !apply_is_older(work, &query, 0);
        }
        query_end(&query);
    }
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind roster_run_again(struct database *db, const struct roster_run_file *file,
                                    const uint8_t digest[SHA256_SIZE], bool *again)
{
    assert(database_in_transaction(db));
    const struct apply_input input = {
        .file = file->file, .event_at = file->event_at, .arrived = file->arrived};
    struct apply_work work = judge(db, &input);
    int64_t run = 0;
    bool shared = false;
    *again = false;
    arena_reset(&db->scratch);
    struct query query = query_start(db, STATEMENT_RUN_FIND);
    query_bind_blob(&query, digest, SHA256_SIZE);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        run = query_int64(&query, 0);
        shared = query_int64(&query, 1) != 0;
        const char *arrived = query_text(&query, 3, &db->scratch, &work.complete);
        /* A release that had taken effect by one arrival may lie ahead of an earlier one. The same rows twice in one file are a warning each. */
        *again = query_int64(&query, 4) != file->file && work.complete &&
                 strcmp(work.arrived_at, arrived) >= 0 && !apply_is_older(&work, &query, 2);
    }
    query_end(&query);
    if (kind == DATABASE_OK && *again && shared)
        kind = is_newest(&work, again);
    if (!work.complete)
        return database_no_memory(db);
    if (kind != DATABASE_OK || !*again)
        return kind == DATABASE_NONE ? DATABASE_OK : kind;
    query = query_start(db, STATEMENT_RUN_AGAIN);
    apply_bind_stamp(&query, &work, true);
    query_bind_int64(&query, run);
    return query_run(&query);
}

/* ---- a run that is kept ---- */

static enum database_kind keep_row(struct database *db, int64_t run, const struct roster_run_row *row)
{
    struct query query = query_start(db, STATEMENT_RUN_ROW_INSERT);
    query_bind_int64(&query, row->booking);
    query_bind_int64(&query, row->patient);
    query_bind_int64(&query, run);
    query_bind_int64(&query, row->groups);
    enum database_kind kind = query_run(&query);
    if (kind != DATABASE_OK || !row->shared)
        return kind;
    query = query_start(db, STATEMENT_RUN_SHARE);
    query_bind_int64(&query, row->patient);
    return query_run(&query);
}

/* Whether what each row said still is so at the end of the run. */
static bool holds(const struct roster_run_row *rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i && rows[i].changed; j++)
            if (rows[j].patient == rows[i].patient)
                return false;
    return true;
}

enum database_kind roster_run_keep(struct database *db, const struct roster_run_file *file,
                                   const uint8_t digest[SHA256_SIZE], const struct roster_run_row *rows,
                                   size_t count)
{
    assert(database_in_transaction(db) && count > 0);
    const struct apply_input input = {
        .file = file->file, .event_at = file->event_at, .arrived = file->arrived};
    const struct apply_work work = judge(db, &input);
    int64_t run = 0;
    if (!holds(rows, count))
        return DATABASE_OK;
    struct query query = query_start(db, STATEMENT_RUN_INSERT);
    query_bind_blob(&query, digest, SHA256_SIZE);
    apply_bind_stamp(&query, &work, true);
    query_bind_int64(&query, (int64_t)count);
    enum database_kind kind = query_insert(&query, &run);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++)
        kind = keep_row(db, run, &rows[i]);
    return kind;
}

/* ---- into the columns ---- */

/* One row of a run, and when it was said last. */
struct said {
    int64_t booking, run;
    unsigned groups;
    struct apply_input input; /* only its file */
    const char *event_at, *arrived_at;
};

/* Into patient or booking: the groups of `said` from `first` on, which `statement` asks for in their order. What the columns hold that is newer is
 * left. */
static enum database_kind fold_into(struct database *db, const struct said *said, enum statement_id ask,
                                    enum statement_id stamp, int64_t id, const unsigned *groups, size_t count)
{
    struct apply_work work = {.db = db, .input = &said->input, .complete = true};
    bool states[3] = {false};
    assert(count <= 3);
    memcpy(work.event_at, said->event_at, sizeof work.event_at);
    memcpy(work.arrived_at, said->arrived_at, sizeof work.arrived_at);
    struct query query = query_start(db, ask);
    query_bind_int64(&query, id);
    enum database_kind kind = query_step(&query);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++)
        states[i] = (said->groups & groups[i]) != 0 && !apply_is_older(&work, &query, (int)(3 * i));
    query_end(&query);
    if (kind == DATABASE_OK && !work.complete)
        kind = database_no_memory(db);
    if (kind != DATABASE_OK)
        return kind;
    query = query_start(db, stamp);
    for (size_t i = 0; i < count; i++)
        apply_bind_stamp(&query, &work, states[i]);
    query_bind_int64(&query, id);
    return query_run(&query);
}

static enum database_kind fold(struct database *db, int64_t patient, const struct said *said)
{
    static const unsigned of_patient[] = {ROSTER_RUN_DEMOGRAPHICS, ROSTER_RUN_PHOTO};
    static const unsigned of_booking[] = {ROSTER_RUN_BOOKING, ROSTER_RUN_LOCATION, ROSTER_RUN_RELEASE};
    const struct {
        enum statement_id statement;
        int64_t id;
    } ends[] = {{STATEMENT_RUN_ROW_REMOVE, said->booking},
                {STATEMENT_RUN_BREAK, said->run},
                {STATEMENT_RUN_REMOVE, said->run}};
    enum database_kind kind =
        fold_into(db, said, STATEMENT_RUN_PATIENT_STATED, STATEMENT_PATIENT_STAMP, patient, of_patient, 2);
    if (kind == DATABASE_OK)
        kind = fold_into(db, said, STATEMENT_RUN_BOOKING_STATED, STATEMENT_BOOKING_STAMP, said->booking,
                         of_booking, 3);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0] && kind == DATABASE_OK; i++) {
        struct query query = query_start(db, ends[i].statement);
        query_bind_int64(&query, ends[i].id);
        kind = query_run(&query);
    }
    return kind;
}

enum database_kind roster_run_fold(struct database *db, int64_t patient, int64_t file, int64_t booking,
                                   bool *folded, bool *shared)
{
    size_t count = 0, capacity = 0;
    struct said *rows = NULL;
    bool complete = true;
    struct query query = query_start(db, STATEMENT_RUN_ROWS_OF);
    query_bind_int64(&query, patient);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        struct said said = {.booking = query_int64(&query, 0),
                            .run = query_int64(&query, 1),
                            .groups = (unsigned)query_int64(&query, 2),
                            .event_at = query_text(&query, 3, &db->scratch, &complete),
                            .arrived_at = query_text(&query, 4, &db->scratch, &complete),
                            .input.file = query_int64(&query, 5)};
        if (said.input.file == file && said.booking != booking) {
            *shared = true;
            continue;
        }
        struct said *grown = query_grow(&db->scratch, rows, count, &capacity, sizeof *rows);
        if (!grown || !complete) {
            complete = false;
            break;
        }
        rows = grown;
        rows[count++] = said;
    }
    query_end(&query);
    if (!complete)
        return database_no_memory(db);
    kind = kind == DATABASE_NONE ? DATABASE_OK : kind;
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++)
        kind = fold(db, patient, &rows[i]);
    *folded = *folded || count > 0;
    return kind;
}

enum database_kind roster_run_fold_patient(struct database *db, int64_t patient, bool *folded)
{
    bool shared = false;
    assert(database_in_transaction(db));
    return roster_run_fold(db, patient, 0, 0, folded, &shared);
}
