/* Error numbers become kinds, and numbers with text for people. */
#include "tests/support/cb_cmocka.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/status.h"
#include "tests/support/test_main.h"

struct expectation {
    uint32_t code;
    enum platform_kind kind;
};

#ifdef _WIN32
static const struct expectation expectations[] = {
    {0, PLATFORM_OK},
    {2, PLATFORM_NOT_FOUND},
    {3, PLATFORM_NOT_FOUND},
    {267, PLATFORM_NOT_FOUND},
    {80, PLATFORM_EXISTS},
    {183, PLATFORM_EXISTS},
    {32, PLATFORM_BUSY},
    {33, PLATFORM_BUSY},
    {303, PLATFORM_BUSY},
    {1224, PLATFORM_BUSY},
    {5, PLATFORM_DENIED},
    {19, PLATFORM_DENIED},
    {65, PLATFORM_DENIED},
    {225, PLATFORM_DENIED},
    {1314, PLATFORM_DENIED},
    {39, PLATFORM_FULL},
    {112, PLATFORM_FULL},
    {1295, PLATFORM_FULL},
    {21, PLATFORM_OFFLINE},
    {53, PLATFORM_OFFLINE},
    {55, PLATFORM_OFFLINE},
    {58, PLATFORM_OFFLINE},
    {59, PLATFORM_OFFLINE},
    {64, PLATFORM_OFFLINE},
    {67, PLATFORM_OFFLINE},
    {121, PLATFORM_OFFLINE},
    {1219, PLATFORM_OFFLINE},
    {1231, PLATFORM_OFFLINE},
    {1232, PLATFORM_OFFLINE},
    {1326, PLATFORM_OFFLINE},
    {1909, PLATFORM_OFFLINE},
    {17, PLATFORM_OTHER_VOLUME},
    {258, PLATFORM_TIMEOUT},
    {1460, PLATFORM_TIMEOUT},
    {1, PLATFORM_UNSUPPORTED},
    {50, PLATFORM_UNSUPPORTED},
    {120, PLATFORM_UNSUPPORTED},
    {123, PLATFORM_NAME_INVALID},
    {206, PLATFORM_NAME_INVALID},
    {1113, PLATFORM_NAME_INVALID},
    {223, PLATFORM_TOO_LARGE},
    {8, PLATFORM_NO_MEMORY},
    {14, PLATFORM_NO_MEMORY},
    {1450, PLATFORM_NO_MEMORY},
    {6, PLATFORM_OTHER},
    {87, PLATFORM_OTHER},
    {995, PLATFORM_OTHER},
    {1022, PLATFORM_OTHER},
    {0xFFFFFFFF, PLATFORM_OTHER},
};
static const uint32_t known = 32;
#else
static const struct expectation expectations[] = {
    {0, PLATFORM_OK},
    {ENOENT, PLATFORM_NOT_FOUND},
    {ENOTDIR, PLATFORM_NOT_FOUND},
    {EEXIST, PLATFORM_EXISTS},
    {EAGAIN, PLATFORM_BUSY},
    {ETXTBSY, PLATFORM_BUSY},
    {EACCES, PLATFORM_DENIED},
    {EPERM, PLATFORM_DENIED},
    {EROFS, PLATFORM_DENIED},
    {ENOSPC, PLATFORM_FULL},
    {EDQUOT, PLATFORM_FULL},
    {ENOTCONN, PLATFORM_OFFLINE},
    {EHOSTDOWN, PLATFORM_OFFLINE},
    {ESTALE, PLATFORM_OFFLINE},
    {ETIMEDOUT, PLATFORM_OFFLINE},
    {EXDEV, PLATFORM_OTHER_VOLUME},
    {ENOTSUP, PLATFORM_UNSUPPORTED},
    {ELOOP, PLATFORM_UNSUPPORTED},
    {EILSEQ, PLATFORM_NAME_INVALID},
    {ENAMETOOLONG, PLATFORM_NAME_INVALID},
    {EFBIG, PLATFORM_TOO_LARGE},
    {ENOMEM, PLATFORM_NO_MEMORY},
    {EINVAL, PLATFORM_OTHER},
    {EIO, PLATFORM_OTHER},
    {0xFFFFFFFF, PLATFORM_OTHER},
};
static const uint32_t known = EAGAIN;
#endif

static void test_every_number_has_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++) {
        struct platform_status status = platform_status_from_code(expectations[i].code);
        if (status.kind != expectations[i].kind)
            fail_msg("%lu: kind %d, expected %d", (unsigned long)expectations[i].code, (int)status.kind,
                     (int)expectations[i].kind);
        assert_int_equal(status.code, expectations[i].code);
        assert_int_equal(platform_ok(status), expectations[i].code == 0);
    }
}

/* "NUMBER (text)" on one line, and no full stop before the bracket. */
static void test_text_has_number_and_words(void **state)
{
    char text[300];
    char start[16];
    (void)state;
    platform_status_text(platform_status_from_code(known), text, sizeof text);
    (void)snprintf(start, sizeof start, "%lu (", (unsigned long)known);
    size_t length = strlen(text);
    assert_memory_equal(text, start, strlen(start));
    assert_true(length > strlen(start) + 5);
    assert_int_equal(text[length - 1], ')');
    assert_int_not_equal(text[length - 2], '.');
    assert_int_not_equal(text[length - 2], ' ');
    for (size_t i = 0; i < length; i++)
        assert_true((unsigned char)text[i] >= ' ');
}

static void test_text_of_an_unknown_number(void **state)
{
    char text[300];
    (void)state;
    platform_status_text(platform_status_from_code(0xFFFFFFFF), text, sizeof text);
    assert_memory_equal(text, "4294967295 (", 12);
    platform_status_text((struct platform_status){PLATFORM_CHANGED, 0}, text, sizeof text);
    assert_string_equal(text, "it is no longer what it was when it was looked at");
}

static void test_every_kind_has_words(void **state)
{
    char text[300];
    (void)state;
    for (int kind = PLATFORM_OK; kind <= PLATFORM_OTHER; kind++) {
        platform_status_text((struct platform_status){(enum platform_kind)kind, 0}, text, sizeof text);
        assert_true(strlen(text) > 5);
    }
}

/* Whatever the room, the text ends within it. */
static void test_text_is_cut_to_its_room(void **state)
{
    char text[300];
    (void)state;
    for (size_t size = 0; size < 64; size++) {
        memset(text, '#', sizeof text);
        platform_status_text(platform_status_from_code(known), text, size);
        if (size > 0)
            assert_true(strlen(text) < size);
        for (size_t i = size; i < 64; i++)
            assert_int_equal(text[i], '#');
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_has_its_kind), cmocka_unit_test(test_text_has_number_and_words),
        cmocka_unit_test(test_text_of_an_unknown_number), cmocka_unit_test(test_every_kind_has_words),
        cmocka_unit_test(test_text_is_cut_to_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
