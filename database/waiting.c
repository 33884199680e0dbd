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

enum database_kind waiting_insert(struct apply_work *work, int64_t message)
{
    const struct apply_input *input = work->input;
    const struct jms_value *fields = input->event->fields;
    assert(input->event->kind == JMS_LOCATION);
    char until[INSTANT_TEXT_SIZE];
    struct query query = query_start(work->db, STATEMENT_WAITING_INSERT);
    query_bind_int64(&query, message);
    query_bind_text(&query, input->authority);
    query_bind_slice(&query, fields[JMS_PATIENT_ID].text);
    query_bind_slice(&query, fields[JMS_BOOKING].text);
    query_bind_slice(&query, input->facility.len > 0 ? input->facility : SLICE_EMPTY);
    query_bind_slice(&query, fields[JMS_HOUSING].text); /* required of a Location */
    query_bind_text(&query, presence_name(&fields[JMS_BED]));
    query_bind_slice(&query, fields[JMS_BED].presence == JMS_GIVEN ? fields[JMS_BED].text : SLICE_EMPTY);
    query_bind_int64(&query, input->empty_clears);
    query_bind_instant(&query, input->waits_until, until);
    return query_run(&query);
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
                                struct apply_input *input, int64_t *message, const char **feed)
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
        input->facility = query_slice(&query, 6, arena, &work->complete);
        read_given(work, &query, 7, &event->fields[JMS_HOUSING]);
        read_bed(work, &query, 8, &event->fields[JMS_BED]);
        input->empty_clears = query_int64(&query, 10) != 0;
        *feed = query_text(&query, 11, arena, &work->complete);
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
