#include "parser/hl7.h"

#include <string.h>

#include "parser/encoding.h"
#include "parser/hl7_scan.h"
#include "parser/hl7_words.h"
#include "parser/limits.h"
#include "parser/utf8.h"

#define PLACES_AT_ONCE     512
#define NAME_ROOM_AT_FIRST 32
#define SEGMENTS_PER_BYTES 64 /* a first guess; the array grows */
#define SEGMENT_ROOM_LEAST 8
#define SEGMENT_ROOM_BEGIN 4096

struct hl7_name {
    uint32_t key; /* three bytes; 0: free */
    uint32_t count;
};

struct hl7_settings hl7_settings_default(void)
{
    return (struct hl7_settings){.charset = HL7_CHARSET_BY_MESSAGE,
                                 .message_bytes = LIMIT_HL7_MESSAGE_BYTES,
                                 .segments = LIMIT_HL7_SEGMENTS,
                                 .file_bytes = LIMIT_HL7_FILE_BYTES,
                                 .messages = LIMIT_HL7_MESSAGES};
}

struct hl7_source hl7_source_of(struct slice bytes)
{
    return (struct hl7_source){.bytes = bytes, .line = 1, .last = true};
}

/* What is held while a message is read. */
struct reader {
    struct hl7_source source;
    const struct hl7_settings *settings;
    struct fault_list *faults;
    struct hl7_message *message;
    size_t segment_room;
    uint32_t line;      /* of the segment that is being read */
    size_t joined_room; /* bytes that the last segment may grow to where it is; 0: it is not ours to write */
    const char *nul;    /* the first NUL byte; NULL: none */
    enum parse_status status;
};

/* The first thing that ends the reading stays the answer; an error outweighs what is merely cut. */
static void fail(struct reader *reader, enum parse_status status)
{
    if (reader->status == PARSE_OK || (reader->status == PARSE_INCOMPLETE && status != PARSE_OK))
        reader->status = status;
}

static void report(struct reader *reader, enum fault_code code, const char *at, const struct hl7_path *path,
                   const char *expected)
{
    struct slice field = SLICE_EMPTY;
    if (path != NULL && path->segment[0] != '\0') {
        char text[HL7_PATH_TEXT];
        size_t length = hl7_path_format(path, text);
        field = arena_copy(reader->message->arena, slice_from(text, length));
        if (field.ptr == NULL)
            fail(reader, PARSE_NO_MEMORY);
    }
    size_t offset = at != NULL ? (size_t)(at - reader->source.bytes.ptr) : 0;
    fault_add(reader->faults, FAULT_ERROR, code, reader->source.offset + offset, reader->line, field,
              expected);
}

static void refuse(struct reader *reader, enum fault_code code, const char *at, const struct hl7_path *path,
                   const char *expected)
{
    report(reader, code, at, path, expected);
    fail(reader, PARSE_INVALID);
}

/* ---- Names and how often each occurs ----------------------------------------------------------------------- */

static uint32_t key_of(const char *name)
{
    return (uint32_t)(unsigned char)name[0] << 16 | (uint32_t)(unsigned char)name[1] << 8 |
           (unsigned char)name[2];
}

/* The entry of a name, or the free one where it belongs. The table is never full. */
static struct hl7_name *find_name(struct hl7_name *names, size_t room, uint32_t key)
{
    size_t at = (key * UINT32_C(2654435761)) >> 16 & (room - 1);
    while (names[at].key != 0 && names[at].key != key)
        at = (at + 1) & (room - 1);
    return &names[at];
}

static bool grow_names(struct hl7_message *message)
{
    size_t room = message->name_room == 0 ? NAME_ROOM_AT_FIRST : message->name_room * 2;
    struct hl7_name *names = arena_take_array(message->arena, room, sizeof *names);
    if (names == NULL)
        return false;
    for (size_t i = 0; i < message->name_room; i++) {
        if (message->names[i].key != 0)
            *find_name(names, room, message->names[i].key) = message->names[i];
    }
    message->names = names;
    message->name_room = room;
    return true;
}

/* Counts one more of this name; 0: memory is exhausted. */
static uint32_t count_name(struct hl7_message *message, const char *name)
{
    if (message->name_count * 2 >= message->name_room && !grow_names(message))
        return 0;
    uint32_t key = key_of(name);
    struct hl7_name *entry = find_name(message->names, message->name_room, key);
    if (entry->key == 0) {
        entry->key = key;
        message->name_count++;
    }
    return ++entry->count;
}

