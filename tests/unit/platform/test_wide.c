/* What a path looks like when the wide API gets it. Windows only. */
#include "tests/support/cb_cmocka.h"

#include <stdlib.h>
#include <wchar.h>

#include "platform/wide_win32.h"
#include "tests/support/test_main.h"

static void test_paths(void **state)
{
    static const struct {
        const char *path;
        const wchar_t *wide;
    } cases[] = {
        {"C:\\in\\x.dem", L"\\\\?\\C:\\in\\x.dem"},
        {"C:/in/x.dem", L"\\\\?\\C:\\in\\x.dem"},
        {"C:\\", L"\\\\?\\C:\\"},
        {"C:\\in\\", L"\\\\?\\C:\\in"},
        {"C:\\in\\\\x", L"\\\\?\\C:\\in\\x"},
        {"C:\\in\\dot.", L"\\\\?\\C:\\in\\dot."},
        {"C:\\in\\CON", L"\\\\?\\C:\\in\\CON"},
        {"\\\\server\\share", L"\\\\?\\UNC\\server\\share"},
        {"\\\\server\\share\\", L"\\\\?\\UNC\\server\\share"},
        {"//server/share/in/x", L"\\\\?\\UNC\\server\\share\\in\\x"},
        {"\\\\?\\C:\\in/x", L"\\\\?\\C:\\in/x"},
        {"\\\\?\\UNC\\server\\share", L"\\\\?\\UNC\\server\\share"},
        {"\\\\.\\NUL", L"\\\\.\\NUL"},
        {"in\\x", L"in\\x"},
        {"C:in", L"C:in"},
        {"\\in", L"\\in"},
        {"C:\\\xC3\xA9\xF0\x9F\x98\x80\xED\xA0\x80", L"\\\\?\\C:\\\x00E9\xD83D\xDE00\xD800"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct platform_status status;
        wchar_t *wide = wide_from_path(cases[i].path, &status);
        assert_non_null(wide);
        if (wcscmp(wide, cases[i].wide) != 0)
            fail_msg("'%s' became '%ls', expected '%ls'", cases[i].path, wide, cases[i].wide);
        free(wide);
    }
}

static void test_text(void **state)
{
    struct platform_status status = PLATFORM_SUCCESS;
    (void)state;
    wchar_t *wide = wide_from_text("\xC3\xA9/x", &status);
    assert_non_null(wide);
    assert_int_equal(wcscmp(wide, L"\x00E9/x"), 0);
    char *text = wide_to_text(wide, 2);
    assert_string_equal(text, "\xC3\xA9/");
    free(text);
    free(wide);
    assert_null(wide_from_text("\xFF", &status));
    assert_int_equal(status.kind, PLATFORM_NAME_INVALID);
    status = PLATFORM_SUCCESS;
    assert_null(wide_from_path("C:\\\xC3", &status));
    assert_int_equal(status.kind, PLATFORM_NAME_INVALID);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
