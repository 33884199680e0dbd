#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/windows/fake_scm.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/windows/rights.h"

#define SERVICE_SID L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

static struct rights_sid sid_of(LPCWSTR text)
{
    struct rights_sid sid;
    PSID made;
    assert_true(ConvertStringSidToSidW(text, &made));
    assert_true(CopySid(sizeof sid, &sid.sid, made));
    LocalFree(made);
    return sid;
}

/* The SID that Windows itself documents for NT SERVICE\TrustedInstaller. */
static void the_service_sid_is_that_of_windows(void **state)
{
    (void)state;
    struct rights_sid sid;
    assert_int_equal(rights_service_sid(L"TrustedInstaller", &sid).kind, PLATFORM_OK);
    LPWSTR text;
    assert_true(ConvertSidToStringSidW(&sid.sid, &text));
    assert_int_equal(wcscmp(text, SERVICE_SID), 0);
    LocalFree(text);
    struct rights_sid other_case;
    assert_int_equal(rights_service_sid(L"trustedINSTALLER", &other_case).kind, PLATFORM_OK);
    assert_true(EqualSid(&sid.sid, &other_case.sid));
}

static void a_folder_of_ours_is_made_closed(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    assert_int_equal(rights_protect_folder("C:\\data", &service, NULL, &result).kind, PLATFORM_OK);
    assert_int_equal(result, RIGHTS_FOLDER_MADE);
    assert_string_equal(
        fake_scm_calls(),
        "make folder \\\\?\\C:\\data\n"
        "  O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-80-956008885-3418522649-1831038044-"
        "1853292631-2271478464)\n");
}

static void one_group_may_change_the_database_folder_and_read_photos(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    struct rights_sid group = sid_of(L"S-1-5-21-1-2-3-1001");
    struct rights_group users = {&group, true};
    wchar_t *sddl = rights_private_sddl(&service, &users);
    assert_non_null(wcsstr(sddl, L"(A;OICI;0x1301bf;;;S-1-5-21-1-2-3-1001)"));
    LocalFree(sddl);
    users.may_change = false;
    sddl = rights_private_sddl(&service, &users);
    assert_non_null(wcsstr(sddl, L"(A;OICI;0x1200a9;;;S-1-5-21-1-2-3-1001)"));
    LocalFree(sddl);
}

static void an_existing_folder_of_administrators_is_closed(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    char *folder = test_temp_dir("rights");
    fake_scm.folder_error = ERROR_ALREADY_EXISTS;
    assert_int_equal(rights_protect_folder(folder, &service, NULL, &result).kind, PLATFORM_OK);
    assert_int_equal(result, RIGHTS_FOLDER_KEPT);
    /* 0x80000005: owner, access list, protected. Type 0 allows; flags 3: files and folders below; 0x1f01ff: all rights. */
    const char *set = strstr(fake_scm_calls(), "set security of ");
    assert_non_null(set);
    assert_non_null(
        strstr(set, " 0x80000005 owner S-1-5-32-544\n"
                    "  type 0 flags 0x3 mask 0x1f01ff S-1-5-18\n"
                    "  type 0 flags 0x3 mask 0x1f01ff S-1-5-32-544\n"
                    "  type 0 flags 0x3 mask 0x1f01ff S-1-5-80-956008885-3418522649-1831038044-1853292631-"
                    "2271478464\n"));
    test_temp_remove(folder);
    free(folder);
}

/* Windows hands a list that is set down to every file below: an upgrade must not do that to an archive of years. */
static void a_folder_that_is_right_is_not_set_again(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    char *folder = test_temp_dir("rights");
    fake_scm.folder_error = ERROR_ALREADY_EXISTS;
    fake_scm.dacl_sddl = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" SERVICE_SID L")";
    assert_int_equal(rights_protect_folder(folder, &service, NULL, &result).kind, PLATFORM_OK);
    assert_int_equal(result, RIGHTS_FOLDER_KEPT);
    assert_null(strstr(fake_scm_calls(), "set security"));
    /* The same entries, but open to what comes from above; and one entry more. */
    static const wchar_t *const not_right[] = {
        L"D:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" SERVICE_SID L")",
        L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" SERVICE_SID L")(A;OICI;FR;;;BU)",
        L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FR;;;" SERVICE_SID L")",
    };
    for (size_t i = 0; i < 3; i++) {
        fake_scm_forget_calls();
        fake_scm.dacl_sddl = not_right[i];
        assert_int_equal(rights_protect_folder(folder, &service, NULL, &result).kind, PLATFORM_OK);
        assert_non_null(strstr(fake_scm_calls(), "set security"));
    }
    test_temp_remove(folder);
    free(folder);
}

static void a_folder_of_a_stranger_is_refused_untouched(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    char *folder = test_temp_dir("rights");
    fake_scm.folder_error = ERROR_ALREADY_EXISTS;
    fake_scm.owner_sid = L"S-1-5-21-7-7-7-1234";
    assert_int_equal(rights_protect_folder(folder, &service, NULL, &result).kind, PLATFORM_OK);
    assert_int_equal(result, RIGHTS_FOLDER_STRANGER);
    assert_null(strstr(fake_scm_calls(), "set security"));
    test_temp_remove(folder);
    free(folder);
}