size_t hl7_message_count(const struct hl7_message *message, const char *name)
{
    if (message->name_room == 0 || strlen(name) != 3)
        return 0;
    return find_name(message->names, message->name_room, key_of(name))->count;
}

/* ---- Segments ---------------------------------------------------------------------------------------------- */

static bool grow_segments(struct reader *reader)
{
    struct hl7_message *message = reader->message;
    size_t room = reader->segment_room * 2;
    if (room == 0) {
        size_t guess = reader->source.bytes.len / SEGMENTS_PER_BYTES + SEGMENT_ROOM_LEAST;
        room = guess < SEGMENT_ROOM_BEGIN ? guess : SEGMENT_ROOM_BEGIN;
    }
    struct hl7_segment *segments = arena_take_array(message->arena, room, sizeof *segments);
    if (segments == NULL)
        return false;
    if (message->segment_count > 0)
        memcpy(segments, message->segments, message->segment_count * sizeof *segments);
    message->segments = segments;
    reader->segment_room = room;
    return true;
}

static void add_segment(struct reader *reader, struct slice bytes)
{
    struct hl7_message *message = reader->message;
    if (message->segment_count == reader->settings->segments) {
        report(reader, FAULT_HL7_TOO_MANY_SEGMENTS, bytes.ptr, NULL, NULL);
        fail(reader, PARSE_LIMIT);
        return;
    }
    uint32_t occurrence = count_name(message, bytes.ptr);
    if (occurrence == 0 || (message->segment_count == reader->segment_room && !grow_segments(reader))) {
        fail(reader, PARSE_NO_MEMORY);
        return;
    }
    struct hl7_segment *segment = &message->segments[message->segment_count++];
    *segment = (struct hl7_segment){.bytes = bytes, .occurrence = occurrence, .line = reader->line};
    memcpy(segment->name, bytes.ptr, 3);
    reader->joined_room = 0;
}

/* Continues the segment before with what stands behind "ADD|" (2.10.2). Its bytes move into the arena, with room for as
 * much again, so that any number of ADD segments costs no more than their length. */
static void join(struct reader *reader, struct slice bytes)
{
    struct hl7_message *message = reader->message;
    struct hl7_segment *anchor =
        message->segment_count > 0 ? &message->segments[message->segment_count - 1] : NULL;
    if (anchor == NULL || hl7_is_header(anchor->bytes)) {
        refuse(reader, FAULT_HL7_CONTINUATION, bytes.ptr, &(struct hl7_path){.segment = "ADD"},
               "a segment other than the header before it, which it continues");
        return;
    }
    struct slice more = slice_after(bytes, 4);
    size_t length = anchor->bytes.len + more.len;
    if (reader->joined_room < length) {
        size_t room = length * 2;
        char *joined = arena_take(message->arena, room);
        if (joined == NULL) {
            fail(reader, PARSE_NO_MEMORY);
            return;
        }
        memcpy(joined, anchor->bytes.ptr, anchor->bytes.len);
        anchor->bytes.ptr = joined;
        reader->joined_room = room;
    }
    if (more.len > 0)
        memcpy((char *)(uintptr_t)anchor->bytes.ptr + anchor->bytes.len, more.ptr, more.len);
    anchor->bytes.len = length;
}

/* Whether the line may be the beginning of a segment that is still being written. */
static bool is_cut_name(struct reader *reader, struct slice line, bool terminated)
{
    static const char rest[] = "AAA";
    char name[3];
    if (terminated || !reader->source.last || line.len >= 3)
        return false;
    memcpy(name, rest, sizeof name);
    memcpy(name, line.ptr, line.len);
    return hl7_path_is_segment(name);
}

static void read_header(struct reader *reader, struct slice line, bool terminated)
{
    bool whole = true;
    const struct hl7_path path = {.segment = "MSH", .field = 2};
    if (!hl7_is_header(line)) {
        if (!terminated && reader->source.last && line.len < 3 && memcmp(line.ptr, "MSH", line.len) == 0)
            fail(reader, PARSE_INCOMPLETE);
        else
            refuse(reader, FAULT_HL7_NO_HEADER, line.ptr, NULL,
                   "MSH and the separators at the very beginning");
        return;
    }
    const char *expected = hl7_separators_read(line, &reader->message->separators, &whole);
    bool open = !terminated && reader->source.last && !whole;
    if (open && line.len < HL7_HEADER_LEAST)
        fail(reader, PARSE_INCOMPLETE);
    else if (expected != NULL)
        refuse(reader, FAULT_HL7_SEPARATORS, line.ptr, &path, expected);
    else
        add_segment(reader, line);
}

