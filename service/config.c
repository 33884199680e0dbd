/*
 * Reading corbridge.xml: bytes → libxml2 document → checked against the schema → elements of our own
 * (config_tree.h). The only place of service/ that knows libxml2.
 *
 * The file is trusted little: no network, no DTD (a DOCTYPE ends the reading at once, so no entity is ever
 * declared), no schema that the file names itself, at most 1 MB.
 */
#include "service/config.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlversion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corbridge_version.h"
#include "corbridge_xsd.h"
#include "parser/encoding.h"
#include "platform/file.h"
#include "platform/path.h"
#include "service/config_build.h"
#include "service/config_fault.h"
#include "service/config_near.h"
#include "service/config_tree.h"

#define FILE_BYTES_MAX ((size_t)1024 * 1024)
#define NAMES_MAX      ((size_t)24) /* attributes of one element of the schema; a test counts them */
#define XSD_NAMESPACE  "http://www.w3.org/2001/XMLSchema"
#define XSI_NAMESPACE  "http://www.w3.org/2001/XMLSchema-instance"
#if LIBXML_VERSION < 21300
#define XML_PARSE_NO_XXE 0 /* what it does besides NONET cannot come up: a DOCTYPE ends the reading */
#endif
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NO_XXE | XML_PARSE_BIG_LINES)

/* 2.12 made the error of a handler const. */
#if LIBXML_VERSION < 21200
typedef xmlErrorPtr error_pointer;
#else
typedef const xmlError *error_pointer;
#endif

/* One reading of one file. */
struct reader {
    struct config_reading *reading;
    struct slice text; /* UTF-8; what libxml2 was given */
    xmlDocPtr document;
    xmlDocPtr schema; /* corbridge.xsd as a document, for the words in messages */
    struct config_element *root;
    bool refused;   /* not well-formed, or with a DOCTYPE: said once, nothing further is looked at */
    size_t scanned; /* how far the text has been gone through for the lines of elements and attributes */
    uint32_t scanned_line;
};

static const char *text_of(const xmlChar *text)
{
    return (const char *)text;
}

/* ---- The schema's own words ---------------------------------------------------------------------------- */

static bool is_schema_node(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp(text_of(node->name), name) == 0 && node->ns != NULL &&
           strcmp(text_of(node->ns->href), XSD_NAMESPACE) == 0;
}

static bool has_attribute(const xmlNode *node, const char *name, const char *value)
{
    xmlChar *found = xmlGetNoNsProp(node, (const xmlChar *)name);
    bool equal = found != NULL && strcmp(text_of(found), value) == 0;
    xmlFree(found);
    return equal;
}

/* The first descendant xs:`kind` whose attribute `key` is `value`, in document order; value NULL: any. */
static xmlNodePtr schema_find(xmlNodePtr under, const char *kind, const char *key, const char *value)
{
    for (xmlNodePtr node = under->children; node != NULL; node = node->next) {
        if (is_schema_node(node, kind) && (value == NULL || has_attribute(node, key, value)))
            return node;
        xmlNodePtr deeper = schema_find(node, kind, key, value);
        if (deeper != NULL)
            return deeper;
    }
    return NULL;
}

/* The xs:complexType of an element of ours: the root's is inside its declaration, the others bear the element's
 * name. */
static xmlNodePtr schema_type(const struct reader *reader, const char *element)
{
    xmlNodePtr top = xmlDocGetRootElement(reader->schema);
    if (strcmp(element, "corbridge") == 0)
        return schema_find(top, "complexType", NULL, NULL);
    return schema_find(top, "complexType", "name", element);
}

/* The names of the xs:`kind` ("element", "attribute") inside a type, at most NAMES_MAX, borrowed from the schema. */
static size_t schema_names(xmlNodePtr under, const char *kind, const char *names[NAMES_MAX], size_t count)
{
    for (xmlNodePtr node = under->children; node != NULL && count < NAMES_MAX; node = node->next) {
        xmlAttrPtr name = xmlHasProp(node, (const xmlChar *)"name");
        if (is_schema_node(node, kind) && name != NULL)
            names[count++] = text_of(name->children->content);
        else
            count = schema_names(node, kind, names, count);
    }
    return count;
}

