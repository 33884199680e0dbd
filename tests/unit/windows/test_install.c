#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "service/windows/control.h"
#include "service/windows/settings.h"

struct steps {
    char text[8192];
    size_t length;
    int bad, warnings;
};

static void take_step(void *context, enum service_step step, const char *text)
{
    struct steps *steps = context;
    steps->bad += step == SERVICE_STEP_BAD;
    steps->warnings += step == SERVICE_STEP_WARNING;
    int length =
        snprintf(steps->text + steps->length, sizeof steps->text - steps->length, "%d %s\n", (int)step, text);
    assert_true(length > 0 && steps->length + (size_t)length < sizeof steps->text);
    steps->length += (size_t)length;
}

/* A data folder that is there, so that the configuration has a place while CreateDirectory is played. */
static char *data_folder(void)
{
    fake_scm.folder_error = ERROR_ALREADY_EXISTS;
    char *folder = test_temp_dir("install");
    static const char *const below[] = {"database", "logs", "test\\photos", "live\\photos"};
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        char *path = path_join(folder, below[i]);
        assert_int_equal(folder_make(path).kind, PLATFORM_OK);
        free(path);
    }
    return folder;
}

static void a_new_service_is_made_with_all_its_settings(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    char *exe = process_path();
    const struct service_install_options options = {.data_folder = data,
                                                    .start_type = SERVICE_START_AUTOMATIC};
    bool upgraded = true;
    assert_true(service_install(&options, take_step, &steps, &upgraded));
    assert_false(upgraded);
    assert_int_equal(steps.bad, 0);
    char path[1200];
    (void)snprintf(path, sizeof path, "path \"%s\" service --config \"%s\\corbridge.xml\" --data \"%s\"\n",
                   exe, data, data);
    const char *made = strstr(fake_scm_calls(), "create service ");
    assert_non_null(made);
    static const char expected[] =
        "create service CorBridge|CorBridge integration service for CorEMR|access 0xf01ff|type 0x10|start 2|error control 1|"
        "depends on -|account NT SERVICE\\CorBridge|password -\n";
    assert_memory_equal(made, expected, strlen(expected));
    made += strlen(expected);
    assert_memory_equal(made, path, strlen(path));
    assert_non_null(strstr(fake_scm_calls(), "make group CorEMR Database Users\n"));
    assert_non_null(strstr(made, "failure actions flag 1\n"));
    test_temp_remove(data);
    free(exe);
    free(data);
}

static void settings_are_exactly_these(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    settings_apply((SC_HANDLE)(UINT_PTR)0x20, take_step, &steps);
    assert_string_equal(fake_scm_calls(), "description 129 characters\n"
                                          "failure actions reset 86400 s, message -, command -\n"
                                          "  action 1 after 5000 ms\n"
                                          "  action 1 after 30000 ms\n"
                                          "  action 1 after 120000 ms\n"
                                          "failure actions flag 1\n"
                                          "service sid type 1\n"
                                          "preshutdown 90000 ms\n"
                                          "privilege SeChangeNotifyPrivilege\n"
                                          "privilege SeCreateGlobalPrivilege\n");
    assert_int_equal(steps.warnings, 0);
}

static void a_setting_that_the_system_does_not_know_is_a_warning(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    fake_scm.config_2_errors[SERVICE_CONFIG_SERVICE_SID_INFO] = ERROR_INVALID_LEVEL;
    settings_apply((SC_HANDLE)(UINT_PTR)0x20, take_step, &steps);
    assert_int_equal(steps.warnings, 1);
    assert_int_equal(steps.bad, 0);
    assert_non_null(strstr(steps.text, "not set: 124 ("));
    assert_non_null(strstr(fake_scm_calls(), "preshutdown 90000 ms\n")); /* the next ones are still tried */
}

static void account_and_start_type_are_as_told(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    const struct service_install_options options = {.data_folder = data,
                                                    .account = "JAIL\\corbridge",
                                                    .password = "not for any line",
                                                    .database_users = "Writers",
                                                    .start_type = SERVICE_START_MANUAL};
    assert_true(service_install(&options, take_step, &steps, NULL));
    assert_non_null(strstr(fake_scm_calls(), "|start 3|"));
    assert_non_null(strstr(fake_scm_calls(), "|account JAIL\\corbridge|password not for any line\n"));
    assert_non_null(strstr(fake_scm_calls(), "make group Writers\n"));
    assert_null(strstr(steps.text, "not for any line"));
    test_temp_remove(data);
    free(data);
}

