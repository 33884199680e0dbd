/*
 * The pre-integration check: what a folder of sample files would come to, without a database and without changing anything.
 *
 * precheck_gather reads the files and notes facts, precheck_judge makes findings of them and says whether the feed is
 * ready, a writer shows it all as text, JSON or a page. README.md says what is shown of a value, and what "ready" means.
 *
 * A struct precheck belongs to one thread. Everything in it lives until precheck_release.
 */
#ifndef CORBRIDGE_SERVICE_PRECHECK_PRECHECK_H
#define CORBRIDGE_SERVICE_PRECHECK_PRECHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/apply.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/jms_field.h"
#include "parser/location_rule.h"
#include "platform/status.h"
#include "service/commands/output.h"
#include "service/config.h"
#include "service/precheck/table.h"

/* How many places of one thing are kept; all are counted. */
#define PRECHECK_PLACES 10

/* The file by its number from 1, in the natural order of names; line 0: the file as a whole. */
struct precheck_place {
    uint32_t file, line;
};

struct precheck_places {
    uint64_t count;
    struct precheck_place first[PRECHECK_PLACES]; /* as many as there are of count */
};

enum precheck_kind {
    PRECHECK_DEMOGRAPHICS,
    PRECHECK_LOCATION,
    PRECHECK_EVENT, /* an event file whose DataType says neither */
    PRECHECK_ROSTER,
    PRECHECK_ALERTS,
    PRECHECK_PHOTO,     /* a whole JPEG or PNG, by its bytes */
    PRECHECK_BAD_PHOTO, /* named as one, or begun as one, and none that could be used */
    PRECHECK_EMPTY,
    PRECHECK_XML, /* without a mapping: not read */
    PRECHECK_UNKNOWN,
    PRECHECK_UNREADABLE, /* it could not be opened or read */
    PRECHECK_KIND_COUNT
};

enum precheck_line_end {
    PRECHECK_NO_LINE_END,
    PRECHECK_CRLF,
    PRECHECK_LF,
    PRECHECK_CR,
    PRECHECK_MIXED,
    PRECHECK_LINE_END_COUNT
};

enum precheck_charset {
    PRECHECK_ASCII, /* nothing beyond ASCII: says nothing of the encoding */
    PRECHECK_UTF8,
    PRECHECK_UTF8_MARK,
    PRECHECK_UTF16LE,
    PRECHECK_UTF16BE,
    PRECHECK_WINDOWS1252,
    PRECHECK_CHARSET_COUNT
};

struct precheck_file {
    const char *name; /* never shown but with patients */
    enum precheck_kind kind;
    uint64_t size, rows; /* rows: of an event file 1 */
    uint64_t errors, warnings;
    bool xml;  /* read by a mapping */
    bool text; /* charset and line_end are known */
    enum precheck_charset charset;
    enum precheck_line_end line_end;
    struct slice booking, patient; /* of an event file */
    char remark
        [160]; /* PRECHECK_UNREADABLE: the system's words; photos: their size, or what is wrong with them; else empty */
};

/* Faults of one kind, field and code. */
struct precheck_fault {
    struct table_head head;
    enum precheck_kind kind;
    enum fault_severity severity;
    enum fault_code code;
    struct slice field;
    const char *expected; /* NULL: nothing to say */
    struct precheck_places places;
};

struct precheck_facility {
    struct table_head head;
    struct slice code; /* as it was written first; of a known one as the configuration writes it */
    bool known;
    struct precheck_places places;
};

struct precheck_location {
    struct table_head head;
    struct slice facility, housing, bed;
    enum apply_placed placed;
    struct slice parts[LOCATION_PART_COUNT]; /* ptr NULL: the rule does not say */
    bool fixed[LOCATION_PART_COUNT];         /* the rule's own text, not the file's */
    struct precheck_places places;
};

/* A value outside of its code set. */
struct precheck_code {
    struct table_head head;
    const char *field, *expected;
    struct slice value;
    struct precheck_places places;
};