/* The name must be one, and nothing but a field separator may stand behind it. */
static bool is_segment(const struct reader *reader, struct slice line)
{
    return line.len >= 3 && hl7_path_is_segment(line.ptr) &&
           (line.len == 3 || line.ptr[3] == reader->message->separators.field);
}

static void read_line(struct reader *reader, struct slice line, bool terminated)
{
    if (line.len == 0 || (line.ptr[0] <= ' ' && slice_trim(line).len == 0))
        return;
    reader->message->cut = !terminated;
    if (reader->message->segment_count == 0) {
        read_header(reader, line, terminated);
    } else if (!is_segment(reader, line)) {
        if (is_cut_name(reader, line, terminated))
            fail(reader, PARSE_INCOMPLETE);
        else
            refuse(
                reader, FAULT_HL7_SEGMENT_NAME, line.ptr, NULL,
                "three capital letters or digits, then the field separator; a line end inside a field is sent as an escape");
    } else if (memcmp(line.ptr, "ADD", 3) == 0) {
        join(reader, line);
    } else if (hl7_is_header(line)) {
        refuse(reader, FAULT_HL7_SECOND_HEADER, line.ptr, NULL, "one header segment");
    } else {
        add_segment(reader, line);
    }
}

/* Whether reading on makes sense: faults of form do not end it, but without separators nothing can be read. */
static bool goes_on(const struct reader *reader)
{
    return reader->status == PARSE_OK ||
           (reader->status == PARSE_INVALID && reader->message->segment_count > 0);
}

static void read_lines(struct reader *reader)
{
    struct slice bytes = reader->source.bytes;
    uint32_t ends[PLACES_AT_ONCE];
    size_t seen = 0;
    size_t begin = 0;
    while (seen < bytes.len && goes_on(reader)) {
        size_t count = hl7_scan(bytes, &seen, HL7_NEEDLES('\r', '\n', '\0'), ends, PLACES_AT_ONCE);
        for (size_t i = 0; i < count && goes_on(reader); i++) {
            size_t end = ends[i];
            if (bytes.ptr[end] == '\0') {
                reader->nul = reader->nul != NULL ? reader->nul : bytes.ptr + end;
                continue;
            }
            read_line(reader, slice_from(bytes.ptr + begin, end - begin), true);
            begin = end + 1;
            /* CR LF is one line end; its LF is where the empty line behind CR ends. */
            reader->line += bytes.ptr[end] == '\r' || end == 0 || bytes.ptr[end - 1] != '\r';
        }
    }
    if (begin < bytes.len && goes_on(reader))
        read_line(reader, slice_after(bytes, begin), false);
}

/* ---- The character set ------------------------------------------------------------------------------------- */

/* What bytes are that nobody says anything of. */
static enum encoding guess_encoding(struct slice bytes)
{
    struct encoding_scan scan;
    encoding_scan_init(&scan, ENCODING_AUTO);
    encoding_scan_feed(&scan, bytes);
    return encoding_scan_end(&scan, NULL);
}

/* The set that MSH-18 names in its first repetition, which is that of the message; further ones are for escapes only.
 * False: it names one that is not ours. */
static bool declared_charset(struct hl7_message *message, bool ascii, enum hl7_charset *out)
{
    struct hl7_part field = hl7_segment_field(message, &message->segments[0], 18);
    struct hl7_part code = hl7_part_repetition(&message->separators, field, 1);
    code = hl7_part_component(&message->separators, code, 1);
    if (code.presence == HL7_VALUED && slice_trim(code.raw).len > 0)
        return hl7_charset_from_code(code.raw, out);
    bool utf8 = ascii || guess_encoding(message->bytes) == ENCODING_UTF8;
    *out = utf8 ? HL7_CHARSET_UTF8 : HL7_CHARSET_WINDOWS1252;
    return true;
}

/* The line of a byte of the message. */
static uint32_t line_of(const struct reader *reader, const char *at)
{
    uint32_t line = reader->source.line;
    for (const char *p = reader->source.bytes.ptr; p < at; p++)
        line += *p == '\r' || (*p == '\n' && (p == reader->source.bytes.ptr || p[-1] != '\r'));
    return line;
}

/* The field in which a byte of the message stands. The path stays empty where that is no segment, or none that we know: its
 * name may be three letters of a value on a line of its own. It stays empty, too, in what ADD continues. */
