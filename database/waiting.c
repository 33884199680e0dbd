#include "database/waiting.h"

#include <assert.h>

static const char *presence_name(const struct jms_value *value)
{
    switch (value->presence) {
    case JMS_GIVEN: return "given";
    case JMS_EMPTY: return "empty";
    case JMS_ABSENT: break;
    }
    return value->faulty ? "faulty" : "absent";
}

static enum database_kind insert_location(struct apply_work *work, int64_t message)
{
    const struct apply_input *input = work->input;
    const struct jms_value *fields = input->event->fields;
    assert(input->event->kind == JMS_LOCATION);
    struct query query = query_start(work->db, STATEMENT_WAITING_INSERT_LOCATION);
    query_bind_int64(&query, message);
    query_bind_slice(&query, input->facility.len > 0 ? input->facility : SLICE_EMPTY);
    query_bind_slice(&query, fields[JMS_HOUSING].text); /* required of a Location */
    query_bind_text(&query, presence_name(&fields[JMS_BED]));
    query_bind_slice(&query, fields[JMS_BED].presence == JMS_GIVEN ? fields[JMS_BED].text : SLICE_EMPTY);
    query_bind_int64(&query, input->empty_clears);
    return query_run(&query);
}

static enum database_kind insert_alert(struct apply_work *work, int64_t message)
{
    const struct apply_alert *alert = work->input->alert;
    char added[DATETIME_CIVIL_SIZE], removed[DATETIME_CIVIL_SIZE];
    (void)datetime_format_civil(&alert->added, added);
    if (alert->is_removed)
        (void)datetime_format_civil(&alert->removed, removed);
    struct query query = query_start(work->db, STATEMENT_WAITING_INSERT_ALERT);
    query_bind_int64(&query, message);
    query_bind_slice(&query, alert->code);
    query_bind_text(&query, added);
    query_bind_slice(&query, alert->added_by);
    query_bind_text(&query, alert->is_removed ? removed : NULL);
    query_bind_slice(&query, alert->removed_by);
    query_bind_int64(&query, alert->announced);
    return query_run(&query);
}

enum database_kind waiting_insert(struct apply_work *work, int64_t message)
{
    const struct apply_input *input = work->input;
    const struct jms_value *fields = input->event->fields;
    char until[INSTANT_TEXT_SIZE];
    struct query query = query_start(work->db, STATEMENT_WAITING_INSERT);
    query_bind_int64(&query, message);
    query_bind_text(&query, input->authority);
    query_bind_slice(&query, fields[JMS_PATIENT_ID].text);
    query_bind_slice(&query, fields[JMS_BOOKING].text);
    query_bind_instant(&query, input->waits_until, until);
    enum database_kind kind = query_run(&query);
    if (kind != DATABASE_OK)
        return kind;
    return input->alert != NULL ? insert_alert(work, message) : insert_location(work, message);
}

static void read_given(struct apply_work *work, const struct query *query, int column,
                       struct jms_value *value)
{
    value->presence = JMS_GIVEN;
    value->text = query_slice(query, column, &work->db->scratch, &work->complete);
}

/* The presence stands in `column`, the value behind it. */
static void read_bed(struct apply_work *work, const struct query *query, int column, struct jms_value *value)
{
    struct slice presence = query_slice(query, column, &work->db->scratch, &work->complete);
    if (slice_equal(presence, SLICE_LITERAL("given")))
        read_given(work, query, column + 1, value);
    else
        value->presence = slice_equal(presence, SLICE_LITERAL("empty")) ? JMS_EMPTY : JMS_ABSENT;
    value->faulty = slice_equal(presence, SLICE_LITERAL("faulty"));
}

/* From the column of waiting_location.facility on. */
static void read_location(struct apply_work *work, const struct query *query, int column,
                          struct jms_event *event, struct apply_input *input)
{
    input->facility = query_slice(query, column, &work->db->scratch, &work->complete);
    read_given(work, query, column + 1, &event->fields[JMS_HOUSING]);
    read_bed(work, query, column + 2, &event->fields[JMS_BED]);
    input->empty_clears = query_int64(query, column + 4) != 0;
}

/* A date as waiting_insert kept it. False when it is none. */
static bool read_date(struct apply_work *work, const struct query *query, int column, struct civil_time *out)
{
    struct slice text = query_slice(query, column, &work->db->scratch, &work->complete);
    return !work->complete || datetime_parse(text, out) == FAULT_NONE;
}

/* From the column of waiting_alert.code on. False when a date is none. */
static bool read_alert(struct apply_work *work, const struct query *query, int column,
                       struct apply_alert *alert)
{
    struct arena *arena = &work->db->scratch;
    *alert = (struct apply_alert){
        .code = query_slice(query, column, arena, &work->complete),
        .added_by = query_slice(query, column + 2, arena, &work->complete),
        .is_removed = !query_is_null(query, column + 3),
        .removed_by = query_slice(query, column + 4, arena, &work->complete),
        .announced = query_int64(query, column + 5) != 0,
    };
    return read_date(work, query, column + 1, &alert->added) &&
           (!alert->is_removed || read_date(work, query, column + 3, &alert->removed));
}

static void bind_booking(struct query *query, const struct apply_work *work, struct slice booking)
{
    query_bind_text(query, work->input->authority);
    query_bind_slice(query, booking);
}

/* DATABASE_OK when something waits, DATABASE_NONE when not. Nearly never does anything wait for a new booking, and to sort
 * nothing costs six times what this question costs. */
static enum database_kind anything_waits(const struct apply_work *work, struct slice booking)
{
    struct query query = query_start(work->db, STATEMENT_WAITING_ANY);
    bind_booking(&query, work, booking);
    enum database_kind kind = query_step(&query);
    query_end(&query);
    return kind;
}

enum database_kind waiting_next(struct apply_work *work, struct slice booking, struct jms_event *event,
                                struct apply_alert *alert, struct apply_input *input, int64_t *message,
                                const char **feed)
{
    struct arena *arena = &work->db->scratch;
    bool valid = true;
    enum database_kind kind = anything_waits(work, booking);
    if (kind != DATABASE_OK)
        return kind;
    struct query query = query_start(work->db, STATEMENT_WAITING_NEXT);
    bind_booking(&query, work, booking);
    kind = query_step(&query);
    if (kind == DATABASE_OK) {
        *message = query_int64(&query, 0);
        input->file = query_int64(&query, 1);
        input->ordinal = (int)query_int64(&query, 2);
        input->event_at = query_instant(&query, 3, &valid);
        input->arrived = query_instant(&query, 4, &valid);
        read_given(work, &query, 5, &event->fields[JMS_PATIENT_ID]);
        event->fields[JMS_BOOKING] = (struct jms_value){.presence = JMS_GIVEN, .text = booking};
        *feed = query_text(&query, 6, arena, &work->complete);
        if (query_int64(&query, 7) != 0) {
            input->alert = alert;
            valid = read_alert(work, &query, 13, alert) && valid;
        } else {
            read_location(work, &query, 8, event, input);
        }
        if (!work->complete)
            kind = database_no_memory(work->db);
        else if (!valid)
            kind = DATABASE_CORRUPT;
    }
    query_end(&query);
    return kind;
}

enum database_kind waiting_remove(struct database *db, int64_t message)
{
    struct query query = query_start(db, STATEMENT_WAITING_REMOVE);
    query_bind_int64(&query, message);
    return query_run(&query);
}
