/*
 * The configuration file as elements and attributes with their lines, free of libxml2: what config.c reads and what
 * config_build.c makes a configuration from. Everything lies in the arena of the configuration.
 */
#ifndef CORBRIDGE_SERVICE_CONFIG_TREE_H
#define CORBRIDGE_SERVICE_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_attribute {
    const char *name;
    const char *value; /* without blanks at both ends */
    uint32_t line;     /* where its name stands */
    bool bad;          /* has a fault already: further rules pass it over */
    struct config_attribute *next;
};

struct config_element {
    const char *name;
    uint32_t line; /* where its tag begins */
    unsigned said; /* kinds of faults that config.c has named */
    bool lacking;  /* unknown elements were taken out of it: that something is missing is no further fault */
    struct config_attribute *attributes;
    struct config_element *parent, *children, *next;
};

/* The attribute of that name, also a bad one; NULL when absent. */
struct config_attribute *config_attribute_find(const struct config_element *element, const char *name);

/* The value of a good attribute; NULL when it is absent or bad. */
const char *config_attribute_value(const struct config_element *element, const char *name);

/* Where the attribute stands, else the element. */
uint32_t config_attribute_line(const struct config_element *element, const char *name);

/* How messages call the element: "feed 'jms'", "feed 'jms', match '*.ini'", "data". Writes into out and returns it. */
const char *config_element_subject(const struct config_element *element, char *out, size_t size);

#endif