/* The element inside which one of that name belongs; borrowed from the schema. */
static const char *schema_home(xmlNodePtr schema, const char *element)
{
    for (xmlNodePtr type = schema->children; type != NULL; type = type->next) {
        if (is_schema_node(type, "complexType") && schema_find(type, "element", "name", element) != NULL)
            return text_of(xmlHasProp(type, (const xmlChar *)"name")->children->content);
    }
    return "corbridge";
}

/* "a, b or c" (`last` is "or"), each in the quotes given, in the arena of the faults; "" when there are none. */
static const char *join_names(struct reader *reader, const char *const *names, size_t count, const char *last,
                              const char *before, const char *after)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += strlen(names[i]) + strlen(before) + strlen(after) + 5;
    char *text = arena_take(&reader->reading->faults->arena, size);
    if (text == NULL) {
        reader->reading->no_memory = true;
        return "";
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i + 1 == count)
            used += (size_t)snprintf(text + used, size - used, " %s ", last);
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", i > 0 && i + 1 < count ? ", " : "",
                                 before, names[i], after);
    }
    return text;
}

/* What the schema says about a value, to be read after "is not": its documentation, or its list of words. */
static const char *schema_value_words(struct reader *reader, const char *element, const char *attribute)
{
    xmlNodePtr type = schema_type(reader, element);
    xmlNodePtr declaration = type != NULL ? schema_find(type, "attribute", "name", attribute) : NULL;
    if (declaration == NULL)
        return "what is expected here";
    xmlAttrPtr named = xmlHasProp(declaration, (const xmlChar *)"type");
    if (named != NULL) {
        xmlNodePtr simple = schema_find(xmlDocGetRootElement(reader->schema), "simpleType", "name",
                                        text_of(named->children->content));
        xmlNodePtr words = simple != NULL ? schema_find(simple, "documentation", NULL, NULL) : NULL;
        return words != NULL ? text_of(words->children->content) : "what is expected here";
    }
    const char *values[NAMES_MAX];
    size_t count = 0;
    xmlNodePtr first = schema_find(declaration, "enumeration", NULL, NULL);
    for (xmlNodePtr node = first; node != NULL && count < NAMES_MAX; node = node->next) {
        if (is_schema_node(node, "enumeration"))
            values[count++] = text_of(xmlHasProp(node, (const xmlChar *)"value")->children->content);
    }
    return join_names(reader, values, count, "or", "\"", "\"");
}

/* ---- Elements and lines -------------------------------------------------------------------------------- */

/* Moves on to `to`, counting lines. */
static void scan_to(struct reader *reader, size_t to)
{
    for (; reader->scanned < to && reader->scanned < reader->text.len; reader->scanned++) {
        if (reader->text.ptr[reader->scanned] == '\n')
            reader->scanned_line++;
    }
}

static bool scan_at(const struct reader *reader, const char *mark)
{
    size_t length = strlen(mark);
    return reader->text.len - reader->scanned >= length &&
           memcmp(reader->text.ptr + reader->scanned, mark, length) == 0;
}

static void scan_past(struct reader *reader, const char *mark)
{
    while (reader->scanned < reader->text.len && !scan_at(reader, mark))
        scan_to(reader, reader->scanned + 1);
    scan_to(reader, reader->scanned + strlen(mark));
}

