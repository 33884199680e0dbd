/* The report as one page, for people who look at it together. */
#include <inttypes.h>

#include "corbridge_version.h"
#include "service/precheck/page.h"
#include "service/precheck/precheck.h"
#include "service/precheck/words.h"

/* Places in one cell. */
#define MOST_PLACES 6

static void cell_value(struct page *page, const struct precheck *check, struct slice value)
{
    words_value(check, value, &page->cell);
    page_cell_made(page);
}

static void cell_place(struct page *page, const struct precheck *check, struct precheck_place place)
{
    words_place(check, place, &page->cell);
    page_cell_made(page);
}

static void cell_places(struct page *page, const struct precheck *check, const struct precheck_places *places)
{
    words_places(check, places, MOST_PLACES, &page->cell);
    page_cell_made(page);
}

/* ---- The head -------------------------------------------------------------------------------------------------------- */

static void add_tile(struct output *out, const char *name, uint64_t number)
{
    output_add(out, "<div><dt>%s</dt><dd>%" PRIu64 "</dd></div>\n", name, number);
}

static void add_head(struct page *page, const struct precheck *check)
{
    struct output *out = page->out;
    char moment[28];
    datetime_format_instant(check->options.now, moment);
    output_add(out, "<header class=\"%s\">\n<h1>Pre-integration check, %.10s</h1>\n<p class=\"verdict\">",
               check->ready ? "ready" : "not-ready", moment);
    words_verdict(check, &page->cell);
    page_text(out, page->cell.text);
    output_release(&page->cell);
    output_add(out, "</p>\n<dl class=\"tiles\">\n");
    add_tile(out, "files", check->file_count);
    add_tile(out, "rows and events", check->rows);
    add_tile(out, "errors", check->errors);
    add_tile(out, "warnings", check->warnings);
    add_tile(out, "PatientIDs", check->patients.count);
    add_tile(out, "bookings", check->bookings.count);
    add_tile(out, "locations", check->locations.count);
    output_add(out, "</dl>\n");
    if (check->options.with_patients)
        output_add(out,
                   "<p class=\"warning\">This page shows patient data: keep it as records are kept.</p>\n");
    output_add(out, "</header>\n");
}

static void add_findings(struct page *page, const struct precheck *check)
{
    struct output *out = page->out;
    if (check->finding_count == 0)
        return;
    page_section(page, "next", "What to do next", "The most important first.");
    output_add(out, "<ol>\n");
    for (size_t i = 0; i < check->finding_count; i++) {
        const struct precheck_finding *finding = &check->findings[i];
        const char *level = words_level[finding->level].name;
        output_add(out, "<li class=\"%s\"><p><span class=\"badge %s\">%s</span><a href=\"#%s\">", level,
                   level, words_level[finding->level].text, finding->section);
        page_text(out, finding->what);
        output_add(out, "</a></p><p class=\"next\">");
        page_text(out, finding->next);
        output_add(out, "</p></li>\n");
    }
    output_add(out, "</ol>\n");
    page_section_end(page);
}

/* ---- Files and faults ------------------------------------------------------------------------------------------------ */

