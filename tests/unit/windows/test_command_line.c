#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>

#include "service/windows/command_line.h"

static const char COMMAND[] =
    "\"C:\\Program Files\\CorBridge\\corbridge.exe\" service --config \"C:\\Data Folder\\corbridge.xml\" "
    "--data \"C:\\Data Folder\"";

static void assert_made(char *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

static void every_path_is_quoted(void **state)
{
    (void)state;
    assert_made(command_line_make("C:\\Program Files\\CorBridge\\corbridge.exe",
                                  "C:\\Data Folder\\corbridge.xml", "C:\\Data Folder"),
                COMMAND);
}

static void values_are_found_and_unquoted(void **state)
{
    (void)state;
    assert_made(command_line_value(COMMAND, "--config"), "C:\\Data Folder\\corbridge.xml");
    assert_made(command_line_value(COMMAND, "--data"), "C:\\Data Folder");
    assert_null(command_line_value(COMMAND, "--dat"));
    assert_null(command_line_value(COMMAND, "--data2"));
    assert_null(command_line_value("corbridge.exe service --data", "--data"));
    assert_made(command_line_value("corbridge.exe service --data C:\\x --config y", "--data"), "C:\\x");
}

static void a_new_program_leaves_the_rest_as_it_is(void **state)
{
    (void)state;
    char *command = command_line_with_program(COMMAND, "D:\\New Place\\corbridge.exe");
    assert_made(
        command,
        "\"D:\\New Place\\corbridge.exe\" service --config \"C:\\Data Folder\\corbridge.xml\" --data \"C:\\Data "
        "Folder\"");
    assert_made(command_line_with_program("C:\\old.exe  service  --x", "D:\\a.exe"),
                "\"D:\\a.exe\"  service  --x");
    assert_made(command_line_with_program("\"C:\\no end.exe", "D:\\a.exe"), "\"D:\\a.exe\"");
    assert_made(command_line_with_program("", "D:\\a.exe"), "\"D:\\a.exe\"");
}

static void the_program_is_the_first_word(void **state)
{
    (void)state;
    assert_made(command_line_program(COMMAND), "C:\\Program Files\\CorBridge\\corbridge.exe");
    assert_made(command_line_program("  C:\\a.exe b"), "C:\\a.exe");
    assert_made(command_line_program(""), "");
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_is_quoted),
        cmocka_unit_test(values_are_found_and_unquoted),
        cmocka_unit_test(a_new_program_leaves_the_rest_as_it_is),
        cmocka_unit_test(the_program_is_the_first_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
