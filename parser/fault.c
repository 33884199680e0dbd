#include "parser/fault.h"

#include "parser/limits.h"

#include <stdio.h>
#include <string.h>

struct code_words {
    const char *name;
    const char *text;
};

static const struct code_words words[FAULT_CODE_COUNT] = {
    [FAULT_NONE] = {"none", "no fault"},
    [FAULT_FILE_EMPTY] = {"file-empty", "file is empty"},
    [FAULT_FILE_TOO_LARGE] = {"file-too-large", "file is larger than its limit"},
    [FAULT_ENCODING_INVALID] = {"encoding-invalid", "bytes are not valid in the encoding of the file"},
    [FAULT_NUL_BYTE] = {"nul-byte", "text has a NUL character"},
    [FAULT_LINE_TOO_LONG] = {"line-too-long", "line is longer than its limit"},
    [FAULT_LINE_WITHOUT_EQUALS] = {"line-without-equals", "line has no name and equals sign"},
    [FAULT_BLANK_AROUND_NAME] = {"blank-around-name", "blanks stand outside of the quotes"},
    [FAULT_VALUE_NOT_QUOTED] = {"value-not-quoted", "value does not begin with a double quote"},
    [FAULT_QUOTE_NOT_CLOSED] = {"quote-not-closed", "closing double quote is missing"},
    [FAULT_QUOTE_NOT_DOUBLED] = {"quote-not-doubled", "double quote inside the value is not doubled"},
    [FAULT_TEXT_AFTER_VALUE] = {"text-after-value", "text follows the closing double quote"},
    [FAULT_LAST_LINE_CUT] = {"last-line-cut", "file ends inside this line"},
    [FAULT_LINE_PASSED_OVER] = {"line-passed-over", "blank, comment or section line was passed over"},
    [FAULT_NAME_UNKNOWN] = {"name-unknown", "field name is not known; the field is kept but not used"},
    [FAULT_NAME_OTHER_CASE] = {"name-other-case",
                               "field name is written in another case; the field is not used"},
    [FAULT_NAME_TWICE_SAME] = {"name-twice-same", "field stands twice with the same value"},
    [FAULT_NAME_TWICE_DIFFERENT] = {"name-twice-different", "field stands twice with different values"},
    [FAULT_REQUIRED_MISSING] = {"required-missing", "required field is missing"},
    [FAULT_REQUIRED_EMPTY] = {"required-empty", "required field is empty"},
    [FAULT_TOO_LONG] = {"too-long", "value is too long"},
    [FAULT_NOT_A_DATE] = {"not-a-date", "value is not a date"},
    [FAULT_NOT_A_TIME] = {"not-a-time", "value is not a date with a time"},
    [FAULT_DATE_NOT_IN_CALENDAR] = {"date-not-in-calendar", "date does not exist in the calendar"},
    [FAULT_YEAR_TWO_DIGITS] = {"year-two-digits", "year has two digits only"},
    [FAULT_OUT_OF_RANGE] = {"out-of-range", "value is out of range"},
    [FAULT_NOT_A_NUMBER] = {"not-a-number", "value is not a whole number"},
    [FAULT_NOT_IN_SET] = {"not-in-set", "value is not one of the agreed codes"},
    [FAULT_CONTROL_CHARACTER] = {"control-character", "value has a control character"},
    [FAULT_RELEASE_BEFORE_BOOKING] = {"release-before-booking", "release is before the booking"},
    [FAULT_DATATYPE_UNKNOWN] = {"datatype-unknown", "event type is not known"},
    [FAULT_DATE_STANDS_FOR_NONE] = {"date-stands-for-none", "date stands for none and was taken as absent"},
    [FAULT_FACILITY_UNKNOWN] = {"facility-unknown", "facility code is not known"},
    [FAULT_TIME_DOES_NOT_EXIST] = {"time-does-not-exist",
                                   "local time is left out by a clock change and was taken one hour later"},
    [FAULT_MANY_FAULTS] = {"many-faults", "there are more faults than are listed"},
    [FAULT_SECTION_TWICE] = {"section-twice", "file has a second section line"},
    [FAULT_TOO_MANY_FIELDS] = {"too-many-fields", "file has more fields than the limit"},
    [FAULT_COLUMN_COUNT] = {"column-count", "row does not have the documented number of columns"},
    [FAULT_COLUMN_ORDER] = {"column-order", "header names the columns in another order"},
    [FAULT_HEADER_ONLY] = {"header-only", "file has a header and no rows"},
    [FAULT_BOOKING_TWICE] = {"booking-twice", "booking stands in this file twice; the last row counts"},
    [FAULT_REMOVED_BEFORE_ADDED] = {"removed-before-added", "alert was removed before it was added"},
    [FAULT_ALERT_CODE_UNMAPPED] = {"alert-code-unmapped", "alert code stands for none of CorEMR's"},
    [FAULT_HL7_NO_HEADER] = {"hl7-no-header", "what stands here belongs to no message"},
    [FAULT_HL7_SEPARATORS] = {"hl7-separators", "separators are not as HL7 declares them"},
    [FAULT_HL7_SEGMENT_NAME] = {"hl7-segment-name", "line does not begin with the name of a segment"},
    [FAULT_HL7_SECOND_HEADER] = {"hl7-second-header", "message has a second header segment"},
    [FAULT_HL7_TOO_MANY_SEGMENTS] = {"hl7-too-many-segments", "message has more segments than the limit"},
    [FAULT_HL7_TOO_MANY_MESSAGES] = {"hl7-too-many-messages", "file has more messages than the limit"},
    [FAULT_HL7_CHARSET] = {"hl7-charset", "character set of the message is not one that is read"},
    [FAULT_HL7_CONTINUATION] = {"hl7-continuation", "continuation lacks what belongs to it"},
    [FAULT_HL7_LAST_SEGMENT_OPEN] = {"hl7-last-segment-open", "last segment has no CR at its end"},
    [FAULT_HL7_FRAME] = {"hl7-frame", "frame bytes of a connection (MLLP) were passed over"},
    [FAULT_HL7_MARK] = {"hl7-mark", "byte order mark was passed over"},
    [FAULT_HL7_COUNT] = {"hl7-count", "count in the trailer is not what is there"},
    [FAULT_HL7_TRAILER_MISSING] = {"hl7-trailer-missing", "trailer has not come"},
    [FAULT_DATE_SPREADSHEET] = {"date-spreadsheet", "value looks like a date that Excel saved"},
    [FAULT_NOT_A_PICTURE] = {"not-a-picture", "bytes are no picture of a kind that is read"},
    [FAULT_PICTURE_CUT] = {"picture-cut", "picture has no end"},
    [FAULT_PICTURE_DAMAGED] = {"picture-damaged", "picture is not built as its standard says"},
    [FAULT_PICTURE_TOO_LARGE] = {"picture-too-large", "picture has more pixels than its limit"},
    [FAULT_XML_MALFORMED] = {"xml-malformed", "document is not well-formed XML"},
    [FAULT_XML_CUT] = {"xml-cut", "document ends before its outermost element does"},
    [FAULT_XML_DOCTYPE] = {"xml-doctype", "document has a DOCTYPE, which is never read"},
    [FAULT_XML_ENCODING] = {"xml-encoding", "XML declaration names an encoding that is not read"},
    [FAULT_XML_TOO_DEEP] = {"xml-too-deep", "elements stand too deep inside one another"},
    [FAULT_XML_RECORD_TOO_LARGE] = {"xml-record-too-large", "record is larger than its limit"},
    [FAULT_XML_NO_RECORD] = {"xml-no-record", "nothing stands at the record path of the mapping"},
    [FAULT_XML_NAMESPACE] = {"xml-namespace", "element at the path of the mapping is in another namespace"},
    [FAULT_XML_SECOND_RECORD] = {"xml-second-record", "document of one event has a second one"},
    [FAULT_XML_HEADER_TWICE] = {"xml-header-twice", "header value stands twice with different values"},
    [FAULT_XML_HEADER_LATE] = {"xml-header-late", "header value stands behind the first record"},
    [FAULT_XML_SEVERAL_NODES] = {"xml-several-nodes", "expression of the mapping finds several values"},
    [FAULT_XML_NOT_MAPPED] = {"xml-not-mapped", "value is not in the value map of the mapping"},
    [FAULT_XML_EXPRESSION] = {"xml-expression", "expression of the mapping costs more than its limit"},
};

