#include "parser/location_rule.h"

#define PIECES_MAX 16
#define WIDTH_MAX  99

static const char *const names[LOCATION_PART_COUNT] = {"block", "pod", "cell", "bed"};

const char *location_part_name(enum location_part part)
{
    return names[part];
}

/* ---- a pattern taken apart ---- */

enum piece_kind {
    PIECE_TEXT,
    PIECE_PART, /* {pod} */
    PIECE_ANY   /* * */
};

struct piece {
    enum piece_kind kind;
    struct slice text; /* PIECE_TEXT */
    enum location_part part;
    size_t width; /* code points of a PIECE_PART; 0: as many as there are */
};

struct pattern {
    struct piece pieces[PIECES_MAX];
    size_t count;
};

/* "pod" or "pod:2". */
static const char *read_name(struct slice inside, struct piece *piece)
{
    size_t length = 0;
    while (length < inside.len && inside.ptr[length] != ':')
        length++;
    piece->kind = PIECE_PART;
    piece->width = 0;
    piece->part = LOCATION_BLOCK;
    while (piece->part < LOCATION_PART_COUNT &&
           !slice_equal(slice_from(inside.ptr, length), slice_of(names[piece->part])))
        piece->part++;
    if (piece->part == LOCATION_PART_COUNT)
        return "a part in braces must be {block}, {pod}, {cell} or {bed}";
    if (length == inside.len)
        return NULL;
    for (size_t i = length + 1; i < inside.len; i++) {
        if (inside.ptr[i] < '0' || inside.ptr[i] > '9' || piece->width > WIDTH_MAX / 10)
            return "the width of a part must be a number of characters from 1 to 99, such as {pod:2}";
        piece->width = piece->width * 10 + (size_t)(inside.ptr[i] - '0');
    }
    return piece->width > 0
               ? NULL
               : "the width of a part must be a number of characters from 1 to 99, such as {pod:2}";
}

static const char *read_pattern(struct slice text, struct pattern *pattern)
{
    pattern->count = 0;
    for (size_t at = 0; at < text.len;) {
        if (pattern->count == PIECES_MAX)
            return "a pattern may have at most 16 pieces";
        struct piece *piece = &pattern->pieces[pattern->count++];
        size_t end = at + 1;
        if (text.ptr[at] == '*') {
            piece->kind = PIECE_ANY;
        } else if (text.ptr[at] == '{') {
            while (end < text.len && text.ptr[end] != '}')
                end++;
            if (end == text.len)
                return "a brace is opened and not closed";
            const char *wrong = read_name(slice_from(text.ptr + at + 1, end - at - 1), piece);
            if (wrong)
                return wrong;
            end++;
        } else if (text.ptr[at] == '}') {
            return "a brace is closed that was not opened";
        } else {
            while (end < text.len && text.ptr[end] != '*' && text.ptr[end] != '{' && text.ptr[end] != '}')
                end++;
            piece->kind = PIECE_TEXT;
            piece->text = slice_from(text.ptr + at, end - at);
        }
        at = end;
    }
    return NULL;
}

static bool is_open_ended(const struct piece *piece)
{
    return piece->kind == PIECE_ANY || (piece->kind == PIECE_PART && piece->width == 0);
}

/* Counts the parts that a pattern names; where one ends must be certain. */
static const char *check_pattern(struct slice text, unsigned named[LOCATION_PART_COUNT])
{
    struct pattern pattern;
    const char *wrong = read_pattern(text, &pattern);
    if (wrong)
        return wrong;
    for (size_t i = 0; i < pattern.count; i++) {
        if (pattern.pieces[i].kind == PIECE_PART)
            named[pattern.pieces[i].part]++;
        if (i > 0 && is_open_ended(&pattern.pieces[i - 1]) && pattern.pieces[i].kind != PIECE_TEXT)
            return "where a part ends must be certain: put a text behind it, or give it a width, such as {pod:2}{cell}";
    }
    return NULL;
}

const char *location_rule_check(const struct location_rule *rule)
{
    unsigned named[LOCATION_PART_COUNT] = {0};
    unsigned all = 0;
    if (rule->housing.len == 0)
        return "a pattern of Housing is needed; * takes every one";
    const char *wrong = check_pattern(rule->housing, named);
    if (!wrong && rule->bed.ptr)
        wrong = check_pattern(rule->bed, named);
    if (wrong)
        return wrong;
    for (enum location_part part = LOCATION_BLOCK; part < LOCATION_PART_COUNT; part++) {
        named[part] += rule->fixed[part].ptr != NULL;
        if (named[part] > 1)
            return "each of block, pod, cell and bed may be said once only";
        all += named[part];
    }
    return all > 0 ? NULL : "the rule says neither block nor pod, cell or bed: name at least one";
}

/* ---- matching ---- */

/* The first place of `text` in `all` from `from` on; all.len + 1 when there is none. */
static size_t find_text(struct slice all, size_t from, struct slice text)
{
    for (size_t at = from; at + text.len <= all.len; at++)
        if (slice_equal_nocase(slice_from(all.ptr + at, text.len), text))
            return at;
    return all.len + 1;
}

/* Where `count` code points of UTF-8 from `from` on end; all.len + 1 when there are not so many. */
static size_t after_points(struct slice all, size_t from, size_t count)
{
    size_t at = from;
    while (count > 0 && at < all.len) {
        at++;
        while (at < all.len && ((unsigned char)all.ptr[at] & 0xC0) == 0x80)
            at++;
        count--;
    }
    return count == 0 ? at : all.len + 1;
}

/* Where an open-ended piece ends: before the text behind it, or at the end. */
static size_t end_of_open(const struct pattern *pattern, size_t index, struct slice all, size_t from)
{
    if (index + 1 == pattern->count)
        return all.len;
    const struct piece *next = &pattern->pieces[index + 1];
    if (index + 2 == pattern->count) /* the text is the last piece: it must stand at the end */
        return next->text.len <= all.len - from ? all.len - next->text.len : all.len + 1;
    return find_text(all, from + (pattern->pieces[index].kind == PIECE_PART), next->text);
}

static bool match_pattern(struct slice text, struct slice all, struct location *out)
{
    struct pattern pattern;
    if (read_pattern(text, &pattern))
        return false;
    size_t at = 0;
    for (size_t i = 0; i < pattern.count; i++) {
        const struct piece *piece = &pattern.pieces[i];
        size_t end = piece->kind == PIECE_TEXT ? at + piece->text.len
                     : is_open_ended(piece)    ? end_of_open(&pattern, i, all, at)
                                               : after_points(all, at, piece->width);
        if (end > all.len || end < at)
            return false;
        struct slice taken = slice_from(all.ptr + at, end - at);
        if (piece->kind == PIECE_TEXT && !slice_equal_nocase(taken, piece->text))
            return false;
        if (piece->kind == PIECE_PART) {
            out->parts[piece->part] = slice_trim(taken);
            if (out->parts[piece->part].len == 0)
                return false;
        }
        at = end;
    }
    return at == all.len;
}

bool location_rule_match(const struct location_rule *rule, struct slice housing, struct slice bed,
                         struct location *out)
{
    *out = (struct location){0};
    for (enum location_part part = LOCATION_BLOCK; part < LOCATION_PART_COUNT; part++)
        out->parts[part] = rule->fixed[part];
    return match_pattern(rule->housing, housing, out) &&
           (!rule->bed.ptr || match_pattern(rule->bed, bed, out));
}
