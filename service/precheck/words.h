/* What the text, the JSON and the page call things, and how they show values and places. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_WORDS_H
#define CORBRIDGE_SERVICE_PRECHECK_WORDS_H

#include "service/precheck/precheck.h"

/* For people and, as a stable name, for machines; static. */
struct words {
    const char *text, *name;
};

extern const struct words words_kind[PRECHECK_KIND_COUNT];
extern const struct words words_charset[PRECHECK_CHARSET_COUNT];
extern const struct words words_line_end[PRECHECK_LINE_END_COUNT];
extern const struct words words_photo[PRECHECK_PHOTO_COUNT];
extern const struct words words_name_problem[PRECHECK_NAME_PROBLEM_COUNT];
extern const struct words words_level[PRECHECK_LEVEL_COUNT];
extern const struct words words_id[PRECHECK_ID_COUNT];

/* The verdict in one sentence. */
void words_verdict(const struct precheck *check, struct output *out);

/* "file 3 lines 5, 7, file 4 and 12 more"; with patients the names stand for the numbers. At most `most` places. */
void words_places(const struct precheck *check, const struct precheck_places *places, size_t most,
                  struct output *out);
void words_place(const struct precheck *check, struct precheck_place place, struct output *out);

/* The value, masked unless with patients. */
void words_value(const struct precheck *check, struct slice value, struct output *out);

/* A facility code: a known one stands in the configuration and is shown. */
void words_facility(const struct precheck *check, const struct precheck_facility *facility,
                    struct output *out);

/* Whether the samples name the facility of the configuration with that number. Only asked where there is a configuration. */
bool words_facility_seen(const struct precheck *check, size_t facility);

/* What the location rules make of it: "block A, pod 1", "no rule matches", "not judged". Text of a rule itself is shown. */
void words_made(const struct precheck *check, const struct precheck_location *location, struct output *out);

/* "the birth dates differ" … */
const char *words_difference(const struct precheck_patient *patient);

/* Whether the file has a row of its own in the lists for people, which leave the unremarkable of many files out. */
bool words_lists_file(const struct precheck *check, const struct precheck_file *file);

#endif
