/*
 * An XML document as records, one at a time: each a small tree of libxml2, made while the document streams by and gone with the next. Of what
 * is outside of the records only the chain of open elements is kept, and the header elements that the mapping names. Memory is one record, at
 * most LIMIT_XML_RECORD_BYTES of text, whatever the document has.
 *
 * No network, no DTD (a DOCTYPE ends the reading before anything in it is looked at), so no entities but the five of XML. For
 * parser/xml*.c; others read by parser/xml_records.h.
 */
#ifndef CORBRIDGE_PARSER_XML_TREE_H
#define CORBRIDGE_PARSER_XML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/fault.h"
#include "parser/xml_mapping.h"
#include "parser/xml_source.h"

struct _xmlDoc;
struct _xmlNode;
struct xml_tree;

enum xml_tree_got {
    XML_TREE_RECORD,
    XML_TREE_END,   /* the document is well-formed to its end */
    XML_TREE_FAILED /* xml_tree_failure says why */
};

struct xml_tree_record {
    struct _xmlNode *node; /* without parent or siblings; NULL when trees are not made */
    uint32_t line;         /* of its start tag */
    uint64_t offset;       /* in the document as UTF-8 without a mark */
    struct slice bytes;    /* of it, as UTF-8 */
};

/* Why the document ended early. */
struct xml_tree_failure {
    enum parse_status status; /* PARSE_INVALID, PARSE_INCOMPLETE, PARSE_LIMIT, PARSE_NO_MEMORY */
    enum fault_code code;
    uint32_t line;
    const char *expected; /* static, or NULL */
    struct slice field;   /* the header that it is about; lives as long as the mapping */
};

/*
 * NULL: memory is exhausted. `mapping` is borrowed; NULL: only whether the document is well-formed is asked. `makes_trees`
 * false: records are counted and passed by.
 */
struct xml_tree *xml_tree_open(const struct xml_mapping *mapping, enum encoding named, xml_read *read,
                               void *context, bool makes_trees);
void xml_tree_close(struct xml_tree *tree);

/* The next record; it lives until the next call. With trees, xml_tree_skip passes one by without making its tree. */
enum xml_tree_got xml_tree_next(struct xml_tree *tree, struct xml_tree_record *record);
enum xml_tree_got xml_tree_skip(struct xml_tree *tree);
const struct xml_tree_failure *xml_tree_failure(const struct xml_tree *tree);

/* The text of a header, trimmed, with its line; false: it has not come. Valid as long as the tree is open. */
bool xml_tree_header(const struct xml_tree *tree, const struct xml_header *header, struct slice *text,
                     uint32_t *line);

/* Whether an element at the record path stands in another namespace than the mapping says. */
bool xml_tree_saw_other_namespace(const struct xml_tree *tree);

enum encoding xml_tree_encoding(const struct xml_tree *tree);

/* The line of an element of a record, or of the element that a node of another kind is in. */
uint32_t xml_tree_line(const struct _xmlNode *node);

/* A document of its own around a record that was just given: the start tags of the elements that it stands in, the header elements, the
 * record as it is. In `arena`; empty when memory is exhausted. */
struct slice xml_tree_extract(const struct xml_tree *tree, const struct xml_tree_record *record,
                              struct arena *arena);

#endif
