#include "service/config_form.h"

#include <stdio.h>
#include <string.h>

#define LIST_SIZE ((size_t)64) /* all names of versions, or of messages */

/* Adds a name to "a, b or c"; `last`: no further one comes. */
static void list_add(char list[LIST_SIZE], const char *name, bool last)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, LIST_SIZE - used, "%s%s", used == 0 ? "" : last ? " or " : ", ", name);
}

static void list_messages(enum form_version version, char list[LIST_SIZE])
{
    size_t left = 0;
    for (unsigned message = 0; message < FORM_MESSAGES; message++)
        left += form_kind((enum form_message)message, version) != NULL;
    for (unsigned message = 0; message < FORM_MESSAGES; message++) {
        if (form_kind((enum form_message)message, version) != NULL)
            list_add(list, form_message_name((enum form_message)message), --left == 0);
    }
}

static void list_versions(enum form_message message, char list[LIST_SIZE])
{
    size_t left = 0;
    for (unsigned version = 0; version < FORM_VERSIONS; version++)
        left += form_kind(message, (enum form_version)version) != NULL;
    for (unsigned version = 0; version < FORM_VERSIONS; version++) {
        if (form_kind(message, (enum form_version)version) != NULL)
            list_add(list, form_version_name((enum form_version)version), --left == 0);
    }
}

static void read_kind(struct config_reading *reading, const struct config_element *element,
                      const char *subject, struct form *form)
{
    const char *message = config_attribute_value(element, "message");
    const char *version = config_attribute_value(element, "version");
    if (message != NULL)
        (void)form_message_from_name(message, &form->message);
    if (version != NULL)
        (void)form_version_from_name(version, &form->version);
    if (form_kind(form->message, form->version) != NULL)
        return;
    char messages[LIST_SIZE] = "", versions[LIST_SIZE] = "";
    list_messages(form->version, messages);
    list_versions(form->message, versions);
    config_fault_add(reading, config_attribute_line(element, version != NULL ? "version" : "message"),
                     "%s: HL7 %s%s has no message %s for orders of drugs: write message %s, or version %s",
                     subject, form_version_name(form->version),
                     version != NULL ? "" : ", the default of version,", form_message_name(form->message),
                     messages, versions);
}

static void read_characters(struct config_reading *reading, const struct config_element *element,
                            const char *subject, struct form *form)
{
    const char *set = config_attribute_value(element, "character-set");
    const char *others = config_attribute_value(element, "other-characters");
    if (set != NULL)
        (void)form_character_set_from_name(set, &form->character_set);
    form->replaces = others != NULL && strcmp(others, "replace") == 0;
    if (others != NULL && form->character_set == FORM_UTF_8)
        config_fault_add(
            reading, config_attribute_line(element, "other-characters"),
            "%s: other-characters is used with character-set=\"ASCII\" or \"8859/1\" only, since UTF-8 has "
            "every character: add that, or take other-characters out",
            subject);
}

static void read_separators(struct config_reading *reading, const struct config_element *element,
                            const char *subject, struct form *form)
{
    const char *separators = config_attribute_value(element, "separators");
    const char *fault = NULL;
    if (separators != NULL)
        fault = form_separators_from_text(separators, &form->separators);
    if (fault != NULL)
        config_fault_add(reading, config_attribute_line(element, "separators"), "%s: separators %s", subject,
                         fault);
    const char *line_end = config_attribute_value(element, "line-end");
    if (line_end != NULL)
        (void)form_line_end_from_name(line_end, &form->line_end);
}

/* "NTE" is no place. */
static void read_place(const struct config_element *element, const char *name, struct form_place *place)
{
    const char *text = config_attribute_value(element, name);
    if (text != NULL)
        (void)form_place_from_text(text, place);
}

static void read_places(struct config_reading *reading, const struct config_element *element,
                        const char *subject, struct form *form)
{
    read_place(element, "keep-on-person", &form->keep_on_person);
    read_place(element, "container-type", &form->container_type);
    if (form_place_is_set(&form->keep_on_person) &&
        strcmp(form->keep_on_person.segment, form->container_type.segment) == 0 &&
        form->keep_on_person.field == form->container_type.field)
        config_fault_add(
            reading, config_attribute_line(element, "container-type"),
            "%s: container-type and keep-on-person name the same field: give each a field of its own",
            subject);
}

void config_read_form(struct config_reading *reading, const struct config_element *element,
                      const char *subject, struct form *form)
{
    *form = form_default;
    read_kind(reading, element, subject, form);
    read_separators(reading, element, subject, form);
    read_characters(reading, element, subject, form);
    read_places(reading, element, subject, form);
}
