/*
 * Results of laboratories and radiology as records: ORU^R01, R30, R32, OUL^R22, MDM^T02; and the two messages that move what is known of a
 * person, ADT^A40 (merge) and A47 (change of id). HL7 v2.1 to v2.9, chapters 2, 3, 4, 7 and 9; RULES "Results".
 *
 *   hl7_file_read ──▶ hl7_message_read ──▶ result_read ──▶ struct result_message
 *
 * One report is one OBR with what belongs to it (of an MDM: the TXA). All text is UTF-8, unescaped, without blanks at its ends; slices
 * borrow from the message and the arena. A slice with ptr NULL: not given (absent or empty); with len 0 and ptr not NULL: `""`, to be cleared.
 * Pure: which patient it is, what is newer, and what becomes of a line is decided elsewhere (database/result.h).
 */
#ifndef CORBRIDGE_PARSER_RESULT_H
#define CORBRIDGE_PARSER_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/fault.h"
#include "parser/hl7.h"
#include "parser/slice.h"

/* How much of a time was sent. What was not sent is not made up: it is shown as it came. */
enum result_precision {
    RESULT_TIME_NONE, /* not given */
    RESULT_TIME_YEAR,
    RESULT_TIME_MONTH,
    RESULT_TIME_DAY,
    RESULT_TIME_HOUR,
    RESULT_TIME_MINUTE,
    RESULT_TIME_SECOND,
    RESULT_TIME_FRACTION
};

/* TS, DT, DTM: YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ], and TS.2, the precision of older versions. */
struct result_time {
    enum result_precision precision;
    struct civil_time
        civil;          /* what was not given is its least value; has_time only from RESULT_TIME_HOUR on */
    struct slice given; /* as sent */
};

/* CE, CWE, CNE, and ID or ST where older versions had those. */
struct result_code {
    struct slice id, text, system;
    struct slice alternate_id, alternate_text, alternate_system;
};

/* CX (PID-3, PID-18, PV1-19, MRG-1). */
struct result_id {
    struct slice id;
    struct slice authority;    /* CX.4.1, namespace id */
    struct slice universal_id; /* CX.4.2 */
    struct slice type;         /* CX.5, table 0203: MR, PI, … */
};

/* XPN, and PN of older versions. */
struct result_name {
    struct slice family, given, middle, suffix;
};

/* XCN, and CN of older versions. */
struct result_provider {
    struct slice id, family, given, authority;
};

struct result_patient {
    const struct result_id *ids; /* PID-3; where it is empty PID-2 */
    size_t id_count;
    const struct result_name *names; /* PID-5, then PID-9, each repetition */
    size_t name_count;
    size_t own_name_count; /* how many of them are of PID-5 */
    struct result_time birth_date;
    struct slice sex;         /* PID-8 */
    struct result_id account; /* PID-18 */
    struct result_id visit;   /* PV1-19 */
};

struct result_note {
    struct slice text; /* NTE-3: its repetitions as lines */
    struct slice source, type;
};

/* What a document is by its bytes. */
enum result_document_kind {
    RESULT_PDF,
    RESULT_RTF,
    RESULT_JPEG,
    RESULT_PNG,
    RESULT_TIFF,
    RESULT_DOCUMENT_KINDS
};
const char *result_document_kind_name(enum result_document_kind kind); /* "pdf", …; static */

struct result_document {
    enum result_document_kind kind;
    struct slice bytes; /* decoded; in the arena */
    struct slice title; /* OBX-3.2 or what the message calls it */
};

/* How the value of a line is to be taken. */
enum result_value_kind {
    RESULT_VALUE_NONE,   /* OBX-5 is empty, or the status says that there is none */
    RESULT_VALUE_NUMBER, /* NM, SN, and text of NM that is a number with a comparator: `number`, `comparator` */
    RESULT_VALUE_RANGE,     /* SN 1-2: `number` to `number2` */
    RESULT_VALUE_RATIO,     /* SN 1:2 */
    RESULT_VALUE_TEXT,      /* ST, TX, FT, and all other types, as text */
    RESULT_VALUE_CODED,     /* CE, CWE, CNE, ID, IS: `codes` */
    RESULT_VALUE_TIME,      /* TS, DT, DTM, TM */
    RESULT_VALUE_DOCUMENT,  /* ED, or RP whose data stands in the message: `document` */
    RESULT_VALUE_REFERENCE, /* RP: a pointer elsewhere; its text is kept, nothing is fetched */
    RESULT_VALUE_KINDS
};
const char *result_value_kind_name(enum result_value_kind kind);

