#include "service/precheck/read_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/ini.h"
#include "parser/jms_alert.h"
#include "parser/jms_event.h"
#include "parser/jms_roster.h"
#include "parser/limits.h"
#include "parser/picture.h"
#include "parser/xml_records.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "service/precheck/note.h"
#include "service/precheck/recognise.h"

/* More than the records of any one event file or row take. */
#define WORK_BYTES ((size_t)32 * 1024 * 1024)

bool read_work_init(struct read_work *work, struct precheck *check)
{
    *work = (struct read_work){.check = check, .told_ms = clock_monotonic_ms()};
    arena_init(&work->arena, WORK_BYTES);
    work->window = malloc(LIMIT_CSV_WINDOW);
    return work->window != NULL;
}

void read_work_release(struct read_work *work)
{
    arena_release(&work->arena);
    free(work->window);
}

static void tell_progress(struct read_work *work, uint32_t number)
{
    const struct precheck_options *options = &work->check->options;
    if (options->progress == NULL || clock_monotonic_ms() - work->told_ms < options->progress_after_ms)
        return;
    char line[120];
    (void)snprintf(line, sizeof line, "file %lu of %zu, %" PRIu64 " rows", (unsigned long)number,
                   work->check->file_count, work->check->rows);
    options->progress(line);
    work->told_ms = clock_monotonic_ms();
}

/* ---- The open file --------------------------------------------------------------------------------------------------- */

struct sample {
    struct read_work *work;
    struct precheck *check;
    struct precheck_file *facts;
    uint32_t number;
    struct file *file;
    uint64_t offset;
    const struct config_match *match; /* the rule that takes its name; NULL: none, or no configuration */
    bool failed;                      /* reading failed; facts->remark says why */
    struct text_facts *text;          /* XML: what passes is looked at; NULL: it was */
};

static void fail(struct sample *sample, struct platform_status status)
{
    sample->failed = true;
    sample->facts->kind = PRECHECK_UNREADABLE;
    platform_status_text(status, sample->facts->remark, sizeof sample->facts->remark);
}

/* The next bytes of the file; 0 at its end, or when reading failed. */
static size_t read_next(struct sample *sample, char *bytes, size_t size)
{
    size_t got = 0;
    struct platform_status status = file_read_at(sample->file, sample->offset, bytes, size, &got);
    if (!platform_ok(status)) {
        fail(sample, status);
        return 0;
    }
    sample->offset += got;
    return got;
}

static void add_rows(struct sample *sample, uint64_t count)
{
    sample->facts->rows += count;
    sample->check->rows += count;
    if (sample->check->rows % 1024 == 0)
        tell_progress(sample->work, sample->number);
}

static enum encoding named_encoding(const struct sample *sample)
{
    return sample->match != NULL ? sample->match->encoding : ENCODING_AUTO;
}

static struct jms_settings settings_of(const struct sample *sample)
{
    struct jms_settings settings = jms_settings_default();
    const struct config *config = sample->check->options.config;
    settings.encoding = named_encoding(sample);
    if (sample->match != NULL && sample->match->datatype_location != NULL)
        settings.datatype_location = slice_of(sample->match->datatype_location);
    if (config != NULL)
        settings.facility_required = config->facility_count > 1;
    return settings;
}

/* What the fault of an unknown code expects: the known ones. */
static const char *known_codes(const struct sample *sample)
{
    const struct config *config = sample->check->options.config;
    struct output text;
    output_init(&text);
    output_add(&text, "one of the facility codes in the configuration:");
    for (size_t i = 0; i < config->facility_count; i++)
        output_add(&text, "%s %s", i > 0 ? "," : "", config->facilities[i].code);
    const char *kept = text.failed ? NULL : arena_copy_text(&sample->work->arena, slice_of(text.text));
    output_release(&text);
    return kept != NULL ? kept : "a code of the configuration";
}

/* A code that the configuration does not know sets the record aside, as it does in the service. Where there is one facility
 * the code is not used. */
