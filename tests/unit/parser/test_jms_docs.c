/* docs/jms.md, the page for the sender: its examples give what stands below them, its tables are those of the code. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/jms_alert.h"
#include "parser/jms_event.h"
#include "parser/jms_field.h"
#include "parser/jms_roster.h"
#include "parser/limits.h"
#include "parser/xml_records.h"

/* 2026-11-24T12:00:00Z, when the examples arrive. */
#define ARRIVAL ((instant_us)1795521600 * 1000000)

static char page[256 * 1024];

static int load_page(void **state)
{
    (void)state;
    FILE *file = fopen(JMS_PAGE, "rb");
    if (!file)
        return -1;
    size_t size = fread(page, 1, sizeof page - 1, file);
    page[size] = '\0';
    return fclose(file) == 0 && size > 1000 && size < sizeof page - 1 ? 0 : -1;
}

/* ---- what the page shall say of an example ---- */

struct text {
    char bytes[8192];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, format, arguments);
    va_end(arguments);
    assert_true(length >= 0 && (size_t)length < sizeof text->bytes - text->length);
    text->length += (size_t)length;
}

static void add_faults(struct text *text, const struct fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        char words[512];
        (void)fault_format(&faults->items[i], words, sizeof words);
        add(text, "  %s: %s\n", faults->items[i].severity == FAULT_ERROR ? "error" : "warning", words);
    }
}

static const char *verdict(enum parse_status status)
{
    switch (status) {
    case PARSE_OK: return "applied";
    case PARSE_INVALID: return "set aside";
    case PARSE_INCOMPLETE: return "not whole";
    case PARSE_LIMIT:
    case PARSE_NO_MEMORY: break;
    }
    fail_msg("status %d", (int)status);
    return "";
}

static void tell_fields(const struct jms_event *event, struct text *text)
{
    for (enum jms_field field = JMS_PATIENT_ID; field < JMS_FIELD_COUNT; field++) {
        const struct jms_value *value = &event->fields[field];
        if (value->presence == JMS_GIVEN)
            add(text, "  %-12s %.*s\n", jms_field_rule(field)->name, (int)value->text.len, value->text.ptr);
    }
}

static void tell_event(struct slice bytes, struct text *text)
{
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status = jms_event_parse(bytes, &settings, &arena, &faults, &event);
    if (jms_event_check(&event, ARRIVAL, &faults) == PARSE_INVALID)
        status = PARSE_INVALID;
    add(text, "%s\n", verdict(status));
    add_faults(text, &faults);
    if (status == PARSE_OK)
        tell_fields(&event, text);
    arena_release(&arena);
}

/* Takes all of `bytes` into the space; the examples are smaller than the window. */
static size_t fill(struct csv_space space, struct slice bytes)
{
    assert_true(bytes.len < space.size);
    memcpy(space.ptr, bytes.ptr, bytes.len);
    return bytes.len;
}

static void tell_row(struct jms_roster_row *row, struct fault_list *faults, struct text *text)
{
    static const struct {
        enum jms_field field;
        const char *before;
    } shown[] = {{JMS_LAST_NAME, ": "},
                 {JMS_FIRST_NAME, ", "},
                 {JMS_BOOKING, "; booking "},
                 {JMS_BOOKING_DATE, " of "},
                 {JMS_RELEASE_DATE, ", released "}};
    enum parse_status status = row->status;
    if (jms_event_check(&row->event, ARRIVAL, faults) == PARSE_INVALID)
        status = PARSE_INVALID;
    add(text, "row %lu: %s", (unsigned long)row->csv.row, verdict(status));
    for (size_t i = 0; status == PARSE_OK && i < sizeof shown / sizeof shown[0]; i++) {
        const struct jms_value *value = &row->event.fields[shown[i].field];
        if (value->presence == JMS_GIVEN)
            add(text, "%s%.*s", shown[i].before, (int)value->text.len, value->text.ptr);
    }
    add(text, "\n");
    add_faults(text, faults);
}

