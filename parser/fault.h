/*
 * Faults: what is wrong with an input and where, never the value that is wrong.
 *
 * A parser reports all faults of a file, not the first one only. RULES "Faults and warnings": a fault in a required
 * field, a key or the form of the file is an error (the message is quarantined); a fault in an optional field, and
 * whatever is merely odd, is a warning (that value is left as it was, the rest is applied).
 */
#ifndef CORBRIDGE_PARSER_FAULT_H
#define CORBRIDGE_PARSER_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/slice.h"

/* What a parser function says of its input. */
enum parse_status {
    PARSE_OK,         /* a record was made; there may be warnings */
    PARSE_INVALID,    /* the bytes are whole and wrong: at least one fault with severity error */
    PARSE_INCOMPLETE, /* the bytes end too early: they may become right when more arrive */
    PARSE_LIMIT,      /* a named limit is exceeded (parser/limits.h); a fault says which */
    PARSE_NO_MEMORY   /* nothing can be said of the input */
};

enum fault_severity {
    FAULT_WARNING,
    FAULT_ERROR
};

/* Stable codes; fault_code_text gives the words. New codes go at the end: they are stored in the ledger. */
enum fault_code {
    FAULT_NONE = 0,
    /* the form of the file */
    FAULT_FILE_EMPTY,
    FAULT_FILE_TOO_LARGE,
    FAULT_ENCODING_INVALID, /* not valid in the encoding that the mark or the feed names */
    FAULT_NUL_BYTE,
    FAULT_LINE_TOO_LONG,
    FAULT_LINE_WITHOUT_EQUALS,
    FAULT_BLANK_AROUND_NAME,
    FAULT_VALUE_NOT_QUOTED,
    FAULT_QUOTE_NOT_CLOSED,
    FAULT_QUOTE_NOT_DOUBLED, /* a single quote character inside a value */
    FAULT_TEXT_AFTER_VALUE,
    FAULT_LAST_LINE_CUT,    /* the last line ends without closing quote */
    FAULT_LINE_PASSED_OVER, /* blank, comment or section line: a warning */
    /* names */
    FAULT_NAME_UNKNOWN,
    FAULT_NAME_OTHER_CASE, /* `expected` is the right spelling */
    FAULT_NAME_TWICE_SAME, /* a name twice with one value: a warning */
    FAULT_NAME_TWICE_DIFFERENT,
    /* values */
    FAULT_REQUIRED_MISSING,
    FAULT_REQUIRED_EMPTY,
    FAULT_TOO_LONG,
    FAULT_NOT_A_DATE,
    FAULT_NOT_A_TIME,
    FAULT_DATE_NOT_IN_CALENDAR,
    FAULT_YEAR_TWO_DIGITS,
    FAULT_OUT_OF_RANGE,
    FAULT_NOT_A_NUMBER,
    FAULT_NOT_IN_SET,
    FAULT_CONTROL_CHARACTER,
    FAULT_RELEASE_BEFORE_BOOKING,
    FAULT_DATATYPE_UNKNOWN,
    FAULT_DATE_STANDS_FOR_NONE, /* 1900-01-01 in an optional date: taken as absent, a warning */
    FAULT_FACILITY_UNKNOWN,
    FAULT_TIME_DOES_NOT_EXIST, /* in the hour that a clock change leaves out: taken one hour later, a warning */
    FAULT_MANY_FAULTS,         /* the list was cut at its limit */
    FAULT_SECTION_TWICE,       /* one file is one event: a second [section] line */
    FAULT_TOO_MANY_FIELDS,
    /* rows */
    FAULT_COLUMN_COUNT,         /* not as many columns as are documented */
    FAULT_COLUMN_ORDER,         /* the header names the columns in another order */
    FAULT_HEADER_ONLY,          /* a header and no rows: a warning */
    FAULT_BOOKING_TWICE,        /* a booking stands in a roster for the second time: a warning */
    FAULT_REMOVED_BEFORE_ADDED, /* an alert */
    FAULT_ALERT_CODE_UNMAPPED,  /* the feed's configuration does not say what the code means */
    /* HL7 v2 */
    FAULT_HL7_NO_HEADER,     /* what stands before or between messages, or instead of one */
    FAULT_HL7_SEPARATORS,    /* MSH-1 and MSH-2 */
    FAULT_HL7_SEGMENT_NAME,  /* a line is no segment */
    FAULT_HL7_SECOND_HEADER, /* inside one message */
    FAULT_HL7_TOO_MANY_SEGMENTS,
    FAULT_HL7_TOO_MANY_MESSAGES,
    FAULT_HL7_CHARSET,           /* MSH-18 names a character set that is not read */
    FAULT_HL7_CONTINUATION,      /* ADD or DSC without what belongs to it */
    FAULT_HL7_LAST_SEGMENT_OPEN, /* without its CR: a warning */
    FAULT_HL7_FRAME,             /* MLLP bytes: a warning */
    FAULT_HL7_MARK,              /* a byte order mark: a warning */
    FAULT_HL7_COUNT,             /* BTS-1 or FTS-1 is not what is there: a warning */
    FAULT_HL7_TRAILER_MISSING,   /* a batch, file or frame lacks its end: incomplete */
    /* values, again */
    FAULT_DATE_SPREADSHEET, /* a date as Excel writes it when it saves a CSV file: 7/22/1946, 17005 */
    /* photos */
    FAULT_NOT_A_PICTURE,
    FAULT_PICTURE_CUT,
    FAULT_PICTURE_DAMAGED,
    FAULT_PICTURE_TOO_LARGE, /* in pixels */
    /* XML */
    FAULT_XML_MALFORMED, /* not well-formed */
    FAULT_XML_CUT,       /* ends before its root element does: incomplete */
    FAULT_XML_DOCTYPE,   /* a DTD, and so perhaps entities: never read */
    FAULT_XML_ENCODING,  /* the XML declaration names an encoding that is not read */
    FAULT_XML_TOO_DEEP,  /* elements inside one another */
    FAULT_XML_RECORD_TOO_LARGE,
    FAULT_XML_NO_RECORD,     /* nothing stands at the record path */
    FAULT_XML_NAMESPACE,     /* what stands there has the name, in another namespace */
    FAULT_XML_SECOND_RECORD, /* in a document of one event */
    FAULT_XML_HEADER_TWICE,  /* a value outside of the records, with two values */
    FAULT_XML_HEADER_LATE,   /* the same, behind the first record */
    FAULT_XML_SEVERAL_NODES, /* an expression finds several */
    FAULT_XML_NOT_MAPPED,    /* a value that the value map does not have */
    FAULT_XML_EXPRESSION,    /* an expression costs more than its limit */
    FAULT_CODE_COUNT
};

