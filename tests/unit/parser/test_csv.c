#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/csv.h"
#include "tests/unit/parser/parser_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    char text[8192];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *words, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(words->text + words->length, sizeof words->text - words->length, format, list);
    va_end(list);
    assert_true(length >= 0 && (size_t)length < sizeof words->text - words->length);
    words->length += (size_t)length;
}

/* "1:0+6 [a][b]\n": line, offset, size, the texts of the cells; "~" when no line end follows; "!code column@offset" of a
 * fault. */
static void describe_record(struct words *words, const struct csv_record *record, struct arena *arena)
{
    say(words, "%lu:%lu+%lu ", (unsigned long)record->line, (unsigned long)record->offset,
        (unsigned long)record->size);
    if (record->fault != FAULT_NONE) {
        say(words, "!%s %lu@%lu", fault_code_name(record->fault), (unsigned long)record->fault_column,
            (unsigned long)record->fault_offset);
        assert_int_equal(record->columns, 0);
    }
    for (size_t i = 0; i < record->columns && i < LIMIT_CSV_COLUMNS; i++) {
        struct slice text = SLICE_EMPTY;
        bool no_memory = false;
        enum fault_code code = csv_cell_text(record, i, arena, &text, &no_memory);
        assert_false(no_memory);
        if (code != FAULT_NONE)
            say(words, "[!%s]", fault_code_name(code));
        else
            say(words, "[%.*s]", (int)text.len, text.len == 0 ? "" : text.ptr);
    }
    if (record->columns > LIMIT_CSV_COLUMNS)
        say(words, "...%lu", (unsigned long)record->columns);
    say(words, "%s\n", record->ended ? "" : "~");
}

static void read_records(struct words *words, struct slice bytes, const struct csv_settings *settings,
                         size_t chunk)
{
    size_t limit = settings->record_bytes == 0 ? LIMIT_CSV_RECORD_BYTES : settings->record_bytes;
    char *window = malloc(limit + 64); /* the smallest that is allowed */
    assert_non_null(window);
    struct csv csv;
    struct csv_record record;
    struct arena arena;
    struct feed feed = {bytes, chunk};
    enum csv_got got = CSV_MORE;
    struct csv_position next = CSV_START;
    words->length = 0;
    words->text[0] = '\0';
    arena_init(&arena, 0);
    csv_begin(&csv, settings, CSV_START, window, limit + 64);
    while (got != CSV_END) {
        got = csv_next(&csv, &record);
        if (got == CSV_MORE)
            assert_true(feed_next(&feed, &csv));
        if (got != CSV_RECORD)
            continue;
        describe_record(words, &record, &arena);
        /* Records follow upon each other, and are the bytes of the file. */
        if (next.offset > 0)
            assert_true(record.offset == next.offset && record.line == next.line);
        next = csv_position(&csv);
        assert_true(next.offset == record.offset + record.size);
        if (record.fault != FAULT_LINE_TOO_LONG) {
            assert_true(record.bytes.len == record.size);
            assert_memory_equal(record.bytes.ptr, bytes.ptr + (size_t)record.offset, record.bytes.len);
        }
    }
    assert_true(next.offset == bytes.len || next.offset == 0);
    assert_int_equal(csv_next(&csv, &record), CSV_END);
    arena_release(&arena);
    free(window);
}

/* The same whatever the chunks. */
static void check(struct slice bytes, const struct csv_settings *settings, const char *expected)
{
    static struct words words;
    for (size_t chunk = 0; chunk <= bytes.len + 1; chunk++) {
        read_records(&words, bytes, settings, chunk);
        if (strcmp(words.text, expected) != 0)
            fail_msg("in chunks of %lu:\n%s\ninstead of\n%s", (unsigned long)chunk, words.text, expected);
    }
}

static const struct csv_settings utf8 = {ENCODING_UTF8, 0};

