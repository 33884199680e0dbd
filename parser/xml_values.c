#include "parser/xml_values.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>

#include "parser/date_form.h"
#include "parser/limits.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

struct xml_values {
    const struct xml_mapping *mapping;
    xmlXPathContextPtr xpath;
    xmlDocPtr nothing; /* what a path from the root would find */
    xmlXPathCompExprPtr kind;
    xmlXPathCompExprPtr fields[JMS_FIELD_COUNT];
    xmlXPathCompExprPtr *extras;
    bool no_memory; /* of libxml2 */
};

/* One record being read. */
struct reading {
    struct xml_values *values;
    const struct xml_tree *tree;
    const struct xml_tree_record *record;
    const struct jms_settings *settings;
    struct arena *arena;
    struct fault_list *faults;
    struct jms_event *event;
    bool invalid;
    bool no_memory;
};

/* What an expression found. */
struct found {
    bool present;
    struct slice text;
    uint32_t line;
    enum fault_code fault;
};

/* ---- life ---- */

static void on_error(void *context, const xmlError *error)
{
    struct xml_values *values = context;
    values->no_memory = values->no_memory || error->code == XML_ERR_NO_MEMORY;
}

static xmlXPathCompExprPtr compile(struct xml_values *values, const char *text)
{
    if (text == NULL)
        return NULL;
    xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(values->xpath, (const xmlChar *)text);
    values->no_memory =
        values->no_memory || compiled == NULL; /* the mapping was checked: nothing else can be */
    return compiled;
}

struct xml_values *xml_values_open(const struct xml_mapping *mapping)
{
    struct xml_values *values = calloc(1, sizeof *values);
    if (values == NULL)
        return NULL;
    values->mapping = mapping;
    values->nothing = xmlNewDoc(NULL);
    values->xpath = xmlXPathNewContext(values->nothing);
    values->extras = calloc(mapping->extra_count + 1, sizeof(xmlXPathCompExprPtr));
    if (values->nothing == NULL || values->xpath == NULL || values->extras == NULL) {
        xml_values_close(values);
        return NULL;
    }
    xmlXPathSetErrorHandler(values->xpath, on_error, values);
    (void)xmlXPathContextSetCache(values->xpath, 1, -1, 0);
    values->xpath->opLimit = LIMIT_XML_STEPS;
    for (size_t i = 0; i < mapping->namespaces.count; i++)
        values->no_memory |=
            xmlXPathRegisterNs(values->xpath, (const xmlChar *)mapping->namespaces.items[i].prefix,
                               (const xmlChar *)mapping->namespaces.items[i].uri) != 0;
    values->kind = compile(values, mapping->kind_xpath);
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        values->fields[field] =
            mapping->fields[field] == NULL ? NULL : compile(values, mapping->fields[field]->xpath);
    for (size_t i = 0; i < mapping->extra_count; i++)
        values->extras[i] = compile(values, mapping->extras[i].xpath);
    if (values->no_memory) {
        xml_values_close(values);
        return NULL;
    }
    return values;
}

void xml_values_close(struct xml_values *values)
{
    if (values == NULL)
        return;
    xmlXPathFreeCompExpr(values->kind);
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        xmlXPathFreeCompExpr(values->fields[field]);
    for (size_t i = 0; values->extras != NULL && i < values->mapping->extra_count; i++)
        xmlXPathFreeCompExpr(values->extras[i]);
    free(values->extras);
    xmlXPathFreeContext(values->xpath);
    xmlFreeDoc(values->nothing);
    free(values);
}

/* ---- texts ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = slice_after(text, 1);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static struct slice keep(struct reading *reading, struct slice text)
{
    if (text.len == 0)
        return slice_from("", 0);
    struct slice copy = arena_copy(reading->arena, text);
    reading->no_memory = reading->no_memory || copy.ptr == NULL;
    return copy.ptr == NULL ? SLICE_EMPTY : copy;
}

/* Blanks and line breaks inside as one blank; changes the copy in the arena. */
static struct slice collapse(struct slice text)
{
    char *out = (char *)(uintptr_t)text.ptr;
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool blank = is_blank(text.ptr[i]);
        if (!blank || (length > 0 && out[length - 1] != ' '))
            out[length++] = blank ? ' ' : text.ptr[i];
    }
    return slice_from(text.ptr, length);
}

