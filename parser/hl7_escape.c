/* Both ways run twice over their input: once to count, once to write. Each is linear in it. */
#include "parser/hl7_escape.h"

#include <string.h>

#include "parser/utf8.h"

#define SHORT        16 /* bytes; for less the ways that begin with a call are the longer ones */
#define SPACING_MOST 99 /* lines or blanks that one formatting command may make */

/* Counts what is written while `out` is NULL. */
struct sink {
    char *out;
    size_t length;
};

static void put(struct sink *sink, struct slice bytes)
{
    if (sink->out != NULL && bytes.len > 0)
        memcpy(sink->out + sink->length, bytes.ptr, bytes.len);
    sink->length += bytes.len;
}

static void put_byte(struct sink *sink, char byte)
{
    put(sink, slice_from(&byte, 1));
}

static void put_repeated(struct sink *sink, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_byte(sink, byte);
}

static void put_character(struct sink *sink, uint32_t character)
{
    char bytes[4];
    size_t length = utf8_write(character == HL7_NO_CHARACTER ? 0xFFFD : character, bytes);
    put(sink, slice_from(bytes, length));
}

/* Bytes that are no escape sequence. */
static void put_text(struct sink *sink, enum hl7_charset charset, struct slice text)
{
    if (charset == HL7_CHARSET_UTF8) {
        put(sink, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x80)
            put_byte(sink, (char)byte);
        else
            put_character(sink, hl7_charset_character(charset, byte));
    }
}

/* The bytes between the escape character at `at` and the next one; false: there is no next one. */
static bool sequence_at(struct slice raw, size_t at, char escape, struct slice *inside)
{
    *inside = slice_after(raw, at + 1);
    const char *end = inside->len > 0 ? memchr(inside->ptr, escape, inside->len) : NULL;
    if (end == NULL)
        return false;
    inside->len = (size_t)(end - inside->ptr);
    return true;
}

/* ---- \Xhh..\ ----------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static unsigned char hex_byte(const char *digits)
{
    return (unsigned char)(hex_digit(digits[0]) * 16 + hex_digit(digits[1]));
}

static bool is_hex(struct slice inside)
{
    if (inside.len < 3 || inside.len % 2 == 0 || inside.ptr[0] != 'X')
        return false;
    for (size_t i = 1; i < inside.len; i++) {
        if (hex_digit(inside.ptr[i]) < 0)
            return false;
    }
    return true;
}

/* Steps through the bytes of hexadecimal sequences that follow each other directly: a character of several bytes may
 * be spread over them. */
struct hex_run {
    struct slice raw;
    char escape;
    struct slice inside; /* of the present sequence, what of it is left */
    size_t end;          /* behind the present sequence */
};

static bool hex_next(struct hex_run *run, unsigned char *byte)
{
    if (run->inside.len < 2) {
        struct slice inside;
        if (run->end >= run->raw.len || run->raw.ptr[run->end] != run->escape ||
            !sequence_at(run->raw, run->end, run->escape, &inside) || !is_hex(inside))
            return false;
        run->inside = slice_after(inside, 1);
        run->end += inside.len + 2;
    }
    *byte = hex_byte(run->inside.ptr);
    run->inside = slice_after(run->inside, 2);
    return true;
}

/* Takes one UTF-8 character off the run; false: its bytes are none. */
static bool hex_utf8(struct hex_run *run, unsigned char first, char out[4], size_t *length)
{
    *length = 0;
    out[(*length)++] = (char)first;
    while (utf8_sequence_length(slice_from(out, *length)) == 0) {
        unsigned char byte;
        if (*length == 4 || !utf8_ends_inside_sequence(slice_from(out, *length)) || !hex_next(run, &byte))
            return false;
        out[(*length)++] = (char)byte;
    }
    return true;
}

/* Writes what the run stands for; false: its bytes are not text in this character set. */
static bool put_run(struct sink *sink, struct hex_run *run, enum hl7_charset charset)
{
    unsigned char byte;
    while (hex_next(run, &byte)) {
        if (charset == HL7_CHARSET_UTF8) {
            char utf8[4];
            size_t length;
            if (!hex_utf8(run, byte, utf8, &length))
                return false;
            put(sink, slice_from(utf8, length));
        } else {
            uint32_t character = hl7_charset_character(charset, byte);
            if (character == HL7_NO_CHARACTER)
                return false;
            put_character(sink, character);
        }
    }
    return true;
}

