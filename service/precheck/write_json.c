/* The report as one JSON object, for programs. */
#include <inttypes.h>

#include "corbridge_version.h"
#include "service/precheck/mask.h"
#include "service/precheck/precheck.h"
#include "service/precheck/words.h"

static void add_text(struct output *out, const char *name, const char *text)
{
    output_add(out, "\"%s\": ", name);
    output_json_text(out, text);
}

static void add_value(const struct precheck *check, struct output *out, const char *name, struct slice value,
                      bool plain)
{
    char shown[MASK_SHOWN];
    (void)mask_show(value, plain || check->options.with_patients, shown);
    add_text(out, name, shown);
}

static void add_place(struct output *out, struct precheck_place place)
{
    output_add(out, "{\"file\": %" PRIu32 ", \"line\": ", place.file);
    if (place.line > 0)
        output_add(out, "%" PRIu32 "}", place.line);
    else
        output_add(out, "null}");
}

static void add_places(struct output *out, const struct precheck_places *places)
{
    output_add(out, "\"count\": %" PRIu64 ", \"places\": [", places->count);
    for (size_t i = 0; i < places->count && i < PRECHECK_PLACES; i++) {
        output_add(out, "%s", i > 0 ? ", " : "");
        add_place(out, places->first[i]);
    }
    output_add(out, "]");
}

static void begin_list(struct output *out, const char *name)
{
    output_add(out, ",\n \"%s\": [", name);
}

static void begin_item(struct output *out, bool first)
{
    output_add(out, "%s\n  {", first ? "" : ",");
}