static void tell_roster(struct slice bytes, struct text *text)
{
    static char window[LIMIT_CSV_WINDOW];
    struct arena arena;
    struct fault_list faults;
    struct csv_survey survey;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    csv_survey_begin(&survey, &jms_roster_columns, ENCODING_AUTO, window, sizeof window);
    csv_survey_fill(&survey, fill(csv_survey_space(&survey), bytes));
    enum parse_status status = csv_survey_end(&survey, &faults);
    add(text, "file: %s%s\n", status == PARSE_OK ? "read" : verdict(status),
        survey.header ? ", with a header" : "");
    add_faults(text, &faults);
    if (status != PARSE_OK) {
        arena_release(&arena);
        return;
    }
    struct csv_rows rows;
    struct jms_roster_row row;
    csv_rows_begin(&rows, &jms_roster_columns, &survey.start, window, sizeof window);
    csv_fill(&rows.csv, fill(csv_space(&rows.csv), slice_after(bytes, (size_t)survey.start.offset)));
    csv_finish(&rows.csv);
    for (;;) {
        fault_list_init(&faults, &arena);
        enum csv_got got = jms_roster_next(&rows, &settings, &arena, &faults, &row);
        if (got == CSV_END)
            break;
        assert_int_equal(got, CSV_RECORD);
        tell_row(&row, &faults, text);
    }
    arena_release(&arena);
}

static void tell_alert(const struct jms_alert *alert, const struct fault_list *faults, struct text *text)
{
    static const struct {
        enum jms_alert_field field;
        const char *before;
    } shown[] = {{JMS_ALERT_CODE, ": "},
                 {JMS_ALERT_BOOKING, " in booking "},
                 {JMS_ALERT_ADDED, ", added "},
                 {JMS_ALERT_ADDED_BY, " by user "},
                 {JMS_ALERT_REMOVED, ", removed "},
                 {JMS_ALERT_REMOVED_BY, " by user "}};
    add(text, "row %lu: %s", (unsigned long)alert->csv.row, verdict(alert->status));
    for (size_t i = 0; alert->status == PARSE_OK && i < sizeof shown / sizeof shown[0]; i++) {
        const struct jms_value *value = &alert->fields[shown[i].field];
        if (value->presence == JMS_GIVEN)
            add(text, "%s%.*s", shown[i].before, (int)value->text.len, value->text.ptr);
    }
    add(text, "\n");
    add_faults(text, faults);
}

static void tell_alerts(struct slice bytes, struct text *text)
{
    static char window[LIMIT_CSV_WINDOW];
    struct arena arena;
    struct fault_list faults;
    struct csv_survey survey;
    struct csv_rows rows;
    struct jms_alert alert;
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    csv_survey_begin(&survey, &jms_alert_columns, ENCODING_AUTO, window, sizeof window);
    csv_survey_fill(&survey, fill(csv_survey_space(&survey), bytes));
    assert_int_equal(csv_survey_end(&survey, &faults), PARSE_OK);
    csv_rows_begin(&rows, &jms_alert_columns, &survey.start, window, sizeof window);
    csv_fill(&rows.csv, fill(csv_space(&rows.csv), slice_after(bytes, (size_t)survey.start.offset)));
    csv_finish(&rows.csv);
    for (;;) {
        fault_list_init(&faults, &arena);
        if (jms_alert_next(&rows, &arena, &faults, &alert) == CSV_END)
            break;
        tell_alert(&alert, &faults, text);
    }
    arena_release(&arena);
}

/* The mapping of that name in docs/mappings. */
static const struct xml_mapping *load_mapping(struct slice name, struct arena *arena)
{
    static char bytes[64 * 1024];
    char path[1024];
    struct xml_mapping_faults faults = {.arena = arena};
    (void)snprintf(path, sizeof path, MAPPINGS "/%.*s.xml", (int)name.len, name.ptr);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    const struct xml_mapping *mapping = xml_mapping_load(slice_from(bytes, size), arena, &faults);
    assert_non_null(mapping);
    return mapping;
}

