#include "parser/xml_records.h"

#include <stdlib.h>

#include "parser/limits.h"
#include "parser/xml_tree.h"
#include "parser/xml_values.h"

struct xml_reader {
    const struct xml_mapping *mapping;
    const struct jms_settings *settings;
    struct xml_tree *tree;
    struct xml_values *values;
    uint32_t row; /* records so far */
};

/* Why a document ended early, as a fault. */
static enum parse_status tell_failure(const struct xml_tree *tree, struct fault_list *faults)
{
    const struct xml_tree_failure *failure = xml_tree_failure(tree);
    if (failure->status != PARSE_NO_MEMORY)
        fault_add(faults, FAULT_ERROR, failure->code, 0, failure->line, failure->field, failure->expected);
    return failure->status;
}

bool xml_ends_whole(enum encoding named, xml_read *read, void *context)
{
    struct xml_tree_record record;
    struct xml_tree *tree = xml_tree_open(NULL, named, read, context, false);
    if (tree == NULL)
        return true;
    bool whole =
        xml_tree_next(tree, &record) != XML_TREE_FAILED || xml_tree_failure(tree)->status != PARSE_INCOMPLETE;
    xml_tree_close(tree);
    return whole;
}

/* ---- a roster as a whole ---- */

enum parse_status xml_survey_document(const struct xml_mapping *mapping, enum encoding named, xml_read *read,
                                      void *context, struct arena *arena, struct fault_list *faults,
                                      struct xml_survey *survey)
{
    struct xml_tree_record record;
    enum parse_status status = PARSE_OK;
    *survey = (struct xml_survey){0};
    struct xml_tree *tree = xml_tree_open(mapping, named, read, context, false);
    if (tree == NULL)
        return PARSE_NO_MEMORY;
    enum xml_tree_got got;
    while ((got = xml_tree_next(tree, &record)) == XML_TREE_RECORD && survey->records < UINT32_MAX)
        survey->records++;
    if (got == XML_TREE_FAILED) {
        status = tell_failure(tree, faults);
    } else if (survey->records == 0 && xml_tree_saw_other_namespace(tree)) {
        fault_add(
            faults, FAULT_ERROR, FAULT_XML_NAMESPACE, 0, 0, SLICE_EMPTY,
            "the namespace that the mapping declares; compare its <namespace> with the xmlns of the document");
        status = PARSE_INVALID;
    }
    for (size_t i = 0; i < mapping->header_count && status == PARSE_OK; i++)
        if (xml_values_header(tree, &mapping->headers[i], arena, &survey->headers[i],
                              &survey->header_lines[i]) &&
            survey->headers[i].ptr == NULL)
            status = PARSE_NO_MEMORY;
    xml_tree_close(tree);
    return fault_list_lost_memory(faults) ? PARSE_NO_MEMORY : status;
}

/* ---- record by record ---- */

struct xml_reader *xml_reader_open(const struct xml_mapping *mapping, const struct jms_settings *settings,
                                   xml_read *read, void *context)
{
    struct xml_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->mapping = mapping;
    reader->settings = settings;
    reader->tree = xml_tree_open(mapping, settings->encoding, read, context, true);
    reader->values = xml_values_open(mapping);
    if (reader->tree == NULL || reader->values == NULL) {
        xml_reader_close(reader);
        return NULL;
    }
    return reader;
}

void xml_reader_close(struct xml_reader *reader)
{
    if (reader == NULL)
        return;
    xml_tree_close(reader->tree);
    xml_values_close(reader->values);
    free(reader);
}

