#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/csv_table.h"
#include "tests/unit/parser/parser_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct csv_column three[] = {
    {"Given Name", "column 1, Given Name"}, {"Number", "column 2, Number"}, {"Born", "column 3, Born"}};
static const struct csv_columns columns = {three, 3, "3 columns", "Given Name, Number, Born"};

#define BYTES(text)                                                                                          \
    {                                                                                                        \
        (text), sizeof(text) - 1                                                                             \
    }

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

/* The rows as "1@2+17:code\n": number, line, offset, and the code of a fault of form, in chunks. */
static void describe_rows(char *out, size_t size, struct slice bytes, struct csv_place from, size_t chunk)
{
    struct csv_rows rows;
    struct csv_row row;
    struct feed feed = {slice_after(bytes, (size_t)from.offset), chunk};
    enum csv_got got;
    size_t length = 0;
    out[0] = '\0';
    csv_rows_begin(&rows, &columns, &from, window, sizeof window);
    while ((got = csv_rows_next(&rows, &row)) != CSV_END) {
        if (got == CSV_MORE) {
            assert_true(feed_next(&feed, &rows.csv));
            continue;
        }
        struct fault_list faults;
        fault_list_init(&faults, &arena);
        enum parse_status status = csv_row_form(&row, &columns, &faults);
        assert_int_equal(faults.count, status == PARSE_OK ? 0 : 1);
        length += (size_t)snprintf(out + length, size - length, "%lu@%lu+%lu:%s\n", (unsigned long)row.row,
                                   (unsigned long)row.record.line, (unsigned long)row.record.offset,
                                   fault_code_name(faults.count > 0 ? faults.items[0].code : FAULT_NONE));
        assert_true(length < size);
        assert_true(row.place.offset == row.record.offset);
        assert_true(row.next.offset == row.record.offset + row.record.size);
        assert_int_equal(row.next.row, row.row);
    }
}

