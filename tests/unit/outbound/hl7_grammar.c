#include "tests/unit/outbound/hl7_grammar.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool hl7_split(struct slice message, struct hl7_view *out)
{
    out->count = 0;
    size_t start = 0;
    for (size_t i = 0; i < message.len; i++) {
        unsigned char c = (unsigned char)message.ptr[i];
        if (c == '\r') {
            if (i - start < 3 || out->count == HL7_SEGMENTS_MAX)
                return false;
            out->segments[out->count++].whole = (struct slice){message.ptr + start, i - start};
            start = i + 1;
        } else if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return start == message.len && out->count > 0;
}

static bool is_named(const struct hl7_segment_view *segment, const char *name)
{
    return memcmp(segment->whole.ptr, name, 3) == 0;
}

const struct hl7_segment_view *hl7_find(const struct hl7_view *view, const char *name, size_t index)
{
    for (size_t i = 0; i < view->count; i++) {
        if (is_named(&view->segments[i], name) && index-- == 0)
            return &view->segments[i];
    }
    return NULL;
}

size_t hl7_count(const struct hl7_view *view, const char *name)
{
    size_t count = 0;
    while (hl7_find(view, name, count) != NULL)
        count++;
    return count;
}

/* The `number`-th piece (from 1) between separators. */
static struct slice piece(struct slice text, char separator, unsigned number)
{
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != separator)
            continue;
        if (--number == 0)
            return (struct slice){text.ptr + start, i - start};
        start = i + 1;
    }
    return SLICE_EMPTY;
}

static unsigned pieces(struct slice text, char separator)
{
    unsigned count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == separator;
    return count;
}

/* §2.14: MSH-1 is the separator after the name, so in MSH the pieces are one ahead of the fields. */
struct slice hl7_get_field(const struct hl7_segment_view *segment, unsigned field)
{
    if (!is_named(segment, "MSH"))
        return piece(segment->whole, '|', field + 1);
    return field == 1 ? (struct slice){segment->whole.ptr + 3, 1} : piece(segment->whole, '|', field);
}

unsigned hl7_field_count(const struct hl7_segment_view *segment)
{
    unsigned count = pieces(segment->whole, '|') - 1;
    return is_named(segment, "MSH") ? count + 1 : count;
}

struct slice hl7_get(const struct hl7_segment_view *segment, unsigned field, unsigned component,
                     unsigned subcomponent)
{
    struct slice text = piece(piece(hl7_get_field(segment, field), '~', 1), '^', component);
    return subcomponent == 0 ? text : piece(text, '&', subcomponent);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t hl7_unescape(struct slice text, char *out)
{
    static const char letters[] = "FSTRE", characters[] = "|^&~\\";
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\\') {
            out[length++] = text.ptr[i];
            continue;
        }
        const char *end = memchr(text.ptr + i + 1, '\\', text.len - i - 1);
        if (end == NULL)
            return SIZE_MAX;
        const char *code = text.ptr + i + 1;
        size_t size = (size_t)(end - code);
        const char *known = size == 1 ? strchr(letters, code[0]) : NULL;
        if (known != NULL && code[0] != '\0') {
            out[length++] = characters[known - letters];
        } else if (size >= 3 && size % 2 == 1 && code[0] == 'X') {
            for (size_t j = 1; j < size; j += 2) {
                int high = hex_value(code[j]), low = hex_value(code[j + 1]);
                if (high < 0 || low < 0)
                    return SIZE_MAX;
                out[length++] = (char)(unsigned char)(high * 16 + low);
            }
        } else {
            return SIZE_MAX;
        }
        i += size + 1;
    }
    return length;
}

/* --- the grammar of RDE_O11 ----------------------------------------------------------------------------------------- */

#define MANY UINT_MAX

/* A segment (children NULL) or a group. The grammar needs no look-ahead beyond the first segment of an element. */
struct element {
    const char *name;
    unsigned least, most;
    const struct element *children;
};

#define END_OF_GROUP                                                                                         \
    {                                                                                                        \
        NULL, 0, 0, NULL                                                                                     \
    }