static void a_link_is_refused_untouched(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    fake_scm.folder_error = ERROR_ALREADY_EXISTS;
    fake_scm.attributes = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT;
    assert_int_equal(rights_protect_folder("C:\\data", &service, NULL, &result).kind, PLATFORM_OK);
    assert_int_equal(result, RIGHTS_FOLDER_LINK);
    assert_null(strstr(fake_scm_calls(), "set security"));
}

static void a_folder_that_cannot_be_made_says_why(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    enum rights_folder result;
    fake_scm.folder_error = ERROR_PATH_NOT_FOUND;
    struct platform_status status = rights_protect_folder("C:\\no\\data", &service, NULL, &result);
    assert_int_equal(status.code, ERROR_PATH_NOT_FOUND);
}

static void a_folder_of_others_gets_two_entries_and_keeps_its_own(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    bool changed;
    fake_scm.dacl_sddl = L"D:(A;OICI;FR;;;BU)";
    assert_int_equal(rights_grant_folder("C:\\share", &service, &changed).kind, PLATFORM_OK);
    assert_true(changed);
    const char *calls = fake_scm_calls();
    /* 4: the access list, and nothing else: not the owner, not the protection. */
    assert_non_null(strstr(calls, "set security of \\\\?\\C:\\share 0x4 owner -\n"));
    /* Modify (0x1301bf) on all below; Change permissions (0x40000) on files only (flags 9: files, not the folder itself). */
    assert_non_null(strstr(calls, "  type 0 flags 0x3 mask 0x1301bf S-1-5-80-956008885-"));
    assert_non_null(strstr(calls, "  type 0 flags 0x9 mask 0x40000 S-1-5-80-956008885-"));
    assert_non_null(strstr(calls, "  type 0 flags 0x3 mask 0x120089 S-1-5-32-545\n"));
}

static void entries_that_are_there_are_not_added_again(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    bool changed = true;
    fake_scm.dacl_sddl = L"D:(A;OICI;0x1301bf;;;" SERVICE_SID L")(A;OIIO;WD;;;" SERVICE_SID L")";
    assert_int_equal(rights_grant_folder("C:\\share", &service, &changed).kind, PLATFORM_OK);
    assert_false(changed);
    assert_null(strstr(fake_scm_calls(), "set security"));
}

static void a_folder_without_any_list_is_left_open(void **state)
{
    (void)state;
    struct rights_sid service = sid_of(SERVICE_SID);
    bool changed = true;
    assert_int_equal(rights_grant_folder("C:\\share", &service, &changed).kind, PLATFORM_OK);
    assert_false(changed);
    assert_null(strstr(fake_scm_calls(), "set security"));
}

static void a_group_that_is_there_is_kept(void **state)
{
    (void)state;
    bool made;
    assert_int_equal(rights_make_group("CorEMR Database Users", "x", &made).kind, PLATFORM_OK);
    assert_true(made);
    fake_scm.group_error = ERROR_ALIAS_EXISTS;
    assert_int_equal(rights_make_group("CorEMR Database Users", "x", &made).kind, PLATFORM_OK);
    assert_false(made);
    fake_scm.group_error = ERROR_ACCESS_DENIED;
    assert_int_equal(rights_make_group("CorEMR Database Users", "x", &made).kind, PLATFORM_DENIED);
}

/* With the real calls, as far as Wine goes: the folder is made, made again, and usable by us. */
static void the_system_takes_what_we_ask(void **state)
{
    (void)state;
    fake_scm_tear_down(NULL);
    struct rights_sid service;
    enum rights_folder result;
    bool changed;
    assert_int_equal(rights_service_sid(L"CorBridge", &service).kind, PLATFORM_OK);
    char *folder = test_temp_dir("rights");
    char path[600];
    (void)snprintf(path, sizeof path, "%s\\data", folder);
    assert_int_equal(rights_protect_folder(path, &service, NULL, &result).code, 0);
    assert_int_equal(result, RIGHTS_FOLDER_MADE);
    assert_int_equal(rights_protect_folder(path, &service, NULL, &result).code, 0);
    assert_int_equal(result, RIGHTS_FOLDER_KEPT);
    assert_int_equal(rights_grant_folder(path, &service, &changed).code, 0);
    test_temp_remove(folder);
    free(folder);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_service_sid_is_that_of_windows),
        cmocka_unit_test_setup_teardown(a_folder_of_ours_is_made_closed, fake_scm_set_up, fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(one_group_may_change_the_database_folder_and_read_photos,
                                        fake_scm_set_up, fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(an_existing_folder_of_administrators_is_closed, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_right_is_not_set_again, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_folder_of_a_stranger_is_refused_untouched, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_link_is_refused_untouched, fake_scm_set_up, fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_says_why, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_folder_of_others_gets_two_entries_and_keeps_its_own,
                                        fake_scm_set_up, fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(entries_that_are_there_are_not_added_again, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_folder_without_any_list_is_left_open, fake_scm_set_up,
                                        fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(a_group_that_is_there_is_kept, fake_scm_set_up, fake_scm_tear_down),
        cmocka_unit_test_setup_teardown(the_system_takes_what_we_ask, fake_scm_set_up, fake_scm_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