/* Writes the run of hexadecimal sequences that begins at `at`, as sent where it is no text; returns its end. */
static size_t put_hex(struct sink *sink, struct slice raw, size_t at, char escape, enum hl7_charset charset,
                      size_t *kept)
{
    const struct hex_run begin = {.raw = raw, .escape = escape, .inside = SLICE_EMPTY, .end = at};
    struct hex_run run = begin;
    struct sink trial = {NULL, 0};
    if (put_run(&trial, &run, charset)) {
        run = begin;
        (void)put_run(sink, &run, charset);
        return run.end;
    }
    unsigned char byte;
    while (hex_next(&run, &byte)) {
        /* on to the end of the run */
    }
    (*kept)++;
    put_text(sink, charset, slice_from(raw.ptr + at, run.end - at));
    return run.end;
}

/* ---- Formatting commands ----------------------------------------------------------------------------------- */

/* The number of a command: absent, or an optional sign and one or two digits. */
static bool command_number(struct slice text, bool *given, size_t *number)
{
    *given = text.len > 0;
    *number = 0;
    if (text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-'))
        text = slice_after(text, 1);
    else if (text.len == 0)
        return true;
    if (text.len == 0 || text.len > 2)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *number = *number * 10 + (size_t)(text.ptr[i] - '0');
    }
    return *number <= SPACING_MOST;
}

/* Writes what a command stands for; false: it is not known. */
static bool put_command(struct sink *sink, struct slice inside)
{
    if (inside.len < 3)
        return false;
    struct slice name = slice_from(inside.ptr + 1, 2);
    struct slice rest = slice_after(inside, 3);
    bool given;
    size_t number;
    if (!command_number(rest, &given, &number))
        return false;
    bool negative = given && rest.ptr[0] == '-';
    if (slice_equal(name, SLICE_LITERAL("sp")) && !negative) {
        put_repeated(sink, '\n', given ? number : 1);
        return true;
    }
    if (slice_equal(name, SLICE_LITERAL("sk")) && given && !negative) {
        put_repeated(sink, ' ', number);
        return true;
    }
    if (slice_equal(name, SLICE_LITERAL("in")) || slice_equal(name, SLICE_LITERAL("ti")))
        return given;
    if (given)
        return false;
    if (slice_equal(name, SLICE_LITERAL("br")) || slice_equal(name, SLICE_LITERAL("ce"))) {
        put_byte(sink, '\n');
        return true;
    }
    return slice_equal(name, SLICE_LITERAL("fi")) || slice_equal(name, SLICE_LITERAL("nf"));
}

/* ---- Decoding ---------------------------------------------------------------------------------------------- */

/* Writes what a sequence other than a hexadecimal one stands for; false: it is not known. */
static bool put_sequence(struct sink *sink, struct slice inside, const struct hl7_separators *separators)
{
    if (inside.len > 0 && inside.ptr[0] == '.')
        return put_command(sink, inside);
    if (inside.len != 1)
        return false;
    char character = '\0';
    switch (inside.ptr[0]) {
    case 'F': character = separators->field; break;
    case 'S': character = separators->component; break;
    case 'T': character = separators->subcomponent; break;
    case 'R': character = separators->repetition; break;
    case 'E': character = separators->escape; break;
    case 'P': character = separators->truncation; break;
    case 'H':
    case 'N': return true;
    default: break;
    }
    if (character == '\0')
        return false;
    put_byte(sink, character);
    return true;
}

/* Writes the escape sequence at `at`; returns its end. */
static size_t put_escape(struct sink *sink, struct slice raw, size_t at,
                         const struct hl7_separators *separators, enum hl7_charset charset, size_t *kept)
{
    struct slice inside;
    if (!sequence_at(raw, at, separators->escape, &inside)) {
        (*kept)++;
        put_text(sink, charset, slice_after(raw, at));
        return raw.len;
    }
    if (is_hex(inside))
        return put_hex(sink, raw, at, separators->escape, charset, kept);
    if (put_sequence(sink, inside, separators))
        return at + inside.len + 2;
    (*kept)++;
    put_text(sink, charset, slice_from(raw.ptr + at, inside.len + 2));
    return at + inside.len + 2;
}

