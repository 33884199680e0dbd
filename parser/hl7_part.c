#include "parser/hl7_part.h"

#include <string.h>

#include "parser/hl7_scan.h"

#define ENCODING_CHARACTERS_LEAST 2
#define ENCODING_CHARACTERS_MOST  5

#define SHORT 16

static const char SEPARATORS_EXPECTED[] =
    "a field separator behind MSH, then two to five encoding characters such as ^~\\&, all different, none a letter, "
    "digit or blank";

/* HL7 wants displayable ASCII (2.5.4); a letter or digit could not be told from a value. */
static bool may_separate(char c)
{
    return c > ' ' && c <= '~' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
           !(c >= 'a' && c <= 'z');
}

const char *hl7_separators_read(struct slice header, struct hl7_separators *out, bool *whole)
{
    *whole = false;
    if (header.len < 4 || !may_separate(header.ptr[3]))
        return SEPARATORS_EXPECTED;
    struct slice encoding = slice_after(header, 4);
    const char *end = encoding.len > 0 ? memchr(encoding.ptr, header.ptr[3], encoding.len) : NULL;
    *whole = end != NULL;
    if (end != NULL)
        encoding.len = (size_t)(end - encoding.ptr);
    if (encoding.len < ENCODING_CHARACTERS_LEAST || encoding.len > ENCODING_CHARACTERS_MOST)
        return SEPARATORS_EXPECTED;
    for (size_t i = 0; i < encoding.len; i++) {
        if (!may_separate(encoding.ptr[i]) || memchr(encoding.ptr, encoding.ptr[i], i) != NULL)
            return SEPARATORS_EXPECTED;
    }
    *out = (struct hl7_separators){.field = header.ptr[3],
                                   .component = encoding.ptr[0],
                                   .repetition = encoding.ptr[1],
                                   .escape = encoding.len > 2 ? encoding.ptr[2] : '\0',
                                   .subcomponent = encoding.len > 3 ? encoding.ptr[3] : '\0',
                                   .truncation = encoding.len > 4 ? encoding.ptr[4] : '\0'};
    return NULL;
}

bool hl7_is_header(struct slice segment)
{
    return segment.len >= 3 && (memcmp(segment.ptr, "MSH", 3) == 0 || memcmp(segment.ptr, "FHS", 3) == 0 ||
                                memcmp(segment.ptr, "BHS", 3) == 0);
}

struct hl7_part hl7_part_of(struct slice raw)
{
    enum hl7_presence presence = HL7_VALUED;
    if (raw.len == 0)
        presence = HL7_EMPTY;
    else if (raw.len == 2 && raw.ptr[0] == '"' && raw.ptr[1] == '"')
        presence = HL7_NULL;
    return (struct hl7_part){raw, presence, false};
}

/* Bytes up to the separator, or all. */
static size_t length_to(struct slice text, char separator)
{
    if (separator == '\0')
        return text.len;
    /* Most parts are a few bytes long: shorter than the way to memchr. */
    for (size_t i = 0; i < SHORT; i++) {
        if (i == text.len || text.ptr[i] == separator)
            return i;
    }
    const char *found = memchr(text.ptr, separator, text.len);
    return found != NULL ? (size_t)(found - text.ptr) : text.len;
}

static struct hl7_part part_at(struct hl7_part whole, char separator, size_t number)
{
    if (whole.presence == HL7_ABSENT || number == 0)
        return HL7_PART_ABSENT;
    if (whole.literal)
        return number == 1 ? whole : HL7_PART_ABSENT;
    struct slice rest = whole.raw;
    for (;;) {
        size_t length = length_to(rest, separator);
        if (--number == 0)
            return hl7_part_of(slice_from(rest.ptr, length));
        if (length == rest.len)
            return HL7_PART_ABSENT;
        rest = slice_after(rest, length + 1);
    }
}

struct hl7_part hl7_part_repetition(const struct hl7_separators *separators, struct hl7_part field,
                                    size_t number)
{
    return part_at(field, separators->repetition, number);
}

struct hl7_part hl7_part_component(const struct hl7_separators *separators, struct hl7_part repetition,
                                   size_t number)
{
    if (repetition.presence == HL7_NULL && number > 0)
        return repetition;
    return part_at(repetition, separators->component, number);
}

struct hl7_part hl7_part_subcomponent(const struct hl7_separators *separators, struct hl7_part component,
                                      size_t number)
{
    if (component.presence == HL7_NULL && number > 0)
        return component;
    return part_at(component, separators->subcomponent, number);
}

size_t hl7_part_count(struct hl7_part whole, char separator)
{
    if (whole.presence == HL7_ABSENT)
        return 0;
    return whole.literal || separator == '\0' ? 1 : hl7_scan_count(whole.raw, separator) + 1;
}

struct hl7_cursor hl7_cursor_over(struct hl7_part whole, char separator)
{
    return (struct hl7_cursor){whole.raw, whole.literal ? '\0' : separator, whole.presence != HL7_ABSENT,
                               whole.literal};
}

bool hl7_cursor_next(struct hl7_cursor *cursor, struct hl7_part *part)
{
    if (!cursor->more)
        return false;
    size_t length = length_to(cursor->rest, cursor->separator);
    *part = hl7_part_of(slice_from(cursor->rest.ptr, length));
    part->literal = cursor->literal;
    cursor->more = length < cursor->rest.len;
    cursor->rest = slice_after(cursor->rest, length + 1);
    return true;
}
