/* From facts to findings: what must be mended, what should be settled, what is to know, in the order of importance. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/precheck/ids.h"
#include "service/precheck/near.h"
#include "service/precheck/precheck.h"
#include "service/precheck/words.h"

#define FINDINGS_FIRST 16

OUTPUT_FORMAT(5, 6)
static void add(struct precheck *check, enum precheck_level level, const char *section, const char *next,
                const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (check->finding_count == check->finding_room) {
        size_t room = check->finding_room == 0 ? FINDINGS_FIRST : check->finding_room * 2;
        struct precheck_finding *wider = arena_take_array(&check->arena, room, sizeof *wider);
        if (wider == NULL) {
            check->no_memory = true;
            return;
        }
        if (check->finding_count > 0)
            memcpy(wider, check->findings, check->finding_count * sizeof *wider);
        check->findings = wider;
        check->finding_room = room;
    }
    const char *what = arena_copy_text(&check->arena, slice_of(text));
    if (what == NULL) {
        check->no_memory = true;
        return;
    }
    check->findings[check->finding_count++] = (struct precheck_finding){level, what, next, section};
    check->level_count[level]++;
}

/* "1 file is", "2 files are": the words behind a number. */
static const char *count_of(uint64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

/* ---- Sums ------------------------------------------------------------------------------------------------------------ */

/* BirthDate of an event file, column 5 of a roster. */
static bool is_birth(struct slice field)
{
    const struct slice tail = SLICE_LITERAL("Birth Date");
    return slice_equal(field, SLICE_LITERAL("BirthDate")) ||
           (field.len >= tail.len && slice_equal(slice_after(field, field.len - tail.len), tail));
}

/* What Excel did to a date is a cause of its own. */
static bool is_wrong_date(const struct precheck_fault *fault)
{
    return fault->code != FAULT_REQUIRED_MISSING && fault->code != FAULT_REQUIRED_EMPTY &&
           fault->code != FAULT_DATE_SPREADSHEET && is_birth(fault->field);
}

static void add_sums(struct precheck *check)
{
    for (size_t i = 0; i < check->patients.count; i++) {
        const struct precheck_patient *patient = (const void *)check->patients.records[i];
        check->two_people += patient->names_differ || patient->birth_differs;
    }
    for (size_t i = 0; i < check->bookings.count; i++) {
        const struct precheck_booking *booking = (const void *)check->bookings.records[i];
        check->two_bookings += booking->second != NULL;
    }
    for (size_t i = 0; i < check->facilities.count; i++) {
        const struct precheck_facility *facility = (const void *)check->facilities.records[i];
        check->unknown_facilities += check->options.config != NULL && !facility->known;
    }
    for (size_t i = 0; i < check->locations.count; i++) {
        const struct precheck_location *location = (const void *)check->locations.records[i];
        check->placed += location->placed == APPLY_PLACED;
        check->unmatched += location->placed == APPLY_UNMATCHED;
    }
    for (size_t i = 0; i < check->alert_codes.count; i++) {
        const struct precheck_alert_code *code = (const void *)check->alert_codes.records[i];
        check->unmapped_codes += code->unmapped;
    }
    for (size_t i = 0; i < check->faults.count; i++) {
        const struct precheck_fault *fault = (const void *)check->faults.records[i];
        check->impossible_births += is_wrong_date(fault) ? fault->places.count : 0;
        check->excel_dates += fault->code == FAULT_DATE_SPREADSHEET ? fault->places.count : 0;
    }
}

/* ---- Order ----------------------------------------------------------------------------------------------------------- */

static int compare_faults(const void *a, const void *b)
{
    const struct precheck_fault *one = *(struct precheck_fault *const *)a;
    const struct precheck_fault *other = *(struct precheck_fault *const *)b;
    if (one->severity != other->severity)
        return one->severity == FAULT_ERROR ? -1 : 1;
    if (one->places.count != other->places.count)
        return one->places.count > other->places.count ? -1 : 1;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    size_t shorter = one->head.key.len < other->head.key.len ? one->head.key.len : other->head.key.len;
    int order = memcmp(one->head.key.ptr, other->head.key.ptr, shorter);
    return order != 0 ? order
                      : (one->head.key.len > other->head.key.len) - (one->head.key.len < other->head.key.len);
}

static int compare_locations(const void *a, const void *b)
{
    const struct precheck_location *one = *(struct precheck_location *const *)a;
    const struct precheck_location *other = *(struct precheck_location *const *)b;
    return near_compare(one->facility, one->housing, one->bed, other->facility, other->housing, other->bed);
}

static void *sorted(struct precheck *check, const struct table *table,
                    int (*compare)(const void *, const void *))
{
    if (table->count == 0)
        return NULL;
    struct table_head **order = arena_take_array(&check->arena, table->count, sizeof *order);
    if (order == NULL) {
        check->no_memory = true;
        return NULL;
    }
    memcpy(order, table->records, table->count * sizeof *order);
    qsort(order, table->count, sizeof *order, compare);
    return order;
}

/* ---- What must be mended --------------------------------------------------------------------------------------------- */

static void find_faulty_files(struct precheck *check)
{
    const uint64_t *files = check->kind_files;
    uint64_t known = files[PRECHECK_DEMOGRAPHICS] + files[PRECHECK_LOCATION] + files[PRECHECK_EVENT] +
                     files[PRECHECK_ROSTER] + files[PRECHECK_ALERTS];
    uint64_t count = files[PRECHECK_UNREADABLE];
    if (known == 0)
        add(check, PRECHECK_MUST, "files",
            "Name the folder that holds samples of DEM and Location files, rosters or alerts.",
            "There is no file of a known kind in the folder.");
    if (count > 0)
        add(check, PRECHECK_MUST, "files",
            "Give the account that runs this check the right to read them, and check again.",
            "%" PRIu64 " %s not be read.", count, count_of(count, "file could", "files could"));
    count = check->bad_rows;
    if (count > 0)
        add(check, PRECHECK_MUST, "faults",
            "Have the sender mend its export, the most frequent fault first; each is listed with its places.",
            "%" PRIu64 " %s and would be set aside, not applied (%" PRIu64 " %s).", count,
            count_of(count, "row or file has errors", "rows or files have errors"), check->errors,
            count_of(check->errors, "error", "errors"));
    count = check->impossible_births;
    if (count > 0)
        add(check, PRECHECK_MUST, "births",
            "Have the sender write birth dates as MM/DD/YYYY or YYYY-MM-DD, and correct those that are wrong.",
            "%" PRIu64 " birth %s be.", count, count_of(count, "date cannot", "dates cannot"));
}

static void find_work_of_excel(struct precheck *check)
{
    static const char again[] =
        "Have the sender export again without opening the file in Excel; where that must be, format dates as "
        "YYYY-MM-DD and numbers as text first.";
    static const char *const rounded[PRECHECK_ID_COUNT][2] = {
        {"PatientID was rounded by Excel", "PatientIDs were rounded by Excel"},
        {"booking number was rounded by Excel", "booking numbers were rounded by Excel"}};
    static const char *const equal[PRECHECK_ID_COUNT][2] = {
        {"PatientID differs", "PatientIDs differ"}, {"booking number differs", "booking numbers differ"}};
    uint64_t count = check->excel_dates;
    if (count > 0)
        add(check, PRECHECK_MUST, "faults", again, "%" PRIu64 " %s, as 7/22/1946 or 17005.", count,
            count_of(count, "date looks as if Excel had saved it", "dates look as if Excel had saved them"));
    for (size_t i = 0; i < PRECHECK_ID_COUNT; i++) {
        count = check->rounded[i].count;
        if (count > 0)
            add(check, PRECHECK_MUST, "ids", again,
                "%" PRIu64 " %s, as 2.01806E+12: what tells one from another is lost.", count,
                count_of(count, rounded[i][0], rounded[i][1]));
    }
    for (size_t i = 0; i < PRECHECK_ID_COUNT; i++) {
        count = check->twins[i].count;
        if (count > 0)
            add(check, PRECHECK_SHOULD, "ids",
                "Ask the sender which is right: to CorBridge they are two. Excel takes leading zeros away.",
                "%" PRIu64 " %s from another only in leading zeros, case, blanks or punctuation.", count,
                count_of(count, equal[i][0], equal[i][1]));
    }
}

static void find_people(struct precheck *check)
{
    uint64_t count = check->two_people;
    if (count > 0)
        add(check, PRECHECK_MUST, "people",
            "Ask the sender which of them are corrections, and whether PatientID is really unique for a person over all bookings.",
            "%" PRIu64 " %s for two people.", count,
            count_of(count, "PatientID seems to stand", "PatientIDs seem to stand"));
    count = check->one_person.count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "people",
            "Ask the sender whether PatientID stays the same over all bookings of a person: each makes a patient of its own.",
            "%" PRIu64 " %s the names and the birth date of another.", count,
            count_of(count, "PatientID has", "PatientIDs have"));
    count = check->two_bookings;
    if (count > 0)
        add(check, PRECHECK_MUST, "people",
            "Ask the sender why a booking number is used for more than one PatientID.",
            "%" PRIu64 " %s under two PatientIDs.", count,
            count_of(count, "booking number stands", "booking numbers stand"));
}