void fault_list_init(struct fault_list *list, struct arena *arena)
{
    *list = (struct fault_list){.arena = arena};
}

/* Makes room for one more; the old array stays behind in the arena. */
static bool grow(struct fault_list *list)
{
    size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
    if (capacity > LIMIT_FAULTS)
        capacity = LIMIT_FAULTS;
    struct fault *items = arena_take_array(list->arena, capacity, sizeof *items);
    if (items == NULL)
        return false;
    if (list->count > 0)
        memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
    return true;
}

/* A full list keeps its errors: one more takes the place of the latest warning. */
static void add_to_full(struct fault_list *list, const struct fault *fault)
{
    if (!list->exhausted) {
        list->items[list->count - 1] = (struct fault){.code = FAULT_MANY_FAULTS,
                                                      .severity = FAULT_WARNING,
                                                      .offset = fault->offset,
                                                      .line = fault->line};
        list->exhausted = true;
    }
    if (fault->severity != FAULT_ERROR)
        return;
    for (size_t i = list->count - 1; i > 0; i--) {
        if (list->items[i - 1].severity == FAULT_WARNING) {
            list->items[i - 1] = *fault;
            return;
        }
    }
}

void fault_add(struct fault_list *list, enum fault_severity severity, enum fault_code code, size_t offset,
               uint32_t line, struct slice field, const char *expected)
{
    struct fault fault = {code, severity, offset, line, field, expected};
    if (severity == FAULT_ERROR)
        list->errors++;
    if (list->count == LIMIT_FAULTS) {
        add_to_full(list, &fault);
    } else if (list->count < list->capacity || grow(list)) {
        list->items[list->count++] = fault;
    } else {
        list->exhausted = true;
    }
}

