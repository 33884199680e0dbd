#include "database/apply.h"

#include "database/alert_row.h"
#include "database/apply_work.h"
#include "database/booking.h"
#include "database/patient.h"
#include "database/photo.h"
#include "database/roster_run_work.h"
#include "database/test_only.h"
#include "database/waiting.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static bool is_demographics(const struct apply_input *input)
{
    return input->alert == NULL && input->event->kind == JMS_DEMOGRAPHICS;
}

static const char *kind_name(const struct apply_input *input)
{
    return input->alert != NULL ? "alert" : is_demographics(input) ? "demographics" : "location";
}

/* Work in progress ------------------------------------------------------------------------------------------------- */

/* A copy in the scratch arena that remembers when there was no room. */
static struct slice keep(struct apply_work *work, const char *text, size_t length)
{
    struct slice copy = arena_copy(&work->db->scratch, slice_from(text, length));
    if (copy.ptr == NULL)
        work->complete = false;
    return copy;
}

bool apply_states(struct apply_work *work, enum jms_field field, struct slice *value)
{
    const struct jms_value *given = &work->input->event->fields[field];
    *value = SLICE_EMPTY;
    if (given->presence == JMS_ABSENT)
        return false;
    if (given->presence == JMS_EMPTY)
        return work->input->empty_clears;
    if (jms_field_rule(field)->type != JMS_INTEGER) {
        *value = given->text;
        return true;
    }
    /* As SQLite writes it, so that "072" is no change of 72. */
    char number[16];
    int length = snprintf(number, sizeof number, "%ld", (long)given->number);
    *value = keep(work, number, (size_t)length);
    return true;
}

struct slice apply_instant(struct apply_work *work, instant_us instant)
{
    if (instant == INSTANT_NONE)
        return SLICE_EMPTY;
    char text[INSTANT_TEXT_SIZE];
    datetime_format_instant(instant, text);
    return keep(work, text, INSTANT_TEXT_SIZE - 1);
}

/* Whether file `mine` came before file `other`, where numbers and times of arrival disagree. The number counts, since a clock may be set
 * back. But in the test world a copy has the arrival that it had in live, and its number from when it was copied: of two copies the live
 * numbers count, between a copy and a file of test's own the times. */
static bool came_before(struct apply_work *work, int64_t mine, int64_t other, bool by_time)
{
    bool before = mine < other;
    if (work->db->world != DATABASE_TEST)
        return before;
    struct query query = query_start(work->db, STATEMENT_FILE_TWO_COPIES);
    query_bind_int64(&query, mine);
    query_bind_int64(&query, other);
    enum database_kind kind = query_step(&query);
    if (kind != DATABASE_OK)
        work->complete = false;
    else if (!query_is_null(&query, 0) && !query_is_null(&query, 1))
        before = query_int64(&query, 0) < query_int64(&query, 1);
    else if (!query_is_null(&query, 0) || !query_is_null(&query, 1))
        before = by_time;
    query_end(&query);
    return before;
}

/* Whether the event of `work` arrived before file `other`. */
static bool arrived_before(struct apply_work *work, int64_t other, const char *other_arrived_at)
{
    int64_t mine = work->input->file;
    int times = strcmp(work->arrived_at, other_arrived_at);
    if (other == 0) /* no file said it, but a user of CorEMR */
        return times < 0;
    return times == 0 || (times < 0) == (mine < other) ? mine < other
                                                       : came_before(work, mine, other, times < 0);
}

bool apply_is_older(struct apply_work *work, const struct query *query, int column)
{
    if (query_is_null(query, column))
        return false;
    const char *event_at = query_text(query, column, &work->db->scratch, &work->complete);
    const char *arrived_at = query_text(query, column + 1, &work->db->scratch, &work->complete);
    if (!work->complete || arrived_at == NULL)
        return false;
    bool arrivals = strcmp(event_at, arrived_at) == 0 && strcmp(work->event_at, work->arrived_at) == 0;
    int order = strcmp(work->event_at, event_at);
    return order == 0 || arrivals ? arrived_before(work, query_int64(query, column + 2), arrived_at)
                                  : order < 0;
}

void apply_bind_stamp(struct query *query, const struct apply_work *work, bool stated)
{
    query_bind_text(query, stated ? work->event_at : NULL);
    query_bind_text(query, stated ? work->arrived_at : NULL);
    if (stated)
        query_bind_int64(query, work->input->file);
    else
        query_bind_null(query);
}