static void place_of(struct hl7_message *message, const char *at, struct hl7_path *path)
{
    uintptr_t first = (uintptr_t)message->bytes.ptr;
    const struct hl7_segment *segment = NULL;
    for (size_t i = message->segment_count; i > 0 && segment == NULL; i--) {
        uintptr_t begin = (uintptr_t)message->segments[i - 1].bytes.ptr;
        /* What ADD continues has moved. */
        if (begin >= first && begin <= (uintptr_t)at)
            segment = &message->segments[i - 1];
    }
    if (segment == NULL || (size_t)(at - segment->bytes.ptr) > segment->bytes.len)
        return;
    if (hl7_words_segment(segment->name).len == 0)
        return;
    memcpy(path->segment, segment->name, sizeof path->segment);
    path->occurrence = hl7_message_count(message, segment->name) > 1 ? segment->occurrence : 0;
    struct slice before = slice_from(segment->bytes.ptr, (size_t)(at - segment->bytes.ptr));
    path->field = (uint32_t)hl7_scan_count(before, message->separators.field) + hl7_is_header(segment->bytes);
}

static const char *expected_of(enum hl7_charset charset, bool known)
{
    if (!known)
        return "ASCII, 8859/1, 8859/15 or UNICODE UTF-8 in MSH-18, or a character set named for the feed";
    switch (charset) {
    case HL7_CHARSET_UTF8: return "valid UTF-8";
    case HL7_CHARSET_ASCII:
        return "ASCII, as MSH-18 says; where the sender means another set, name it for the feed";
    case HL7_CHARSET_8859_1:
    case HL7_CHARSET_8859_15:
        return "ISO 8859, as MSH-18 says; where the sender means Windows-1252, name it for the feed";
    case HL7_CHARSET_WINDOWS1252:
    case HL7_CHARSET_BY_MESSAGE: break;
    }
    return "valid Windows-1252";
}

static void read_charset(struct reader *reader)
{
    struct hl7_message *message = reader->message;
    size_t high = hl7_scan_high(message->bytes);
    bool known = true;
    message->charset = HL7_CHARSET_ASCII;
    if (reader->source.decoded)
        message->charset = HL7_CHARSET_UTF8;
    else if (reader->settings->charset != HL7_CHARSET_BY_MESSAGE)
        message->charset = reader->settings->charset;
    else
        known = declared_charset(message, high == message->bytes.len, &message->charset);
    if (high == message->bytes.len) {
        /* ASCII is a part of every set; \Xhh\ may still name other characters of the declared one. */
        return;
    }
    struct slice rest = slice_after(message->bytes, high);
    size_t valid = high + (known ? hl7_charset_valid_prefix(message->charset, rest) : 0);
    if (valid == message->bytes.len)
        return;
    if (known && message->charset == HL7_CHARSET_UTF8 && reader->source.last &&
        utf8_ends_inside_sequence(slice_after(message->bytes, valid))) {
        fail(reader, PARSE_INCOMPLETE);
        return;
    }
    struct hl7_path path = {.segment = ""};
    place_of(message, message->bytes.ptr + valid, &path);
    reader->line = line_of(reader, message->bytes.ptr + valid);
    refuse(reader, known ? FAULT_ENCODING_INVALID : FAULT_HL7_CHARSET, message->bytes.ptr + valid, &path,
           expected_of(message->charset, known));
}

/* ------------------------------------------------------------------------------------------------------------ */

static void read_message(struct reader *reader)
{
    struct slice bytes = reader->source.bytes;
    size_t limit = reader->settings->message_bytes;
    if (bytes.len > limit || bytes.len > LIMIT_HL7_FILE_BYTES) {
        report(reader, FAULT_FILE_TOO_LARGE, NULL, NULL, NULL);
        fail(reader, PARSE_LIMIT);
        return;
    }
    read_lines(reader);
    if (reader->status == PARSE_OK && reader->message->segment_count == 0)
        fail(reader, PARSE_INCOMPLETE); /* nothing but line ends */
    const char *nul = reader->nul;
    if (nul != NULL && goes_on(reader)) {
        struct hl7_path path = {.segment = ""};
        place_of(reader->message, nul, &path);
        reader->line = line_of(reader, nul);
        refuse(reader, FAULT_NUL_BYTE, nul, &path, "text; UTF-16 must begin with a byte order mark");
    }
    if (goes_on(reader))
        read_charset(reader);
}

enum parse_status hl7_message_read(struct hl7_source source, const struct hl7_settings *settings,
                                   struct arena *arena, struct fault_list *faults, struct hl7_message *out)
{
    *out = (struct hl7_message){.bytes = source.bytes, .arena = arena};
    struct reader reader = {
        .source = source, .settings = settings, .faults = faults, .message = out, .line = source.line};
    read_message(&reader);
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    return reader.status;
}