bool fault_list_lost_memory(const struct fault_list *list)
{
    return list->exhausted && list->count < LIMIT_FAULTS;
}

static bool is_before(const struct fault *a, const struct fault *b)
{
    /* The note that the list was cut stays last. */
    if (a->code == FAULT_MANY_FAULTS || b->code == FAULT_MANY_FAULTS)
        return a->code != FAULT_MANY_FAULTS;
    return a->line != b->line ? a->line < b->line : a->offset < b->offset;
}

void fault_list_sort(struct fault_list *list)
{
    /* Insertion: the list is short and nearly in order, and equal places keep theirs. */
    for (size_t i = 1; i < list->count; i++) {
        struct fault fault = list->items[i];
        size_t at = i;
        while (at > 0 && is_before(&fault, &list->items[at - 1])) {
            list->items[at] = list->items[at - 1];
            at--;
        }
        list->items[at] = fault;
    }
}

const char *fault_code_text(enum fault_code code)
{
    return (unsigned)code < FAULT_CODE_COUNT ? words[code].text : "unknown fault";
}

const char *fault_code_name(enum fault_code code)
{
    return (unsigned)code < FAULT_CODE_COUNT ? words[code].name : "unknown";
}

/* Text that is written as far as it fits and counted as a whole. */
struct cursor {
    char *out;
    size_t size;
    size_t length;
};

static void put(struct cursor *cursor, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (cursor->length + 1 < cursor->size)
            cursor->out[cursor->length] = text.ptr[i];
        cursor->length++;
    }
}

size_t fault_format(const struct fault *fault, char *out, size_t size)
{
    struct cursor cursor = {out, size, 0};
    if (fault->line > 0) {
        char line[24];
        int length = snprintf(line, sizeof line, "line %lu", (unsigned long)fault->line);
        put(&cursor, slice_from(line, length > 0 ? (size_t)length : 0));
    }
    if (fault->field.len > 0) {
        if (cursor.length > 0)
            put(&cursor, SLICE_LITERAL(", "));
        put(&cursor, fault->field);
    }
    if (cursor.length > 0)
        put(&cursor, SLICE_LITERAL(": "));
    put(&cursor, slice_of(fault_code_text(fault->code)));
    if (fault->expected != NULL) {
        put(&cursor, SLICE_LITERAL("; expected "));
        put(&cursor, slice_of(fault->expected));
    }
    if (size > 0)
        out[cursor.length < size ? cursor.length : size - 1] = '\0';
    return cursor.length;
}