/* The message ------------------------------------------------------------------------------------------------------ */

void apply_remark(struct apply_work *work, struct ledger_message *message, const char *text)
{
    if (message->detail == NULL) {
        message->detail = text;
        return;
    }
    char both[256];
    int length = snprintf(both, sizeof both, "%s; %s", message->detail, text);
    assert(length > 0 && (size_t)length < sizeof both);
    message->detail = keep(work, both, (size_t)length).ptr;
}

/* The row of a new message with what is kept beside it: unknown fields, warnings, and what waits. */
static enum database_kind insert_message(struct apply_work *work, struct ledger_message *message)
{
    const struct apply_input *input = work->input;
    enum database_kind kind = ledger_message_insert(work->db, message);
    for (size_t i = 0; kind == DATABASE_OK && i < input->event->extra_count; i++)
        kind = ledger_extra_insert(work->db, message->id, input->event->extras[i].name,
                                   input->event->extras[i].value);
    if (kind == DATABASE_OK && input->warnings != NULL)
        kind = ledger_faults_insert(work->db, input->file, message->id, input->warnings);
    if (kind == DATABASE_OK && message->state == LEDGER_WAITING)
        kind = waiting_insert(work, message->id);
    return kind;
}

/* The message as it ended: a new row, or the one that waited. */
static enum database_kind write_message(struct apply_work *work, struct ledger_message *message)
{
    if (message->id == 0)
        return insert_message(work, message);
    enum database_kind kind = ledger_message_end(work->db, message, work->input->now);
    return kind == DATABASE_OK ? waiting_remove(work->db, message->id) : kind;
}

/* The event names people or bookings that it must not touch, or that are not there yet: nothing but the message is
 * written. Returns false when the event can be applied. */
static bool set_aside(struct apply_work *work, const struct patient *patient, const struct booking *booking,
                      struct ledger_message *message)
{
    message->patient = patient->id;
    message->booking = booking->id;
    if (booking->id != 0 && booking->patient != patient->id && !work->input->released) {
        /* An alert is a line among many, and never to stand in another person's chart: its sender mends it. */
        message->state = work->input->alert != NULL ? LEDGER_MESSAGE_QUARANTINED : LEDGER_HELD;
        apply_remark(work, message, "the booking is known under another patient");
        return true;
    }
    if (!is_demographics(work->input) && (patient->id == 0 || booking->id == 0)) {
        message->state = LEDGER_WAITING;
        apply_remark(work, message,
                     patient->id == 0 ? "the patient is not known yet" : "the booking is not known yet");
        return true;
    }
    return false;
}

/* "stale: location, release": the groups in which a newer event had spoken. */
static void remark_stale(struct apply_work *work, const struct patient *patient,
                         const struct booking *booking, struct ledger_message *message)
{
    const struct {
        bool stale;
        const char *name;
    } groups[] = {{patient->demographics_stale, "demographics"},
                  {booking->booking_stale, "booking"},
                  {booking->location_stale, "location"},
                  {booking->release_stale, "release"},
                  {patient->photo_stale, "photo"}};
    char text[80] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (!groups[i].stale)
            continue;
        int length =
            snprintf(text + used, sizeof text - used, "%s%s", used == 0 ? "stale: " : ", ", groups[i].name);
        assert(length > 0 && (size_t)length < sizeof text - used);
        used += (size_t)length;
    }
    if (used > 0)
        apply_remark(work, message, keep(work, text, used).ptr);
}

/* How the message ends whose rows are written (RULES "Units and states"). */
static enum ledger_message_state state_of(const struct apply_work *work, const struct patient *patient,
                                          const struct booking *booking)
{
    bool stale = patient->demographics_stale || patient->photo_stale || booking->booking_stale ||
                 booking->location_stale || booking->release_stale;
    bool stated = patient->demographics_stated || patient->photo_stated || booking->booking_stated ||
                  booking->location_stated || booking->release_stated;
    if (work->changes.count > 0)
        return LEDGER_APPLIED;
    return stale && !stated ? LEDGER_STALE : LEDGER_DUPLICATE;
}

/* A booking that was not open and now is: what else the patient has open. */
static enum database_kind look_beside(struct apply_work *work, const struct booking *booking,
                                      struct apply_result *result)
{
    size_t closed = 0;
    enum database_kind kind = DATABASE_OK;
    if (work->input->closes_earlier)
        kind = booking_close_earlier(work, booking, &closed);
    if (kind == DATABASE_OK)
        kind = booking_open_beside(work, booking, &result->second_open_booking);
    if (closed > 0)
        apply_remark(work, &result->message, "the earlier booking was closed");
    if (result->second_open_booking)
        apply_remark(work, &result->message, "another booking of the patient is open");
    return kind;
}

