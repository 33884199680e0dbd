#include "service/config_tree.h"

#include <stdio.h>
#include <string.h>

struct config_attribute *config_attribute_find(const struct config_element *element, const char *name)
{
    for (struct config_attribute *a = element->attributes; a != NULL; a = a->next) {
        if (strcmp(a->name, name) == 0)
            return a;
    }
    return NULL;
}

const char *config_attribute_value(const struct config_element *element, const char *name)
{
    const struct config_attribute *attribute = config_attribute_find(element, name);
    return attribute != NULL && !attribute->bad ? attribute->value : NULL;
}

uint32_t config_attribute_line(const struct config_element *element, const char *name)
{
    const struct config_attribute *attribute = config_attribute_find(element, name);
    return attribute != NULL ? attribute->line : element->line;
}

/* What tells one element of a kind from another: the attribute that a reader would name it by. */
static const char *naming_value(const struct config_element *element)
{
    static const char *const names[] = {"name", "code", "pattern"};
    if (strcmp(element->name, "facility") == 0)
        return config_attribute_value(element, "code");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = config_attribute_value(element, names[i]);
        if (value != NULL)
            return value;
    }
    return NULL;
}

const char *config_element_subject(const struct config_element *element, char *out, size_t size)
{
    const char *value = naming_value(element);
    const struct config_element *parent = element->parent;
    char above[200] = "";
    if (parent != NULL && parent->parent != NULL) {
        (void)config_element_subject(parent, above, sizeof above - 2);
        memcpy(above + strlen(above), ", ", 3);
    }
    if (value != NULL)
        (void)snprintf(out, size, "%s%.60s '%.100s'", above, element->name, value);
    else
        (void)snprintf(out, size, "%s%.60s", above, element->name);
    return out;
}