static void add_findings(const struct precheck *check, struct output *out)
{
    begin_list(out, "findings");
    for (size_t i = 0; i < check->finding_count; i++) {
        const struct precheck_finding *finding = &check->findings[i];
        begin_item(out, i == 0);
        add_text(out, "level", words_level[finding->level].name);
        output_add(out, ", ");
        add_text(out, "section", finding->section);
        output_add(out, ", ");
        add_text(out, "what", finding->what);
        output_add(out, ", ");
        add_text(out, "next", finding->next);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_files(const struct precheck *check, struct output *out)
{
    begin_list(out, "kinds");
    bool first = true;
    for (size_t i = 0; i < PRECHECK_KIND_COUNT; i++) {
        if (check->kind_files[i] == 0)
            continue;
        begin_item(out, first);
        add_text(out, "kind", words_kind[i].name);
        output_add(out, ", \"files\": %" PRIu64 ", \"rows\": %" PRIu64 "}", check->kind_files[i],
                   check->kind_rows[i]);
        first = false;
    }
    output_add(out, "]");
    begin_list(out, "files");
    for (size_t i = 0; i < check->file_count; i++) {
        const struct precheck_file *file = &check->files[i];
        begin_item(out, i == 0);
        output_add(out, "\"file\": %lu, ", (unsigned long)i + 1);
        if (check->options.with_patients) {
            add_text(out, "name", file->name);
            output_add(out, ", ");
        }
        add_text(out, "kind", words_kind[file->kind].name);
        output_add(out,
                   ", \"bytes\": %" PRIu64 ", \"rows\": %" PRIu64 ", \"errors\": %" PRIu64
                   ", \"warnings\": %" PRIu64 ", ",
                   file->size, file->rows, file->errors, file->warnings);
        add_text(out, "encoding", file->text ? words_charset[file->charset].name : NULL);
        output_add(out, ", ");
        add_text(out, "line_end", file->text ? words_line_end[file->line_end].name : NULL);
        output_add(out, ", ");
        add_text(out, "remark", file->remark[0] != '\0' ? file->remark : NULL);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_faults(const struct precheck *check, struct output *out)
{
    begin_list(out, "faults");
    for (size_t i = 0; i < check->faults.count; i++) {
        const struct precheck_fault *fault = check->fault_order[i];
        begin_item(out, i == 0);
        add_text(out, "severity", fault->severity == FAULT_ERROR ? "error" : "warning");
        output_add(out, ", ");
        add_text(out, "kind", words_kind[fault->kind].name);
        output_add(out, ", ");
        add_text(out, "field", fault->field.len > 0 ? fault->field.ptr : NULL);
        output_add(out, ", ");
        add_text(out, "code", fault_code_name(fault->code));
        output_add(out, ", ");
        add_text(out, "text", fault_code_text(fault->code));
        output_add(out, ", ");
        add_text(out, "expected", fault->expected);
        output_add(out, ", ");
        add_places(out, &fault->places);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_facilities(const struct precheck *check, struct output *out)
{
    begin_list(out, "facilities");
    for (size_t i = 0; i < check->facilities.count; i++) {
        const struct precheck_facility *facility = (const void *)check->facilities.records[i];
        begin_item(out, i == 0);
        add_value(check, out, "code", facility->code, facility->known);
        output_add(out, ", \"known\": %s, ",
                   check->options.config == NULL ? "null" : (facility->known ? "true" : "false"));
        add_places(out, &facility->places);
        output_add(out, "}");
    }
    output_add(out, "],\n \"facilities_not_seen\": [");
    const struct config *config = check->options.config;
    bool any = false;
    for (size_t i = 0; config != NULL && config->facility_count > 1 && i < config->facility_count; i++) {
        if (words_facility_seen(check, i))
            continue;
        output_add(out, "%s", any ? ", " : "");
        output_json_text(out, config->facilities[i].code);
        any = true;
    }
    output_add(out, "],\n \"rows_without_facility\": %" PRIu64, check->no_facility);
}

static void add_locations(const struct precheck *check, struct output *out)
{
    static const char *const placed[] = {
        [APPLY_NO_RULES] = "no-rules", [APPLY_PLACED] = "placed", [APPLY_UNMATCHED] = "unmatched"};
    begin_list(out, "locations");
    for (size_t i = 0; i < check->locations.count; i++) {
        const struct precheck_location *location = check->location_order[i];
        begin_item(out, i == 0);
        add_value(check, out, "facility", location->facility, false);
        output_add(out, ", ");
        add_value(check, out, "housing", location->housing, false);
        output_add(out, ", ");
        add_value(check, out, "bed", location->bed, false);
        output_add(out, ", ");
        add_text(out, "rules", check->options.config == NULL ? NULL : placed[location->placed]);
        for (enum location_part part = 0; part < LOCATION_PART_COUNT; part++) {
            if (location->parts[part].ptr == NULL)
                continue;
            output_add(out, ", ");
            add_value(check, out, location_part_name(part), location->parts[part], location->fixed[part]);
        }
        output_add(out, ", ");
        add_places(out, &location->places);
        output_add(out, "}");
    }
    output_add(out, "]");
    begin_list(out, "near_duplicates");
    for (size_t i = 0; i < check->near_count; i++) {
        const struct precheck_near *group = check->near[i];
        begin_item(out, i == 0);
        add_text(out, "of", group->of_bed ? "bed" : "housing");
        output_add(out, ", \"spellings\": [");
        for (size_t j = 0; j < group->count; j++) {
            const struct precheck_spelling *spelling = group->spellings[j];
            output_add(out, "%s{", j > 0 ? ", " : "");
            add_value(check, out, "housing", spelling->housing, false);
            if (group->of_bed) {
                output_add(out, ", ");
                add_value(check, out, "bed", spelling->bed, false);
            }
            output_add(out, ", \"count\": %" PRIu64 ", \"first\": ", spelling->count);
            add_place(out, spelling->first);
            output_add(out, "}");
        }
        output_add(out, "]}");
    }
    output_add(out, "]");
}

static void add_codes(const struct precheck *check, struct output *out)
{
    begin_list(out, "outside_code_sets");
    for (size_t i = 0; i < check->codes.count; i++) {
        const struct precheck_code *code = (const void *)check->codes.records[i];
        begin_item(out, i == 0);
        add_text(out, "field", code->field);
        output_add(out, ", ");
        add_value(check, out, "value", code->value, false);
        output_add(out, ", ");
        add_places(out, &code->places);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_ids(const struct precheck *check, struct output *out)
{
    bool first = true;
    begin_list(out, "id_shapes");
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        for (size_t i = 0; i < check->shapes[id].count; i++, first = false) {
            const struct precheck_shape *shape = (const void *)check->shapes[id].records[i];
            begin_item(out, first);
            add_text(out, "id", words_id[id].name);
            output_add(out, ", ");
            add_value(check, out, "shape", shape->head.key, false);
            output_add(out, ", \"count\": %" PRIu64 ", \"first\": ", shape->ids);
            add_place(out, shape->first);
            output_add(out, "}");
        }
    }
    output_add(out, "]");
}

static void add_pair(const struct precheck *check, struct output *out, const struct precheck_twin *twin)
{
    add_value(check, out, "one", twin->one, false);
    output_add(out, ", ");
    add_value(check, out, "other", twin->other, false);
    output_add(out, ", \"first\": ");
    add_place(out, twin->first);
    output_add(out, ", \"second\": ");
    add_place(out, twin->second);
    output_add(out, "}");
}

static void add_lost_ids(const struct precheck *check, struct output *out)
{
    bool first = true;
    begin_list(out, "id_twins");
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        const struct precheck_twins *twins = &check->twins[id];
        for (size_t i = 0; i < twins->count && i < PRECHECK_PLACES; i++, first = false) {
            begin_item(out, first);
            add_text(out, "id", words_id[id].name);
            output_add(out, ", ");
            add_pair(check, out, &twins->first[i]);
        }
    }
    output_add(out, "],\n \"id_twin_counts\": {");
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++)
        output_add(out, "%s\"%s\": %" PRIu64, id > 0 ? ", " : "", words_id[id].name, check->twins[id].count);
    output_add(out, "},\n \"ids_rounded_by_excel\": {");
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        output_add(out, "%s\"%s\": {", id > 0 ? ", " : "", words_id[id].name);
        add_places(out, &check->rounded[id]);
        output_add(out, "}");
    }
    output_add(out, "},\n \"one_person_count\": %" PRIu64, check->one_person.count);
    begin_list(out, "one_person");
    for (size_t i = 0; i < check->one_person.count && i < PRECHECK_PLACES; i++) {
        begin_item(out, i == 0);
        add_pair(check, out, &check->one_person.first[i]);
    }
    output_add(out, "],\n \"dates_saved_by_excel\": %" PRIu64, check->excel_dates);
}

static void add_alert_codes(const struct precheck *check, struct output *out)
{
    begin_list(out, "alert_codes");
    for (size_t i = 0; i < check->alert_codes.count; i++) {
        const struct precheck_alert_code *code = (const void *)check->alert_codes.records[i];
        begin_item(out, i == 0);
        add_value(check, out, "code", code->code, false);
        output_add(out, ", \"unmapped\": %s, ", code->unmapped ? "true" : "false");
        add_places(out, &code->places);
        output_add(out, "}");
    }
    output_add(out, "]");
}

static void add_people(const struct precheck *check, struct output *out)
{
    bool first = true;
    begin_list(out, "two_people");
    for (size_t i = 0; i < check->patients.count; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        if (!patient->names_differ && !patient->birth_differs)
            continue;
        begin_item(out, first);
        add_value(check, out, "patient_id", patient->head.key, false);
        output_add(out, ", \"names_differ\": %s, \"birth_dates_differ\": %s, \"first\": ",
                   patient->names_differ ? "true" : "false", patient->birth_differs ? "true" : "false");
        add_place(out, patient->first);
        output_add(out, ", \"other\": ");
        add_place(out, patient->other);
        output_add(out, "}");
        first = false;
    }
    output_add(out, "]");
    first = true;
    begin_list(out, "two_bookings");
    for (size_t i = 0; i < check->bookings.count; i++) {
        const struct precheck_booking *booking = (const void *)check->bookings.records[i];
        if (booking->second == NULL)
            continue;
        begin_item(out, first);
        add_value(check, out, "booking", booking->head.key, false);
        output_add(out, ", \"first\": ");
        add_place(out, booking->first);
        output_add(out, ", \"other\": ");
        add_place(out, booking->other);
        output_add(out, "}");
        first = false;
    }
    output_add(out, "]");
}

/* An object with a member for each sort, also those that do not occur. */
static void add_sorts(struct output *out, const char *name, const struct words *words,
                      const struct precheck_places *places, size_t count)
{
    output_add(out, ",\n \"%s\": {", name);
    for (size_t i = 0; i < count; i++) {
        output_add(out, "%s\n  \"%s\": {", i > 0 ? "," : "", words[i].name);
        add_places(out, &places[i]);
        output_add(out, "}");
    }
    output_add(out, "}");
}

static void add_counts(struct output *out, const char *name, const struct words *words,
                       const uint64_t *counts, size_t count)
{
    output_add(out, ",\n \"%s\": {", name);
    for (size_t i = 0; i < count; i++)
        output_add(out, "%s\"%s\": %" PRIu64, i > 0 ? ", " : "", words[i].name, counts[i]);
    output_add(out, "}");
}

void precheck_write_json(const struct precheck *check, struct output *out)
{
    struct output verdict;
    char moment[28];
    output_init(&verdict);
    words_verdict(check, &verdict);
    datetime_format_instant(check->options.now, moment);
    output_add(out, "{\"ready\": %s, ", check->ready ? "true" : "false");
    add_text(out, "verdict", verdict.text);
    out->failed = out->failed || verdict.failed;
    output_release(&verdict);
    output_add(out, ",\n ");
    add_text(out, "version", CORBRIDGE_VERSION);
    output_add(out, ", ");
    add_text(out, "checked", moment);
    output_add(out, ", \"with_patients\": %s, \"with_configuration\": %s",
               check->options.with_patients ? "true" : "false",
               check->options.config != NULL ? "true" : "false");
    output_add(out,
               ", \"rows\": %" PRIu64 ", \"rows_with_errors\": %" PRIu64 ", \"errors\": %" PRIu64
               ", \"warnings\": %" PRIu64,
               check->rows, check->bad_rows, check->errors, check->warnings);
    output_add(out, ", \"folders\": %lu, \"links\": %lu, \"passed_over\": %lu", (unsigned long)check->folders,
               (unsigned long)check->links, (unsigned long)check->passed_over);
    add_findings(check, out);
    add_files(check, out);
    add_faults(check, out);
    add_facilities(check, out);
    add_locations(check, out);
    add_codes(check, out);
    add_alert_codes(check, out);
    add_ids(check, out);
    add_lost_ids(check, out);
    output_add(out, ",\n \"birth_dates\": {\"impossible\": %" PRIu64 ", \"unlikely\": {",
               check->impossible_births);
    add_places(out, &check->unlikely_births);
    output_add(out, "}}");
    add_people(check, out);
    add_sorts(out, "names", words_name_problem, check->names, PRECHECK_NAME_PROBLEM_COUNT);
    add_sorts(out, "photo_paths", words_photo, check->photos, PRECHECK_PHOTO_COUNT);
    add_counts(out, "encodings", words_charset, check->charsets, PRECHECK_CHARSET_COUNT);
    add_counts(out, "line_ends", words_line_end, check->line_ends, PRECHECK_LINE_END_COUNT);
    output_add(out, "}\n");
}