static void check_facility(const struct sample *sample, const struct jms_event *event,
                           struct fault_list *faults)
{
    const struct config *config = sample->check->options.config;
    const struct jms_value *code = &event->fields[JMS_FACILITY];
    if (config == NULL || config->facility_count == 1 || code->presence != JMS_GIVEN ||
        config_facility_find(config, code->text) != NULL)
        return;
    fault_add(faults, FAULT_ERROR, FAULT_FACILITY_UNKNOWN, code->offset, code->line,
              jms_event_field_name(event, JMS_FACILITY), known_codes(sample));
}

/* ---- Event files ----------------------------------------------------------------------------------------------------- */

/* Values outside their sets, which the record no longer holds: the lines of their faults are read again. */
static void note_event_codes(struct sample *sample, struct slice bytes, const struct fault_list *faults)
{
    struct arena *arena = &sample->work->arena;
    struct fault_list unused;
    struct decoded decoded;
    struct ini_document document;
    fault_list_init(&unused, arena);
    if (encoding_decode(bytes, named_encoding(sample), arena, &unused, &decoded) != PARSE_OK)
        return;
    if (ini_read(decoded.text, arena, &unused, &document) == PARSE_NO_MEMORY)
        return;
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        if (fault->code != FAULT_NOT_IN_SET && fault->code != FAULT_DATATYPE_UNKNOWN)
            continue;
        for (size_t j = 0; j < document.count; j++) {
            const struct ini_pair *pair = &document.pairs[j];
            enum jms_field field = jms_field_find(pair->name);
            if (pair->line != fault->line || pair->broken || field == JMS_FIELD_COUNT)
                continue;
            const struct jms_field_rule *rule = jms_field_rule(field);
            note_code(sample->check, (struct precheck_place){sample->number, fault->line}, rule->name,
                      rule->expected, slice_trim(pair->value));
        }
    }
}

static enum precheck_kind kind_of_event(const struct jms_event *event, const struct fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->items[i].code == FAULT_DATATYPE_UNKNOWN)
            return PRECHECK_EVENT;
    }
    if (event->fields[JMS_DATATYPE].presence != JMS_GIVEN)
        return PRECHECK_EVENT;
    return event->kind == JMS_LOCATION ? PRECHECK_LOCATION : PRECHECK_DEMOGRAPHICS;
}

static void parse_event(struct sample *sample, struct slice bytes)
{
    struct precheck *check = sample->check;
    struct jms_settings settings = settings_of(sample);
    struct fault_list faults;
    struct jms_event event;
    fault_list_init(&faults, &sample->work->arena);
    enum parse_status status = jms_event_parse(bytes, &settings, &sample->work->arena, &faults, &event);
    if (status == PARSE_OK || status == PARSE_INVALID)
        if (jms_event_check(&event, check->options.now, &faults) == PARSE_NO_MEMORY)
            status = PARSE_NO_MEMORY;
    if (status == PARSE_NO_MEMORY) {
        check->no_memory = true;
        return;
    }
    check_facility(sample, &event, &faults);
    sample->facts->kind = kind_of_event(&event, &faults);
    note_faults(check, sample->facts, sample->facts->kind, sample->number, &faults);
    sample->facts->booking = note_copy(check, event.fields[JMS_BOOKING].text);
    sample->facts->patient = note_copy(check, event.fields[JMS_PATIENT_ID].text);
    if (status != PARSE_LIMIT)
        note_event(check, sample->number, 0, &event);
    note_event_codes(sample, bytes, &faults);
}

static void read_event(struct sample *sample)
{
    char *bytes = NULL;
    size_t size = 0;
    const struct config_match *match = sample->match;
    size_t limit = match != NULL ? (size_t)match->size_limit : LIMIT_EVENT_FILE_BYTES;
    sample->facts->kind = PRECHECK_EVENT;
    struct platform_status status = file_read_all(sample->file, limit, &bytes, &size);
    if (status.kind == PLATFORM_TOO_LARGE) {
        struct fault_list faults;
        fault_list_init(&faults, &sample->work->arena);
        fault_add(&faults, FAULT_ERROR, FAULT_FILE_TOO_LARGE, 0, 0, SLICE_EMPTY,
                  match != NULL ? "at most the size-limit of its match rule" : LIMIT_EVENT_FILE_TEXT);
        note_faults(sample->check, sample->facts, PRECHECK_EVENT, sample->number, &faults);
    } else if (!platform_ok(status)) {
        fail(sample, status);
    } else {
        struct text_facts text;
        text_facts_init(&text, named_encoding(sample));
        text_facts_feed(&text, slice_from(bytes, size));
        text_facts_end(&text, sample->facts);
        parse_event(sample, slice_from(bytes, size));
    }
    if (!sample->failed)
        add_rows(sample, 1);
    free(bytes);
}

