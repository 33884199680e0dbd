#include "service/commands/show_message.h"

#include <string.h>

#include "parser/hl7_words.h"
#include "parser/utf8.h"

/* One value and where it stands. */
struct leaf {
    struct hl7_path path;
    struct hl7_part part;
    struct slice field; /* what the field is called */
    bool first;         /* the first value of its field */
};

/* Adds a leaf; false: memory is exhausted. */
typedef bool leaf_function(void *context, struct hl7_message *message, const struct leaf *leaf);

struct walk {
    struct hl7_message *message;
    leaf_function *function;
    void *context;
    struct leaf leaf;
};

static bool visit(struct walk *walk, struct hl7_part part)
{
    if (part.presence == HL7_EMPTY)
        return true;
    walk->leaf.part = part;
    bool good = walk->function(walk->context, walk->message, &walk->leaf);
    walk->leaf.first = false;
    return good;
}

/* A number is part of the path where there is more than one. */
static bool walk_component(struct walk *walk, struct hl7_part component)
{
    char separator = walk->message->separators.subcomponent;
    bool several = hl7_part_count(component, separator) > 1;
    struct hl7_cursor cursor = hl7_cursor_over(component, separator);
    struct hl7_part part;
    bool good = true;
    for (uint32_t i = 1; good && hl7_cursor_next(&cursor, &part); i++) {
        walk->leaf.path.subcomponent = several ? i : 0;
        good = visit(walk, part);
    }
    return good;
}

static bool walk_repetition(struct walk *walk, struct hl7_part repetition)
{
    char separator = walk->message->separators.component;
    bool several = hl7_part_count(repetition, separator) > 1;
    bool split = hl7_part_count(repetition, walk->message->separators.subcomponent) > 1;
    struct hl7_cursor cursor = hl7_cursor_over(repetition, separator);
    struct hl7_part part;
    bool good = true;
    for (uint32_t i = 1; good && hl7_cursor_next(&cursor, &part); i++) {
        walk->leaf.path.component = several || split ? i : 0;
        good = walk_component(walk, part);
    }
    return good;
}

static bool walk_field(struct walk *walk, struct hl7_part field)
{
    char separator = walk->message->separators.repetition;
    bool several = hl7_part_count(field, separator) > 1;
    struct hl7_cursor cursor = hl7_cursor_over(field, separator);
    struct hl7_part part;
    bool good = true;
    for (uint32_t i = 1; good && hl7_cursor_next(&cursor, &part); i++) {
        walk->leaf.path.repetition = several ? i : 0;
        good = walk_repetition(walk, part);
    }
    return good;
}

/* Calls the function for each value of the segment that was sent. */
static bool walk_segment(struct hl7_message *message, struct hl7_segment *segment, leaf_function *function,
                         void *context)
{
    struct walk walk = {.message = message, .function = function, .context = context};
    size_t fields = hl7_segment_field_count(message, segment);
    bool good = true;
    memcpy(walk.leaf.path.segment, segment->name, sizeof segment->name);
    walk.leaf.path.occurrence = hl7_message_count(message, segment->name) > 1 ? segment->occurrence : 0;
    for (size_t i = 1; good && i <= fields; i++) {
        walk.leaf.path.field = (uint32_t)i;
        walk.leaf.field = hl7_words_field(segment->name, i);
        walk.leaf.first = true;
        good = walk_field(&walk, hl7_segment_field(message, segment, i));
    }
    return good;
}

/* "OBX[3]" */
static void format_segment(struct hl7_message *message, const struct hl7_segment *segment,
                           char out[HL7_PATH_TEXT])
{
    struct hl7_path path = {.occurrence = 0};
    memcpy(path.segment, segment->name, sizeof segment->name);
    path.occurrence = hl7_message_count(message, segment->name) > 1 ? segment->occurrence : 0;
    (void)hl7_path_format(&path, out);
}

/* ---- The tree ---------------------------------------------------------------------------------------------- */

#define PATH_WIDTH  16
#define WORDS_WIDTH 32

static void add_padded(struct output *out, struct slice text, size_t width)
{
    output_add_slice(out, text);
    for (size_t i = text.len; i < width; i++)
        output_add(out, " ");
    output_add(out, " ");
}

/* U+0080 to U+009F are control characters, too. */
static bool is_control(struct slice character)
{
    unsigned char first = (unsigned char)character.ptr[0];
    return first < 0x20 || first == 0x7F ||
           (character.len == 2 && first == 0xC2 && (unsigned char)character.ptr[1] < 0xA0);
}