static void test_records(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *records;
    } cases[] = {
        {"", ""},
        {"a", "1:0+1 [a]~\n"},
        {"a,b\r\n", "1:0+5 [a][b]\n"},
        {"a,b\nc,d", "1:0+4 [a][b]\n2:4+3 [c][d]~\n"},
        {"a\rb\nc\r\nd\n\re", "1:0+2 [a]\n2:2+2 [b]\n3:4+3 [c]\n4:7+2 [d]\n5:9+1 []\n6:10+1 [e]~\n"},
        {"\n\r\n", "1:0+1 []\n2:1+2 []\n"},
        {",\n,", "1:0+2 [][]\n2:2+1 [][]~\n"},
        {"a,", "1:0+2 [a][]~\n"},
        {" a , b ", "1:0+7 [ a ][ b ]~\n"},
        /* quotes */
        {"\"a\",\"\",\"b,c\"\n", "1:0+13 [a][][b,c]\n"},
        {"\"say \"\"hi\"\"\",\"\"\"\"\n", "1:0+18 [say \"hi\"][\"]\n"},
        {" \"a\"\t, \"b\" \r\n", "1:0+13 [a][b]\n"},
        {"\"a\"", "1:0+3 [a]~\n"},
        {"\"a\nb\r\nc\rd\",e\nf\n", "1:0+13 [a\nb\r\nc\rd][e]\n5:13+2 [f]\n"},
        {"\"\n\"\"\n\"\nf", "1:0+7 [\n\"\n]\n4:7+1 [f]~\n"},
        /* a quote where none may stand costs its line */
        {"a,b\"c,d\ne\n", "1:0+8 !quote-not-doubled 2@3\n2:8+2 [e]\n"},
        {"\"a\"b,\"c\r\nd\n", "1:0+9 !quote-not-doubled 1@2\n2:9+2 [d]\n"},
        {"x,\"a\" \"b\"\ne", "1:0+10 !quote-not-doubled 2@4\n2:10+1 [e]~\n"},
        {"a\"", "1:0+2 !quote-not-doubled 1@1~\n"},
        /* a quote that nobody closes: its line, and those behind it are read */
        {"a,\"b\nc,\"d\"\ne\n", "1:0+5 !quote-not-closed 2@3\n2:5+6 [c][d]\n3:11+2 [e]\n"},
        {"a,\"b\r\nc,d\r\ne\r\n", "1:0+6 !quote-not-closed 2@3\n2:6+5 [c][d]\n3:11+3 [e]\n"},
        {"a,\"b\rc", "1:0+5 !quote-not-closed 2@3\n2:5+1 [c]~\n"},
        {"\"a\n\"b\n\"c\n",
         "1:0+3 !quote-not-closed 1@1\n2:3+3 !quote-not-closed 1@4\n3:6+3 !quote-not-closed 1@7\n"},
        /* the file ends in quotes */
        {"a,b\nc,\"d", "1:0+4 [a][b]\n2:4+4 !last-line-cut 2@7~\n"},
        {"\"", "1:0+1 !last-line-cut 1@1~\n"},
        {"a,\"b\"\"", "1:0+6 !last-line-cut 2@3~\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(slice_of(cases[i].text), &utf8, cases[i].records);
}

/* The same texts in UTF-16: places count its bytes. */
static void test_utf16(void **state)
{
    (void)state;
    static const char text[] = "a,\"b\"\"c\"\r\n\"\rx\",\n\"y\n\n z";
    static const char expected[] = "1:0+20 [a][b\"c]\n2:20+12 [\rx][]\n4:32+6 !quote-not-closed 1@34\n"
                                   "5:38+2 []\n6:40+4 [ z]~\n";
    static const enum encoding encodings[] = {ENCODING_UTF16LE, ENCODING_UTF16BE};
    for (size_t i = 0; i < 2; i++) {
        struct slice bytes = as_encoding(slice_of(text), encodings[i]);
        check(bytes, &(struct csv_settings){encodings[i], 0}, expected);
        free_fixture(bytes);
    }
    /* 0x2C and 0x22 in characters that are no comma and no quote */
    check(SLICE_LITERAL("\x2C\x01\x22\x02,\0b\0"), &(struct csv_settings){ENCODING_UTF16LE, 0},
          "1:0+8 [\xC4\xAC\xC8\xA2][b]~\n");
    /* half a unit, half a pair */
    check(SLICE_LITERAL("a\0\n\0b"), &(struct csv_settings){ENCODING_UTF16LE, 0},
          "1:0+4 [a]\n2:4+1 !last-line-cut 1@4~\n");
    check(SLICE_LITERAL("a\0,\0b\0\n"), &(struct csv_settings){ENCODING_UTF16LE, 0},
          "1:0+7 !last-line-cut 2@4~\n");
    check(SLICE_LITERAL("a\0,\0\x3D\xD8\n\0b\0"), &(struct csv_settings){ENCODING_UTF16LE, 0},
          "1:0+8 [a][!encoding-invalid]\n2:8+2 [b]~\n");
}

static void test_marks(void **state)
{
    (void)state;
    /* a mark decides, whatever is named; it belongs to no record */
    check(SLICE_LITERAL("\xEF\xBB\xBF\"\xC3\xB1\",b\n"), &(struct csv_settings){ENCODING_WINDOWS1252, 0},
          "1:3+7 [\xC3\xB1][b]\n");
    check(SLICE_LITERAL("\xFF\xFE,\0\xF1\0\n\0"), &(struct csv_settings){ENCODING_AUTO, 0},
          "1:2+6 [][\xC3\xB1]\n");
    check(SLICE_LITERAL("\xFE\xFF\0,\0\xF1\0\n"), &utf8, "1:2+6 [][\xC3\xB1]\n");
    check(SLICE_LITERAL("\xEF\xBB\xBF"), &utf8, "");
    /* no mark behind the beginning */
    check(SLICE_LITERAL("a\n\xEF\xBB\xBF\n"), &utf8, "1:0+2 [a]\n2:2+4 [\xEF\xBB\xBF]\n");
    check(SLICE_LITERAL("\xEF\xBB"), &(struct csv_settings){ENCODING_WINDOWS1252, 0},
          "1:0+2 [\xC3\xAF\xC2\xBB]~\n");
}

static void test_texts(void **state)
{
    (void)state;
    check(SLICE_LITERAL("Mu\xF1oz,\"d\"\"\x80\",\x81\n"), &(struct csv_settings){ENCODING_WINDOWS1252, 0},
          "1:0+15 [Mu\xC3\xB1oz][d\"\xE2\x82\xAC][!encoding-invalid]\n");
    check(SLICE_LITERAL("a,\xC3,\0,b\n\xC3"), &utf8,
          "1:0+8 [a][!encoding-invalid][!nul-byte][b]\n2:8+1 [!encoding-invalid]~\n");
}

/* Only records with nothing doubled are lent; nothing else is copied. */
static void test_text_is_lent(void **state)
{
    (void)state;
    char window[512];
    struct csv csv;
    struct csv_record record;
    struct arena arena;
    struct slice text;
    struct feed feed = {SLICE_LITERAL("\"Nguy\xE1\xBB\x85n\",b,\"\"\"\"\n"), 0};
    bool no_memory = false;
    arena_init(&arena, 0);
    csv_begin(&csv, &(struct csv_settings){ENCODING_UTF8, 100}, CSV_START, window, sizeof window);
    assert_true(feed_next(&feed, &csv));
    assert_int_equal(csv_next(&csv, &record), CSV_RECORD);
    assert_int_equal(csv_cell_text(&record, 0, &arena, &text, &no_memory), FAULT_NONE);
    assert_ptr_equal(text.ptr, window + 1);
    assert_int_equal(csv_cell_text(&record, 1, &arena, &text, &no_memory), FAULT_NONE);
    assert_ptr_equal(text.ptr, window + 11);
    assert_int_equal(arena.used, 0);
    arena.limit = 1;
    arena.used = 1;
    assert_int_equal(csv_cell_text(&record, 2, &arena, &text, &no_memory), FAULT_NONE);
    assert_true(no_memory);
    arena_release(&arena);
}

static void test_limits(void **state)
{
    (void)state;
    struct csv_settings ten = {ENCODING_UTF8, 10};
    check(SLICE_LITERAL("1234567890\r\n1\n"), &ten, "1:0+12 [1234567890]\n2:12+2 [1]\n");
    check(SLICE_LITERAL("1234567890\r1\n"), &ten, "1:0+11 [1234567890]\n2:11+2 [1]\n");
    check(SLICE_LITERAL("12345678901\r\n1\n"), &ten, "1:0+13 !line-too-long 0@0\n2:13+2 [1]\n");
    check(SLICE_LITERAL("\"23456789\"\n1"), &ten, "1:0+11 [23456789]\n2:11+1 [1]~\n");
    check(SLICE_LITERAL("\"234567890\"\n1"), &ten, "1:0+12 !line-too-long 0@0\n2:12+1 [1]~\n");
    /* a record of several lines that is too long is its first line */
    check(SLICE_LITERAL("a,\"b\nc\nd\ne\nf\ng\nh\ni\n\"\n"), &ten,
          "1:0+5 !quote-not-closed 2@3\n2:5+2 [c]\n3:7+2 [d]\n4:9+2 [e]\n5:11+2 [f]\n6:13+2 [g]\n7:15+2 [h]\n"
          "8:17+2 [i]\n9:19+2 !quote-not-closed 1@20\n");
    check(SLICE_LITERAL("a\"345678901234567890\nb\n"), &ten, "1:0+21 !line-too-long 0@0\n2:21+2 [b]\n");
    check(SLICE_LITERAL("12345678901"), &ten, "1:0+11 !line-too-long 0@0~\n");
    check(SLICE_LITERAL("12345678901\r"), &ten, "1:0+12 !line-too-long 0@0\n");
    check(SLICE_LITERAL("12345678901\r2"), &ten, "1:0+12 !line-too-long 0@0\n2:12+1 [2]~\n");
    check(SLICE_LITERAL("1\0"
                        "2\0"
                        "3\0"
                        "4\0"
                        "5\0"
                        "6\0\n\0"
                        "7\0"),
          &(struct csv_settings){ENCODING_UTF16LE, 10}, "1:0+14 !line-too-long 0@0\n2:14+2 [7]~\n");

    /* A line far longer than the window: passed over in bounded memory. */
    size_t size = 100000;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, '"', size);
    text[0] = 'x';
    memcpy(text + size - 3, "\ny\n", 3);
    struct words words;
    read_records(&words, slice_from(text, size), &ten, 7);
    assert_string_equal(words.text, "1:0+99998 !line-too-long 0@0\n2:99998+2 [y]\n");
    free(text);
}