/* ---- Files of rows --------------------------------------------------------------------------------------------------- */

static enum parse_status survey(struct sample *sample, const struct csv_columns *columns,
                                struct text_facts *text, struct fault_list *faults, struct csv_survey *out)
{
    sample->offset = 0;
    text_facts_init(text, named_encoding(sample));
    csv_survey_begin(out, columns, named_encoding(sample), sample->work->window, LIMIT_CSV_WINDOW);
    for (;;) {
        struct csv_space space = csv_survey_space(out);
        size_t got = read_next(sample, space.ptr, space.size);
        if (got == 0)
            break;
        text_facts_feed(text, slice_from(space.ptr, got));
        csv_survey_fill(out, got);
    }
    return csv_survey_end(out, faults);
}

static void read_more(struct sample *sample, struct csv *csv)
{
    struct csv_space space = csv_space(csv);
    size_t got = read_next(sample, space.ptr, space.size);
    if (got > 0)
        csv_fill(csv, got);
    else
        csv_finish(csv);
}

/* The values of a row that are outside their sets, from its cells. */
static void note_row_codes(struct sample *sample, const struct jms_roster_row *row,
                           const struct fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        for (size_t column = 0; fault->code == FAULT_NOT_IN_SET && column < JMS_ROSTER_COLUMN_COUNT;
             column++) {
            enum jms_field field = jms_roster_field(column);
            struct slice text = SLICE_EMPTY;
            bool no_memory = false;
            if (!slice_equal(fault->field, jms_roster_field_name(field)) ||
                csv_row_text(&row->csv, column, &sample->work->arena, &text, &no_memory) != FAULT_NONE ||
                no_memory)
                continue;
            const struct jms_field_rule *rule = jms_field_rule(field);
            note_code(sample->check, (struct precheck_place){sample->number, fault->line}, rule->name,
                      rule->expected, text);
        }
    }
}

/* A booking that stands in one roster twice: the last row wins, with a warning. */
static void look_for_twice(struct sample *sample, struct slice number, const struct jms_event *event,
                           struct fault_list *faults)
{
    struct precheck_booking *booking = table_find(&sample->check->bookings, number);
    if (number.len == 0 || booking == NULL)
        return;
    if (booking->roster == sample->number)
        fault_add(faults, FAULT_WARNING, FAULT_BOOKING_TWICE, event->fields[JMS_BOOKING].offset,
                  event->fields[JMS_BOOKING].line, jms_event_field_name(event, JMS_BOOKING), NULL);
    booking->roster = sample->number;
}

static void take_roster_row(struct sample *sample, struct jms_roster_row *row, struct fault_list *faults)
{
    struct precheck *check = sample->check;
    if (row->status == PARSE_OK || row->status == PARSE_INVALID)
        if (jms_event_check(&row->event, check->options.now, faults) == PARSE_NO_MEMORY)
            check->no_memory = true;
    if (row->status == PARSE_NO_MEMORY)
        check->no_memory = true;
    add_rows(sample, 1);
    if (row->status == PARSE_INCOMPLETE)
        return; /* the survey has said so */
    bool has_cells = row->event.fields[JMS_LAST_NAME].line > 0;
    if (has_cells) {
        check_facility(sample, &row->event, faults);
        note_event(check, sample->number, row->csv.record.line, &row->event);
        look_for_twice(sample, row->booking, &row->event, faults);
        note_row_codes(sample, row, faults);
    }
    note_faults(check, sample->facts, PRECHECK_ROSTER, sample->number, faults);
}

