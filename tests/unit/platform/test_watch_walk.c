/*
 * FILE_NOTIFY_INFORMATION buffers, good and hostile. The buffer ends at a page that may not be touched: reading one byte
 * too many ends the test.
 */
#include "tests/support/cb_cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "platform/watch.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/mman.h>
#endif

enum {
    PAGE = 65536
};

/* Where accessible memory ends. */
static unsigned char *fence;

static int set_up_fence(void **state)
{
    (void)state;
#ifdef _WIN32
    unsigned char *pages = VirtualAlloc(NULL, 2 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    if (pages == NULL || VirtualAlloc(pages, PAGE, MEM_COMMIT, PAGE_READWRITE) == NULL)
        return -1;
#else
    unsigned char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0)
        return -1;
#endif
    fence = pages + PAGE;
    return 0;
}

static int take_down_fence(void **state)
{
    (void)state;
#ifdef _WIN32
    return VirtualFree(fence - PAGE, 0, MEM_RELEASE) ? 0 : -1;
#else
    return munmap(fence - PAGE, 2 * PAGE);
#endif
}

struct names {
    unsigned count;
    char text[512]; /* the names, each followed by ';' */
};

static void collect(void *context, const char *name)
{
    struct names *names = context;
    size_t used = strlen(names->text);
    size_t length = strlen(name);
    assert_in_range(length, 1, 255 * 3);
    names->count++;
    if (used + length + 2 <= sizeof names->text) {
        memcpy(names->text + used, name, length);
        memcpy(names->text + used + length, ";", 2);
    }
}

/* Puts one record at `at` and returns its size, a multiple of 4. */
static size_t put_record(unsigned char *at, uint32_t action, const uint16_t *name, size_t units, bool last)
{
    uint32_t name_size = (uint32_t)(units * 2);
    uint32_t size = (12 + name_size + 3) & ~3u;
    uint32_t next = last ? 0 : size;
    memset(at, 0, size);
    memcpy(at, &next, 4);
    memcpy(at + 4, &action, 4);
    memcpy(at + 8, &name_size, 4);
    memcpy(at + 12, name, name_size);
    return size;
}

static const uint16_t name_a[] = {'a', '.', 'd', 'e', 'm'};
static const uint16_t name_e[] = {0xE9, 't', 0xE9};
static const uint16_t name_smile[] = {0xD83D, 0xDE00};

/* Three records, as a rename and a creation make them. */
static size_t three_records(unsigned char *at)
{
    size_t size = put_record(at, 4, name_a, 5, false);
    size += put_record(at + size, 5, name_e, 3, false);
    return size + put_record(at + size, 1, name_smile, 2, true);
}

static size_t walk(const unsigned char *bytes, size_t size, struct names *names)
{
    memset(names, 0, sizeof *names);
    memmove(fence - size, bytes, size);
    return watch_walk_notifications(fence - size, size, collect, names);
}

static void test_good_buffer(void **state)
{
    unsigned char bytes[128];
    struct names names;
    (void)state;
    size_t size = three_records(bytes);
    assert_int_equal(walk(bytes, size, &names), 3);
    assert_string_equal(names.text, "a.dem;\xC3\xA9t\xC3\xA9;\xF0\x9F\x98\x80;");
    assert_int_equal(watch_walk_notifications(bytes, size, NULL, NULL), 3);
}

static void test_nothing(void **state)
{
    struct names names;
    (void)state;
    assert_int_equal(walk((const unsigned char *)"", 0, &names), 0);
    assert_int_equal(watch_walk_notifications(NULL, 0, collect, &names), 0);
    assert_int_equal(names.count, 0);
}

/* Cut anywhere: the records before the cut are told, the others not. */
static void test_every_truncation(void **state)
{
    unsigned char bytes[128];
    struct names names;
    (void)state;
    size_t size = three_records(bytes);
    for (size_t cut = 0; cut < size; cut++) {
        size_t records = walk(bytes, cut, &names);
        assert_int_equal(records, names.count);
        /* 24 and 20 bytes, the third has 16 of which the name ends at the last. */
        assert_int_equal(records, cut < 24 ? 0 : cut < 24 + 20 ? 1 : 2);
    }
}