/* The first line names the mapping. */
static void tell_xml(struct slice bytes, struct text *text)
{
    struct arena arena;
    struct fault_list faults;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    size_t end = 0;
    while (bytes.ptr[end] != '\n')
        end++;
    const struct xml_mapping *mapping = load_mapping(slice_from(bytes.ptr, end), &arena);
    struct slice document = slice_after(bytes, end + 1);
    assert_int_equal(mapping->document, XML_ROSTER);
    struct xml_reader *reader = xml_reader_open(mapping, &settings, xml_read_slice, &document);
    assert_non_null(reader);
    for (;;) {
        struct xml_record record;
        fault_list_init(&faults, &arena);
        enum xml_got got = xml_reader_next(reader, &arena, &faults, &record);
        assert_int_not_equal(got, XML_FAILED);
        if (got == XML_END)
            break;
        enum parse_status status = record.status;
        if (jms_event_check(&record.event, ARRIVAL, &faults) == PARSE_INVALID)
            status = PARSE_INVALID;
        add(text, "record %lu: %s\n", (unsigned long)record.row, verdict(status));
        add_faults(text, &faults);
        if (status == PARSE_OK)
            tell_fields(&record.event, text);
    }
    xml_reader_close(reader);
    arena_release(&arena);
}

/* ---- the examples ---- */

/* The block that begins with `fence` at *at or behind; *at moves behind it. Empty, with ptr NULL: there is none. */
static struct slice next_block(const char **at, const char *fence)
{
    const char *found = strstr(*at, fence);
    if (!found)
        return SLICE_EMPTY;
    found += strlen(fence);
    const char *end = strstr(found, "```");
    assert_non_null(end);
    *at = end + 3;
    return slice_from(found, (size_t)(end - found));
}

/* All examples of one kind; returns how many. */
static size_t check_examples(const char *fence, void (*tell)(struct slice bytes, struct text *text))
{
    const char *at = page;
    size_t count = 0;
    for (;;) {
        struct slice example = next_block(&at, fence);
        if (!example.ptr)
            return count;
        static const char BEFORE[] = "\n\n```text\n";
        assert_int_equal(strncmp(at, BEFORE, sizeof BEFORE - 1),
                         0); /* what it comes to stands right below it */
        struct slice said = next_block(&at, "```text\n");
        struct text text = {.length = 0};
        tell(example, &text);
        if (!slice_equal(said, slice_from(text.bytes, text.length)))
            fail_msg("example %lu of %s gives\n%.*s", (unsigned long)count + 1, fence, (int)text.length,
                     text.bytes);
        count++;
    }
}

static void test_event_files_come_to_what_the_page_says(void **state)
{
    (void)state;
    assert_in_range(check_examples("```ini\n", tell_event), 5, 100);
}

static void test_rosters_come_to_what_the_page_says(void **state)
{
    (void)state;
    assert_in_range(check_examples("```csv roster\n", tell_roster), 2, 100);
}

static void test_alerts_come_to_what_the_page_says(void **state)
{
    (void)state;
    assert_in_range(check_examples("```csv alerts\n", tell_alerts), 1, 100);
}

static void test_xml_comes_to_what_the_page_says(void **state)
{
    (void)state;
    assert_in_range(check_examples("```xml ", tell_xml), 1, 100);
}

/* ---- the tables ---- */

/* The text between the heading and the next of its level. */
static struct slice section(const char *heading)
{
    const char *from = strstr(page, heading);
    assert_non_null(from);
    from += strlen(heading);
    const char *end = strstr(from, "\n## ");
    return slice_from(from, end ? (size_t)(end - from) : strlen(from));
}

enum {
    CELLS = 5
};

