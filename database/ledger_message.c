/* The messages of the ledger; its files are in ledger.c. */
#include "database/ledger.h"

#include "database/query.h"

#include <assert.h>
#include <string.h>

static const char *const message_states[LEDGER_MESSAGE_STATE_COUNT] = {
    [LEDGER_APPLIED] = "applied",
    [LEDGER_DUPLICATE] = "duplicate",
    [LEDGER_STALE] = "stale",
    [LEDGER_SUPERSEDED] = "superseded",
    [LEDGER_MESSAGE_QUARANTINED] = "quarantined",
    [LEDGER_REJECTED] = "rejected",
    [LEDGER_TEST_ONLY] = "test-only",
    [LEDGER_HELD] = "held",
    [LEDGER_UNMATCHED] = "unmatched",
    [LEDGER_WAITING] = "waiting",
};

const char *ledger_message_state_name(enum ledger_message_state state)
{
    return message_states[state];
}

static bool is_open(enum ledger_message_state state)
{
    return state == LEDGER_HELD || state == LEDGER_UNMATCHED || state == LEDGER_WAITING;
}

/* Adds `sign` (1 or -1) to what the feed of the file counts for a message in that state. */
static enum database_kind count_message(struct database *db, int64_t file, enum ledger_message_state state,
                                        int sign)
{
    struct query query = query_start(db, STATEMENT_FEED_MESSAGE);
    query_bind_int64(&query, state == LEDGER_APPLIED ? sign : 0);
    query_bind_int64(&query, state == LEDGER_DUPLICATE ? sign : 0);
    query_bind_int64(&query, is_open(state) ? sign : 0);
    query_bind_int64(&query, file);
    return query_run(&query);
}

enum database_kind ledger_count_identity_change(struct database *db, int64_t file)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_FEED_IDENTITY);
    query_bind_int64(&query, file);
    return query_run(&query);
}

enum database_kind ledger_message_insert(struct database *db, struct ledger_message *message)
{
    assert(database_in_transaction(db));
    char event_at[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_MESSAGE_INSERT);
    query_bind_int64(&query, message->file);
    query_bind_int64(&query, message->ordinal);
    query_bind_text(&query, message->kind);
    query_bind_text(&query, message_states[message->state]);
    query_bind_instant(&query, message->event_at, event_at);
    query_bind_number(&query, message->patient);
    query_bind_number(&query, message->booking);
    query_bind_text(&query, message->detail);
    enum database_kind kind = query_insert(&query, &message->id);
    return kind == DATABASE_OK ? count_message(db, message->file, message->state, 1) : kind;
}

enum database_kind ledger_next_ordinal(struct database *db, int64_t file, int *ordinal)
{
    struct query query = query_start(db, STATEMENT_MESSAGE_NEXT_ORDINAL);
    query_bind_int64(&query, file);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *ordinal = (int)query_int64(&query, 0);
    query_end(&query);
    return kind;
}

/* The state in which the message is now, and its file. */
static enum database_kind present_state(struct database *db, int64_t message,
                                        enum ledger_message_state *state, int64_t *file)
{
    struct arena arena; /* not the connection's own: message->detail may lie there */
    arena_init(&arena, 0);
    struct query query = query_start(db, STATEMENT_MESSAGE_STATE);
    query_bind_int64(&query, message);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        bool complete = true;
        struct slice name = query_slice(&query, 0, &arena, &complete);
        *file = query_int64(&query, 1);
        *state = LEDGER_APPLIED;
        if (!complete)
            kind = database_no_memory(db);
        else
            while (!slice_equal(name, slice_of(message_states[*state])))
                (*state)++; /* a CHECK of the table lets no other word in */
    }
    query_end(&query);
    arena_release(&arena);
    return kind;
}

enum database_kind ledger_message_end(struct database *db, const struct ledger_message *message,
                                      instant_us now)
{
    assert(database_in_transaction(db));
    enum ledger_message_state before = LEDGER_APPLIED;
    int64_t file = 0;
    enum database_kind kind = present_state(db, message->id, &before, &file);
    if (kind != DATABASE_OK)
        return kind;
    char ended[INSTANT_TEXT_SIZE];
    struct query query = query_start(db, STATEMENT_MESSAGE_END);
    query_bind_text(&query, message_states[message->state]);
    query_bind_number(&query, message->patient);
    query_bind_number(&query, message->booking);
    query_bind_text(&query, message->detail);
    query_bind_instant(&query, is_open(message->state) ? INSTANT_NONE : now, ended);
    query_bind_int64(&query, message->id);
    kind = query_change(&query);
    if (kind == DATABASE_OK)
        kind = count_message(db, file, before, -1);
    if (kind == DATABASE_OK)
        kind = count_message(db, file, message->state, 1);
    return kind;
}