/* Whether the feed that takes the file has no pair for the code: then the line is set aside, as it is in the service. */
static bool is_unmapped(const struct sample *sample, const struct jms_value *code)
{
    if (sample->match == NULL || sample->match->format != CONFIG_FORMAT_ALERTS_CSV ||
        code->presence != JMS_GIVEN)
        return false;
    const struct config *config = sample->check->options.config;
    for (size_t i = 0; i < config->feed_count; i++) {
        const struct config_feed *feed = &config->feeds[i];
        if (sample->match >= feed->matches && sample->match < feed->matches + feed->match_count)
            return alert_map_coremr_code(&feed->alerts.map, code->text) == NULL;
    }
    return false;
}

static void take_alert(struct sample *sample, const struct jms_alert *alert, struct fault_list *faults)
{
    const struct jms_value *code = &alert->fields[JMS_ALERT_CODE];
    if (alert->status == PARSE_NO_MEMORY)
        sample->check->no_memory = true;
    add_rows(sample, 1);
    if (alert->status == PARSE_INCOMPLETE)
        return;
    bool unmapped = is_unmapped(sample, code);
    if (unmapped)
        fault_add(faults, FAULT_ERROR, FAULT_ALERT_CODE_UNMAPPED, code->offset, code->line,
                  slice_of(jms_alert_columns.columns[JMS_ALERT_CODE].label),
                  "a code that <alerts> of the feed has in the configuration");
    note_alert(sample->check, sample->number, alert, unmapped);
    note_faults(sample->check, sample->facts, PRECHECK_ALERTS, sample->number, faults);
}

static void read_rows(struct sample *sample, const struct csv_survey *surveyed)
{
    struct arena *arena = &sample->work->arena;
    struct jms_settings settings = settings_of(sample);
    struct csv_rows rows;
    sample->offset = surveyed->start.offset;
    csv_rows_begin(&rows, surveyed->columns, &surveyed->start, sample->work->window, LIMIT_CSV_WINDOW);
    while (!sample->check->no_memory && !sample->failed) {
        struct fault_list faults;
        struct jms_roster_row row;
        struct jms_alert alert;
        fault_list_init(&faults, arena);
        enum csv_got got;
        if (sample->facts->kind == PRECHECK_ROSTER) {
            got = jms_roster_next(&rows, &settings, arena, &faults, &row);
            if (got == CSV_RECORD)
                take_roster_row(sample, &row, &faults);
        } else {
            got = jms_alert_next(&rows, arena, &faults, &alert);
            if (got == CSV_RECORD)
                take_alert(sample, &alert, &faults);
        }
        arena_reset(arena);
        if (got == CSV_END)
            break;
        if (got == CSV_MORE)
            read_more(sample, &rows.csv);
    }
}

/* Both surveys are made; the kind whose columns more rows have is meant. */
static void read_csv(struct sample *sample, size_t commas)
{
    const struct csv_columns *columns[] = {&jms_roster_columns, &jms_alert_columns};
    static const enum precheck_kind kinds[] = {PRECHECK_ROSTER, PRECHECK_ALERTS};
    struct csv_survey surveys[2];
    struct fault_list faults[2];
    enum parse_status status[2];
    struct text_facts text;
    for (size_t i = 0; i < 2; i++) {
        fault_list_init(&faults[i], &sample->work->arena);
        status[i] = survey(sample, columns[i], &text, &faults[i], &surveys[i]);
        if (sample->failed)
            return;
    }
    uint32_t good[2] = {surveys[0].rows - surveys[0].wrong, surveys[1].rows - surveys[1].wrong};
    size_t kind = good[1] > good[0] || (good[0] == 0 && surveys[1].header) ? 1 : 0;
    if (good[0] + good[1] == 0 && !surveys[0].header && !surveys[1].header) {
        if (!recognise_extension(sample->facts->name, ".csv") || commas == 0) {
            sample->facts->kind = PRECHECK_UNKNOWN;
            return;
        }
        kind = commas < 11 ? 1 : 0; /* nearer to 7 columns than to 17 */
    }
    text_facts_end(&text, sample->facts);
    sample->facts->kind = kinds[kind];
    if (status[kind] == PARSE_NO_MEMORY)
        sample->check->no_memory = true;
    note_faults(sample->check, sample->facts, kinds[kind], sample->number, &faults[kind]);
    if (status[kind] == PARSE_INVALID) {
        uint32_t rows = surveys[kind].rows;
        add_rows(sample, rows);
        sample->check->bad_rows +=
            rows > 1 ? rows - 1 : 0; /* none is applied; one is counted with the fault */
    } else {
        read_rows(sample, &surveys[kind]);
    }
}

