#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/picture.h"
#include "tests/support/pictures.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT UINT64_C(50000000)

static enum picture_verdict read(const unsigned char *bytes, size_t size, struct picture *out)
{
    return picture_read(slice_from(bytes, size), LIMIT, out);
}

static void test_jpeg_and_png_tell_their_size(void **state)
{
    (void)state;
    struct picture picture;
    assert_int_equal(read(picture_jpeg, picture_jpeg_size, &picture), PICTURE_GOOD);
    assert_int_equal(picture.kind, PICTURE_JPEG);
    assert_int_equal(picture.width, 16);
    assert_int_equal(picture.height, 8);
    assert_int_equal(read(picture_png, picture_png_size, &picture), PICTURE_GOOD);
    assert_int_equal(picture.kind, PICTURE_PNG);
    assert_int_equal(picture.width, 12);
    assert_int_equal(picture.height, 10);
    assert_string_equal(picture_kind_name(PICTURE_JPEG), "jpeg");
    assert_string_equal(picture_kind_name(PICTURE_PNG), "png");
}

/* Each beginning is cut and nothing else; each is its own allocation, so that a step past its end is seen by the sanitizer. */
static void every_prefix(const unsigned char *bytes, size_t size)
{
    for (size_t length = 0; length < size; length++) {
        unsigned char *part = malloc(length > 0 ? length : 1);
        assert_non_null(part);
        memcpy(part, bytes, length);
        struct picture picture = {.width = 77};
        assert_int_equal(read(part, length, &picture), PICTURE_CUT);
        assert_int_equal(picture.width, 77);
        free(part);
    }
}

static void test_every_beginning_is_cut(void **state)
{
    (void)state;
    every_prefix(picture_jpeg, picture_jpeg_size);
    every_prefix(picture_png, picture_png_size);
}

static void test_what_follows_the_end_is_allowed(void **state)
{
    (void)state;
    unsigned char bytes[4096];
    struct picture picture;
    memcpy(bytes, picture_jpeg, picture_jpeg_size);
    memset(bytes + picture_jpeg_size, 'x', 100);
    assert_int_equal(read(bytes, picture_jpeg_size + 100, &picture), PICTURE_GOOD);
    memcpy(bytes, picture_png, picture_png_size);
    memset(bytes + picture_png_size, 'x', 100);
    assert_int_equal(read(bytes, picture_png_size + 100, &picture), PICTURE_GOOD);
}

/* Any byte with any value: a verdict, and never a size beyond the limit. */
static void every_byte(const unsigned char *bytes, size_t size)
{
    unsigned char *copy = malloc(size);
    assert_non_null(copy);
    for (size_t at = 0; at < size; at++) {
        memcpy(copy, bytes, size);
        for (unsigned value = 0; value < 256; value++) {
            struct picture picture = {.kind = PICTURE_JPEG};
            copy[at] = (unsigned char)value;
            if (read(copy, size, &picture) == PICTURE_GOOD)
                assert_true((uint64_t)picture.width * picture.height <= LIMIT && picture.width > 0);
        }
    }
    free(copy);
}

static void test_every_value_of_every_byte(void **state)
{
    (void)state;
    every_byte(picture_jpeg, picture_jpeg_size);
    every_byte(picture_png, picture_png_size);
}

static void test_what_is_no_picture(void **state)
{
    (void)state;
    static const char *const others[] = {"GIF89a.......",  "BM..............",      "<html>not found</html>",
                                         "%PDF-1.4\n....", "\x89PNX\r\n\x1a\n....", "RIFF....WEBPVP8 ",
                                         "\xFF\xD8X"};
    struct picture picture;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(picture_read(slice_of(others[i]), LIMIT, &picture), PICTURE_UNKNOWN);
}

static void test_pixels_have_a_limit(void **state)
{
    (void)state;
    struct picture picture;
    struct slice jpeg = slice_from(picture_jpeg, picture_jpeg_size);
    struct slice png = slice_from(picture_png, picture_png_size);
    assert_int_equal(picture_read(jpeg, 16 * 8, &picture), PICTURE_GOOD);
    assert_int_equal(picture_read(jpeg, 16 * 8 - 1, &picture), PICTURE_TOO_LARGE);
    assert_int_equal(picture_read(png, 12 * 10, &picture), PICTURE_GOOD);
    assert_int_equal(picture_read(png, 12 * 10 - 1, &picture), PICTURE_TOO_LARGE);
}

static void test_what_is_damaged(void **state)
{
    (void)state;
    unsigned char bytes[4096];
    struct picture picture;
    static const unsigned char no_scan[] = {0xFF, 0xD8, 0xFF, 0xD9};
    static const unsigned char scan_first[] = {0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0, 0xFF, 0xD9};
    static const unsigned char no_marker[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 'x', 'y'};
    assert_int_equal(read(no_scan, sizeof no_scan, &picture), PICTURE_DAMAGED);
    assert_int_equal(read(scan_first, sizeof scan_first, &picture), PICTURE_DAMAGED);
    assert_int_equal(read(no_marker, sizeof no_marker, &picture), PICTURE_DAMAGED);
    memcpy(bytes, picture_png, picture_png_size);
    bytes[19] ^= 1; /* the width, but not its checksum */
    assert_int_equal(read(bytes, picture_png_size, &picture), PICTURE_DAMAGED);
}

static void test_the_faults_of_a_file(void **state)
{
    (void)state;
    static const struct {
        enum picture_verdict verdict;
        enum parse_status status;
        enum fault_code code;
    } rows[] = {{PICTURE_CUT, PARSE_INCOMPLETE, FAULT_PICTURE_CUT},
                {PICTURE_UNKNOWN, PARSE_INVALID, FAULT_NOT_A_PICTURE},
                {PICTURE_DAMAGED, PARSE_INVALID, FAULT_PICTURE_DAMAGED},
                {PICTURE_TOO_LARGE, PARSE_LIMIT, FAULT_PICTURE_TOO_LARGE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct fault_list faults;
        arena_init(&arena, 0);
        fault_list_init(&faults, &arena);
        assert_int_equal(picture_report(rows[i].verdict, &faults), rows[i].status);
        assert_int_equal(faults.errors, 1);
        assert_int_equal(faults.items[0].code, rows[i].code);
        assert_string_equal(fault_code_name(rows[i].code), picture_verdict_name(rows[i].verdict));
        assert_int_equal(picture_report(PICTURE_GOOD, &faults), PARSE_OK);
        assert_int_equal(faults.count, 1);
        arena_release(&arena);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg_and_png_tell_their_size),
        cmocka_unit_test(test_every_beginning_is_cut),
        cmocka_unit_test(test_what_follows_the_end_is_allowed),
        cmocka_unit_test(test_every_value_of_every_byte),
        cmocka_unit_test(test_what_is_no_picture),
        cmocka_unit_test(test_pixels_have_a_limit),
        cmocka_unit_test(test_what_is_damaged),
        cmocka_unit_test(test_the_faults_of_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