/* On to the '<' of the next start tag. The document is well-formed, and its elements are asked for in their order. */
static void scan_to_start_tag(struct reader *reader)
{
    while (reader->scanned < reader->text.len) {
        if (scan_at(reader, "<!--"))
            scan_past(reader, "-->");
        else if (scan_at(reader, "<![CDATA["))
            scan_past(reader, "]]>");
        else if (scan_at(reader, "<?"))
            scan_past(reader, "?>");
        else if (scan_at(reader, "</"))
            scan_past(reader, ">");
        else if (scan_at(reader, "<"))
            return;
        else
            scan_to(reader, reader->scanned + 1);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char scan_character(const struct reader *reader)
{
    return reader->scanned < reader->text.len ? reader->text.ptr[reader->scanned] : '>';
}

/* Inside a start tag: on to the next attribute's name, and the name itself; false at the end of the tag. */
static bool scan_attribute(struct reader *reader, struct slice *name)
{
    while (is_blank(scan_character(reader)))
        scan_to(reader, reader->scanned + 1);
    char c = scan_character(reader);
    if (c == '>' || c == '/')
        return false;
    size_t start = reader->scanned;
    while (c = scan_character(reader), c != '=' && c != '>' && !is_blank(c))
        scan_to(reader, reader->scanned + 1);
    *name = slice_from(reader->text.ptr + start, reader->scanned - start);
    return true;
}

/* Past ="value" of the attribute whose name was just read. */
static void scan_value(struct reader *reader)
{
    while (scan_character(reader) != '"' && scan_character(reader) != '\'')
        scan_to(reader, reader->scanned + 1);
    char quote[2] = {scan_character(reader), '\0'};
    scan_to(reader, reader->scanned + 1);
    scan_past(reader, quote);
}

static struct slice trim(const char *text)
{
    struct slice value = slice_of(text);
    while (value.len > 0 && is_blank(value.ptr[0]))
        value = slice_after(value, 1);
    while (value.len > 0 && is_blank(value.ptr[value.len - 1]))
        value.len--;
    return value;
}

static char *copy_trimmed(struct reader *reader, const char *text)
{
    char *copy = arena_copy_text(&reader->reading->config->arena, trim(text));
    if (copy == NULL)
        reader->reading->no_memory = true;
    return copy;
}

static struct config_attribute *read_attribute(struct reader *reader, xmlAttrPtr attribute, uint32_t line)
{
    struct config_attribute *copy = arena_take(&reader->reading->config->arena, sizeof *copy);
    if (copy == NULL) {
        reader->reading->no_memory = true;
        return NULL;
    }
    xmlChar *value = xmlNodeGetContent((const xmlNode *)attribute);
    copy->name = copy_trimmed(reader, text_of(attribute->name));
    copy->value = copy_trimmed(reader, value != NULL ? text_of(value) : "");
    copy->line = line;
    xmlFree(value);
    attribute->_private = copy;
    return copy;
}

/* The attributes of the tag at which the scan stands, in their order, with their lines. */
static void read_attributes(struct reader *reader, xmlNodePtr node, struct config_element *element)
{
    struct config_attribute **end = &element->attributes;
    struct slice name;
    scan_to(reader, reader->scanned + 1);
    while (scan_character(reader) != '>' && scan_character(reader) != '/' &&
           !is_blank(scan_character(reader)))
        scan_to(reader, reader->scanned + 1);
    while (scan_attribute(reader, &name)) {
        uint32_t line = reader->scanned_line;
        scan_value(reader);
        for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next) {
            if (attribute->ns != NULL || !slice_equal(name, slice_of(text_of(attribute->name))))
                continue;
            struct config_attribute *copy = read_attribute(reader, attribute, line);
            if (copy == NULL)
                return;
            *end = copy;
            end = &copy->next;
        }
    }
}

/* An element with all that is in it. Depth is bounded by libxml2 (256). */
static struct config_element *read_element(struct reader *reader, xmlNodePtr node,
                                           struct config_element *parent)
{
    struct config_element *element = arena_take(&reader->reading->config->arena, sizeof *element);
    if (element == NULL) {
        reader->reading->no_memory = true;
        return NULL;
    }
    scan_to_start_tag(reader);
    element->name = copy_trimmed(reader, text_of(node->name));
    element->line = reader->scanned_line;
    element->parent = parent;
    node->_private = element;
    read_attributes(reader, node, element);
    struct config_element **end = &element->children;
    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        *end = read_element(reader, child, element);
        if (*end == NULL || reader->reading->no_memory)
            return element;
        end = &(*end)->next;
    }
    return element;
}

/* ---- Faults of the schema, in our words ---------------------------------------------------------------- */

static void fault_unknown_element(struct reader *reader, const struct config_element *element,
                                  const char *const *names, size_t count)
{
    const char *parent = element->parent->name;
    xmlNodePtr schema = xmlDocGetRootElement(reader->schema);
    const char *near = config_near(element->name, names, count);
    if (strcmp(element->name, "corbridge") != 0 &&
        schema_find(schema, "element", "name", element->name) != NULL)
        config_fault_add(reader->reading, element->line,
                         "<%s> does not belong inside <%s>: move it into <%s>", element->name, parent,
                         schema_home(schema, element->name));
    else if (count == 0)
        config_fault_add(reader->reading, element->line, "<%s> takes no elements inside: take <%s> out",
                         parent, element->name);
    else
        config_fault_add(reader->reading, element->line, "<%s> is not known%s%s%s; <%s> takes %s",
                         element->name, near != NULL ? " (<" : "", near != NULL ? near : "",
                         near != NULL ? "> is meant?)" : "", parent,
                         join_names(reader, names, count, "and", "<", ">"));
}

