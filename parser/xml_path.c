#include "parser/xml_path.h"

#include <string.h>

#include "parser/limits.h"

static const char unknown_prefix[] = "has a prefix that no <namespace> declares";

const char *xml_namespace_find(const struct xml_namespaces *namespaces, struct slice prefix)
{
    for (size_t i = 0; i < namespaces->count; i++)
        if (slice_equal(prefix, slice_of(namespaces->items[i].prefix)))
            return namespaces->items[i].uri;
    return NULL;
}

/* A character of an XML name, near enough: what is beyond ASCII may be part of one. */
static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_character(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The name at the start of `text`; empty: none. */
static struct slice name_at(const char *text)
{
    size_t length = 0;
    if (is_name_start(text[0]))
        while (is_name_character(text[length]))
            length++;
    return slice_from(text, length);
}

/* ---- plain paths ---- */

/* "name" or "prefix:name". */
static const char *read_step(const char **at, const struct xml_namespaces *namespaces, struct arena *arena,
                             struct xml_step *step)
{
    struct slice name = name_at(*at);
    *at += name.len;
    step->uri = SLICE_EMPTY;
    if (name.len > 0 && **at == ':') {
        const char *uri = xml_namespace_find(namespaces, name);
        if (uri == NULL)
            return unknown_prefix;
        step->uri = slice_of(uri);
        (*at)++;
        name = name_at(*at);
        *at += name.len;
    }
    if (name.len == 0)
        return "is not a path of plain names such as /Roster/Inmate";
    step->name = arena_copy(arena, name);
    return step->name.ptr == NULL ? "cannot be kept: memory is exhausted" : NULL;
}

const char *xml_path_read(const char *text, bool takes_attribute, const struct xml_namespaces *namespaces,
                          struct arena *arena, struct xml_path *out)
{
    const char *fault = NULL;
    *out = (struct xml_path){.steps = arena_take_array(arena, LIMIT_XML_STEPS_PATH, sizeof *out->steps)};
    if (out->steps == NULL)
        return "cannot be kept: memory is exhausted";
    while (*text == '/' && fault == NULL && !out->has_attribute) {
        text++;
        if (*text == '@') {
            text++;
            out->has_attribute = true;
            fault = read_step(&text, namespaces, arena, &out->attribute);
        } else if (out->count == LIMIT_XML_STEPS_PATH) {
            fault = "has more than 32 names";
        } else {
            fault = read_step(&text, namespaces, arena, &out->steps[out->count++]);
        }
    }
    if (fault != NULL)
        return fault;
    if (*text != '\0' || out->count == 0)
        return "is not a path of plain names from the root of the document, such as /Roster/Inmate: no //, *, [ ] "
               "or functions";
    return out->has_attribute && !takes_attribute ? "names an attribute: it must end with an element" : NULL;
}

/* ---- XPath ---- */

static bool is_one_of(struct slice name, const char *const *list)
{
    for (; *list != NULL; list++)
        if (slice_equal(name, slice_of(*list)))
            return true;
    return false;
}

static const char *const functions[] = {"boolean",
                                        "ceiling",
                                        "comment",
                                        "concat",
                                        "contains",
                                        "count",
                                        "false",
                                        "floor",
                                        "last",
                                        "local-name",
                                        "name",
                                        "namespace-uri",
                                        "node",
                                        "normalize-space",
                                        "not",
                                        "number",
                                        "position",
                                        "processing-instruction",
                                        "round",
                                        "starts-with",
                                        "string",
                                        "string-length",
                                        "substring",
                                        "substring-after",
                                        "sum",
                                        "text",
                                        "substring-before",
                                        "translate",
                                        "true",
                                        NULL};
static const char *const axes[] = {
    "attribute",         "child", "descendant", "descendant-or-self", "following-sibling",
    "preceding-sibling", "self",  NULL};
static const char *const outward_axes[] = {"ancestor", "ancestor-or-self", "following",
                                           "parent",   "preceding",        NULL};
static const char *const operators[] = {"and", "div", "mod", "or", NULL};

static const char outward[] =
    "leaves the record: a path begins at the record and goes down; a value outside of the records "
    "is declared by <header> and used by header=\"…\"";

/* A name, and what may stand behind it. Moves `*at` past name and colon. */
static const char *check_name(const char **at, const struct xml_namespaces *namespaces)
{
    struct slice name = name_at(*at);
    const char *next = *at + name.len;
    while (is_blank(*next))
        next++;
    *at += name.len;
    if (next[0] == ':' && next[1] == ':') {
        *at = next + 2;
        if (is_one_of(name, outward_axes))
            return outward;
        return is_one_of(name, axes) ? NULL
                                     : "has an axis that XPath 1.0 does not have, or that is of no use here";
    }
    if (next[0] == ':') {
        *at = next + 1;
        return xml_namespace_find(namespaces, name) == NULL ? unknown_prefix : NULL;
    }
    if (next[0] == '(' && !is_one_of(name, functions) && !is_one_of(name, operators))
        return "calls a function that XPath 1.0 does not have, or that is of no use here";
    return NULL;
}

/* Whether a slash at `at` begins a path: nothing that could stand before its next step is in front of it. */
static bool begins_path(const char *text, const char *at)
{
    const char *before = at;
    while (before > text && is_blank(before[-1]))
        before--;
    if (before == text || strchr("([,|+-=<>!/", before[-1]) != NULL)
        return before == text || before[-1] != '/'; /* the second slash of // goes on */
    const char *word = before;
    while (word > text && is_name_character(word[-1]))
        word--;
    return before < at && is_one_of(slice_from(word, (size_t)(before - word)), operators);
}

const char *xml_xpath_fault(const char *text, const struct xml_namespaces *namespaces)
{
    const char *fault = NULL;
    for (const char *at = text; *at != '\0' && fault == NULL;) {
        if (*at == '"' || *at == '\'') {
            const char *close = strchr(at + 1, *at);
            if (close == NULL)
                return "has a quote that is not closed";
            at = close + 1;
        } else if (is_name_start(*at)) {
            fault = check_name(&at, namespaces);
        } else if (*at >= '0' && *at <= '9') {
            while ((*at >= '0' && *at <= '9') || *at == '.')
                at++;
        } else {
            if (*at == '$')
                fault = "has a variable, and there are none here";
            else if ((at[0] == '.' && at[1] == '.') || (*at == '/' && begins_path(text, at)))
                fault = outward;
            at++;
        }
    }
    return fault;
}
