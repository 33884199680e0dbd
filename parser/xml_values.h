/*
 * From the tree of one record to a struct jms_event: the expressions of a mapping, and then the rules that every format shares
 * (parser/jms_value.h). For parser/xml*.c.
 */
#ifndef CORBRIDGE_PARSER_XML_VALUES_H
#define CORBRIDGE_PARSER_XML_VALUES_H

#include "parser/jms_event.h"
#include "parser/xml_tree.h"

/* The compiled expressions of a mapping. libxml2 writes into them while it evaluates: one belongs to one thread. */
struct xml_values;

/* NULL: memory is exhausted. Borrows the mapping. */
struct xml_values *xml_values_open(const struct xml_mapping *mapping);
void xml_values_close(struct xml_values *values);

/* PARSE_OK, PARSE_INVALID or PARSE_NO_MEMORY. `out` borrows from the arena and the mapping only; faults are sorted by place. */
enum parse_status xml_values_read(struct xml_values *values, const struct xml_tree *tree,
                                  const struct xml_tree_record *record, const struct jms_settings *settings,
                                  struct arena *arena, struct fault_list *faults, struct jms_event *out);

/* A header, its date brought to the usual form where the mapping names one; false: it has not come. `*text` is empty where it holds no
 * date of that form. */
bool xml_values_header(const struct xml_tree *tree, const struct xml_header *header, struct arena *arena,
                       struct slice *text, uint32_t *line);

#endif
