#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "service/windows/control.h"

static void a_missing_service_is_absent(void **state)
{
    (void)state;
    struct service_status status;
    assert_int_equal(service_control_query(&status).kind, PLATFORM_OK);
    assert_int_equal(status.state, SERVICE_STATE_ABSENT);
    assert_string_equal(fake_scm_calls(), "open manager - - 0x1\nopen service CorBridge 0x4\n");
    struct platform_status started = service_start_wait(1000, &status);
    assert_int_equal(started.kind, PLATFORM_NOT_FOUND);
    assert_int_equal(started.code, ERROR_SERVICE_DOES_NOT_EXIST);
}

static void exit_codes_are_told(void **state)
{
    (void)state;
    struct service_status status;
    fake_scm.installed = true;
    fake_scm.win32_exit = ERROR_SERVICE_SPECIFIC_ERROR;
    fake_scm.specific_exit = SERVICE_EXIT_LOCKED;
    assert_int_equal(service_control_query(&status).kind, PLATFORM_OK);
    assert_int_equal(status.state, SERVICE_STATE_STOPPED);
    assert_int_equal(status.win32_exit, 1066);
    assert_int_equal(status.specific_exit, 21);
}

static void start_waits_for_running(void **state)
{
    (void)state;
    struct service_status status;
    fake_scm.installed = true;
    fake_scm.states[0] = SERVICE_START_PENDING;
    fake_scm.states[1] = SERVICE_START_PENDING;
    fake_scm.states[2] = SERVICE_RUNNING;
    assert_int_equal(service_start_wait(10000, &status).kind, PLATFORM_OK);
    assert_int_equal(status.state, SERVICE_STATE_RUNNING);
    assert_string_equal(fake_scm_calls(),
                        "open manager - - 0x1\nopen service CorBridge 0x14\nstart service 0 -\n"
                        "query state 2\nquery state 2\nquery state 4\n");
}

static void a_start_that_fails_says_so_at_once(void **state)
{
    (void)state;
    struct service_status status;
    fake_scm.installed = true;
    fake_scm.states[0] = SERVICE_START_PENDING;
    fake_scm.states[1] = SERVICE_STOPPED;
    fake_scm.win32_exit = ERROR_SERVICE_SPECIFIC_ERROR;
    fake_scm.specific_exit = SERVICE_EXIT_CONFIGURATION;
    assert_int_equal(service_start_wait(60000, &status).code, ERROR_SERVICE_SPECIFIC_ERROR);
    assert_int_equal(status.specific_exit, SERVICE_EXIT_CONFIGURATION);
}

static void a_start_that_hangs_runs_out_of_time(void **state)
{
    (void)state;
    struct service_status status;
    fake_scm.installed = true;
    fake_scm.states[0] = SERVICE_START_PENDING;
    assert_int_equal(service_start_wait(0, &status).kind, PLATFORM_TIMEOUT);
    assert_int_equal(status.state, SERVICE_STATE_START_PENDING);
}

static void stop_waits_for_stopped(void **state)
{
    (void)state;
    struct service_status status;
    fake_scm.installed = true;
    fake_scm.states[0] = SERVICE_RUNNING;
    fake_scm.states[1] = SERVICE_STOP_PENDING;
    fake_scm.states[2] = SERVICE_STOPPED;
    assert_int_equal(service_stop_wait(10000, &status).kind, PLATFORM_OK);
    assert_int_equal(status.state, SERVICE_STATE_STOPPED);
    assert_string_equal(fake_scm_calls(),
                        "open manager - - 0x1\nopen service CorBridge 0x24\nquery state 4\ncontrol 1\n"
                        "query state 3\nquery state 1\n");
}

static void stop_of_a_starting_service_waits_until_it_listens(void **state)
{
    (void)state;
    fake_scm.installed = true;
    fake_scm.states[0] = SERVICE_START_PENDING;
    fake_scm.states[1] = SERVICE_STOPPED;
    fake_scm.control_error = ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    assert_int_equal(service_stop_wait(10000, NULL).kind, PLATFORM_OK);
}

static void work_is_control_128(void **state)
{
    (void)state;
    fake_scm.installed = true;
    assert_int_equal(service_control_work().kind, PLATFORM_OK);
    assert_string_equal(fake_scm_calls(),
                        "open manager - - 0x1\nopen service CorBridge 0x100\ncontrol 128\n");
    fake_scm.control_error = ERROR_SERVICE_NOT_ACTIVE;
    assert_int_equal(service_control_work().code, ERROR_SERVICE_NOT_ACTIVE);
}

/* A stopped service is started with the argument only; nothing answers here, so the time runs out. */
static void check_of_a_stopped_service_starts_it_for_that(void **state)
{
    (void)state;
    char *folder = test_temp_dir("control");
    char *old = path_join(folder, SERVICE_CHECK_ANSWER);
    assert_int_equal(file_store(old, "an old answer", 13).kind, PLATFORM_OK);
    fake_scm.installed = true;
    fake_scm.control_error = ERROR_SERVICE_NOT_ACTIVE;
    char *answer;
    assert_int_equal(service_control_check(folder, 0, &answer).kind, PLATFORM_TIMEOUT);
    assert_null(answer);
    assert_non_null(strstr(fake_scm_calls(), "control 129\n"));
    assert_non_null(strstr(fake_scm_calls(), "start service 1 check\n"));
    test_temp_remove(folder);
    free(old);
    free(folder);
}

static void the_configuration_is_that_of_the_start_command(void **state)
{
    (void)state;
    fake_scm.installed = true;
    fake_scm.command = L"\"C:\\x.exe\" service --config \"D:\\My Data\\c.xml\" --data \"D:\\My Data\"";
    char *path = service_config_path();
    assert_string_equal(path, "D:\\My Data\\c.xml");
    free(path);
    fake_scm.installed = false;
    path = service_config_path();
    char *folder = service_default_data_folder();
    assert_non_null(strstr(folder, "\\CorBridge"));
    assert_true(strncmp(path, folder, strlen(folder)) == 0);
    assert_string_equal(path + strlen(folder), "\\corbridge.xml");
    free(folder);
    free(path);
}

int main(void)
{
    test_main_init();
#define CASE(name) cmocka_unit_test_setup_teardown(name, fake_scm_set_up, fake_scm_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_missing_service_is_absent),
        CASE(exit_codes_are_told),
        CASE(start_waits_for_running),
        CASE(a_start_that_fails_says_so_at_once),
        CASE(a_start_that_hangs_runs_out_of_time),
        CASE(stop_waits_for_stopped),
        CASE(stop_of_a_starting_service_waits_until_it_listens),
        CASE(work_is_control_128),
        CASE(check_of_a_stopped_service_starts_it_for_that),
        CASE(the_configuration_is_that_of_the_start_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
