/*
 * Whatever the bytes of a document: each record a right one or faults, the same however the file is cut into chunks and whether it is surveyed,
 * passed by or read; and its extract a document that gives the same record again.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "parser/xml_records.h"

#define RECORDS_MAX ((size_t)4000)
#define EXTRACTS    ((size_t)20) /* of so many records the extracts are read again */

static const char roster[] =
    "<mapping format-version='1' document='roster'><namespace prefix='n' uri='urn:n'/>"
    "<header name='at' path='/r/h/at'/><header name='v' path='/r/@v'/><record path='/r/p' kind='demographics'/>"
    "<field name='PatientID' xpath='@id | id'/><field name='LastName' xpath='n/l' nodes='first'/>"
    "<field name='FirstName' xpath='normalize-space(n/f)'/><field name='MI' xpath='.//m' nodes='join' separator='-'/>"
    "<field name='BirthDate' xpath='d' date='DD.MM.YYYY'/><field name='Sex' xpath='s'><map from='M' to='Male'/></field>"
    "<field name='Race' xpath='r' others='keep'><map from='' to='White'/></field><field name='Housing' xpath='h' blanks='collapse'/>"
    "<field name='Bed' xpath='n:b[@k=\"1\"]'/><field name='Booking' xpath='b'/><field name='BookingDate' xpath='t'/>"
    "<field name='ReleaseDate' xpath='u'/><field name='Agency' header='v'/><field name='Facility' value='VCSO'/></mapping>";
static const char event_text[] =
    "<mapping format-version='1' document='event'><header name='at' path='/r/h/at' date='YYYYMMDDHHmm'/>"
    "<record path='/r/p'><kind xpath='k'><when value='m' kind='location'/><when value='d' kind='demographics'/></kind></record>"
    "<field name='PatientID' xpath='@id | id'/><field name='LastName' xpath='n/l'/><field name='FirstName' xpath='n/f'/>"
    "<field name='BirthDate' xpath='d'/><field name='Sex' xpath='s'/><field name='Housing' xpath='h'/><field name='Bed' xpath='*[last()]'/>"
    "<field name='Booking' xpath='b'/><field name='BookingDate' xpath='t'/><field name='MoveDate' xpath='t'/>"
    "<extra name='x' xpath='count(.//*)'/></mapping>";

struct feed {
    struct slice rest;
    size_t chunk;
};

static size_t read_feed(void *context, void *buffer, size_t size)
{
    struct feed *feed = context;
    return xml_read_slice(&feed->rest, buffer, feed->chunk < size ? feed->chunk : size);
}

static const struct xml_mapping *mappings[2];
static struct arena mapping_arena;

static void release_mappings(void)
{
    arena_release(&mapping_arena);
}

static void set_up(void)
{
    arena_init(&mapping_arena, 0);
    struct xml_mapping_faults faults = {.arena = &mapping_arena};
    mappings[0] = xml_mapping_load(slice_of(roster), &mapping_arena, &faults);
    mappings[1] = xml_mapping_load(slice_of(event_text), &mapping_arena, &faults);
    FUZZ_MUST(mappings[0] != NULL && mappings[1] != NULL && atexit(release_mappings) == 0);
}

static void check_faults(const struct fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        FUZZ_MUST(fault->code > FAULT_NONE && fault->code < FAULT_CODE_COUNT);
        FUZZ_MUST(i == 0 || faults->items[i - 1].line <= fault->line);
    }
}

static uint64_t sum_of(uint64_t sum, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        sum = (sum ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return sum * 31 + text.len;
}

static uint64_t sum_of_event(const struct jms_event *event)
{
    uint64_t sum = (uint64_t)event->kind + 1;
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        sum = sum_of(sum * 4 + event->fields[field].presence, event->fields[field].text);
    for (size_t i = 0; i < event->extra_count; i++)
        sum = sum_of(sum, event->extras[i].value);
    return sum;
}

static void check_event(const struct jms_event *event, enum parse_status status,
                        const struct fault_list *faults)
{
    size_t count;
    check_faults(faults);
    FUZZ_MUST(status == PARSE_OK || status == PARSE_INVALID);
    FUZZ_MUST((status == PARSE_OK) == (faults->errors == 0));
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT && status == PARSE_OK; field++) {
        const struct jms_value *value = &event->fields[field];
        FUZZ_MUST((value->presence == JMS_GIVEN) == (value->text.len > 0));
        FUZZ_MUST(fuzz_utf8(value->text, NULL, &count));
    }
}

struct mark {
    uint64_t sum, offset;
    size_t size, faults;
    uint32_t line;
    enum parse_status status;
};

struct reading {
    struct mark marks[RECORDS_MAX];
    size_t count;
    enum xml_got end;
    enum parse_status status;
};