static void find_unknown_facilities(struct precheck *check)
{
    uint64_t count = check->unknown_facilities;
    if (count == 0)
        return;
    if (check->options.config->facility_count == 1)
        add(check, PRECHECK_NOTE, "facilities", "Nothing, if all of these people belong to the one facility.",
            "%" PRIu64
            " facility %s not in the configuration, which has one facility and does not use the code.",
            count, count_of(count, "code is", "codes are"));
    else
        add(check, PRECHECK_MUST, "facilities",
            "Add the facility to the configuration, or have the sender use the agreed code; until then these rows are set aside.",
            "%" PRIu64 " facility %s not in the configuration.", count,
            count_of(count, "code is", "codes are"));
}

static void find_alert_codes(struct precheck *check)
{
    uint64_t count = check->unmapped_codes;
    if (count > 0)
        add(check, PRECHECK_MUST, "alert-codes",
            "Agree on what each of them means and add it to <alerts> of the feed, or have the sender leave it out.",
            "%" PRIu64 " %s for none of CorEMR's.", count,
            count_of(count, "code of alerts stands", "codes of alerts stand"));
}

static void find_names(struct precheck *check)
{
    uint64_t count = check->names[PRECHECK_NAME_TWIN].count;
    if (count > 0)
        add(check, PRECHECK_MUST, "names",
            "Have the sender make names that differ in more than upper and lower case.",
            "%" PRIu64 " %s another's but for case: on Windows one overwrites the other.", count,
            count_of(count, "file name equals", "file names equal"));
    count = check->names[PRECHECK_NAME_REPEATS].count;
    if (count > 0)
        add(check, PRECHECK_MUST, "names",
            "Have the sender add date and time, or a number that counts up: DEM12345678_20170620143204.ini.",
            "%" PRIu64 " file %s nothing that changes: the next event overwrites the one before.", count,
            count_of(count, "name has", "names have"));
    count = check->names[PRECHECK_NAME_UNDATED].count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "names", "Have the sender add date and time: roster_20170620.csv.",
            "%" PRIu64 " %s no date or number in the name: the next one overwrites what still lies there.",
            count, count_of(count, "roster or alerts file has", "rosters or alerts files have"));
    count = check->names[PRECHECK_NAME_NO_RULE].count;
    if (count > 0)
        add(check, PRECHECK_MUST, "names",
            "Add a match rule for them to the feed, or have the sender rename them.",
            "%" PRIu64 " %s taken by no match rule of the configuration.", count,
            count_of(count, "file is", "files are"));
    count = check->names[PRECHECK_NAME_WRONG_RULE].count;
    if (count > 0)
        add(check, PRECHECK_MUST, "names",
            "Make the patterns of the match rules tell the kinds of files apart.",
            "%" PRIu64 " %s taken by a match rule for another kind of file.", count,
            count_of(count, "file is", "files are"));
}

