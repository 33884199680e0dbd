/* The report as text, for a console or a file. */
#include <inttypes.h>

#include "service/precheck/precheck.h"
#include "service/precheck/words.h"

/* Places in one line. */
#define MOST_PLACES 4

static void add_findings(const struct precheck *check, struct output *out)
{
    if (check->finding_count > 0)
        output_add(out, "\nWhat to do next, the most important first\n");
    for (size_t i = 0; i < check->finding_count; i++) {
        const struct precheck_finding *finding = &check->findings[i];
        output_add(out, "  %-7s %s\n          %s\n", words_level[finding->level].name, finding->what,
                   finding->next);
    }
}

static void add_kinds(const struct precheck *check, struct output *out)
{
    output_add(out, "\nFiles and rows\n  %-36s %10s %12s\n", "", "files", "rows");
    for (size_t i = 0; i < PRECHECK_KIND_COUNT; i++) {
        if (check->kind_files[i] > 0)
            output_add(out, "  %-36s %10" PRIu64 " %12" PRIu64 "\n", words_kind[i].text, check->kind_files[i],
                       check->kind_rows[i]);
    }
    output_add(out, "  %-36s %10lu %12" PRIu64 "\n", "in all", (unsigned long)check->file_count, check->rows);
}

static void add_faults(const struct precheck *check, struct output *out)
{
    if (check->faults.count > 0)
        output_add(out, "\nFaults: %" PRIu64 " %s, %" PRIu64 " %s\n", check->errors,
                   check->errors == 1 ? "error" : "errors", check->warnings,
                   check->warnings == 1 ? "warning" : "warnings");
    for (size_t i = 0; i < check->faults.count; i++) {
        const struct precheck_fault *fault = check->fault_order[i];
        output_add(out, "  %s, %s%s%.*s: %s%s%s\n    %" PRIu64 ": ",
                   fault->severity == FAULT_ERROR ? "error" : "warning", words_kind[fault->kind].text,
                   fault->field.len > 0 ? ", " : "", (int)fault->field.len, fault->field.ptr,
                   fault_code_text(fault->code), fault->expected != NULL ? "; expected " : "",
                   fault->expected != NULL ? fault->expected : "", fault->places.count);
        words_places(check, &fault->places, MOST_PLACES, out);
        output_add(out, "\n");
    }
}

static void add_facilities(const struct precheck *check, struct output *out)
{
    if (check->facilities.count == 0)
        return;
    output_add(out, "\nFacility codes\n");
    for (size_t i = 0; i < check->facilities.count; i++) {
        const struct precheck_facility *facility = (const void *)check->facilities.records[i];
        output_add(out, "  ");
        words_facility(check, facility, out);
        output_add(out, ": %s, %" PRIu64 ": ",
                   check->options.config == NULL ? "not judged" : (facility->known ? "known" : "unknown"),
                   facility->places.count);
        words_places(check, &facility->places, MOST_PLACES, out);
        output_add(out, "\n");
    }
    const struct config *config = check->options.config;
    for (size_t i = 0; config != NULL && config->facility_count > 1 && i < config->facility_count; i++)
        if (!words_facility_seen(check, i))
            output_add(out, "  %s: known, in none of the samples\n", config->facilities[i].code);
    if (check->no_facility > 0)
        output_add(out, "  without a code: %" PRIu64 " rows\n", check->no_facility);
}

static void add_locations(const struct precheck *check, struct output *out)
{
    if (check->locations.count == 0)
        return;
    output_add(out, "\nLocations: %lu, by facility, Housing and Bed\n",
               (unsigned long)check->locations.count);
    for (size_t i = 0; i < check->locations.count; i++) {
        const struct precheck_location *location = check->location_order[i];
        output_add(out, "  ");
        words_value(check, location->housing, out);
        if (location->bed.len > 0) {
            output_add(out, " / ");
            words_value(check, location->bed, out);
        }
        output_add(out, ": ");
        words_made(check, location, out);
        output_add(out, ", %" PRIu64 ": ", location->places.count);
        words_places(check, &location->places, 1, out);
        output_add(out, "\n");
    }
}