static void add_kinds(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"What", "#Files", "#Rows", NULL};
    const struct page_part parts[] = {
        {"good", "to be applied", check->rows > check->bad_rows ? check->rows - check->bad_rows : 0},
        {"must", "with errors", check->bad_rows},
    };
    page_section(page, "kinds", "Files and rows", NULL);
    page_bar(page, parts, 2);
    page_table(page, heads);
    for (size_t i = 0; i < PRECHECK_KIND_COUNT; i++) {
        if (check->kind_files[i] == 0)
            continue;
        page_row(page, i >= PRECHECK_EMPTY ? "must" : "");
        page_cell(page, words_kind[i].text);
        page_cell_number(page, check->kind_files[i]);
        page_cell_number(page, check->kind_rows[i]);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_faults(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Severity", "Field", "What is wrong", "#Times", "Where", NULL};
    if (check->faults.count == 0)
        return;
    page_section(page, "faults", "Faults",
                 "An error sets the row or file aside; a warning leaves out one optional value.");
    page_table(page, heads);
    for (size_t i = 0; i < check->faults.count; i++) {
        const struct precheck_fault *fault = check->fault_order[i];
        bool error = fault->severity == FAULT_ERROR;
        page_row(page, error ? "must" : "should");
        page_cell(page, error ? "error" : "warning");
        if (fault->field.len > 0)
            output_add(&page->cell, "%.*s\n", (int)fault->field.len, fault->field.ptr);
        output_add(&page->cell, "%s", words_kind[fault->kind].text);
        page_cell_made(page);
        output_add(&page->cell, "%s", fault_code_text(fault->code));
        if (fault->expected != NULL)
            output_add(&page->cell, "\nexpected %s", fault->expected);
        page_cell_made(page);
        page_cell_number(page, fault->places.count);
        cell_places(page, check, &fault->places);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

/* A section with one row for each sort that occurs; nothing when none does. */
static void add_sorts(struct page *page, const struct precheck *check, const char *id, const char *title,
                      const struct words *words, const struct precheck_places *places, size_t count)
{
    static const char *const heads[] = {"What", "#Times", "Where", NULL};
    bool begun = false;
    for (size_t i = 0; i < count; i++) {
        if (places[i].count == 0)
            continue;
        if (!begun) {
            page_section(page, id, title, NULL);
            page_table(page, heads);
            begun = true;
        }
        page_row(page, "");
        page_cell(page, words[i].text);
        page_cell_number(page, places[i].count);
        cell_places(page, check, &places[i]);
        page_row_end(page);
    }
    if (begun) {
        page_table_end(page);
        page_section_end(page);
    }
}

/* ---- People ---------------------------------------------------------------------------------------------------------- */

static void add_people(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"What", "Number", "First seen", "And", NULL};
    if (check->two_people + check->two_bookings + check->one_person.count == 0)
        return;
    page_section(
        page, "people", "People and bookings that contradict each other",
        "Two people: the birth dates differ, or both the family and the given name. One person: all three are the same.");
    page_table(page, heads);
    for (size_t i = 0; i < check->patients.count; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        if (!patient->names_differ && !patient->birth_differs)
            continue;
        page_row(page, "must");
        output_add(&page->cell, "PatientID: %s", words_difference(patient));
        page_cell_made(page);
        cell_value(page, check, patient->head.key);
        cell_place(page, check, patient->first);
        cell_place(page, check, patient->other);
        page_row_end(page);
    }
    for (size_t i = 0; i < check->one_person.count && i < PRECHECK_PLACES; i++) {
        const struct precheck_twin *twin = &check->one_person.first[i];
        page_row(page, "should");
        page_cell(page, "PatientID: two of what seems to be one person");
        words_value(check, twin->one, &page->cell);
        output_add(&page->cell, " and ");
        words_value(check, twin->other, &page->cell);
        page_cell_made(page);
        cell_place(page, check, twin->first);
        cell_place(page, check, twin->second);
        page_row_end(page);
    }
    for (size_t i = 0; i < check->bookings.count; i++) {
        const struct precheck_booking *booking = (const void *)check->bookings.records[i];
        if (booking->second == NULL)
            continue;
        page_row(page, "must");
        page_cell(page, "Booking: under two PatientIDs");
        cell_value(page, check, booking->head.key);
        cell_place(page, check, booking->first);
        cell_place(page, check, booking->other);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_births(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"What", "#Times", "Where", NULL};
    if (check->impossible_births + check->unlikely_births.count == 0)
        return;
    page_section(page, "births", "Birth dates", NULL);
    page_table(page, heads);
    if (check->impossible_births > 0) {
        page_row(page, "must");
        page_cell(page, "cannot be");
        page_cell_number(page, check->impossible_births);
        page_cell(page, "listed under Faults, field BirthDate or Birth Date");
        page_row_end(page);
    }
    if (check->unlikely_births.count > 0) {
        page_row(page, "should");
        page_cell(page, "unlikely: younger than 10 years or older than 110");
        page_cell_number(page, check->unlikely_births.count);
        cell_places(page, check, &check->unlikely_births);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

/* What was rounded, and what is equal but for something that gets lost easily. */
static void add_lost_ids(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Id", "What", "#Times", "Where", NULL};
    if (check->rounded[0].count + check->rounded[1].count + check->twins[0].count + check->twins[1].count ==
        0)
        return;
    page_table(page, heads);
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        if (check->rounded[id].count > 0) {
            page_row(page, "must");
            page_cell(page, words_id[id].text);
            page_cell(page, "rounded by Excel, as 2.01806E+12");
            page_cell_number(page, check->rounded[id].count);
            cell_places(page, check, &check->rounded[id]);
            page_row_end(page);
        }
        const struct precheck_twins *twins = &check->twins[id];
        for (size_t i = 0; i < twins->count && i < PRECHECK_PLACES; i++) {
            const struct precheck_twin *twin = &twins->first[i];
            page_row(page, "should");
            page_cell(page, words_id[id].text);
            words_value(check, twin->one, &page->cell);
            output_add(&page->cell, " and ");
            words_value(check, twin->other, &page->cell);
            output_add(&page->cell, "\nequal but for leading zeros, case, blanks or punctuation");
            page_cell_made(page);
            if (i == 0)
                output_add(&page->cell, "%" PRIu64, twins->count);
            page_cell_made(page);
            words_place(check, twin->first, &page->cell);
            output_add(&page->cell, " and ");
            words_place(check, twin->second, &page->cell);
            page_cell_made(page);
            page_row_end(page);
        }
    }
    page_table_end(page);
}

static void add_ids(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Id", "Shape", "#Different ids", "First seen", NULL};
    if (check->shapes[0].count + check->shapes[1].count == 0)
        return;
    page_section(page, "ids", "Shapes of ids",
                 "x stands for a letter, 9 for a digit. Each id should have one shape.");
    page_table(page, heads);
    for (size_t id = 0; id < PRECHECK_ID_COUNT; id++) {
        for (size_t i = 0; i < check->shapes[id].count; i++) {
            const struct precheck_shape *shape = (const void *)check->shapes[id].records[i];
            page_row(page, check->shapes[id].count > 1 ? "should" : "");
            page_cell(page, words_id[id].text);
            cell_value(page, check, shape->head.key);
            page_cell_number(page, shape->ids);
            cell_place(page, check, shape->first);
            page_row_end(page);
        }
    }
    page_table_end(page);
    add_lost_ids(page, check);
    page_section_end(page);
}

/* ---- Facilities and places ------------------------------------------------------------------------------------------- */

static void add_facilities(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Code", "Configuration", "#Times", "Where", NULL};
    if (check->facilities.count == 0 && check->no_facility == 0 && check->options.config != NULL)
        return;
    page_section(page, "facilities", "Facility codes",
                 check->options.config == NULL ? "No configuration was named, so nothing is known or unknown."
                                               : NULL);
    page_table(page, heads);
    for (size_t i = 0; i < check->facilities.count; i++) {
        const struct precheck_facility *facility = (const void *)check->facilities.records[i];
        bool judged = check->options.config != NULL;
        page_row(page, judged && !facility->known ? "must" : "");
        words_facility(check, facility, &page->cell);
        page_cell_made(page);
        page_cell(page, !judged ? "not judged" : (facility->known ? "known" : "unknown"));
        page_cell_number(page, facility->places.count);
        cell_places(page, check, &facility->places);
        page_row_end(page);
    }
    const struct config *config = check->options.config;
    for (size_t i = 0; config != NULL && config->facility_count > 1 && i < config->facility_count; i++) {
        if (words_facility_seen(check, i))
            continue;
        page_row(page, "");
        page_cell(page, config->facilities[i].code);
        page_cell(page, "known");
        page_cell_number(page, 0);
        page_cell(page, "in none of the samples");
        page_row_end(page);
    }
    if (check->no_facility > 0) {
        page_row(page, "");
        page_cell(page, "(none)");
        page_cell(page, "");
        page_cell_number(page, check->no_facility);
        page_cell(page, "");
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_near(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Group", "Housing", "Bed", "#Times", "First seen", NULL};
    if (check->near_count == 0)
        return;
    page_section(page, "near", "Places written in more than one way",
                 "Equal when case, blanks, punctuation and leading zeros are passed over.");
    page_table(page, heads);
    for (size_t i = 0; i < check->near_count; i++) {
        const struct precheck_near *group = check->near[i];
        for (size_t j = 0; j < group->count; j++) {
            const struct precheck_spelling *spelling = group->spellings[j];
            page_row(page, j == 0 ? "should group" : "should");
            if (j == 0)
                output_add(&page->cell, "%lu", (unsigned long)i + 1);
            page_cell_made(page);
            cell_value(page, check, spelling->housing);
            cell_value(page, check, spelling->bed);
            page_cell_number(page, spelling->count);
            cell_place(page, check, spelling->first);
            page_row_end(page);
        }
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_locations(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Housing", "Bed",        "Facility", "What the rules make of it",
                                        "#Times",  "First seen", NULL};
    if (check->locations.count == 0)
        return;
    const struct page_part parts[] = {
        {"good", "locations matched by a rule", check->placed},
        {"should", "matched by none", check->unmatched},
        {"note", "not judged, for want of rules", check->locations.count - check->placed - check->unmatched},
    };
    page_section(page, "places", "Locations", "Every Housing and Bed that occurs, by facility and name.");
    page_bar(page, parts, 3);
    page_table(page, heads);
    for (size_t i = 0; i < check->locations.count; i++) {
        const struct precheck_location *location = check->location_order[i];
        page_row(page, location->placed == APPLY_UNMATCHED ? "should" : "");
        cell_value(page, check, location->housing);
        cell_value(page, check, location->bed);
        cell_value(page, check, location->facility);
        words_made(check, location, &page->cell);
        page_cell_made(page);
        page_cell_number(page, location->places.count);
        cell_place(page, check, location->places.first[0]);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_codes(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Field", "Value", "Documented values", "#Times", "Where", NULL};
    if (check->codes.count == 0)
        return;
    page_section(page, "codes", "Values outside the code sets", NULL);
    page_table(page, heads);
    for (size_t i = 0; i < check->codes.count; i++) {
        const struct precheck_code *code = (const void *)check->codes.records[i];
        page_row(page, "should");
        page_cell(page, code->field);
        cell_value(page, check, code->value);
        page_cell(page, code->expected);
        page_cell_number(page, code->places.count);
        cell_places(page, check, &code->places);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

static void add_alert_codes(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"Code", "#Times", "Where", NULL};
    if (check->alert_codes.count == 0)
        return;
    page_section(page, "alert-codes", "Codes of alerts",
                 "Each needs a line in the code map that CorEMR and the sender agree on.");
    page_table(page, heads);
    for (size_t i = 0; i < check->alert_codes.count; i++) {
        const struct precheck_alert_code *code = (const void *)check->alert_codes.records[i];
        page_row(page, code->unmapped ? "must" : "");
        words_value(check, code->code, &page->cell);
        if (code->unmapped)
            output_add(&page->cell, "\nin no code map");
        page_cell_made(page);
        page_cell_number(page, code->places.count);
        cell_places(page, check, &code->places);
        page_row_end(page);
    }
    page_table_end(page);
    page_section_end(page);
}

/* ---- Writing, and the files ------------------------------------------------------------------------------------------ */

static void add_writing(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"What", "#Files", NULL};
    bool begun = false;
    for (size_t i = 0; i < PRECHECK_CHARSET_COUNT + PRECHECK_LINE_END_COUNT; i++) {
        bool charset = i < PRECHECK_CHARSET_COUNT;
        size_t at = charset ? i : i - PRECHECK_CHARSET_COUNT;
        uint64_t count = charset ? check->charsets[at] : check->line_ends[at];
        if (count == 0)
            continue;
        if (!begun) {
            page_section(page, "writing", "Encodings and line ends", NULL);
            page_table(page, heads);
            begun = true;
        }
        page_row(page, "");
        output_add(&page->cell, "%s: %s", charset ? "encoding" : "line ends",
                   charset ? words_charset[at].text : words_line_end[at].text);
        page_cell_made(page);
        page_cell_number(page, count);
        page_row_end(page);
    }
    if (begun) {
        page_table_end(page);
        page_section_end(page);
    }
}

static void add_file(struct page *page, const struct precheck *check, size_t i)
{
    const struct precheck_file *file = &check->files[i];
    page_row(page, file->errors > 0 || file->kind >= PRECHECK_EMPTY ? "must"
                                                                    : (file->warnings > 0 ? "should" : ""));
    output_add(&page->cell, "%lu", (unsigned long)i + 1);
    if (check->options.with_patients) {
        output_add(&page->cell, "  ");
        words_value(check, slice_of(file->name), &page->cell);
    }
    page_cell_made(page);
    output_add(&page->cell, "%s", words_kind[file->kind].text);
    if (file->remark[0] != '\0')
        output_add(&page->cell, "\n%s%s", file->kind == PRECHECK_UNREADABLE ? "error " : "", file->remark);
    page_cell_made(page);
    page_cell_number(page, file->rows);
    page_cell_number(page, file->errors);
    page_cell_number(page, file->warnings);
    if (file->text)
        output_add(&page->cell, "%s, %s", words_charset[file->charset].text,
                   words_line_end[file->line_end].text);
    page_cell_made(page);
    page_row_end(page);
}

static void add_files(struct page *page, const struct precheck *check)
{
    static const char *const heads[] = {"File", "What", "#Rows", "#Errors", "#Warnings", "Written as", NULL};
    size_t left_out = 0;
    page_section(page, "files", "Files",
                 check->options.with_patients ? "In the order of their names."
                                              : "Numbered in the order of their names, which are not shown.");
    page_table(page, heads);
    for (size_t i = 0; i < check->file_count; i++) {
        if (words_lists_file(check, &check->files[i]))
            add_file(page, check, i);
        else
            left_out++;
    }
    page_table_end(page);
    if (left_out > 0)
        output_add(page->out, "<p class=\"lead\">%lu files with nothing to say of them are left out.</p>\n",
                   (unsigned long)left_out);
    page_section_end(page);
}

void precheck_write_html(const struct precheck *check, struct output *out)
{
    struct page page;
    page_begin(&page, out, "CorBridge: pre-integration check");
    add_head(&page, check);
    output_add(out, "<main>\n");
    add_findings(&page, check);
    add_kinds(&page, check);
    add_faults(&page, check);
    add_sorts(&page, check, "names", "Names of files", words_name_problem, check->names,
              PRECHECK_NAME_PROBLEM_COUNT);
    add_people(&page, check);
    add_births(&page, check);
    add_facilities(&page, check);
    add_near(&page, check);
    add_locations(&page, check);
    add_codes(&page, check);
    add_alert_codes(&page, check);
    add_ids(&page, check);
    add_sorts(&page, check, "photos", "Photos: forms of PhotoPath", words_photo, check->photos,
              PRECHECK_PHOTO_COUNT);
    add_writing(&page, check);
    add_files(&page, check);
    output_add(out, "</main>\n<footer>");
    if (!check->options.with_patients)
        output_add(
            out,
            "Values are masked: x stands for a letter, 9 for a digit. What the configuration itself says is shown as it is. ");
    output_add(out, "Made by CorBridge " CORBRIDGE_VERSION
                    ". No file was changed and no database opened.</footer>\n");
    page_end(&page);
}