/* Writes patient and booking, and works out what the caller is told. */
static enum database_kind write_rows(struct apply_work *work, struct patient *patient,
                                     struct booking *booking, struct apply_result *result)
{
    struct ledger_message *message = &result->message;
    bool was_open = booking->id != 0 && booking_is_open(booking);
    bool other_patient = booking->id != 0 && booking->patient != patient->id;
    bool demographics = is_demographics(work->input);
    booking_merge(work, booking);
    if (!work->complete)
        return database_no_memory(work->db);

    result->created_patient = patient->id == 0;
    result->created_booking = booking->id == 0;
    result->moved = booking->moved && !result->created_booking;
    result->released = booking->released;
    remark_stale(work, patient, booking, message);
    if (result->identity_changed)
        apply_remark(work, message, "family name, given name and birth date changed at once");
    if (other_patient)
        apply_remark(work, message, "the booking was another patient's until then");
    result->booking_again = booking->stated_by_this_file;
    enum database_kind kind = DATABASE_OK;
    if (demographics)
        kind = patient_write(work, patient);
    if (kind == DATABASE_OK && other_patient)
        kind = booking_hand_over(work, booking, patient->id);
    if (kind == DATABASE_OK && work->input->asks_for_photo && patient->photo_stated)
        kind = photo_ask(work, patient->id, patient->columns[PATIENT_PHOTO_PATH], &result->waiting_ended);
    booking->patient = patient->id;
    if (kind == DATABASE_OK)
        kind = booking_write(work, booking);
    result->handed_over = other_patient;
    /* A second open booking is told when it comes to be, not with each later event. */
    if (kind == DATABASE_OK && !result->created_patient && (!was_open || other_patient) &&
        booking_is_open(booking))
        kind = look_beside(work, booking, result);
    if (kind != DATABASE_OK)
        return kind;

    message->patient = patient->id;
    message->booking = booking->id;
    message->state = state_of(work, patient, booking);
    result->changes = work->changes.count;
    if (booking->reopened)
        apply_remark(work, message, "the booking is open again");
    if (!demographics && !booking_is_open(booking))
        apply_remark(work, message, "the booking is released and stays so");
    return work->complete ? DATABASE_OK : database_no_memory(work->db);
}

/* The event states a release that lies ahead. */
static bool plans_release(const struct booking *booking)
{
    return booking->release_stated && booking_is_open(booking) &&
           booking->columns[BOOKING_RELEASE_DATE].ptr != NULL;
}

/* Whether the row of a roster is not worth a message: nothing is new, and nothing is to be said of it. A release that is planned
 * keeps its message: its change log will need one when the time has come (due.c). */
static bool leaves_nothing(const struct apply_work *work, const struct booking *booking,
                           const struct ledger_message *message)
{
    return work->input->leaves_no_repeat && message->state == LEDGER_DUPLICATE && message->detail == NULL &&
           !plans_release(booking);
}

/* result->stands. A release that was taken back by silence is not stated by silence a second time. */
static unsigned stands(struct apply_work *work, const struct patient *patient, const struct booking *booking,
                       const struct apply_result *result)
{
    const struct apply_input *input = work->input;
    struct slice release;
    enum ledger_message_state state = result->message.state;
    bool stale = patient->demographics_stale || patient->photo_stale || booking->booking_stale ||
                 booking->location_stale || booking->release_stale;
    bool warned = input->warnings != NULL && input->warnings->count > 0;
    if (input->event->kind != JMS_DEMOGRAPHICS || (state != LEDGER_APPLIED && state != LEDGER_DUPLICATE) ||
        stale || warned || result->booking_again || plans_release(booking) ||
        (input->asks_for_photo_again && patient->photo_stated))
        return 0;
    return (patient->demographics_stated ? ROSTER_RUN_DEMOGRAPHICS : 0) |
           (patient->photo_stated ? ROSTER_RUN_PHOTO : 0) |
           (booking->booking_stated ? ROSTER_RUN_BOOKING : 0) |
           (booking->location_stated ? ROSTER_RUN_LOCATION : 0) |
           (booking->release_stated && apply_states(work, JMS_RELEASE_DATE, &release) ? ROSTER_RUN_RELEASE
                                                                                      : 0);
}

