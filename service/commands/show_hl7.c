#include "service/commands/show_hl7.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/hl7_file.h"
#include "service/commands/commands.h"
#include "service/commands/output.h"
#include "service/commands/show_message.h"

/* ---- Faults ------------------------------------------------------------------------------------------------ */

/* To the standard error stream, one line each. `number` 0: of the file. */
static void say_faults(const struct fault_list *faults, size_t number)
{
    for (size_t i = 0; i < faults->count; i++) {
        char text[1000];
        char which[40] = "";
        (void)fault_format(&faults->items[i], text, sizeof text);
        if (number > 0)
            (void)snprintf(which, sizeof which, "message %lu, ", (unsigned long)number);
        output_error("corbridge show: %s: %s%s",
                     faults->items[i].severity == FAULT_ERROR ? "error" : "warning", which, text);
    }
}

static void add_faults_json(struct output *out, const struct fault_list *faults)
{
    output_add(out, "\"faults\": [");
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        output_add(out, "%s\n   {\"severity\": \"%s\", \"code\": \"%s\", \"line\": %lu, \"path\": ",
                   i > 0 ? "," : "", fault->severity == FAULT_ERROR ? "error" : "warning",
                   fault_code_name(fault->code), (unsigned long)fault->line);
        output_json_slice(out, fault->field);
        output_add(out, ", \"text\": ");
        output_json_text(out, fault_code_text(fault->code));
        output_add(out, ", \"expected\": ");
        output_json_text(out, fault->expected);
        output_add(out, "}");
    }
    output_add(out, "]");
}

/* ---- One message ------------------------------------------------------------------------------------------- */

/* The value at a path, decoded; empty when there is none. */
static struct slice value_at(struct hl7_message *message, const char *path_text)
{
    struct hl7_path path;
    struct hl7_text text;
    if (!hl7_path_parse(slice_of(path_text), &path) ||
        !hl7_message_text(message, hl7_message_get(message, &path), &text))
        return SLICE_EMPTY;
    return text.text;
}

/* "message 2: ORU^R01, version 2.5.1, ASCII, line 40" */
static void add_title(struct output *out, struct hl7_message *message, const struct hl7_file_message *source)
{
    struct slice event = value_at(message, "MSH-9.2");
    struct slice version = value_at(message, "MSH-12.1");
    struct slice type = value_at(message, "MSH-9.1");
    output_add(out, "message %lu: ", (unsigned long)source->number);
    show_message_value(out, type.len > 0 ? type : SLICE_LITERAL("no message type"), false);
    if (event.len > 0) {
        output_add(out, "^");
        show_message_value(out, event, false);
    }
    if (version.len > 0) {
        output_add(out, ", version ");
        show_message_value(out, version, false);
    }
    output_add(out, ", %s, line %lu", hl7_charset_name(message->charset), (unsigned long)source->source.line);
    if (source->batch > 0)
        output_add(out, ", batch %lu", (unsigned long)source->batch);
    if (source->pieces > 1)
        output_add(out, ", joined from %lu", (unsigned long)source->pieces);
    output_add(out, "\n");
}

static void add_title_json(struct output *out, struct hl7_message *message)
{
    static const struct {
        const char *key, *path;
    } values[] = {
        {"type", "MSH-9.1"}, {"event", "MSH-9.2"}, {"version", "MSH-12.1"}, {"control_id", "MSH-10"}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        output_add(out, "\"%s\": ", values[i].key);
        output_json_slice(out, value_at(message, values[i].path));
        output_add(out, ", ");
    }
    output_add(out, "\"charset\": \"%s\", ", hl7_charset_name(message->charset));
}

static void show_one(struct show_hl7 *show, const struct hl7_file_message *source, struct arena *arena)
{
    struct fault_list faults;
    struct hl7_message message;
    struct output out;
    fault_list_init(&faults, arena);
    output_init(&out);
    enum parse_status status = hl7_message_read(source->source, &show->settings, arena, &faults, &message);
    bool good = status == PARSE_OK;
    show->failed = show->failed || status == PARSE_NO_MEMORY;
    show->problem = show->problem || !good;
    if (show->json) {
        output_add(
            &out, "%s\n {\"number\": %lu, \"line\": %lu, \"batch\": %lu, \"pieces\": %lu, \"readable\": %s, ",
            source->number > 1 ? "," : "", (unsigned long)source->number, (unsigned long)source->source.line,
            (unsigned long)source->batch, (unsigned long)source->pieces, good ? "true" : "false");
        add_faults_json(&out, &faults);
        if (good) {
            output_add(&out, ", ");
            add_title_json(&out, &message);
            output_add(&out, "\"segments\": ");
            show->failed = !show_message_json(&out, &message) || show->failed;
        }
        output_add(&out, "}");
    } else if (good) {
        output_add(&out, "%s", source->number > 1 ? "\n" : "");
        add_title(&out, &message, source);
        show->failed = !show_message_text(&out, &message, show->whole) || show->failed;
    } else {
        output_add(&out, "%smessage %lu, line %lu: cannot be read\n", source->number > 1 ? "\n" : "",
                   (unsigned long)source->number, (unsigned long)source->source.line);
    }
    show->failed = !output_print(&out) || show->failed;
    say_faults(&faults, source->number);
}

/* ---- The file ---------------------------------------------------------------------------------------------- */

static void say_why_nothing(enum parse_status status, size_t size)
{
    if (size == 0)
        output_error(
            "corbridge show: the standard input is empty: give it a message, as in corbridge show - < FILE");
    else if (status == PARSE_INCOMPLETE)
        output_error(
            "corbridge show: the input ends before the end of the message: see that all of it is there");
    else
        output_error(
            "corbridge show: the input is no HL7 v2 message: it must begin with MSH, or with FHS or BHS of a "
            "batch");
}

int show_hl7_bytes(struct show_hl7 *show, struct slice bytes)
{
    struct arena file_arena;
    struct arena arena; /* of one message at a time */
    struct fault_list faults;
    struct hl7_file file;
    struct output out;
    arena_init(&file_arena, 0);
    arena_init(&arena, 0);
    output_init(&out);
    fault_list_init(&faults, &file_arena);
    enum parse_status status = hl7_file_read(bytes, &show->settings, &file_arena, &faults, &file);
    show->problem = status != PARSE_OK;
    show->failed = status == PARSE_NO_MEMORY;
    size_t count = status == PARSE_NO_MEMORY || status == PARSE_LIMIT ? 0 : file.count;
    if (show->json) {
        output_add(&out, "{");
        add_faults_json(&out, &faults);
        output_add(&out, ", \"messages\": [");
        show->failed = !output_print(&out) || show->failed;
    }
    for (size_t i = 0; i < count && !show->failed; i++) {
        arena_reset(&arena);
        show_one(show, &file.messages[i], &arena);
    }
    if (show->json)
        output_line("]}");
    say_faults(&faults, 0);
    if (status != PARSE_OK && count == 0 && !show->failed && status != PARSE_LIMIT)
        say_why_nothing(status, bytes.len);
    if (show->failed)
        output_error("corbridge show: memory is exhausted: end other programs and try again");
    arena_release(&arena);
    arena_release(&file_arena);
    return show->failed || show->problem ? COMMANDS_FAILED : COMMANDS_OK;
}
