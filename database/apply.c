#include "database/apply.h"

#include "database/apply_work.h"
#include "database/booking.h"
#include "database/patient.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

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

/* Adds a remark to the message; remarks are static text without patient data. */
static void remark(struct apply_work *work, struct ledger_message *message, const char *text)
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

/* The row of the message with what is kept beside it: unknown fields and warnings. */
static enum database_kind write_message(struct apply_work *work, struct ledger_message *message)
{
    const struct apply_input *input = work->input;
    enum database_kind kind = ledger_message_insert(work->db, message);
    for (size_t i = 0; kind == DATABASE_OK && i < input->event->extra_count; i++)
        kind = ledger_extra_insert(work->db, message->id, input->event->extras[i].name,
                                   input->event->extras[i].value);
    if (kind == DATABASE_OK && input->warnings != NULL)
        kind = ledger_faults_insert(work->db, input->file, message->id, input->warnings);
    return kind;
}

/* The event names people or bookings that it must not touch, or that are not there yet: nothing but the message is
 * written. Returns false when the event can be applied. */
static bool set_aside(struct apply_work *work, const struct patient *patient, const struct booking *booking,
                      struct ledger_message *message)
{
    message->patient = patient->id;
    message->booking = booking->id;
    if (booking->id != 0 && booking->patient != patient->id) {
        message->state = LEDGER_HELD;
        remark(work, message, "the booking is known under another patient");
        return true;
    }
    if (work->input->event->kind == JMS_LOCATION && (patient->id == 0 || booking->id == 0)) {
        message->state = LEDGER_WAITING;
        remark(work, message,
               patient->id == 0 ? "the patient is not known yet" : "the booking is not known yet");
        return true;
    }
    return false;
}

/* Writes patient and booking, and works out what the caller is told. */
static enum database_kind write_rows(struct apply_work *work, struct patient *patient,
                                     struct booking *booking, struct apply_result *result)
{
    struct ledger_message *message = &result->message;
    bool was_open = booking->id != 0 && booking_is_open(booking);
    if (work->input->event->kind == JMS_DEMOGRAPHICS)
        result->identity_changed = patient_merge(work, patient);
    booking_merge(work, booking);
    if (!work->complete)
        return database_no_memory(work->db);

    result->created_patient = patient->id == 0;
    result->created_booking = booking->id == 0;
    result->moved = booking->moved && !result->created_booking;
    result->released = booking->released;
    enum database_kind kind = DATABASE_OK;
    if (work->input->event->kind == JMS_DEMOGRAPHICS)
        kind = patient_write(work, patient);
    booking->patient = patient->id;
    if (kind == DATABASE_OK)
        kind = booking_write(work, booking);
    /* A second open booking is told when it comes to be, not with each later event. */
    if (kind == DATABASE_OK && !result->created_patient && !was_open && booking_is_open(booking))
        kind = booking_open_beside(work, booking, &result->second_open_booking);
    if (kind != DATABASE_OK)
        return kind;

    message->patient = patient->id;
    message->booking = booking->id;
    message->state = work->changes.count == 0 ? LEDGER_DUPLICATE : LEDGER_APPLIED;
    result->changes = work->changes.count;
    if (result->identity_changed)
        remark(work, message, "family name, given name and birth date changed at once");
    if (result->second_open_booking)
        remark(work, message, "another booking of the patient is open");
    if (booking->reopened)
        remark(work, message, "the booking is open again");
    if (work->input->event->kind == JMS_LOCATION && !booking_is_open(booking))
        remark(work, message, "the booking is released and stays so");
    return work->complete ? DATABASE_OK : database_no_memory(work->db);
}

enum database_kind apply_jms_event(struct database *db, const struct apply_input *input,
                                   struct apply_result *result)
{
    assert(database_in_transaction(db));
    struct apply_work work = {.db = db, .input = input, .complete = true};
    struct patient patient;
    struct booking booking;
    struct ledger_message *message = &result->message;
    arena_reset(&db->scratch);
    datetime_format_instant(input->event_at, work.event_at);
    datetime_format_instant(input->arrived, work.arrived_at);
    *result = (struct apply_result){
        .message = {.file = input->file,
                    .ordinal = input->ordinal,
                    .kind = input->event->kind == JMS_DEMOGRAPHICS ? "demographics" : "location",
                    .event_at = input->event_at}};

    enum database_kind kind = patient_find(&work, &patient);
    if (kind == DATABASE_OK)
        kind = booking_find(&work, &booking);
    if (kind != DATABASE_OK)
        return kind;
    if (set_aside(&work, &patient, &booking, message))
        return write_message(&work, message);

    kind = write_rows(&work, &patient, &booking, result);
    if (kind == DATABASE_OK)
        kind = write_message(&work, message);
    if (kind == DATABASE_OK)
        kind = change_list_write(db, &work.changes, message->id);
    if (kind == DATABASE_OK && booking.moved)
        kind = booking_write_location(&work, &booking, message->id);
    return kind;
}

enum database_kind apply_facilities(struct database *db, const struct facility_row *rows, size_t count)
{
    bool alone = !database_in_transaction(db);
    enum database_kind kind = alone ? database_begin(db) : DATABASE_OK;
    for (size_t i = 0; kind == DATABASE_OK && i < count; i++) {
        struct query query = query_start(db, STATEMENT_FACILITY_PUT);
        query_bind_text(&query, rows[i].code);
        query_bind_text(&query, rows[i].name);
        query_bind_text(&query, rows[i].zone);
        kind = query_run(&query);
    }
    if (alone && kind == DATABASE_OK)
        kind = database_commit(db);
    if (alone && kind != DATABASE_OK)
        database_rollback(db);
    return kind;
}