static const struct element patient_visit[] = {{"PV1", 1, 1, NULL}, {"PV2", 0, 1, NULL}, END_OF_GROUP};
static const struct element insurance[] = {
    {"IN1", 1, 1, NULL}, {"IN2", 0, 1, NULL}, {"IN3", 0, 1, NULL}, END_OF_GROUP};
static const struct element patient[] = {{"PID", 1, 1, NULL},
                                         {"PD1", 0, 1, NULL},
                                         {"NTE", 0, MANY, NULL},
                                         {"PATIENT_VISIT", 0, 1, patient_visit},
                                         {"INSURANCE", 0, MANY, insurance},
                                         {"GT1", 0, 1, NULL},
                                         {"AL1", 0, MANY, NULL},
                                         END_OF_GROUP};
static const struct element timing[] = {{"TQ1", 1, 1, NULL}, {"TQ2", 0, MANY, NULL}, END_OF_GROUP};
static const struct element component[] = {{"RXC", 1, MANY, NULL}, {"NTE", 0, MANY, NULL}, END_OF_GROUP};
static const struct element order_detail[] = {{"RXO", 1, 1, NULL},
                                              {"NTE", 0, MANY, NULL},
                                              {"RXR", 1, MANY, NULL},
                                              {"COMPONENT", 0, 1, component},
                                              END_OF_GROUP};
static const struct element observation[] = {{"OBX", 1, 1, NULL}, {"NTE", 0, MANY, NULL}, END_OF_GROUP};
static const struct element order[] = {{"ORC", 1, 1, NULL},
                                       {"TIMING", 0, MANY, timing},
                                       {"ORDER_DETAIL", 0, 1, order_detail},
                                       {"RXE", 1, 1, NULL},
                                       {"NTE", 0, MANY, NULL},
                                       {"TIMING_ENCODED", 1, MANY, timing},
                                       {"RXR", 1, MANY, NULL},
                                       {"RXC", 0, MANY, NULL},
                                       {"OBSERVATION", 0, MANY, observation},
                                       {"FT1", 0, MANY, NULL},
                                       {"BLG", 0, 1, NULL},
                                       {"CTI", 0, MANY, NULL},
                                       END_OF_GROUP};
static const struct element rde_o11[] = {{"MSH", 1, 1, NULL},       {"SFT", 0, MANY, NULL},
                                         {"NTE", 0, MANY, NULL},    {"PATIENT", 0, 1, patient},
                                         {"ORDER", 1, MANY, order}, END_OF_GROUP};

/* Whether the segment at `at` begins the element. The first child of each group is required, so it decides. */
static bool begins(const struct element *element, const struct hl7_view *view, size_t at)
{
    while (element->children != NULL)
        element = element->children;
    return at < view->count && is_named(&view->segments[at], element->name);
}

static bool match(const struct element *group, const struct hl7_view *view, size_t *at)
{
    for (const struct element *element = group; element->name != NULL; element++) {
        unsigned times = 0;
        while (times < element->most && begins(element, view, *at)) {
            if (element->children == NULL)
                ++*at;
            else if (!match(element->children, view, at))
                return false;
            times++;
        }
        if (times < element->least)
            return false;
    }
    return true;
}

/* --- fields -------------------------------------------------------------------------------------------------------------- */

enum hl7_type {
    TYPE_TEXT,
    TYPE_NM,
    TYPE_SI,
    TYPE_TS,
    TYPE_DATE,
    TYPE_CE,
    TYPE_CX,
    TYPE_XCN,
    TYPE_XPN,
    TYPE_PL,
    TYPE_HD,
    TYPE_CQ,
    TYPE_FC,
    TYPE_EI,
    TYPE_RPT
};

/* Most components of each type in 2.5.1. */
static const unsigned components_most[] = {
    [TYPE_TEXT] = 1, [TYPE_NM] = 1,  [TYPE_SI] = 1,   [TYPE_TS] = 1,   [TYPE_DATE] = 1,
    [TYPE_CE] = 6,   [TYPE_CX] = 10, [TYPE_XCN] = 23, [TYPE_XPN] = 14, [TYPE_PL] = 11,
    [TYPE_HD] = 3,   [TYPE_CQ] = 2,  [TYPE_FC] = 2,   [TYPE_EI] = 4,   [TYPE_RPT] = 11};

