#include "service/config_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/slice.h"
#include "service/config_rules.h"
#include "service/config_units.h"

static size_t count_elements(const struct config_element *parent, const char *name)
{
    size_t count = 0;
    for (const struct config_element *e = parent->children; e != NULL; e = e->next)
        count += strcmp(e->name, name) == 0;
    return count;
}

const struct config_element *config_first_element(const struct config_element *parent, const char *name)
{
    const struct config_element *e = parent->children;
    while (e != NULL && strcmp(e->name, name) != 0)
        e = e->next;
    return e;
}

void *config_take_array(struct config_reading *reading, const struct config_element *parent, const char *name,
                        size_t size, size_t *count)
{
    *count = count_elements(parent, name);
    if (*count == 0)
        return NULL;
    void *array = arena_take_array(&reading->config->arena, *count, size);
    if (array == NULL) {
        reading->no_memory = true;
        *count = 0;
    }
    return array;
}

const char *config_value_or(const struct config_element *element, const char *name, const char *otherwise)
{
    const char *value = config_attribute_value(element, name);
    return value != NULL ? value : otherwise;
}

uint32_t config_read_duration(struct config_reading *reading, const struct config_element *element,
                              const char *name, uint32_t otherwise, uint32_t least, uint32_t most)
{
    const char *text = config_attribute_value(element, name);
    uint32_t value = 0;
    if (text == NULL)
        return otherwise;
    if (!config_duration(text, &value) || value < least || value > most) {
        char subject[CONFIG_SUBJECT_SIZE];
        char low[40];
        char high[40];
        config_duration_text(least, low, sizeof low);
        config_duration_text(most, high, sizeof high);
        config_fault_add(reading, config_attribute_line(element, name), "%s: %s=\"%s\" must be from %s to %s",
                         config_element_subject(element, subject, sizeof subject), name, text, low, high);
        return otherwise;
    }
    return value;
}

uint64_t config_read_size(struct config_reading *reading, const struct config_element *element,
                          const char *name, uint64_t otherwise, uint64_t least, uint64_t most)
{
    const char *text = config_attribute_value(element, name);
    uint64_t value = 0;
    if (text == NULL)
        return otherwise;
    if (!config_size(text, &value) || value < least || value > most) {
        char subject[CONFIG_SUBJECT_SIZE];
        char low[40];
        char high[40];
        config_size_text(least, low, sizeof low);
        config_size_text(most, high, sizeof high);
        config_fault_add(reading, config_attribute_line(element, name), "%s: %s=\"%s\" must be from %s to %s",
                         config_element_subject(element, subject, sizeof subject), name, text, low, high);
        return otherwise;
    }
    return value;
}

uint32_t config_read_count(const struct config_element *element, const char *name, uint32_t otherwise)
{
    const char *text = config_attribute_value(element, name);
    return text != NULL ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

const char *config_read_folder(struct config_reading *reading, const struct config_element *element,
                               const char *name)
{
    char subject[CONFIG_SUBJECT_SIZE];
    const char *folder = config_attribute_value(element, name);
    if (folder == NULL)
        return NULL;
    (void)config_element_subject(element, subject, sizeof subject);
    uint32_t line = config_attribute_line(element, name);
    return config_check_folder(reading, line, subject, name, folder) ? folder : NULL;
}

const char **config_split_codes(struct config_reading *reading, const char *text)
{
    size_t count = 1;
    for (const char *p = text; *p != '\0'; p++)
        count += *p == ',';
    const char **codes = arena_take_array(&reading->config->arena, count + 1, sizeof *codes);
    for (size_t i = 0; codes != NULL && i < count; i++) {
        size_t length = strcspn(text, ",");
        codes[i] = arena_copy_text(&reading->config->arena, slice_trim(slice_from(text, length)));
        text += length + (text[length] == ',');
        if (codes[i] == NULL)
            codes = NULL;
    }
    reading->no_memory = reading->no_memory || codes == NULL;
    return codes;
}

void config_check_codes(struct config_reading *reading, const struct config_element *element,
                        const char *const *codes)
{
    const struct config *config = reading->config;
    if (config->facility_count == 0)
        return; /* that has been said */
    char known[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < config->facility_count; i++) {
        if (config->facilities[i].code == NULL)
            return; /* the list is not whole, and that has been said */
        int length = snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                              config->facilities[i].code);
        if (length > 0 && (size_t)length < sizeof known - used)
            used += (size_t)length;
        else
            known[used] = '\0';
    }
    for (const char *const *code = codes; code != NULL && *code != NULL; code++) {
        if (config_facility_find(config, slice_of(*code)) != NULL)
            continue;
        char subject[CONFIG_SUBJECT_SIZE];
        config_fault_add(reading, config_attribute_line(element, "facilities"),
                         "%s: facility code '%s' is not known: known are %s; mend it or add a <facility>",
                         config_element_subject(element, subject, sizeof subject), *code, known);
    }
}
