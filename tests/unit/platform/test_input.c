/* The standard input: byte for byte, whatever is in it. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/input.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

/* input_read_all with the standard input led from a file; NULL: with none at all. */
static struct platform_status read_from(const char *path, size_t limit, char **bytes, size_t *size)
{
#ifdef _WIN32
    HANDLE before = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE file = NULL;
    if (path != NULL) {
        wchar_t wide[512];
        assert_true(MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 512) > 0);
        file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        assert_true(file != INVALID_HANDLE_VALUE);
    }
    (void)SetStdHandle(STD_INPUT_HANDLE, file);
    struct platform_status status = input_read_all(limit, bytes, size);
    (void)SetStdHandle(STD_INPUT_HANDLE, before);
    if (file != NULL)
        (void)CloseHandle(file);
#else
    int before = dup(STDIN_FILENO);
    assert_true(before >= 0);
    (void)close(STDIN_FILENO);
    if (path != NULL)
        assert_int_equal(open(path, O_RDONLY), STDIN_FILENO);
    struct platform_status status = input_read_all(limit, bytes, size);
    (void)dup2(before, STDIN_FILENO);
    (void)close(before);
#endif
    return status;
}

static void test_bytes_as_they_are(void **state)
{
    const char *path = scene_path(state, "in");
    static const char text[] = "MSH|\r\nPID|\xC3\xA9\n\x1A\0end\r";
    char *bytes = NULL;
    size_t size = 0;
    assert_ok(file_store(path, text, sizeof text - 1));
    assert_ok(read_from(path, 1000, &bytes, &size));
    assert_int_equal(size, sizeof text - 1);
    assert_memory_equal(bytes, text, sizeof text); /* with the NUL behind it */
    free(bytes);
}

static void test_large(void **state)
{
    const char *path = scene_path(state, "in");
    const size_t whole = 1500001;
    char *text = malloc(whole);
    char *bytes = NULL;
    size_t size = 0;
    assert_non_null(text);
    for (size_t i = 0; i < whole; i++)
        text[i] = (char)(i * 7 + i / 251);
    assert_ok(file_store(path, text, whole));
    assert_ok(read_from(path, whole, &bytes, &size));
    assert_int_equal(size, whole);
    assert_memory_equal(bytes, text, whole);
    free(bytes);
    assert_kind(read_from(path, whole - 1, &bytes, &size), PLATFORM_TOO_LARGE);
    assert_null(bytes);
    free(text);
}

static void test_nothing(void **state)
{
    const char *path = scene_path(state, "in");
    char *bytes = NULL;
    size_t size = 1;
    assert_ok(file_store(path, "", 0));
    assert_ok(read_from(path, 1000, &bytes, &size));
    assert_int_equal(size, 0);
    assert_string_equal(bytes, "");
    free(bytes);
    assert_ok(read_from(NULL, 1000, &bytes, &size)); /* a service and a closed stream have none */
    assert_int_equal(size, 0);
    free(bytes);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bytes_as_they_are, scene_enter, scene_leave),
        cmocka_unit_test_setup_teardown(test_large, scene_enter, scene_leave),
        cmocka_unit_test_setup_teardown(test_nothing, scene_enter, scene_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