static void check_extract(const struct xml_record *record, const struct jms_settings *settings)
{
    struct arena arena;
    struct fault_list faults;
    struct xml_record again;
    struct slice rest = record->extract;
    struct jms_settings utf8 = *settings;
    utf8.encoding = ENCODING_UTF8;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    struct xml_reader *reader = xml_reader_open(mappings[0], &utf8, xml_read_slice, &rest);
    FUZZ_MUST(reader != NULL && xml_reader_next(reader, &arena, &faults, &again) == XML_RECORD);
    FUZZ_MUST(again.status == record->status && sum_of_event(&again.event) == sum_of_event(&record->event));
    FUZZ_MUST(slice_equal(again.bytes, record->bytes));
    FUZZ_MUST(xml_reader_next(reader, &arena, &faults, &again) == XML_END);
    xml_reader_close(reader);
    arena_release(&arena);
}

static void read_document(struct reading *reading, struct slice bytes, size_t chunk, uint32_t skip,
                          const struct jms_settings *settings)
{
    struct feed feed = {bytes, chunk};
    struct arena arena;
    struct xml_record record;
    struct fault_list faults;
    struct xml_reader *reader = xml_reader_open(mappings[0], settings, read_feed, &feed);
    FUZZ_MUST(reader != NULL && xml_reader_skip(reader, skip));
    arena_init(&arena, 0);
    reading->count = 0;
    for (;;) {
        arena_reset(&arena);
        fault_list_init(&faults, &arena);
        reading->end = xml_reader_next(reader, &arena, &faults, &record);
        if (reading->end != XML_RECORD)
            break;
        FUZZ_MUST(reading->count < RECORDS_MAX);
        check_event(&record.event, record.status, &faults);
        FUZZ_MUST(record.row == skip + reading->count + 1);
        FUZZ_MUST(record.bytes.len > 2 && record.bytes.ptr[0] == '<' &&
                  record.bytes.ptr[record.bytes.len - 1] == '>');
        reading->marks[reading->count++] = (struct mark){sum_of_event(&record.event),
                                                         record.offset,
                                                         record.bytes.len,
                                                         faults.count,
                                                         record.line,
                                                         record.status};
        if (reading->count <= EXTRACTS)
            check_extract(&record, settings);
    }
    reading->status = reading->end == XML_FAILED ? xml_reader_status(reader) : PARSE_OK;
    check_faults(&faults);
    FUZZ_MUST((reading->end == XML_FAILED) == (faults.errors > 0));
    xml_reader_close(reader);
    arena_release(&arena);
}

static void check_roster(struct slice bytes, const struct jms_settings *settings)
{
    static struct reading whole, other;
    struct arena arena;
    struct fault_list faults;
    struct xml_survey survey;
    struct feed feed = {bytes, 1 + bytes.len % 97};
    struct slice rest = bytes;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status =
        xml_survey_document(mappings[0], settings->encoding, read_feed, &feed, &arena, &faults, &survey);
    FUZZ_MUST((status == PARSE_OK) == (faults.errors == 0) && status != PARSE_NO_MEMORY);
    FUZZ_MUST(xml_ends_whole(settings->encoding, xml_read_slice, &rest) || status != PARSE_OK);
    read_document(&whole, bytes, 1 << 20, 0, settings);
    FUZZ_MUST(whole.count == survey.records &&
              (whole.status == status || faults.items[0].code == FAULT_XML_NAMESPACE));
    read_document(&other, bytes, 1 + bytes.len % 7, 0, settings);
    FUZZ_MUST(other.count == whole.count && other.status == whole.status);
    FUZZ_MUST(memcmp(other.marks, whole.marks, whole.count * sizeof whole.marks[0]) == 0);
    if (whole.count > 0) {
        uint32_t skip = (uint32_t)(bytes.len % whole.count);
        read_document(&other, bytes, 1 + bytes.len % 50, skip, settings);
        FUZZ_MUST(other.count == whole.count - skip &&
                  memcmp(other.marks, whole.marks + skip, other.count * sizeof whole.marks[0]) == 0);
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    struct slice bytes = slice_from(data, size);
    struct jms_settings settings = jms_settings_default();
    if (mappings[0] == NULL)
        set_up();
    settings.encoding = size % 8 == 7 ? ENCODING_WINDOWS1252 : ENCODING_AUTO;
    settings.facility_required = size % 3 == 0;
    check_roster(bytes, &settings);
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status = xml_event_parse(bytes, mappings[1], &settings, &arena, &faults, &event);
    if (status == PARSE_OK || faults.errors == 0)
        check_event(&event, status, &faults);
    arena_release(&arena);
    return 0;
}
