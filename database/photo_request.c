#include "database/photo_request.h"

#include "database/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum database_kind photo_requests_due(struct database *db, instant_us now, size_t limit, struct arena *arena,
                                      struct photo_request **rows, size_t *count)
{
    char text[INSTANT_TEXT_SIZE];
    bool complete = true;
    *count = 0;
    *rows = arena_take_array(arena, limit, sizeof **rows);
    if (*rows == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_PHOTO_REQUESTS_DUE);
    query_bind_instant(&query, now, text);
    query_bind_int64(&query, (int64_t)limit);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        int64_t beside = query_int64(&query, 7); /* 0 for NULL */
        (*rows)[(*count)++] = (struct photo_request){
            .patient = query_int64(&query, 0),
            .authority = query_text(&query, 1, arena, &complete),
            .patient_id = query_text(&query, 2, arena, &complete),
            .path = query_text(&query, 3, arena, &complete),
            .feed = query_text(&query, 4, arena, &complete),
            .file = query_int64(&query, 5),
            .beside = beside,
            .copied_from = query_int64(&query, beside != 0 ? 8 : 6), /* 0 for NULL */
            .stored = query_text(&query, 9, arena, &complete),
            .attempts = query_int64(&query, 10),
            .asked_at = query_instant(&query, 11, &complete),
        };
    }
    query_end(&query);
    if (kind != DATABASE_NONE)
        return kind;
    return complete ? DATABASE_OK : database_no_memory(db);
}

enum database_kind photo_request_next(struct database *db, instant_us *next)
{
    bool valid = true;
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_NEXT);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *next = query_instant(&query, 0, &valid);
    query_end(&query);
    return valid ? kind : DATABASE_CORRUPT;
}

enum database_kind photo_request_counts(struct database *db, struct photo_counts *out)
{
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_COUNTS);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *out = (struct photo_counts){query_int64(&query, 0), query_int64(&query, 1)};
    query_end(&query);
    return kind;
}

enum database_kind photo_request_reason_stands(struct database *db, const char *reason, bool *stands)
{
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_REASON);
    query_bind_text(&query, reason);
    enum database_kind kind = query_step(&query);
    *stands = kind == DATABASE_OK && query_int64(&query, 0) != 0;
    query_end(&query);
    return kind;
}

/* The picture of a row that has it from `column` on: hash, kind, width, height, size. */
static bool read_stored(const struct query *query, int column, struct arena *arena, struct photo_stored *out)
{
    bool complete = true;
    struct slice hash = query_bytes(query, column, arena, &complete);
    struct slice kind = query_slice(query, column + 1, arena, &complete);
    if (!complete || hash.len != sizeof out->sha256)
        return false;
    memcpy(out->sha256, hash.ptr, hash.len);
    out->picture.kind =
        slice_equal(kind, slice_of(picture_kind_name(PICTURE_PNG))) ? PICTURE_PNG : PICTURE_JPEG;
    out->picture.width = (uint32_t)query_int64(query, column + 2);
    out->picture.height = (uint32_t)query_int64(query, column + 3);
    out->size = (uint64_t)query_int64(query, column + 4);
    return true;
}

