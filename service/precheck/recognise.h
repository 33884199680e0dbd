/* What a file is, by its first bytes, and how its text is written. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_RECOGNISE_H
#define CORBRIDGE_SERVICE_PRECHECK_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/encoding.h"
#include "parser/slice.h"
#include "service/precheck/precheck.h"

#define RECOGNISE_BYTES ((size_t)16 * 1024) /* how many of a file are looked at */

enum recognised {
    RECOGNISED_EVENT,
    RECOGNISED_ROWS, /* commas, or nothing that says otherwise: the surveys decide */
    RECOGNISED_PHOTO,
    RECOGNISED_EMPTY, /* no bytes, or blanks only */
    RECOGNISED_XML,
    RECOGNISED_NOTHING
};

/* By the content; where that is broken, the name's .ini or .csv counts. `*commas`: how many stand in the first line. */
enum recognised recognise(struct slice head, const char *name, size_t *commas);

/* The name ends with that extension, without regard to case. */
bool recognise_extension(const char *name, const char *extension);

/* Encoding and line ends, found while the bytes pass. */
struct text_facts {
    struct encoding_scan scan;
    bool begun;
    enum encoding marked; /* ENCODING_AUTO: no mark */
    size_t step;          /* bytes of a unit: 2 in UTF-16 */
    unsigned char half;   /* the first byte of a unit */
    size_t in_unit;
    bool after_cr;
    uint64_t crlf, lf, cr;
};

void text_facts_init(struct text_facts *text, enum encoding named);
/* The first piece has at least two bytes, unless the file has fewer. */
void text_facts_feed(struct text_facts *text, struct slice piece);
/* Writes text, charset and line_end of `file`. */
void text_facts_end(struct text_facts *text, struct precheck_file *file);

#endif