/* What OBX-11 (where empty: the meaning of OBR-25, else F) asks for (RULES "Results"; table 0085). */
enum result_line_status {
    RESULT_LINE_FINAL,       /* F */
    RESULT_LINE_CORRECTED,   /* C */
    RESULT_LINE_AMENDED,     /* A, v2.8 */
    RESULT_LINE_PRELIMINARY, /* P */
    RESULT_LINE_STORED,      /* R: entered, not verified */
    RESULT_LINE_PARTIAL,     /* S */
    RESULT_LINE_UNCHANGED,   /* U: the status becomes final, the value stays */
    RESULT_LINE_DELETED,     /* D */
    RESULT_LINE_WRONG,       /* W: wrong patient; the whole report leaves the chart */
    RESULT_LINE_NO_RESULT,   /* X, N */
    RESULT_LINE_PENDING,     /* I, O: no value yet */
    RESULT_LINE_STATUSES
};
const char *result_line_status_name(enum result_line_status status); /* "final", … as the database keeps it */

/* Which part of a report a text is, where the sender marks it (OBX-3: GDT, IMP, ADT, REC and the LOINC codes of sections). */
enum result_section {
    RESULT_SECTION_NONE,
    RESULT_SECTION_NARRATIVE,
    RESULT_SECTION_IMPRESSION,
    RESULT_SECTION_RECOMMENDATION,
    RESULT_SECTION_ADDENDUM,
    RESULT_SECTIONS
};
const char *result_section_name(enum result_section section);

/* One OBX; TX, FT and ST of one key are one line, joined in order. */
struct result_line {
    uint32_t line;           /* of the file, of its first OBX */
    struct slice value_type; /* OBX-2 as sent */
    struct result_code code; /* OBX-3 */
    struct slice sub_id;     /* OBX-4 */
    uint32_t repeat;         /* of the key OBX-3.1 + OBX-4 in this report, from 1 */
    enum result_section section;
    enum result_value_kind kind;
    struct slice
        text; /* the value as people read it: of a coded one its text, of text its lines with \n; whole, never cut */
    struct slice number, number2;    /* decimal digits as sent, sign and point */
    struct slice comparator;         /* ">", "<", ">=", "<=", "=", "<>" */
    const struct result_code *codes; /* OBX-5, each repetition */
    size_t code_count;
    struct result_time time;
    const struct result_document *document; /* NULL: none */
    struct result_code unit;                /* OBX-6 */
    struct slice range;                     /* OBX-7 as sent */
    struct slice flags;                     /* OBX-8, repetitions with a blank between: "H", "A", "HH" … */
    bool critical;                          /* HH, LL, AA, or one that the caller names */
    enum result_line_status status;
    struct slice status_given;   /* OBX-11 as sent */
    struct result_time observed; /* OBX-14 */
    struct result_time analysed; /* OBX-19 */
    struct slice producer;       /* OBX-15 as text, else OBX-23.1: who performed it */
    struct slice method;         /* OBX-17 as text */
    const struct result_note *notes;
    size_t note_count;
};

/* Table 0123, and what an MDM says in TXA-17. */
enum result_report_status {
    RESULT_REPORT_FINAL,       /* F */
    RESULT_REPORT_CORRECTED,   /* C */
    RESULT_REPORT_AMENDED,     /* A where the version has it as amended; else some results, partial */
    RESULT_REPORT_PRELIMINARY, /* P */
    RESULT_REPORT_PARTIAL,     /* A (table 0123: some, not all, results), R: stored, not verified */
    RESULT_REPORT_PENDING,     /* I, O, S: no results yet */
    RESULT_REPORT_CANCELLED,   /* X */
    RESULT_REPORT_UNKNOWN,     /* empty, Y, Z */
    RESULT_REPORT_STATUSES
};
const char *result_report_status_name(enum result_report_status status);

