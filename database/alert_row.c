#include "database/alert_row.h"

#include "parser/zone.h"

static const char *const names[ALERT_COLUMN_COUNT] = {
    [ALERT_ADDED_BY] = "added_by",
    [ALERT_DATE_REMOVED] = "date_removed",
    [ALERT_DATE_REMOVED_GIVEN] = NULL, /* follows date_removed */
    [ALERT_REMOVED_BY] = "removed_by",
};

/* A date of the line: the instant, and how it was written. */
struct date {
    instant_us instant;
    struct slice stored, given; /* in the scratch arena */
};

/* The zone of the booking's facility; NULL, which is UTC, for a booking without one. */
static enum database_kind zone_of(struct apply_work *work, const struct booking *booking,
                                  const struct zone **zone)
{
    *zone = NULL;
    struct query query = query_start(work->db, STATEMENT_ALERT_ZONE);
    query_bind_slice(&query, booking->columns[BOOKING_FACILITY]);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK) {
        struct slice name = query_slice(&query, 0, &work->db->scratch, &work->complete);
        *zone = work->complete ? zone_find(name) : NULL;
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static struct date read_date(struct apply_work *work, const struct civil_time *civil, const struct zone *zone,
                             instant_us arrived, struct ledger_message *message)
{
    struct date date;
    char given[DATETIME_CIVIL_SIZE];
    size_t length = datetime_format_civil(civil, given);
    if (datetime_to_instant(civil, zone, arrived, &date.instant) == DATETIME_SKIPPED)
        apply_remark(work, message,
                     "a time that the clock of the facility does not have was taken one hour later");
    date.stored = apply_instant(work, date.instant);
    date.given = arena_copy(&work->db->scratch, slice_from(given, length));
    work->complete = work->complete && date.given.ptr != NULL;
    return date;
}

/* DATABASE_OK also when there is none: then alert->id is 0. *older: a newer event has stated it. */
static enum database_kind find(struct apply_work *work, const struct booking *booking,
                               const struct date *added, struct alert *alert, bool *older)
{
    struct query query = query_start(work->db, STATEMENT_ALERT_FIND);
    query_bind_int64(&query, booking->patient);
    query_bind_int64(&query, booking->id);
    query_bind_slice(&query, work->input->alert->code);
    query_bind_slice(&query, added->given);
    query_bind_slice(&query, added->stored);
    enum database_kind kind = DATABASE_OK;
    bool same_reading =
        false; /* surer than the same instant, which another alert may have in a repeated hour */
    *alert = (struct alert){0};
    *older = false;
    while (!same_reading && (kind = query_step(&query)) == DATABASE_OK) {
        same_reading = query_int64(&query, ALERT_COLUMN_COUNT + 4) != 0;
        if (alert->id != 0 && !same_reading)
            continue;
        alert->id = query_int64(&query, 0);
        for (int i = 0; i < ALERT_COLUMN_COUNT; i++)
            alert->columns[i] = query_slice(&query, i + 1, &work->db->scratch, &work->complete);
        *older = apply_is_older(work, &query, ALERT_COLUMN_COUNT + 1);
    }
    query_end(&query);
    return kind == DATABASE_NONE ? DATABASE_OK : kind;
}

static bool set(struct apply_work *work, struct alert *alert, enum alert_column column, struct slice to)
{
    return change_value(&work->changes, "alert", alert->id, names[column], &alert->columns[column], to);
}

/* Puts what the line states over what is known. True when the alert is removed by it, or at another time than before. */
static bool merge(struct apply_work *work, const struct date *removed, struct alert *alert)
{
    const struct apply_alert *line = work->input->alert;
    bool removes = false;
    if (line->added_by.ptr != NULL)
        (void)set(work, alert, ALERT_ADDED_BY, line->added_by);
    if (!line->is_removed)
        return false;
    /* The same reading of the same clock is the same time, also in the hour that a clock change repeats. */
    if (alert->columns[ALERT_DATE_REMOVED_GIVEN].ptr == NULL ||
        !slice_equal(alert->columns[ALERT_DATE_REMOVED_GIVEN], removed->given)) {
        removes = set(work, alert, ALERT_DATE_REMOVED, removed->stored);
        (void)set(work, alert, ALERT_DATE_REMOVED_GIVEN, removed->given);
    }
    if (line->removed_by.ptr != NULL)
        (void)set(work, alert, ALERT_REMOVED_BY, line->removed_by);
    return removes;
}

static void bind_columns(struct query *query, const struct apply_work *work, const struct alert *alert)
{
    for (int i = 0; i < ALERT_COLUMN_COUNT; i++)
        query_bind_slice(query, alert->columns[i]);
    apply_bind_stamp(query, work, true);
}

static enum database_kind insert(struct apply_work *work, const struct booking *booking,
                                 const struct date *added, struct alert *alert)
{
    struct query query = query_start(work->db, STATEMENT_ALERT_INSERT);
    query_bind_int64(&query, booking->patient);
    query_bind_int64(&query, booking->id);
    query_bind_slice(&query, work->input->alert->code);
    query_bind_slice(&query, added->stored);
    query_bind_slice(&query, added->given);
    query_bind_int64(&query, work->input->file);
    bind_columns(&query, work, alert);
    enum database_kind kind = query_insert(&query, &alert->id);
    change_add_creation(&work->changes, "alert", alert->id);
    return kind;
}

static enum database_kind update(struct apply_work *work, const struct date *added, const struct alert *alert)
{
    struct query query = query_start(work->db, STATEMENT_ALERT_UPDATE);
    query_bind_slice(&query, added->given);
    bind_columns(&query, work, alert);
    query_bind_int64(&query, alert->id);
    return query_run(&query);
}

enum database_kind alert_apply(struct apply_work *work, const struct booking *booking, struct alert *alert,
                               struct apply_result *result)
{
    const struct apply_alert *line = work->input->alert;
    instant_us arrived = work->input->arrived;
    struct ledger_message *message = &result->message;
    const struct zone *zone;
    struct date removed = {0};
    bool older;
    enum database_kind kind = zone_of(work, booking, &zone);
    if (kind != DATABASE_OK)
        return kind;
    struct date added = read_date(work, &line->added, zone, arrived, message);
    if (line->is_removed)
        removed = read_date(work, &line->removed, zone, arrived, message);
    kind = find(work, booking, &added, alert, &older);
    if (kind != DATABASE_OK || !work->complete)
        return work->complete ? kind : database_no_memory(work->db);
    message->patient = booking->patient;
    message->booking = booking->id;
    if (older) {
        message->state = LEDGER_STALE;
        apply_remark(work, message, "stale: alert");
        return work->complete ? DATABASE_OK : database_no_memory(work->db);
    }
    bool created = alert->id == 0;
    bool told = merge(work, &removed, alert) || created;
    kind = created ? insert(work, booking, &added, alert) : update(work, &added, alert);
    result->changes = work->changes.count;
    result->announced = told && line->announced;
    message->state = work->changes.count > 0 ? LEDGER_APPLIED : LEDGER_DUPLICATE;
    return kind;
}

enum database_kind alert_announce(struct apply_work *work, const struct alert *alert)
{
    char now[INSTANT_TEXT_SIZE];
    struct query query = query_start(work->db, STATEMENT_ALERT_EVENT_SUPERSEDE);
    query_bind_int64(&query, alert->id);
    enum database_kind kind = query_run(&query);
    if (kind != DATABASE_OK)
        return kind;
    query = query_start(work->db, STATEMENT_ALERT_EVENT_INSERT);
    query_bind_int64(&query, alert->id);
    query_bind_int64(&query, work->input->file);
    query_bind_text(&query, alert->columns[ALERT_DATE_REMOVED].ptr != NULL ? "removed" : "added");
    query_bind_instant(&query, work->input->now, now);
    return query_run(&query);
}