/* A control character as what it is; a line end begins a new line of the tree. */
static void add_control(struct output *out, struct slice character)
{
    if (character.ptr[0] == '\n')
        output_add(out, "\n%*s", PATH_WIDTH + WORDS_WIDTH + 4, "");
    else if (character.ptr[0] != '\r')
        output_add(out, "<%02X>", (unsigned)(unsigned char)character.ptr[character.len - 1]);
}

static void add_value(struct output *out, struct slice text, bool whole)
{
    size_t shown = 0;
    size_t at = 0;
    while (at < text.len && (whole || shown < SHOW_VALUE_MOST)) {
        struct slice rest = slice_after(text, at);
        size_t length = utf8_sequence_length(rest);
        struct slice character = slice_from(rest.ptr, length > 0 ? length : 1);
        if (length == 0)
            output_add(out, "\xEF\xBF\xBD");
        else if (is_control(character))
            add_control(out, character);
        else
            output_add_slice(out, character);
        at += character.len;
        shown++;
    }
    if (at < text.len)
        output_add(out, "... (%lu bytes; --whole prints them)", (unsigned long)text.len);
}

void show_message_value(struct output *out, struct slice value, bool whole)
{
    add_value(out, value, whole);
}

struct tree {
    struct output *out;
    bool whole;
};

static bool add_leaf_text(void *context, struct hl7_message *message, const struct leaf *leaf)
{
    struct tree *tree = context;
    struct hl7_text text;
    char path[HL7_PATH_TEXT];
    if (!hl7_message_text(message, leaf->part, &text))
        return false;
    size_t length = hl7_path_format(&leaf->path, path);
    output_add(tree->out, "  ");
    add_padded(tree->out, slice_from(path, length), PATH_WIDTH);
    add_padded(tree->out, leaf->first ? leaf->field : SLICE_EMPTY, WORDS_WIDTH);
    if (leaf->part.presence == HL7_NULL)
        output_add(tree->out, "\"\" (delete)");
    else
        add_value(tree->out, text.text, tree->whole);
    output_add(tree->out, "\n");
    return true;
}

bool show_message_text(struct output *out, struct hl7_message *message, bool whole)
{
    struct tree tree = {out, whole};
    for (size_t i = 0; i < message->segment_count; i++) {
        struct hl7_segment *segment = &message->segments[i];
        struct slice words = hl7_words_segment(segment->name);
        char name[HL7_PATH_TEXT];
        format_segment(message, segment, name);
        output_add(out, "%s%s", name, words.len > 0 ? "  " : "");
        output_add_slice(out, words);
        output_add(out, "\n");
        if (!walk_segment(message, segment, add_leaf_text, &tree))
            return false;
    }
    return true;
}

/* ---- JSON -------------------------------------------------------------------------------------------------- */

struct list {
    struct output *out;
    bool begun;
};

static void add_words_json(struct output *out, struct slice words)
{
    output_add(out, ", \"name\": ");
    if (words.len > 0)
        output_json_slice(out, words);
    else
        output_add(out, "null");
}

static bool add_leaf_json(void *context, struct hl7_message *message, const struct leaf *leaf)
{
    struct list *list = context;
    struct hl7_text text;
    char path[HL7_PATH_TEXT];
    if (!hl7_message_text(message, leaf->part, &text))
        return false;
    (void)hl7_path_format(&leaf->path, path);
    output_add(list->out, "%s\n     {\"path\": \"%s\"", list->begun ? "," : "", path);
    list->begun = true;
    add_words_json(list->out, leaf->field);
    if (leaf->part.presence == HL7_NULL) {
        output_add(list->out, ", \"delete\": true}");
        return true;
    }
    output_add(list->out, ", \"value\": ");
    output_json_slice(list->out, text.text);
    output_add(list->out, "}");
    return true;
}

bool show_message_json(struct output *out, struct hl7_message *message)
{
    output_add(out, "[");
    for (size_t i = 0; i < message->segment_count; i++) {
        struct hl7_segment *segment = &message->segments[i];
        struct list list = {out, false};
        char name[HL7_PATH_TEXT];
        format_segment(message, segment, name);
        output_add(out, "%s\n   {\"segment\": \"%s\"", i > 0 ? "," : "", name);
        add_words_json(out, hl7_words_segment(segment->name));
        output_add(out, ", \"line\": %lu, \"values\": [", (unsigned long)segment->line);
        if (!walk_segment(message, segment, add_leaf_json, &list))
            return false;
        output_add(out, "]}");
    }
    output_add(out, "]");
    return true;
}