static void find_strange_files(struct precheck *check)
{
    const uint64_t *files = check->kind_files;
    if (files[PRECHECK_EMPTY] > 0)
        add(check, PRECHECK_MUST, "files",
            "Have the sender write files under another name and rename them when they are whole.",
            "%" PRIu64 " %s empty.", files[PRECHECK_EMPTY],
            count_of(files[PRECHECK_EMPTY], "file is", "files are"));
    if (files[PRECHECK_XML] > 0)
        add(check, PRECHECK_MUST, "files",
            "Name the mapping by which they are read: --mapping FILE, or --config with its match rule.",
            "%" PRIu64 " %s XML, and not looked at.", files[PRECHECK_XML],
            count_of(files[PRECHECK_XML], "file is", "files are"));
    if (files[PRECHECK_UNKNOWN] > 0)
        add(check, PRECHECK_MUST, "files",
            "Find out what they are; take them out of the folder if they do not belong to the feed.",
            "%" PRIu64 " %s not recognised.", files[PRECHECK_UNKNOWN],
            count_of(files[PRECHECK_UNKNOWN], "file was", "files were"));
}

/* ---- What should be settled ------------------------------------------------------------------------------------------ */

static void find_places(struct precheck *check)
{
    if (check->near_count > 0)
        add(check, PRECHECK_SHOULD, "near",
            "Agree on one spelling for each place, and have the sender standardize them.",
            "%lu %s written in more than one way.", (unsigned long)check->near_count,
            count_of(check->near_count, "place seems to be", "places seem to be"));
    if (check->unmatched > 0)
        add(check, PRECHECK_SHOULD, "places",
            "Add a location rule for them, or leave them: they are filed as they came.",
            "%" PRIu64 " %s matched by no location rule.", check->unmatched,
            count_of(check->unmatched, "location is", "locations are"));
}

