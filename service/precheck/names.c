#include "service/precheck/names.h"

#include <string.h>

#include "service/precheck/note.h"

void names_note_twins(struct precheck *check)
{
    for (size_t i = 0; i < check->file_count; i++) {
        uint32_t number = (uint32_t)(i + 1);
        if (!note_file_name(check, check->files[i].name, number))
            note_place(&check->names[PRECHECK_NAME_TWIN], (struct precheck_place){number, 0});
    }
}

static bool is_event(enum precheck_kind kind)
{
    return kind == PRECHECK_DEMOGRAPHICS || kind == PRECHECK_LOCATION || kind == PRECHECK_EVENT;
}

/* Where `part` stands in `name`; NULL: nowhere, or it is empty. */
static const char *find(const char *name, struct slice part)
{
    size_t length = strlen(name);
    for (size_t i = 0; part.len > 0 && i + part.len <= length; i++) {
        if (slice_equal_nocase(slice_from(name + i, part.len), part))
            return name + i;
    }
    return NULL;
}

/* The digits of a name without the id that stands in it at `at`. Up to `room` of them are kept; returns how many there are. */
static size_t other_digits(const char *name, const char *at, size_t id_length, char *digits, size_t room)
{
    size_t count = 0;
    for (const char *c = name; *c != '\0'; c++) {
        if (c == at)
            c += id_length;
        if (*c == '\0')
            break;
        if (*c < '0' || *c > '9')
            continue;
        if (count < room)
            digits[count] = *c;
        count++;
    }
    return count;
}

/* 0400 or 040000: a time of day. */
static bool is_hour(const char *digits, size_t count)
{
    if (count != 4 && count != 6)
        return false;
    for (size_t i = 0; i < count; i += 2) {
        int value = (digits[i] - '0') * 10 + (digits[i + 1] - '0');
        if (value > (i == 0 ? 23 : 59))
            return false;
    }
    return true;
}

static bool has_digit(const char *name)
{
    return strpbrk(name, "0123456789") != NULL;
}

/* What would tell the next event of this booking from this one. */
static void judge_event(struct precheck *check, const struct precheck_file *file, struct precheck_place place)
{
    const char *at = find(file->name, file->booking);
    size_t length = file->booking.len;
    if (at == NULL) {
        at = find(file->name, file->patient);
        length = file->patient.len;
    }
    if (at == NULL) {
        if (!has_digit(file->name))
            note_place(&check->names[PRECHECK_NAME_REPEATS], place);
        return;
    }
    char digits[6] = {0};
    size_t count = other_digits(file->name, at, length, digits, sizeof digits);
    if (count == 0)
        note_place(&check->names[PRECHECK_NAME_REPEATS], place);
    else if (is_hour(digits, count))
        note_place(&check->names[PRECHECK_NAME_HOUR_ONLY], place);
}

/* Whether a rule takes what the file is. */
static bool rule_fits(const struct config_match *match, const struct precheck_file *file)
{
    switch (match->format) {
    case CONFIG_FORMAT_JMS_EVENT: return is_event(file->kind) && !file->xml;
    case CONFIG_FORMAT_ROSTER_CSV: return file->kind == PRECHECK_ROSTER && !file->xml;
    case CONFIG_FORMAT_XML_EVENT:
    case CONFIG_FORMAT_XML_ROSTER: return file->xml;
    case CONFIG_FORMAT_ALERTS_CSV: return file->kind == PRECHECK_ALERTS;
    case CONFIG_FORMAT_PHOTO: return file->kind == PRECHECK_PHOTO;
    case CONFIG_FORMAT_HL7_RESULTS: return false;
    }
    return false;
}

static void judge_rule(struct precheck *check, const struct precheck_file *file, struct precheck_place place)
{
    const struct config *config = check->options.config;
    const struct config_match *match = NULL;
    for (size_t i = 0; match == NULL && i < config->feed_count; i++)
        match = config_match_find(&config->feeds[i], file->name);
    if (match == NULL)
        note_place(&check->names[PRECHECK_NAME_NO_RULE], place);
    else if (!rule_fits(match, file))
        note_place(&check->names[PRECHECK_NAME_WRONG_RULE], place);
}

void names_judge(struct precheck *check)
{
    for (size_t i = 0; i < check->file_count; i++) {
        const struct precheck_file *file = &check->files[i];
        struct precheck_place place = {(uint32_t)(i + 1), 0};
        bool readable =
            is_event(file->kind) || file->kind == PRECHECK_ROSTER || file->kind == PRECHECK_ALERTS;
        if (is_event(file->kind))
            judge_event(check, file, place);
        else if (readable && !has_digit(file->name))
            note_place(&check->names[PRECHECK_NAME_UNDATED], place);
        if (check->options.config != NULL && readable)
            judge_rule(check, file, place);
    }
}