/* The next row of a table in `rest`: its cells, without blanks and backticks around them. False behind the last. The rules below the heads
 * are passed over. */
static bool next_row(struct slice *rest, struct slice cells[CELLS])
{
    while (rest->len > 0) {
        const char *end = memchr(rest->ptr, '\n', rest->len);
        size_t length = end ? (size_t)(end - rest->ptr) : rest->len;
        struct slice line = slice_from(rest->ptr, length);
        *rest = slice_after(*rest, end ? length + 1 : length);
        if (line.len < 2 || line.ptr[0] != '|' || line.ptr[1] == '-')
            continue;
        for (size_t i = 0; i < CELLS; i++)
            cells[i] = SLICE_EMPTY;
        line = slice_after(line, 1);
        for (size_t i = 0; i < CELLS && line.len > 0; i++) {
            const char *bar = memchr(line.ptr, '|', line.len);
            assert_non_null(bar);
            cells[i] = slice_trim(slice_from(line.ptr, (size_t)(bar - line.ptr)));
            if (cells[i].len > 1 && cells[i].ptr[0] == '`' && cells[i].ptr[cells[i].len - 1] == '`')
                cells[i] = slice_from(cells[i].ptr + 1, cells[i].len - 2);
            line = slice_after(line, (size_t)(bar - line.ptr) + 1);
        }
        return true;
    }
    return false;
}

static const char *use_of(const struct jms_field_rule *rule, enum jms_event_kind kind)
{
    if (!rule->allowed[kind])
        return "";
    return rule->required[kind] ? "required" : "optional";
}

static void assert_cell(struct slice cell, const char *expected, const char *of)
{
    if (!slice_equal(cell, slice_of(expected)))
        fail_msg("%s: the page says '%.*s', the code '%s'", of, (int)cell.len, cell.ptr, expected);
}

static void test_the_table_of_fields_is_that_of_the_code(void **state)
{
    (void)state;
    struct slice rest = section("\n### The fields\n");
    struct slice cells[CELLS];
    assert_true(next_row(&rest, cells)); /* the heads */
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++) {
        const struct jms_field_rule *rule = jms_field_rule(field);
        assert_true(next_row(&rest, cells));
        assert_cell(cells[0], rule->name, rule->name);
        assert_cell(cells[1], use_of(rule, JMS_DEMOGRAPHICS), rule->name);
        assert_cell(cells[2], use_of(rule, JMS_LOCATION), rule->name);
        assert_cell(cells[3], rule->expected, rule->name);
    }
    assert_false(next_row(&rest, cells));
}

static void test_the_columns_of_a_roster_are_those_of_the_code(void **state)
{
    (void)state;
    struct slice rest = section("\n## Rosters\n");
    struct slice cells[CELLS];
    assert_true(next_row(&rest, cells));
    for (size_t i = 0; i < JMS_ROSTER_COLUMN_COUNT; i++) {
        const struct jms_field_rule *rule = jms_field_rule(jms_roster_field(i));
        char number[8];
        (void)snprintf(number, sizeof number, "%u", (unsigned)i + 1);
        assert_true(next_row(&rest, cells));
        assert_cell(cells[0], number, rule->name);
        assert_cell(cells[1], jms_roster_columns.columns[i].name, rule->name);
        assert_cell(cells[2], rule->required[JMS_DEMOGRAPHICS] ? "yes" : "", rule->name);
        assert_cell(cells[3], rule->name, rule->name);
    }
    assert_false(next_row(&rest, cells));
}

static void test_the_columns_of_alerts_are_those_of_the_code(void **state)
{
    (void)state;
    struct slice rest = section("\n## Alerts\n");
    struct slice cells[CELLS];
    assert_true(next_row(&rest, cells));
    for (size_t i = 0; i < JMS_ALERT_FIELD_COUNT; i++) {
        char number[8];
        (void)snprintf(number, sizeof number, "%u", (unsigned)i + 1);
        assert_true(next_row(&rest, cells));
        assert_cell(cells[0], number, "a column of alerts");
        assert_cell(cells[1], jms_alert_columns.columns[i].name, "a column of alerts");
    }
    assert_false(next_row(&rest, cells));
}

