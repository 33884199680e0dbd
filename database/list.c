#include "database/list.h"

#include <stdlib.h>
#include <string.h>

#include "database/query.h"

/* ---- States ---------------------------------------------------------------------------------------------- */

/* How lines of a state are found. */
enum way {
    BY_FILE,       /* files of each feed by arrival */
    BY_MESSAGE,    /* their messages */
    BY_CLAIM,      /* what is in place */
    BY_VANISHING,  /* what vanished */
    BY_NOT_APPLIED /* messages that are neither applied nor duplicate */
};

static const struct state {
    const char *name;
    enum way way;
    bool open;
} states[] = {
    {"held", BY_NOT_APPLIED, true},        {"unmatched", BY_NOT_APPLIED, true},
    {"waiting", BY_NOT_APPLIED, true},     {"quarantined", BY_NOT_APPLIED, false},
    {"rejected", BY_NOT_APPLIED, false},   {"stale", BY_NOT_APPLIED, false},
    {"superseded", BY_NOT_APPLIED, false}, {"test-only", BY_NOT_APPLIED, false},
    {"applied", BY_MESSAGE, false},        {"duplicate", BY_MESSAGE, false},
    {"claimed", BY_CLAIM, false},          {"done", BY_FILE, false},
    {"vanished", BY_VANISHING, false},
};

#define STATE_COUNT (sizeof states / sizeof states[0])

static const struct state *find_state(const char *word)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcmp(states[i].name, word) == 0)
            return &states[i];
    }
    return NULL;
}

bool list_is_state(const char *word)
{
    return strcmp(word, "open") == 0 || find_state(word) != NULL;
}

const char *list_states(void)
{
    return "open (held, unmatched or waiting), held, unmatched, waiting, quarantined, rejected, stale, superseded, test-only, "
           "applied, duplicate, claimed, done, vanished";
}

/* ---- Gathering ------------------------------------------------------------------------------------------- */

struct gathering {
    struct database *db;
    const struct list_filter *filter;
    struct arena *arena;
    struct list_line *lines;
    size_t count, capacity;
    char since[INSTANT_TEXT_SIZE], until[INSTANT_TEXT_SIZE];
};

/* Reads the present row: LIST_COLUMNS of statement.c. */
static enum database_kind read_line(struct query *query, struct arena *arena, struct list_line *line)
{
    bool complete = true, valid = true;
    *line = (struct list_line){
        .file = query_int64(query, 0),
        .feed = query_text(query, 1, arena, &complete),
        .arrived = query_instant(query, 2, &valid),
        .format = query_text(query, 3, arena, &complete),
        .file_state = query_text(query, 4, arena, &complete),
        .reason = query_text(query, 5, arena, &complete),
        .of_many = !query_is_null(query, 6),
        .rows = query_int64(query, 6),
        .passed = query_int64(query, 7),
        .ordinal = (int)query_int64(query, 8),
        .kind = query_text(query, 9, arena, &complete),
        .state = query_text(query, 10, arena, &complete),
        .detail = query_text(query, 11, arena, &complete),
        .fault = query_text(query, 12, arena, &complete),
        .open_rows = query_int64(query, 13),
        .bad_rows = query_int64(query, 14),
    };
    if (line->state == NULL)
        line->state = line->file_state;
    if (!complete)
        return database_no_memory(query->db);
    return valid ? DATABASE_OK : DATABASE_CORRUPT;
}