static void test_columns_are_counted_beyond_the_limit(void **state)
{
    (void)state;
    char text[LIMIT_CSV_COLUMNS + 3];
    memset(text, ',', sizeof text);
    struct words words;
    read_records(&words, slice_from(text, LIMIT_CSV_COLUMNS - 1), &utf8, 0);
    assert_null(strstr(words.text, "..."));
    read_records(&words, slice_from(text, sizeof text), &utf8, 0);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "...%lu~\n", (unsigned long)sizeof text + 1);
    assert_non_null(strstr(words.text, expected));
}

static void test_blank_and_names(void **state)
{
    (void)state;
    static const enum encoding encodings[] = {ENCODING_UTF8, ENCODING_UTF16LE, ENCODING_UTF16BE,
                                              ENCODING_WINDOWS1252};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        struct slice bytes = as_encoding(
            SLICE_LITERAL("\n ,\t,\"\"\nlast name,\" LASTNAME \",Last_Name,Last,Last Names,,Last N\n"),
            encodings[i]);
        char window[1024];
        struct csv csv;
        struct csv_record record;
        struct feed feed = {bytes, 0};
        csv_begin(&csv, &(struct csv_settings){encodings[i], 500}, CSV_START, window, sizeof window);
        assert_true(feed_next(&feed, &csv));
        assert_int_equal(csv_next(&csv, &record), CSV_RECORD);
        assert_true(csv_record_is_blank(&record));
        assert_int_equal(csv_next(&csv, &record), CSV_RECORD);
        assert_true(csv_record_is_blank(&record));
        assert_int_equal(csv_next(&csv, &record), CSV_RECORD);
        assert_false(csv_record_is_blank(&record));
        assert_true(csv_cell_is_blank(&record, 5));
        for (size_t cell = 0; cell < record.columns; cell++)
            assert_int_equal(csv_cell_is_name(&record, cell, "Last Name"), cell < 2);
        free_fixture(bytes);
    }
}

