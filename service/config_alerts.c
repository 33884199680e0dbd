#include "service/config_alerts.h"

#include <stdlib.h>
#include <string.h>

#include "parser/slice.h"
#include "service/config_read.h"
#include "service/config_rules.h"

static const char DEFAULT_FILE_PATTERN[] = "%Y%m%d%H%M%S_%N_%C.csv";

#define DEFAULT_COREMR 6000

void config_read_coremr(struct config_reading *reading, const struct config_element *root)
{
    const char *text =
        config_attribute_value(root, "coremr"); /* "6", "6.0", "6.12": the schema lets nothing else through */
    reading->config->coremr = DEFAULT_COREMR;
    if (text == NULL)
        return;
    char *rest;
    unsigned long first = strtoul(text, &rest, 10);
    unsigned long second = *rest == '.' ? strtoul(rest + 1, NULL, 10) : 0;
    reading->config->coremr = (uint32_t)(first * 1000 + second);
}

void config_alerts_need_coremr(struct config_reading *reading, uint32_t line, const char *subject)
{
    uint32_t version = reading->config->coremr;
    if (version < CONFIG_COREMR_ALERTS)
        config_fault_add(
            reading, line,
            "%s: alerts need CorEMR 6.0 or later, and coremr=\"%lu.%lu\" of <corbridge> says that it is "
            "older: take the alerts out, or mend coremr",
            subject, (unsigned long)(version / 1000), (unsigned long)(version % 1000));
}

/* ---- <alerts> ---- */

static void read_code(struct config_reading *reading, const struct config_element *element,
                      const struct alert_map *map, struct alert_code *code)
{
    code->coremr = config_attribute_value(element, "code");
    code->theirs = config_value_or(element, "theirs", code->coremr);
    if (code->theirs == NULL)
        return; /* that has been said */
    const char *taken = alert_map_coremr_code(map, slice_of(code->theirs));
    char subject[CONFIG_SUBJECT_SIZE];
    if (taken != NULL)
        config_fault_add(
            reading, element->line,
            "%s: their code '%s' stands for '%s' already: each of their codes must mean one of CorEMR's",
            config_element_subject(element, subject, sizeof subject), code->theirs, taken);
}

static void read_user(struct config_reading *reading, const struct config_element *element,
                      const struct alert_map *map, struct alert_user *user)
{
    const char *id = config_attribute_value(element, "id");
    user->coremr = config_attribute_value(element, "coremr");
    user->theirs = id != NULL ? (int32_t)strtol(id, NULL, 10) : -1;
    const char *taken = id != NULL ? alert_map_coremr_user(map, user->theirs) : NULL;
    char subject[CONFIG_SUBJECT_SIZE];
    if (taken != NULL)
        config_fault_add(reading, element->line,
                         "%s: their user %s stands for '%s' already: keep one of the two",
                         config_element_subject(element, subject, sizeof subject), id, taken);
}

static void read_map(struct config_reading *reading, const struct config_element *element,
                     struct alert_map *map)
{
    size_t code_count, user_count;
    struct alert_code *codes = config_take_array(reading, element, "alert", sizeof *codes, &code_count);
    struct alert_user *users = config_take_array(reading, element, "user", sizeof *users, &user_count);
    map->codes = codes;
    map->users = users;
    for (const struct config_element *e = element->children; e != NULL && !reading->no_memory; e = e->next) {
        if (strcmp(e->name, "alert") == 0) {
            read_code(reading, e, map, &codes[map->code_count]);
            map->code_count +=
                codes[map->code_count].theirs != NULL; /* a bad one is refused, and leaves its place */
        } else if (strcmp(e->name, "user") == 0) {
            read_user(reading, e, map, &users[map->user_count]);
            map->user_count++;
        }
    }
}

/* ---- <alerts-out> ---- */

static void read_out(struct config_reading *reading, const struct config_element *element,
                     struct config_alerts *alerts)
{
    char subject[CONFIG_SUBJECT_SIZE];
    (void)config_element_subject(element, subject, sizeof subject);
    const char *facilities = config_attribute_value(element, "facilities");
    alerts->taken = true;
    alerts->line = element->line;
    alerts->test_folder = config_read_folder(reading, element, "test-folder");
    alerts->live_folder = config_read_folder(reading, element, "live-folder");
    alerts->facilities = facilities != NULL ? config_split_codes(reading, facilities) : NULL;
    alerts->file_pattern = config_value_or(element, "file-pattern", DEFAULT_FILE_PATTERN);
    alerts->leaves_unmapped = strcmp(config_value_or(element, "unmapped", "fail"), "leave") == 0;
    (void)config_check_file_pattern(reading, config_attribute_line(element, "file-pattern"), subject,
                                    alerts->file_pattern);
    config_check_codes(reading, element, alerts->facilities);
}

static void check_once(struct config_reading *reading, const struct config_element *feed, const char *name)
{
    const struct config_element *first = config_first_element(feed, name);
    for (const struct config_element *e = first != NULL ? first->next : NULL; e != NULL; e = e->next) {
        char subject[CONFIG_SUBJECT_SIZE];
        if (strcmp(e->name, name) == 0)
            config_fault_add(reading, e->line, "%s: stands in line %lu already: keep one of them",
                             config_element_subject(e, subject, sizeof subject), (unsigned long)first->line);
    }
}

/* A rule for alerts of a feed without codes would set every line aside. */
static void check_matches(struct config_reading *reading, const struct config_element *feed,
                          const struct alert_map *map)
{
    for (const struct config_element *e = feed->children; e != NULL; e = e->next) {
        const char *format = strcmp(e->name, "match") == 0 ? config_attribute_value(e, "format") : NULL;
        char subject[CONFIG_SUBJECT_SIZE];
        if (format == NULL || strcmp(format, "alerts-csv") != 0 || map->code_count > 0 || feed->lacking)
            continue;
        config_fault_add(
            reading, e->line,
            "%s: the feed has no <alerts> with codes, so every line would be set aside: add for example "
            "<alerts><alert code=\"HIGHCAL\"/></alerts>",
            config_element_subject(e, subject, sizeof subject));
    }
}

static void read_feed(struct config_reading *reading, const struct config_element *feed,
                      struct config_alerts *alerts)
{
    const struct config_element *map = config_first_element(feed, "alerts");
    const struct config_element *out = config_first_element(feed, "alerts-out");
    const struct config_element *first = map != NULL ? map : out;
    char subject[CONFIG_SUBJECT_SIZE];
    check_once(reading, feed, "alerts");
    check_once(reading, feed, "alerts-out");
    if (map != NULL)
        read_map(reading, map, &alerts->map);
    if (out != NULL)
        read_out(reading, out, alerts);
    if (first != NULL)
        config_alerts_need_coremr(reading, first->line,
                                  config_element_subject(first, subject, sizeof subject));
    check_matches(reading, feed, &alerts->map);
    if (out != NULL && map == NULL && !feed->lacking)
        config_fault_add(reading, out->line,
                         "%s: has no <alerts> beside it, so no code could be sent: add for example "
                         "<alerts><alert code=\"HIGHCAL\"/></alerts>",
                         config_element_subject(out, subject, sizeof subject));
}

void config_read_alerts(struct config_reading *reading, const struct config_element *root,
                        struct config_feed *feeds)
{
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        if (strcmp(e->name, "feed") == 0)
            read_feed(reading, e, &(feeds++)->alerts);
    }
}