enum database_kind ledger_faults_insert(struct database *db, int64_t file, int64_t message,
                                        const struct fault_list *faults)
{
    assert(database_in_transaction(db));
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; kind == DATABASE_OK && i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        struct query query = query_start(db, STATEMENT_FAULT_INSERT);
        query_bind_int64(&query, file);
        query_bind_number(&query, message);
        query_bind_text(&query, fault_code_name(fault->code));
        query_bind_text(&query, fault->severity == FAULT_ERROR ? "error" : "warning");
        query_bind_number(&query, fault->line);
        query_bind_slice(&query, fault->field.len == 0 ? SLICE_EMPTY : fault->field);
        query_bind_text(&query,
                        fault->expected != NULL && fault->expected[0] == '\0' ? NULL : fault->expected);
        kind = query_run(&query);
    }
    return kind;
}

enum database_kind ledger_extra_insert(struct database *db, int64_t message, struct slice name,
                                       struct slice value)
{
    assert(database_in_transaction(db));
    struct query query = query_start(db, STATEMENT_EXTRA_INSERT);
    query_bind_int64(&query, message);
    query_bind_slice(&query, name.ptr == NULL ? SLICE_LITERAL("") : name);
    query_bind_slice(&query, value.ptr == NULL ? SLICE_LITERAL("") : value);
    return query_run(&query);
}

/* The code of a stored name; FAULT_NONE when a later version wrote it. */
static enum fault_code fault_code_of(struct slice name)
{
    enum fault_code code = FAULT_NONE;
    while (code < FAULT_CODE_COUNT && !slice_equal(name, slice_of(fault_code_name(code))))
        code++;
    return code == FAULT_CODE_COUNT ? FAULT_NONE : code;
}

static enum database_kind read_faults(struct database *db, int64_t file, struct arena *arena,
                                      struct fault_list *faults)
{
    fault_list_init(faults, arena);
    struct query query = query_start(db, STATEMENT_FILE_FAULTS);
    query_bind_int64(&query, file);
    enum database_kind kind;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        struct slice code = query_slice(&query, 0, arena, &complete);
        struct slice severity = query_slice(&query, 1, arena, &complete);
        struct slice field = query_slice(&query, 3, arena, &complete);
        const char *expected = query_text(&query, 4, arena, &complete);
        if (complete)
            fault_add(faults, slice_equal(severity, SLICE_LITERAL("error")) ? FAULT_ERROR : FAULT_WARNING,
                      fault_code_of(code), 0, (uint32_t)query_int64(&query, 2), field, expected);
        if (!complete) {
            kind = database_no_memory(db);
            break;
        }
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

enum database_kind ledger_outcome(struct database *db, int64_t file, struct arena *arena,
                                  struct ledger_outcome *out)
{
    *out = (struct ledger_outcome){0};
    struct query query = query_start(db, STATEMENT_FILE_OUTCOME);
    query_bind_int64(&query, file);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        bool complete = true;
        const char *reason = query_text(&query, 0, arena, &complete);
        const char *state = query_text(&query, 1, arena, &complete);
        out->detail = query_text(&query, 2, arena, &complete);
        out->held = state != NULL && (strcmp(state, message_states[LEDGER_HELD]) == 0 ||
                                      strcmp(state, message_states[LEDGER_WAITING]) == 0);
        out->refused =
            reason == NULL && state != NULL && strcmp(state, message_states[LEDGER_MESSAGE_QUARANTINED]) == 0;
        out->reason = reason != NULL ? reason : out->held ? state : out->refused ? "waited-too-long" : NULL;
        if (!complete)
            kind = database_no_memory(db);
    }
    query_end(&query);
    return kind == DATABASE_OK ? read_faults(db, file, arena, &out->faults) : kind;
}