static enum database_kind gather_rows(struct gathering *gathering, struct query *query)
{
    enum database_kind kind;
    while ((kind = query_step(query)) == DATABASE_OK) {
        struct list_line *grown = query_grow(gathering->arena, gathering->lines, gathering->count,
                                             &gathering->capacity, sizeof *grown);
        kind = grown == NULL ? database_no_memory(gathering->db)
                             : read_line(query, gathering->arena, &grown[gathering->count]);
        if (kind != DATABASE_OK)
            break;
        gathering->lines = grown;
        gathering->count++;
    }
    query_end(query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* The six parameters that every statement of a list begins with. One line more than the limit is asked for: it says that there are more. */
static void bind_filter(struct gathering *gathering, struct query *query, const char *feed, const char *state)
{
    const struct list_filter *filter = gathering->filter;
    query_bind_text(query, feed);
    if (filter->since == INSTANT_NONE)
        query_bind_text(query, ""); /* before every instant, as text */
    else
        query_bind_instant(query, filter->since, gathering->since);
    if (filter->until == INSTANT_NONE)
        query_bind_text(query, "~"); /* behind every instant */
    else
        query_bind_instant(query, filter->until, gathering->until);
    query_bind_text(query, filter->cause);
    query_bind_int64(query, (int64_t)filter->limit + 1);
    query_bind_text(query, state);
}

static enum database_kind gather(struct gathering *gathering, enum statement_id id, const char *feed,
                                 const char *state)
{
    struct query query = query_start(gathering->db, id);
    bind_filter(gathering, &query, feed, state);
    return gather_rows(gathering, &query);
}

static enum database_kind gather_of_person(struct gathering *gathering, const char *state)
{
    const struct list_filter *filter = gathering->filter;
    bool of_patient = filter->patient != NULL;
    struct query query =
        query_start(gathering->db, of_patient ? STATEMENT_LIST_OF_PATIENT : STATEMENT_LIST_OF_BOOKING);
    bind_filter(gathering, &query, filter->feed, state);
    query_bind_text(&query, of_patient ? filter->patient : filter->booking);
    return gather_rows(gathering, &query);
}

/* The names of all feeds that have had a file; array in the arena. */
static enum database_kind read_feeds(struct database *db, struct arena *arena, const char ***feeds,
                                     size_t *count)
{
    size_t capacity = 0;
    struct query query = query_start(db, STATEMENT_LIST_FEEDS);
    enum database_kind kind;
    *feeds = NULL;
    *count = 0;
    while ((kind = query_step(&query)) == DATABASE_OK) {
        bool complete = true;
        const char **grown = query_grow(arena, (void *)*feeds, *count, &capacity, sizeof *grown);
        if (grown != NULL)
            grown[*count] = query_text(&query, 0, arena, &complete);
        if (grown == NULL || !complete) {
            kind = database_no_memory(db);
            break;
        }
        *feeds = grown;
        (*count)++;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

/* The index by arrival is one of each feed. */
static enum database_kind gather_by_feed(struct gathering *gathering, enum statement_id id, const char *state)
{
    const char **feeds;
    size_t count;
    if (gathering->filter->feed != NULL)
        return gather(gathering, id, gathering->filter->feed, state);
    enum database_kind kind = read_feeds(gathering->db, gathering->arena, &feeds, &count);
    for (size_t i = 0; i < count && kind == DATABASE_OK; i++)
        kind = gather(gathering, id, feeds[i], state);
    return kind;
}

static enum database_kind gather_state(struct gathering *gathering, const struct state *state)
{
    if (gathering->filter->patient != NULL || gathering->filter->booking != NULL)
        return gather_of_person(gathering, state->name);
    switch (state->way) {
    case BY_FILE: return gather_by_feed(gathering, STATEMENT_LIST_FILES, state->name);
    case BY_MESSAGE: return gather_by_feed(gathering, STATEMENT_LIST_MESSAGES, state->name);
    case BY_CLAIM: return gather_by_feed(gathering, STATEMENT_LIST_CLAIMED, state->name);
    case BY_VANISHING:
        return gather(gathering, STATEMENT_LIST_VANISHED, gathering->filter->feed, state->name);
    case BY_NOT_APPLIED: break;
    }
    return gather(gathering, STATEMENT_LIST_NOT_APPLIED, gathering->filter->feed, state->name);
}

/* Those that are open, or (a cause is why something was not applied) all that are found by what they came to. */
static enum database_kind gather_states(struct gathering *gathering, bool only_open)
{
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; i < STATE_COUNT && kind == DATABASE_OK; i++) {
        if (only_open ? states[i].open : states[i].way == BY_NOT_APPLIED)
            kind = gather_state(gathering, &states[i]);
    }
    return kind;
}

static enum database_kind gather_all(struct gathering *gathering)
{
    const struct list_filter *filter = gathering->filter;
    if (filter->state != NULL && strcmp(filter->state, "open") == 0)
        return gather_states(gathering, true);
    if (filter->state != NULL) {
        const struct state *state = find_state(filter->state);
        return state == NULL ? DATABASE_OK : gather_state(gathering, state);
    }
    if (filter->patient != NULL || filter->booking != NULL)
        return gather_of_person(gathering, NULL);
    return filter->cause != NULL ? gather_states(gathering, false)
                                 : gather_by_feed(gathering, STATEMENT_LIST_FILES, NULL);
}

static int compare_lines(const void *left, const void *right)
{
    const struct list_line *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

enum database_kind list_read(struct database *db, const struct list_filter *filter, struct arena *arena,
                             struct list_line **lines, size_t *count, bool *more)
{
    struct gathering gathering = {.db = db, .filter = filter, .arena = arena};
    enum database_kind kind = gather_all(&gathering);
    if (gathering.count > 1)
        qsort(gathering.lines, gathering.count, sizeof *gathering.lines, compare_lines);
    *more = gathering.count > filter->limit;
    *count = *more ? filter->limit : gathering.count;
    *lines = *more ? gathering.lines + (gathering.count - *count) : gathering.lines;
    return kind;
}

enum database_kind list_knows_feed(struct database *db, const char *feed, bool *known)
{
    struct query query = query_start(db, STATEMENT_LIST_KNOWS_FEED);
    query_bind_text(&query, feed);
    enum database_kind kind = query_step(&query);
    query_end(&query);
    *known = kind == DATABASE_OK;
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}