/* Finds patient and booking. What rosters have stated of them by runs alone is judged as if it stood in the rows. */
static enum database_kind find_rows(struct apply_work *work, struct patient *patient, struct booking *booking,
                                    struct apply_result *result)
{
    const int64_t file = work->input->file;
    bool folded = false;
    enum database_kind kind = patient_find(work, patient);
    if (kind == DATABASE_OK)
        kind = booking_find(work, booking);
    if (kind == DATABASE_OK && patient->id != 0)
        kind = roster_run_fold(work->db, patient->id, file, booking->id, &folded, &result->stands_beside);
    if (kind == DATABASE_OK && booking->id != 0 && booking->patient != patient->id)
        kind = roster_run_fold_patient(work->db, booking->patient, &folded);
    if (kind == DATABASE_OK && folded)
        kind = patient_find(work, patient);
    if (kind == DATABASE_OK && folded)
        kind = booking_find(work, booking);
    return kind;
}

/* A row of a sync roster: what is kept of it is kept with the message of the roster. One that changed nothing leaves its warnings out. */
static enum database_kind keep_with_whole(struct apply_work *work, struct ledger_message *message)
{
    const struct apply_input *input = work->input;
    message->id = input->part_of;
    return input->warnings != NULL && work->changes.count > 0
               ? ledger_faults_insert(work->db, input->file, message->id, input->warnings)
               : DATABASE_OK;
}

/* An alert whose booking is known. */
static enum database_kind apply_alert(struct apply_work *work, const struct booking *booking,
                                      struct apply_result *result)
{
    struct alert alert;
    enum database_kind kind = alert_apply(work, booking, &alert, result);
    if (kind == DATABASE_OK)
        kind = write_message(work, &result->message);
    if (kind == DATABASE_OK)
        kind = change_list_write(work->db, &work->changes, result->message.id, 0);
    return kind == DATABASE_OK && result->announced ? alert_announce(work, &alert) : kind;
}

/* Applies the event of `work`; message->id is that of the row when it has waited, else 0. */
static enum database_kind apply_event(struct apply_work *work, struct apply_result *result)
{
    const struct apply_input *input = work->input;
    struct ledger_message *message = &result->message;
    struct patient patient;
    struct booking booking;
    datetime_format_instant(input->event_at, work->event_at);
    datetime_format_instant(input->arrived, work->arrived_at);
    enum database_kind kind = find_rows(work, &patient, &booking, result);
    if (kind != DATABASE_OK)
        return kind;
    if (set_aside(work, &patient, &booking, message))
        return write_message(work, message);
    if (input->alert != NULL)
        return apply_alert(work, &booking, result);

    if (is_demographics(input))
        result->identity_changed = patient_merge(work, &patient);
    if (result->identity_changed && input->holds_identity_change && !input->released) {
        message->state = LEDGER_HELD;
        message->patient = patient.id;
        message->booking = booking.id;
        result->identity_changed = false;
        apply_remark(work, message, "family name, given name and birth date changed at once");
        return write_message(work, message);
    }
    kind = write_rows(work, &patient, &booking, result);
    if (kind == DATABASE_OK && input->part_of != 0)
        kind = keep_with_whole(work, message);
    else if (kind == DATABASE_OK && !leaves_nothing(work, &booking, message))
        kind = write_message(work, message);
    if (kind == DATABASE_OK)
        kind = change_list_write(work->db, &work->changes, message->id, input->changes_before);
    if (kind == DATABASE_OK && booking.moved)
        kind = booking_write_location(work, &booking, message->id);
    if (kind == DATABASE_OK && booking.unmatched)
        kind = booking_write_unmatched(work, &booking, &result->unmatched_location);
    if (kind == DATABASE_OK && result->identity_changed)
        kind = ledger_count_identity_change(work->db, message->file);
    result->stands = stands(work, &patient, &booking, result);
    return kind;
}

/* What waited for the booking that has come to be, in the order of arrival. Each one ends its waiting: it is applied, or
 * held when it names another person. */
