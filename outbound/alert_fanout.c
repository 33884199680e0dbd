#include "outbound/alert_fanout.h"

#include <string.h>

#include "database/outbox.h"

struct fanout {
    struct database *db;
    enum database_world world;
    const struct alert_receiver *receivers;
    size_t receiver_count;
    instant_us now;
    struct arena *arena;
};

/* What comes of one event. */
struct ending {
    enum alert_event_state state;
    const char *sentence; /* NULL: nothing to say */
    size_t queued;
};

static bool is_for(const struct alert_receiver *receiver, const struct alert_event *event)
{
    if (event->feed != NULL && strcmp(event->feed, receiver->to.name) == 0)
        return false;
    if (event->copied && receiver->is_live)
        return false; /* live has told it */
    if (receiver->leaves_unmapped && alert_map_their_code(receiver->map, event->code) == NULL)
        return false;
    return strcmp(event->authority, receiver->authority) == 0 &&
           receiver_serves(&receiver->to, event->facility);
}

/* One queued row. ending->sentence is set when the event cannot be rendered. */
static enum database_kind queue(const struct fanout *fanout, const struct alert_event *event,
                                const struct alert_receiver *receiver, struct ending *ending)
{
    char control_id[21], file_name[RECEIVER_FILE_NAME_SIZE];
    instant_us name_time;
    struct alert_line line;
    struct outbox_row row = {
        .alert_event = event->id,
        .receiver_kind = receiver->to.kind,
        .receiver = receiver->to.name,
        .control_id = control_id,
        .file_name = file_name,
        .state = OUTBOX_QUEUED,
        .created = fanout->now,
    };
    ending->sentence = alert_line(event, receiver, fanout->arena, &line);
    if (ending->sentence == alert_line_no_memory)
        return DATABASE_NO_MEMORY;
    if (ending->sentence != NULL)
        return DATABASE_OK;
    row.bytes = line.bytes;
    enum database_kind kind = outbox_next_id(fanout->db, &row.id);
    if (kind == DATABASE_OK)
        kind = outbox_next_name_time(fanout->db, fanout->now, &name_time);
    if (kind != DATABASE_OK)
        return kind;
    outbox_control_id(control_id, fanout->world, database_control_letters(fanout->db), row.id);
    if (!receiver_file_name(&receiver->to, name_time, row.id, control_id, file_name)) {
        ending->sentence =
            "the file name pattern of the feed's <alerts-out> gives no usable name: mend it in "
            "corbridge.xml (it must have %N or %C); the next start or reload tries again";
        return DATABASE_OK;
    }
    kind = alert_keep_given(fanout->db, event->alert, line.date_added);
    return kind == DATABASE_OK ? outbox_insert(fanout->db, &row, name_time) : kind;
}

/* Inside the savepoint: all that the event brings, and how it shall end. */
static enum database_kind render_event(const struct fanout *fanout, const struct alert_event *event,
                                       struct ending *ending)
{
    ending->state = ALERT_EVENT_NO_RECEIVER;
    if (fanout->world == DATABASE_LIVE && !event->facility_is_live) {
        ending->sentence = "the facility of the booking is not live";
        return DATABASE_OK;
    }
    for (size_t i = 0; i < fanout->receiver_count; i++) {
        if (!is_for(&fanout->receivers[i], event))
            continue;
        ending->state = ALERT_EVENT_FAILED;
        enum database_kind kind = queue(fanout, event, &fanout->receivers[i], ending);
        if (kind != DATABASE_OK || ending->sentence != NULL)
            return kind;
        ending->queued++;
    }
    if (ending->queued > 0)
        ending->state = ALERT_EVENT_RENDERED;
    return DATABASE_OK;
}

/* One event through its savepoint. */
static enum database_kind run_event(const struct fanout *fanout, const struct alert_event *event,
                                    struct ending *ending)
{
    *ending = (struct ending){0};
    enum database_kind kind = database_savepoint(fanout->db);
    if (kind != DATABASE_OK)
        return kind;
    kind = render_event(fanout, event, ending);
    if (kind == DATABASE_OK && ending->state != ALERT_EVENT_FAILED) {
        kind = alert_event_end(fanout->db, event->id, ending->state, ending->sentence, fanout->now);
        if (kind == DATABASE_OK)
            return database_savepoint_release(fanout->db);
    }
    /* A row that the schema refuses would be refused for ever: it stops nobody else. */
    if (kind == DATABASE_CONSTRAINT) {
        ending->state = ALERT_EVENT_FAILED;
        ending->sentence =
            "the database refused the line, such as for a file name that was used before: mend the file "
            "name pattern in corbridge.xml; the next start or reload tries again";
        kind = DATABASE_OK;
    }
    if (!database_in_transaction(fanout->db))
        return kind == DATABASE_OK ? DATABASE_OTHER : kind;
    ending->queued = 0;
    enum database_kind back = database_savepoint_rollback(fanout->db);
    if (kind == DATABASE_OK)
        kind = back;
    if (kind == DATABASE_OK)
        kind = alert_event_end(fanout->db, event->id, ending->state, ending->sentence, fanout->now);
    return kind;
}

enum database_kind alert_fanout_run(struct database *db, enum database_world world,
                                    const struct alert_receiver *receivers, size_t count, instant_us now,
                                    size_t limit, struct arena *arena, alert_fanout_failed_function failed,
                                    void *context, struct alert_fanout_counts *counts)
{
    struct alert_event *events;
    size_t found = 0;
    *counts = (struct alert_fanout_counts){0};
    const struct fanout fanout = {
        .db = db,
        .world = world,
        .receivers = receivers,
        .receiver_count = count,
        .now = now,
        .arena = arena,
    };
    enum database_kind kind = alert_events_new(db, limit, arena, &events, &found);
    for (size_t i = 0; kind == DATABASE_OK && i < found; i++) {
        struct ending ending;
        kind = run_event(&fanout, &events[i], &ending);
        if (kind != DATABASE_OK)
            return kind;
        counts->events++;
        counts->queued += ending.queued;
        if (ending.state != ALERT_EVENT_FAILED)
            continue;
        counts->failed++;
        if (failed != NULL)
            failed(context, events[i].id, ending.sentence);
    }
    return kind;
}
