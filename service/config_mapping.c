#include "service/config_mapping.h"

#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "platform/file.h"
#include "platform/path.h"

/* A mapping that two rules name is loaded twice; its faults are told once. */
static bool is_told(const struct config_faults *faults, const char *file_name, const char *text)
{
    size_t name = strlen(file_name), length = strlen(text);
    for (size_t i = 0; i < faults->count; i++) {
        const char *known = faults->items[i].text;
        size_t size = strlen(known);
        if (size > length && strncmp(known, file_name, name) == 0 && known[name] == ':' &&
            strcmp(known + size - length, text) == 0)
            return true;
    }
    return false;
}

static void tell_faults(struct config_reading *reading, const char *file_name,
                        const struct xml_mapping_faults *faults)
{
    struct config_reading of_mapping = *reading;
    of_mapping.file_name = file_name;
    for (size_t i = 0; i < faults->count; i++)
        if (!is_told(reading->faults, file_name, faults->items[i].text))
            config_fault_add(&of_mapping, faults->items[i].line, "%s", faults->items[i].text);
    reading->no_memory = reading->no_memory || of_mapping.no_memory;
}

/* The bytes of a file beside the configuration, in its arena; false with the fault told. */
static bool load(struct config_reading *reading, uint32_t line, const char *subject, const char *name,
                 struct slice *bytes)
{
    char *folder = path_folder(reading->config->path); /* "" where the configuration was named without one */
    char *path = folder == NULL ? NULL : folder[0] != '\0' ? path_join(folder, name) : strdup(name);
    char *loaded = NULL;
    size_t size = 0;
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    if (path != NULL)
        status = file_load(path, LIMIT_XML_MAPPING, &loaded, &size);
    if (platform_ok(status)) {
        *bytes = arena_copy(&reading->config->arena, slice_from(loaded, size));
        reading->no_memory = reading->no_memory || bytes->ptr == NULL;
    } else {
        char words[200];
        platform_status_text(status, words, sizeof words);
        config_fault_add(
            reading, line,
            "%s: mapping '%s' cannot be read beside this file, error %s: put it there; docs/jms-xml.md "
            "says what it is",
            subject, name, words);
    }
    free(loaded);
    free(path);
    free(folder);
    return platform_ok(status) && bytes->ptr != NULL;
}

static void read_mapping(struct config_reading *reading, const struct config_element *element,
                         const char *subject, struct config_match *match)
{
    uint32_t line = config_attribute_line(element, "mapping");
    match->mapping_name = config_attribute_value(element, "mapping");
    if (match->mapping_name == NULL) {
        if (config_attribute_find(element, "mapping") == NULL)
            config_fault_add(
                reading, config_attribute_line(element, "format"),
                "%s: format=\"jms-xml\" needs mapping: add for example mapping=\"flat-roster.xml\", a file "
                "beside this one that says how the XML is read (docs/jms-xml.md)",
                subject);
        return;
    }
    if (!load(reading, line, subject, match->mapping_name, &match->mapping_bytes))
        return;
    struct xml_mapping_faults faults = {.arena = &reading->config->arena};
    match->mapping = xml_mapping_load(match->mapping_bytes, &reading->config->arena, &faults);
    tell_faults(reading, match->mapping_name, &faults);
    if (match->mapping == NULL && faults.count == 0)
        reading->no_memory = true;
    if (match->mapping != NULL && match->mapping->fields[JMS_FACILITY] == NULL &&
        reading->config->facility_count > 1 && xml_mapping_makes(match->mapping, JMS_DEMOGRAPHICS))
        config_fault_add(
            reading, line,
            "%s: mapping '%s' has no <field name=\"Facility\" …/>, and there is more than one facility: add it, "
            "or give the code there with value=\"…\"",
            subject, match->mapping_name);
}

/* The schema lets no other words through. */
static enum config_format format_of(const char *text)
{
    static const enum config_format OF_A_NAME[] = {CONFIG_FORMAT_ROSTER_CSV, CONFIG_FORMAT_ALERTS_CSV,
                                                   CONFIG_FORMAT_PHOTO};
    for (size_t i = 0; text != NULL && i < sizeof OF_A_NAME / sizeof OF_A_NAME[0]; i++)
        if (strcmp(text, config_format_name(OF_A_NAME[i])) == 0)
            return OF_A_NAME[i];
    return CONFIG_FORMAT_JMS_EVENT;
}

enum config_format config_read_format(struct config_reading *reading, const struct config_element *element,
                                      const char *subject, struct config_match *match)
{
    const char *format = config_attribute_value(element, "format");
    if (format != NULL && strcmp(format, "jms-xml") == 0) {
        read_mapping(reading, element, subject, match);
        /* One that is refused may have been either: what rosters allow is no further fault. */
        return match->mapping == NULL || match->mapping->document == XML_ROSTER ? CONFIG_FORMAT_XML_ROSTER
                                                                                : CONFIG_FORMAT_XML_EVENT;
    }
    if (config_attribute_find(element, "mapping") != NULL && format != NULL)
        config_fault_add(reading, config_attribute_line(element, "mapping"),
                         "%s: mapping is used with format=\"jms-xml\" only: add that, or take mapping out",
                         subject);
    return format_of(format);
}

void config_check_mapped_time(struct config_reading *reading, uint32_t line, const char *subject,
                              const struct config_match *match)
{
    const struct xml_mapping *mapping = match->mapping;
    struct slice name = slice_of(match->event_time_of);
    enum jms_field field = jms_field_find(name);
    if (mapping == NULL || xml_mapping_header(mapping, name) != NULL)
        return;
    if (match->format == CONFIG_FORMAT_XML_ROSTER)
        config_fault_add(
            reading, line,
            "%s: a roster speaks as of one time: event-time can name a <header> of mapping '%s', and '%s' is none",
            subject, match->mapping_name, match->event_time_of);
    else if (field != JMS_FIELD_COUNT && jms_field_rule(field)->type != JMS_DATETIME)
        config_fault_add(reading, line, "%s: event-time cannot be taken from %s, which holds no time",
                         subject, match->event_time_of);
    else if (field == JMS_FIELD_COUNT ? xml_mapping_extra(mapping, name) == NULL
                                      : mapping->fields[field] == NULL)
        config_fault_add(reading, line,
                         "%s: event-time names '%s', which mapping '%s' has not as a field, extra or header",
                         subject, match->event_time_of, match->mapping_name);
}
