#include "service/precheck/words.h"

#include <inttypes.h>
#include <string.h>

#include "service/precheck/mask.h"

/* Up to so many files all are listed. */
#define LISTED_FILES 100

const struct words words_kind[PRECHECK_KIND_COUNT] = {
    [PRECHECK_DEMOGRAPHICS] = {"demographics event (DEM)", "demographics"},
    [PRECHECK_LOCATION] = {"Location event", "location"},
    [PRECHECK_EVENT] = {"event of unknown DataType", "event"},
    [PRECHECK_ROSTER] = {"roster", "roster"},
    [PRECHECK_ALERTS] = {"alerts CSV", "alerts"},
    [PRECHECK_PHOTO] = {"photo (JPEG or PNG)", "photo"},
    [PRECHECK_BAD_PHOTO] = {"photo that cannot be used", "bad-photo"},
    [PRECHECK_EMPTY] = {"empty file", "empty"},
    [PRECHECK_XML] = {"XML, not looked at", "xml"},
    [PRECHECK_UNKNOWN] = {"not recognised", "not-recognised"},
    [PRECHECK_UNREADABLE] = {"could not be read", "unreadable"},
};

const struct words words_charset[PRECHECK_CHARSET_COUNT] = {
    [PRECHECK_ASCII] = {"ASCII only", "ascii"},
    [PRECHECK_UTF8] = {"UTF-8", "utf-8"},
    [PRECHECK_UTF8_MARK] = {"UTF-8 with a mark", "utf-8-mark"},
    [PRECHECK_UTF16LE] = {"UTF-16LE", "utf-16le"},
    [PRECHECK_UTF16BE] = {"UTF-16BE", "utf-16be"},
    [PRECHECK_WINDOWS1252] = {"Windows-1252", "windows-1252"},
};

const struct words words_line_end[PRECHECK_LINE_END_COUNT] = {
    [PRECHECK_NO_LINE_END] = {"no line end", "none"},
    [PRECHECK_CRLF] = {"CRLF", "crlf"},
    [PRECHECK_LF] = {"LF", "lf"},
    [PRECHECK_CR] = {"CR", "cr"},
    [PRECHECK_MIXED] = {"mixed", "mixed"},
};

const struct words words_photo[PRECHECK_PHOTO_COUNT] = {
    [PRECHECK_PHOTO_HTTP] = {"http:// address", "http"},
    [PRECHECK_PHOTO_HTTPS] = {"https:// address", "https"},
    [PRECHECK_PHOTO_UNC] = {"UNC path (\\\\server\\share)", "unc"},
    [PRECHECK_PHOTO_DRIVE] = {"path with a drive letter", "drive"},
    [PRECHECK_PHOTO_BESIDE] = {"beside the events", "beside"},
    [PRECHECK_PHOTO_READ] = {"in a configured root", "read"},
    [PRECHECK_PHOTO_MISSING] = {"not there", "missing"},
    [PRECHECK_PHOTO_UNUSABLE] = {"there, and no whole JPEG or PNG", "unusable"},
    [PRECHECK_PHOTO_OUTSIDE] = {"path outside of the configured roots", "outside-roots"},
    [PRECHECK_PHOTO_NO_HOST] = {"address of a host that is not configured", "host-not-configured"},
    [PRECHECK_PHOTO_REFUSED] = {"path that is never opened", "refused"},
    [PRECHECK_PHOTO_NOT_REACHED] = {"root that could not be reached", "not-reached"},
    [PRECHECK_PHOTO_OTHER] = {"another form", "other"},
};

const struct words words_name_problem[PRECHECK_NAME_PROBLEM_COUNT] = {
    [PRECHECK_NAME_TWIN] = {"equal to another but for case", "twin"},
    [PRECHECK_NAME_REPEATS] = {"nothing in it that changes", "repeats"},
    [PRECHECK_NAME_UNDATED] = {"rows, and no date or number in it", "undated"},
    [PRECHECK_NAME_NO_RULE] = {"no match rule takes it", "no-rule"},
    [PRECHECK_NAME_WRONG_RULE] = {"a match rule for another kind takes it", "wrong-rule"},
    [PRECHECK_NAME_HOUR_ONLY] = {"told apart by a time of day only", "hour-only"},
};

const struct words words_level[PRECHECK_LEVEL_COUNT] = {
    [PRECHECK_MUST] = {"must be mended", "must"},
    [PRECHECK_SHOULD] = {"should be settled", "should"},
    [PRECHECK_NOTE] = {"to know", "note"},
};

const struct words words_id[PRECHECK_ID_COUNT] = {
    [PRECHECK_PATIENT_ID] = {"PatientID", "patient-id"},
    [PRECHECK_BOOKING] = {"Booking", "booking"},
};