static const struct {
    struct slice bytes;
    enum parse_status status;
    const char *faults;
    const char *rows; /* as above; NULL: not read */
} cases[] = {
    {BYTES("a,1,b\nc,2,d\n"), PARSE_OK, "", "1@1+0:none\n2@2+6:none\n"},
    {BYTES("\n\na,1,b\r\n , ,\r\n\r\nc,2,d"), PARSE_OK, "", "1@3+2:none\n2@6+17:none\n"},
    /* headers */
    {BYTES("Given Name,Number,Born\na,1,b\n"), PARSE_OK, "", "1@2+23:none\n"},
    {BYTES("\n\"givenname\", NUMBER ,B O R N\n\na,1,b\n"), PARSE_OK, "", "1@4+31:none\n"},
    {BYTES("Given Name,Number,Born\n"), PARSE_OK, "warning header-only 0\n", ""},
    {BYTES("Given Name,Number,Born"), PARSE_OK, "warning header-only 0\n", ""},
    {BYTES("Number,Given Name,Born\na,1,b\n"), PARSE_INVALID, "error column-order 1\n", NULL},
    {BYTES("\nGiven Name,Born,Age\na,1,b\n"), PARSE_INVALID, "error column-order 2\n", NULL},
    {BYTES("Given Name,Number,Born,Age\na,1,b\n"), PARSE_OK, "", "1@1+0:column-count\n2@2+27:none\n"},
    {BYTES("a,1,b\nGiven Name,Number,Born\n"), PARSE_OK, "", "1@1+0:none\n2@2+6:none\n"},
    /* of a header that is none: a name of one column only */
    {BYTES("x,Given Name,y\n"), PARSE_OK, "", "1@1+0:none\n"},
    /* columns: every row, or single ones */
    {BYTES("a,1\nb,2\n"), PARSE_INVALID, "error column-count 1\n", NULL},
    {BYTES("a,1,b,\nb,2,c,\n"), PARSE_INVALID, "error column-count 1\n", NULL},
    {BYTES("Given Name,Number,Born\na,1,b,\n"), PARSE_INVALID, "error column-count 2\n", NULL},
    {BYTES("a,1,b,\nb,2\n"), PARSE_INVALID, "error column-count 1\n", NULL},
    {BYTES("a,1,b,\nb,2,c\n"), PARSE_OK, "", "1@1+0:column-count\n2@2+7:none\n"},
    {BYTES("a,1,b\nb,2\nc,3,d\n"), PARSE_OK, "", "1@1+0:none\n2@2+6:column-count\n3@3+10:none\n"},
    {BYTES("a,\"1\"x,b\n"), PARSE_INVALID, "error quote-not-doubled 1 column 2, Number\n", NULL},
    {BYTES("a,\"1\"x,b\nb,2,c\n"), PARSE_OK, "", "1@1+0:quote-not-doubled\n2@2+9:none\n"},
    /* ends too early */
    {{NULL, 0}, PARSE_INCOMPLETE, "error file-empty 0\n", NULL},
    {BYTES("\xEF\xBB\xBF"), PARSE_INCOMPLETE, "error file-empty 0\n", NULL},
    {BYTES("\r\n \n,,\n"), PARSE_INCOMPLETE, "error file-empty 0\n", NULL},
    {BYTES("a,1"), PARSE_INCOMPLETE, "error last-line-cut 1\n", NULL},
    {BYTES("a,1,b\nc,2"), PARSE_INCOMPLETE, "error last-line-cut 2\n", NULL},
    {BYTES("a,1,b\nc,2,\"d"), PARSE_INCOMPLETE, "error last-line-cut 2\n", NULL},
    {BYTES("Given Name,Numb"), PARSE_INCOMPLETE, "error last-line-cut 1\n", NULL},
    {BYTES("Given Name,Number,Bo"), PARSE_INCOMPLETE, "error last-line-cut 1\n", NULL},
    {BYTES("Given Name,Number,Born\na"), PARSE_INCOMPLETE, "error last-line-cut 2\n", NULL},
    {BYTES("\"a\nb"), PARSE_INCOMPLETE, "error last-line-cut 1\n", NULL},
    {BYTES("\"a\nb\nc"), PARSE_INCOMPLETE, "error last-line-cut 1\n", NULL},
    {BYTES("a,1,\xC3\xB1\nb,2,\xC3"), PARSE_INCOMPLETE, "error last-line-cut 2\n", NULL},
    {BYTES("a,1,b\nc,2,d,e"), PARSE_OK, "", "1@1+0:none\n2@2+6:column-count\n"},
    {BYTES("a,1,b\nc,2,d"), PARSE_OK, "", "1@1+0:none\n2@2+6:none\n"},
    {BYTES("a,1,b\nc,\"2\nd,3,e\n"), PARSE_OK, "", "1@1+0:none\n2@2+6:quote-not-closed\n3@3+11:none\n"},
    /* UTF-16 that nobody named */
    {BYTES("a\0,\0001\0,\0b\0\n\0"), PARSE_INVALID, "error nul-byte 1\nerror last-line-cut 2\n", NULL},
    {BYTES("a,1,b\nc,\0,d\n"), PARSE_OK, "", "1@1+0:none\n2@2+6:none\n"},
};

static enum parse_status survey_chunks(struct csv_survey *survey, struct slice bytes, size_t chunk,
                                       struct fault_list *faults)
{
    struct feed feed = {bytes, chunk};
    size_t size;
    fault_list_init(faults, &arena);
    csv_survey_begin(survey, &columns, ENCODING_AUTO, window, sizeof window);
    while ((size = feed_into(&feed, csv_survey_space(survey))) > 0)
        csv_survey_fill(survey, size);
    return csv_survey_end(survey, faults);
}

static void test_files_as_a_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice bytes = cases[i].bytes;
        for (size_t chunk = 0; chunk <= bytes.len + 1; chunk++) {
            struct csv_survey survey;
            struct fault_list faults;
            enum parse_status status = survey_chunks(&survey, bytes, chunk, &faults);
            char *described = describe_faults(&faults);
            if (status != cases[i].status || strcmp(described, cases[i].faults) != 0)
                fail_msg("file %lu in chunks of %lu: status %d, faults:\n%s", (unsigned long)i,
                         (unsigned long)chunk, (int)status, described);
            free(described);
            char rows[256];
            describe_rows(rows, sizeof rows, bytes, survey.start, chunk);
            if (cases[i].rows != NULL && strcmp(rows, cases[i].rows) != 0)
                fail_msg("file %lu in chunks of %lu:\n%s", (unsigned long)i, (unsigned long)chunk, rows);
            size_t lines = 0;
            for (const char *c = rows; *c != '\0'; c++)
                lines += *c == '\n';
            if (status == PARSE_OK)
                assert_int_equal(survey.rows, lines);
        }
    }
}

