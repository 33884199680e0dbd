/*
 * libxml2's push parser is fed so that each call ends at the '>' behind which a record may be over: so never two records come of one call,
 * and the record that came ended exactly where the fed bytes do.
 */
#include "parser/xml_tree.h"

#include <libxml/dict.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "parser/xml_fault.h"

#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NO_XXE | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC)
#define NAMES_MAX                                                                                            \
    ((size_t)16 * 1024 * 1024) /* bytes of different names in one document, which libxml2 keeps */

struct header_state {
    char *text; /* heap, trimmed at both ends; NULL: it has not come */
    uint32_t line;
};

struct xml_tree {
    const struct xml_mapping *mapping; /* or NULL */
    xmlParserCtxtPtr parser;
    bool makes_trees; /* and so keeps the bytes of records */
    bool builds;      /* the next record is made into a tree */

    struct slice piece;   /* of the source, not fed yet */
    const char *last_tag; /* the last '<' in it; NULL: it was before */
    uint64_t fed;         /* bytes */
    bool finishing;       /* the end was told */
    bool ended;

    size_t depth;                                             /* open elements */
    size_t skipped;                                           /* the innermost of them, which have no node */
    size_t record_matched, header_matched[LIMIT_XML_HEADERS]; /* names of each path that are open */
    size_t record_depth;                                      /* 0: not inside a record */
    size_t header_depth;                                      /* 0: not inside a header element */
    uint64_t held_from;                                       /* where one of the two began */
    bool other_namespace;

    char *raw; /* bytes that were fed, from raw_offset on; heap */
    size_t raw_size, raw_capacity;
    uint64_t raw_offset;

    bool came; /* `record` is one that was not given yet */
    bool any;  /* there was one */
    struct xml_tree_record record;
    struct header_state headers[LIMIT_XML_HEADERS];
    struct xml_tree_failure failure;
    bool failed;
    struct xml_source source;
};

static void fail(struct xml_tree *tree, enum parse_status status, enum fault_code code, uint32_t line,
                 const char *expected)
{
    if (tree->failed)
        return;
    tree->failed = true;
    tree->failure = (struct xml_tree_failure){status, code, line, expected, SLICE_EMPTY};
    xmlStopParser(tree->parser);
}

static uint32_t line_now(const struct xml_tree *tree)
{
    int line = xmlSAX2GetLineNumber(tree->parser);
    return line > 0 ? (uint32_t)line : 0;
}

/* ---- what is known of a node: its line, and whether a header element is in it ---- */

#define KEPT ((uintptr_t)1)

static void mark(xmlNodePtr node, uint32_t line)
{
    node->_private = (void *)((uintptr_t)line << 1); /* of 64 bits */
}

static bool is_kept(const xmlNode *node)
{
    return ((uintptr_t)node->_private & KEPT) != 0;
}

uint32_t xml_tree_line(const struct _xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->parent;
    return node == NULL ? 0 : (uint32_t)((uintptr_t)node->_private >> 1);
}

/* ---- paths ---- */

static bool step_is(const struct xml_step *step, const xmlChar *name, const xmlChar *uri)
{
    return slice_equal(step->name, slice_of((const char *)name)) &&
           slice_equal(step->uri, slice_of((const char *)uri));
}

/* Whether the element that was just opened goes on along the path. */
static bool follow(const struct xml_tree *tree, const struct xml_path *path, size_t *matched,
                   const xmlChar *name, const xmlChar *uri)
{
    if (*matched + 1 != tree->depth || *matched == path->count || !step_is(&path->steps[*matched], name, uri))
        return false;
    (*matched)++;
    return true;
}

/* Whether it stands on one of the paths. */
static bool follow_all(struct xml_tree *tree, const xmlChar *name, const xmlChar *uri)
{
    const struct xml_mapping *mapping = tree->mapping;
    if (mapping == NULL)
        return false;
    const struct xml_path *record = &mapping->record;
    bool found = follow(tree, record, &tree->record_matched, name, uri);
    if (!found && tree->record_matched + 1 == tree->depth && tree->record_matched < record->count &&
        slice_equal(record->steps[tree->record_matched].name, slice_of((const char *)name)))
        tree->other_namespace = true;
    for (size_t i = 0; i < mapping->header_count; i++)
        found |= follow(tree, &mapping->headers[i].path, &tree->header_matched[i], name, uri);
    return found;
}

