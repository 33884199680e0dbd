/* Whatever the bytes of a roster: each row a right record or faults, the same however the file is cut into chunks. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/jms_roster.h"

#define ROWS_MAX ((size_t)9000)

static char window[LIMIT_CSV_RECORD_BYTES + 64];

/* What is compared of a row. */
struct mark {
    struct csv_place next;
    uint64_t offset, sum;
    uint32_t row;
    enum parse_status status;
    size_t faults, errors, booking;
};

struct reading {
    struct mark marks[ROWS_MAX];
    size_t count;
};

static uint64_t sum_of(uint64_t sum, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        sum = (sum ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return sum * 31 + text.len;
}

static enum parse_status survey_file(struct csv_survey *survey, struct slice bytes, enum encoding named,
                                     size_t chunk, struct fault_list *faults)
{
    struct fuzz_supply file = {(const uint8_t *)bytes.ptr, bytes.len};
    csv_survey_begin(survey, &jms_roster_columns, named, window, sizeof window);
    while (file.left > 0) {
        struct csv_space space = csv_survey_space(survey);
        struct slice bytes_now = fuzz_take(&file, chunk < space.size ? chunk : space.size);
        FUZZ_MUST(bytes_now.len > 0);
        memcpy(space.ptr, bytes_now.ptr, bytes_now.len);
        csv_survey_fill(survey, bytes_now.len);
    }
    return csv_survey_end(survey, faults);
}

static void check_faults(const struct fault_list *faults)
{
    size_t errors = 0;
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        errors += fault->severity == FAULT_ERROR;
        FUZZ_MUST(fault->code > FAULT_NONE && fault->code < FAULT_CODE_COUNT);
        FUZZ_MUST(fault->field.len == 0 || fuzz_is_constant(fault->field.ptr));
        FUZZ_MUST(fault->expected == NULL || fuzz_is_constant(fault->expected));
        FUZZ_MUST(i == 0 || faults->items[i - 1].line < fault->line ||
                  (faults->items[i - 1].line == fault->line && faults->items[i - 1].offset <= fault->offset));
    }
    FUZZ_MUST(faults->errors == errors);
}

static void put(char *out, size_t *length, struct slice bytes)
{
    if (bytes.len > 0)
        memcpy(out + *length, bytes.ptr, bytes.len);
    *length += bytes.len;
}

/* The row as an event file gives the same record. */
static void check_as_event(const struct jms_event *event, const struct jms_settings *settings,
                           struct arena *arena)
{
    size_t size = 64;
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        size += 64 + 2 * event->fields[field].text.len;
    char *file = arena_take(arena, size);
    FUZZ_MUST(file != NULL);
    size_t length = 0;
    put(file, &length, SLICE_LITERAL("DataType=\"PatientDemographics\"\n"));
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        const struct jms_value *value = &event->fields[field];
        if (value->presence == JMS_ABSENT)
            continue;
        put(file, &length, slice_of(jms_field_rule(field)->name));
        put(file, &length, SLICE_LITERAL("=\""));
        for (size_t i = 0; i < value->text.len; i++) {
            put(file, &length, slice_from(value->text.ptr + i, 1));
            if (value->text.ptr[i] == '"')
                put(file, &length, SLICE_LITERAL("\""));
        }
        put(file, &length, SLICE_LITERAL("\"\n"));
    }
    struct jms_settings as_utf8 = *settings;
    struct jms_event again;
    struct fault_list faults;
    as_utf8.encoding = ENCODING_UTF8;
    fault_list_init(&faults, arena);
    FUZZ_MUST(jms_event_parse(slice_from(file, length), &as_utf8, arena, &faults, &again) == PARSE_OK);
    FUZZ_MUST(faults.count == 0);
    for (enum jms_field field = JMS_DATATYPE + 1; field < JMS_FIELD_COUNT; field++)
        FUZZ_MUST(again.fields[field].presence == event->fields[field].presence &&
                  again.fields[field].number == event->fields[field].number &&
                  slice_equal(again.fields[field].text, event->fields[field].text));
}

static struct mark check_row(struct jms_roster_row *row, struct slice bytes,
                             const struct jms_settings *settings, struct fault_list *faults,
                             struct arena *arena)
{
    const struct csv_record *record = &row->csv.record;
    struct mark mark = {row->csv.next,  record->offset,  0, row->csv.row, row->status, faults->count,
                        faults->errors, row->booking.len};
    check_faults(faults);
    FUZZ_MUST(row->status != PARSE_NO_MEMORY);
    FUZZ_MUST((row->status == PARSE_OK) == (faults->errors == 0));
    FUZZ_MUST(
        row->status == PARSE_LIMIT ||
        slice_equal(record->bytes, slice_from(bytes.ptr + (size_t)record->offset, (size_t)record->size)));
    FUZZ_MUST(row->csv.next.offset == record->offset + record->size && row->csv.next.row == row->csv.row);
    FUZZ_MUST(row->status != PARSE_OK || row->booking.len > 0);
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        const struct jms_value *value = &row->event.fields[field];
        mark.sum = sum_of(mark.sum * 4 + value->presence, value->text);
        FUZZ_MUST((value->presence == JMS_GIVEN) == (value->text.len > 0) || row->status != PARSE_OK);
        FUZZ_MUST(value->offset <= bytes.len);
    }
    for (size_t i = 0; i < faults->count; i++)
        mark.sum =
            sum_of(mark.sum * 64 + faults->items[i].code, faults->items[i].field) + faults->items[i].line;
    if (row->status == PARSE_OK) {
        check_as_event(&row->event, settings, arena);
        size_t errors = faults->errors;
        enum parse_status status = jms_event_check(&row->event, INT64_C(1529000000) * 1000000, faults);
        FUZZ_MUST((status == PARSE_INVALID) == (faults->errors > errors));
        check_faults(faults);
    }
    return mark;
}