static void test_every_single_byte_changed(void **state)
{
    unsigned char bytes[128];
    struct names names;
    (void)state;
    size_t size = three_records(bytes);
    for (size_t at = 0; at < size; at++) {
        unsigned char kept = bytes[at];
        for (unsigned value = 0; value < 256; value++) {
            bytes[at] = (unsigned char)value;
            size_t records = walk(bytes, size, &names);
            assert_true(names.count <= records);
            assert_true(records <= size / 12);
        }
        bytes[at] = kept;
    }
}

static void test_random_bytes(void **state)
{
    unsigned char bytes[96];
    struct names names;
    (void)state;
    srand(1);
    for (int round = 0; round < 100000; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            /* Mostly small numbers, so that offsets and lengths are often nearly right. */
            bytes[i] = (unsigned char)(rand() % 4 ? 0 : rand() % 40);
        }
        (void)walk(bytes, (size_t)rand() % sizeof bytes, &names);
        assert_true(names.count <= sizeof bytes / 12);
    }
}

static void set_number(unsigned char *at, uint32_t number)
{
    memcpy(at, &number, sizeof number);
}

static void test_lies(void **state)
{
    static const uint32_t large[] = {0x7FFFFFFE, 0x7FFFFFFC, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFE};
    unsigned char bytes[128];
    struct names names;
    (void)state;
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        size_t size = three_records(bytes);
        set_number(bytes, large[i]); /* next record */
        assert_int_equal(walk(bytes, size, &names), 0);
        size = three_records(bytes);
        set_number(bytes + 8, large[i]); /* length of the name */
        assert_int_equal(walk(bytes, size, &names), 0);
    }
    size_t size = three_records(bytes);
    set_number(bytes + 8, 9); /* half a unit */
    assert_int_equal(walk(bytes, size, &names), 0);
    size = three_records(bytes);
    set_number(bytes, 12); /* the next record inside this one's name */
    assert_int_equal(walk(bytes, size, &names), 0);
    size = three_records(bytes);
    set_number(bytes, 4); /* a circle that never ends, if it were followed */
    assert_int_equal(walk(bytes, size, &names), 0);
}

/* What can be no name in the folder is counted and not told. */
static void test_names_that_are_none(void **state)
{
    static const uint16_t with_nul[] = {'a', 0, 'b'};
    static uint16_t too_long[256];
    unsigned char bytes[1024];
    struct names names;
    (void)state;
    for (size_t i = 0; i < 256; i++)
        too_long[i] = 0x4E2D;
    assert_int_equal(walk(bytes, put_record(bytes, 1, with_nul, 3, true), &names), 1);
    assert_int_equal(names.count, 0);
    assert_int_equal(walk(bytes, put_record(bytes, 1, with_nul, 0, true), &names), 1);
    assert_int_equal(names.count, 0);
    assert_int_equal(walk(bytes, put_record(bytes, 1, too_long, 256, true), &names), 1);
    assert_int_equal(names.count, 0);
    assert_int_equal(walk(bytes, put_record(bytes, 1, too_long, 255, true), &names), 1);
    assert_int_equal(names.count, 1);
}

static void test_single_surrogate(void **state)
{
    static const uint16_t single[] = {'x', 0xD800};
    unsigned char bytes[32];
    struct names names;
    (void)state;
    assert_int_equal(walk(bytes, put_record(bytes, 1, single, 2, true), &names), 1);
    assert_string_equal(names.text, "x\xED\xA0\x80;");
}

static void test_both_faces_of_an_overflow(void **state)
{
    (void)state;
    assert_int_equal(watch_result_of(0, 0), WATCH_OVERFLOW);    /* success, and nothing in the buffer */
    assert_int_equal(watch_result_of(1022, 0), WATCH_OVERFLOW); /* ERROR_NOTIFY_ENUM_DIR */
    assert_int_equal(watch_result_of(1022, 64), WATCH_OVERFLOW);
    assert_int_equal(watch_result_of(0, 16), WATCH_DIRTY);
    assert_int_equal(watch_result_of(0, 65536), WATCH_DIRTY);
    assert_int_equal(watch_result_of(995, 0), WATCH_LOST); /* ERROR_OPERATION_ABORTED */
    assert_int_equal(watch_result_of(64, 0), WATCH_LOST);  /* ERROR_NETNAME_DELETED */
    assert_int_equal(watch_result_of(5, 16), WATCH_LOST);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_buffer),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_single_byte_changed),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_names_that_are_none),
        cmocka_unit_test(test_single_surrogate),
        cmocka_unit_test(test_both_faces_of_an_overflow),
    };
    return cmocka_run_group_tests(tests, set_up_fence, take_down_fence);
}
