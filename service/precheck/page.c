#include "service/precheck/page.h"

#include <inttypes.h>
#include <string.h>

#include "platform/sha256.h"

/* So many bytes of `text`. */
static void add_harmless(struct output *out, const char *text, size_t length)
{
    for (const char *end = text + length; text < end;) {
        size_t plain = strcspn(text, "&<>\"'");
        if (plain > (size_t)(end - text))
            plain = (size_t)(end - text);
        if (plain > 0)
            output_add(out, "%.*s", (int)plain, text);
        text += plain;
        if (text == end)
            break;
        switch (*text) {
        case '&': output_add(out, "&amp;"); break;
        case '<': output_add(out, "&lt;"); break;
        case '>': output_add(out, "&gt;"); break;
        case '"': output_add(out, "&quot;"); break;
        case '\'': output_add(out, "&#39;"); break;
        default: break;
        }
        text++;
    }
}

void page_text(struct output *out, const char *text)
{
    if (text != NULL)
        add_harmless(out, text, strlen(text));
}

/* The hash of the style sheet in base64, as a content policy names it. */
static void add_style_hash(struct output *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t hash[SHA256_SIZE + 1] = {0}; /* and one zero: 33 bytes are eleven groups of three */
    sha256(page_style, strlen(page_style), hash);
    char text[45];
    for (size_t i = 0; i < 11; i++) {
        uint32_t group =
            ((uint32_t)hash[3 * i] << 16) | ((uint32_t)hash[3 * i + 1] << 8) | (uint32_t)hash[3 * i + 2];
        for (size_t j = 0; j < 4; j++)
            text[4 * i + j] = letters[(group >> (18 - 6 * j)) & 63];
    }
    text[43] = '='; /* the last byte was none */
    text[44] = '\0';
    output_add(out, "%s", text);
}

void page_begin(struct page *page, struct output *out, const char *title)
{
    *page = (struct page){.out = out};
    output_init(&page->cell);
    output_add(
        out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
    add_style_hash(out);
    output_add(out, "'; base-uri 'none'; form-action 'none'\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    page_text(out, title);
    output_add(out, "</title>\n<style>%s</style>\n</head>\n<body>\n", page_style);
}

void page_end(struct page *page)
{
    output_add(page->out, "</body>\n</html>\n");
    page->out->failed = page->out->failed || page->cell.failed;
    output_release(&page->cell);
}

void page_section(struct page *page, const char *id, const char *title, const char *lead)
{
    output_add(page->out, "<section id=\"%s\">\n<h2>", id);
    page_text(page->out, title);
    output_add(page->out, "</h2>\n");
    if (lead != NULL) {
        output_add(page->out, "<p class=\"lead\">");
        page_text(page->out, lead);
        output_add(page->out, "</p>\n");
    }
}

void page_section_end(struct page *page)
{
    output_add(page->out, "</section>\n");
}

static bool is_number(const char *head)
{
    return head[0] == '#';
}

static const char *name_of(const char *head)
{
    return is_number(head) ? head + 1 : head;
}

void page_table(struct page *page, const char *const *heads)
{
    page->heads = heads;
    /* A name and numbers: a narrow window has room for them side by side. */
    bool slim = true;
    for (size_t i = 1; heads[i] != NULL; i++)
        slim = slim && is_number(heads[i]);
    output_add(page->out, slim ? "<table class=\"slim\">\n<thead><tr>" : "<table>\n<thead><tr>");
    for (size_t i = 0; heads[i] != NULL; i++) {
        output_add(page->out, "<th scope=\"col\"%s>", is_number(heads[i]) ? " class=\"number\"" : "");
        page_text(page->out, name_of(heads[i]));
        output_add(page->out, "</th>");
    }
    output_add(page->out, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct page *page)
{
    output_add(page->out, "</tbody>\n</table>\n");
}

void page_row(struct page *page, const char *sort)
{
    page->column = 0;
    output_add(page->out, sort[0] != '\0' ? "<tr class=\"%s\">" : "<tr%s>", sort);
}

void page_row_end(struct page *page)
{
    output_add(page->out, "</tr>\n");
}

/* data-head is what a narrow window shows in front of the cell. */
void page_cell(struct page *page, const char *text)
{
    const char *head = page->heads[page->column++];
    output_add(page->out, "<td%s data-head=\"", is_number(head) ? " class=\"number\"" : "");
    page_text(page->out, name_of(head));
    output_add(page->out, "\"><bdi>");
    size_t first = strcspn(text, "\n");
    add_harmless(page->out, text, first);
    if (text[first] == '\n') {
        output_add(page->out, "<small>");
        page_text(page->out, text + first + 1);
        output_add(page->out, "</small>");
    }
    output_add(page->out, "</bdi></td>");
}

void page_cell_number(struct page *page, uint64_t number)
{
    output_add(&page->cell, "%" PRIu64, number);
    page_cell_made(page);
}

void page_cell_made(struct page *page)
{
    page_cell(page, page->cell.text != NULL ? page->cell.text : "");
    bool failed = page->cell.failed;
    output_release(&page->cell);
    page->cell.failed = failed;
}

void page_bar(struct page *page, const struct page_part *parts, size_t count)
{
    uint64_t whole = 0;
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++)
        whole += parts[i].number;
    if (whole == 0)
        return;
    output_add(page->out,
               "<figure>\n<svg viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    for (size_t i = 0; i < count; i++) {
        /* In thousandths, so that all parts together are the whole bar. */
        uint64_t from = (uint64_t)((double)at / (double)whole * 1000);
        at += parts[i].number;
        uint64_t to = (uint64_t)((double)at / (double)whole * 1000);
        if (parts[i].number > 0 && to < from + 4)
            to = from + 4; /* seen at all */
        if (to > from)
            output_add(page->out,
                       "<rect class=\"%s\" x=\"%" PRIu64 "\" y=\"0\" width=\"%" PRIu64 "\" height=\"24\"/>",
                       parts[i].sort, from, to - from);
    }
    output_add(page->out, "</svg>\n<figcaption>");
    for (size_t i = 0; i < count; i++) {
        if (parts[i].number > 0)
            output_add(page->out, "<span><i class=\"%s\"></i>%" PRIu64 " %s</span> ", parts[i].sort,
                       parts[i].number, parts[i].label);
    }
    output_add(page->out, "</figcaption>\n</figure>\n");
}