enum precheck_id {
    PRECHECK_PATIENT_ID,
    PRECHECK_BOOKING,
    PRECHECK_ID_COUNT
};

/* The key is the shape: P00012345 is x99999999. */
struct precheck_shape {
    struct table_head head;
    uint64_t ids; /* different ones */
    struct precheck_place first;
};

/* Two ids of one kind that are equal but for case, blanks, punctuation and leading zeros. */
struct precheck_twin {
    struct slice one, other;
    struct precheck_place first, second; /* where each was seen first */
};

struct precheck_twins {
    uint64_t count;
    struct precheck_twin first[PRECHECK_PLACES]; /* as many as there are of count */
};

/* The key is the PatientID. Names and birth date are kept as numbers only. */
struct precheck_patient {
    struct table_head head;
    uint64_t rows;
    bool identified; /* by a DEM or roster row; a move or an alert names nobody */
    uint64_t last_name, first_name;
    int64_t birth_day;
    struct precheck_place first;      /* where it was named first; once identified, where that was */
    bool names_differ, birth_differs; /* both names; the birth date */
    struct precheck_place other;      /* where that was seen first */
};

/* The key is the booking number. */
struct precheck_booking {
    struct table_head head;
    uint64_t rows;
    const struct precheck_patient *patient;
    struct precheck_place first;
    const struct precheck_patient *second; /* another PatientID with this booking; NULL: none */
    struct precheck_place other;
    uint32_t roster; /* the roster that named it last; 0: none has */
};

enum precheck_name_problem {
    PRECHECK_NAME_TWIN, /* equal to another's but for case: one file on Windows */
    PRECHECK_NAME_REPEATS, /* nothing in it that changes: the next event of the booking, or of anybody, has it again */
    PRECHECK_NAME_UNDATED,    /* of rows, without any digit: the next one has it again */
    PRECHECK_NAME_NO_RULE,    /* no match rule of the configuration takes it */
    PRECHECK_NAME_WRONG_RULE, /* a match rule takes it as another kind of file */
    PRECHECK_NAME_HOUR_ONLY,  /* tells events of one booking apart by a time of day only */
    PRECHECK_NAME_PROBLEM_COUNT
};

enum precheck_photo {
    PRECHECK_PHOTO_HTTP, /* an address; it is not fetched */
    PRECHECK_PHOTO_HTTPS,
    PRECHECK_PHOTO_UNC, /* a path, and no configuration says where photos may lie */
    PRECHECK_PHOTO_DRIVE,
    PRECHECK_PHOTO_BESIDE,   /* its name is in the folder, and is a picture */
    PRECHECK_PHOTO_READ,     /* it was read from a configured root */
    PRECHECK_PHOTO_MISSING,  /* it is not there */
    PRECHECK_PHOTO_UNUSABLE, /* what is there is no whole JPEG or PNG */
    PRECHECK_PHOTO_OUTSIDE,  /* a path outside of the configured roots */
    PRECHECK_PHOTO_NO_HOST,  /* an address of a host that is not configured */
    PRECHECK_PHOTO_REFUSED,  /* nothing that is ever opened */
    PRECHECK_PHOTO_NOT_REACHED,
    PRECHECK_PHOTO_OTHER,
    PRECHECK_PHOTO_COUNT
};

/* A file of the folder; the key is its name, folded. */
struct precheck_name {
    struct table_head head;
    uint32_t file;
};

/* The key is a PhotoPath, folded. */
struct precheck_photo_path {
    struct table_head head;
    const char *path; /* as it was written first */
    struct precheck_places places;
};

/* A code of alerts; the key is the code, folded. */
struct precheck_alert_code {
    struct table_head head;
    struct slice code; /* as it was written first */
    bool unmapped;     /* the feed of one of its files has no pair for it */
    struct precheck_places places;
};