static void add_near(const struct precheck *check, struct output *out)
{
    if (check->near_count > 0)
        output_add(out, "\nPlaces that look like one, written in more than one way\n");
    for (size_t i = 0; i < check->near_count; i++) {
        const struct precheck_near *group = check->near[i];
        output_add(out, "  %s", group->of_bed ? "Bed" : "Housing");
        for (size_t j = 0; j < group->count; j++) {
            const struct precheck_spelling *spelling = group->spellings[j];
            output_add(out, "%s", j > 0 ? "; " : ": ");
            words_value(check, spelling->housing, out);
            if (group->of_bed) {
                output_add(out, " / ");
                words_value(check, spelling->bed, out);
            }
            output_add(out, " (%" PRIu64 ", first ", spelling->count);
            words_place(check, spelling->first, out);
            output_add(out, ")");
        }
        output_add(out, "\n");
    }
}

static void add_codes(const struct precheck *check, struct output *out)
{
    if (check->codes.count > 0)
        output_add(out, "\nValues outside the code sets\n");
    for (size_t i = 0; i < check->codes.count; i++) {
        const struct precheck_code *code = (const void *)check->codes.records[i];
        output_add(out, "  %s ", code->field);
        words_value(check, code->value, out);
        output_add(out, ", %" PRIu64 ": ", code->places.count);
        words_places(check, &code->places, MOST_PLACES, out);
        output_add(out, "\n");
    }
}

static void add_ids(const struct precheck *check, struct output *out)
{
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        if (check->shapes[id].count == 0)
            continue;
        output_add(out, "\nShapes of %s (x a letter, 9 a digit)\n", words_id[id].text);
        for (size_t i = 0; i < check->shapes[id].count; i++) {
            const struct precheck_shape *shape = (const void *)check->shapes[id].records[i];
            output_add(out, "  ");
            words_value(check, shape->head.key, out);
            output_add(out, ": %" PRIu64 " different, first ", shape->ids);
            words_place(check, shape->first, out);
            output_add(out, "\n");
        }
    }
}

static void add_pairs(const struct precheck *check, struct output *out, const struct precheck_twins *twins)
{
    for (size_t i = 0; i < twins->count && i < PRECHECK_PLACES; i++) {
        const struct precheck_twin *twin = &twins->first[i];
        output_add(out, "  ");
        words_value(check, twin->one, out);
        output_add(out, " (");
        words_place(check, twin->first, out);
        output_add(out, ") and ");
        words_value(check, twin->other, out);
        output_add(out, " (");
        words_place(check, twin->second, out);
        output_add(out, ")\n");
    }
}

static void add_lost_ids(const struct precheck *check, struct output *out)
{
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        const struct precheck_twins *twins = &check->twins[id];
        if (twins->count > 0)
            output_add(out, "\n%s: equal but for leading zeros, case, blanks or punctuation, %" PRIu64 "\n",
                       words_id[id].text, twins->count);
        add_pairs(check, out, twins);
    }
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        if (check->rounded[id].count == 0)
            continue;
        output_add(out, "\n%s rounded by Excel\n  %" PRIu64 ": ", words_id[id].text,
                   check->rounded[id].count);
        words_places(check, &check->rounded[id], MOST_PLACES, out);
        output_add(out, "\n");
    }
}

static void add_alert_codes(const struct precheck *check, struct output *out)
{
    if (check->alert_codes.count > 0)
        output_add(out, "\nCodes of alerts\n");
    for (size_t i = 0; i < check->alert_codes.count; i++) {
        const struct precheck_alert_code *code = (const void *)check->alert_codes.records[i];
        output_add(out, "  ");
        words_value(check, code->code, out);
        output_add(out, ": %s%" PRIu64 ": ", code->unmapped ? "in no code map, " : "", code->places.count);
        words_places(check, &code->places, MOST_PLACES, out);
        output_add(out, "\n");
    }
}

static void add_people(const struct precheck *check, struct output *out)
{
    if (check->two_people > 0)
        output_add(out, "\nTwo people under one PatientID\n");
    for (size_t i = 0; i < check->patients.count; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        if (!patient->names_differ && !patient->birth_differs)
            continue;
        output_add(out, "  ");
        words_value(check, patient->head.key, out);
        output_add(out, ": %s, ", words_difference(patient));
        words_place(check, patient->first, out);
        output_add(out, " and ");
        words_place(check, patient->other, out);
        output_add(out, "\n");
    }
    if (check->one_person.count > 0)
        output_add(out, "\nThe same names and birth date under two PatientIDs, %" PRIu64 "\n",
                   check->one_person.count);
    add_pairs(check, out, &check->one_person);
    if (check->two_bookings > 0)
        output_add(out, "\nOne booking number under two PatientIDs\n");
    for (size_t i = 0; i < check->bookings.count; i++) {
        const struct precheck_booking *booking = (const void *)check->bookings.records[i];
        if (booking->second == NULL)
            continue;
        output_add(out, "  ");
        words_value(check, booking->head.key, out);
        output_add(out, ": ");
        words_place(check, booking->first, out);
        output_add(out, " and ");
        words_place(check, booking->other, out);
        output_add(out, "\n");
    }
}