/* The fields that CorBridge may write, from the attribute tables of chapters 2, 3 and 4. A field that is not here must be
 * empty. */
static const struct field_rule {
    const char *segment;
    unsigned field;
    enum hl7_type type;
    bool required;
    const char *codes; /* " A B C ": one of them when there is a value; NULL: any */
} field_rules[] = {
    {"MSH", 3, TYPE_HD, false, NULL},
    {"MSH", 4, TYPE_HD, false, NULL},
    {"MSH", 5, TYPE_HD, false, NULL},
    {"MSH", 6, TYPE_HD, false, NULL},
    {"MSH", 7, TYPE_TS, true, NULL},
    {"MSH", 9, TYPE_CE, true, " RDE^O11^RDE_O11 "},
    {"MSH", 10, TYPE_TEXT, true, NULL},
    {"MSH", 11, TYPE_TEXT, true, " D P T "},
    {"MSH", 12, TYPE_TEXT, true, " 2.5.1 "},
    {"MSH", 18, TYPE_TEXT, false, NULL},
    {"PID", 1, TYPE_SI, false, NULL},
    {"PID", 3, TYPE_CX, true, NULL},
    {"PID", 5, TYPE_XPN, true, NULL},
    {"PID", 7, TYPE_DATE, false, NULL},
    {"PID", 8, TYPE_TEXT, false, " A F M N O U "},
    {"PID", 10, TYPE_CE, false, NULL},
    {"PID", 18, TYPE_CX, false, NULL},
    {"PV1", 1, TYPE_SI, false, NULL},
    {"PV1", 2, TYPE_TEXT, true, " B C E I N O P R U "},
    {"PV1", 3, TYPE_PL, false, NULL},
    {"PV1", 19, TYPE_CX, false, NULL},
    {"PV1", 20, TYPE_FC, false, NULL},
    {"ORC", 1, TYPE_TEXT, true, " NW CA DC HD RL RF XO "},
    {"ORC", 2, TYPE_EI, false, NULL},
    {"ORC", 9, TYPE_TS, false, NULL},
    {"ORC", 12, TYPE_XCN, false, NULL},
    {"RXE", 2, TYPE_CE, true, NULL},
    {"RXE", 3, TYPE_NM, true, NULL},
    {"RXE", 5, TYPE_CE, true, NULL},
    {"RXE", 6, TYPE_CE, false, NULL},
    {"RXE", 7, TYPE_CE, false, NULL},
    {"RXE", 9, TYPE_TEXT, false, " 0 1 2 3 4 5 7 8 G N T "},
    {"RXE", 10, TYPE_NM, false, NULL},
    {"RXE", 11, TYPE_CE, false, NULL},
    {"RXE", 12, TYPE_NM, false, NULL},
    {"RXE", 13, TYPE_XCN, false, NULL},
    {"RXE", 25, TYPE_NM, false, NULL},
    {"RXE", 26, TYPE_CE, false, NULL},
    {"RXE", 27, TYPE_CE, false, NULL},
    {"RXE", 35, TYPE_CE, false, NULL},
    {"NTE", 1, TYPE_SI, false, NULL},
    {"NTE", 2, TYPE_TEXT, false, " L O P "},
    {"NTE", 3, TYPE_TEXT, false, NULL},
    {"TQ1", 1, TYPE_SI, false, NULL},
    {"TQ1", 3, TYPE_RPT, false, NULL},
    {"TQ1", 6, TYPE_CQ, false, NULL},
    {"TQ1", 7, TYPE_TS, false, NULL},
    {"TQ1", 8, TYPE_TS, false, NULL},
    {"RXR", 1, TYPE_CE, true, NULL},
};

