/*
 * The two kinds of path in a mapping: plain ones from the root of the document, which are followed while it is read, and XPath
 * inside one record. What can be said of them without libxml2.
 */
#ifndef CORBRIDGE_PARSER_XML_PATH_H
#define CORBRIDGE_PARSER_XML_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/arena.h"
#include "parser/slice.h"

/* A namespace that a mapping declares. */
struct xml_namespace {
    const char *prefix;
    const char *uri;
};

struct xml_namespaces {
    const struct xml_namespace *items;
    size_t count;
};

/* The URI of a prefix; NULL: not declared. */
const char *xml_namespace_find(const struct xml_namespaces *namespaces, struct slice prefix);

struct xml_step {
    struct slice name;
    struct slice uri; /* empty: no namespace */
};

/* "/a/p:b/@c": element names from the root of the document on, and perhaps an attribute. */
struct xml_path {
    struct xml_step *steps;
    size_t count; /* elements */
    bool has_attribute;
    struct xml_step attribute;
};

/*
 * Reads a plain path; names are copied into `arena`, URIs borrowed. NULL: done; else what is wrong with it, to be read after its
 * text: static.
 */
const char *xml_path_read(const char *text, bool takes_attribute, const struct xml_namespaces *namespaces,
                          struct arena *arena, struct xml_path *out);

/*
 * What is wrong with an XPath beyond its grammar, to be read after its text; NULL: nothing. Static. It begins at the record and does not
 * leave it: no path from the root, no parent, ancestor, preceding or following axis; functions of XPath 1.0 only, no
 * variables, prefixes that are declared.
 */
const char *xml_xpath_fault(const char *text, const struct xml_namespaces *namespaces);

#endif
