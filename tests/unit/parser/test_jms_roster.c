#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/jms_roster.h"
#include "tests/unit/parser/parser_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* COREMR-INTERFACES §3 */
#define DOCUMENTED                                                                                           \
    "\"Smith\",\"Samuel\",\"\",\"344560\",\"1995-08-20\",\"\",\"Male\",\"\",\"FACTEST\",\"\",\"BLOCK\","     \
    "\"\",\"2018060612341\",\"2018-06-06T12:34\",\"\",\"\",\"\""

static char window[LIMIT_CSV_WINDOW];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* A roster that is read row by row. */
struct reading {
    struct feed feed;
    struct csv_rows rows;
    struct jms_settings settings;
    struct fault_list faults; /* of the last row */
    struct jms_roster_row row;
};

static enum parse_status survey_file(struct slice bytes, struct csv_survey *survey, struct fault_list *faults)
{
    struct feed feed = {bytes, 0};
    size_t size;
    fault_list_init(faults, &arena);
    csv_survey_begin(survey, &jms_roster_columns, ENCODING_AUTO, window, sizeof window);
    while ((size = feed_into(&feed, csv_survey_space(survey))) > 0)
        csv_survey_fill(survey, size);
    return csv_survey_end(survey, faults);
}

static void begin_at(struct reading *reading, struct slice bytes, const struct csv_place *place, size_t chunk)
{
    *reading = (struct reading){.feed = {slice_after(bytes, (size_t)place->offset), chunk},
                                .settings = jms_settings_default()};
    csv_rows_begin(&reading->rows, &jms_roster_columns, place, window, sizeof window);
}

static void begin(struct reading *reading, struct slice bytes)
{
    struct csv_survey survey;
    struct fault_list faults;
    assert_int_equal(survey_file(bytes, &survey, &faults), PARSE_OK);
    begin_at(reading, bytes, &survey.start, 0);
}

static bool next(struct reading *reading)
{
    for (;;) {
        fault_list_init(&reading->faults, &arena);
        enum csv_got got =
            jms_roster_next(&reading->rows, &reading->settings, &arena, &reading->faults, &reading->row);
        if (got != CSV_MORE)
            return got == CSV_RECORD;
        assert_true(feed_next(&reading->feed, &reading->rows.csv));
    }
}

static void assert_field(const struct jms_event *event, enum jms_field field, const char *text)
{
    assert_int_equal(event->fields[field].presence, text[0] == '\0' ? JMS_EMPTY : JMS_GIVEN);
    assert_slice(event->fields[field].text, text);
}

/* By column. */
static const char *const documented[JMS_ROSTER_COLUMN_COUNT] = {
    "Smith", "Samuel", "", "344560",        "1995-08-20",          "", "Male", "", "FACTEST",
    "",      "BLOCK",  "", "2018060612341", "2018-06-06T12:34:00", "", "",     ""};

static void test_the_documented_row(void **state)
{
    (void)state;
    struct reading reading;
    begin(&reading, SLICE_LITERAL(DOCUMENTED));
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_int_equal(reading.faults.count, 0);
    const struct jms_event *event = &reading.row.event;
    assert_int_equal(event->kind, JMS_DEMOGRAPHICS);
    assert_int_equal(event->encoding, ENCODING_UTF8);
    assert_int_equal(event->extra_count, 0);
    for (size_t i = 0; i < JMS_ROSTER_COLUMN_COUNT; i++) {
        assert_field(event, jms_roster_field(i), documented[i]);
        assert_int_equal(event->fields[jms_roster_field(i)].line, 1);
    }
    /* places are those of the values in the file */
    assert_int_equal(event->fields[JMS_LAST_NAME].offset, 1);
    assert_int_equal(event->fields[JMS_FIRST_NAME].offset, 9);
    assert_int_equal(event->fields[JMS_WEIGHT].presence, JMS_ABSENT);
    assert_int_equal(event->fields[JMS_DATATYPE].presence, JMS_ABSENT);
    assert_int_equal(event->fields[JMS_MOVE_DATE].presence, JMS_ABSENT);
    assert_slice(reading.row.booking, "2018060612341");
    assert_slice(reading.row.csv.record.bytes, DOCUMENTED);
    assert_int_equal(reading.row.csv.row, 1);
    assert_false(next(&reading));
}

