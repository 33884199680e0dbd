#include "database/test_only.h"

#include "database/waiting.h"

static void bind_booking(struct query *query, const struct apply_work *work)
{
    query_bind_text(query, work->input->authority);
    query_bind_slice(query, work->input->event->fields[JMS_BOOKING].text);
}

/* The facility of which the event speaks, in its documented form; ptr NULL when nobody knows. */
static enum database_kind facility_of(struct apply_work *work, struct slice *facility)
{
    *facility = work->input->facility;
    if (facility->len > 0)
        return DATABASE_OK;
    struct query query = query_start(work->db, STATEMENT_LIVE_FACILITY_OF);
    bind_booking(&query, work);
    enum database_kind kind = query_step(&query);
    if (kind == DATABASE_OK)
        *facility = query_slice(&query, 0, &work->db->scratch, &work->complete);
    query_end(&query);
    return work->complete ? kind : database_no_memory(work->db);
}

enum database_kind test_only_judge(struct apply_work *work, bool *left_out)
{
    *left_out = false;
    if (work->db->world != DATABASE_LIVE)
        return DATABASE_OK;
    struct slice facility;
    enum database_kind kind = facility_of(work, &facility);
    if (kind != DATABASE_OK || facility.len == 0)
        return kind;
    struct query query = query_start(work->db, STATEMENT_LIVE_FACILITY);
    query_bind_slice(&query, facility);
    kind = query_step(&query);
    if (kind == DATABASE_OK)
        *left_out = query_int64(&query, 0) == 0;
    query_end(&query);
    return kind;
}

/* The events that wait for the booking end as their demographics did. */
static enum database_kind end_waiting(struct apply_work *work, size_t *ended)
{
    for (;;) {
        struct jms_event event = {.kind = JMS_LOCATION};
        struct apply_alert alert;
        struct apply_input input = {.event = &event};
        struct ledger_message message = {.state = LEDGER_TEST_ONLY, .detail = "the facility is not live"};
        const char *feed = NULL;
        enum database_kind kind = waiting_next(work, work->input->event->fields[JMS_BOOKING].text, &event,
                                               &alert, &input, &message.id, &feed);
        if (kind == DATABASE_OK)
            kind = ledger_message_end(work->db, &message, work->input->now);
        if (kind == DATABASE_OK)
            kind = waiting_remove(work->db, message.id);
        if (kind != DATABASE_OK)
            return kind == DATABASE_NONE ? DATABASE_OK : kind;
        (*ended)++;
    }
}

enum database_kind test_only_note(struct apply_work *work, size_t *ended)
{
    struct query query = query_start(work->db, STATEMENT_TEST_ONLY_NOTE);
    bind_booking(&query, work);
    query_bind_slice(&query, work->input->facility);
    enum database_kind kind = query_run(&query);
    return kind == DATABASE_OK ? end_waiting(work, ended) : kind;
}

enum database_kind test_only_forget(struct apply_work *work)
{
    if (work->db->world != DATABASE_LIVE)
        return DATABASE_OK;
    struct query query = query_start(work->db, STATEMENT_TEST_ONLY_FORGET);
    bind_booking(&query, work);
    return query_run(&query);
}
