/*
 * The parts of the page: one self-contained HTML document that loads nothing. Inside service/precheck/ only.
 *
 * Everything that is not written by this program passes page_text. The content policy allows nothing but the one style sheet,
 * by its hash: a value that broke out of its cell could neither run nor load anything.
 */
#ifndef CORBRIDGE_SERVICE_PRECHECK_PAGE_H
#define CORBRIDGE_SERVICE_PRECHECK_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/commands/output.h"

/* The style sheet; static. */
extern const char page_style[];

struct page {
    struct output *out;
    struct output cell;       /* what the cell that is being made says, not yet escaped */
    const char *const *heads; /* of the table that is open */
    size_t column;
};

/* The head of the document, and its end, which releases the page. `title` is this program's. */
void page_begin(struct page *page, struct output *out, const char *title);
void page_end(struct page *page);

/* Text with what means something in HTML made harmless. */
void page_text(struct output *out, const char *text);

/* A section with a title; `lead` (or NULL) says what it shows. All static text. */
void page_section(struct page *page, const char *id, const char *title, const char *lead);
void page_section_end(struct page *page);

/* A table: `heads` is static and ends with NULL; a head that begins with '#' is that of a column of numbers. */
void page_table(struct page *page, const char *const *heads);
void page_table_end(struct page *page);
void page_row(struct page *page, const char *sort); /* its class: "must", "should", … or "" */
void page_row_end(struct page *page);

/* The next cell of the row: static text, a number, or what page->cell holds, which is emptied. What follows a line end in it stands below
 * the first line and smaller. */
void page_cell(struct page *page, const char *text);
void page_cell_number(struct page *page, uint64_t number);
void page_cell_made(struct page *page);

/* A bar whose parts are as long as their numbers, with a key below. `sort` names the colour of a part. */
struct page_part {
    const char *sort, *label;
    uint64_t number;
};
void page_bar(struct page *page, const struct page_part *parts, size_t count);

#endif
