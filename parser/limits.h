/* The named limits of every parser. Exceeding one is PARSE_LIMIT with its place, never a cut value. */
#ifndef CORBRIDGE_PARSER_LIMITS_H
#define CORBRIDGE_PARSER_LIMITS_H

#include <stddef.h>

#define LIMIT_EVENT_FILE_BYTES                                                                               \
    ((size_t)1024 * 1024)                      /* one DEM or Location file; real ones have some 500 bytes */
#define LIMIT_EVENT_FILE_TEXT  "at most 1 MiB" /* the same in words, for faults */
#define LIMIT_EVENT_LINE_BYTES ((size_t)64 * 1024)
#define LIMIT_EVENT_PAIRS      ((size_t)4096)

#define LIMIT_CSV_RECORD_BYTES                                                                               \
    ((size_t)64 * 1024) /* one record; the longest right roster row has some 18 KB, real ones 200 bytes */
#define LIMIT_CSV_RECORD_TEXT "at most 64 KiB"     /* the same in words, for faults */
#define LIMIT_CSV_COLUMNS     ((size_t)64)         /* cells of a record that are kept; all are counted */
#define LIMIT_CSV_WINDOW      ((size_t)256 * 1024) /* bytes of a file that are looked at at once */

#define LIMIT_HL7_FILE_BYTES    ((size_t)1024 * 1024 * 1024) /* of one file; places in it fit into 32 bits */
#define LIMIT_HL7_MESSAGE_BYTES ((size_t)256 * 1024 * 1024)  /* of one message, documents in it and all */
#define LIMIT_HL7_SEGMENTS      ((size_t)4 * 1000 * 1000)    /* of one message */
#define LIMIT_HL7_MESSAGES      ((size_t)1000 * 1000)        /* of one file */

#define LIMIT_XML_RECORD_BYTES                                                                               \
    ((size_t)4 * 1024 * 1024) /* one record, as UTF-8, and any single tag; real ones have some 2 KB */
#define LIMIT_XML_RECORD_TEXT "at most 4 MiB"        /* the same in words, for faults */
#define LIMIT_XML_EVENT_BYTES LIMIT_XML_RECORD_BYTES /* a document of one event */
#define LIMIT_XML_DEPTH       ((size_t)100)          /* elements inside one another */
#define LIMIT_XML_DEPTH_TEXT  "at most 100 elements inside one another"
#define LIMIT_XML_STEPS       ((unsigned long)1000000) /* of XPath, for all fields of one record */
#define LIMIT_XML_MAPPING     ((size_t)1024 * 1024)    /* bytes of a mapping file */
#define LIMIT_XML_HEADERS     ((size_t)16)             /* of one mapping */
#define LIMIT_XML_STEPS_PATH  ((size_t)32)             /* names in a path of plain names */

#define LIMIT_FAULTS ((size_t)1000) /* entries of one fault list */

#endif