struct result_specimen {
    struct slice id;         /* SPM-2, else OBR-15 has none */
    struct result_code type; /* SPM-4, else OBR-15.1 */
    struct slice site;       /* SPM-8 or OBR-15.4, as text */
};

/* Which field the number of a report was taken from. */
enum result_number_origin {
    RESULT_NUMBER_NONE,
    RESULT_NUMBER_FILLER,       /* OBR-3 */
    RESULT_NUMBER_ORDER_FILLER, /* ORC-3 */
    RESULT_NUMBER_PLACER,       /* OBR-2, ORC-2 */
    RESULT_NUMBER_DOCUMENT      /* TXA-12 */
};

/* One OBR. */
struct result_report {
    uint32_t line;    /* of the file */
    uint32_t ordinal; /* which of the message, from 1 */
    struct slice
        number; /* the key's number (RULES "Results"): EI as sent, entity id and, where given, ^namespace */
    enum result_number_origin number_origin;
    struct slice placer, filler; /* OBR-2 (else ORC-2), OBR-3 (else ORC-3) as text */
    struct result_code service;  /* OBR-4; TXA-2 */
    struct slice parent_result;  /* OBR-26 as sent, in a canonical form: part of the key */
    struct slice parent;         /* OBR-29 likewise */
    size_t
        parent_report; /* index of the report of this message that it is a child of (cultures with susceptibilities); SIZE_MAX: none */
    enum result_report_status status;
    struct slice status_given;             /* OBR-25 as sent */
    struct slice section;                  /* OBR-24: LAB, RAD, MB, … */
    struct result_time collected;          /* OBR-7 */
    struct result_time received;           /* OBR-14 */
    struct result_time reported;           /* OBR-22 */
    struct result_provider ordered_by;     /* OBR-16, else ORC-12 */
    struct result_provider interpreted_by; /* OBR-32 (NDL or XCN) */
    struct slice clinical;                 /* OBR-13 */
    const struct result_specimen *specimens;
    size_t specimen_count;
    const struct result_note *notes; /* behind OBR */
    size_t note_count;
    struct result_line *lines;
    size_t line_count;
    bool has_obx; /* any OBX at all */
};

enum result_kind {
    RESULT_REPORTS,   /* ORU, OUL, MDM */
    RESULT_MERGE,     /* ADT^A40: what is known of `retired` moves to `patient` */
    RESULT_CHANGE_ID, /* ADT^A47: the person of `retired` has the id of `patient` from now on */
    RESULT_KINDS
};
/* The ledger's word for such a message (message.kind): "result", "merge", "change-id". */
const char *result_kind_name(enum result_kind kind);

struct result_message {
    enum result_kind kind;
    /* MSH */
    struct slice sending_application, sending_facility;     /* MSH-3.1, MSH-4.1 */
    struct slice receiving_application, receiving_facility; /* MSH-5.1, MSH-6.1 */
    struct slice type, trigger;                             /* MSH-9.1, MSH-9.2 */
    struct slice control_id, processing_id, version;        /* MSH-10, MSH-11.1, MSH-12.1 */
    struct result_time sent;                                /* MSH-7 */
    struct result_patient patient;
    struct result_id retired;  /* MRG-1 */
    struct result_note *notes; /* behind PID */
    size_t note_count;
    struct result_report *reports;
    size_t report_count;
    size_t document_count; /* of all lines */
};

struct result_settings {
    size_t document_bytes;      /* most bytes of one document */
    const char *critical_flags; /* blank-separated values of OBX-8 that are critical */
};
struct result_settings result_settings_default(void);

/*
 * Reads one message. PARSE_OK: *out is whole; `faults` may hold warnings. PARSE_INVALID: it is quarantined, faults say why with line and path: a message
 * type, version or status code that is not read, a required segment or field that is missing, a document that is no allowed kind or damaged.
 * PARSE_LIMIT, PARSE_NO_MEMORY. PARSE_INCOMPLETE never: hl7_file_read and hl7_message_read have judged that. When MSH could be read, its fields
 * stand in *out whatever the status, for the acknowledgment. The bytes of documents are taken from `arena`.
 */
enum parse_status result_read(struct hl7_message *message, const struct result_settings *settings,
                              struct arena *arena, struct fault_list *faults, struct result_message *out);

#endif