static void test_dates_are_read_or_refused_as_the_page_says(void **state)
{
    (void)state;
    struct slice rest = section("\n## Dates and times\n");
    struct slice cells[CELLS];
    size_t count = 0;
    assert_true(next_row(&rest, cells));
    while (next_row(&rest, cells)) {
        struct civil_time civil;
        enum fault_code code = datetime_parse(cells[0], &civil);
        char expected[128];
        (void)snprintf(expected, sizeof expected, code == FAULT_NONE ? "yes%s" : "no: %s",
                       code == FAULT_NONE ? "" : fault_code_text(code));
        struct slice begin =
            slice_from(cells[1].ptr, cells[1].len < strlen(expected) ? cells[1].len : strlen(expected));
        assert_cell(begin, expected, "a date");
        count++;
    }
    assert_in_range(count, 10, 50);
}

/* Faults that files of a jail management system can have: all but those of HL7. */
static bool is_of_jms(enum fault_code code)
{
    return code != FAULT_NONE && strncmp(fault_code_name(code), "hl7-", 4) != 0;
}

static void test_every_fault_has_its_remedy(void **state)
{
    (void)state;
    struct slice cells[CELLS];
    size_t rows = 0, codes = 0;
    for (enum fault_code code = 0; code < FAULT_CODE_COUNT; code++) {
        bool found = false;
        struct slice rest = section("\n## What is wrong with a file\n");
        while (next_row(&rest, cells))
            found = found || (slice_equal(cells[0], slice_of(fault_code_text(code))) && cells[1].len > 0);
        if (found != is_of_jms(code))
            fail_msg("'%s' %s", fault_code_text(code), found ? "is in the table" : "is not in the table");
        codes += found;
    }
    struct slice rest = section("\n## What is wrong with a file\n");
    while (next_row(&rest, cells))
        rows++;
    assert_int_equal(rows, codes + 1); /* the heads; nothing that is no fault, and nothing twice */
}

/* Links within the page lead to a heading of it. */
static void test_links_lead_somewhere(void **state)
{
    (void)state;
    size_t count = 0;
    for (const char *at = page; (at = strstr(at, "](#")) != NULL; count++) {
        char heading[64] = "\n## ", folded[64] = "";
        size_t length = strcspn(at += 3, ")");
        assert_in_range(length, 1, 50);
        bool found = false;
        for (const char *line = page; (line = strstr(line, heading)) != NULL; line++) {
            size_t used = 0;
            for (const char *c = line + 4; *c != '\n' && used < sizeof folded - 1; c++)
                folded[used++] = (char)(*c == ' ' ? '-' : (*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c));
            found = found || (used == length && memcmp(folded, at, length) == 0);
        }
        if (!found)
            fail_msg("#%.*s", (int)length, at);
    }
    assert_in_range(count, 5, 100);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_files_come_to_what_the_page_says),
        cmocka_unit_test(test_rosters_come_to_what_the_page_says),
        cmocka_unit_test(test_alerts_come_to_what_the_page_says),
        cmocka_unit_test(test_xml_comes_to_what_the_page_says),
        cmocka_unit_test(test_the_table_of_fields_is_that_of_the_code),
        cmocka_unit_test(test_the_columns_of_a_roster_are_those_of_the_code),
        cmocka_unit_test(test_the_columns_of_alerts_are_those_of_the_code),
        cmocka_unit_test(test_dates_are_read_or_refused_as_the_page_says),
        cmocka_unit_test(test_every_fault_has_its_remedy),
        cmocka_unit_test(test_links_lead_somewhere),
    };
    return cmocka_run_group_tests_name("docs/jms.md", tests, load_page, NULL);
}
