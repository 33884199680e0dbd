/* Whatever the bytes are: no crash, no read past the end, no guess. Exhaustive where that is possible. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/jms_event.h"
#include "tests/unit/parser/parser_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include <sys/mman.h>
#include <unistd.h>
#endif

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

/* Every byte that a record points at can be read; the sum keeps the compiler from leaving the reads out. */
static unsigned touch(struct slice slice)
{
    unsigned sum = 0;
    for (size_t i = 0; i < slice.len; i++)
        sum += (unsigned char)slice.ptr[i];
    return sum;
}

static unsigned touch_event(const struct jms_event *event, const struct fault_list *faults)
{
    unsigned sum = 0;
    for (size_t i = 0; i < JMS_FIELD_COUNT; i++)
        sum += touch(event->fields[i].text);
    for (size_t i = 0; i < event->extra_count; i++)
        sum += touch(event->extras[i].name) + touch(event->extras[i].value);
    for (size_t i = 0; i < faults->count; i++) {
        char text[512];
        size_t length = fault_format(&faults->items[i], text, sizeof text);
        assert_true(length < sizeof text);
        sum += touch(slice_from(text, length));
    }
    return sum;
}

/* What holds for every input. Parses into the common arena, which is reset before. */
static enum parse_status parse(struct slice bytes, struct jms_event *event)
{
    struct jms_settings settings = jms_settings_default();
    struct fault_list faults;
    arena_reset(&arena);
    fault_list_init(&faults, &arena);
    enum parse_status status = jms_event_parse(bytes, &settings, &arena, &faults, event);
    (void)touch_event(event, &faults);
    assert_true((status == PARSE_OK) == (faults.errors == 0));
    assert_true(status == PARSE_OK || status == PARSE_INVALID || status == PARSE_INCOMPLETE);
    for (size_t i = 0; i < faults.count; i++) {
        assert_true(faults.items[i].offset <= 3 * bytes.len); /* a byte becomes at most three in UTF-8 */
        if (i > 0)
            assert_true(faults.items[i - 1].line <= faults.items[i].line);
    }
    if (status == PARSE_OK)
        (void)jms_event_check(event, INT64_C(1500000000) * 1000000, &faults);
    return status;
}

static struct slice with_line_end(struct slice bytes, const char *line_end)
{
    char *text = malloc(bytes.len);
    assert_non_null(text);
    size_t length = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '\r') {
            memcpy(text + length, line_end, strlen(line_end));
            length += strlen(line_end);
        } else if (bytes.ptr[i] != '\n') {
            text[length++] = bytes.ptr[i];
        }
    }
    return slice_from(text, length);
}

/* The required fields of the example end with line 14 (BookingDate). */
#define LAST_REQUIRED_LINE 14

/* A prefix is whole only when it ends at a pair's end, behind the last required field; else more must come. Never invalid:
 * what a sender has written so far is right. */
static void check_prefixes(struct slice bytes)
{
    size_t whole = 0;
    unsigned quotes = 0;
    unsigned lines = 0;
    for (size_t length = 0; length < bytes.len; length++) {
        /* an own copy of just that size, so that a read past it is seen */
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, bytes.ptr, length);
        copy = realloc(copy, length > 0 ? length : 1);
        assert_non_null(copy);
        if (length > 0 && copy[length - 1] == '"')
            lines += ++quotes % 2 == 0;
        bool between = length > 0 && quotes % 2 == 0 &&
                       (copy[length - 1] == '"' || copy[length - 1] == '\r' || copy[length - 1] == '\n');
        struct jms_event event;
        enum parse_status status = parse(slice_from(copy, length), &event);
        if (status != (between && lines >= LAST_REQUIRED_LINE ? PARSE_OK : PARSE_INCOMPLETE))
            fail_msg("the first %lu bytes give status %d", (unsigned long)length, (int)status);
        whole += status == PARSE_OK;
        free(copy);
    }
    assert_true(whole > 0);
}

static void test_every_prefix(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("DEM12345678_0400.ini");
    check_prefixes(bytes);
    struct slice bare = with_line_end(bytes, "\n");
    check_prefixes(bare);
    free_fixture(bare);
    bare = with_line_end(bytes, "\r");
    check_prefixes(bare);
    free_fixture(bare);
    free_fixture(bytes);
}

/* A prefix of a right file is incomplete until all that is required is there, and never invalid. */
static void check_prefixes_are_not_invalid(struct slice bytes)
{
    for (size_t length = 0; length < bytes.len; length++) {
        struct jms_event event;
        enum parse_status status = parse(slice_from(bytes.ptr, length), &event);
        if (status == PARSE_INVALID || (length < bytes.len / 2 && status != PARSE_INCOMPLETE))
            fail_msg("the first %lu bytes give status %d", (unsigned long)length, (int)status);
    }
}

static void test_every_prefix_in_every_encoding(void **state)
{
    (void)state;
    static const char *const files[] = {"encoding-utf8.ini", "encoding-utf8-mark.ini",
                                        "encoding-utf16le-mark.ini", "encoding-utf16be-mark.ini",
                                        "encoding-windows1252.ini"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct slice bytes = load_fixture(files[i]);
        check_prefixes_are_not_invalid(bytes);
        free_fixture(bytes);
    }
    /* A superscript zero: cut after its second byte, which is nothing in Windows-1252 */
    check_prefixes_are_not_invalid(SLICE_LITERAL("DataType=\"PatientLocation\"\nHousing=\"\xE2\x81\xB0\"\n"
                                                 "PatientID=\"P1\"\nBooking=\"1\"\n"));
}

