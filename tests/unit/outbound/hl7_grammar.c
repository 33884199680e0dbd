#include "tests/unit/outbound/hl7_grammar.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum version {
    V23,
    V231,
    V24,
    V25,
    V251,
    VERSIONS
};

static const char *const version_names[VERSIONS] = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1"};

/* --- structures ------------------------------------------------------------------------------------------------------------- */

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
static const struct element observation[] = {{"OBX", 1, 1, NULL}, {"NTE", 0, MANY, NULL}, END_OF_GROUP};

/* Until 2.4: [ {RXC} [{NTE}] ]. From 2.5 on: [{ RXC [{NTE}] }]. */
static const struct element old_component[] = {{"RXC", 1, MANY, NULL}, {"NTE", 0, MANY, NULL}, END_OF_GROUP};
static const struct element component[] = {{"RXC", 1, 1, NULL}, {"NTE", 0, MANY, NULL}, END_OF_GROUP};

/* 2.3 §4.8.1, 2.3.1 §4.8.1: ORM of drugs. No DG1, which only the general ORM of §4.2 has. */
static const struct element orm_detail[] = {{"RXO", 1, 1, NULL},
                                            {"NTE", 0, MANY, NULL},
                                            {"RXR", 1, MANY, NULL},
                                            {"COMPONENT", 0, 1, old_component},
                                            {"OBSERVATION", 0, MANY, observation},
                                            END_OF_GROUP};
static const struct element orm_order[] = {
    {"ORC", 1, 1, NULL}, {"ORDER_DETAIL", 0, 1, orm_detail}, {"BLG", 0, 1, NULL}, END_OF_GROUP};
static const struct element orm[] = {{"MSH", 1, 1, NULL},
                                     {"NTE", 0, MANY, NULL},
                                     {"PATIENT", 0, 1, patient},
                                     {"ORDER", 1, MANY, orm_order},
                                     END_OF_GROUP};

/* RDE until 2.4: no NTE after RXE, no TQ1. (2.3 has { [OBX] [{NTE}] }: its NTE without OBX is not allowed here.) */
static const struct element old_detail[] = {{"RXO", 1, 1, NULL},
                                            {"NTE", 0, MANY, NULL},
                                            {"RXR", 1, MANY, NULL},
                                            {"COMPONENT", 0, 1, old_component},
                                            END_OF_GROUP};
static const struct element old_rde_order[] = {{"ORC", 1, 1, NULL},    {"ORDER_DETAIL", 0, 1, old_detail},
                                               {"RXE", 1, 1, NULL},    {"RXR", 1, MANY, NULL},
                                               {"RXC", 0, MANY, NULL}, {"OBSERVATION", 0, MANY, observation},
                                               {"CTI", 0, 1, NULL},    END_OF_GROUP};
static const struct element old_rde[] = {{"MSH", 1, 1, NULL},
                                         {"NTE", 0, MANY, NULL},
                                         {"PATIENT", 0, 1, patient},
                                         {"ORDER", 1, MANY, old_rde_order},
                                         END_OF_GROUP};

static const struct element old_omp_order[] = {{"ORC", 1, 1, NULL},
                                               {"RXO", 1, 1, NULL},
                                               {"NTE", 0, MANY, NULL},
                                               {"RXR", 1, MANY, NULL},
                                               {"COMPONENT", 0, 1, old_component},
                                               {"OBSERVATION", 0, MANY, observation},
                                               {"FT1", 0, MANY, NULL},
                                               {"BLG", 0, 1, NULL},
                                               END_OF_GROUP};
static const struct element old_omp[] = {{"MSH", 1, 1, NULL},
                                         {"NTE", 0, MANY, NULL},
                                         {"PATIENT", 0, 1, patient},
                                         {"ORDER", 1, MANY, old_omp_order},
                                         END_OF_GROUP};

/* 2.5 and 2.5.1 */
static const struct element timing[] = {{"TQ1", 1, 1, NULL}, {"TQ2", 0, MANY, NULL}, END_OF_GROUP};
static const struct element rde_detail[] = {{"RXO", 1, 1, NULL},
                                            {"NTE", 0, MANY, NULL},
                                            {"RXR", 1, MANY, NULL},
                                            {"COMPONENT", 0, MANY, component},
                                            END_OF_GROUP};