/* Every column is a field of its own, and the labels say which. */
static void test_columns(void **state)
{
    (void)state;
    bool seen[JMS_FIELD_COUNT] = {false};
    for (size_t i = 0; i < JMS_ROSTER_COLUMN_COUNT; i++) {
        enum jms_field field = jms_roster_field(i);
        assert_false(seen[field]);
        seen[field] = true;
        char label[64];
        (void)snprintf(label, sizeof label, "column %lu, %s", (unsigned long)i + 1,
                       jms_roster_columns.columns[i].name);
        assert_string_equal(jms_roster_columns.columns[i].label, label);
        assert_slice(jms_roster_field_name(field), label);
        assert_non_null(strstr(jms_roster_columns.order, jms_roster_columns.columns[i].name));
    }
    assert_true(seen[JMS_PATIENT_ID] && seen[JMS_BOOKING] && !seen[JMS_WEIGHT] && !seen[JMS_DATATYPE]);
    assert_slice(jms_roster_field_name(JMS_WEIGHT), "");
}

static void test_a_roster(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("roster.csv");
    struct reading reading;
    begin(&reading, bytes);
    assert_true(next(&reading));
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    const struct jms_event *event = &reading.row.event;
    static const char *const full[JMS_ROSTER_COLUMN_COUNT] = {"Mu\xC3\xB1oz",
                                                              "Jos\xC3\xA9",
                                                              "Mar\303\255a",
                                                              "344561",
                                                              "1980-02-29",
                                                              "333-22-4444",
                                                              "Male",
                                                              "White",
                                                              "factest",
                                                              "ICE",
                                                              "A-POD",
                                                              "12",
                                                              "2018060612342",
                                                              "2018-06-06T12:40:10",
                                                              "2018-06-09T08:00:00",
                                                              "71",
                                                              "\\\\photos\\344561.jpg"};
    for (size_t i = 0; i < JMS_ROSTER_COLUMN_COUNT; i++) {
        assert_field(event, jms_roster_field(i), full[i]);
        assert_int_equal(event->fields[jms_roster_field(i)].line, 2);
    }
    assert_int_equal(event->fields[JMS_HEIGHT].number, 71);
    assert_true(event->fields[JMS_RELEASE_DATE].time.day == 9);

    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_field(event, JMS_LAST_NAME, "O'Brien");
    assert_field(event, JMS_FIRST_NAME, "Anne \"Red\"");
    assert_field(event, JMS_BOOKING_DATE, "2018-06-07T00:01:00");
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_field(event, JMS_LAST_NAME, "Nguy\xE1\xBB\x85n");
    assert_field(event, JMS_SEX, "Unknown");
    assert_field(event, JMS_BOOKING_DATE, "2018-06-07T10:00:00-07:00");
    assert_int_equal(reading.row.csv.row, 4);
    assert_false(next(&reading));
    free_fixture(bytes);
}

static void test_header_and_blank_rows(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("roster-header.csv");
    struct reading reading;
    begin(&reading, bytes);
    assert_true(next(&reading));
    assert_int_equal(reading.row.csv.record.line, 3);
    assert_field(&reading.row.event, JMS_LAST_NAME, "Smith");
    assert_true(next(&reading));
    assert_int_equal(reading.row.csv.record.line, 5);
    assert_int_equal(reading.row.csv.row, 2);
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_false(reading.row.csv.record.ended);
    assert_false(next(&reading));
    free_fixture(bytes);
}