static void decode(struct sink *sink, struct slice raw, const struct hl7_separators *separators,
                   enum hl7_charset charset, size_t *kept)
{
    size_t at = 0;
    *kept = 0;
    while (at < raw.len) {
        struct slice rest = slice_after(raw, at);
        const char *escape =
            separators->escape != '\0' ? memchr(rest.ptr, separators->escape, rest.len) : NULL;
        if (escape != NULL)
            rest.len = (size_t)(escape - rest.ptr);
        put_text(sink, charset, rest);
        at += rest.len;
        if (escape != NULL)
            at = put_escape(sink, raw, at, separators, charset, kept);
    }
}

/* Whether the bytes are the text already. */
static bool is_plain(struct slice raw, char escape, enum hl7_charset charset)
{
    unsigned char beyond = charset == HL7_CHARSET_UTF8 ? 0 : 0x80;
    if (raw.len <= SHORT) {
        for (size_t i = 0; i < raw.len; i++) {
            if ((raw.ptr[i] == escape && escape != '\0') || ((unsigned char)raw.ptr[i] & beyond) != 0)
                return false;
        }
        return true;
    }
    return (escape == '\0' || memchr(raw.ptr, escape, raw.len) == NULL) &&
           (beyond == 0 || hl7_charset_valid_prefix(HL7_CHARSET_ASCII, raw) == raw.len);
}

bool hl7_escape_decode(struct slice raw, const struct hl7_separators *separators, enum hl7_charset charset,
                       struct arena *arena, struct hl7_text *out)
{
    if (is_plain(raw, separators->escape, charset)) {
        *out = (struct hl7_text){raw, 0};
        return true;
    }
    struct sink sink = {NULL, 0};
    size_t kept;
    decode(&sink, raw, separators, charset, &kept);
    size_t size = sink.length;
    char *text = arena_take(arena, size);
    if (text == NULL)
        return false;
    sink = (struct sink){text, 0};
    decode(&sink, raw, separators, charset, &kept);
    *out = (struct hl7_text){slice_from(text, size), kept};
    return true;
}

/* ---- Encoding ---------------------------------------------------------------------------------------------- */

/* The letter that stands for a separator; '\0': the byte is none. */
static char letter_of(char byte, const struct hl7_separators *separators)
{
    if (byte == '\0')
        return '\0';
    if (byte == separators->field)
        return 'F';
    if (byte == separators->component)
        return 'S';
    if (byte == separators->subcomponent)
        return 'T';
    if (byte == separators->repetition)
        return 'R';
    if (byte == separators->escape)
        return 'E';
    return byte == separators->truncation ? 'P' : '\0';
}

static bool is_control(char byte)
{
    return (unsigned char)byte < 0x20 || byte == 0x7F;
}

static void encode(struct sink *sink, struct slice value, const struct hl7_separators *separators)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.ptr[i];
        char letter = letter_of(byte, separators);
        if (letter != '\0') {
            const char sequence[3] = {separators->escape, letter, separators->escape};
            put(sink, slice_from(sequence, sizeof sequence));
        } else if (is_control(byte)) {
            const char sequence[5] = {separators->escape, 'X', digits[(unsigned char)byte >> 4],
                                      digits[byte & 15], separators->escape};
            put(sink, slice_from(sequence, sizeof sequence));
        } else {
            put_byte(sink, byte);
        }
    }
}

bool hl7_escape_encode(struct slice value, const struct hl7_separators *separators, struct arena *arena,
                       struct slice *out)
{
    struct sink sink = {NULL, 0};
    if (value.len > SIZE_MAX / 5)
        return false;
    encode(&sink, value, separators);
    if (sink.length == value.len) { /* every escape is longer than its byte */
        *out = value;
        return true;
    }
    if (separators->escape == '\0')
        return false;
    size_t size = sink.length;
    char *text = arena_take(arena, size);
    if (text == NULL)
        return false;
    sink = (struct sink){text, 0};
    encode(&sink, value, separators);
    *out = slice_from(text, size);
    return true;
}