/* The line (from 1) in which each byte lies; a line end belongs to both of its lines. */
static bool is_near(const struct slice bytes, size_t at, uint32_t line)
{
    uint32_t here = 1;
    for (size_t i = 0; i < at; i++)
        here += bytes.ptr[i] == '\n';
    bool line_end = bytes.ptr[at] == '\n' || bytes.ptr[at] == '\r';
    return line == here || (line_end && line == here + 1);
}

static void test_every_change_of_one_byte(void **state)
{
    (void)state;
    struct slice bytes = load_fixture("DEM12345678_0400.ini");
    struct arena keep;
    arena_init(&keep, 0);
    struct jms_settings settings = jms_settings_default();
    struct fault_list faults;
    struct jms_event original;
    fault_list_init(&faults, &keep);
    assert_int_equal(jms_event_parse(bytes, &settings, &keep, &faults, &original), PARSE_OK);
    char *copy = malloc(bytes.len);
    assert_non_null(copy);
    memcpy(copy, bytes.ptr, bytes.len);
    size_t accepted = 0;
    for (size_t at = 0; at < bytes.len; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            struct jms_event event;
            copy[at] = (char)byte;
            if (parse(slice_from(copy, bytes.len), &event) != PARSE_OK)
                continue;
            accepted++;
            for (size_t i = 0; i < JMS_FIELD_COUNT; i++) {
                const struct jms_value *was = &original.fields[i];
                if (!is_near(bytes, at, was->line) && !slice_equal(event.fields[i].text, was->text))
                    fail_msg("byte %u at %lu changes %s", byte, (unsigned long)at,
                             jms_field_rule((enum jms_field)i)->name);
            }
        }
        copy[at] = bytes.ptr[at];
    }
    assert_true(accepted > 10000);
    free(copy);
    arena_release(&keep);
    free_fixture(bytes);
}

/* Memory ends at every possible byte: either the answer is the same as ever, or it is that there is no memory. */
static void test_memory_ends_anywhere(void **state)
{
    (void)state;
    static const char *const files[] = {"DEM12345678_0400.ini", "faults.ini", "encoding-utf16le-mark.ini"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct slice bytes = load_fixture(files[i]);
        struct jms_settings settings = jms_settings_default();
        struct jms_event event;
        enum parse_status right = parse(bytes, &event);
        size_t needed = arena.used;
        for (size_t limit = 1; limit <= needed + 1; limit++) {
            struct arena small;
            struct fault_list faults;
            arena_init(&small, limit);
            fault_list_init(&faults, &small);
            enum parse_status status = jms_event_parse(bytes, &settings, &small, &faults, &event);
            if (status != (limit >= needed ? right : PARSE_NO_MEMORY))
                fail_msg("%s with %lu of %lu bytes: status %d", files[i], (unsigned long)limit,
                         (unsigned long)needed, (int)status);
            (void)touch_event(&event, &faults);
            arena_release(&small);
        }
        free_fixture(bytes);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Lines of the example cut, doubled, swapped and spliced, always in the same way. */
static void test_mixtures(void **state)
{
    (void)state;
    static const char *const files[] = {"DEM12345678_0400.ini", "LOC12345678_0330.ini", "faults.ini",
                                        "encoding-utf8.ini"};
    struct slice parts[4];
    for (size_t i = 0; i < 4; i++)
        parts[i] = load_fixture(files[i]);
    uint32_t seed = 20170620;
    for (size_t round = 0; round < 20000; round++) {
        char text[600];
        size_t length = 0;
        size_t wanted = next_random(&seed) % sizeof text;
        while (length < wanted) {
            struct slice part = parts[next_random(&seed) % 4];
            part = slice_after(part, next_random(&seed) % part.len);
            size_t size = next_random(&seed) % 60;
            size = size > part.len ? part.len : size;
            size = size > wanted - length ? wanted - length : size;
            memcpy(text + length, part.ptr, size);
            length += size;
        }
        struct jms_event event;
        (void)parse(slice_from(text, length), &event);
    }
    for (size_t i = 0; i < 4; i++)
        free_fixture(parts[i]);
}

/* The input ends at the last byte before a page that may not be read: also without a sanitizer no read goes past it. */
#ifdef _WIN32
static void test_at_the_edge_of_a_page(void **state)
{
    (void)state;
    print_message("skipped: the pages are protected by mmap and mprotect; done natively\n");
    skip();
}
#else
static void test_at_the_edge_of_a_page(void **state)
{
    (void)state;
    static const char *const files[] = {
        "DEM12345678_0400.ini",    "LOC12345678_0330.ini",      "faults.ini",
        "encoding-utf8-mark.ini",  "encoding-utf16le-mark.ini", "encoding-utf16be-mark.ini",
        "encoding-windows1252.ini"};
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct slice bytes = load_fixture(files[i]);
        assert_true(bytes.len <= page);
        for (size_t length = 0; length <= bytes.len; length++) {
            struct jms_event event;
            char *start = pages + page - length;
            memcpy(start, bytes.ptr, length);
            (void)parse(slice_from(start, length), &event);
        }
        free_fixture(bytes);
    }
    assert_int_equal(munmap(pages, 2 * page), 0);
}
#endif

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_every_prefix_in_every_encoding),
        cmocka_unit_test(test_every_change_of_one_byte),
        cmocka_unit_test(test_memory_ends_anywhere),
        cmocka_unit_test(test_mixtures),
        cmocka_unit_test(test_at_the_edge_of_a_page),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