static void read_rows(struct reading *reading, struct slice bytes, const struct csv_place *from, size_t chunk,
                      const struct jms_settings *settings)
{
    static struct csv_rows rows;
    struct fuzz_supply file = {(const uint8_t *)bytes.ptr, bytes.len};
    struct jms_roster_row row;
    struct arena arena;
    enum csv_got got;
    reading->count = 0;
    arena_init(&arena, 0);
    (void)fuzz_take(&file, (size_t)from->offset);
    csv_rows_begin(&rows, &jms_roster_columns, from, window, sizeof window);
    do {
        struct fault_list faults;
        arena_reset(&arena);
        fault_list_init(&faults, &arena);
        got = jms_roster_next(&rows, settings, &arena, &faults, &row);
        if (got == CSV_RECORD) {
            FUZZ_MUST(reading->count < ROWS_MAX);
            reading->marks[reading->count++] = check_row(&row, bytes, settings, &faults, &arena);
        } else if (got == CSV_MORE && file.left == 0) {
            FUZZ_MUST(!rows.csv.finished);
            csv_finish(&rows.csv);
        } else if (got == CSV_MORE) {
            struct csv_space space = csv_space(&rows.csv);
            struct slice now = fuzz_take(&file, chunk < space.size ? chunk : space.size);
            FUZZ_MUST(now.len > 0);
            memcpy(space.ptr, now.ptr, now.len);
            csv_fill(&rows.csv, now.len);
        }
    } while (got != CSV_END);
    arena_release(&arena);
}

static bool same_place(const struct csv_place *a, const struct csv_place *b)
{
    return a->offset == b->offset && a->line == b->line && a->row == b->row && a->encoding == b->encoding &&
           a->header_ahead == b->header_ahead;
}

static void check_same(const struct reading *whole, size_t from, const struct reading *other)
{
    FUZZ_MUST(other->count == whole->count - from);
    for (size_t i = 0; i < other->count; i++) {
        const struct mark *a = &whole->marks[from + i];
        const struct mark *b = &other->marks[i];
        FUZZ_MUST(same_place(&a->next, &b->next) && a->offset == b->offset && a->sum == b->sum &&
                  a->row == b->row);
        FUZZ_MUST(a->status == b->status && a->faults == b->faults && a->errors == b->errors);
        FUZZ_MUST(a->booking == b->booking);
    }
}

/* What the survey promises of the rows. */
static void check_survey(const struct csv_survey *survey, enum parse_status status,
                         const struct fault_list *faults, const struct reading *rows)
{
    check_faults(faults);
    FUZZ_MUST(status != PARSE_NO_MEMORY && status != PARSE_LIMIT);
    FUZZ_MUST((status == PARSE_OK) == (faults->errors == 0));
    FUZZ_MUST(survey->start.encoding != ENCODING_AUTO);
    if (status != PARSE_OK)
        return;
    FUZZ_MUST(rows->count == survey->rows && (rows->count > 0 || survey->header));
    for (size_t i = 0; i < rows->count; i++)
        FUZZ_MUST(rows->marks[i].status != PARSE_INCOMPLETE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading whole, other;
    struct slice bytes = slice_from(data, size);
    struct jms_settings settings = jms_settings_default();
    struct csv_survey first, second;
    struct fault_list faults, again;
    struct arena arena;
    enum encoding named = (enum encoding)(size % 7 < 3 ? ENCODING_AUTO : size % 5);
    settings.facility_required = size % 3 != 0;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    fault_list_init(&again, &arena);
    enum parse_status status = survey_file(&first, bytes, named, 1 << 20, &faults);
    FUZZ_MUST(survey_file(&second, bytes, named, 1 + size % 31 + size / 8, &again) == status);
    FUZZ_MUST(same_place(&first.start, &second.start) && first.rows == second.rows &&
              first.wrong == second.wrong);
    FUZZ_MUST(faults.count == again.count && faults.errors == again.errors);

    read_rows(&whole, bytes, &first.start, 1 << 20, &settings);
    check_survey(&first, status, &faults, &whole);
    read_rows(&other, bytes, &first.start, 1 + size % 7 + size / 16, &settings);
    check_same(&whole, 0, &other);
    if (whole.count > 0) {
        size_t taken = size % whole.count;
        read_rows(&other, bytes, &whole.marks[taken].next, 1 + size % 100 + size / 8, &settings);
        check_same(&whole, taken + 1, &other);
    }
    arena_release(&arena);
    return 0;
}
