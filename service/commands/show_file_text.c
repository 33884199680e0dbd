/* A file of the ledger as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/fault.h"
#include "service/commands/show_message.h"
#include "service/commands/shown.h"

#define LIST_MOST 50 /* faults and changes, unless all are wanted */

/* ---- Text: the file and its history ---------------------------------------------------------------------- */

static void add_label(struct output *out, const char *label)
{
    output_add(out, "  %-11s ", label);
}

static void add_value(struct output *out, const struct shown *shown, const char *value)
{
    show_message_value(out, slice_of(value), shown->show->whole);
}

static void add_text_line(struct output *out, const struct shown *shown, const char *label, const char *value)
{
    add_label(out, label);
    add_value(out, shown, value);
    output_add(out, "\n");
}

static void add_time_line(struct output *out, const struct shown *shown, const char *label,
                          instant_us instant)
{
    char text[WHEN_SIZE];
    when_format_exact(&shown->when, instant, text);
    add_label(out, label);
    output_add(out, "%s\n", text);
}

static void add_counts(struct output *out, const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    add_label(out, "rows");
    output_add(out, "%" PRId64, file->rows);
    if (file->passed < file->rows)
        output_add(out, ", %" PRId64 " of them so far", file->passed);
    for (size_t i = 0; i < shown->count_count; i++)
        output_add(out, "%s%" PRId64 " %s", i == 0 ? ": " : ", ", shown->counts[i].count,
                   shown->counts[i].state);
    if (file->unchanged > 0)
        output_add(out, "%s%" PRId64 " brought nothing new", shown->count_count == 0 ? ": " : ", ",
                   file->unchanged);
    output_add(out, "\n");
}

static void add_file(struct output *out, const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    char hash[SHA256_SIZE * 2 + 1];
    output_add(out, "file %" PRId64 ", %s world, times of %s\n", file->number, world_name(shown->world),
               shown->when.name);
    add_text_line(out, shown, "name", file->name);
    add_label(out, "feed");
    output_add(out, "%s, format %s\n", file->feed, file->format);
    add_label(out, "size");
    output_add(out, "%" PRIu64 " bytes\n", file->size);
    shown_format_hash(file, hash);
    if (file->hashed)
        add_text_line(out, shown, "SHA-256", hash);
    if (file->created_us != 0)
        add_time_line(out, shown, "created", file->created_us);
    if (file->written_us != 0)
        add_time_line(out, shown, "last write", file->written_us);
    add_label(out, "state");
    output_add(out, "%s%s%s\n", file->state, file->reason != NULL ? ": " : "",
               file->reason != NULL ? file->reason : "");
    if (file->of_many)
        add_counts(out, shown);
    if (shown->path != NULL)
        add_text_line(out, shown, "lies in", shown->path);
}

static void add_step(struct output *out, const struct shown *shown, instant_us instant, const char *text)
{
    char at[WHEN_SIZE];
    when_format(&shown->when, instant, at);
    output_add(out, "  %s  %s", at, text);
}

static void add_command(struct output *out, const struct shown *shown, const struct view_command *command)
{
    char at[WHEN_SIZE];
    add_step(out, shown, command->created, "");
    add_value(out, shown, command->user);
    output_add(out, ": %s", command->what);
    if (command->subject != NULL)
        output_add(out, " %s", command->subject);
    if (command->argument != NULL) {
        output_add(out, ", \"");
        add_value(out, shown, command->argument);
        output_add(out, "\"");
    }
    if (command->answer == NULL) {
        output_add(out, "; not carried out yet\n");
        return;
    }
    when_format(&shown->when, command->answered, at);
    output_add(out, "\n  %s  %s: ", at, command->done ? "carried out" : "refused");
    add_value(out, shown, command->answer);
    output_add(out, "\n");
}

static void add_history(struct output *out, const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    output_add(out, "\nhistory\n");
    add_step(out, shown, file->arrived, "arrived: it was proved whole\n");
    if (strcmp(file->state, "vanished") == 0 && !file->hashed)
        output_add(out, "  it went away before it was read\n");
    if (file->attempts > 0)
        output_add(out, "  it was tried alone %" PRId64 " time%s after the program had died over it\n",
                   file->attempts, file->attempts == 1 ? "" : "s");
    if (file->ended != INSTANT_NONE) {
        add_step(out, shown, file->ended, "ended: ");
        output_add(out, "%s\n", file->state);
    }
    if (file->put_away != INSTANT_NONE)
        add_step(out, shown, file->put_away, "put away\n");
    else if (file->in_place)
        output_add(out, "  it still lies in the folder of its feed\n");
    for (size_t i = 0; i < shown->command_count; i++)
        add_command(out, shown, &shown->commands[i]);
}

/* ---- Text: messages -------------------------------------------------------------------------------------- */