/* ---- XML ---------------------------------------------------------------------------------------------------------------- */

static size_t read_bytes(void *context, void *buffer, size_t size)
{
    struct sample *sample = context;
    size_t got = read_next(sample, buffer, size);
    if (got > 0 && sample->text != NULL)
        text_facts_feed(sample->text, slice_from(buffer, got));
    return got;
}

static void take_record(struct sample *sample, struct xml_record *record, struct fault_list *faults)
{
    struct precheck *check = sample->check;
    if (record->status == PARSE_NO_MEMORY ||
        jms_event_check(&record->event, check->options.now, faults) == PARSE_NO_MEMORY)
        check->no_memory = true;
    add_rows(sample, 1);
    check_facility(sample, &record->event, faults);
    note_event(check, sample->number, record->line, &record->event);
    if (sample->facts->kind == PRECHECK_ROSTER) {
        look_for_twice(sample, record->booking, &record->event, faults);
    } else {
        sample->facts->kind = kind_of_event(&record->event, faults);
        sample->facts->booking = note_copy(check, record->booking);
        sample->facts->patient = note_copy(check, record->event.fields[JMS_PATIENT_ID].text);
    }
    note_faults(check, sample->facts, sample->facts->kind, sample->number, faults);
}

/* What is wrong with the document as a whole: its survey says it, of a document of one event too. */
static bool survey_xml(struct sample *sample, const struct xml_mapping *mapping)
{
    struct fault_list faults;
    struct xml_survey survey;
    sample->offset = 0;
    fault_list_init(&faults, &sample->work->arena);
    enum parse_status status = xml_survey_document(mapping, named_encoding(sample), read_bytes, sample,
                                                   &sample->work->arena, &faults, &survey);
    if (status == PARSE_OK && survey.records == 0)
        fault_add(&faults, mapping->document == XML_EVENT ? FAULT_ERROR : FAULT_WARNING, FAULT_XML_NO_RECORD,
                  0, 0, SLICE_EMPTY, "one at least");
    if (status == PARSE_OK && survey.records > 1 && mapping->document == XML_EVENT)
        fault_add(&faults, FAULT_ERROR, FAULT_XML_SECOND_RECORD, 0, 0, SLICE_EMPTY, "one");
    if (status == PARSE_NO_MEMORY && !sample->failed)
        sample->check->no_memory = true;
    if (!sample->failed)
        note_faults(sample->check, sample->facts, sample->facts->kind, sample->number, &faults);
    arena_reset(&sample->work->arena);
    return status == PARSE_OK && faults.errors == 0 && !sample->failed;
}

static void read_xml(struct sample *sample)
{
    struct arena *arena = &sample->work->arena;
    const struct jms_settings settings = settings_of(sample);
    const struct xml_mapping *mapping = sample->match != NULL && sample->match->mapping != NULL
                                            ? sample->match->mapping
                                            : sample->check->options.mapping;
    sample->facts->kind = PRECHECK_XML;
    if (mapping == NULL)
        return;
    sample->facts->xml = true;
    sample->facts->kind = mapping->document == XML_ROSTER ? PRECHECK_ROSTER : PRECHECK_EVENT;
    struct text_facts text;
    text_facts_init(&text, named_encoding(sample));
    sample->text = &text;
    bool whole = survey_xml(sample, mapping);
    sample->text = NULL;
    if (!sample->failed)
        text_facts_end(&text, sample->facts);
    if (!whole)
        return;
    sample->offset = 0;
    struct xml_reader *reader = xml_reader_open(mapping, &settings, read_bytes, sample);
    if (reader == NULL)
        sample->check->no_memory = true;
    while (!sample->check->no_memory && !sample->failed) {
        struct fault_list faults;
        struct xml_record record;
        arena_reset(arena);
        fault_list_init(&faults, arena);
        if (xml_reader_next(reader, arena, &faults, &record) != XML_RECORD)
            break;
        take_record(sample, &record, &faults);
    }
    xml_reader_close(reader);
}