/*
 * Says which elements are not known where they stand, and takes them out of both trees: libxml2 would name only
 * the first of them and then leave its brothers unchecked.
 */
static void remove_unknown_elements(struct reader *reader, xmlNodePtr node)
{
    struct config_element *element = node->_private;
    const char *names[NAMES_MAX];
    xmlNodePtr type = schema_type(reader, element->name);
    size_t count = type != NULL ? schema_names(type, "element", names, 0) : 0;
    struct config_element **link = &element->children;
    for (xmlNodePtr child = node->children, next; child != NULL; child = next) {
        next = child->next;
        if (child->type != XML_ELEMENT_NODE)
            continue;
        struct config_element *inside = child->_private;
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known = known || strcmp(names[i], inside->name) == 0;
        if (known) {
            remove_unknown_elements(reader, child);
            link = &inside->next;
        } else {
            fault_unknown_element(reader, inside, names, count);
            element->lacking = true;
            *link = inside->next;
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        }
    }
}

static void fault_unknown_attribute(struct reader *reader, const struct config_element *element,
                                    struct config_attribute *attribute)
{
    char subject[300];
    const char *names[NAMES_MAX];
    xmlNodePtr type = schema_type(reader, element->name);
    size_t count = type != NULL ? schema_names(type, "attribute", names, 0) : 0;
    attribute->bad = true;
    (void)config_element_subject(element, subject, sizeof subject);
    const char *near = config_near(attribute->name, names, count);
    if (count == 0)
        config_fault_add(reader->reading, attribute->line, "<%s> takes no attributes: take %s out",
                         element->name, attribute->name);
    else
        config_fault_add(reader->reading, attribute->line,
                         "%s: attribute %s is not known%s%s%s; <%s> takes %s", subject, attribute->name,
                         near != NULL ? " (" : "", near != NULL ? near : "",
                         near != NULL ? " is meant?)" : "", element->name,
                         join_names(reader, names, count, "and", "", ""));
}

static void fault_missing_attributes(struct reader *reader, struct config_element *element)
{
    char subject[300];
    const char *names[NAMES_MAX];
    xmlNodePtr type = schema_type(reader, element->name);
    size_t count = type != NULL ? schema_names(type, "attribute", names, 0) : 0;
    (void)config_element_subject(element, subject, sizeof subject);
    for (size_t i = 0; i < count; i++) {
        if (config_attribute_find(element, names[i]) == NULL &&
            has_attribute(schema_find(type, "attribute", "name", names[i]), "use", "required"))
            config_fault_add(reader->reading, element->line,
                             "%s: attribute %s is missing: write %s=\"…\" with %s", subject, names[i],
                             names[i], schema_value_words(reader, element->name, names[i]));
    }
}

static void fault_bad_value(struct reader *reader, const struct config_element *element,
                            struct config_attribute *attribute)
{
    char subject[300];
    attribute->bad = true; /* before the subject is made: a bad name is no name to call it by */
    (void)config_element_subject(element, subject, sizeof subject);
    const char *words = schema_value_words(reader, element->name, attribute->name);
    if (attribute->value[0] == '\0')
        config_fault_add(reader->reading, attribute->line, "%s: %s is empty: write %s", subject,
                         attribute->name, words);
    else
        config_fault_add(reader->reading, attribute->line, "%s: %s=\"%.200s\" is not %s", subject,
                         attribute->name, attribute->value, words);
}

/* An element may have one fault of each kind; libxml2 says some once for each piece of text or attribute. */
static bool first_of_kind(struct config_element *element, unsigned kind)
{
    bool first = (element->said & kind) == 0;
    element->said |= kind;
    return first;
}

static void fault_text(struct reader *reader, const struct config_element *element, const xmlNode *node)
{
    struct slice text = SLICE_EMPTY;
    for (const xmlNode *child = node->children; child != NULL && text.len == 0; child = child->next) {
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) && child->content != NULL)
            text = trim(text_of(child->content));
    }
    config_fault_add(reader->reading, element->line,
                     "<%s> takes no text inside: take '%.*s' out, what is set stands in "
                     "attributes",
                     element->name, (int)(text.len < 40 ? text.len : 40), text.ptr);
}