static void unfollow_all(struct xml_tree *tree)
{
    if (tree->mapping == NULL)
        return;
    if (tree->record_matched == tree->depth)
        tree->record_matched--;
    for (size_t i = 0; i < tree->mapping->header_count; i++)
        if (tree->header_matched[i] == tree->depth)
            tree->header_matched[i]--;
}

/* Whether the innermost open element is the end of a header's path. */
static bool is_at(const struct xml_tree *tree, const struct xml_header *header)
{
    return tree->header_matched[header->number] == tree->depth && header->path.count == tree->depth;
}

/* ---- headers ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes over `text`. */
static void take_header(struct xml_tree *tree, const struct xml_header *header, xmlChar *text, uint32_t line)
{
    struct header_state *state = &tree->headers[header->number];
    if (text == NULL) {
        fail(tree, PARSE_NO_MEMORY, FAULT_NONE, 0, NULL);
        return;
    }
    struct slice trimmed = slice_of((const char *)text);
    while (trimmed.len > 0 && is_blank(trimmed.ptr[0]))
        trimmed = slice_after(trimmed, 1);
    while (trimmed.len > 0 && is_blank(trimmed.ptr[trimmed.len - 1]))
        trimmed.len--;
    bool same = state->text != NULL && slice_equal(trimmed, slice_of(state->text));
    if (state->text != NULL && !same)
        fail(tree, PARSE_INVALID, FAULT_XML_HEADER_TWICE, line, "one value for the whole document");
    else if (state->text == NULL && tree->any)
        fail(tree, PARSE_INVALID, FAULT_XML_HEADER_LATE, line, "it before the first record");
    if (tree->failed) {
        tree->failure.field = slice_of(header->name);
    } else if (!same) {
        state->text = calloc(trimmed.len + 1, 1);
        state->line = line;
        if (state->text == NULL)
            fail(tree, PARSE_NO_MEMORY, FAULT_NONE, 0, NULL);
        else
            memcpy(state->text, trimmed.ptr, trimmed.len);
    }
    xmlFree(text);
}

static void take_header_attributes(struct xml_tree *tree, xmlNodePtr node)
{
    for (size_t i = 0; i < tree->mapping->header_count && !tree->failed; i++) {
        const struct xml_header *header = &tree->mapping->headers[i];
        if (!is_at(tree, header))
            continue;
        if (!header->path.has_attribute && tree->header_depth == 0) {
            tree->header_depth = tree->depth;
            tree->held_from = tree->fed;
        }
        for (xmlAttrPtr a = node->properties; header->path.has_attribute && a != NULL; a = a->next)
            if (step_is(&header->path.attribute, a->name, a->ns == NULL ? NULL : a->ns->href))
                take_header(tree, header, xmlNodeGetContent((const xmlNode *)a), line_now(tree));
    }
}

/* ---- what the parser tells ---- */

static struct xml_tree *tree_of(void *context)
{
    return ((xmlParserCtxtPtr)context)->_private;
}

/* How many bytes of the document the parser is done with. */
static uint64_t consumed(const struct xml_tree *tree)
{
    const xmlParserInput *input = tree->parser->input;
    return tree->fed - (input == NULL ? 0 : (uint64_t)(input->end - input->cur));
}

/* Where the tag began whose end the parser is at. */
static uint64_t tag_offset(const struct xml_tree *tree)
{
    uint64_t offset = consumed(tree);
    if (!tree->makes_trees || offset < tree->raw_offset || offset - tree->raw_offset > tree->raw_size)
        return offset;
    while (offset > tree->raw_offset && tree->raw[offset - tree->raw_offset] != '<')
        offset--;
    return offset;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted,
                     const xmlChar **attributes)
{
    struct xml_tree *tree = tree_of(context);
    if (++tree->depth > LIMIT_XML_DEPTH) {
        fail(tree, PARSE_LIMIT, FAULT_XML_TOO_DEEP, line_now(tree), LIMIT_XML_DEPTH_TEXT);
        return;
    }
    if (tree->skipped > 0) {
        tree->skipped++;
        return;
    }
    if (tree->record_depth == 0) {
        bool followed = follow_all(tree, name, uri);
        if (!followed && tree->header_depth == 0) {
            tree->skipped = 1;
            return;
        }
        if (followed && tree->record_matched == tree->depth && tree->depth == tree->mapping->record.count) {
            tree->record_depth = tree->depth;
            tree->held_from = tag_offset(tree);
            tree->record = (struct xml_tree_record){.line = line_now(tree), .offset = tree->held_from};
            if (!tree->builds) {
                tree->skipped = 1;
                return;
            }
        }
    }
    xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count, namespaces, attribute_count, defaulted,
                          attributes);
    if (tree->failed || tree->parser->node == NULL)
        return;
    mark(tree->parser->node, line_now(tree));
    if (tree->record_depth == 0)
        take_header_attributes(tree, tree->parser->node);
}

