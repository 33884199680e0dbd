/* The vectorized scan and the plain one give the same places, whatever the length, the alignment and the room. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "parser/hl7_scan.h"

#define SIZE_MOST 700

/* A small generator (xorshift), so that each run sees the same bytes. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* All places, asked for in portions of `room`. */
typedef size_t scan_function(struct slice bytes, size_t *at, struct hl7_needles needles, uint32_t *places,
                             size_t room);

static size_t scan_all(scan_function *scan, struct slice bytes, struct hl7_needles needles, size_t room,
                       uint32_t *places)
{
    size_t at = 0;
    size_t count = 0;
    while (at < bytes.len) {
        size_t found = scan(bytes, &at, needles, places + count, room);
        assert_true(found <= room && at <= bytes.len);
        assert_true(found == room || at == bytes.len);
        count += found;
    }
    return count;
}

/* `bytes` lies at the end of a heap block, so that a step beyond it is seen under AddressSanitizer. */
static void compare(struct slice bytes, struct hl7_needles needles)
{
    static const size_t rooms[] = {1, 7, 63, 64, 65, 130, SIZE_MOST};
    uint32_t expected[SIZE_MOST + 1];
    uint32_t found[SIZE_MOST + 1];
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        if (memchr(needles.bytes, bytes.ptr[i], sizeof needles.bytes) != NULL)
            expected[count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        assert_int_equal(scan_all(hl7_scan_plain, bytes, needles, rooms[i], found), count);
        assert_memory_equal(found, expected, count * sizeof *found);
        assert_int_equal(scan_all(hl7_scan, bytes, needles, rooms[i], found), count);
        assert_memory_equal(found, expected, count * sizeof *found);
    }
    assert_int_equal(hl7_scan_count(bytes, needles.bytes[0]), hl7_scan_count_plain(bytes, needles.bytes[0]));
    assert_int_equal(hl7_scan_high(bytes), hl7_scan_high_plain(bytes));
}

static void test_same_places(void **state)
{
    (void)state;
    uint32_t random = 20240229;
    for (size_t size = 0; size <= SIZE_MOST; size += size < 200 ? 1 : 37) {
        for (int kind = 0; kind < 4; kind++) {
            size_t shift = next_random(&random) % 17;
            char *block = malloc(size + shift + 1);
            assert_non_null(block);
            for (size_t i = 0; i < size + shift; i++) {
                uint32_t value = next_random(&random);
                const char common[] = "|\r\nA";
                block[i] = kind == 0   ? (char)(value >> 8)
                           : kind == 1 ? common[value % 4]
                           : kind == 2 ? '|'
                                       : 'x';
            }
            char *exact = realloc(block, size + shift > 0 ? size + shift : 1);
            assert_non_null(exact);
            struct slice bytes = slice_from(exact + shift, size);
            compare(bytes, HL7_NEEDLES('\r', '\n', '|'));
            compare(bytes, HL7_NEEDLE('|'));
            compare(bytes, HL7_NEEDLE('\x80'));
            free(exact);
        }
    }
}

/* The counters of the vectorized count hold 255 rounds of 16 bytes. */
static void test_count_of_many(void **state)
{
    (void)state;
    const size_t size = 3 * 255 * 16 + 5;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, '~', size);
    assert_int_equal(hl7_scan_count(slice_from(bytes, size), '~'), size);
    assert_int_equal(hl7_scan_count(slice_from(bytes, size), '^'), 0);
    bytes[4000] = (char)0xFF;
    assert_int_equal(hl7_scan_high(slice_from(bytes, size)), 4000);
    free(bytes);
}

static void test_nothing(void **state)
{
    (void)state;
    uint32_t place;
    size_t at = 0;
    assert_int_equal(hl7_scan(SLICE_EMPTY, &at, HL7_NEEDLE('|'), &place, 1), 0);
    assert_int_equal(hl7_scan_count(SLICE_EMPTY, '|'), 0);
    assert_int_equal(hl7_scan_high(SLICE_EMPTY), 0);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_places),
        cmocka_unit_test(test_count_of_many),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