/* What people read, row by row. */
static void test_faults(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("roster-faults.csv");
    struct slice expected = load_fixture("roster-faults.txt");
    static const struct {
        enum parse_status status;
        const char *booking;
    } rows[] = {
        {PARSE_OK, "2018060612341"},
        {PARSE_INVALID, "2018060612341"}, /* its booking counts as present */
        {PARSE_OK, "2018060612341"},      /* warnings */
        {PARSE_INVALID, ""},              /* 16 columns: which one is the booking is not known */
        {PARSE_INVALID, ""},              /* 18 */
        {PARSE_INVALID, ""},              /* a quote that is not doubled */
        {PARSE_INVALID, "2018060612341"}, /* released before the booking */
        {PARSE_INVALID, ""},              /* a booking number that is too long */
        {PARSE_INVALID, ""},              /* a quote that is not closed */
        {PARSE_OK, "2018060612341"},
    };
    struct reading reading;
    char *all = calloc(1, 16384);
    assert_non_null(all);
    begin(&reading, bytes);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(next(&reading));
        if (reading.row.status != rows[i].status)
            fail_msg("row %lu: status %d", (unsigned long)i + 1, (int)reading.row.status);
        assert_slice(reading.row.booking, rows[i].booking);
        char *text = format_faults(&reading.faults);
        assert_true(strlen(all) + strlen(text) < 16384);
        memcpy(all + strlen(all), text, strlen(text) + 1);
        free(text);
    }
    assert_false(next(&reading));
    if (strlen(all) != expected.len || memcmp(all, expected.ptr, expected.len) != 0)
        fail_msg("the faults are\n%s", all);
    free(all);
    free_fixture(bytes);
    free_fixture(expected);
}

/* A bad row's bytes, written to a file of their own, are that row. */
static void test_a_bad_row_is_set_aside_as_it_came(void **state)
{
    (void)state;
    static const enum encoding encodings[] = {ENCODING_UTF8, ENCODING_WINDOWS1252, ENCODING_UTF16LE,
                                              ENCODING_UTF16BE};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct slice text =
            SLICE_LITERAL(DOCUMENTED "\r\n,Samuel,,1,1995-08-20,,Male,,F,,B,,2,2018-06-06,,,\r\n" DOCUMENTED);
        struct slice bytes = as_encoding(text, encodings[i]);
        struct csv_place start = {.line = 1, .encoding = encodings[i]};
        struct reading reading;
        begin_at(&reading, bytes, &start, 0);
        assert_true(next(&reading) && next(&reading));
        assert_int_equal(reading.row.status, PARSE_INVALID);
        char extract[256];
        struct slice mark = encoding_mark(encodings[i]);
        struct slice row = reading.row.csv.record.bytes;
        assert_true(mark.len + row.len < sizeof extract);
        if (mark.len > 0)
            memcpy(extract, mark.ptr, mark.len);
        memcpy(extract + mark.len, row.ptr, row.len);
        struct csv_survey survey;
        struct fault_list faults;
        struct slice file = slice_from(extract, mark.len + row.len);
        assert_int_equal(survey_file(file, &survey, &faults), PARSE_OK);
        assert_int_equal(survey.rows, 1);
        begin_at(&reading, file, &survey.start, 0);
        assert_true(next(&reading));
        assert_int_equal(reading.row.status, PARSE_INVALID);
        assert_slice(reading.row.booking, "2");
        char *described = describe_faults(&reading.faults);
        assert_string_equal(described, "error required-empty 1 column 1, Last Name\n");
        free(described);
        free_fixture(bytes);
    }
}

static void test_settings_and_arrival(void **state)
{
    (void)state;
    struct slice bytes = SLICE_LITERAL("Doe,J,,1,2030-01-01,,Male,,,,B,,2,2018-06-06,1900-01-01,,\n");
    struct csv_place start = {.line = 1, .encoding = ENCODING_UTF8};
    struct reading reading;
    begin_at(&reading, bytes, &start, 0);
    assert_true(next(&reading));
    char *described = describe_faults(&reading.faults);
    assert_string_equal(described, "error required-empty 1 column 9, Facility\n");
    free(described);

    begin_at(&reading, bytes, &start, 0);
    reading.settings.facility_required = false;
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    instant_us arrival;
    assert_true(datetime_parse_instant(SLICE_LITERAL("2018-06-07T00:00:00.000000Z"), &arrival));
    assert_int_equal(jms_event_check(&reading.row.event, arrival, &reading.faults), PARSE_INVALID);
    described = describe_faults(&reading.faults);
    assert_string_equal(described, "error out-of-range 1 column 5, Birth Date\n"
                                   "warning date-stands-for-none 1 column 15, Release Date\n");
    free(described);
}