/* xsi:nil="true" says that an element has no value. */
static bool is_nil(const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return false;
    xmlChar *value = xmlGetNsProp(node, (const xmlChar *)"nil", (const xmlChar *)XSI);
    bool nil =
        value != NULL && (strcmp((const char *)value, "true") == 0 || strcmp((const char *)value, "1") == 0);
    xmlFree(value);
    return nil;
}

static struct slice text_of_node(struct reading *reading, const xmlNode *node)
{
    if (is_nil(node))
        return slice_from("", 0);
    xmlChar *content = xmlNodeGetContent(node);
    if (content == NULL) {
        reading->no_memory = true;
        return SLICE_EMPTY;
    }
    struct slice text = keep(reading, trim(slice_of((const char *)content)));
    xmlFree(content);
    return text;
}

static struct slice join(struct reading *reading, struct slice before, struct slice separator,
                         struct slice more)
{
    char *text = arena_take(reading->arena, before.len + separator.len + more.len + 1);
    if (text == NULL) {
        reading->no_memory = true;
        return SLICE_EMPTY;
    }
    memcpy(text, before.ptr, before.len);
    if (separator.len > 0)
        memcpy(text + before.len, separator.ptr, separator.len);
    memcpy(text + before.len + separator.len, more.ptr, more.len);
    return slice_from(text, before.len + separator.len + more.len);
}

static void find_in_nodes(struct reading *reading, const struct xml_value *value, xmlNodeSetPtr nodes,
                          struct found *found)
{
    int count = nodes == NULL ? 0 : nodes->nodeNr;
    if (count == 0)
        return;
    found->present = true;
    if (count > 1) {
        xmlXPathNodeSetSort(nodes);
        found->line = xml_tree_line(nodes->nodeTab[0]);
    }
    if (count > 1 && value->nodes == XML_NODES_ONE) {
        found->fault = FAULT_XML_SEVERAL_NODES;
        return;
    }
    found->line = xml_tree_line(nodes->nodeTab[0]);
    found->text = text_of_node(reading, nodes->nodeTab[0]);
    for (int i = 1; value->nodes == XML_NODES_JOIN && i < count && !reading->no_memory; i++) {
        struct slice more = text_of_node(reading, nodes->nodeTab[i]);
        if (found->text.len == 0)
            found->text = more;
        else if (more.len > 0)
            found->text = join(reading, found->text, value->separator, more);
        if (found->text.len > LIMIT_XML_RECORD_BYTES)
            found->fault = FAULT_TOO_LONG;
        if (found->fault != FAULT_NONE)
            return;
    }
}

static struct found evaluate(struct reading *reading, xmlXPathCompExprPtr expression,
                             const struct xml_value *value)
{
    struct found found = {.line = reading->record->line};
    struct xml_values *values = reading->values;
    values->xpath->node = reading->record->node;
    xmlXPathObjectPtr object = xmlXPathCompiledEval(expression, values->xpath);
    if (object == NULL) {
        reading->no_memory = reading->no_memory || values->no_memory;
        found.present = true;
        found.fault = FAULT_XML_EXPRESSION;
        return found;
    }
    if (object->type == XPATH_NODESET) {
        find_in_nodes(reading, value, object->nodesetval, &found);
    } else {
        xmlChar *text = xmlXPathCastToString(object);
        reading->no_memory = reading->no_memory || text == NULL;
        found.present = true;
        found.text = keep(reading, trim(slice_of((const char *)text)));
        xmlFree(text);
    }
    xmlXPathFreeObject(object);
    if (value->collapses && found.text.len > 0)
        found.text = collapse(found.text);
    return found;
}

/* ---- fields ---- */

static bool is_required(const struct reading *reading, enum jms_field field)
{
    if (field == JMS_FACILITY && !reading->settings->facility_required)
        return false;
    return jms_field_rule(field)->required[reading->event->kind];
}

static void add(struct reading *reading, enum fault_severity severity, enum fault_code code,
                enum jms_field field, const char *expected)
{
    reading->invalid |= severity == FAULT_ERROR;
    fault_add(reading->faults, severity, code, 0, reading->event->fields[field].line,
              slice_of(jms_field_rule(field)->name), expected);
}