/* The code of that name; FAULT_CODE_COUNT: another version wrote it. */
static enum fault_code fault_code_of(const char *name)
{
    enum fault_code code = 0;
    while (code < FAULT_CODE_COUNT && strcmp(fault_code_name(code), name) != 0)
        code++;
    return code;
}

static void add_fault(struct output *out, const struct view_fault *fault)
{
    char text[1000];
    struct fault words = {
        .code = fault_code_of(fault->code),
        .line = (uint32_t)fault->line,
        .field = slice_of(fault->field),
        .expected = fault->expected,
    };
    if (words.code == FAULT_CODE_COUNT)
        (void)snprintf(text, sizeof text, "line %" PRId64 ", %s: %s", fault->line,
                       fault->field != NULL ? fault->field : "", fault->code);
    else
        (void)fault_format(&words, text, sizeof text);
    output_add(out, "    %-8s %s\n", fault->severity, text);
}

/* "... and 12 more; --whole shows them"; `count` of READ_MOST may be even more. */
static void add_rest(struct output *out, size_t count, size_t shown, const char *option)
{
    if (count > shown)
        output_add(out, "    ... and %lu %smore; %s shows %s\n", (unsigned long)(count - shown),
                   count == SHOWN_READ_MOST ? "or " : "", option,
                   count == SHOWN_READ_MOST ? "so many" : "them");
}

static size_t at_most(const struct shown *shown, size_t count)
{
    return shown->show->whole || count < LIST_MOST ? count : LIST_MOST;
}

static void add_faults(struct output *out, const struct shown *shown, const struct view_fault *faults,
                       size_t count)
{
    if (count == 0)
        return;
    output_add(out, "  faults\n");
    for (size_t i = 0; i < at_most(shown, count); i++)
        add_fault(out, &faults[i]);
    add_rest(out, count, at_most(shown, count), "--whole");
}

static void add_stored_value(struct output *out, const struct shown *shown, const char *value)
{
    if (value == NULL) {
        output_add(out, "(nothing)");
        return;
    }
    output_add(out, "\"");
    add_value(out, shown, value);
    output_add(out, "\"");
}

static void add_changes(struct output *out, const struct shown *shown, const struct message *message)
{
    const char *table = "";
    int64_t row = 0;
    if (message->change_count == 0)
        return;
    output_add(out, "  changed\n");
    for (size_t i = 0; i < at_most(shown, message->change_count); i++) {
        const struct view_change *change = &message->changes[i];
        if (change->row != row || strcmp(change->table, table) != 0)
            output_add(out, "    %s %" PRId64 "%s\n", change->table, change->row,
                       change->field == NULL ? ": created" : "");
        else if (change->field == NULL)
            output_add(out, "      created\n");
        table = change->table;
        row = change->row;
        if (change->field == NULL)
            continue;
        output_add(out, "      %-18s ", change->field);
        add_stored_value(out, shown, change->from);
        output_add(out, " -> ");
        add_stored_value(out, shown, change->to);
        output_add(out, "\n");
    }
    add_rest(out, message->change_count, at_most(shown, message->change_count), "--whole");
}

static void add_about(struct output *out, const struct shown *shown, const struct view_message *row)
{
    if (row->patient_id == NULL && row->booking_number == NULL)
        return;
    add_label(out, "about");
    if (row->patient_id != NULL) {
        output_add(out, "PatientID ");
        add_value(out, shown, row->patient_id);
        if (row->patient > 0)
            output_add(out, " (patient %" PRId64 ")", row->patient);
    }
    if (row->booking_number != NULL) {
        output_add(out, "%sbooking ", row->patient_id != NULL ? ", " : "");
        add_value(out, shown, row->booking_number);
        if (row->booking > 0)
            output_add(out, " (booking %" PRId64 ")", row->booking);
    }
    output_add(out, "\n");
}

static void add_person(struct output *out, const struct shown *shown, const char *label,
                       const struct view_person *person)
{
    if (person->patient_id == NULL)
        return;
    add_label(out, label);
    add_value(out, shown, person->last_name);
    output_add(out, ", ");
    add_value(out, shown, person->first_name);
    output_add(out, ", born %s, PatientID ", person->birth_date);
    add_value(out, shown, person->patient_id);
    output_add(out, "\n");
}

/* Whom the database knows by those numbers: what a person who decides compares with what the message says. */
static void add_known(struct output *out, const struct shown *shown, const struct view_message *row)
{
    bool both = row->person.patient_id != NULL && row->owner.patient_id != NULL &&
                strcmp(row->person.patient_id, row->owner.patient_id) == 0;
    add_person(out, shown, "patient is", &row->person);
    if (!both)
        add_person(out, shown, "booking of", &row->owner);
}