struct fault {
    enum fault_code code;
    enum fault_severity severity;
    size_t offset;        /* bytes from the start of the decoded text */
    uint32_t line;        /* from 1; 0: the file as a whole */
    struct slice field;   /* name of a known field or a path ("LastName", "PID-5.1"); empty: none. Never an
                             unknown name from the input: it may be a misplaced value. */
    const char *expected; /* static or arena text: what would be right; NULL: nothing to say */
};

struct fault_list {
    struct arena *arena; /* owns items */
    struct fault *items;
    size_t count;
    size_t capacity;
    size_t errors;  /* how many are FAULT_ERROR */
    bool exhausted; /* memory or the limit of 1,000 entries ended the list early; `errors` still counts */
};

void fault_list_init(struct fault_list *list, struct arena *arena);

/* Adds one fault. A full list ends with FAULT_MANY_FAULTS; further errors then take the place of warnings.
 * `field` and `expected` must live as long as the list (static text, or in the same arena). */
void fault_add(struct fault_list *list, enum fault_severity severity, enum fault_code code, size_t offset,
               uint32_t line, struct slice field, const char *expected);

/* Puts the list in order of place: the file as a whole first, then by line and offset. Equal places keep their
 * order. */
void fault_list_sort(struct fault_list *list);

/* True when the list lacks a fault because memory ran out (not because of its limit). */
bool fault_list_lost_memory(const struct fault_list *list);

/* The words for a code: static, lower case, without a full stop: "required field is missing". */
const char *fault_code_text(enum fault_code code);

/* The stable short name of a code as stored and shown: "required-missing". */
const char *fault_code_name(enum fault_code code);

/* Writes "line 6, LastName: required field is missing; expected 1 to 255 characters" into `out` (always terminated when
 * size > 0). Returns the length without the NUL that the whole text needs, as snprintf does. */
size_t fault_format(const struct fault *fault, char *out, size_t size);

#endif