static enum database_kind apply_waiting(const struct apply_work *creator, struct apply_result *created)
{
    const struct apply_input *by = creator->input;
    size_t held_capacity = 0;
    for (;;) {
        struct jms_event event = {.kind = JMS_LOCATION};
        struct apply_alert alert;
        struct apply_input input = {.event = &event,
                                    .authority = by->authority,
                                    .booking_date = INSTANT_NONE,
                                    .release_date = INSTANT_NONE,
                                    .waits_until = INSTANT_NONE,
                                    .now = by->now,
                                    .rules = by->rules};
        struct apply_work work = {.db = creator->db, .input = &input, .complete = true};
        struct apply_result result = {0};
        const char *feed = NULL;
        enum database_kind kind = waiting_next(&work, by->event->fields[JMS_BOOKING].text, &event, &alert,
                                               &input, &result.message.id, &feed);
        if (kind != DATABASE_OK)
            return kind == DATABASE_NONE ? DATABASE_OK : kind;
        result.message.kind = kind_name(&input);
        result.message.file = input.file;
        result.message.ordinal = input.ordinal;
        result.message.event_at = input.event_at;
        kind = apply_event(&work, &result);
        if (kind != DATABASE_OK)
            return kind;
        created->waiting_ended++;
        created->unmatched_location = created->unmatched_location || result.unmatched_location;
        created->announced = created->announced || result.announced;
        bool refused = result.message.state == LEDGER_MESSAGE_QUARANTINED;
        if (result.message.state != LEDGER_HELD && !refused)
            continue;
        struct apply_held *grown = query_grow(&creator->db->scratch, created->waiting_held,
                                              created->waiting_held_count, &held_capacity, sizeof *grown);
        if (grown == NULL)
            return database_no_memory(creator->db);
        created->waiting_held = grown;
        grown[created->waiting_held_count++] = (struct apply_held){input.file, feed, refused};
    }
}

/* The live world leaves the event to test: nothing but the message is written. */
static enum database_kind leave_out(struct apply_work *work, struct apply_result *result)
{
    result->message.state = LEDGER_TEST_ONLY;
    apply_remark(work, &result->message, "the facility is not live");
    enum database_kind kind = work->input->part_of == 0 ? write_message(work, &result->message) : DATABASE_OK;
    return kind == DATABASE_OK && is_demographics(work->input) ? test_only_note(work, &result->waiting_ended)
                                                               : kind;
}

enum database_kind apply_jms_event(struct database *db, const struct apply_input *input,
                                   struct apply_result *result)
{
    assert(database_in_transaction(db));
    struct apply_work work = {.db = db, .input = input, .complete = true};
    arena_reset(&db->scratch);
    *result = (struct apply_result){.message = {.id = input->message,
                                                .file = input->file,
                                                .ordinal = input->ordinal,
                                                .kind = kind_name(input),
                                                .event_at = input->event_at}};
    if (input->released)
        apply_remark(&work, &result->message, "released by a person");
    bool left_out;
    enum database_kind kind = test_only_judge(&work, &left_out);
    if (kind == DATABASE_OK && left_out)
        return leave_out(&work, result);
    if (kind == DATABASE_OK)
        kind = apply_event(&work, result);
    if (kind == DATABASE_OK && result->created_booking)
        kind = test_only_forget(&work);
    if (kind == DATABASE_OK && result->created_booking)
        kind = apply_waiting(&work, result);
    if (result->waiting_ended > 0) /* what waited may have said something else since */
        result->stands = 0;
    return kind;
}

/* DATABASE_OK when all of them stand there as they are, DATABASE_NONE when not. */
static enum database_kind facilities_stand(struct database *db, const struct facility_row *rows, size_t count)
{
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; kind == DATABASE_OK && i < count; i++) {
        struct query query = query_start(db, STATEMENT_FACILITY_STANDS);
        query_bind_text(&query, rows[i].code);
        query_bind_text(&query, rows[i].name);
        query_bind_text(&query, rows[i].zone);
        kind = query_step(&query);
        query_end(&query);
    }
    return kind;
}

enum database_kind apply_facilities(struct database *db, const struct facility_row *rows, size_t count)
{
    enum database_kind kind = facilities_stand(db, rows, count);
    if (kind != DATABASE_NONE)
        return kind;
    bool alone = !database_in_transaction(db);
    kind = alone ? database_begin(db) : DATABASE_OK;
    for (size_t i = 0; kind == DATABASE_OK && i < count; i++) {
        struct query query = query_start(db, STATEMENT_FACILITY_PUT);
        query_bind_text(&query, rows[i].code);
        query_bind_text(&query, rows[i].name);
        query_bind_text(&query, rows[i].zone);
        kind = query_run(&query);
    }
    return alone ? database_finish(db, kind) : kind;
}
