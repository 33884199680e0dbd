/*
 * Photos as bytes: what kind of picture it is, how large it comes out, and whether it is whole. Nothing is decoded.
 *
 * JPEG: ISO/IEC 10918-1 (ITU-T T.81), annex B: markers from SOI to EOI, the size from the frame header (B.2.2). PNG: W3C "Portable
 * Network Graphics (PNG) Specification (Third Edition)", sections 5 and 11: signature, chunks from IHDR to IEND, their lengths and the
 * checksum of the header. What follows the end of a picture is allowed (cameras append to it).
 */
#ifndef CORBRIDGE_PARSER_PICTURE_H
#define CORBRIDGE_PARSER_PICTURE_H

#include <stdint.h>

#include "parser/fault.h"
#include "parser/slice.h"

#define PICTURE_PIXELS_MAX ((uint64_t)1 << 32) /* no limit of a caller may be larger */

enum picture_kind {
    PICTURE_JPEG,
    PICTURE_PNG
};

enum picture_verdict {
    PICTURE_GOOD,
    PICTURE_CUT,     /* it may become whole when more bytes arrive; also when there are none */
    PICTURE_UNKNOWN, /* neither JPEG nor PNG */
    PICTURE_DAMAGED,
    PICTURE_TOO_LARGE /* more pixels than the limit: what reads it would need too much memory */
};

struct picture {
    enum picture_kind kind;
    uint32_t width, height; /* pixels, at least 1 */
};

/* Reads `bytes`; *out is written when it is good. A function of its arguments; any thread. */
enum picture_verdict picture_read(struct slice bytes, uint64_t pixel_limit, struct picture *out);

/* False when more bytes may make it whole. */
bool picture_is_whole(struct slice bytes);

/* "jpeg", "png"; static. */
const char *picture_kind_name(enum picture_kind kind);

/* The stable word for a verdict that is not good, as the database keeps it: "picture-cut", "not-a-picture", "picture-damaged",
 * "picture-too-large". Static. */
const char *picture_verdict_name(enum picture_verdict verdict);

/* What the verdict is in a file of a feed: adds its fault, and says PARSE_OK, PARSE_INCOMPLETE, PARSE_INVALID or PARSE_LIMIT. */
enum parse_status picture_report(enum picture_verdict verdict, struct fault_list *faults);

#endif