static bool digits(struct slice text, size_t from, size_t count)
{
    if (from + count > text.len)
        return false;
    for (size_t i = from; i < from + count; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return true;
}

static bool is_nm(struct slice text)
{
    size_t before = 0, after = 0;
    while (before < text.len && digits(text, before, 1))
        before++;
    if (before == text.len)
        return before > 0;
    if (text.ptr[before] != '.')
        return false;
    after = text.len - before - 1;
    return before > 0 && after > 0 && digits(text, before + 1, after);
}

static bool is_of_type(struct slice text, enum hl7_type type)
{
    if (pieces(text, '^') > components_most[type])
        return false;
    switch (type) {
    case TYPE_NM: return is_nm(text);
    case TYPE_SI: return digits(text, 0, text.len);
    case TYPE_DATE: return text.len == 8 && digits(text, 0, 8);
    case TYPE_TS:
        return text.len == 19 && digits(text, 0, 14) && (text.ptr[14] == '+' || text.ptr[14] == '-') &&
               digits(text, 15, 4);
    case TYPE_CQ: return is_nm(piece(text, '^', 1));
    default: return true;
    }
}

static bool is_code(struct slice text, const char *codes)
{
    char wanted[64];
    if (text.len + 3 > sizeof wanted)
        return false;
    (void)snprintf(wanted, sizeof wanted, " %.*s ", (int)text.len, text.ptr);
    return strstr(codes, wanted) != NULL;
}

static const struct field_rule *find_rule(const struct hl7_segment_view *segment, unsigned field)
{
    for (size_t i = 0; i < sizeof field_rules / sizeof field_rules[0]; i++) {
        if (field_rules[i].field == field && is_named(segment, field_rules[i].segment))
            return &field_rules[i];
    }
    return NULL;
}

static const char *check_field(const struct hl7_segment_view *segment, unsigned field)
{
    struct slice text = hl7_get_field(segment, field);
    const struct field_rule *rule = find_rule(segment, field);
    char scratch[4096];
    if (text.len == 0)
        return rule != NULL && rule->required ? "a required field is empty" : NULL;
    if (rule == NULL)
        return "a field has a value that should have none";
    if (!is_of_type(text, rule->type))
        return "a field is not of its data type";
    if (rule->codes != NULL && !is_code(text, rule->codes))
        return "a field has no code of its table";
    if (text.len > sizeof scratch || hl7_unescape(text, scratch) == SIZE_MAX)
        return "an escape sequence is wrong";
    char last = text.ptr[text.len - 1];
    return last == '^' || last == '&' || last == '~' ? "empty components stand at the end of a field" : NULL;
}

static const char *check_segment(const struct hl7_segment_view *segment)
{
    unsigned count = hl7_field_count(segment);
    if (segment->whole.ptr[3] != '|' || segment->whole.ptr[segment->whole.len - 1] == '|')
        return "a segment begins or ends wrongly";
    if (is_named(segment, "MSH") && memcmp(segment->whole.ptr, "MSH|^~\\&|", 9) != 0)
        return "MSH-2 is not ^~\\&";
    for (unsigned field = is_named(segment, "MSH") ? 3 : 1; field <= count || field <= 50; field++) {
        const char *wrong = check_field(segment, field);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

/* Set ids count 1, 2, 3 within their run (§2.16, NTE-1). */
static const char *check_set_ids(const struct hl7_view *view)
{
    for (size_t i = 0; i < hl7_count(view, "NTE"); i++) {
        char expected[24];
        (void)snprintf(expected, sizeof expected, "%zu", i + 1);
        if (!slice_equal(hl7_get_field(hl7_find(view, "NTE", i), 1), slice_of(expected)))
            return "NTE-1 does not count";
    }
    return NULL;
}

const char *hl7_check_rde_o11(struct slice message)
{
    struct hl7_view view;
    if (!hl7_split(message, &view))
        return "the bytes are no segments that end in CR";
    size_t at = 0;
    if (!match(rde_o11, &view, &at) || at != view.count)
        return "the segments are not in the order of RDE_O11";
    for (size_t i = 0; i < view.count; i++) {
        const char *wrong = check_segment(&view.segments[i]);
        if (wrong != NULL)
            return wrong;
    }
    if (hl7_get_field(&view.segments[0], 10).len > 20)
        return "MSH-10 is longer than 20 characters";
    return check_set_ids(&view);
}