/* The attribute that an error is about: libxml2 gives the element only, and names the attribute in its message. */
static struct config_attribute *attribute_of(const struct config_element *element, const xmlError *error)
{
    static const char mark[] = ", attribute '";
    const char *found = error->message != NULL ? strstr(error->message, mark) : NULL;
    if (found == NULL)
        return NULL;
    found += sizeof mark - 1;
    for (struct config_attribute *a = element->attributes; a != NULL; a = a->next) {
        size_t length = strlen(a->name);
        if (strncmp(found, a->name, length) == 0 && found[length] == '\'')
            return a;
    }
    return NULL;
}

/* Receives each error of a validation. libxml2 says where something is wrong and of what kind; the words are ours. */
static void on_schema_error(void *context, error_pointer error)
{
    struct reader *reader = context;
    const xmlNode *node = error->node;
    if (node != NULL && node->type == XML_ATTRIBUTE_NODE)
        node = node->parent;
    struct config_element *element = node != NULL ? node->_private : NULL;
    if (element == NULL)
        return; /* validate() sees the verdict */
    struct config_attribute *attribute = attribute_of(element, error);
    if (attribute != NULL && attribute->bad)
        return;
    switch (error->code) {
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_4:
        if (first_of_kind(element, 1))
            fault_missing_attributes(reader, element);
        return;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1:
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3:
        if (first_of_kind(element, 2))
            fault_text(reader, element, node);
        return;
    case XML_SCHEMAV_CVC_ELT_1:
        if (node->ns != NULL && strcmp(element->name, "corbridge") == 0)
            config_fault_add(reader->reading, element->line, "<corbridge> has no namespace: take xmlns out");
        else
            config_fault_add(reader->reading, element->line,
                             "the outermost element is <%s>: it must be <corbridge>", element->name);
        return;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2:
        if (attribute != NULL) {
            fault_unknown_attribute(reader, element, attribute);
            return;
        }
        break;
    default:
        if (attribute != NULL) {
            fault_bad_value(reader, element, attribute);
            return;
        }
        break;
    }
    if (first_of_kind(element, 4)) {
        struct slice message = trim(error->message != NULL ? error->message : "no reason was given");
        config_fault_add(reader->reading, element->line, "<%s> is not as the schema wants it: %.*s",
                         element->name, (int)message.len, message.ptr);
    }
}

/* Takes xsi:… attributes away: the validator would load the schema that the file names, and an editor may need them. */
static void remove_schema_hints(xmlNodePtr node)
{
    for (xmlAttrPtr attribute = node->properties, next; attribute != NULL; attribute = next) {
        next = attribute->next;
        if (attribute->ns != NULL && strcmp(text_of(attribute->ns->href), XSI_NAMESPACE) == 0)
            (void)xmlRemoveProp(attribute);
    }
    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            remove_schema_hints(child);
    }
}

static void validate(struct reader *reader)
{
    xmlSchemaParserCtxtPtr parser = NULL;
    xmlSchemaPtr schema = NULL;
    xmlSchemaValidCtxtPtr validator = NULL;
    size_t faults_before = reader->reading->faults->count;
    int verdict = -1;
    parser = xmlSchemaNewMemParserCtxt((const char *)corbridge_xsd, (int)sizeof corbridge_xsd);
    if (parser == NULL)
        goto out;
    schema = xmlSchemaParse(parser);
    if (schema == NULL)
        goto out;
    validator = xmlSchemaNewValidCtxt(schema);
    if (validator == NULL)
        goto out;
    xmlSchemaSetValidStructuredErrors(validator, on_schema_error, reader);
    verdict = xmlSchemaValidateDoc(validator, reader->document);
    if (verdict > 0 && reader->reading->faults->count == faults_before && faults_before < CONFIG_FAULTS_MAX)
        config_fault_add(reader->reading, 0,
                         "the schema check failed with code %d: compare the file with "
                         "docs/configuration.md",
                         verdict);
out:
    if (verdict < 0)
        reader->reading->no_memory = true; /* the schema is our own: nothing else keeps it from being used */
    xmlSchemaFreeValidCtxt(validator);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
}