static const struct element rde_order[] = {{"ORC", 1, 1, NULL},
                                           {"TIMING", 0, MANY, timing},
                                           {"ORDER_DETAIL", 0, 1, rde_detail},
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
static const struct element rde[] = {{"MSH", 1, 1, NULL},           {"SFT", 0, MANY, NULL},
                                     {"NTE", 0, MANY, NULL},        {"PATIENT", 0, 1, patient},
                                     {"ORDER", 1, MANY, rde_order}, END_OF_GROUP};
static const struct element omp_order[] = {{"ORC", 1, 1, NULL},
                                           {"TIMING", 0, MANY, timing},
                                           {"RXO", 1, 1, NULL},
                                           {"NTE", 0, MANY, NULL},
                                           {"RXR", 1, MANY, NULL},
                                           {"COMPONENT", 0, MANY, component},
                                           {"OBSERVATION", 0, MANY, observation},
                                           {"FT1", 0, MANY, NULL},
                                           {"BLG", 0, 1, NULL},
                                           END_OF_GROUP};
static const struct element omp[] = {{"MSH", 1, 1, NULL},           {"SFT", 0, MANY, NULL},
                                     {"NTE", 0, MANY, NULL},        {"PATIENT", 0, 1, patient},
                                     {"ORDER", 1, MANY, omp_order}, END_OF_GROUP};

static const struct {
    const char *name;
    enum version from, to;
    const struct element *root;
} structures[] = {
    {"RDE_O01", V23, V231, old_rde}, {"ORM_O01", V23, V231, orm}, {"RDE_O11", V24, V24, old_rde},
    {"OMP_O09", V24, V24, old_omp},  {"RDE_O11", V25, V251, rde}, {"OMP_O09", V25, V251, omp},
};

static const struct element *find_structure(const char *name, enum version version)
{
    for (size_t i = 0; i < sizeof structures / sizeof structures[0]; i++) {
        if (strcmp(name, structures[i].name) == 0 && version >= structures[i].from &&
            version <= structures[i].to)
            return structures[i].root;
    }
    return NULL;
}

/* Whether the segment at `at` begins the element. The first child of each group is required, so it decides. */
static bool begins(const struct element *element, const struct hl7_view *view, size_t at)
{
    while (element->children != NULL)
        element = element->children;
    return at < view->count && hl7_is_named(&view->segments[at], element->name);
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
    TYPE_TEXT, /* ST, ID, IS, FT: no components */
    TYPE_NM,
    TYPE_SI,
    TYPE_TS,
    TYPE_DATE, /* a TS of a day */
    TYPE_CE,   /* and CWE, of which six components are used */
    TYPE_CN,
    TYPE_CX,
    TYPE_XCN,
    TYPE_XPN,
    TYPE_PL,
    TYPE_HD,
    TYPE_CQ,
    TYPE_FC,
    TYPE_EI,
    TYPE_RPT,
    TYPE_TQ,
    TYPE_MSG
};

/* Most components of each type in each version; 0: the version has no such type. */
static const unsigned components_most[][VERSIONS] = {
    [TYPE_TEXT] = {1, 1, 1, 1, 1},   [TYPE_NM] = {1, 1, 1, 1, 1},    [TYPE_SI] = {1, 1, 1, 1, 1},
    [TYPE_TS] = {1, 1, 1, 1, 1},     [TYPE_DATE] = {1, 1, 1, 1, 1},  [TYPE_CE] = {6, 6, 6, 6, 6},
    [TYPE_CN] = {8, 0, 0, 0, 0},     [TYPE_CX] = {6, 6, 8, 10, 10},  [TYPE_XCN] = {14, 15, 18, 23, 23},
    [TYPE_XPN] = {8, 8, 11, 14, 14}, [TYPE_PL] = {9, 9, 9, 11, 11},  [TYPE_HD] = {3, 3, 3, 3, 3},
    [TYPE_CQ] = {2, 2, 2, 2, 2},     [TYPE_FC] = {2, 2, 2, 2, 2},    [TYPE_EI] = {4, 4, 4, 4, 4},
    [TYPE_RPT] = {0, 0, 0, 11, 11},  [TYPE_TQ] = {10, 10, 12, 0, 0}, [TYPE_MSG] = {2, 3, 3, 3, 3},
};

#define ORDER_CONTROLS ",NW,CA,DC,HD,RL,RF,XO,"
#define SEXES          ",F,M,O,U,"
#define CLASSES        ",B,E,I,O,P,R,"

/* The fields that CorBridge may write, from the attribute tables of chapters 2, 3 and 4. A field that is not here for the
 * version must be empty: RXE-1 from 2.5 on, RXE-35 before. */
static const struct field_rule {
    const char *segment;
    unsigned field;
    enum version from, to;
    enum hl7_type type;
    bool required;
    const char *codes; /* ",A,B,C,": one of them when there is a value; NULL: any */
} field_rules[] = {
    {"MSH", 3, V23, V251, TYPE_HD, false, NULL},
    {"MSH", 4, V23, V251, TYPE_HD, false, NULL},
    {"MSH", 5, V23, V251, TYPE_HD, false, NULL},
    {"MSH", 6, V23, V251, TYPE_HD, false, NULL},
    {"MSH", 7, V23, V231, TYPE_TS, false, NULL},
    {"MSH", 7, V24, V251, TYPE_TS, true, NULL},
    {"MSH", 9, V23, V251, TYPE_MSG, true, NULL},
    {"MSH", 10, V23, V251, TYPE_TEXT, true, NULL},
    {"MSH", 11, V23, V251, TYPE_TEXT, true, ",D,P,T,"},
    {"MSH", 12, V23, V251, TYPE_TEXT, true, NULL},
    {"MSH", 18, V23, V23, TYPE_TEXT, false, ",ASCII,8859/1,"},
    {"MSH", 18, V231, V24, TYPE_TEXT, false, ",ASCII,8859/1,UNICODE,"},
    {"MSH", 18, V25, V251, TYPE_TEXT, false, ",ASCII,8859/1,UNICODE,UNICODE UTF-8,"},
    {"PID", 1, V23, V251, TYPE_SI, false, NULL},
    {"PID", 3, V23, V251, TYPE_CX, true, NULL},
    {"PID", 5, V23, V251, TYPE_XPN, true, NULL},
    {"PID", 7, V23, V251, TYPE_DATE, false, NULL},
    {"PID", 8, V23, V251, TYPE_TEXT, false, SEXES},
    {"PID", 10, V23, V23, TYPE_TEXT, false, NULL},
    {"PID", 10, V231, V251, TYPE_CE, false, NULL},
    {"PID", 18, V23, V251, TYPE_CX, false, NULL},
    {"PV1", 1, V23, V251, TYPE_SI, false, NULL},
    {"PV1", 2, V23, V251, TYPE_TEXT, true, CLASSES},
    {"PV1", 3, V23, V251, TYPE_PL, false, NULL},
    {"PV1", 19, V23, V251, TYPE_CX, false, NULL},
    {"PV1", 20, V23, V251, TYPE_FC, false, NULL},
    {"ORC", 1, V23, V251, TYPE_TEXT, true, ORDER_CONTROLS},
    {"ORC", 2, V23, V251, TYPE_EI, false, NULL},
    {"ORC", 7, V23, V23, TYPE_TQ, true, NULL},
    {"ORC", 7, V231, V24, TYPE_TQ, false, NULL},
    {"ORC", 9, V23, V251, TYPE_TS, false, NULL},
    {"ORC", 12, V23, V251, TYPE_XCN, false, NULL},
    {"RXO", 1, V23, V251, TYPE_CE, true, NULL},
    {"RXO", 2, V23, V251, TYPE_NM, true, NULL},
    {"RXO", 4, V23, V251, TYPE_CE, true, NULL},
    {"RXO", 5, V23, V251, TYPE_CE, false, NULL},
    {"RXO", 7, V23, V251, TYPE_CE, false, NULL},
    {"RXO", 9, V23, V251, TYPE_TEXT, false, ",G,N,T,"},
    {"RXO", 11, V23, V251, TYPE_NM, false, NULL},
    {"RXO", 12, V23, V251, TYPE_CE, false, NULL},
    {"RXO", 13, V23, V251, TYPE_NM, false, NULL},
    {"RXO", 14, V23, V23, TYPE_CN, false, NULL},
    {"RXO", 14, V231, V251, TYPE_XCN, false, NULL},
    {"RXO", 18, V23, V251, TYPE_NM, false, NULL},
    {"RXO", 19, V23, V251, TYPE_CE, false, NULL},
    {"RXO", 20, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 1, V23, V24, TYPE_TQ, true, NULL},
    {"RXE", 2, V23, V251, TYPE_CE, true, NULL},
    {"RXE", 3, V23, V251, TYPE_NM, true, NULL},
    {"RXE", 5, V23, V251, TYPE_CE, true, NULL},
    {"RXE", 6, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 7, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 9, V23, V251, TYPE_TEXT, false, ",0,1,2,3,4,5,7,8,G,N,T,"},
    {"RXE", 10, V23, V251, TYPE_NM, false, NULL},
    {"RXE", 11, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 12, V23, V251, TYPE_NM, false, NULL},
    {"RXE", 13, V23, V23, TYPE_CN, false, NULL},
    {"RXE", 13, V231, V251, TYPE_XCN, false, NULL},
    {"RXE", 25, V23, V251, TYPE_NM, false, NULL},
    {"RXE", 26, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 27, V23, V251, TYPE_CE, false, NULL},
    {"RXE", 35, V25, V251, TYPE_CE, false, NULL},
    {"NTE", 1, V23, V251, TYPE_SI, false, NULL},
    {"NTE", 2, V23, V251, TYPE_TEXT, false, ",L,O,P,"},
    {"NTE", 3, V23, V251, TYPE_TEXT, false, NULL},
    {"TQ1", 1, V25, V251, TYPE_SI, false, NULL},
    {"TQ1", 3, V25, V251, TYPE_RPT, false, NULL},
    {"TQ1", 6, V25, V251, TYPE_CQ, false, NULL},
    {"TQ1", 7, V25, V251, TYPE_TS, false, NULL},
    {"TQ1", 8, V25, V251, TYPE_TS, false, NULL},
    {"RXR", 1, V23, V251, TYPE_CE, true, NULL},
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

static bool is_ts(struct slice text)
{
    return text.len == 19 && digits(text, 0, 14) && (text.ptr[14] == '+' || text.ptr[14] == '-') &&
           digits(text, 15, 4);
}

/* 2.3 §4.4: quantity, interval, duration (a letter for its unit and a number), start, end; further ones are not used. */
static bool is_tq(struct slice text, char mark)
{
    struct slice quantity = hl7_piece(text, mark, 1), duration = hl7_piece(text, mark, 3),
                 start = hl7_piece(text, mark, 4), end = hl7_piece(text, mark, 5);
    if (duration.len > 0 && (strchr("SMHDWL", duration.ptr[0]) == NULL || duration.len < 2 ||
                             !digits(duration, 1, duration.len - 1)))
        return false;
    return (quantity.len == 0 || is_nm(quantity)) && (start.len == 0 || is_ts(start)) &&
           (end.len == 0 || is_ts(end)) && hl7_pieces(text, mark) <= 5;
}

static bool is_of_type(struct slice text, enum hl7_type type, enum version version, char mark)
{
    if (hl7_pieces(text, mark) > components_most[type][version])
        return false;
    switch (type) {
    case TYPE_NM: return is_nm(text);
    case TYPE_SI: return digits(text, 0, text.len);
    case TYPE_DATE: return text.len == 8 && digits(text, 0, 8);
    case TYPE_TS: return is_ts(text);
    case TYPE_CQ: return is_nm(hl7_piece(text, mark, 1));
    case TYPE_TQ: return is_tq(text, mark);
    default: return true;
    }
}

static bool is_code(struct slice text, const char *codes)
{
    char wanted[64];
    if (text.len + 3 > sizeof wanted || memchr(text.ptr, ',', text.len) != NULL)
        return false;
    (void)snprintf(wanted, sizeof wanted, ",%.*s,", (int)text.len, text.ptr);
    return strstr(codes, wanted) != NULL;
}

static const struct field_rule *find_rule(const struct hl7_segment_view *segment, unsigned field,
                                          enum version version)
{
    for (size_t i = 0; i < sizeof field_rules / sizeof field_rules[0]; i++) {
        const struct field_rule *rule = &field_rules[i];
        if (rule->field == field && hl7_is_named(segment, rule->segment) && version >= rule->from &&
            version <= rule->to)
            return rule;
    }
    return NULL;
}

static const char *check_text(struct slice text, struct hl7_marks marks)
{
    char scratch[4096];
    if (text.len > sizeof scratch || hl7_unescape_as(text, marks, scratch) == SIZE_MAX)
        return "an escape sequence is wrong";
    if (memchr(text.ptr, marks.repetition, text.len) != NULL)
        return "a field is repeated, which none of ours is";
    char last = text.ptr[text.len - 1];
    return last == marks.component || last == marks.subcomponent
               ? "empty components stand at the end of a field"
               : NULL;
}

static const char *check_field(const struct hl7_segment_view *segment, unsigned field, enum version version)
{
    struct slice text = hl7_get_field(segment, field);
    const struct field_rule *rule = find_rule(segment, field, version);
    if (text.len == 0)
        return rule != NULL && rule->required ? "a required field is empty" : NULL;
    if (segment->whole.ptr[0] == 'Z')
        return check_text(text, segment->marks);
    if (rule == NULL)
        return "a field has a value that should have none";
    if (!is_of_type(text, rule->type, version, segment->marks.component))
        return "a field is not of its data type";
    if (rule->codes != NULL && !is_code(text, rule->codes))
        return "a field has no code of its table";
    return check_text(text, segment->marks);
}

static const char *check_segment(const struct hl7_segment_view *segment, enum version version)
{
    unsigned count = hl7_field_count(segment);
    const char mark = segment->marks.field;
    if (segment->whole.ptr[3] != mark || segment->whole.ptr[segment->whole.len - 1] == mark)
        return "a segment begins or ends wrongly";
    for (unsigned field = hl7_is_named(segment, "MSH") ? 3 : 1; field <= count || field <= 50; field++) {
        const char *wrong = check_field(segment, field, version);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

/* Set ids count 1, 2, 3 within their run (2.5.1 §2.16, NTE-1). */
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

/* MSH-2 is four different marks before the next field, MSH-9 names the structure (which 2.3 does not), MSH-12 the version. */
static const char *check_header(const struct hl7_segment_view *msh, const char *structure,
                                enum version version)
{
    const struct hl7_marks *marks = &msh->marks;
    const char all[] = {marks->field, marks->component, marks->repetition, marks->escape,
                        marks->subcomponent};
    if (hl7_piece(msh->whole, marks->field, 2).len != 4)
        return "MSH-2 is not four characters";
    for (size_t i = 0; i < sizeof all; i++) {
        if (memchr(all + i + 1, all[i], sizeof all - i - 1) != NULL)
            return "two marks are the same";
    }
    char type[16] = "";
    struct slice first = hl7_get(msh, 9, 1, 0), second = hl7_get(msh, 9, 2, 0), third = hl7_get(msh, 9, 3, 0);
    (void)snprintf(type, sizeof type, "%.*s_%.*s", (int)first.len, first.len ? first.ptr : "",
                   (int)second.len, second.len ? second.ptr : "");
    if (strcmp(type, structure) != 0 || (version > V23 && !slice_equal(third, slice_of(structure))))
        return "MSH-9 names another message";
    if (!slice_equal(hl7_get_field(msh, 12), slice_of(version_names[version])))
        return "MSH-12 names another version";
    return hl7_get_field(msh, 10).len > 20 ? "MSH-10 is longer than 20 characters" : NULL;
}

const char *hl7_check(struct slice message, const char *structure, const char *version_name)
{
    struct hl7_view view;
    unsigned version = 0;
    while (version < VERSIONS && strcmp(version_name, version_names[version]) != 0)
        version++;
    const struct element *root = version < VERSIONS ? find_structure(structure, (enum version)version) : NULL;
    if (root == NULL)
        return "the standard has no such message in that version";
    if (!hl7_split(message, &view))
        return "the bytes are no segments that end in CR";
    size_t at = 0;
    if (!match(root, &view, &at))
        return "the segments are not in the order of the structure";
    while (at < view.count && view.segments[at].whole.ptr[0] == 'Z')
        at++;
    if (at != view.count)
        return "the segments are not in the order of the structure";
    for (size_t i = 0; i < view.count; i++) {
        const char *wrong = check_segment(&view.segments[i], (enum version)version);
        if (wrong != NULL)
            return wrong;
    }
    const char *wrong = check_header(&view.segments[0], structure, (enum version)version);
    return wrong != NULL ? wrong : check_set_ids(&view);
}
