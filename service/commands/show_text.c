#include "service/commands/show_text.h"

#include <stdio.h>
#include <string.h>

#include "parser/ini.h"

#define LOOKED_AT  4096 /* bytes of a text in which a NUL says that it is none */
#define LINES_MOST 200  /* lines of it that are shown, unless all are wanted */

void content_say(struct content *out, const char *text, struct platform_status status)
{
    char code[200] = "";
    out->kind = CONTENT_NONE;
    if (!platform_ok(status))
        platform_status_text(status, code, sizeof code);
    (void)snprintf(out->why, sizeof out->why, "%s%s%s", text, code[0] != '\0' ? ", error " : "", code);
}

/* ---- Text and fields ------------------------------------------------------------------------------------- */

bool content_add_item(struct arena *arena, struct content *out, size_t *capacity, struct content_item item)
{
    if (out->count == *capacity) {
        size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
        struct content_item *grown = arena_take_array(arena, wanted, sizeof *grown);
        if (grown == NULL)
            return false;
        if (out->count > 0)
            memcpy(grown, out->items, out->count * sizeof *grown);
        out->items = grown;
        *capacity = wanted;
    }
    out->items[out->count++] = item;
    return true;
}

/* The line at the front of `rest`, without its end, which is passed over too. */
static struct slice take_line(struct slice *rest)
{
    size_t length = 0;
    while (length < rest->len && rest->ptr[length] != '\n' && rest->ptr[length] != '\r')
        length++;
    struct slice line = slice_from(rest->ptr, length);
    size_t end = length < rest->len && rest->ptr[length] == '\r' && length + 1 < rest->len &&
                         rest->ptr[length + 1] == '\n'
                     ? 2
                     : 1;
    *rest = slice_after(*rest, length + end);
    return line;
}

/* The pair that stands at that line and can be read; NULL. */
static const struct ini_pair *pair_at(const struct ini_document *document, uint32_t line, size_t *next)
{
    while (*next < document->count && document->pairs[*next].line < line)
        (*next)++;
    const struct ini_pair *pair = *next < document->count ? &document->pairs[*next] : NULL;
    return pair != NULL && pair->line == line && !pair->broken ? pair : NULL;
}

/* The text line by line; lines that are fields (`document`) with name and value. */
static bool take_lines(struct slice text, const struct ini_document *document, size_t most,
                       struct arena *arena, struct content *out)
{
    size_t capacity = 0, next = 0;
    uint32_t line = 0;
    out->kind = CONTENT_LINES;
    while (text.len > 0) {
        struct content_item item = {.number = ++line};
        struct slice bytes = take_line(&text);
        const struct ini_pair *pair = pair_at(document, line, &next);
        if (out->count == most) {
            out->cut = true;
            return true;
        }
        item.name = pair != NULL ? pair->name : SLICE_EMPTY;
        item.value = pair != NULL ? pair->value : bytes;
        if ((pair != NULL || bytes.len > 0) && !content_add_item(arena, out, &capacity, item))
            return false;
    }
    return true;
}

/* ---- XML ------------------------------------------------------------------------------------------------- */

#define INDENT_MOST 40 /* blanks in front of an element, however deep it lies */

/* The piece at the front of a line: up to where one tag follows another. */
static struct slice take_tag(struct slice *line)
{
    size_t length = line->len;
    for (size_t i = 1; i < line->len; i++) {
        if (line->ptr[i - 1] == '>' && line->ptr[i] == '<') {
            length = i;
            break;
        }
    }
    struct slice piece = slice_from(line->ptr, length);
    *line = slice_after(*line, length);
    return piece;
}

static bool begins(struct slice text, const char *part)
{
    return text.len >= strlen(part) && memcmp(text.ptr, part, strlen(part)) == 0;
}

/* How much deeper what follows lies: tags that open less tags that close. */
static int deepens(struct slice piece)
{
    int depth = 0;
    for (size_t i = 0; i + 1 < piece.len; i++) {
        char first = piece.ptr[i], second = piece.ptr[i + 1];
        if (first == '<' && second == '/')
            depth--;
        else if (first == '<' && second != '?' && second != '!')
            depth++;
        else if (first == '/' && second == '>')
            depth--;
    }
    return depth;
}

static bool add_tag(struct slice piece, size_t depth, uint32_t line, struct arena *arena, size_t *capacity,
                    struct content *out)
{
    size_t indent = 2 * depth < INDENT_MOST ? 2 * depth : INDENT_MOST;
    char *text = arena_take(arena, indent + piece.len + 1);
    if (text == NULL)
        return false;
    memset(text, ' ', indent);
    memcpy(text + indent, piece.ptr, piece.len);
    return content_add_item(arena, out, capacity,
                            (struct content_item){line, SLICE_EMPTY, slice_from(text, indent + piece.len)});
}

/* XML as a tree, each tag on a line and as deep as it lies, whether the sender broke lines or not. For the eye: nothing is checked. */
static bool take_tags(struct slice text, size_t most, struct arena *arena, struct content *out)
{
    size_t capacity = 0;
    long depth = 0;
    uint32_t number = 0;
    out->kind = CONTENT_LINES;
    while (text.len > 0) {
        struct slice line = take_line(&text);
        number++;
        while (line.len > 0) {
            struct slice piece = slice_trim(take_tag(&line));
            if (piece.len == 0)
                continue;
            if (out->count == most) {
                out->cut = true;
                return true;
            }
            /* A tag that closes stands where the one stood that it closes. */
            long after = depth + deepens(piece);
            long at = begins(piece, "</") ? after : depth;
            if (!add_tag(piece, at > 0 ? (size_t)at : 0, number, arena, &capacity, out))
                return false;
            depth = after > 0 ? after : 0;
        }
    }
    return true;
}

/* ---- What it is ------------------------------------------------------------------------------------------ */

static bool begins_hl7(struct slice text)
{
    static const char *const names[] = {"MSH", "FHS", "BHS"};
    if (text.len > 0 && text.ptr[0] == '\v')
        text = slice_after(text, 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text.len > 3 && memcmp(text.ptr, names[i], 3) == 0)
            return true;
    }
    return false;
}

bool content_take_text(const struct content_source *source, struct slice bytes, struct arena *arena,
                       struct content *out)
{
    enum encoding marked;
    size_t looked = bytes.len < LOOKED_AT ? bytes.len : LOOKED_AT;
    if (looked > 0 && memchr(bytes.ptr, '\0', looked) != NULL && source->named == ENCODING_AUTO &&
        encoding_find_mark(bytes, &marked) == 0) {
        content_say(out, "its bytes are no text", PLATFORM_SUCCESS);
        return true;
    }
    struct fault_list faults;
    struct decoded decoded = {.text = bytes};
    struct ini_document document = {0};
    fault_list_init(&faults, arena);
    out->bytes = bytes;
    if (encoding_decode(bytes, source->named, arena, &faults, &decoded) == PARSE_NO_MEMORY)
        return false;
    out->encoding = decoded.encoding; /* ENCODING_AUTO: it could not be decoded, and is shown as it is */
    if (begins_hl7(decoded.text)) {
        out->kind = CONTENT_HL7;
        return true;
    }
    size_t most = source->whole ? SIZE_MAX : LINES_MOST;
    if (begins(slice_trim(decoded.text), "<"))
        return take_tags(decoded.text, most, arena, out);
    if (strcmp(source->file->format, "jms-event") == 0 &&
        ini_read(decoded.text, arena, &faults, &document) == PARSE_NO_MEMORY)
        return false;
    return take_lines(decoded.text, &document, most, arena, out);
}