/* The encoding is the one that encoding_decode finds for the whole. */
static void test_decides_the_encoding_as_for_a_whole_file(void **state)
{
    (void)state;
    static const struct slice files[] = {
        BYTES("a,1,b\n"),
        BYTES("a,1,\xC3\xB1\n"),
        BYTES("\xE2\x82\xAC,1,\xF0\x9F\x98\x80\n"),
        BYTES("a,1,\xF1\n"),
        BYTES("a,1,\xC3\xB1\nb,2,\xF1\n"),
        BYTES("a,1,\xC3\xB1\nb,2,\xC3"),
        BYTES("a,1,\xC3"),
        BYTES("a,1,\xE2\x81"),
        BYTES("a,1,\xE2\x82"),
        BYTES("\xEF\xBB\xBF"
              "a,1,\xF1\n"),
        BYTES("\xFF\xFE"
              "a\0,\0001\0,\0b\0"),
        BYTES("\xFE\xFF\0a\0,\0001\0,\0b"),
        BYTES("\xEF\xBB"),
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct slice bytes = files[i];
        for (enum encoding named = ENCODING_AUTO; named <= ENCODING_WINDOWS1252; named++) {
            struct decoded whole = {.encoding = named};
            struct fault_list ignored;
            fault_list_init(&ignored, &arena);
            bool known = encoding_decode(bytes, named, &arena, &ignored, &whole) == PARSE_OK;
            for (size_t first = 0; first <= bytes.len; first++) {
                struct encoding_scan scan;
                encoding_scan_init(&scan, named);
                encoding_scan_feed(&scan, slice_from(bytes.ptr, first));
                for (size_t at = first; at < bytes.len; at++)
                    encoding_scan_feed(&scan, slice_from(bytes.ptr + at, 1));
                bool cut;
                enum encoding found = encoding_scan_end(&scan, &cut);
                if (known && found != whole.encoding)
                    fail_msg("file %lu: %s", (unsigned long)i, encoding_name(found));
                assert_true(found != ENCODING_AUTO);
                if (known)
                    assert_false(cut);
            }
        }
    }
}

/* The rows from any place on are those that would have come. */
static void test_goes_on_at_any_place(void **state)
{
    (void)state;
    static const enum encoding encodings[] = {ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE};
    struct slice text =
        SLICE_LITERAL("\nGiven Name,Number,Born\r\n\r\na,1,\"b\nb\"\r\n,,\nb,2\rc,\"3,d\nd,4,e\n\nf,5,g");
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct slice bytes = as_encoding(text, encodings[i]);
        struct csv_place start = {.line = 1, .encoding = encodings[i], .header_ahead = true};
        char all[512], rest[512];
        describe_rows(all, sizeof all, bytes, start, 0);
        const char *behind = all;
        struct csv_rows rows;
        struct csv_row row;
        size_t count = 0;
        static char other[LIMIT_CSV_WINDOW];
        struct feed feed = {bytes, 0};
        csv_rows_begin(&rows, &columns, &start, other, sizeof other);
        while (feed_next(&feed, &rows.csv))
            continue;
        while (csv_rows_next(&rows, &row) == CSV_RECORD) {
            describe_rows(rest, sizeof rest, bytes, row.place, 3);
            assert_string_equal(rest, behind);
            behind = strchr(behind, '\n') + 1;
            describe_rows(rest, sizeof rest, bytes, row.next, 0);
            assert_string_equal(rest, behind);
            count++;
        }
        assert_int_equal(count, 5);
        free_fixture(bytes);
    }
}

static void test_memory_for_faults_ends(void **state)
{
    (void)state;
    struct csv_survey survey;
    struct fault_list faults;
    struct arena tight;
    arena_init(&tight, 1);
    fault_list_init(&faults, &tight);
    csv_survey_begin(&survey, &columns, ENCODING_AUTO, window, sizeof window);
    assert_int_equal(csv_survey_end(&survey, &faults), PARSE_NO_MEMORY);
    arena_release(&tight);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_as_a_whole),
        cmocka_unit_test(test_decides_the_encoding_as_for_a_whole_file),
        cmocka_unit_test(test_goes_on_at_any_place),
        cmocka_unit_test(test_memory_for_faults_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