enum xml_got xml_reader_next(struct xml_reader *reader, struct arena *arena, struct fault_list *faults,
                             struct xml_record *out)
{
    struct xml_tree_record record;
    enum xml_tree_got got = xml_tree_next(reader->tree, &record);
    if (got == XML_TREE_FAILED)
        (void)tell_failure(reader->tree, faults);
    if (got != XML_TREE_RECORD)
        return got == XML_TREE_END ? XML_END : XML_FAILED;
    *out = (struct xml_record){
        .row = ++reader->row, .line = record.line, .offset = record.offset, .bytes = record.bytes};
    out->status =
        xml_values_read(reader->values, reader->tree, &record, reader->settings, arena, faults, &out->event);
    out->booking = out->event.fields[JMS_BOOKING].text;
    out->extract = xml_tree_extract(reader->tree, &record, arena);
    if (out->extract.ptr == NULL)
        out->status = PARSE_NO_MEMORY;
    return XML_RECORD;
}

bool xml_reader_skip(struct xml_reader *reader, uint32_t count)
{
    for (; count > 0; count--, reader->row++)
        if (xml_tree_skip(reader->tree) != XML_TREE_RECORD)
            return false;
    return true;
}

enum parse_status xml_reader_status(const struct xml_reader *reader)
{
    return xml_tree_failure(reader->tree)->status;
}

/* ---- one event ---- */

/* Reads on to the end of a document whose event was read: another one is a fault, and so is what is no XML. */
static enum parse_status finish_event(struct xml_reader *reader, struct fault_list *faults)
{
    switch (xml_tree_skip(reader->tree)) {
    case XML_TREE_END: return PARSE_OK;
    case XML_TREE_FAILED: return tell_failure(reader->tree, faults);
    case XML_TREE_RECORD: break;
    }
    fault_add(faults, FAULT_ERROR, FAULT_XML_SECOND_RECORD, 0, 0, SLICE_EMPTY,
              "one; several are a document=\"roster\"");
    while (xml_tree_skip(reader->tree) == XML_TREE_RECORD)
        continue;
    const struct xml_tree_failure *failure = xml_tree_failure(reader->tree);
    return failure->status == PARSE_INCOMPLETE ? tell_failure(reader->tree, faults) : PARSE_INVALID;
}

static enum parse_status read_event(struct xml_reader *reader, struct arena *arena, struct fault_list *faults,
                                    struct jms_event *out)
{
    struct xml_record record;
    switch (xml_reader_next(reader, arena, faults, &record)) {
    case XML_FAILED: return xml_reader_status(reader);
    case XML_END:
        if (xml_tree_saw_other_namespace(reader->tree))
            fault_add(
                faults, FAULT_ERROR, FAULT_XML_NAMESPACE, 0, 0, SLICE_EMPTY,
                "the namespace that the mapping declares; compare its <namespace> with the xmlns of the document");
        else
            fault_add(faults, FAULT_ERROR, FAULT_XML_NO_RECORD, 0, 0, SLICE_EMPTY, "one event");
        return PARSE_INVALID;
    case XML_RECORD: break;
    }
    *out = record.event;
    if (record.status == PARSE_NO_MEMORY)
        return PARSE_NO_MEMORY;
    enum parse_status rest = finish_event(reader, faults);
    return rest == PARSE_OK ? record.status : rest;
}

enum parse_status xml_event_parse(struct slice bytes, const struct xml_mapping *mapping,
                                  const struct jms_settings *settings, struct arena *arena,
                                  struct fault_list *faults, struct jms_event *out)
{
    struct slice rest = bytes;
    *out = (struct jms_event){0};
    if (bytes.len > LIMIT_XML_EVENT_BYTES) {
        fault_add(faults, FAULT_ERROR, FAULT_FILE_TOO_LARGE, 0, 0, SLICE_EMPTY, LIMIT_XML_RECORD_TEXT);
        return PARSE_LIMIT;
    }
    struct xml_reader *reader = xml_reader_open(mapping, settings, xml_read_slice, &rest);
    if (reader == NULL)
        return PARSE_NO_MEMORY;
    enum parse_status status = read_event(reader, arena, faults, out);
    xml_reader_close(reader);
    fault_list_sort(faults);
    return fault_list_lost_memory(faults) ? PARSE_NO_MEMORY : status;
}