static void test_encodings(void **state)
{
    (void)state;
    struct reading reading;
    struct slice bytes = SLICE_LITERAL(
        "Mu\xF1oz,J,,1,1990-01-01,,Male,,F,,B,,2,2018-06-06,,,\x81\nDoe,J,,\x81,1990-01-01,,Male,,F,,B,,2,2018-06-06,,,\n");
    begin(&reading, bytes);
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_int_equal(reading.row.event.encoding, ENCODING_WINDOWS1252);
    assert_field(&reading.row.event, JMS_LAST_NAME, "Mu\xC3\xB1oz");
    char *described = describe_faults(&reading.faults);
    assert_string_equal(described, "warning encoding-invalid 1 column 17, Photo Path\n");
    assert_true(reading.row.event.fields[JMS_PHOTO_PATH].faulty);
    free(described);
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_INVALID);
    described = describe_faults(&reading.faults);
    assert_string_equal(described, "error encoding-invalid 2 column 4, Patient ID\n");
    free(described);
}

static void test_a_row_longer_than_any(void **state)
{
    (void)state;
    size_t size = LIMIT_CSV_RECORD_BYTES + 100;
    size_t whole = 2 * sizeof DOCUMENTED + size + 1;
    char *text = malloc(whole);
    assert_non_null(text);
    memset(text, 'x', whole);
    memcpy(text, DOCUMENTED "\n", sizeof DOCUMENTED);
    text[sizeof DOCUMENTED + size] = '\n';
    memcpy(text + whole - sizeof DOCUMENTED, DOCUMENTED "\n", sizeof DOCUMENTED);
    struct reading reading;
    begin(&reading, slice_from(text, whole));
    assert_true(next(&reading) && next(&reading));
    assert_int_equal(reading.row.status, PARSE_LIMIT);
    assert_true(reading.row.csv.record.offset == sizeof DOCUMENTED);
    assert_true(reading.row.csv.record.size == size + 1);
    assert_int_equal(reading.row.csv.record.bytes.len, 0);
    assert_true(next(&reading));
    assert_int_equal(reading.row.status, PARSE_OK);
    assert_int_equal(reading.row.csv.record.line, 3);
    assert_false(next(&reading));
    free(text);
}

/* No beginning of a right file is invalid, and none that ends inside a row is whole, but for the end of the last column. */
static void check_prefixes(const char *name)
{
    struct slice bytes = load_fixture(name);
    size_t whole = 0;
    for (size_t length = 0; length <= bytes.len; length++) {
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, length);
        struct csv_survey survey;
        struct fault_list faults;
        arena_reset(&arena);
        enum parse_status status = survey_file(slice_from(copy, length), &survey, &faults);
        if (status != PARSE_OK && status != PARSE_INCOMPLETE)
            fail_msg("%s: the first %lu bytes give status %d", name, (unsigned long)length, (int)status);
        whole += status == PARSE_OK;
        if (status == PARSE_OK) {
            struct reading reading;
            begin_at(&reading, slice_from(copy, length), &survey.start, 7);
            while (next(&reading))
                assert_int_equal(reading.row.status, PARSE_OK);
        }
        free(copy);
    }
    /* behind the last column of each row, and within the last column of the row that is not quoted */
    assert_true(whole >= 10 && whole < 100);
    free_fixture(bytes);
}

static void test_every_prefix(void **state)
{
    (void)state;
    check_prefixes("roster.csv");
    check_prefixes("roster-header.csv");
}