static void drop(struct reading *reading, enum fault_code code, enum jms_field field, const char *expected)
{
    jms_value_drop(&reading->event->fields[field]);
    add(reading, is_required(reading, field) ? FAULT_ERROR : FAULT_WARNING, code, field, expected);
}

static bool take_header(struct reading *reading, const struct xml_header *header, struct slice *text,
                        uint32_t *line)
{
    bool found = xml_values_header(reading->tree, header, reading->arena, text, line);
    reading->no_memory = reading->no_memory || (found && text->ptr == NULL);
    return found;
}

static struct found find(struct reading *reading, enum jms_field field, const struct xml_value *value)
{
    if (value->xpath != NULL)
        return evaluate(reading, reading->values->fields[field], value);
    struct found found = {.present = true, .text = slice_of(value->fixed), .line = reading->record->line};
    if (value->header != NULL)
        found.present = take_header(reading, value->header, &found.text, &found.line);
    return found;
}

/* The mapped value; false: the map does not have it. An empty value that is not mapped stays empty. */
static bool map(const struct xml_value *value, struct slice *text)
{
    for (size_t i = 0; i < value->map_count; i++) {
        if (slice_equal_nocase(*text, value->maps[i].from)) {
            *text = value->maps[i].to;
            return true;
        }
    }
    return value->map_count == 0 || value->keeps_others || text->len == 0;
}

/* Brings a date of the mapping's form to the usual one. */
static enum fault_code rewrite_date(struct reading *reading, const char *form, bool with_time,
                                    struct slice *text)
{
    char usual[DATE_FORM_SIZE];
    enum fault_code code = date_form_rewrite(form, *text, with_time, usual);
    if (code == FAULT_NONE)
        *text = keep(reading, slice_of(usual));
    return code;
}

static void take_field(struct reading *reading, enum jms_field field)
{
    const struct xml_value *value = reading->values->mapping->fields[field];
    const struct jms_field_rule *rule = jms_field_rule(field);
    struct jms_value *out = &reading->event->fields[field];
    if (value == NULL || !rule->allowed[reading->event->kind]) {
        if (is_required(reading, field))
            add(reading, FAULT_ERROR, FAULT_REQUIRED_MISSING, field, rule->expected);
        return;
    }
    struct found found = find(reading, field, value);
    out->line = found.line;
    if (found.fault != FAULT_NONE) {
        drop(reading, found.fault, field,
             found.fault == FAULT_XML_SEVERAL_NODES ? "one; the mapping can say nodes=\"first\" or \"join\""
                                                    : NULL);
        return;
    }
    bool mapped = !found.present || map(value, &found.text);
    out->presence = !found.present ? JMS_ABSENT : found.text.len == 0 ? JMS_EMPTY : JMS_GIVEN;
    if (out->presence != JMS_GIVEN) {
        if (is_required(reading, field))
            add(reading, FAULT_ERROR, found.present ? FAULT_REQUIRED_EMPTY : FAULT_REQUIRED_MISSING, field,
                rule->expected);
        return;
    }
    enum fault_code code = mapped ? FAULT_NONE : FAULT_XML_NOT_MAPPED;
    const char *expected = mapped ? value->date : "a value that a <map> of the mapping has";
    if (code == FAULT_NONE && value->date != NULL)
        code = rewrite_date(reading, value->date, rule->type == JMS_DATETIME, &found.text);
    if (code == FAULT_NONE) {
        code = jms_value_read(found.text, rule, reading->arena, out, &reading->no_memory);
        expected = code == FAULT_NONE || value->date != NULL ? value->date : jms_value_expected(code, rule);
    }
    if (code != FAULT_NONE)
        drop(reading, code, field, expected);
}

/* ---- the record ---- */