static void end_record(struct xml_tree *tree, xmlNodePtr node)
{
    if (tree->came) /* the feeding sees to it that this never is */
        abort();
    if (node != NULL)
        xmlUnlinkNode(node);
    tree->record.node = node;
    tree->record_depth = 0;
    tree->came = true;
    tree->any = true;
}

static void end_header_element(struct xml_tree *tree, xmlNodePtr node)
{
    for (size_t i = 0; i < tree->mapping->header_count && !tree->failed; i++) {
        const struct xml_header *header = &tree->mapping->headers[i];
        if (!header->path.has_attribute && is_at(tree, header))
            take_header(tree, header, xmlNodeGetContent(node), xml_tree_line(node));
    }
    if (tree->depth == tree->header_depth) {
        tree->header_depth = 0;
        node->_private = (void *)((uintptr_t)node->_private | KEPT);
    }
}

/* An element outside of the records, with its node, is over. */
static void end_outside(struct xml_tree *tree, xmlNodePtr node)
{
    bool inside = tree->header_depth > 0 && tree->depth > tree->header_depth;
    if (tree->header_depth > 0)
        end_header_element(tree, node);
    if (inside || node->parent == NULL || node->parent->type != XML_ELEMENT_NODE)
        return;
    if (is_kept(node)) {
        node->parent->_private = (void *)((uintptr_t)node->parent->_private | KEPT);
        return;
    }
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_tree *tree = tree_of(context);
    if (tree->failed)
        return;
    if (tree->skipped > 0) {
        tree->skipped--;
        if (tree->skipped == 0 && tree->depth == tree->record_depth)
            end_record(tree, NULL);
    } else {
        xmlNodePtr node = tree->parser->node;
        xmlSAX2EndElementNs(context, name, prefix, uri);
        if (node != NULL && tree->depth == tree->record_depth)
            end_record(tree, node);
        else if (node != NULL && tree->record_depth == 0)
            end_outside(tree, node);
    }
    if (tree->record_depth == 0)
        unfollow_all(tree);
    tree->depth--;
}

static void on_text(void *context, const xmlChar *text, int length)
{
    const struct xml_tree *tree = tree_of(context);
    if (!tree->failed && tree->skipped == 0 && (tree->record_depth > 0 || tree->header_depth > 0))
        xmlSAX2Characters(context, text, length);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    struct xml_tree *tree = tree_of(context);
    (void)name;
    (void)external;
    (void)system;
    fail(tree, PARSE_INVALID, FAULT_XML_DOCTYPE, line_now(tree), "a document without <!DOCTYPE …>");
}

/*
 * Whether what the parser waits to see the end of, at the end of the document, could be mended by more bytes. Not a reference or a tag in
 * which the next tag begins already.
 */
static bool may_go_on(const struct xml_tree *tree)
{
    const xmlParserInput *input = tree->parser->input;
    if (input == NULL || input->cur >= input->end)
        return true;
    const char *at = (const char *)input->cur;
    size_t size = (size_t)(input->end - input->cur);
    bool closed = at[0] == '&' || (at[0] == '<' && size > 1 && at[1] != '!' && at[1] != '?');
    return !closed || memchr(at + 1, '<', size - 1) == NULL;
}

