/*
 * Whatever is written into a message comes out of it again at its place, and nothing more: no value makes a segment, a field
 * or a component, whatever the separators and the ends of lines are. The bytes of the input are calls of the writer; what they
 * wrote is looked up in the finished message by a reading of its own. The same message is then put into other character sets.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "outbound/character_set.h"
#include "outbound/hl7_writer.h"
#include "parser/utf8.h"
#include "tests/unit/outbound/hl7_view.h"

#define WRITTEN_MAX ((size_t)64)

/* A value and where it was put; all numbers from 0 but `field`, which is HL7's. */
struct written {
    size_t segment, field, repetition, component, subcomponent;
    struct slice value;
};

struct message {
    struct written items[WRITTEN_MAX];
    size_t count;
    struct written at; /* where the writer must be */
    size_t segments;
    bool out_of_order; /* the writer was asked to go back, or wrote outside of a segment */
};

/* What the first byte of the input chooses among. */
static const struct fuzz_form {
    struct hl7_marks marks;
    const char *line_end;
} forms[] = {
    {{'|', '^', '~', '\\', '&'}, "\r"},
    {{'|', '^', '~', '\\', '&'}, "\r\n"},
    {{'#', '$', '*', '@', '!'}, "\n"},
    {{'&', '\\', '^', '|', '~'}, "\r"},
};

static const char *const names[] = {"MSH", "PID", "ORC", "RXE", "ZCB"};

/* The `index`-th part of `text` between separators; empty when there are fewer. */
static struct slice part(struct slice text, char separator, size_t index)
{
    for (;;) {
        const char *found = text.len > 0 ? memchr(text.ptr, separator, text.len) : NULL;
        struct slice head = slice_from(text.ptr, found != NULL ? (size_t)(found - text.ptr) : text.len);
        if (index == 0)
            return head;
        if (found == NULL)
            return SLICE_EMPTY;
        index--;
        text = slice_after(text, head.len + 1);
    }
}

static struct slice find(const struct hl7_view *view, const struct written *place)
{
    struct slice segment = view->segments[place->segment].whole;
    const struct hl7_marks *marks = &view->segments[place->segment].marks;
    /* MSH-1 is the separator itself: its fields are numbered one higher. */
    bool head = memcmp(segment.ptr, "MSH", 3) == 0;
    struct slice text = part(segment, marks->field, place->field - (head ? 1 : 0));
    text = part(text, marks->repetition, place->repetition);
    text = part(text, marks->component, place->component);
    return part(text, marks->subcomponent, place->subcomponent);
}

static bool same_place(const struct written *a, const struct written *b)
{
    return a->segment == b->segment && a->field == b->field && a->repetition == b->repetition &&
           a->component == b->component && a->subcomponent == b->subcomponent;
}

/* What was written at one place, one value behind the other, is what stands there. */
static void check_place(const struct hl7_view *view, const struct message *message, size_t index)
{
    char unescaped[8192], expected[8192];
    const struct written *place = &message->items[index];
    struct slice text = find(view, place);
    FUZZ_MUST(text.len <= sizeof unescaped);
    size_t length = hl7_unescape_as(text, view->segments[place->segment].marks, unescaped), size = 0;
    FUZZ_MUST(length != SIZE_MAX);
    for (size_t i = 0; i < message->count; i++) {
        struct slice value = message->items[i].value;
        if (!same_place(&message->items[i], place) || value.len == 0)
            continue;
        FUZZ_MUST(value.len <= sizeof expected - size);
        memcpy(expected + size, value.ptr, value.len);
        size += value.len;
    }
    FUZZ_MUST(length == size && memcmp(unescaped, expected, size) == 0);
}

static void check_message(const struct message *message, const struct fuzz_form *form, struct slice bytes)
{
    static struct hl7_view view;
    fuzz_touch(bytes);
    const struct hl7_marks *marks = &form->marks;
    const char head[] = {
        'M', 'S', 'H', marks->field, marks->component, marks->repetition, marks->escape, marks->subcomponent};
    FUZZ_MUST(hl7_split_as(bytes, form->marks, form->line_end, &view) && view.count == message->segments);
    for (size_t i = 0; i < view.count; i++) {
        struct slice segment = view.segments[i].whole;
        char last = segment.ptr[segment.len - 1];
        bool bare = slice_equal(segment, slice_from(head, sizeof head));
        FUZZ_MUST(bare || (last != marks->field && last != marks->repetition && last != marks->component &&
                           last != marks->subcomponent));
    }
    for (size_t i = 0; i < message->count; i++)
        check_place(&view, message, i);
}

static void begin_segment(struct message *message, struct hl7_writer *writer, uint8_t byte)
{
    const char *name = names[byte % 5];
    hl7_segment(writer, name);
    message->at = (struct written){.segment = message->segments++, .field = byte % 5 == 0 ? 3 : 1};
}

static void write_value(struct message *message, struct hl7_writer *writer, struct slice value)
{
    hl7_slice(writer, value);
    message->out_of_order |= message->segments == 0;
    message->items[message->count] = message->at;
    message->items[message->count++].value = value;
}