static void find_values(struct precheck *check)
{
    if (check->codes.count > 0)
        add(check, PRECHECK_SHOULD, "codes",
            "Agree with the sender which documented value each of them is to be.",
            "%lu %s not in the code set of the field.", (unsigned long)check->codes.count,
            count_of(check->codes.count, "value is", "different values are"));
    if (check->warnings > 0)
        add(check, PRECHECK_SHOULD, "faults", "Look through them: what is left out is missing in CorEMR.",
            "%" PRIu64 " %s: an optional value is left out, or something is odd.", check->warnings,
            count_of(check->warnings, "warning", "warnings"));
    static const char *const ids[PRECHECK_ID_COUNT] = {"PatientIDs", "Booking numbers"};
    for (size_t i = 0; i < PRECHECK_ID_COUNT; i++) {
        if (check->shapes[i].count > 1)
            add(check, PRECHECK_SHOULD, "ids",
                "Ask the sender whether all are the same kind of number; a lost leading zero makes another person.",
                "%s have %lu different shapes.", ids[i], (unsigned long)check->shapes[i].count);
    }
    uint64_t count = check->unlikely_births.count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "births",
            "Look at them; a date that stands for an unknown one, or a year of two digits, may be behind it.",
            "%" PRIu64 " birth %s unlikely: younger than 10 years or older than 110.", count,
            count_of(count, "date is", "dates are"));
}

static void find_photos(struct precheck *check)
{
    uint64_t count = check->photos[PRECHECK_PHOTO_MISSING].count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "photos",
            "Have the photos put beside the events, or PhotoPath name where they are.",
            "%" PRIu64 " %s a photo that is not there.", count,
            count_of(count, "PhotoPath names", "PhotoPaths name"));
    count = check->photos[PRECHECK_PHOTO_UNUSABLE].count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "photos",
            "Have the sender write JPEG or PNG; another ending of the name does not change what is in it.",
            "%" PRIu64 " %s a file that is no whole JPEG or PNG.", count,
            count_of(count, "PhotoPath names", "PhotoPaths name"));
    const uint64_t *kinds = check->kind_files;
    count = check->photos[PRECHECK_PHOTO_OUTSIDE].count + check->photos[PRECHECK_PHOTO_NO_HOST].count +
            check->photos[PRECHECK_PHOTO_REFUSED].count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "photos",
            "Add the root or host to <photos>, or have the sender name a place that was agreed.",
            "%" PRIu64 " %s a place that no photo is taken from.", count,
            count_of(count, "PhotoPath names", "PhotoPaths name"));
    count = check->photos[PRECHECK_PHOTO_NOT_REACHED].count;
    if (count > 0)
        add(check, PRECHECK_SHOULD, "photos", "See that the root can be read from here, and check again.",
            "%" PRIu64 " %s not looked for: a root could not be reached.", count,
            count_of(count, "photo was", "photos were"));
    const struct config *config = check->options.config;
    count = check->photos[PRECHECK_PHOTO_HTTP].count + check->photos[PRECHECK_PHOTO_HTTPS].count +
            check->photos[PRECHECK_PHOTO_UNC].count + check->photos[PRECHECK_PHOTO_DRIVE].count;
    if (count > 0 && config != NULL && !config->photos.configured)
        add(check, PRECHECK_SHOULD, "photos", "Add <photos> with the roots and hosts that were agreed.",
            "%" PRIu64
            " %s an address or path, and the configuration says of none that photos are taken from there.",
            count, count_of(count, "PhotoPath names", "PhotoPaths name"));
    count = kinds[PRECHECK_BAD_PHOTO];
    if (count > 0)
        add(check, PRECHECK_SHOULD, "files",
            "Open one of them: it may be cut, of another format, or a page with an error instead of the photo.",
            "%" PRIu64 " %s not be used.", count, count_of(count, "photo could", "photos could"));
}

