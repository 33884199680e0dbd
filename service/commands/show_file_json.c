/* A file of the ledger as JSON. */
#include <inttypes.h>

#include "service/commands/shown.h"

static void add_text_json(struct output *out, const char *key, const char *text)
{
    output_add(out, ", \"%s\": ", key);
    output_json_text(out, text);
}

static void add_instant_json(struct output *out, const char *key, instant_us instant)
{
    char text[28];
    if (instant != INSTANT_NONE)
        datetime_format_instant(instant, text);
    add_text_json(out, key, instant != INSTANT_NONE ? text : NULL);
}

static void add_number_json(struct output *out, const char *key, int64_t number)
{
    output_add(out, ", \"%s\": ", key);
    if (number > 0)
        output_add(out, "%" PRId64, number);
    else
        output_add(out, "null");
}

static void add_faults_json(struct output *out, const struct view_fault *faults, size_t count)
{
    output_add(out, ", \"faults\": [");
    for (size_t i = 0; i < count; i++) {
        output_add(out, "%s\n    {\"severity\": \"%s\"", i > 0 ? "," : "", faults[i].severity);
        add_text_json(out, "code", faults[i].code);
        add_number_json(out, "line", faults[i].line);
        add_text_json(out, "field", faults[i].field);
        add_text_json(out, "expected", faults[i].expected);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_person_json(struct output *out, const char *key, const struct view_person *person)
{
    output_add(out, ", \"%s\": ", key);
    if (person->patient_id == NULL) {
        output_add(out, "null");
        return;
    }
    output_add(out, "{\"patient_id\": ");
    output_json_text(out, person->patient_id);
    add_text_json(out, "last_name", person->last_name);
    add_text_json(out, "first_name", person->first_name);
    add_text_json(out, "birth_date", person->birth_date);
    output_add(out, "}");
}

static void add_message_json(struct output *out, const struct message *message)
{
    const struct view_message *row = message->row;
    output_add(out, "{\"ordinal\": %d", row->ordinal);
    add_text_json(out, "kind", row->kind);
    add_text_json(out, "state", row->state);
    add_instant_json(out, "event_at", row->event_at);
    add_instant_json(out, "ended_at", row->ended);
    add_instant_json(out, "waits_until", row->waits_until);
    add_text_json(out, "detail", row->detail);
    add_number_json(out, "patient", row->patient);
    add_text_json(out, "patient_id", row->patient_id);
    add_number_json(out, "booking", row->booking);
    add_text_json(out, "booking_number", row->booking_number);
    add_person_json(out, "person", &row->person);
    add_person_json(out, "booking_of", &row->owner);
    add_faults_json(out, message->faults, message->fault_count);
    output_add(out, ", \"changes\": [");
    for (size_t i = 0; i < message->change_count; i++) {
        const struct view_change *change = &message->changes[i];
        output_add(out, "%s\n    {\"table\": \"%s\"", i > 0 ? "," : "", change->table);
        add_number_json(out, "row", change->row);
        add_text_json(out, "field", change->field);
        add_text_json(out, "from", change->from);
        add_text_json(out, "to", change->to);
        output_add(out, "}");
    }
    output_add(out, "]}");
}

static void add_commands_json(struct output *out, const struct shown *shown)
{
    output_add(out, ",\n \"commands\": [");
    for (size_t i = 0; i < shown->command_count; i++) {
        const struct view_command *command = &shown->commands[i];
        output_add(out, "%s\n   {\"what\": \"%s\"", i > 0 ? "," : "", command->what);
        add_text_json(out, "subject", command->subject);
        add_text_json(out, "argument", command->argument);
        add_text_json(out, "user", command->user);
        add_instant_json(out, "created_at", command->created);
        add_instant_json(out, "answered_at", command->answered);
        add_text_json(out, "answer", command->answer);
        output_add(out, ", \"done\": %s}", command->done ? "true" : "false");
    }
    output_add(out, "]");
}

static void add_file_json(struct output *out, const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    char hash[SHA256_SIZE * 2 + 1];
    shown_format_hash(file, hash);
    output_add(out, "{\"world\": \"%s\", \"number\": %" PRId64, world_name(shown->world), file->number);
    add_text_json(out, "feed", file->feed);
    add_text_json(out, "name", file->name);
    add_text_json(out, "format", file->format);
    output_add(out, ", \"size\": %" PRIu64, file->size);
    add_text_json(out, "sha256", file->hashed ? hash : NULL);
    add_instant_json(out, "created", file->created_us != 0 ? file->created_us : INSTANT_NONE);
    add_instant_json(out, "written", file->written_us != 0 ? file->written_us : INSTANT_NONE);
    add_instant_json(out, "arrived_at", file->arrived);
    add_instant_json(out, "ended_at", file->ended);
    add_instant_json(out, "put_away_at", file->put_away);
    add_text_json(out, "state", file->state);
    add_text_json(out, "reason", file->reason);
    output_add(out, ", \"in_place\": %s, \"attempts\": %" PRId64, file->in_place ? "true" : "false",
               file->attempts);
    add_text_json(out, "path", shown->path);
    add_number_json(out, "copied_from", file->copied_from);
    if (file->of_many)
        output_add(
            out, ", \"rows\": {\"count\": %" PRId64 ", \"passed\": %" PRId64 ", \"unchanged\": %" PRId64 "}",
            file->rows, file->passed, file->unchanged);
    output_add(out, ",\n \"states\": {");
    for (size_t i = 0; i < shown->count_count; i++)
        output_add(out, "%s\"%s\": %" PRId64, i > 0 ? ", " : "", shown->counts[i].state,
                   shown->counts[i].count);
    output_add(out, "}");
    add_faults_json(out, shown->faults, shown->fault_count);
}

int shown_print_json(const struct shown *shown)
{
    struct output out, next;
    int exit = COMMANDS_OK;
    output_init(&out);
    output_init(&next);
    add_file_json(&out, shown);
    add_commands_json(&out, shown);
    output_add(&out, ",\n \"messages\": [");
    for (size_t i = 0; i < shown->message_count; i++) {
        output_add(&out, "%s\n  ", i > 0 ? "," : "");
        add_message_json(&out, &shown->messages[i]);
    }
    output_add(&out, "],\n \"content\": ");
    if (shown->content.kind == CONTENT_HL7) {
        output_add(&out, "{\"kind\": \"hl7\", \"hl7\": ");
        exit = output_print(&out) ? shown_print_hl7(shown) : COMMANDS_FAILED;
        output_add(&out, "}");
    } else {
        content_add_json(&out, &shown->content);
    }
    shown_add_next(&next, shown);
    output_add(&out, ",\n \"next\": ");
    output_json_slice(
        &out, slice_from(next.text, next.length > 0 ? next.length - 1 : 0)); /* without its line end */
    output_add(&out, "}\n");
    out.failed = out.failed || next.failed;
    output_release(&next);
    return output_print(&out) ? exit : COMMANDS_FAILED;
}