/* Goes to a field, or to a component or subcomponent of it. Going back is refused by the writer. */
static void go(struct message *message, struct hl7_writer *writer, uint8_t operation, size_t number)
{
    struct written *at = &message->at;
    unsigned to = (unsigned)number;
    message->out_of_order |= message->segments == 0;
    switch (operation) {
    case 0:
        hl7_field(writer, to);
        message->out_of_order |= number < at->field;
        if (number > at->field)
            *at = (struct written){.segment = at->segment, .field = number};
        break;
    case 1:
        hl7_component(writer, to);
        message->out_of_order |= number < at->component + 1;
        if (number > at->component + 1) {
            at->component = number - 1;
            at->subcomponent = 0;
        }
        break;
    case 2:
        hl7_subcomponent(writer, to);
        message->out_of_order |= number < at->subcomponent + 1;
        if (number > at->subcomponent + 1)
            at->subcomponent = number - 1;
        break;
    default:
        hl7_repeat(writer);
        at->repetition++;
        at->component = at->subcomponent = 0;
        break;
    }
}

static void step(struct message *message, struct hl7_writer *writer, struct fuzz_supply *supply)
{
    uint8_t byte = fuzz_byte(supply);
    size_t number = byte >> 4;
    switch (byte & 7) {
    case 0: begin_segment(message, writer, byte >> 3); break;
    case 1: go(message, writer, 0, message->at.field + number % 4); break;
    case 2: go(message, writer, 1, message->at.component + 1 + number % 4); break;
    case 3: go(message, writer, 2, message->at.subcomponent + 1 + number % 4); break;
    case 4: go(message, writer, 3, 0); break;
    case 5:
        /* Anywhere, also back: rarely, as it ends the message. */
        if (byte == 0xFD)
            go(message, writer, fuzz_byte(supply) % 3, fuzz_byte(supply) % 32);
        break;
    default: write_value(message, writer, fuzz_take(supply, number * 2)); break;
    }
}

static size_t count_of(struct slice bytes, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++)
        count += bytes.ptr[i] == c;
    return count;
}

/* In another character set each character is one byte: itself, or a question mark that is counted. */
static void check_character_sets(struct slice message, const struct fuzz_form *form, struct arena *arena)
{
    for (int set = FORM_ASCII; set <= FORM_8859_1; set++) {
        struct form wanted = form_default;
        struct slice out;
        struct character_loss loss;
        wanted.separators.field = form->marks.field;
        wanted.character_set = (enum form_character_set)set;
        enum character_result result = character_set_encode(message, &wanted, arena, &out, &loss);
        FUZZ_MUST((result == CHARACTER_OK) == utf8_is_valid(message));
        if (result != CHARACTER_OK)
            continue;
        fuzz_touch(out);
        FUZZ_MUST(out.len == utf8_count(message));
        FUZZ_MUST(count_of(out, '?') == count_of(message, '?') + loss.count);
        FUZZ_MUST(loss.count == 0 || (strlen(loss.segment) == 3 && loss.field > 0));
        for (size_t i = 0; i < out.len && set == FORM_ASCII; i++)
            FUZZ_MUST((unsigned char)out.ptr[i] < 0x80);
    }
}

static void set_form(struct hl7_writer *writer, const struct fuzz_form *form)
{
    const struct hl7_separators separators = {
        .field = form->marks.field,
        .component = form->marks.component,
        .repetition = form->marks.repetition,
        .escape = form->marks.escape,
        .subcomponent = form->marks.subcomponent,
    };
    hl7_writer_set_form(writer, &separators, form->line_end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct message message;
    struct fuzz_supply supply = {data, size};
    struct hl7_writer writer;
    struct arena arena;
    message = (struct message){0};
    arena_init(&arena, 0);
    hl7_writer_init(&writer, &arena);
    uint8_t first = fuzz_byte(&supply);
    const struct fuzz_form *form = &forms[first % (sizeof forms / sizeof forms[0])];
    set_form(&writer, form);
    /* A message without a segment is none; one that begins right is the usual case. */
    if (first != 0xFF)
        begin_segment(&message, &writer, 0);
    while (supply.left > 0 && message.count < WRITTEN_MAX && message.segments < HL7_SEGMENTS_MAX)
        step(&message, &writer, &supply);

    struct slice bytes;
    bool finished = hl7_finish(&writer, &bytes);
    FUZZ_MUST(finished == (message.segments > 0 && !message.out_of_order));
    if (finished)
        check_message(&message, form, bytes);

    /* Anything at all in one field. */
    arena_reset(&arena);
    hl7_writer_init(&writer, &arena);
    set_form(&writer, form);
    hl7_segment(&writer, "PID");
    hl7_field(&writer, 5);
    hl7_slice(&writer, slice_from(data, size));
    FUZZ_MUST(hl7_finish(&writer, &bytes));
    char *back = malloc(bytes.len);
    size_t end = strlen(form->line_end);
    FUZZ_MUST(back != NULL && bytes.len > end &&
              memcmp(bytes.ptr + bytes.len - end, form->line_end, end) == 0);
    struct slice field = part(slice_from(bytes.ptr, bytes.len - end), form->marks.field, 5);
    FUZZ_MUST(hl7_unescape_as(field, form->marks, back) == size &&
              (size == 0 || memcmp(back, data, size) == 0));
    check_character_sets(bytes, form, &arena);
    free(back);
    arena_release(&arena);
    return 0;
}