/* ---- Photos ----------------------------------------------------------------------------------------------------------- */

/* More than a camera at a booking desk makes. */
#define PHOTO_BYTES  ((size_t)32 * 1024 * 1024)
#define PHOTO_PIXELS ((uint64_t)100 * 1000 * 1000)

static bool is_named_picture(const char *name)
{
    return recognise_extension(name, ".jpg") || recognise_extension(name, ".jpeg") ||
           recognise_extension(name, ".png");
}

static void read_photo(struct sample *sample)
{
    struct precheck_file *facts = sample->facts;
    char *bytes = NULL;
    size_t size = 0;
    struct picture picture;
    struct fault_list faults;
    struct platform_status status = file_read_all(sample->file, PHOTO_BYTES, &bytes, &size);
    if (!platform_ok(status) && status.kind != PLATFORM_TOO_LARGE) {
        fail(sample, status);
        return;
    }
    fault_list_init(&faults, &sample->work->arena);
    enum picture_verdict verdict =
        bytes == NULL ? PICTURE_TOO_LARGE : picture_read(slice_from(bytes, size), PHOTO_PIXELS, &picture);
    facts->kind = verdict == PICTURE_GOOD ? PRECHECK_PHOTO : PRECHECK_BAD_PHOTO;
    if (verdict == PICTURE_GOOD)
        (void)snprintf(facts->remark, sizeof facts->remark, "%s, %lu x %lu", picture_kind_name(picture.kind),
                       (unsigned long)picture.width, (unsigned long)picture.height);
    else if (picture_report(verdict, &faults) != PARSE_OK && faults.count > 0)
        (void)fault_format(&faults.items[0], facts->remark, sizeof facts->remark);
    free(bytes);
}

/* ---------------------------------------------------------------------------------------------------------------------- */

static const struct config_match *find_match(const struct config *config, const char *name)
{
    const struct config_match *match = NULL;
    for (size_t i = 0; config != NULL && match == NULL && i < config->feed_count; i++)
        match = config_match_find(&config->feeds[i], name);
    return match;
}

static void read_sample(struct sample *sample)
{
    size_t commas;
    size_t got = read_next(sample, sample->work->window, RECOGNISE_BYTES);
    if (sample->failed)
        return;
    enum recognised what = recognise(slice_from(sample->work->window, got), sample->facts->name, &commas);
    if (what == RECOGNISED_PHOTO || is_named_picture(sample->facts->name)) {
        read_photo(sample);
        return;
    }
    switch (what) {
    case RECOGNISED_EVENT: read_event(sample); break;
    case RECOGNISED_ROWS: read_csv(sample, commas); break;
    case RECOGNISED_PHOTO: break;
    case RECOGNISED_EMPTY: sample->facts->kind = PRECHECK_EMPTY; break;
    case RECOGNISED_XML: read_xml(sample); break;
    case RECOGNISED_NOTHING: sample->facts->kind = PRECHECK_UNKNOWN; break;
    }
}

void read_file(struct read_work *work, uint32_t number, const char *path)
{
    struct precheck *check = work->check;
    struct sample sample = {
        .work = work, .check = check, .facts = &check->files[number - 1], .number = number};
    sample.match = find_match(check->options.config, sample.facts->name);
    struct platform_status status = file_open_read(path, &sample.file);
    if (platform_ok(status)) {
        read_sample(&sample);
        (void)file_close(sample.file); /* nothing was written */
    } else {
        fail(&sample, status);
    }
    arena_reset(&work->arena);
    if (sample.facts->text) {
        check->charsets[sample.facts->charset]++;
        check->line_ends[sample.facts->line_end]++;
    }
    check->kind_files[sample.facts->kind]++;
    check->kind_rows[sample.facts->kind] += sample.facts->rows;
    tell_progress(work, number);
}
