#include "outbound/character_set.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "parser/utf8.h"

const char *character_set_code(enum form_character_set set, enum form_version version)
{
    switch (set) {
    case FORM_ASCII: return "ASCII";
    case FORM_8859_1: return "8859/1";
    case FORM_UTF_8: break;
    }
    /* 2.5 told the forms of Unicode apart; before, there was one code, and in 2.3 none. */
    if (version >= FORM_2_5)
        return "UNICODE UTF-8";
    return version >= FORM_2_3_1 ? "UNICODE" : NULL;
}

/* Of a valid sequence. */
static uint32_t code_point(const char *bytes, size_t length)
{
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t value = (unsigned char)bytes[0] & first_bits[length];
    for (size_t i = 1; i < length; i++)
        value = value << 6 | ((unsigned char)bytes[i] & 0x3Fu);
    return value;
}

/* ISO/IEC 8859-1 has no characters at 80 to 9F; receivers that take it for Windows-1252 have others there. */
static bool has(enum form_character_set set, uint32_t character)
{
    return character < 0x80 || (set == FORM_8859_1 && character >= 0xA0 && character <= 0xFF);
}

/* Where in the message the bytes stand, for people. */
struct place {
    const struct hl7_separators *separators;
    char segment[4];
    unsigned field;
    size_t in_segment; /* bytes since its beginning */
};

static void place_pass(struct place *place, char c)
{
    if (c == '\r' || c == '\n') {
        *place = (struct place){.separators = place->separators};
        return;
    }
    if (place->in_segment < 3)
        place->segment[place->in_segment] = c;
    place->in_segment++;
    /* The first separator of MSH is MSH-1 itself. */
    if (c == place->separators->field)
        place->field += place->field == 0 && memcmp(place->segment, "MSH", 3) == 0 ? 2 : 1;
}

enum character_result character_set_encode(struct slice message, const struct form *form, struct arena *arena,
                                           struct slice *out, struct character_loss *loss)
{
    *loss = (struct character_loss){0};
    if (!utf8_is_valid(message))
        return CHARACTER_NOT_UTF_8;
    *out = message;
    if (form->character_set == FORM_UTF_8)
        return CHARACTER_OK;
    char *bytes = arena_take(arena, message.len);
    if (bytes == NULL)
        return CHARACTER_NO_MEMORY;
    struct place place = {.separators = &form->separators};
    size_t written = 0;
    for (size_t at = 0; at < message.len;) {
        size_t length = utf8_sequence_length(slice_after(message, at));
        uint32_t character = code_point(message.ptr + at, length);
        if (has(form->character_set, character)) {
            bytes[written++] = (char)(unsigned char)character;
        } else {
            bytes[written++] = '?';
            if (loss->count++ == 0) {
                memcpy(loss->segment, place.segment, sizeof loss->segment);
                loss->field = place.field;
            }
        }
        place_pass(&place, character < 0x80 ? (char)character : '?');
        at += length;
    }
    *out = slice_from(bytes, written);
    return CHARACTER_OK;
}
