/*
 * What no field of the standard takes: one NTE each; keep-on-person and container type in a Z field instead, where the
 * pharmacy names one.
 */
#include "outbound/render_part.h"

#include <string.h>

#include "outbound/render_check.h"

/* Writes the NTE of one rendering, or only counts them. */
struct notes {
    struct hl7_writer *writer; /* NULL: count */
    unsigned count;
};

static void add_note(struct notes *notes, const char *label, struct slice text)
{
    if (slice_trim(text).len == 0)
        return;
    notes->count++;
    if (notes->writer == NULL)
        return;
    hl7_segment(notes->writer, "NTE");
    hl7_field(notes->writer, 1);
    hl7_number(notes->writer, notes->count);
    hl7_field_text(notes->writer, 2, "P");
    hl7_field_text(notes->writer, 3, label);
    hl7_slice(notes->writer, text);
}

/* A note gets one NTE a line: a receiver that reads only the first repetition loses nothing. */
static void add_lines(struct notes *notes, struct slice rest)
{
    while (rest.len > 0) {
        size_t end = 0;
        while (end < rest.len && rest.ptr[end] != '\r' && rest.ptr[end] != '\n')
            end++;
        add_note(notes, NULL, (struct slice){rest.ptr, end});
        rest = slice_after(rest, end + 1);
    }
}

static void add_notes(const struct rendering *rendering, struct notes *notes)
{
    const struct medication_order *order = rendering->order;
    const struct form *form = rendering->form;
    struct slice amount, units;
    if (order->keep_on_person && !form_place_is_set(&form->keep_on_person))
        add_note(notes, NULL, SLICE_LITERAL("KEEP ON PERSON: YES"));
    if (!form_place_is_set(&form->container_type))
        add_note(notes, "CONTAINER: ", slice_of(order->container_type));
    if (!render_split_strength(order->strength, &amount, &units))
        add_note(notes, "STRENGTH: ", slice_of(order->strength));
    if (!render_has_schedule_field(rendering) && order->drug_schedule != NULL)
        add_note(notes, "SCHEDULE: ", slice_of(render_schedule_code(order->drug_schedule)));
    add_lines(notes, slice_of(order->note));
}

bool render_has_notes(const struct rendering *rendering)
{
    struct notes notes = {0};
    add_notes(rendering, &notes);
    return notes.count > 0;
}

void render_notes(struct rendering *rendering)
{
    struct notes notes = {.writer = &rendering->writer};
    add_notes(rendering, &notes);
}

struct z_field {
    const struct form_place *place;
    const char *value;
};

void render_z_segments(struct rendering *rendering)
{
    struct hl7_writer *writer = &rendering->writer;
    const struct form *form = rendering->form;
    const struct z_field keep = {&form->keep_on_person, rendering->order->keep_on_person ? "Y" : "N"};
    const struct z_field container = {&form->container_type, rendering->order->container_type};
    /* By segment, then by field: two fields of one segment stand in one. */
    int compared = strcmp(keep.place->segment, container.place->segment);
    bool keep_first = compared < 0 || (compared == 0 && keep.place->field < container.place->field);
    const struct z_field *const fields[] = {keep_first ? &keep : &container, keep_first ? &container : &keep};
    const char *open = "";
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!form_place_is_set(fields[i]->place) || render_is_blank(fields[i]->value))
            continue;
        if (strcmp(open, fields[i]->place->segment) != 0)
            hl7_segment(writer, fields[i]->place->segment);
        open = fields[i]->place->segment;
        hl7_field_text(writer, fields[i]->place->field, fields[i]->value);
    }
}