void words_verdict(const struct precheck *check, struct output *out)
{
    size_t must = check->level_count[PRECHECK_MUST];
    size_t should = check->level_count[PRECHECK_SHOULD];
    if (must > 0)
        output_add(out, "NOT READY: %lu %s must be mended first", (unsigned long)must,
                   must == 1 ? "thing" : "things");
    else
        output_add(out, "READY: nothing must be mended");
    if (should > 0)
        output_add(out, "; %lu %s should be settled", (unsigned long)should,
                   should == 1 ? "thing" : "things");
    output_add(out, ".");
}

void words_value(const struct precheck *check, struct slice value, struct output *out)
{
    char shown[MASK_SHOWN];
    (void)mask_show(value, check->options.with_patients, shown);
    output_add(out, "%s", shown);
}

static void add_file(const struct precheck *check, uint32_t file, struct output *out)
{
    char name[MASK_SHOWN];
    if (check->options.with_patients) {
        (void)mask_show(slice_of(check->files[file - 1].name), true, name);
        output_add(out, "%s", name);
    } else {
        output_add(out, "file %" PRIu32, file);
    }
}

void words_place(const struct precheck *check, struct precheck_place place, struct output *out)
{
    add_file(check, place.file, out);
    if (place.line > 0)
        output_add(out, " line %" PRIu32, place.line);
}

/* How many places from `first` on are lines of one file. */
static size_t run_of(const struct precheck_places *places, size_t first, size_t kept)
{
    size_t end = first + 1;
    while (places->first[first].line > 0 && end < kept && places->first[end].line > 0 &&
           places->first[end].file == places->first[first].file)
        end++;
    return end - first;
}

void words_places(const struct precheck *check, const struct precheck_places *places, size_t most,
                  struct output *out)
{
    size_t kept = places->count < PRECHECK_PLACES ? (size_t)places->count : PRECHECK_PLACES;
    if (kept > most)
        kept = most;
    for (size_t i = 0; i < kept;) {
        size_t run = run_of(places, i, kept);
        output_add(out, "%s", i > 0 ? ", " : "");
        if (run == 1) {
            words_place(check, places->first[i], out);
        } else {
            add_file(check, places->first[i].file, out);
            for (size_t j = 0; j < run; j++)
                output_add(out, "%s %" PRIu32, j == 0 ? " lines" : ",", places->first[i + j].line);
        }
        i += run;
    }
    if (places->count > kept)
        output_add(out, "%s%" PRIu64 " more", kept > 0 ? " and " : "", places->count - kept);
}

void words_facility(const struct precheck *check, const struct precheck_facility *facility,
                    struct output *out)
{
    char shown[MASK_SHOWN];
    (void)mask_show(facility->code, facility->known || check->options.with_patients, shown);
    output_add(out, "%s", shown);
}

bool words_facility_seen(const struct precheck *check, size_t facility)
{
    const char *code = check->options.config->facilities[facility].code;
    for (size_t i = 0; i < check->facilities.count; i++) {
        const struct precheck_facility *seen = (const void *)check->facilities.records[i];
        if (seen->known && strcmp(seen->code.ptr, code) == 0)
            return true;
    }
    return false;
}

void words_made(const struct precheck *check, const struct precheck_location *location, struct output *out)
{
    bool any = false;
    switch (location->placed) {
    case APPLY_NO_RULES:
        output_add(out, "%s", check->options.config == NULL ? "not judged" : "no rules for its facility");
        return;
    case APPLY_UNMATCHED: output_add(out, "no rule matches"); return;
    case APPLY_PLACED: break;
    }
    for (enum location_part part = 0; part < LOCATION_PART_COUNT; part++) {
        if (location->parts[part].ptr == NULL)
            continue;
        char shown[MASK_SHOWN];
        (void)mask_show(location->parts[part], location->fixed[part] || check->options.with_patients, shown);
        output_add(out, "%s%s %s", any ? ", " : "", location_part_name(part), shown);
        any = true;
    }
    if (!any)
        output_add(out, "matched, without parts");
}

const char *words_difference(const struct precheck_patient *patient)
{
    if (patient->names_differ && patient->birth_differs)
        return "both names and the birth dates differ";
    return patient->names_differ ? "both names differ" : "the birth dates differ";
}

bool words_lists_file(const struct precheck *check, const struct precheck_file *file)
{
    return check->file_count <= LISTED_FILES || file->errors > 0 || file->warnings > 0 ||
           file->kind >= PRECHECK_BAD_PHOTO || file->kind == PRECHECK_EVENT;
}
