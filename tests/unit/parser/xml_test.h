/* What the tests of XML share. */
#ifndef TESTS_UNIT_PARSER_XML_TEST_H
#define TESTS_UNIT_PARSER_XML_TEST_H

#include "parser/xml_mapping.h"
#include "parser/xml_records.h"

/* The bytes of a file, named from the root of the tree: "docs/mappings/flat-roster.xml". Aborts when it cannot be read; freed with free(). */
struct slice xml_test_load(const char *name);

/* The mapping, which must be without fault; of a file, and of a text. It lies in the arena. */
const struct xml_mapping *xml_test_mapping(const char *name, struct arena *arena);
const struct xml_mapping *xml_test_mapping_of(const char *text, struct arena *arena);

/* "12: …\n" for each fault of a text that must be refused; freed with free(). */
char *xml_test_faults(const char *text, struct arena *arena);

/* A callback that gives at most `chunk` bytes at once. */
struct xml_test_feed {
    struct slice rest;
    size_t chunk;
};

size_t xml_test_read(void *context, void *buffer, size_t size);

#endif