static void an_upgrade_changes_only_the_program(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    char *exe = process_path();
    wchar_t command[1200];
    (void)_snwprintf(command, 1200,
                     L"\"C:\\old\\corbridge.exe\" service --config \"%hs\\own.xml\" --data \"%hs\"", data,
                     data);
    fake_scm.installed = true;
    fake_scm.command = command;
    char *config = path_join(data, "own.xml");
    assert_int_equal(file_store(config, "<mine/>", 7).kind, PLATFORM_OK);
    bool upgraded = false;
    const struct service_install_options options = {.data_folder = NULL, .share = "C:\\elsewhere"};
    assert_true(service_install(&options, take_step, &steps, &upgraded));
    assert_true(upgraded);
    const char *calls = fake_scm_calls();
    assert_null(strstr(calls, "create service"));
    assert_null(strstr(calls, "failure actions"));
    const char *changed = strstr(calls, "change config ");
    assert_non_null(changed);
    char expected[2400];
    (void)snprintf(
        expected, sizeof expected,
        "change config type 0xffffffff|start 0xffffffff|error control 0xffffffff|depends on -|account -|password -|"
        "display name -\npath \"%s\" service --config \"%s\\own.xml\" --data \"%s\"\n",
        exe, data, data);
    assert_memory_equal(changed, expected, strlen(expected));
    char *text;
    size_t size;
    assert_int_equal(file_load(config, 100, &text, &size).kind, PLATFORM_OK);
    assert_string_equal(text, "<mine/>");
    free(text);
    free(config);
    free(exe);
    test_temp_remove(data);
    free(data);
}

static void a_folder_of_a_stranger_ends_the_installation(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    fake_scm.owner_sid = L"S-1-5-21-7-7-7-1234";
    const struct service_install_options options = {.data_folder = data};
    assert_false(service_install(&options, take_step, &steps, NULL));
    assert_null(strstr(fake_scm_calls(), "create service"));
    char *config = path_join(data, "corbridge.xml");
    bool exists = true;
    assert_int_equal(file_exists(config, &exists).kind, PLATFORM_OK);
    assert_false(exists);
    free(config);
    test_temp_remove(data);
    free(data);
}

static void without_rights_nothing_is_changed(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    fake_scm.open_manager_error = ERROR_ACCESS_DENIED;
    const struct service_install_options options = {.data_folder = "C:\\corbridge-data"};
    assert_false(service_install(&options, take_step, &steps, NULL));
    assert_null(strstr(fake_scm_calls(), "make folder"));
    assert_non_null(strstr(steps.text, "Run as administrator"));
}

static void marked_for_deletion_says_what_to_close(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    fake_scm.create_error = ERROR_SERVICE_MARKED_FOR_DELETE;
    const struct service_install_options options = {.data_folder = data};
    assert_false(service_install(&options, take_step, &steps, NULL));
    assert_non_null(strstr(steps.text, "close the Services console"));
    test_temp_remove(data);
    free(data);
}

static void uninstall_keeps_data_unless_asked(void **state)
{
    (void)state;
    struct steps steps = {.bad = 0};
    char *data = data_folder();
    char *file = path_join(data, "corbridge.xml");
    assert_int_equal(file_store(file, "<x/>", 4).kind, PLATFORM_OK);
    wchar_t command[1200];
    (void)_snwprintf(command, 1200,
                     L"\"C:\\corbridge.exe\" service --config \"%hs\\corbridge.xml\" --data \"%hs\"", data,
                     data);
    fake_scm.installed = true;
    fake_scm.command = command;
    assert_true(service_uninstall(false, take_step, &steps));
    assert_non_null(strstr(fake_scm_calls(), "delete service\n"));
    bool exists = false;
    assert_int_equal(file_exists(file, &exists).kind, PLATFORM_OK);
    assert_true(exists);
    assert_true(service_uninstall(true, take_step, &steps));
    assert_int_equal(folder_exists(data, &exists).kind, PLATFORM_OK);
    assert_false(exists);
    free(file);
    free(data);
}

int main(void)
{
    test_main_init();
#define CASE(name) cmocka_unit_test_setup_teardown(name, fake_scm_set_up, fake_scm_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_new_service_is_made_with_all_its_settings),
        CASE(settings_are_exactly_these),
        CASE(a_setting_that_the_system_does_not_know_is_a_warning),
        CASE(account_and_start_type_are_as_told),
        CASE(an_upgrade_changes_only_the_program),
        CASE(a_folder_of_a_stranger_ends_the_installation),
        CASE(without_rights_nothing_is_changed),
        CASE(marked_for_deletion_says_what_to_close),
        CASE(uninstall_keeps_data_unless_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