static void find_writing(struct precheck *check)
{
    size_t charsets = 0;
    for (size_t i = PRECHECK_UTF8; i < PRECHECK_CHARSET_COUNT; i++)
        charsets += check->charsets[i] > 0;
    if (charsets > 1)
        add(check, PRECHECK_SHOULD, "writing", "Have the sender write all files in one encoding, UTF-8 best.",
            "The files are in %lu different encodings.", (unsigned long)charsets);
    uint64_t mixed = check->line_ends[PRECHECK_MIXED];
    if (mixed > 0)
        add(check, PRECHECK_NOTE, "writing", "Nothing: all line ends are read, also mixed.",
            "%" PRIu64 " %s more than one kind of line end.", mixed,
            count_of(mixed, "file has", "files have"));
}

/* ---- What is to know ------------------------------------------------------------------------------------------------- */

static void find_notes(struct precheck *check)
{
    uint64_t count = check->names[PRECHECK_NAME_HOUR_ONLY].count;
    if (count > 0)
        add(check, PRECHECK_NOTE, "names",
            "Better, add the date: two events of one booking in the same minute have one name.",
            "%" PRIu64 " file %s events of one booking apart by a time of day only.", count,
            count_of(count, "name tells", "names tell"));
    if (check->options.config == NULL)
        add(check, PRECHECK_NOTE, "facilities", "Name the configuration with --config to have them judged.",
            "Facility codes, locations and file names were not compared with a configuration.");
    const struct config *config = check->options.config;
    uint64_t unseen = 0;
    for (size_t i = 0; config != NULL && config->facility_count > 1 && i < config->facility_count; i++)
        unseen += !words_facility_seen(check, i);
    if (unseen > 0)
        add(check, PRECHECK_NOTE, "facilities", "Ask for samples of each facility before it is connected.",
            "%" PRIu64 " %s in none of the samples.", unseen,
            count_of(unseen, "facility of the configuration is", "facilities of the configuration are"));
    count = check->folders + check->links;
    if (check->passed_over > 0)
        add(check, PRECHECK_NOTE, "files",
            "Nothing, if they are rests of programs; a sender must not leave a file under such a name.",
            "%lu %s a name that is never taken (.tmp, .part, .filepart, ~$, hidden).",
            (unsigned long)check->passed_over, count_of(check->passed_over, "file has", "files have"));
    if (count > 0)
        add(check, PRECHECK_NOTE, "files", "Check each folder on its own.",
            "%" PRIu64 " %s in the folder, and not looked into.", count,
            count_of(count, "folder or link is", "folders and links are"));
}

/* Each group of `find_` functions makes findings of one level or two; the list is by level, and within one as they come. */
static int compare_findings(const void *a, const void *b)
{
    const struct precheck_finding *one = a;
    const struct precheck_finding *other = b;
    return (int)one->level - (int)other->level;
}

/* Stable, as qsort need not be: the list is short. */
static void order_findings(struct precheck *check)
{
    for (size_t i = 1; i < check->finding_count; i++) {
        struct precheck_finding finding = check->findings[i];
        size_t at = i;
        for (; at > 0 && compare_findings(&check->findings[at - 1], &finding) > 0; at--)
            check->findings[at] = check->findings[at - 1];
        check->findings[at] = finding;
    }
}

bool precheck_judge(struct precheck *check)
{
    add_sums(check);
    near_find(check);
    ids_find_twins(check);
    ids_find_one_person(check);
    check->fault_order = sorted(check, &check->faults, compare_faults);
    check->location_order = sorted(check, &check->locations, compare_locations);
    find_work_of_excel(check); /* the cause of much of what follows */
    find_faulty_files(check);
    find_people(check);
    find_unknown_facilities(check);
    find_alert_codes(check);
    find_names(check);
    find_strange_files(check);
    find_places(check);
    find_values(check);
    find_photos(check);
    find_writing(check);
    find_notes(check);
    order_findings(check);
    check->ready = check->level_count[PRECHECK_MUST] == 0;
    return !check->no_memory;
}
