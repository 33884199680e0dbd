/*
 * Reading a mapping: bytes → libxml2 document → checked element by element. Every fault is told, with its line; what an element has wrong
 * does not hide what the next one has.
 */
#include "parser/xml_mapping.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parser/date_form.h"
#include "parser/encoding.h"
#include "parser/jms_value.h"
#include "parser/limits.h"
#include "parser/xml_fault.h"

#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NO_XXE | XML_PARSE_BIG_LINES)

struct loader {
    struct arena *arena;
    struct xml_mapping_faults *faults;
    struct xml_mapping *mapping;
    xmlXPathContextPtr xpath; /* compiles, to see whether a text is XPath */
    struct xml_namespace *namespaces;
    struct xml_header *headers;
    struct xml_value *extras;
    uint32_t record_line; /* 0: there is none */
    bool record_known;    /* its path is good */
    bool refused;         /* not XML, or with a DOCTYPE: said once */
    bool no_memory;
};

/* ---- faults ---- */

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
add(struct loader *loader, uint32_t line, const char *format, ...)
{
    struct xml_mapping_faults *faults = loader->faults;
    va_list arguments;
    if (faults->items == NULL)
        faults->items = arena_take_array(faults->arena, XML_MAPPING_FAULTS_MAX, sizeof *faults->items);
    if (faults->items == NULL || faults->count == XML_MAPPING_FAULTS_MAX) {
        loader->no_memory = loader->no_memory || faults->items == NULL;
        return;
    }
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : arena_take(faults->arena, (size_t)length + 1);
    if (text == NULL) {
        loader->no_memory = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    faults->items[faults->count++] = (struct xml_mapping_fault){line, text};
}

static void sort(struct xml_mapping_faults *faults)
{
    for (size_t i = 1; i < faults->count; i++) {
        struct xml_mapping_fault moving = faults->items[i];
        size_t at = i;
        for (; at > 0 && faults->items[at - 1].line > moving.line; at--)
            faults->items[at] = faults->items[at - 1];
        faults->items[at] = moving;
    }
}

/* ---- elements and attributes ---- */

static const char *text_of(const xmlChar *text)
{
    return (const char *)text;
}

static uint32_t line_of(const xmlNode *node)
{
    long line = xmlGetLineNo(node);
    return line > 0 ? (uint32_t)line : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void *take(struct loader *loader, size_t count, size_t size)
{
    void *memory = arena_take_array(loader->arena, count == 0 ? 1 : count, size);
    loader->no_memory = loader->no_memory || memory == NULL;
    return memory;
}

/* An attribute's value in the arena; NULL: it is not there. */
static const char *attribute(struct loader *loader, xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    if (value == NULL)
        return NULL;
    const char *copy = arena_copy_text(loader->arena, slice_of(text_of(value)));
    xmlFree(value);
    loader->no_memory = loader->no_memory || copy == NULL;
    return copy;
}

/* The same; its absence, or emptiness, is a fault. */
static const char *needed(struct loader *loader, xmlNodePtr node, const char *name, const char *what)
{
    const char *value = attribute(loader, node, name);
    if (value != NULL && value[0] != '\0')
        return value;
    add(loader, line_of(node), "<%s> needs %s=\"…\": %s", text_of(node->name), name, what);
    return NULL;
}

/* The number of the word that an attribute holds, 0 when it is absent or none of them. `words` ends with NULL. */
static size_t word(struct loader *loader, xmlNodePtr node, const char *name, const char *const *words)
{
    const char *value = attribute(loader, node, name);
    char list[200];
    size_t used = 0;
    for (size_t i = 0; value != NULL && words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    for (size_t i = 0; words[i] != NULL; i++) {
        int length = snprintf(list + used, sizeof list - used, "%s\"%s\"",
                              i == 0         ? ""
                              : words[i + 1] ? ", "
                                             : " or ",
                              words[i]);
        used += length > 0 && (size_t)length < sizeof list - used ? (size_t)length : 0;
    }
    if (value != NULL)
        add(loader, line_of(node), "<%s>: %s=\"%.60s\" is not %s", text_of(node->name), name, value, list);
    return 0;
}

/* What an element takes: names of attributes and elements with commas between them. */
struct form {
    const char *name;
    const char *attributes;
    const char *elements;
};

static const struct form forms[] = {
    {"mapping", "format-version, document", "namespace, header, record, field, extra"},
    {"namespace", "prefix, uri", ""},
    {"header", "name, path, date", ""},
    {"record", "path, kind", "kind"},
    {"kind", "xpath", "when"},
    {"when", "value, kind", ""},
    {"field", "name, xpath, header, value, nodes, separator, blanks, date, others", "map"},
    {"extra", "name, xpath, nodes, separator, blanks, date", ""},
    {"map", "from, to", ""},
};

static const struct form *form_of(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

/* Whether a name stands in a list with commas. */
static bool list_has(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (*list != '\0') {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, name, length) == 0)
            return true;
        list += item + strspn(list + item, ", ");
    }
    return false;
}

/* Whether the element is one of the form, as far as its name goes; its attributes, text and children are looked at. */
static void check_form(struct loader *loader, xmlNodePtr node)
{
    const struct form *form = form_of(text_of(node->name));
    for (xmlAttrPtr a = node->properties; a != NULL; a = a->next)
        if (a->ns != NULL || !list_has(form->attributes, text_of(a->name)))
            add(loader, line_of(node), "<%s>: attribute %.60s is not known; it takes %s", form->name,
                text_of(a->name), form->attributes);
    for (xmlNodePtr child = node->children, next; child != NULL; child = next) {
        next = child->next;
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            const char *at = text_of(child->content);
            while (at != NULL && is_blank(*at))
                at++;
            if (at != NULL && *at != '\0')
                add(loader, line_of(node), "<%s> takes no text: what is set stands in attributes",
                    form->name);
        } else if (child->type == XML_ELEMENT_NODE) {
            if (child->ns == NULL && list_has(form->elements, text_of(child->name))) {
                check_form(loader, child);
                continue;
            }
            add(loader, line_of(child), "<%.60s> does not belong into <%s>%s%s", text_of(child->name),
                form->name, form->elements[0] != '\0' ? ", which takes " : "", form->elements);
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
    }
}

/* The first child element of that name, or the next one behind `node`. */
static xmlNodePtr named(xmlNodePtr node, const char *name)
{
    while (node != NULL && (node->type != XML_ELEMENT_NODE || strcmp(text_of(node->name), name) != 0))
        node = node->next;
    return node;
}

static size_t count_named(xmlNodePtr parent, const char *name)
{
    size_t count = 0;
    for (xmlNodePtr node = named(parent->children, name); node != NULL; node = named(node->next, name))
        count++;
    return count;
}

/* ---- values ---- */

static void no_message(void *context, const xmlError *error)
{
    (void)context;
    (void)error;
}

/* True when the text is an XPath that does not leave the record. */
static bool check_xpath(struct loader *loader, xmlNodePtr node, const char *xpath)
{
    const char *fault = xml_xpath_fault(xpath, &loader->mapping->namespaces);
    if (fault == NULL) {
        xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(loader->xpath, (const xmlChar *)xpath);
        if (compiled == NULL)
            fault = "is not an XPath 1.0 expression";
        xmlXPathFreeCompExpr(compiled);
    }
    if (fault != NULL)
        add(loader, line_of(node), "<%s>: xpath \"%.120s\" %s", text_of(node->name), xpath, fault);
    return fault == NULL;
}

static const char *read_date(struct loader *loader, xmlNodePtr node)
{
    const char *form = attribute(loader, node, "date");
    const char *fault = form != NULL ? date_form_fault(form) : NULL;
    if (fault != NULL)
        add(loader, line_of(node), "<%s>: date=\"%.60s\" %s", text_of(node->name), form, fault);
    return fault == NULL ? form : NULL;
}

/* xpath, nodes, separator, blanks: where a value of a record stands. */
static void read_place(struct loader *loader, xmlNodePtr node, struct xml_value *value)
{
    static const char *const nodes[] = {"one", "first", "join", NULL};
    static const char *const blanks[] = {"keep", "collapse", NULL};
    const char *separator = attribute(loader, node, "separator");
    value->xpath = attribute(loader, node, "xpath");
    value->nodes = (enum xml_nodes)word(loader, node, "nodes", nodes);
    value->collapses = word(loader, node, "blanks", blanks) == 1;
    value->separator = separator != NULL ? slice_of(separator) : SLICE_LITERAL(" ");
    value->date = read_date(loader, node);
    if (separator != NULL && value->nodes != XML_NODES_JOIN)
        add(loader, line_of(node), "<%s>: separator is used with nodes=\"join\" only", text_of(node->name));
    if (value->xpath != NULL)
        (void)check_xpath(loader, node, value->xpath);
}

/* Whether the rule of the field takes a text that the mapping itself gives. */
static void check_given(struct loader *loader, uint32_t line, enum jms_field field, const char *text)
{
    const struct jms_field_rule *rule = jms_field_rule(field);
    struct jms_value value = {.presence = JMS_GIVEN};
    bool no_memory = false;
    if (text[0] == '\0')
        return;
    enum fault_code code = jms_value_read(slice_of(text), rule, loader->arena, &value, &no_memory);
    loader->no_memory = loader->no_memory || no_memory;
    if (code != FAULT_NONE)
        add(loader, line, "\"%.60s\" is no value for %s: %s; expected %s", text, rule->name,
            fault_code_text(code), jms_value_expected(code, rule));
}

static void read_maps(struct loader *loader, xmlNodePtr node, enum jms_field field, struct xml_value *value)
{
    static const char *const others[] = {"fault", "keep", NULL};
    struct xml_map *maps = take(loader, count_named(node, "map"), sizeof *maps);
    value->keeps_others = word(loader, node, "others", others) == 1;
    value->maps = maps;
    if (maps == NULL)
        return;
    for (xmlNodePtr map = named(node->children, "map"); map != NULL; map = named(map->next, "map")) {
        const char *from = attribute(loader, map, "from");
        const char *to = attribute(loader, map, "to");
        if (from == NULL || to == NULL) {
            add(loader, line_of(map),
                "<map> needs from=\"…\", what the vendor writes, and to=\"…\", what it means");
            continue;
        }
        for (size_t i = 0; i < value->map_count; i++)
            if (slice_equal_nocase(maps[i].from, slice_of(from)))
                add(loader, line_of(map), "<map>: from=\"%.60s\" stands twice in this field", from);
        if (!value->date)
            check_given(loader, line_of(map), field, to);
        maps[value->map_count++] = (struct xml_map){slice_of(from), slice_of(to)};
    }
    if (value->map_count == 0 && xmlHasProp(node, (const xmlChar *)"others") != NULL)
        add(loader, line_of(node), "<field>: others is used with <map> only");
}

/* The field that an element names; JMS_FIELD_COUNT with the fault told. */
static enum jms_field read_field_name(struct loader *loader, xmlNodePtr node)
{
    const char *name = needed(loader, node, "name", "one of the documented fields, such as LastName");
    if (name == NULL)
        return JMS_FIELD_COUNT;
    enum jms_field field = jms_field_find(slice_of(name));
    enum jms_field near = jms_field_find_nocase(slice_of(name));
    if (field == JMS_DATATYPE) {
        add(loader, line_of(node),
            "<field>: DataType is no field of a mapping: <record kind=\"…\"> says the kind");
        return JMS_FIELD_COUNT;
    }
    if (field != JMS_FIELD_COUNT && loader->mapping->fields[field] != NULL) {
        add(loader, line_of(node), "<field>: %s stands twice: take one out, or join both with | in one xpath",
            name);
        return JMS_FIELD_COUNT;
    }
    if (field == JMS_FIELD_COUNT)
        add(loader, line_of(node), "<field>: %.60s is not a field%s%s%s", name,
            near != JMS_FIELD_COUNT ? " (" : "; a value that only this vendor has is an <extra>",
            near != JMS_FIELD_COUNT ? jms_field_rule(near)->name : "",
            near != JMS_FIELD_COUNT ? " is meant?)" : "");
    return field;
}

static void check_date(struct loader *loader, xmlNodePtr node, enum jms_field field, struct xml_value *value)
{
    enum jms_type type = jms_field_rule(field)->type;
    if (value->date == NULL)
        return;
    if (type != JMS_DATE && type != JMS_DATETIME)
        add(loader, line_of(node), "<field>: %s is no date: take date out", value->name);
    else if (value->fixed != NULL || value->header != NULL)
        add(loader, line_of(node), "<field>: date is used with xpath only%s",
            value->header != NULL ? "; it belongs to the <header>" : "");
}

static void read_field(struct loader *loader, xmlNodePtr node)
{
    struct xml_value *value = take(loader, 1, sizeof *value);
    enum jms_field field = read_field_name(loader, node);
    if (value == NULL || field == JMS_FIELD_COUNT)
        return;
    value->name = jms_field_rule(field)->name;
    loader->mapping->fields[field] = value;
    read_place(loader, node, value);
    const char *header = attribute(loader, node, "header");
    value->fixed = attribute(loader, node, "value");
    if ((value->xpath != NULL) + (header != NULL) + (value->fixed != NULL) != 1)
        add(loader, line_of(node), "<field>: %s needs one of xpath, header and value", value->name);
    if (header != NULL) {
        value->header = xml_mapping_header(loader->mapping, slice_of(header));
        if (value->header == NULL)
            add(loader, line_of(node), "<field>: header \"%.60s\" is declared by no <header>", header);
    }
    check_date(loader, node, field, value);
    if (value->fixed != NULL)
        check_given(loader, line_of(node), field, value->fixed);
    read_maps(loader, node, field, value);
}

/* ---- the parts in their order ---- */

static void read_namespaces(struct loader *loader, xmlNodePtr root)
{
    struct xml_mapping *mapping = loader->mapping;
    loader->namespaces = take(loader, count_named(root, "namespace"), sizeof *loader->namespaces);
    mapping->namespaces.items = loader->namespaces;
    for (xmlNodePtr node = named(root->children, "namespace"); node != NULL && loader->namespaces != NULL;
         node = named(node->next, "namespace")) {
        const char *prefix = needed(loader, node, "prefix", "a name to be used in paths, such as v");
        const char *uri = needed(loader, node, "uri", "what the vendor's xmlns or xmlns:… has");
        if (prefix == NULL || uri == NULL)
            continue;
        if (xmlValidateNCName((const xmlChar *)prefix, 0) != 0)
            add(loader, line_of(node), "<namespace>: prefix \"%.60s\" is no name", prefix);
        else if (xml_namespace_find(&mapping->namespaces, slice_of(prefix)) != NULL)
            add(loader, line_of(node), "<namespace>: prefix \"%.60s\" stands twice", prefix);
        else {
            loader->namespaces[mapping->namespaces.count++] = (struct xml_namespace){prefix, uri};
            if (xmlXPathRegisterNs(loader->xpath, (const xmlChar *)prefix, (const xmlChar *)uri) != 0)
                add(loader, line_of(node), "<namespace>: prefix \"%.60s\" cannot be used", prefix);
        }
    }
}

static bool read_path(struct loader *loader, xmlNodePtr node, bool takes_attribute, struct xml_path *path)
{
    const char *text =
        needed(loader, node, "path", "names from the root of the document on, such as /Roster/Inmate");
    if (text == NULL)
        return false;
    const char *fault =
        xml_path_read(text, takes_attribute, &loader->mapping->namespaces, loader->arena, path);
    if (fault != NULL)
        add(loader, line_of(node), "<%s>: path \"%.120s\" %s", text_of(node->name), text, fault);
    return fault == NULL;
}

static bool step_equal(const struct xml_step *a, const struct xml_step *b)
{
    return slice_equal(a->name, b->name) && slice_equal(a->uri, b->uri);
}

/* Whether a header path ends at or below a record. */
static bool is_inside(const struct xml_path *path, const struct xml_path *record)
{
    bool same = path->count >= record->count;
    for (size_t i = 0; same && i < record->count; i++)
        same = step_equal(&path->steps[i], &record->steps[i]);
    return same;
}

static void read_headers(struct loader *loader, xmlNodePtr root)
{
    struct xml_mapping *mapping = loader->mapping;
    loader->headers = take(loader, count_named(root, "header"), sizeof *loader->headers);
    mapping->headers = loader->headers;
    for (xmlNodePtr node = named(root->children, "header"); node != NULL && loader->headers != NULL;
         node = named(node->next, "header")) {
        struct xml_header header = {.name = needed(loader, node, "name", "what fields call it"),
                                    .number = mapping->header_count};
        bool good = read_path(loader, node, true, &header.path);
        header.date = read_date(loader, node);
        if (header.name == NULL || !good)
            continue;
        if (xml_mapping_header(mapping, slice_of(header.name)) != NULL ||
            jms_field_find(slice_of(header.name)) != JMS_FIELD_COUNT)
            add(loader, line_of(node), "<header>: the name \"%.60s\" is that of a field or of another header",
                header.name);
        else if (mapping->header_count == LIMIT_XML_HEADERS)
            add(loader, line_of(node), "<header>: there are more than 16");
        else
            loader->headers[mapping->header_count++] = header;
    }
}

static const char *const kinds[] = {"demographics", "location", NULL};

static enum jms_event_kind read_kind_word(struct loader *loader, xmlNodePtr node)
{
    if (needed(loader, node, "kind", "demographics or location") == NULL)
        return JMS_DEMOGRAPHICS;
    return word(loader, node, "kind", kinds) == 1 ? JMS_LOCATION : JMS_DEMOGRAPHICS;
}

static void read_whens(struct loader *loader, xmlNodePtr node)
{
    struct xml_mapping *mapping = loader->mapping;
    struct xml_when *whens = take(loader, count_named(node, "when"), sizeof *whens);
    mapping->whens = whens;
    for (xmlNodePtr when = named(node->children, "when"); when != NULL && whens != NULL;
         when = named(when->next, "when")) {
        const char *value = needed(loader, when, "value", "what the vendor writes for this kind");
        enum jms_event_kind kind = read_kind_word(loader, when);
        if (value == NULL)
            continue;
        for (size_t i = 0; i < mapping->when_count; i++)
            if (slice_equal_nocase(whens[i].value, slice_of(value)))
                add(loader, line_of(when), "<when>: value=\"%.60s\" stands twice", value);
        whens[mapping->when_count++] = (struct xml_when){slice_of(value), kind};
    }
    if (mapping->when_count == 0)
        add(loader, line_of(node), "<kind> needs at least one <when value=\"…\" kind=\"…\"/>");
}

static void read_record(struct loader *loader, xmlNodePtr root)
{
    struct xml_mapping *mapping = loader->mapping;
    xmlNodePtr node = named(root->children, "record");
    if (node == NULL) {
        add(loader, line_of(root), "<mapping> needs a <record path=\"…\" kind=\"…\"/>");
        return;
    }
    if (named(node->next, "record") != NULL)
        add(loader, line_of(named(node->next, "record")),
            "<record> stands twice: a mapping has one kind of record");
    loader->record_line = line_of(node);
    loader->record_known = read_path(loader, node, false, &mapping->record);
    xmlNodePtr kind = named(node->children, "kind");
    bool fixed = xmlHasProp(node, (const xmlChar *)"kind") != NULL;
    if (kind != NULL && fixed)
        add(loader, line_of(node), "<record> takes kind=\"…\" or <kind xpath=\"…\">, not both");
    if (kind == NULL || fixed) {
        mapping->kind = read_kind_word(loader, node);
    } else {
        const char *xpath = needed(loader, kind, "xpath", "where in the record its kind stands");
        if (xpath != NULL && check_xpath(loader, kind, xpath))
            mapping->kind_xpath = xpath;
        read_whens(loader, kind);
    }
    for (size_t i = 0; i < mapping->header_count && loader->record_known; i++)
        if (is_inside(&mapping->headers[i].path, &mapping->record))
            add(loader, line_of(node),
                "<header> \"%.60s\" stands inside the records: make it a <field> or an <extra>",
                mapping->headers[i].name);
    for (size_t i = 0; i < mapping->header_count && loader->record_known; i++)
        if (!mapping->headers[i].path.has_attribute && is_inside(&mapping->record, &mapping->headers[i].path))
            add(loader, line_of(node),
                "<header> \"%.60s\" has the records inside: name an element or attribute before them",
                mapping->headers[i].name);
    if (mapping->document == XML_ROSTER &&
        (xml_mapping_makes(mapping, JMS_LOCATION) || !xml_mapping_makes(mapping, JMS_DEMOGRAPHICS)))
        add(loader, line_of(node), "<record>: the records of a roster are of kind=\"demographics\"");
}

static void read_extras(struct loader *loader, xmlNodePtr root)
{
    struct xml_mapping *mapping = loader->mapping;
    loader->extras = take(loader, count_named(root, "extra"), sizeof *loader->extras);
    mapping->extras = loader->extras;
    for (xmlNodePtr node = named(root->children, "extra"); node != NULL && loader->extras != NULL;
         node = named(node->next, "extra")) {
        struct xml_value value = {.name = needed(loader, node, "name", "what it is called in the database")};
        read_place(loader, node, &value);
        if (value.xpath == NULL)
            add(loader, line_of(node), "<extra> needs xpath=\"…\": where in the record it stands");
        if (value.name == NULL)
            continue;
        struct slice name = slice_of(value.name);
        if (xml_mapping_extra(mapping, name) != NULL || xml_mapping_header(mapping, name) != NULL ||
            jms_field_find(name) != JMS_FIELD_COUNT)
            add(loader, line_of(node),
                "<extra>: the name \"%.60s\" is that of a field, header or other extra", value.name);
        else
            loader->extras[mapping->extra_count++] = value;
    }
}

/* A required field that is not mapped could never come; Facility may be left out where there is only one. */
static void check_fields(struct loader *loader)
{
    const struct xml_mapping *mapping = loader->mapping;
    if (loader->record_line == 0 || (mapping->kind_xpath != NULL && mapping->when_count == 0))
        return; /* of which kind the records are is not known, and that has been said */
    for (enum jms_field field = JMS_DATATYPE + 1; field < JMS_FIELD_COUNT; field++) {
        const struct jms_field_rule *rule = jms_field_rule(field);
        bool required = false, allowed = false;
        for (enum jms_event_kind kind = 0; kind < JMS_EVENT_KIND_COUNT; kind++) {
            required = required || (xml_mapping_makes(mapping, kind) && rule->required[kind]);
            allowed = allowed || (xml_mapping_makes(mapping, kind) && rule->allowed[kind]);
        }
        if (mapping->fields[field] == NULL && required && field != JMS_FACILITY)
            add(loader, loader->record_line, "<field name=\"%s\" …/> is missing: it is required", rule->name);
        if (mapping->fields[field] != NULL && !allowed)
            add(loader, loader->record_line, "<field name=\"%s\"> does not belong to this kind of record",
                rule->name);
    }
}

static void read_mapping(struct loader *loader, xmlNodePtr root)
{
    static const char *const documents[] = {"roster", "event", NULL};
    if (root->ns != NULL || strcmp(text_of(root->name), "mapping") != 0) {
        add(loader, line_of(root), "the outermost element is <%.60s>: it must be <mapping>, without xmlns",
            text_of(root->name));
        return;
    }
    check_form(loader, root);
    const char *version = needed(loader, root, "format-version", "write format-version=\"1\"");
    if (version != NULL && strcmp(version, "1") != 0)
        add(loader, line_of(root), "<mapping>: format-version=\"%.20s\" is not known: this version reads 1",
            version);
    if (needed(loader, root, "document", "roster, or event for one event a file") != NULL)
        loader->mapping->document = word(loader, root, "document", documents) == 1 ? XML_EVENT : XML_ROSTER;
    read_namespaces(loader, root);
    read_headers(loader, root);
    read_record(loader, root);
    for (xmlNodePtr node = named(root->children, "field"); node != NULL; node = named(node->next, "field"))
        read_field(loader, node);
    read_extras(loader, root);
    check_fields(loader);
}

/* ---- bytes to a document ---- */

static void on_error(void *context, const xmlError *error)
{
    struct loader *loader = context;
    if (error->code == XML_ERR_NO_MEMORY)
        loader->no_memory = true;
    if (loader->refused || error->level == XML_ERR_WARNING)
        return;
    loader->refused = true;
    add(loader, error->line > 0 ? (uint32_t)error->line : 0, "not well-formed XML; expected %s",
        xml_fault_expected(error->code));
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    xmlParserCtxtPtr parser = context;
    struct loader *loader = parser->_private;
    if (!loader->refused)
        add(loader, (uint32_t)xmlSAX2GetLineNumber(parser), "a DOCTYPE is not read: take it out");
    loader->refused = true;
    xmlStopParser(parser);
}

static xmlDocPtr parse(struct loader *loader, struct slice text)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        loader->no_memory = true;
        return NULL;
    }
    parser->_private = loader;
    parser->sax->internalSubset = on_doctype;
    xmlCtxtSetErrorHandler(parser, on_error, loader);
    xmlDocPtr document = xmlCtxtReadMemory(parser, text.ptr, (int)text.len, NULL, "UTF-8", PARSE_OPTIONS);
    xmlFreeParserCtxt(parser);
    if (document == NULL && !loader->refused)
        loader->no_memory = true;
    return document;
}