static void on_error(void *context, const xmlError *error)
{
    struct xml_tree *tree = context;
    uint32_t line = error->line > 0 ? (uint32_t)error->line : 0;
    bool is_form = error->level == XML_ERR_FATAL || error->domain == XML_FROM_NAMESPACE ||
                   error->code == XML_ERR_NO_MEMORY;
    if (!is_form || error->code == XML_ERR_USER_STOP)
        return; /* such as an xml:id that is no name: of no concern here */
    if (error->code == XML_ERR_NO_MEMORY && xmlDictGetUsage(tree->parser->dict) < NAMES_MAX / 2)
        fail(tree, PARSE_NO_MEMORY, FAULT_NONE, 0, NULL);
    else if (error->code == XML_ERR_NO_MEMORY || error->code == XML_ERR_RESOURCE_LIMIT)
        fail(tree, PARSE_LIMIT, FAULT_XML_RECORD_TOO_LARGE, line, LIMIT_XML_RECORD_TEXT);
    else if (tree->finishing)
        fail(tree, PARSE_INCOMPLETE, FAULT_XML_CUT, line, "the end tag of each element");
    else
        fail(tree, PARSE_INVALID, FAULT_XML_MALFORMED, line, xml_fault_expected(error->code));
}

/* ---- feeding ---- */

/* Whether a tag that ends at `end` may be the last of a record. */
static bool may_end_record(const struct xml_tree *tree, const char *end)
{
    const struct xml_path *path = &tree->mapping->record;
    struct slice name = path->steps[path->count - 1].name;
    const char *at = tree->last_tag;
    if (at == NULL)
        return true;
    if (at[1] == '/')
        at++;
    else if (end[-1] != '/')
        return false;
    at++;
    const char *colon = memchr(at, ':', (size_t)(end - at));
    struct slice local = slice_from(at, (size_t)(end - at));
    struct slice behind = colon == NULL ? SLICE_EMPTY : slice_from(colon + 1, (size_t)(end - colon) - 1);
    return (local.len >= name.len && memcmp(local.ptr, name.ptr, name.len) == 0) ||
           (behind.len >= name.len && memcmp(behind.ptr, name.ptr, name.len) == 0);
}

/* How much of the piece may be fed at once. A CR goes with what follows: alone at the end the parser would hold it back, and its place would not be
 * where the fed bytes end. */
static size_t whole_line_end(struct slice bytes)
{
    return bytes.len > 1 && bytes.ptr[bytes.len - 1] == '\r' ? bytes.len - 1 : bytes.len;
}

static size_t measure(struct xml_tree *tree)
{
    if (tree->mapping == NULL)
        return whole_line_end(tree->piece);
    const char *limit = tree->piece.ptr + tree->piece.len;
    for (const char *at = tree->piece.ptr; at < limit; at++) {
        if (*at == '<')
            tree->last_tag = at;
        else if (*at == '>' && may_end_record(tree, at))
            return (size_t)(at - tree->piece.ptr) + 1;
    }
    return whole_line_end(tree->piece);
}

/* Keeps what was fed, from where it can still be asked for. */
static void keep_raw(struct xml_tree *tree, struct slice bytes)
{
    uint64_t from = tree->record_depth > 0 ? tree->held_from : consumed(tree);
    size_t gone = from > tree->raw_offset ? (size_t)(from - tree->raw_offset) : 0;
    gone = gone < tree->raw_size ? gone : tree->raw_size;
    if (gone > 0) {
        tree->raw_size -= gone;
        tree->raw_offset += gone;
        memmove(tree->raw, tree->raw + gone, tree->raw_size);
    }
    if (tree->raw_size + bytes.len > tree->raw_capacity) {
        size_t capacity = 2 * (tree->raw_size + bytes.len);
        char *larger = realloc(tree->raw, capacity);
        if (larger == NULL) {
            fail(tree, PARSE_NO_MEMORY, FAULT_NONE, 0, NULL);
            return;
        }
        tree->raw = larger;
        tree->raw_capacity = capacity;
    }
    memcpy(tree->raw + tree->raw_size, bytes.ptr, bytes.len);
    tree->raw_size += bytes.len;
}