/* From each record's place on, the rest of the file gives the rest of the records. */
static void test_goes_on_at_any_record(void **state)
{
    (void)state;
    struct slice bytes = SLICE_LITERAL("\xEF\xBB\xBF"
                                       "a,\"b\nc\"\r\n\r\nd,\"e\nf\rg\",\"\"\"\n\"\nh");
    char window[512];
    struct csv csv, later;
    struct csv_record record, again;
    struct csv_settings settings = {ENCODING_UTF8, 100};
    struct feed feed = {bytes, 0};
    size_t count = 0;
    csv_begin(&csv, &settings, CSV_START, window, sizeof window);
    while (feed_next(&feed, &csv))
        continue;
    while (csv_next(&csv, &record) == CSV_RECORD) {
        char other[512];
        struct csv_position place = {record.offset, record.line};
        struct feed rest = {slice_after(bytes, (size_t)place.offset), 1};
        csv_begin(&later, &settings, place, other, sizeof other);
        while (csv_next(&later, &again) == CSV_MORE)
            assert_true(feed_next(&rest, &later));
        assert_true(again.offset == record.offset && again.size == record.size && again.line == record.line);
        assert_true(slice_equal(again.bytes, record.bytes) && again.fault == record.fault);
        assert_int_equal(again.columns, record.columns);
        assert_true(csv_position(&later).offset == csv_position(&csv).offset);
        assert_int_equal(csv_position(&later).line, csv_position(&csv).line);
        count++;
    }
    assert_int_equal(count, 4);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_text_is_lent),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_columns_are_counted_beyond_the_limit),
        cmocka_unit_test(test_blank_and_names),
        cmocka_unit_test(test_goes_on_at_any_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