/* A title and a line for each sort that occurs. */
static void add_sorts(const struct precheck *check, struct output *out, const char *title,
                      const struct words *words, const struct precheck_places *places, size_t count)
{
    bool titled = false;
    for (size_t i = 0; i < count; i++) {
        if (places[i].count == 0)
            continue;
        output_add(out, "%s%s%s  %s, %" PRIu64 ": ", titled ? "" : "\n", titled ? "" : title,
                   titled ? "" : "\n", words[i].text, places[i].count);
        words_places(check, &places[i], MOST_PLACES, out);
        output_add(out, "\n");
        titled = true;
    }
}

static void add_writing(const struct precheck *check, struct output *out)
{
    bool any = false;
    for (size_t i = 0; i < PRECHECK_CHARSET_COUNT + PRECHECK_LINE_END_COUNT; i++) {
        bool charset = i < PRECHECK_CHARSET_COUNT;
        size_t at = charset ? i : i - PRECHECK_CHARSET_COUNT;
        uint64_t count = charset ? check->charsets[at] : check->line_ends[at];
        if (count == 0)
            continue;
        output_add(out, "%s  %s %s: %" PRIu64 " %s\n", any ? "" : "\nEncodings and line ends\n",
                   charset ? "encoding" : "line end",
                   charset ? words_charset[at].text : words_line_end[at].text, count,
                   count == 1 ? "file" : "files");
        any = true;
    }
}

static void add_files(const struct precheck *check, struct output *out)
{
    size_t left_out = 0;
    output_add(out, "\nFiles, in the order of their names\n");
    for (size_t i = 0; i < check->file_count; i++) {
        const struct precheck_file *file = &check->files[i];
        if (!words_lists_file(check, file)) {
            left_out++;
            continue;
        }
        output_add(out, "  %5lu  ", (unsigned long)i + 1);
        if (check->options.with_patients) {
            words_value(check, slice_of(file->name), out);
            output_add(out, ", ");
        }
        output_add(out, "%s", words_kind[file->kind].text);
        if (file->rows > 1)
            output_add(out, ", %" PRIu64 " rows", file->rows);
        if (file->text)
            output_add(out, ", %s, %s", words_charset[file->charset].text,
                       words_line_end[file->line_end].text);
        if (file->errors + file->warnings > 0)
            output_add(out, ", %" PRIu64 " %s, %" PRIu64 " %s", file->errors,
                       file->errors == 1 ? "error" : "errors", file->warnings,
                       file->warnings == 1 ? "warning" : "warnings");
        if (file->remark[0] != '\0')
            output_add(out, ": %s%s", file->kind == PRECHECK_UNREADABLE ? "error " : "", file->remark);
        output_add(out, "\n");
    }
    if (left_out > 0)
        output_add(out, "  %lu files with nothing to say of them are left out\n", (unsigned long)left_out);
}

void precheck_write_text(const struct precheck *check, struct output *out)
{
    words_verdict(check, out);
    output_add(out, "\n");
    add_findings(check, out);
    add_kinds(check, out);
    add_faults(check, out);
    add_sorts(check, out, "Names of files", words_name_problem, check->names, PRECHECK_NAME_PROBLEM_COUNT);
    add_people(check, out);
    add_facilities(check, out);
    add_near(check, out);
    add_locations(check, out);
    add_codes(check, out);
    add_alert_codes(check, out);
    add_ids(check, out);
    add_lost_ids(check, out);
    if (check->unlikely_births.count > 0) {
        output_add(out, "\nUnlikely birth dates\n  %" PRIu64 ": ", check->unlikely_births.count);
        words_places(check, &check->unlikely_births, MOST_PLACES, out);
        output_add(out, "\n");
    }
    add_sorts(check, out, "Photos: forms of PhotoPath", words_photo, check->photos, PRECHECK_PHOTO_COUNT);
    add_writing(check, out);
    if (check->file_count > 0)
        add_files(check, out);
    output_add(
        out, "\n%s\n",
        check->options.with_patients
            ? "This shows patient data: keep it as records are kept."
            : "Values are masked: x stands for a letter, 9 for a digit. Files are numbered in the order of their names; "
              "--with-patients\nshows values and names.");
}
