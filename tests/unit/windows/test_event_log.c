#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <stdlib.h>
#include <string.h>

#include "service/windows/event_log.h"

static void identifiers_carry_the_severity(void **state)
{
    (void)state;
    assert_int_equal(event_log_identifier(EVENT_STARTED), 0x40000064);
    assert_int_equal(event_log_identifier(EVENT_UNCLEAN_STOP_FOUND), 0x8000006A);
    assert_int_equal(event_log_identifier(EVENT_QUARANTINED), 0xC0000190);
}

static void an_event_is_reported_with_its_inserts(void **state)
{
    (void)state;
    assert_int_equal(event_log_open().kind, PLATFORM_OK);
    event_report(EVENT_FEED_OFFLINE, "j\xC3\xBC", "53 (100% gone: %1)");
    event_report(EVENT_PAUSED);
    event_log_close();
    event_report(EVENT_CONTINUED); /* nobody listens any more */
    assert_string_equal(fake_scm_calls(), "event source - CorBridge\n"
                                          "event type 1 category 0 id 0xc000012c strings 2\n"
                                          "  2: j\xC3\xBC\n"
                                          "  18: 53 (100% gone: %1)\n"
                                          "event type 4 category 0 id 0x40000068 strings 0\n"
                                          "event source closed\n");
}

static void a_text_that_windows_would_refuse_is_cut(void **state)
{
    (void)state;
    char *text = malloc(40001);
    memset(text, 'x', 40000);
    text[40000] = '\0';
    assert_int_equal(event_log_open().kind, PLATFORM_OK);
    event_report(EVENT_START_FAILED, text);
    event_log_close();
    assert_non_null(strstr(fake_scm_calls(), "  31839: "));
    free(text);
}

static void the_source_is_registered_and_removed(void **state)
{
    (void)state;
    static const wchar_t key[] = L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\CorBridge";
    wchar_t file[100];
    DWORD types = 0;
    DWORD size = sizeof file;
    assert_int_equal(event_log_register("C:\\Program Files\\CorBridge\\corbridge.exe").code, 0);
    assert_int_equal(RegGetValueW(HKEY_LOCAL_MACHINE, key, L"EventMessageFile", RRF_RT_ANY | RRF_NOEXPAND,
                                  NULL, file, &size),
                     0);
    assert_int_equal(wcscmp(file, L"C:\\Program Files\\CorBridge\\corbridge.exe"), 0);
    size = sizeof types;
    assert_int_equal(
        RegGetValueW(HKEY_LOCAL_MACHINE, key, L"TypesSupported", RRF_RT_REG_DWORD, NULL, &types, &size), 0);
    assert_int_equal(types, 7);
    assert_int_equal(event_log_unregister().code, 0);
    HKEY gone;
    assert_int_equal(RegOpenKeyExW(HKEY_LOCAL_MACHINE, key, 0, KEY_READ, &gone), ERROR_FILE_NOT_FOUND);
    assert_int_equal(event_log_unregister().kind, PLATFORM_OK);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_carry_the_severity),
        cmocka_unit_test_setup_teardown(an_event_is_reported_with_its_inserts, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_text_that_windows_would_refuse_is_cut, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test(the_source_is_registered_and_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
