/*
 * The bytes of an XML document, piece by piece, as UTF-8. What encoding they are in is decided here and not by libxml2,
 * which is built without iconv: a mark (BOM); else what the feed names; else the first two bytes, for UTF-16 without a mark;
 * else the XML declaration; else UTF-8, as XML 1.0 (appendix F) has it.
 */
#ifndef CORBRIDGE_PARSER_XML_SOURCE_H
#define CORBRIDGE_PARSER_XML_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/slice.h"

/* Puts at most `size` bytes (at least 1) into `buffer`; how many, 0 at the end of the file, XML_READ_FAILED when it cannot be read. */
typedef size_t xml_read(void *context, void *buffer, size_t size);

#define XML_READ_FAILED SIZE_MAX

#define XML_SOURCE_RAW ((size_t)16 * 1024)

struct xml_source {
    xml_read *read;
    void *context;
    enum encoding encoding; /* known from the first piece on */
    enum encoding named;
    bool started, ended; /* the last piece was given */
    size_t raw_len;
    uint32_t line; /* of the next character */

    /* Why it ended early; FAULT_NONE: it did not. */
    enum fault_code fault;
    uint32_t fault_line;
    const char *expected;
    bool unreadable; /* the callback failed */
    bool cut;        /* the file ends inside a character */

    unsigned char raw[XML_SOURCE_RAW];
    char text[3 * XML_SOURCE_RAW]; /* a byte of Windows-1252 has up to three in UTF-8 */
};

/* `named` is ENCODING_AUTO unless the feed names one. */
void xml_source_begin(struct xml_source *source, enum encoding named, xml_read *read, void *context);

/* The next piece of UTF-8, valid and without a mark; it lives until the next call. False: no more, or a fault. */
bool xml_source_next(struct xml_source *source, struct slice *piece);

/* A reader of bytes that are in memory: `context` is a struct slice, whose bytes are taken off. */
size_t xml_read_slice(void *context, void *buffer, size_t size);

#endif
