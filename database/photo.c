#include "database/photo.h"

#include "database/apply_work.h"

#include <assert.h>

/* The last part of a path or URL, A to Z as small letters; in the scratch arena. ptr NULL: memory is exhausted. */
static struct slice name_of(struct database *db, struct slice path)
{
    size_t end = path.len;
    bool url = false;
    for (size_t i = 0; i + 2 < path.len && !url; i++)
        url = path.ptr[i] == ':' && path.ptr[i + 1] == '/' && path.ptr[i + 2] == '/';
    for (size_t i = 0; url && i < end; i++)
        if (path.ptr[i] == '?' || path.ptr[i] == '#')
            end = i;
    size_t begin = end;
    while (begin > 0 && path.ptr[begin - 1] != '/' && path.ptr[begin - 1] != '\\')
        begin--;
    char *name = arena_take(&db->scratch, end - begin + 1);
    for (size_t i = begin; name != NULL && i < end; i++) {
        char c = path.ptr[i];
        name[i - begin] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return slice_from(name, name != NULL ? end - begin : 0);
}

/* ---- a PhotoPath ---- */

static enum database_kind end_present(struct database *db, int64_t patient, instant_us now)
{
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_PATIENT_PHOTO_END);
    query_bind_instant(&query, now, text);
    query_bind_int64(&query, patient);
    return query_run(&query);
}

static enum database_kind no_photo(struct database *db, int64_t patient, instant_us now)
{
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_REMOVE);
    query_bind_int64(&query, patient);
    enum database_kind kind = query_run(&query);
    return kind == DATABASE_OK ? end_present(db, patient, now) : kind;
}

/* DATABASE_OK: nothing is to be asked; DATABASE_NONE: it is. */
static enum database_kind stands(struct database *db, int64_t patient, struct slice path)
{
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_STANDS);
    query_bind_int64(&query, patient);
    query_bind_slice(&query, path);
    enum database_kind kind = query_step(&query);
    query_end(&query);
    return kind;
}

static enum database_kind beside(struct database *db, int64_t file, struct slice feed, struct slice name,
                                 instant_us now)
{
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_BESIDE);
    query_bind_int64(&query, file);
    query_bind_slice(&query, feed);
    query_bind_slice(&query, name);
    query_bind_instant(&query, now, text);
    return query_change(&query);
}

enum database_kind photo_waiting_remove(struct database *db, int64_t message)
{
    struct query query = query_start(db, STATEMENT_WAITING_PHOTO_REMOVE);
    query_bind_int64(&query, message);
    return query_run(&query);
}

/* The newest picture of that name that waits in the feed of the event is the patient's, earlier ones are superseded by it. */
static enum database_kind take_waiting(struct apply_work *work, int64_t patient, struct slice name,
                                       size_t *ended)
{
    struct database *db = work->db;
    for (bool newest = true;; newest = false) {
        struct query query = query_start(db, STATEMENT_WAITING_PHOTO_LAST);
        query_bind_int64(&query, work->input->file);
        query_bind_slice(&query, name);
        enum database_kind kind = query_step(&query);
        struct ledger_message message = {.state = newest ? LEDGER_APPLIED : LEDGER_SUPERSEDED,
                                         .patient = patient};
        int64_t file = 0;
        struct slice feed = SLICE_EMPTY;
        bool waits = false;
        if (kind == DATABASE_OK) {
            message.id = query_int64(&query, 0);
            file = query_int64(&query, 1);
            feed = query_slice(&query, 2, &db->scratch, &work->complete);
            waits = query_int64(&query, 3) != 0;
        }
        query_end(&query);
        if (kind != DATABASE_OK)
            return kind == DATABASE_NONE ? DATABASE_OK : kind;
        kind = photo_waiting_remove(db, message.id);
        if (kind == DATABASE_OK && !waits) { /* a person has ended it */
            newest = true;
            continue;
        }
        if (kind == DATABASE_OK)
            kind = ledger_message_end(db, &message, work->input->now);
        if (kind == DATABASE_OK && newest)
            kind = beside(db, file, feed, name, work->input->now);
        if (kind != DATABASE_OK && kind != DATABASE_NONE)
            return kind;
        *ended += 1;
    }
}

enum database_kind photo_ask(struct apply_work *work, int64_t patient, struct slice path, size_t *ended)
{
    struct database *db = work->db;
    char text[INSTANT_TEXT_SIZE];
    if (path.ptr == NULL)
        return no_photo(db, patient, work->input->now);
    enum database_kind kind = work->input->asks_for_photo_again ? DATABASE_NONE : stands(db, patient, path);
    if (kind != DATABASE_NONE)
        return kind;
    struct slice name = name_of(db, path);
    if (name.ptr == NULL)
        return database_no_memory(db);
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_PUT);
    query_bind_int64(&query, patient);
    query_bind_slice(&query, path);
    query_bind_slice(&query, name);
    query_bind_int64(&query, work->input->file);
    query_bind_instant(&query, work->input->now, text);
    kind = query_run(&query);
    return kind == DATABASE_OK ? take_waiting(work, patient, name, ended) : kind;
}

/* ---- a picture ---- */

/* How many patients ask for it, and one of them. */
static enum database_kind who_asks(struct database *db, struct slice feed, struct slice name, int64_t *count,
                                   int64_t *patient)
{
    struct query query = query_start(db, STATEMENT_PHOTO_REQUEST_OF_NAME);
    query_bind_slice(&query, feed);
    query_bind_slice(&query, name);
    enum database_kind kind = query_step(&query);
    *count = kind == DATABASE_OK ? query_int64(&query, 0) : 0;
    *patient = kind == DATABASE_OK ? query_int64(&query, 1) : 0;
    query_end(&query);
    return kind;
}

static enum database_kind let_it_wait(struct database *db, const struct photo_file *photo, struct slice name,
                                      int64_t message)
{
    char text[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_WAITING_PHOTO_INSERT);
    query_bind_int64(&query, message);
    query_bind_text(&query, photo->feed);
    query_bind_slice(&query, name);
    query_bind_instant(&query, photo->waits_until, text);
    return query_run(&query);
}

enum database_kind photo_take_file(struct database *db, const struct photo_file *photo,
                                   struct ledger_message *out)
{
    assert(database_in_transaction(db));
    arena_reset(&db->scratch);
    *out = (struct ledger_message){.file = photo->file,
                                   .ordinal = 1,
                                   .kind = "photo",
                                   .state = LEDGER_APPLIED,
                                   .event_at = photo->event_at};
    struct slice feed = slice_of(photo->feed);
    struct slice name = name_of(db, slice_of(photo->name));
    int64_t count = 0, patient = 0;
    if (name.ptr == NULL)
        return database_no_memory(db);
    enum database_kind kind = beside(db, photo->file, feed, name, photo->now);
    if (kind == DATABASE_NONE)
        out->state = LEDGER_DUPLICATE;
    else if (kind != DATABASE_OK)
        return kind;
    kind = who_asks(db, feed, name, &count, &patient);
    if (kind != DATABASE_OK)
        return kind;
    if (count == 1)
        out->patient = patient;
    if (count == 0) {
        out->state = LEDGER_WAITING;
        out->detail = "no patient names it yet";
    }
    kind = ledger_message_insert(db, out);
    return kind == DATABASE_OK && count == 0 ? let_it_wait(db, photo, name, out->id) : kind;
}