static void feed(struct xml_tree *tree)
{
    size_t size = measure(tree);
    struct slice bytes = slice_from(tree->piece.ptr, size);
    tree->piece = slice_after(tree->piece, size);
    if (tree->makes_trees)
        keep_raw(tree, bytes);
    if (tree->failed)
        return;
    tree->fed += size;
    (void)xmlParseChunk(tree->parser, bytes.ptr, (int)bytes.len, 0);
    const xmlParserInput *input = tree->parser->input;
    size_t pending = input == NULL ? 0 : (size_t)(input->end - input->cur);
    bool held = tree->record_depth > 0 || tree->header_depth > 0 || tree->came;
    /* Where trees are made the document was surveyed before: what was let through then comes through, however the bytes are cut. */
    size_t most = tree->makes_trees && tree->mapping->document == XML_ROSTER ? 2 * LIMIT_XML_RECORD_BYTES
                                                                             : LIMIT_XML_RECORD_BYTES;
    if (pending > most || (held && tree->fed - tree->held_from > most))
        fail(tree, PARSE_LIMIT, FAULT_XML_RECORD_TOO_LARGE, line_now(tree), LIMIT_XML_RECORD_TEXT);
}

static void finish(struct xml_tree *tree)
{
    const struct xml_source *source = &tree->source;
    if (source->unreadable)
        fail(tree, PARSE_NO_MEMORY, FAULT_NONE, 0, NULL);
    else if (source->fault != FAULT_NONE)
        fail(tree, PARSE_INVALID, source->fault, source->fault_line, source->expected);
    else if (source->cut)
        fail(tree, PARSE_INCOMPLETE, FAULT_XML_CUT, source->line, "the rest of the last character");
    else if (tree->fed == 0)
        fail(tree, PARSE_INCOMPLETE, FAULT_FILE_EMPTY, 0, "an XML document");
    if (tree->failed)
        return;
    tree->finishing = may_go_on(tree);
    (void)xmlParseChunk(tree->parser, NULL, 0, 1);
    if (!tree->failed && !tree->parser->wellFormed)
        fail(tree, PARSE_INVALID, FAULT_XML_MALFORMED, line_now(tree), xml_fault_expected(0));
    tree->ended = true;
}

static enum xml_tree_got advance(struct xml_tree *tree)
{
    if (tree->record.node != NULL)
        xmlFreeNode(tree->record.node);
    tree->record.node = NULL;
    tree->came = false;
    while (!tree->failed && !tree->ended && !tree->came) {
        if (tree->piece.len > 0) {
            feed(tree);
        } else if (xml_source_next(&tree->source, &tree->piece)) {
            tree->last_tag = NULL;
        } else {
            finish(tree);
        }
    }
    if (tree->failed)
        return XML_TREE_FAILED;
    return tree->came ? XML_TREE_RECORD : XML_TREE_END;
}

enum xml_tree_got xml_tree_next(struct xml_tree *tree, struct xml_tree_record *record)
{
    tree->builds = tree->makes_trees;
    enum xml_tree_got got = advance(tree);
    if (got != XML_TREE_RECORD)
        return got;
    if (tree->makes_trees)
        tree->record.bytes = slice_from(tree->raw + (tree->record.offset - tree->raw_offset),
                                        (size_t)(tree->fed - tree->record.offset));
    *record = tree->record;
    return got;
}

enum xml_tree_got xml_tree_skip(struct xml_tree *tree)
{
    tree->builds = false;
    return advance(tree);
}

/* ---- life ---- */

struct xml_tree *xml_tree_open(const struct xml_mapping *mapping, enum encoding named, xml_read *read,
                               void *context, bool makes_trees)
{
    struct xml_tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL)
        return NULL;
    tree->mapping = mapping;
    tree->makes_trees = makes_trees;
    xml_source_begin(&tree->source, named, read, context);
    tree->parser = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
    if (tree->parser == NULL) {
        free(tree);
        return NULL;
    }
    xmlParserCtxtPtr parser = tree->parser;
    parser->_private = tree;
    (void)xmlCtxtUseOptions(parser, PARSE_OPTIONS);
    (void)xmlDictSetLimit(parser->dict, NAMES_MAX);
    xmlCtxtSetErrorHandler(parser, on_error, tree);
    parser->sax->startElementNs = on_start;
    parser->sax->endElementNs = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text;
    parser->sax->internalSubset = on_doctype;
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
    return tree;
}