static void add_message(struct output *out, const struct shown *shown, const struct message *message)
{
    const struct view_message *row = message->row;
    if (shown_is_whole(shown, row))
        output_add(out, "\n%s as a whole: %s\n", row->kind, row->state);
    else
        output_add(out, "\n%s %d: %s, %s\n", shown->file.of_many ? "row" : "message", row->ordinal, row->kind,
                   row->state);
    add_time_line(out, shown, "event time", row->event_at);
    if (row->detail != NULL)
        add_text_line(out, shown, "remark", row->detail);
    add_about(out, shown, row);
    add_known(out, shown, row);
    if (row->waits_until != INSTANT_NONE)
        add_time_line(out, shown, "waits until", row->waits_until);
    if (row->ended != INSTANT_NONE)
        add_time_line(out, shown, "ended", row->ended);
    add_faults(out, shown, message->faults, message->fault_count);
    add_changes(out, shown, message);
}

/* The rows of a file of many that want a look, a line each, behind the file as a whole. */
static void add_unsettled_rows(struct output *out, const struct shown *shown)
{
    size_t first = shown->one ? 1 : 0;
    if (shown->one)
        add_message(out, shown, &shown->messages[0]);
    if (shown->message_count == first)
        return;
    output_add(out, "\nrows that were not applied%s\n",
               shown->message_count - first == SHOWN_MESSAGES_MOST
                   ? ", the first of them; corbridge list --state finds others"
                   : "");
    for (size_t i = first; i < shown->message_count; i++) {
        const struct message *message = &shown->messages[i];
        output_add(out, "  %6d  %s, %s", message->row->ordinal, message->row->kind, message->row->state);
        if (message->row->detail != NULL)
            output_add(out, ": %s", message->row->detail);
        output_add(out, "\n");
        if (message->fault_count > 0)
            add_fault(out, &message->faults[0]);
        add_rest(out, message->fault_count, 1, "--row R");
    }
}

static void add_messages(struct output *out, const struct shown *shown)
{
    if (shown->fault_count > 0 && shown->show->row == 0) {
        output_add(out, "\nthe file as a whole\n");
        add_faults(out, shown, shown->faults, shown->fault_count);
    }
    if (shown->file.of_many && shown->show->row == 0) {
        add_unsettled_rows(out, shown);
        return;
    }
    for (size_t i = 0; i < shown->message_count; i++)
        add_message(out, shown, &shown->messages[i]);
    if (shown->message_count > 0 || !shown->file.of_many)
        return;
    const char *why = shown->show->row > shown->file.passed ? "its turn has not come yet"
                      : shown->one
                          ? "it is part of the one message that the file is; show without --row has that"
                          : "it brought nothing new, and left nothing";
    output_add(out, "\nrow %d: %s\n", shown->show->row, why);
}

/* ---- Text as a whole ---------------------------------------------------------------------------- */

static void add_content_title(struct output *out, const struct content *content)
{
    if (content->kind == CONTENT_COLUMNS)
        output_add(out, "\nwhat it says: row %lu, line %lu, %s\n", (unsigned long)content->row,
                   (unsigned long)content->line, encoding_name(content->encoding));
    else if (content->kind == CONTENT_LINES && content->encoding != ENCODING_AUTO)
        output_add(out, "\nwhat it says: %s\n", encoding_name(content->encoding));
    else
        output_add(out, "\nwhat it says\n");
}

int shown_print_text(const struct shown *shown)
{
    struct output out, next;
    int exit = COMMANDS_OK;
    const struct message *first = shown->message_count > 0 ? &shown->messages[0] : NULL;
    output_init(&out);
    output_init(&next);
    add_file(&out, shown);
    add_history(&out, shown);
    add_messages(&out, shown);
    add_content_title(&out, &shown->content);
    if (shown->content.kind == CONTENT_NONE)
        output_add(&out, "  %s\n", shown->content.why);
    else if (shown->content.kind != CONTENT_HL7)
        content_add_text(&out, &shown->content, first != NULL ? first->faults : NULL,
                         first != NULL ? first->fault_count : 0, shown->show->whole);
    if (!output_print(&out))
        exit = COMMANDS_FAILED;
    if (exit == COMMANDS_OK && shown->content.kind == CONTENT_HL7)
        exit = shown_print_hl7(shown);
    shown_add_next(&next, shown);
    if (next.text != NULL)
        output_add(&out, "\nwhat to do next\n  ");
    for (const char *p = next.text; p != NULL && *p != '\0'; p++)
        output_add(&out, *p == '\n' && p[1] != '\0' ? "\n  " : "%c", *p);
    out.failed = out.failed || next.failed;
    output_release(&next);
    if (!output_print(&out))
        exit = COMMANDS_FAILED;
    return exit;
}