enum database_kind photo_look_elsewhere(struct database *db, const struct photo_request *request,
                                        enum photo_elsewhere *answer, struct photo_stored *stored,
                                        char reason[PHOTO_REASON_SIZE])
{
    bool complete = true;
    arena_reset(&db->scratch);
    *answer = PHOTO_ELSEWHERE_UNKNOWN;
    struct query query = query_start(db, STATEMENT_PHOTO_OF);
    query_bind_text(&query, request->authority);
    query_bind_text(&query, request->patient_id);
    query_bind_text(&query, request->path);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        const char *state = query_text(&query, 0, &db->scratch, &complete);
        const char *why = query_text(&query, 1, &db->scratch, &complete);
        *answer = PHOTO_ELSEWHERE_WAITING;
        if (complete && strcmp(state, "failed") == 0) {
            *answer = PHOTO_ELSEWHERE_FAILED;
            (void)snprintf(reason, PHOTO_REASON_SIZE, "%s", why != NULL ? why : "failed");
        } else if (complete && strcmp(state, "fetched") == 0 &&
                   read_stored(&query, 2, &db->scratch, stored)) {
            *answer = PHOTO_ELSEWHERE_FETCHED;
        }
    }
    query_end(&query);
    if (!complete)
        return database_no_memory(db);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind photo_file_stored(struct database *db, int64_t file, struct arena *arena,
                                     const char **stored)
{
    bool complete = true;
    *stored = NULL;
    struct query query = query_start(db, STATEMENT_FILE_STORED);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *stored = query_text(&query, 0, arena, &complete);
    query_end(&query);
    if (!complete)
        return database_no_memory(db);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* ---- what was done ---- */

static enum database_kind not_fetched(struct database *db, const struct photo_result *result)
{
    char text[INSTANT_TEXT_SIZE];
    bool later = result->end == PHOTO_END_LATER;
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_NOT_FETCHED);
    query_bind_text(&query, later ? "waiting" : "failed");
    query_bind_instant(&query, later ? result->next_at : INSTANT_NONE, text);
    query_bind_text(&query, result->reason);
    query_bind_int64(&query, result->attempted || !later);
    query_bind_int64(&query, result->patient);
    query_bind_text(&query, result->path);
    query_bind_number(&query, result->beside);
    return query_change(&query);
}

static enum database_kind insert_photo(struct database *db, const struct photo_stored *stored,
                                       const char *now)
{
    struct query query = query_start(db, STATEMENT_PHOTO_INSERT);
    query_bind_blob(&query, stored->sha256, sizeof stored->sha256);
    query_bind_text(&query, picture_kind_name(stored->picture.kind));
    query_bind_int64(&query, stored->picture.width);
    query_bind_int64(&query, stored->picture.height);
    query_bind_int64(&query, (int64_t)stored->size);
    query_bind_text(&query, now);
    return query_run(&query);
}

/* DATABASE_OK when it is the present photo already, DATABASE_NONE when not. */
static enum database_kind is_present(struct database *db, const struct photo_result *result)
{
    struct query query = query_start(db, STATEMENT_PATIENT_PHOTO_IS);
    query_bind_int64(&query, result->patient);
    query_bind_blob(&query, result->stored.sha256, sizeof result->stored.sha256);
    enum database_kind kind = query_step(&query);
    query_end(&query);
    return kind;
}

static enum database_kind make_present(struct database *db, const struct photo_result *result,
                                       const char *now)
{
    struct query query = query_start(db, STATEMENT_PATIENT_PHOTO_END);
    query_bind_text(&query, now);
    query_bind_int64(&query, result->patient);
    enum database_kind kind = query_run(&query);
    if (kind != DATABASE_OK)
        return kind;
    query = query_start(db, STATEMENT_PATIENT_PHOTO_INSERT);
    query_bind_int64(&query, result->patient);
    query_bind_blob(&query, result->stored.sha256, sizeof result->stored.sha256);
    query_bind_text(&query, now);
    return query_run(&query);
}

enum database_kind photo_end_request(struct database *db, const struct photo_result *result, instant_us now,
                                     bool *changed)
{
    assert(database_in_transaction(db));
    char text[INSTANT_TEXT_SIZE];
    datetime_format_instant(now, text);
    *changed = false;
    if (result->end != PHOTO_END_FETCHED)
        return not_fetched(db, result);
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_FETCHED);
    query_bind_int64(&query, result->patient);
    query_bind_text(&query, result->path);
    query_bind_number(&query, result->beside);
    enum database_kind kind = query_change(&query);
    if (kind == DATABASE_OK)
        kind = insert_photo(db, &result->stored, text);
    if (kind != DATABASE_OK)
        return kind;
    kind = is_present(db, result);
    *changed = kind == DATABASE_NONE;
    return *changed ? make_present(db, result, text) : kind;
}

enum database_kind photo_requests_again(struct database *db, const char *reason, instant_us now)
{
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_PHOTO_REQUESTS_AGAIN);
    query_bind_instant(&query, now, text);
    query_bind_text(&query, reason);
    return query_run(&query);
}