/* ---- Bytes to a document ------------------------------------------------------------------------------- */

/* A DOCTYPE could declare entities: it ends the reading before any is seen. */
static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    xmlParserCtxtPtr parser = context;
    struct reader *reader = parser->_private;
    if (!reader->refused) {
        reader->refused = true;
        config_fault_add(reader->reading, (uint32_t)parser->input->line,
                         "a DOCTYPE is not allowed here: take the whole <!DOCTYPE …> out");
    }
    xmlStopParser(parser);
}

/* Words for what keeps a file from being XML; NULL: libxml2's own will have to do. */
static const char *malformed_words(int code)
{
    switch (code) {
    case XML_ERR_DOCUMENT_EMPTY:
        return "the file does not begin with an element: write <corbridge> … </corbridge>";
    case XML_ERR_DOCUMENT_END: return "there is something after the end of </corbridge>: take it out";
    case XML_ERR_TAG_NAME_MISMATCH:
        return "an element is closed by the wrong name: every <name> needs its </name>, or must end with />";
    case XML_ERR_TAG_NOT_FINISHED:
        return "the file ends inside an element: </corbridge> or another end tag is missing";
    case XML_ERR_GT_REQUIRED: return "a tag is not finished: it needs > or /> at its end";
    case XML_ERR_SPACE_REQUIRED: return "a blank is missing between two attributes";
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE: return "an attribute has no value: write name=\"value\"";
    case XML_ERR_ATTRIBUTE_NOT_STARTED: return "a value is not in quotes: write name=\"value\"";
    case XML_ERR_ATTRIBUTE_NOT_FINISHED: return "the quotes of a value are not closed";
    case XML_ERR_LT_IN_ATTRIBUTE:
        return "a value holds < (write &lt;), or the quotes of the value before it are not closed";
    case XML_ERR_ATTRIBUTE_REDEFINED: return "an attribute stands twice in one element: take one out";
    case XML_ERR_NAME_REQUIRED:
        return "a tag is not finished with >, or an & or < stands alone: write &amp; for & and &lt; for <";
    case XML_ERR_ENTITYREF_SEMICOL_MISSING: return "an & stands alone: write &amp; for it";
    case XML_ERR_UNDECLARED_ENTITY:
        return "only &amp; &lt; &gt; &quot; &apos; and numbers are known after &: write &amp; for a plain &";
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_CHARREF: return "there is a control character that XML does not allow: take it out";
    case XML_ERR_HYPHEN_IN_COMMENT: return "a comment holds --: write a single hyphen";
    case XML_ERR_COMMENT_NOT_FINISHED: return "a comment is not closed: it ends with -->";
    case XML_NS_ERR_UNDEFINED_NAMESPACE: return "a name has a prefix with a colon: names have none here";
    default: return NULL;
    }
}

/* Only the first error is said: what follows it in XML is mostly its consequence. */
static void on_parse_error(void *context, error_pointer error)
{
    struct reader *reader = ((xmlParserCtxtPtr)context)->_private;
    if (reader->refused || error->level == XML_ERR_WARNING)
        return;
    reader->refused = true;
    if (error->code == XML_ERR_NO_MEMORY) {
        reader->reading->no_memory = true;
        return;
    }
    const char *words = malformed_words(error->code);
    uint32_t line = error->line > 0 ? (uint32_t)error->line : 0;
    if (words != NULL) {
        config_fault_add(reader->reading, line, "%s", words);
        return;
    }
    struct slice message = trim(error->message != NULL ? error->message : "not well-formed");
    config_fault_add(reader->reading, line, "this is no XML: %.*s", (int)message.len, message.ptr);
}

/* Before 2.13 a handler is set in the SAX structure and gets the parser. */
static void set_parse_errors(xmlParserCtxtPtr parser)
{
#if LIBXML_VERSION < 21300
    parser->sax->serror = on_parse_error;
#else
    xmlCtxtSetErrorHandler(parser, on_parse_error, parser);
#endif
}