/* Spellings of what looks like one place. */
struct precheck_near {
    struct table_head head;
    bool of_bed; /* beds of one Housing; else Housings */
    struct precheck_spelling **spellings;
    size_t count, room;
};

struct precheck_spelling {
    struct table_head head;
    struct slice housing, bed; /* bed: ptr NULL where Housings are compared */
    uint64_t count;
    struct precheck_place first;
};

enum precheck_level {
    PRECHECK_MUST, /* not ready while it is so */
    PRECHECK_SHOULD,
    PRECHECK_NOTE,
    PRECHECK_LEVEL_COUNT
};

struct precheck_finding {
    enum precheck_level level;
    const char *what;    /* a sentence with its count; no value of a file is in it */
    const char *next;    /* what to do */
    const char *section; /* where it is shown in full: "faults", "places" … ; static */
};

struct precheck_options {
    const struct config *config; /* NULL: none; outlives the struct precheck */
    const struct xml_mapping
        *mapping; /* by which XML is read that no match rule has a mapping for; NULL: none */
    bool with_patients;
    instant_us now; /* the moment against which dates are judged */
    uint32_t progress_after_ms;
    /* One line about how far it is, each time that many milliseconds have passed. NULL: nobody asks. */
    void (*progress)(const char *line);
};

struct precheck {
    struct arena arena;
    struct precheck_options options;
    struct precheck_file *files;
    size_t file_count, folders, links; /* folders and links are not looked into */
    size_t passed_over;                /* files whose names are never taken, and hidden ones */
    uint64_t kind_files[PRECHECK_KIND_COUNT], kind_rows[PRECHECK_KIND_COUNT];
    uint64_t rows, errors, warnings;
    uint64_t bad_rows; /* with an error: set aside, not applied */
    struct table faults, facilities, locations, codes, shapes[PRECHECK_ID_COUNT], patients, bookings;
    struct table folded_names, photo_paths, alert_codes;
    uint64_t no_facility; /* rows that name none */
    struct precheck_places unlikely_births;
    struct precheck_places rounded[PRECHECK_ID_COUNT]; /* ids such as 2.01806E+12 */
    struct precheck_places names[PRECHECK_NAME_PROBLEM_COUNT];
    struct precheck_places photos[PRECHECK_PHOTO_COUNT];
    uint64_t charsets[PRECHECK_CHARSET_COUNT], line_ends[PRECHECK_LINE_END_COUNT];

    /* of precheck_judge */
    struct precheck_fault **fault_order; /* errors first, then by how often */
    struct precheck_location **location_order;
    struct table spellings, near_groups; /* groups of one spelling among them: near[] has the others */
    struct precheck_near **near;
    size_t near_count;
    struct precheck_twins twins[PRECHECK_ID_COUNT];
    struct precheck_twins one_person; /* PatientIDs with the same names and birth date */
    uint64_t two_people, two_bookings, unknown_facilities, impossible_births, placed, unmatched;
    uint64_t unmapped_codes;           /* of alerts */
    uint64_t excel_dates;              /* dates as Excel saves them */
    struct precheck_finding *findings; /* by importance */
    size_t finding_count, finding_room, level_count[PRECHECK_LEVEL_COUNT];
    bool ready;
    bool no_memory; /* nothing here is to be believed */
};

void precheck_init(struct precheck *check, const struct precheck_options *options);
void precheck_release(struct precheck *check);

/* Reads the files of the folder, not those of folders in it. False: the folder could not be listed (*status), or
 * check->no_memory. A file that cannot be read is one of its facts. */
bool precheck_gather(struct precheck *check, const char *folder, struct platform_status *status);

/* After precheck_gather. False: check->no_memory. */
bool precheck_judge(struct precheck *check);

void precheck_write_text(const struct precheck *check, struct output *out);
void precheck_write_json(const struct precheck *check, struct output *out);
void precheck_write_html(const struct precheck *check, struct output *out);

#endif
