#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <stdlib.h>

#include "service/windows/service_path.h"

static void assert_path(const char *path, const char *expected)
{
    char *made = service_path(path);
    assert_non_null(made);
    assert_string_equal(made, expected);
    free(made);
}

static void a_local_folder_stays_as_it_is(void **state)
{
    (void)state;
    fake_scm.substitute = L"\\Device\\HarddiskVolume2";
    assert_path("D:\\jail\\in", "D:\\jail\\in");
}

static void a_share_of_another_server_stays_as_it_is(void **state)
{
    (void)state;
    fake_scm.share_path = L"D:\\jail";
    assert_path("\\\\server\\share\\in", "\\\\server\\share\\in");
    assert_path("\\\\jail12\\share\\in", "\\\\jail12\\share\\in");
    assert_string_equal(fake_scm_calls(), ""); /* no share of this machine was asked about */
}

static void a_substituted_letter_is_the_folder_behind_it(void **state)
{
    (void)state;
    fake_scm.substitute = L"\\??\\D:\\jail";
    assert_path("S:\\in", "D:\\jail\\in");
    assert_path("S:\\", "D:\\jail");
    assert_path("S:", "D:\\jail");
    fake_scm.substitute = L"\\??\\UNC\\server\\share";
    assert_path("S:\\in", "S:\\in");
}

static void a_share_of_this_server_is_the_folder_behind_it(void **state)
{
    (void)state;
    fake_scm.share_path = L"D:\\jail";
    assert_path("\\\\JAIL1\\share\\in", "D:\\jail\\in");
    assert_path("\\\\jail1.county.example\\share", "D:\\jail");
    assert_path("\\\\localhost\\share\\a\\b", "D:\\jail\\a\\b");
    fake_scm.share_path = NULL;
    assert_path("\\\\JAIL1\\share\\in", "\\\\JAIL1\\share\\in");
}

static void what_is_no_share_is_left_alone(void **state)
{
    (void)state;
    fake_scm.share_path = L"D:\\jail";
    assert_path("\\\\JAIL1", "\\\\JAIL1");
    assert_path("\\\\?\\C:\\x", "\\\\?\\C:\\x");
    assert_path("", "");
}

int main(void)
{
    test_main_init();
#define CASE(name) cmocka_unit_test_setup_teardown(name, fake_scm_set_up, fake_scm_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_local_folder_stays_as_it_is),
        CASE(a_share_of_another_server_stays_as_it_is),
        CASE(a_substituted_letter_is_the_folder_behind_it),
        CASE(a_share_of_this_server_is_the_folder_behind_it),
        CASE(what_is_no_share_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