/* The bytes as UTF-8; false: they are no text. */
static bool decode(struct loader *loader, struct slice bytes, struct slice *text)
{
    struct decoded decoded;
    struct fault_list faults;
    fault_list_init(&faults, loader->arena);
    if (bytes.len > LIMIT_XML_MAPPING) {
        add(loader, 0, "larger than 1 MB: this is no mapping");
        return false;
    }
    enum parse_status status = encoding_decode(bytes, ENCODING_AUTO, loader->arena, &faults, &decoded);
    if (status == PARSE_NO_MEMORY)
        loader->no_memory = true;
    else if (status != PARSE_OK)
        add(loader, faults.count > 0 ? faults.items[0].line : 0, "not a text file: save it as UTF-8");
    *text = decoded.text;
    return status == PARSE_OK;
}

const struct xml_mapping *xml_mapping_load(struct slice bytes, struct arena *arena,
                                           struct xml_mapping_faults *faults)
{
    struct loader loader = {.arena = arena, .faults = faults};
    struct slice text;
    xmlDocPtr document = NULL;
    size_t faults_before = faults->count;
    loader.mapping = take(&loader, 1, sizeof *loader.mapping);
    loader.xpath = xmlXPathNewContext(NULL);
    if (loader.xpath != NULL)
        xmlXPathSetErrorHandler(loader.xpath, no_message, NULL);
    loader.no_memory = loader.no_memory || loader.xpath == NULL;
    if (!loader.no_memory && decode(&loader, bytes, &text))
        document = parse(&loader, text);
    if (document != NULL && !loader.refused)
        read_mapping(&loader, xmlDocGetRootElement(document));
    if (loader.no_memory)
        add(&loader, 0, "memory is exhausted: end other programs and try again");
    xmlFreeDoc(document);
    xmlXPathFreeContext(loader.xpath);
    sort(faults);
    return faults->count == faults_before && !loader.no_memory ? loader.mapping : NULL;
}

const struct xml_header *xml_mapping_header(const struct xml_mapping *mapping, struct slice name)
{
    for (size_t i = 0; i < mapping->header_count; i++)
        if (slice_equal(name, slice_of(mapping->headers[i].name)))
            return &mapping->headers[i];
    return NULL;
}

const struct xml_value *xml_mapping_extra(const struct xml_mapping *mapping, struct slice name)
{
    for (size_t i = 0; i < mapping->extra_count; i++)
        if (slice_equal(name, slice_of(mapping->extras[i].name)))
            return &mapping->extras[i];
    return NULL;
}

bool xml_mapping_makes(const struct xml_mapping *mapping, enum jms_event_kind kind)
{
    if (mapping->kind_xpath == NULL && mapping->when_count == 0)
        return mapping->kind == kind;
    for (size_t i = 0; i < mapping->when_count; i++)
        if (mapping->whens[i].kind == kind)
            return true;
    return false;
}
