/*
 * Mappings: how the XML of one vendor is read. A small XML document of ours (docs/jms-xml.md) that says where a record begins and, for each
 * field, where in the record its value stands and how it is written there.
 *
 *     <mapping format-version="1" document="roster">
 *       <namespace prefix="v" uri="urn:vendor"/>
 *       <header name="Exported" path="/v:Export/@created"/>
 *       <record path="/v:Export/v:Inmate" kind="demographics"/>
 *       <field name="LastName" xpath="v:Name/v:Last"/>
 *       <field name="Sex" xpath="v:Sex"><map from="M" to="Male"/><map from="F" to="Female"/></field>
 *       <field name="BirthDate" xpath="v:DOB" date="DD.MM.YYYY"/>
 *     </mapping>
 *
 * A loaded mapping never changes and knows nothing of libxml2: any number of threads may read by it.
 */
#ifndef CORBRIDGE_PARSER_XML_MAPPING_H
#define CORBRIDGE_PARSER_XML_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/jms_field.h"
#include "parser/slice.h"
#include "parser/xml_path.h"

enum xml_document {
    XML_ROSTER, /* any number of records, all of kind demographics */
    XML_EVENT   /* one */
};

/* What several nodes mean, where an expression finds them. */
enum xml_nodes {
    XML_NODES_ONE, /* a fault */
    XML_NODES_FIRST,
    XML_NODES_JOIN /* all that have a value, in order of the document */
};

struct xml_map {
    struct slice from, to; /* `from` is compared without regard to the case of ASCII letters */
};

/* Where one value stands and how it is written. Exactly one of xpath, header and fixed is given. */
struct xml_value {
    const char *name;
    const char *xpath;               /* or NULL */
    const struct xml_header *header; /* or NULL */
    const char *fixed;               /* or NULL */
    enum xml_nodes nodes;
    struct slice separator; /* XML_NODES_JOIN */
    bool collapses;         /* blanks and line breaks inside become one blank */
    const char *date;       /* a form of parser/date_form.h; NULL: the usual three */
    const struct xml_map *maps;
    size_t map_count; /* 0: the value is taken as it is */
    bool keeps_others;
};

/* A value outside of the records. It is an extra of a single event. */
struct xml_header {
    const char *name;
    struct xml_path path;
    const char *date; /* or NULL */
    size_t number;    /* its place in the mapping */
};

/* The kind of a record whose kind its content says. */
struct xml_when {
    struct slice value;
    enum jms_event_kind kind;
};

struct xml_mapping {
    enum xml_document document;
    struct xml_namespaces namespaces;
    const struct xml_header *headers;
    size_t header_count; /* at most LIMIT_XML_HEADERS */
    struct xml_path record;
    const char *kind_xpath; /* NULL: all are of `kind` */
    enum jms_event_kind kind;
    const struct xml_when *whens;
    size_t when_count;
    const struct xml_value *fields[JMS_FIELD_COUNT]; /* NULL: not mapped */
    const struct xml_value *extras;
    size_t extra_count;
};

/* "mapping.xml:12: …" without the name of the file, which the caller knows. */
struct xml_mapping_fault {
    uint32_t line; /* 0: the file as a whole */
    const char *text;
};

#define XML_MAPPING_FAULTS_MAX ((size_t)100)

struct xml_mapping_faults {
    struct arena *arena; /* owns items and texts */
    struct xml_mapping_fault *items;
    size_t count;
};

/*
 * Reads a mapping from the bytes of its file. NULL: refused; `faults` then holds every fault found, by line. The mapping and
 * all in it lie in `arena` and borrow nothing from `bytes`. Any thread.
 */
const struct xml_mapping *xml_mapping_load(struct slice bytes, struct arena *arena,
                                           struct xml_mapping_faults *faults);

/* The header, or extra, of that name; NULL: none. */
const struct xml_header *xml_mapping_header(const struct xml_mapping *mapping, struct slice name);
const struct xml_value *xml_mapping_extra(const struct xml_mapping *mapping, struct slice name);

/* Whether records of that kind can come of it. */
bool xml_mapping_makes(const struct xml_mapping *mapping, enum jms_event_kind kind);

#endif