/* ---- Asking ------------------------------------------------------------------------------------------------ */

struct hl7_segment *hl7_message_segment(struct hl7_message *message, const char *name, size_t occurrence)
{
    if (occurrence == 0 || occurrence > hl7_message_count(message, name))
        return NULL;
    for (size_t i = 0; i < message->segment_count; i++) {
        struct hl7_segment *segment = &message->segments[i];
        if (segment->occurrence == occurrence && memcmp(segment->name, name, 3) == 0)
            return segment;
    }
    return NULL;
}

/* Finds the field separators of a segment. Without memory there is no index, and fields are counted each time. */
static void index_segment(struct hl7_message *message, struct hl7_segment *segment)
{
    const struct hl7_needles needle = HL7_NEEDLE(message->separators.field);
    uint32_t first[PLACES_AT_ONCE];
    size_t seen = 0;
    size_t count = hl7_scan(segment->bytes, &seen, needle, first, PLACES_AT_ONCE);
    size_t more = hl7_scan_count(slice_after(segment->bytes, seen), message->separators.field);
    uint32_t *places = arena_take_array(message->arena, count + more, sizeof *places);
    if (places == NULL)
        return;
    if (count > 0)
        memcpy(places, first, count * sizeof *places);
    if (more > 0)
        count += hl7_scan(segment->bytes, &seen, needle, places + count, more);
    segment->places = places;
    segment->place_count = (uint32_t)count;
    segment->indexed = true;
}

/* The bytes behind the separator with this number, from 1. */
static struct hl7_part behind_separator(struct hl7_message *message, struct hl7_segment *segment,
                                        size_t number)
{
    struct slice bytes = segment->bytes;
    if (!segment->indexed) {
        /* All between separators; the name is the first. */
        struct hl7_cursor cursor = hl7_cursor_over(hl7_part_of(bytes), message->separators.field);
        struct hl7_part part = HL7_PART_ABSENT;
        for (size_t i = 0; i <= number; i++) {
            if (!hl7_cursor_next(&cursor, &part))
                return HL7_PART_ABSENT;
        }
        return part;
    }
    if (number > segment->place_count)
        return HL7_PART_ABSENT;
    size_t begin = (size_t)segment->places[number - 1] + 1;
    size_t end = number < segment->place_count ? segment->places[number] : bytes.len;
    return hl7_part_of(slice_from(bytes.ptr + begin, end - begin));
}

struct hl7_part hl7_segment_field(struct hl7_message *message, struct hl7_segment *segment, size_t number)
{
    if (number == 0)
        return HL7_PART_ABSENT;
    if (!segment->indexed)
        index_segment(message, segment);
    if (!hl7_is_header(segment->bytes))
        return behind_separator(message, segment, number);
    /* The one place that knows that field 1 of a header is the separator itself. */
    struct hl7_part part = number == 1 ? hl7_part_of(slice_from(segment->bytes.ptr + 3, 1))
                                       : behind_separator(message, segment, number - 1);
    part.literal = number <= 2;
    return part;
}

size_t hl7_segment_field_count(struct hl7_message *message, struct hl7_segment *segment)
{
    if (!segment->indexed)
        index_segment(message, segment);
    size_t separators =
        segment->indexed ? segment->place_count : hl7_scan_count(segment->bytes, message->separators.field);
    return separators + hl7_is_header(segment->bytes);
}

struct hl7_part hl7_message_get(struct hl7_message *message, const struct hl7_path *path)
{
    struct hl7_segment *segment =
        hl7_message_segment(message, path->segment, path->occurrence != 0 ? path->occurrence : 1);
    if (segment == NULL)
        return HL7_PART_ABSENT;
    struct hl7_part part = hl7_segment_field(message, segment, path->field);
    if (path->repetition != 0 || path->component != 0)
        part = hl7_part_repetition(&message->separators, part, path->repetition != 0 ? path->repetition : 1);
    if (path->component != 0)
        part = hl7_part_component(&message->separators, part, path->component);
    if (path->component != 0 && path->subcomponent != 0)
        part = hl7_part_subcomponent(&message->separators, part, path->subcomponent);
    return part;
}

bool hl7_message_text(const struct hl7_message *message, struct hl7_part part, struct hl7_text *out)
{
    const struct hl7_separators none = {0};
    return hl7_escape_decode(part.raw, part.literal ? &none : &message->separators, message->charset,
                             message->arena, out);
}