static bool parse(struct reader *reader)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        reader->reading->no_memory = true;
        return false;
    }
    parser->_private = reader;
    parser->sax->internalSubset = on_doctype;
    set_parse_errors(parser);
    reader->document =
        xmlCtxtReadMemory(parser, reader->text.ptr, (int)reader->text.len, NULL, "UTF-8", PARSE_OPTIONS);
    if (reader->document == NULL && !reader->refused)
        reader->reading->no_memory = true;
    xmlFreeParserCtxt(parser);
    return reader->document != NULL && !reader->refused;
}

/* The document as elements of ours, with all faults of its form said. NULL when there is nothing to build from. */
static struct config_element *read_document(struct reader *reader)
{
    if (!parse(reader))
        return NULL;
    reader->schema =
        xmlReadMemory((const char *)corbridge_xsd, (int)sizeof corbridge_xsd, NULL, NULL, PARSE_OPTIONS);
    if (reader->schema == NULL) {
        reader->reading->no_memory = true;
        return NULL;
    }
    xmlNodePtr top = xmlDocGetRootElement(reader->document);
    reader->scanned_line = 1;
    remove_schema_hints(top);
    struct config_element *root = read_element(reader, top, NULL);
    if (reader->reading->no_memory)
        return NULL;
    bool ours = strcmp(root->name, "corbridge") == 0 && top->ns == NULL;
    if (ours)
        remove_unknown_elements(reader, top);
    validate(reader);
    return ours ? root : NULL;
}

static void take_fingerprint(struct config *config, const char *bytes, size_t size)
{
    static const char program[] = CORBRIDGE_VERSION " " CORBRIDGE_VERSION_COMMIT;
    struct sha256_sum *sum = sha256_begin();
    sha256_add(sum, program, sizeof program);
    sha256_add(sum, bytes, size);
    sha256_end(sum, config->fingerprint);
}

/* Loads the bytes and makes them UTF-8 by the rule for every file (a mark, else UTF-8, else Windows-1252). */
static bool load_text(struct config_reading *reading, const char *path, char **bytes, struct slice *text)
{
    size_t size = 0;
    struct platform_status status = file_load(path, FILE_BYTES_MAX, bytes, &size);
    if (status.kind == PLATFORM_TOO_LARGE) {
        config_fault_add(reading, 0, "larger than 1 MB: this is no configuration of CorBridge");
        return false;
    }
    if (!platform_ok(status)) {
        char words[200];
        platform_status_text(status, words, sizeof words);
        config_fault_add(reading, 0, "cannot be read, error %s: check the path and the rights of the file",
                         words);
        return false;
    }
    take_fingerprint(reading->config, *bytes, size);
    struct fault_list faults;
    struct decoded decoded;
    fault_list_init(&faults, &reading->faults->arena);
    enum parse_status parsed =
        encoding_decode(slice_from(*bytes, size), ENCODING_AUTO, &reading->config->arena, &faults, &decoded);
    if (parsed == PARSE_NO_MEMORY) {
        reading->no_memory = true;
        return false;
    }
    if (parsed != PARSE_OK) {
        config_fault_add(reading, faults.count > 0 ? faults.items[0].line : 0,
                         "not a text file: save it as UTF-8");
        return false;
    }
    *text = decoded.text;
    return true;
}

struct config *config_load(const char *path, const char *data_override, struct config_faults *faults)
{
    struct config *config = calloc(1, sizeof *config);
    struct config_reading reading = {.config = config, .faults = faults, .file_name = path_name(path)};
    struct reader reader = {.reading = &reading};
    char *bytes = NULL;
    size_t faults_before = faults->count;
    if (config == NULL) {
        config_fault_add(&reading, 0, "memory is exhausted: end other programs and try again");
        return NULL;
    }
    arena_init(&config->arena, 0);
    config->path = arena_copy_text(&config->arena, slice_of(path));
    if (config->path != NULL && load_text(&reading, path, &bytes, &reader.text)) {
        const struct config_element *root = read_document(&reader);
        if (root != NULL)
            config_build(&reading, root, data_override);
    }
    if (config->path == NULL || reading.no_memory)
        config_fault_add(&reading, 0, "memory is exhausted: end other programs and try again");
    xmlFreeDoc(reader.document);
    xmlFreeDoc(reader.schema);
    free(bytes);
    config_faults_sort(faults);
    if (faults->count > faults_before || reading.no_memory) {
        config_free(config);
        return NULL;
    }
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    arena_release(&config->arena);
    free(config);
}
