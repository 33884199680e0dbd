#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <string.h>

#include "parser/hl7_path.h"

static void test_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct hl7_path path;
    } cases[] = {
        {"PID", {"PID", 0, 0, 0, 0, 0}},
        {"OBX[3]", {"OBX", 3, 0, 0, 0, 0}},
        {"MSH-9", {"MSH", 0, 9, 0, 0, 0}},
        {"OBX[3]-5.2", {"OBX", 3, 5, 0, 2, 0}},
        {"PID-3[2].4.1", {"PID", 0, 3, 2, 4, 1}},
        {"PID-3[2]", {"PID", 0, 3, 2, 0, 0}},
        {"ZA1[12]-123[4].56.7", {"ZA1", 12, 123, 4, 56, 7}},
        {"Z00[4294967295]-4294967295[4294967295].4294967295.4294967295",
         {"Z00", UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hl7_path path;
        char text[HL7_PATH_TEXT];
        assert_true(hl7_path_parse(slice_of(cases[i].text), &path));
        assert_memory_equal(&path, &cases[i].path, sizeof path);
        assert_int_equal(hl7_path_format(&path, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",           "PI",      "pid",      "1ID",     "PIDX",           "PID-",
        "PID-0",      "PID-05",  "PID[0]-1", "PID[-1]", "PID[]-1",        "PID[1-1",
        "PID-1.",     "PID-1.0", "PID-1.1.", "PID-1[2", "PID-1.1.1.1",    "PID.1",
        "PID-1[2]3",  " PID",    "PID ",     "PID-1 ",  "PID-4294967296", "PID--1",
        "PID-1.1[2]",
    };
    struct hl7_path path = {.field = 77};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_false(hl7_path_parse(slice_of(cases[i]), &path));
    assert_int_equal(path.field, 77);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_written),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
