/*
 * The form in which a pharmacy wants its messages: type and version of HL7, separators, ends of lines, characters. All
 * of it is set in corbridge.xml (docs/configuration.md); what is allowed together is decided here.
 */
#ifndef CORBRIDGE_OUTBOUND_FORM_H
#define CORBRIDGE_OUTBOUND_FORM_H

#include <stdbool.h>

#include "outbound/hl7_writer.h"

enum form_message {
    FORM_RDE, /* pharmacy/treatment encoded order */
    FORM_ORM, /* general order */
    FORM_OMP, /* pharmacy/treatment order */
    FORM_MESSAGES
};

/* Oldest first, so that they can be compared. */
enum form_version {
    FORM_2_3,
    FORM_2_3_1,
    FORM_2_4,
    FORM_2_5,
    FORM_2_5_1,
    FORM_VERSIONS
};

enum form_character_set {
    FORM_UTF_8,
    FORM_ASCII,
    FORM_8859_1 /* ISO/IEC 8859-1, Latin alphabet No. 1 */
};

/* A field that only this pharmacy has, such as ZRX-3. */
struct form_place {
    char segment[4]; /* "" : none, the value goes as an NTE */
    unsigned field;
};

struct form {
    enum form_message message;
    enum form_version version;
    struct hl7_separators separators;
    const char *line_end; /* "\r", "\n" or "\r\n"; static */
    enum form_character_set character_set;
    bool replaces; /* a character that is not in the set goes as ?; else the order fails */
    struct form_place keep_on_person, container_type;
};

/* RDE^O11 in 2.5.1, | ^ ~ \ &, CR, UTF-8. */
extern const struct form form_default;

/* What MSH-9 says of a message in a version. */
struct form_kind {
    const char *message, *trigger; /* MSH-9.1, MSH-9.2: "RDE", "O11" */
    const char *structure;         /* MSH-9.3: "RDE_O11"; NULL in 2.3, which has no such component */
};

/* NULL when that version has no such message for orders of drugs (RULES "Orders and answers", Versions). Static. */
const struct form_kind *form_kind(enum form_message message, enum form_version version);

const char *form_message_name(enum form_message message); /* "RDE" */
const char *form_version_name(enum form_version version); /* "2.5.1" */

/* The words of the configuration. False when there is no such word. */
bool form_message_from_name(const char *name, enum form_message *out);
bool form_version_from_name(const char *name, enum form_version *out);
bool form_line_end_from_name(const char *name, const char **out);                  /* CR, LF, CRLF */
bool form_character_set_from_name(const char *name, enum form_character_set *out); /* UTF-8, ASCII, 8859/1 */

/* "ZRX-3". False when it is no field of a Z segment. */
bool form_place_from_text(const char *text, struct form_place *out);
bool form_place_is_set(const struct form_place *place);

/* Five characters in the order of MSH-1 and MSH-2. NULL when they can serve; else why not, to be read after "separators"
 * (static): a character that stands in numbers, times, codes or labels of ours would be escaped there, and ? is written for
 * what a character set lacks. */
const char *form_separators_from_text(const char *text, struct hl7_separators *out);

#endif
