#include "outbound/form.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct form form_default = {
    .message = FORM_RDE,
    .version = FORM_2_5_1,
    .separators = {.field = '|', .component = '^', .repetition = '~', .escape = '\\', .subcomponent = '&'},
    .line_end = "\r",
    .character_set = FORM_UTF_8,
};

static const char *const message_names[FORM_MESSAGES] = {"RDE", "ORM", "OMP"};
static const char *const version_names[FORM_VERSIONS] = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1"};

/* Until 2.3.1 every order is event O01; 2.4 gave each kind of order a message and an event of its own. */
static const struct form_kind kinds[FORM_MESSAGES][FORM_VERSIONS] = {
    [FORM_RDE] = {[FORM_2_3] = {"RDE", "O01", NULL},
                  [FORM_2_3_1] = {"RDE", "O01", "RDE_O01"},
                  [FORM_2_4] = {"RDE", "O11", "RDE_O11"},
                  [FORM_2_5] = {"RDE", "O11", "RDE_O11"},
                  [FORM_2_5_1] = {"RDE", "O11", "RDE_O11"}},
    [FORM_ORM] = {[FORM_2_3] = {"ORM", "O01", NULL}, [FORM_2_3_1] = {"ORM", "O01", "ORM_O01"}},
    [FORM_OMP] = {[FORM_2_4] = {"OMP", "O09", "OMP_O09"},
                  [FORM_2_5] = {"OMP", "O09", "OMP_O09"},
                  [FORM_2_5_1] = {"OMP", "O09", "OMP_O09"}},
};

const struct form_kind *form_kind(enum form_message message, enum form_version version)
{
    const struct form_kind *kind = &kinds[message][version];
    return kind->message != NULL ? kind : NULL;
}

const char *form_message_name(enum form_message message)
{
    return message_names[message];
}

const char *form_version_name(enum form_version version)
{
    return version_names[version];
}

/* The place of a word in a list; `count` when it is not there. */
static size_t word_find(const char *word, const char *const *words, size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(word, words[i]) != 0)
        i++;
    return i;
}

bool form_message_from_name(const char *name, enum form_message *out)
{
    size_t at = word_find(name, message_names, FORM_MESSAGES);
    if (at == FORM_MESSAGES)
        return false;
    *out = (enum form_message)at;
    return true;
}

bool form_version_from_name(const char *name, enum form_version *out)
{
    size_t at = word_find(name, version_names, FORM_VERSIONS);
    if (at == FORM_VERSIONS)
        return false;
    *out = (enum form_version)at;
    return true;
}

bool form_line_end_from_name(const char *name, const char **out)
{
    static const char *const names[] = {"CR", "LF", "CRLF"}, *const ends[] = {"\r", "\n", "\r\n"};
    size_t at = word_find(name, names, COUNT(names));
    if (at == COUNT(names))
        return false;
    *out = ends[at];
    return true;
}

bool form_character_set_from_name(const char *name, enum form_character_set *out)
{
    static const char *const names[] = {"UTF-8", "ASCII", "8859/1"};
    size_t at = word_find(name, names, COUNT(names));
    if (at == COUNT(names))
        return false;
    *out = (enum form_character_set)at;
    return true;
}

bool form_place_from_text(const char *text, struct form_place *out)
{
    if (strlen(text) < 5 || text[0] != 'Z' || text[3] != '-')
        return false;
    for (size_t i = 1; i < 3; i++) {
        if ((text[i] < 'A' || text[i] > 'Z') && (text[i] < '0' || text[i] > '9'))
            return false;
    }
    unsigned field = 0;
    for (const char *p = text + 4; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || field >= 10)
            return false;
        field = field * 10 + (unsigned)(*p - '0');
    }
    *out = (struct form_place){.field = field};
    memcpy(out->segment, text, 3);
    return field > 0;
}

bool form_place_is_set(const struct form_place *place)
{
    return place->segment[0] != '\0';
}

const char *form_separators_from_text(const char *text, struct hl7_separators *out)
{
    if (strlen(text) != 5)
        return "must be five characters: those of MSH-1 and MSH-2, such as |^~\\&amp;";
    for (size_t i = 0; i < 5; i++) {
        if (strchr("!\"#$%&'()*,;<=>@[\\]^`{|}~", text[i]) == NULL)
            return "may be ! \" # $ % & ' ( ) * , ; < = > @ [ \\ ] ^ ` { | } ~ only: others stand in "
                   "numbers, times and codes";
        if (strchr(text + i + 1, text[i]) != NULL)
            return "must be five different characters";
    }
    *out = (struct hl7_separators){.field = text[0],
                                   .component = text[1],
                                   .repetition = text[2],
                                   .escape = text[3],
                                   .subcomponent = text[4]};
    return NULL;
}