/* False: it is not known, and so what else belongs to the record. */
static bool read_kind(struct reading *reading)
{
    const struct xml_mapping *mapping = reading->values->mapping;
    static const struct xml_value one = {.nodes = XML_NODES_ONE};
    reading->event->kind = mapping->kind;
    if (mapping->kind_xpath == NULL)
        return true;
    struct found found = evaluate(reading, reading->values->kind, &one);
    for (size_t i = 0; found.fault == FAULT_NONE && found.present && i < mapping->when_count; i++) {
        if (slice_equal_nocase(found.text, mapping->whens[i].value)) {
            reading->event->kind = mapping->whens[i].kind;
            return true;
        }
    }
    reading->event->fields[JMS_DATATYPE].line = found.line;
    add(reading, FAULT_ERROR, found.fault == FAULT_NONE ? FAULT_DATATYPE_UNKNOWN : found.fault, JMS_DATATYPE,
        "a value that a <when> of the mapping has");
    return false;
}

static void take_extra(struct reading *reading, const char *name, struct slice text, uint32_t line)
{
    struct jms_event *event = reading->event;
    event->extras[event->extra_count++] = (struct jms_extra){slice_of(name), text, line};
}

/* The extras of a record; the headers are extras of a document's one event. */
static void take_extras(struct reading *reading)
{
    const struct xml_mapping *mapping = reading->values->mapping;
    size_t headers = mapping->document == XML_EVENT ? mapping->header_count : 0;
    if (mapping->extra_count + headers == 0)
        return;
    reading->event->extras =
        arena_take_array(reading->arena, mapping->extra_count + headers, sizeof(struct jms_extra));
    if (reading->event->extras == NULL) {
        reading->no_memory = true;
        return;
    }
    for (size_t i = 0; i < mapping->extra_count; i++) {
        const struct xml_value *value = &mapping->extras[i];
        struct found found = evaluate(reading, reading->values->extras[i], value);
        if (found.fault == FAULT_NONE && found.present && value->date != NULL && found.text.len > 0)
            found.fault = rewrite_date(reading, value->date, true, &found.text);
        if (found.fault != FAULT_NONE)
            fault_add(reading->faults, FAULT_WARNING, found.fault, 0, found.line, slice_of(value->name),
                      value->date);
        else if (found.present)
            take_extra(reading, value->name, found.text, found.line);
    }
    for (size_t i = 0; i < headers; i++) {
        struct slice text;
        uint32_t line;
        if (take_header(reading, &mapping->headers[i], &text, &line))
            take_extra(reading, mapping->headers[i].name, text, line);
    }
}

bool xml_values_header(const struct xml_tree *tree, const struct xml_header *header, struct arena *arena,
                       struct slice *text, uint32_t *line)
{
    struct slice raw;
    char usual[DATE_FORM_SIZE];
    if (!xml_tree_header(tree, header, &raw, line))
        return false;
    *text = slice_from("", 0);
    if (header->date != NULL && raw.len > 0) {
        if (date_form_rewrite(header->date, raw, true, usual) != FAULT_NONE)
            return true;
        raw = slice_of(usual);
    }
    if (raw.len > 0)
        *text = arena_copy(arena, raw);
    return true;
}

enum parse_status xml_values_read(struct xml_values *values, const struct xml_tree *tree,
                                  const struct xml_tree_record *record, const struct jms_settings *settings,
                                  struct arena *arena, struct fault_list *faults, struct jms_event *out)
{
    struct reading reading = {values, tree, record, settings, arena, faults, out, false, false};
    *out = (struct jms_event){.kind = JMS_DEMOGRAPHICS, .encoding = xml_tree_encoding(tree)};
    values->xpath->opCount = 0;
    bool known = read_kind(&reading);
    for (enum jms_field field = JMS_DATATYPE + 1; known && field < JMS_FIELD_COUNT && !reading.no_memory;
         field++)
        take_field(&reading, field);
    out->fields[JMS_DATATYPE] = (struct jms_value){
        .presence = JMS_GIVEN,
        .text = out->kind == JMS_DEMOGRAPHICS ? SLICE_LITERAL("PatientDemographics")
                                              : settings->datatype_location,
        .line = record->line,
    };
    take_extras(&reading);
    if (jms_event_release_is_early(out))
        add(&reading, FAULT_ERROR, FAULT_RELEASE_BEFORE_BOOKING, JMS_RELEASE_DATE,
            "a time not before BookingDate");
    fault_list_sort(faults);
    if (reading.no_memory || values->no_memory || fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    return reading.invalid ? PARSE_INVALID : PARSE_OK;
}