static void test_memory_ends_anywhere(void **state)
{
    (void)state;
    static const char *const files[] = {"roster.csv", "roster-faults.csv"};
    for (size_t i = 0; i < 2; i++) {
        struct slice bytes = load_fixture(files[i]);
        struct csv_place start = {.line = 1, .encoding = ENCODING_UTF8, .header_ahead = i == 1};
        struct reading right, tight;
        begin_at(&right, bytes, &start, 0);
        while (next(&right)) {
            struct csv_place place = right.row.csv.place;
            bool enough = false;
            for (size_t limit = 1; !enough; limit += 8) {
                static char other[LIMIT_CSV_WINDOW];
                struct arena small;
                struct fault_list faults;
                arena_init(&small, limit);
                fault_list_init(&faults, &small);
                tight.feed = (struct feed){slice_after(bytes, (size_t)place.offset), 0};
                csv_rows_begin(&tight.rows, &jms_roster_columns, &place, other, sizeof other);
                while (jms_roster_next(&tight.rows, &right.settings, &small, &faults, &tight.row) == CSV_MORE)
                    assert_true(feed_next(&tight.feed, &tight.rows.csv));
                enough = tight.row.status != PARSE_NO_MEMORY;
                if (enough)
                    assert_int_equal(tight.row.status, right.row.status);
                for (size_t field = 0; enough && field < JMS_FIELD_COUNT; field++) {
                    const struct jms_value *value = &tight.row.event.fields[field];
                    assert_int_equal(value->presence, right.row.event.fields[field].presence);
                    assert_true(slice_equal(value->text, right.row.event.fields[field].text));
                }
                arena_release(&small);
            }
        }
        free_fixture(bytes);
    }
}

/* Rows in slices of at most three, each with what the slice before left: nothing but a place. */
static void test_goes_on_after_a_restart(void **state)
{
    (void)state;
    static const char *const files[] = {"roster.csv", "roster-header.csv", "roster-faults.csv"};
    for (size_t i = 0; i < 3; i++) {
        struct slice bytes = load_fixture(files[i]);
        struct csv_survey survey;
        struct fault_list faults;
        assert_int_equal(survey_file(bytes, &survey, &faults), PARSE_OK);
        struct csv_place place = survey.start;
        uint32_t rows = 0;
        for (;;) {
            struct reading reading;
            size_t taken = 0;
            begin_at(&reading, bytes, &place, 11);
            while (taken < 3 && next(&reading)) {
                assert_int_equal(reading.row.csv.row, ++rows);
                assert_true(slice_equal(reading.row.csv.record.bytes,
                                        slice_from(bytes.ptr + (size_t)reading.row.csv.record.offset,
                                                   (size_t)reading.row.csv.record.size)));
                place = reading.row.csv.next;
                taken++;
            }
            if (taken == 0)
                break;
        }
        assert_int_equal(rows, survey.rows);
        free_fixture(bytes);
    }
}

/* 100,000 rows: the memory is the window and one row's. */
static void test_many_rows_in_bounded_memory(void **state)
{
    (void)state;
    struct slice row = SLICE_LITERAL(DOCUMENTED "\r\n");
    struct csv_place start = {.line = 1, .encoding = ENCODING_UTF8};
    struct jms_settings settings = jms_settings_default();
    struct csv_rows rows;
    struct jms_roster_row out;
    struct fault_list faults;
    struct arena small;
    size_t fed = 0, most = 0;
    uint32_t count = 0;
    size_t total = 100000 * row.len;
    enum csv_got got;
    arena_init(&small, 4096);
    csv_rows_begin(&rows, &jms_roster_columns, &start, window, sizeof window);
    do {
        arena_reset(&small);
        fault_list_init(&faults, &small);
        got = jms_roster_next(&rows, &settings, &small, &faults, &out);
        if (got == CSV_RECORD) {
            assert_int_equal(out.status, PARSE_OK);
            assert_int_equal(out.csv.row, ++count);
            most = small.used > most ? small.used : most;
        } else if (got == CSV_MORE && fed == total) {
            csv_finish(&rows.csv);
        } else if (got == CSV_MORE) {
            struct csv_space space = csv_space(&rows.csv);
            size_t size = 0;
            while (size < space.size && fed < total) {
                space.ptr[size++] = row.ptr[fed % row.len];
                fed++;
            }
            csv_fill(&rows.csv, size);
        }
    } while (got != CSV_END);
    assert_int_equal(count, 100000);
    assert_true(most < 256);
    arena_release(&small);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documented_row),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_a_roster),
        cmocka_unit_test(test_header_and_blank_rows),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_a_bad_row_is_set_aside_as_it_came),
        cmocka_unit_test(test_settings_and_arrival),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_a_row_longer_than_any),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_memory_ends_anywhere),
        cmocka_unit_test(test_goes_on_after_a_restart),
        cmocka_unit_test(test_many_rows_in_bounded_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