void xml_tree_close(struct xml_tree *tree)
{
    if (tree == NULL)
        return;
    if (tree->record.node != NULL)
        xmlFreeNode(tree->record.node);
    xmlDocPtr document = tree->parser->myDoc;
    tree->parser->myDoc = NULL;
    xmlFreeDoc(document);
    xmlFreeParserCtxt(tree->parser);
    for (size_t i = 0; i < LIMIT_XML_HEADERS; i++)
        free(tree->headers[i].text);
    free(tree->raw);
    free(tree);
}

/* ---- answers ---- */

const struct xml_tree_failure *xml_tree_failure(const struct xml_tree *tree)
{
    return &tree->failure;
}

bool xml_tree_header(const struct xml_tree *tree, const struct xml_header *header, struct slice *text,
                     uint32_t *line)
{
    const struct header_state *state = &tree->headers[header->number];
    *text = slice_of(state->text);
    *line = state->line;
    return state->text != NULL;
}

bool xml_tree_saw_other_namespace(const struct xml_tree *tree)
{
    return tree->other_namespace;
}

enum encoding xml_tree_encoding(const struct xml_tree *tree)
{
    return tree->source.encoding;
}

/* ---- extracts ---- */

static void put(xmlBufferPtr out, const char *text)
{
    (void)xmlBufferCat(out, (const xmlChar *)text);
}

static void put_name(xmlBufferPtr out, const xmlNs *ns, const xmlChar *name)
{
    if (ns != NULL && ns->prefix != NULL) {
        (void)xmlBufferCat(out, ns->prefix);
        put(out, ":");
    }
    (void)xmlBufferCat(out, name);
}

static void put_quoted(xmlBufferPtr out, xmlDocPtr document, const xmlChar *value)
{
    xmlChar *escaped = xmlEncodeSpecialChars(document, value == NULL ? (const xmlChar *)"" : value);
    put(out, "=\"");
    (void)xmlBufferCat(out, escaped);
    put(out, "\"");
    xmlFree(escaped);
}

static void put_start_tag(xmlBufferPtr out, xmlNodePtr node)
{
    put(out, "<");
    put_name(out, node->ns, node->name);
    for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next) {
        put(out, ns->prefix == NULL ? " xmlns" : " xmlns:");
        if (ns->prefix != NULL)
            (void)xmlBufferCat(out, ns->prefix);
        put_quoted(out, node->doc, ns->href);
    }
    for (xmlAttrPtr a = node->properties; a != NULL; a = a->next) {
        xmlChar *value = xmlNodeGetContent((const xmlNode *)a);
        put(out, " ");
        put_name(out, a->ns, a->name);
        put_quoted(out, node->doc, value);
        xmlFree(value);
    }
    put(out, ">\n");
}

struct slice xml_tree_extract(const struct xml_tree *tree, const struct xml_tree_record *record,
                              struct arena *arena)
{
    xmlNodePtr chain[LIMIT_XML_STEPS_PATH];
    size_t count = 0;
    struct slice text = SLICE_EMPTY;
    xmlBufferPtr out = xmlBufferCreate();
    if (out == NULL)
        return text;
    for (xmlNodePtr node = tree->parser->node;
         node != NULL && node->type == XML_ELEMENT_NODE && count < LIMIT_XML_STEPS_PATH; node = node->parent)
        chain[count++] = node;
    /* The mark: it decides even where a match rule names another encoding for its files. */
    put(out, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    for (size_t i = count; i-- > 0;) {
        put_start_tag(out, chain[i]);
        for (xmlNodePtr child = chain[i]->children; child != NULL; child = child->next) {
            if (child->type != XML_ELEMENT_NODE || !is_kept(child) || (i > 0 && child == chain[i - 1]))
                continue;
            (void)xmlNodeDump(out, child->doc, child, 0, 0);
            put(out, "\n");
        }
    }
    bool good = xmlBufferAdd(out, (const xmlChar *)record->bytes.ptr, (int)record->bytes.len) == 0;
    for (size_t i = 0; i < count; i++) {
        put(out, "\n</");
        put_name(out, chain[i]->ns, chain[i]->name);
        put(out, ">");
    }
    put(out, "\n");
    if (good)
        text = arena_copy(arena, slice_from(xmlBufferContent(out), (size_t)xmlBufferLength(out)));
    xmlBufferFree(out);
    return text.ptr == NULL ? SLICE_EMPTY : text;
}
