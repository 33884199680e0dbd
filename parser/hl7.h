/*
 * The reader of one HL7 v2 message in ER7 form, v2.1 to v2.9.
 *
 *   message = header *( 1*terminator segment ) *terminator
 *   header  = "MSH" separator encoding-characters *( separator field )
 *   segment = name *( separator field )          name = capital 2( capital / digit )
 *   terminator = CR / LF                         blank lines are passed over
 *
 * hl7_message_read makes an index of the segments, checks their names, the separators and the character set, and stops
 * there. The fields of a segment are indexed when the first of them is asked for, a value is decoded when it is asked for;
 * nothing is copied but what escapes, another character set or continuation (ADD) make necessary. It knows no message
 * types: any segment may stand anywhere.
 *
 * Everything borrows from the bytes of the message and from the arena, and lives as long as both. A message belongs to one
 * thread at a time, since asking may add to its index.
 *
 *     struct hl7_message message;
 *     struct hl7_settings settings = hl7_settings_default();
 *     if (hl7_message_read(hl7_source_of(bytes), &settings, &arena, &faults, &message) == PARSE_OK) {
 *         struct hl7_path path;
 *         struct hl7_text family;
 *         if (hl7_path_parse(slice_of("PID-5.1.1"), &path) &&
 *             hl7_message_text(&message, hl7_message_get(&message, &path), &family)) ...
 *     }
 *
 * A file may hold more than one message, a frame or a batch around them: parser/hl7_file.h takes it apart.
 */
#ifndef CORBRIDGE_PARSER_HL7_H
#define CORBRIDGE_PARSER_HL7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/fault.h"
#include "parser/hl7_charset.h"
#include "parser/hl7_escape.h"
#include "parser/hl7_part.h"
#include "parser/hl7_path.h"
#include "parser/slice.h"

struct hl7_settings {
    enum hl7_charset charset; /* any but HL7_CHARSET_BY_MESSAGE stands in place of what MSH-18 says */
    size_t message_bytes;     /* most bytes of one message */
    size_t segments;          /* most segments of one message */
    size_t file_bytes;        /* most bytes of a file; hl7_file.h */
    size_t messages;          /* most messages of a file; hl7_file.h */
};

/* By message, and the limits of parser/limits.h. */
struct hl7_settings hl7_settings_default(void);

/* The bytes of one message and where they come from. */
struct hl7_source {
    struct slice bytes;
    size_t offset; /* of the bytes in the file; for faults */
    uint32_t line; /* of the file, from 1; for faults */
    bool last;     /* nothing follows in the file: what is cut at the end may still be written */
    bool decoded;  /* the bytes were brought to UTF-8, whatever MSH-18 says (a file with a mark) */
};

/* A message that is all there is. */
struct hl7_source hl7_source_of(struct slice bytes);

struct hl7_segment {
    struct slice bytes;  /* with its name, without terminator; what ADD segments add is joined to it */
    char name[4];        /* with a NUL */
    uint32_t occurrence; /* among the segments of this name, from 1 */
    uint32_t line;       /* where it begins, from 1 */
    /* The index of its fields, made on demand; for hl7.c alone. */
    const uint32_t *places;
    uint32_t place_count;
    bool indexed;
};

struct hl7_name; /* how often a segment name occurs */

struct hl7_message {
    struct slice bytes; /* as given */
    struct hl7_separators separators;
    enum hl7_charset charset;     /* what its values are in; never HL7_CHARSET_BY_MESSAGE */
    bool cut;                     /* the last segment has no terminator */
    struct hl7_segment *segments; /* in order; the first is the header */
    size_t segment_count;
    struct arena *arena;
    struct hl7_name *names; /* a table with open addressing; for hl7.c alone */
    size_t name_room, name_count;
};

/*
 * Reads a message: MSH first, then any segments. Also reads FHS or BHS with what follows them, for their own fields.
 *
 * PARSE_OK: there may be warnings. PARSE_INVALID: faults say with line and path what is wrong: not begun by a header
 * segment, separators, a segment name, a second header, ADD without a segment before it, a NUL byte, bytes that are not in the character
 * set. PARSE_INCOMPLETE: empty, or source.last and cut inside the separators, a segment name or a UTF-8 character.
 * PARSE_LIMIT, PARSE_NO_MEMORY. *out is usable on PARSE_OK only. Faults hold no value of the message.
 */
enum parse_status hl7_message_read(struct hl7_source source, const struct hl7_settings *settings,
                                   struct arena *arena, struct fault_list *faults, struct hl7_message *out);

/* How many segments have this name (three letters). */
size_t hl7_message_count(const struct hl7_message *message, const char *name);

/* The segment of this name with this number, from 1; NULL: there is none. */
struct hl7_segment *hl7_message_segment(struct hl7_message *message, const char *name, size_t occurrence);

/* A field by its number in HL7's count, from 1: of a header segment 1 is the separator itself and 2 are the encoding
 * characters. Absent beyond the last one. */
struct hl7_part hl7_segment_field(struct hl7_message *message, struct hl7_segment *segment, size_t number);

/* The number of the last field that was sent, be it empty. */
size_t hl7_segment_field_count(struct hl7_message *message, struct hl7_segment *segment);

/* What stands at a path. Without a field number it is absent. The first repetition, component or subcomponent is meant where a
 * deeper number is given, and the whole where none is: PID-5 is all of the field, PID-5[1] its first repetition. */
struct hl7_part hl7_message_get(struct hl7_message *message, const struct hl7_path *path);

/* The part as UTF-8 text, escapes undone; see hl7_escape_decode. False: memory is exhausted. */
bool hl7_message_text(const struct hl7_message *message, struct hl7_part part, struct hl7_text *out);

#endif
