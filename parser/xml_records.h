/*
 * The XML of a jail management system as records, by a mapping (parser/xml_mapping.h): a document of one event, or a roster read record by
 * record. The record is that of every format (parser/jms_event.h), with the same checks; line numbers are the document's.
 *
 * A roster is read twice, like one in CSV: a survey, which goes to the end of the document and makes nothing of its records, so that
 * nothing is applied of a document that is not XML to its end; then the records. What is left to the caller is what jms_roster.h
 * leaves to it.
 *
 * The bytes come by a callback, memory is one record (parser/xml_tree.h). A reader belongs to one thread; a mapping to all.
 */
#ifndef CORBRIDGE_PARSER_XML_RECORDS_H
#define CORBRIDGE_PARSER_XML_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/jms_event.h"
#include "parser/xml_mapping.h"
#include "parser/limits.h"
#include "parser/xml_source.h"

/* Whether a document ends where these bytes end: its outermost element is closed. Bytes that are wrong in another way are whole. Also true when
 * memory is exhausted. */
bool xml_ends_whole(enum encoding named, xml_read *read, void *context);

/* One document of one event (document="event"). As jms_event_parse, but that `out` borrows from the arena and the mapping only. */
enum parse_status xml_event_parse(struct slice bytes, const struct xml_mapping *mapping,
                                  const struct jms_settings *settings, struct arena *arena,
                                  struct fault_list *faults, struct jms_event *out);

struct xml_survey {
    uint32_t records;
    struct slice headers[LIMIT_XML_HEADERS]; /* by number; in the arena; ptr is NULL where it has not come */
    uint32_t header_lines[LIMIT_XML_HEADERS];
};

/*
 * Reads a roster to its end. PARSE_OK: its records may be read, perhaps none. PARSE_INVALID, PARSE_LIMIT: the document as a whole is
 * wrong; PARSE_INCOMPLETE: it ends too early; `faults` says why. PARSE_NO_MEMORY, also where `read` fails.
 */
enum parse_status xml_survey_document(const struct xml_mapping *mapping, enum encoding named, xml_read *read,
                                      void *context, struct arena *arena, struct fault_list *faults,
                                      struct xml_survey *survey);

struct xml_record {
    /* PARSE_OK: `event` is whole; there may be warnings. PARSE_INVALID: the record is a message of its own that is set aside.
     * PARSE_NO_MEMORY: nothing can be said of it. */
    enum parse_status status;
    struct jms_event event; /* borrows from the arena and the mapping */
    struct slice booking;   /* the booking number, where it could be read, also of a record that is wrong */
    uint32_t row, line;     /* from 1 */
    uint64_t offset;        /* of the document as UTF-8 without a mark */
    struct slice bytes;     /* of it, as UTF-8; until the next record */
    struct slice
        extract; /* a document of its own, with it alone, that the same mapping reads: UTF-8 with its mark, in the arena */
};

enum xml_got {
    XML_RECORD,
    XML_END,
    XML_FAILED /* the document is wrong here, or memory is exhausted: xml_reader_status */
};

struct xml_reader;

/* NULL: memory is exhausted. Borrows mapping and settings. */
struct xml_reader *xml_reader_open(const struct xml_mapping *mapping, const struct jms_settings *settings,
                                   xml_read *read, void *context);
void xml_reader_close(struct xml_reader *reader);

/* The next record; its faults are added to `faults`, in order of place. At XML_FAILED the fault of the document is added. */
enum xml_got xml_reader_next(struct xml_reader *reader, struct arena *arena, struct fault_list *faults,
                             struct xml_record *out);

/* Passes by that many records without looking into them; false: there are not that many. */
bool xml_reader_skip(struct xml_reader *reader, uint32_t count);

/* After XML_FAILED, or when xml_reader_skip gave false: why. */
enum parse_status xml_reader_status(const struct xml_reader *reader);

#endif
