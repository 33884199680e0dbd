/* What a file of the ledger says, from its bytes where CorBridge keeps them. Inside service/commands/ only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOW_CONTENT_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOW_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/view.h"
#include "parser/arena.h"
#include "parser/encoding.h"
#include "service/commands/output.h"

struct content_source {
    const struct view_file *file;
    const char *path;    /* where its bytes lie */
    const char *extract; /* where those of the row would lie, had it been set aside; NULL: it was not */
    int row;             /* of a file of many messages; 0: the file */
    enum encoding named; /* by the feed; ENCODING_AUTO: it names none */
    bool whole;          /* all of it, however long */
};

enum content_kind {
    CONTENT_NONE,    /* `why` says why there is nothing to show */
    CONTENT_LINES,   /* items are lines of text; those with a name are fields */
    CONTENT_COLUMNS, /* items are the cells of a row */
    CONTENT_HL7      /* `bytes` are HL7 messages: show_hl7_bytes */
};

struct content_item {
    uint32_t number; /* of the line or column, from 1 */
    struct slice name, value;
};

struct content {
    enum content_kind kind;
    char why[400];
    enum encoding encoding;
    uint32_t row, line, end_line; /* of CONTENT_COLUMNS; where the row begins, and the line behind it */
    struct content_item *items;
    size_t count;
    bool apart; /* a text of its own that was made of a row: faults name other lines, those of the file */
    bool cut;   /* there is more: --whole shows it */
    struct slice bytes;
    char *held; /* heap: what slices may point into */
};

/* Reads it. The hash of the bytes must be that of the ledger; a file that is gone or was changed is CONTENT_NONE. content_release in any case. False:
 * memory is exhausted. */
bool content_read(const struct content_source *source, struct arena *arena, struct content *out);
void content_release(struct content *content);

/* Whether the rows of files of that format can be told apart by columns. */
bool content_has_columns(const char *format);

/* As text, faulty lines or columns marked with "!"; and as a JSON value. Not for CONTENT_HL7. */
void content_add_text(struct output *out, const struct content *content, const struct view_fault *faults,
                      size_t fault_count, bool whole);
void content_add_json(struct output *out, const struct content *content);

#endif
