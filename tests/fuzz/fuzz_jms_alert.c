/* Whatever the bytes of an alerts file: each line a right alert or faults, the same however the file is cut into chunks. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "parser/jms_alert.h"
#include "parser/limits.h"

#define ROWS_MAX ((size_t)9000)

static char window[LIMIT_CSV_RECORD_BYTES + 64];

/* What is compared of a line. */
struct mark {
    uint64_t offset, next, sum;
    uint32_t row;
    enum parse_status status;
    size_t faults;
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
    csv_survey_begin(survey, &jms_alert_columns, named, window, sizeof window);
    while (file.left > 0) {
        struct csv_space space = csv_survey_space(survey);
        struct slice now = fuzz_take(&file, chunk < space.size ? chunk : space.size);
        FUZZ_MUST(now.len > 0);
        memcpy(space.ptr, now.ptr, now.len);
        csv_survey_fill(survey, now.len);
    }
    return csv_survey_end(survey, faults);
}

/* Made of our words only, in order of place. */
static void check_faults(const struct fault_list *faults)
{
    size_t errors = 0;
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        errors += fault->severity == FAULT_ERROR;
        FUZZ_MUST(fault->code > FAULT_NONE && fault->code < FAULT_CODE_COUNT);
        FUZZ_MUST(fault->field.len == 0 || fuzz_is_constant(fault->field.ptr));
        FUZZ_MUST(fault->expected == NULL || fuzz_is_constant(fault->expected));
        FUZZ_MUST(i == 0 || faults->items[i - 1].line <= fault->line);
    }
    FUZZ_MUST(faults->errors == errors);
}

/* A value in quotes, as a right alert may be written again. */
static void put(char *out, size_t *length, struct slice text)
{
    out[(*length)++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            out[(*length)++] = '"';
        out[(*length)++] = text.ptr[i];
    }
    out[(*length)++] = '"';
}

/* A right alert is complete, in its limits, and written anew it is the same alert. */
static void check_right(const struct jms_alert *alert, struct arena *arena)
{
    static char other_window[LIMIT_CSV_RECORD_BYTES + 64];
    static char line[8192];
    size_t length = 0;
    for (enum jms_alert_field field = 0; field < JMS_ALERT_FIELD_COUNT; field++) {
        const struct jms_value *value = &alert->fields[field];
        bool required = field != JMS_ALERT_REMOVED && field < JMS_ALERT_ADDED_BY;
        FUZZ_MUST((value->presence == JMS_GIVEN) == (value->text.len > 0));
        FUZZ_MUST(!required || value->presence == JMS_GIVEN);
        FUZZ_MUST(value->text.len <= 50 * 4);
        FUZZ_MUST(fuzz_utf8(value->text, NULL, &(size_t){0}));
        if (field > 0)
            line[length++] = ',';
        put(line, &length, value->text);
    }
    line[length++] = '\n';
    struct csv_rows rows;
    struct fault_list faults;
    struct jms_alert again;
    fault_list_init(&faults, arena);
    const struct csv_place from = {.line = 1, .encoding = ENCODING_UTF8};
    csv_rows_begin(&rows, &jms_alert_columns, &from, other_window, sizeof other_window);
    memcpy(csv_space(&rows.csv).ptr, line, length);
    csv_fill(&rows.csv, length);
    csv_finish(&rows.csv);
    FUZZ_MUST(jms_alert_next(&rows, arena, &faults, &again) == CSV_RECORD);
    FUZZ_MUST(again.status == PARSE_OK && faults.count == 0);
    for (enum jms_alert_field field = 0; field < JMS_ALERT_FIELD_COUNT; field++)
        FUZZ_MUST(slice_equal(again.fields[field].text, alert->fields[field].text) &&
                  again.fields[field].number == alert->fields[field].number);
}

static struct mark check_line(const struct jms_alert *alert, struct slice bytes,
                              const struct fault_list *faults, struct arena *arena)
{
    const struct csv_record *record = &alert->csv.record;
    struct mark mark = {.offset = record->offset,
                        .next = alert->csv.next.offset,
                        .row = alert->csv.row,
                        .status = alert->status,
                        .faults = faults->count};
    check_faults(faults);
    FUZZ_MUST(alert->status != PARSE_NO_MEMORY);
    FUZZ_MUST((alert->status == PARSE_OK) == (faults->errors == 0));
    FUZZ_MUST(mark.next == record->offset + record->size && mark.next <= bytes.len);
    for (enum jms_alert_field field = 0; field < JMS_ALERT_FIELD_COUNT; field++)
        mark.sum = sum_of(mark.sum * 4 + alert->fields[field].presence, alert->fields[field].text);
    for (size_t i = 0; i < faults->count; i++)
        mark.sum = sum_of(mark.sum * 64 + faults->items[i].code, faults->items[i].field);
    if (alert->status == PARSE_OK)
        check_right(alert, arena);
    return mark;
}

static void read_rows(struct reading *reading, struct slice bytes, const struct csv_place *from, size_t chunk)
{
    static struct csv_rows rows;
    struct fuzz_supply file = {(const uint8_t *)bytes.ptr, bytes.len};
    struct jms_alert alert;
    struct arena arena;
    enum csv_got got;
    reading->count = 0;
    arena_init(&arena, 0);
    (void)fuzz_take(&file, (size_t)from->offset);
    csv_rows_begin(&rows, &jms_alert_columns, from, window, sizeof window);
    do {
        struct fault_list faults;
        arena_reset(&arena);
        fault_list_init(&faults, &arena);
        got = jms_alert_next(&rows, &arena, &faults, &alert);
        if (got == CSV_RECORD) {
            FUZZ_MUST(reading->count < ROWS_MAX);
            reading->marks[reading->count++] = check_line(&alert, bytes, &faults, &arena);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct reading whole, other;
    struct slice bytes = slice_from(data, size);
    struct csv_survey first, second;
    struct fault_list faults, again;
    struct arena arena;
    enum encoding named = (enum encoding)(size % 7 < 3 ? ENCODING_AUTO : size % 5);
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    fault_list_init(&again, &arena);
    enum parse_status status = survey_file(&first, bytes, named, 1 << 20, &faults);
    FUZZ_MUST(survey_file(&second, bytes, named, 1 + size % 31 + size / 8, &again) == status);
    FUZZ_MUST(first.rows == second.rows && first.wrong == second.wrong && faults.count == again.count);
    check_faults(&faults);
    FUZZ_MUST((status == PARSE_OK) == (faults.errors == 0));

    read_rows(&whole, bytes, &first.start, 1 << 20);
    FUZZ_MUST(status != PARSE_OK || (whole.count == first.rows && (whole.count > 0 || first.header)));
    for (size_t i = 0; status == PARSE_OK && i < whole.count; i++)
        FUZZ_MUST(whole.marks[i].status != PARSE_INCOMPLETE);
    read_rows(&other, bytes, &first.start, 1 + size % 7 + size / 16);
    FUZZ_MUST(other.count == whole.count);
    for (size_t i = 0; i < whole.count; i++) {
        const struct mark *a = &whole.marks[i], *b = &other.marks[i];
        FUZZ_MUST(a->offset == b->offset && a->next == b->next && a->sum == b->sum && a->row == b->row &&
                  a->status == b->status && a->faults == b->faults);
    }
    arena_release(&arena);
    return 0;
}
