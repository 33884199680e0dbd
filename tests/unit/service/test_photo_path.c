/* What a PhotoPath may say: the rules of Windows, as text, on every system. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/photo/photo_path.h"
#include "service/photo/photo_reason.h"

static void test_what_is_never_opened(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        ".",
        "..",
        "../a.jpg",
        "..\\a.jpg",
        "a\\..\\b.jpg",
        "a/../b.jpg",
        "a/./b.jpg",
        "photos//a.jpg",
        "photos\\\\a.jpg",
        "photos/",
        "photos\\",
        "a.jpg.",
        "a.jpg ",
        "photos /a.jpg",
        "photos./a.jpg",
        "... ",
        "CON",
        "con.jpg",
        "NUL",
        "nul.tar.gz",
        "Aux.jpg",
        "PRN",
        "COM1",
        "com9.jpg",
        "COM0",
        "LPT1.jpg",
        "LPT\xC2\xB9.jpg",
        "COM\xC2\xB3",
        "CONIN$",
        "conout$.jpg",
        "con .jpg",
        "photos\\COM3\\a.jpg",
        "a.jpg:stream",
        "a.jpg::$DATA",
        "photos:x\\a.jpg",
        "C:a.jpg",
        "C:",
        "C:\\",
        "C:\\..\\a.jpg",
        "C:\\a\\nul",
        "CC:\\a.jpg",
        "\\a.jpg",
        "\\",
        "\\\\",
        "\\\\server",
        "\\\\server\\share",
        "\\\\server\\share\\",
        "\\\\server\\share\\..\\other\\a.jpg",
        "\\\\?\\C:\\a.jpg",
        "\\\\.\\C:\\a.jpg",
        "\\\\.\\pipe\\x",
        "//./a/b",
        "//?/C:/a.jpg",
        "\\\\?\\UNC\\server\\share\\a.jpg",
        "/",
        "/../etc/a.jpg",
        "a*.jpg",
        "a?.jpg",
        "a<b.jpg",
        "a>b.jpg",
        "a|b.jpg",
        "a\"b.jpg",
        "a\tb.jpg",
        "a\x01.jpg",
        "a\x7F.jpg",
        "ftp://host/a.jpg",
        "file:///c:/a.jpg",
        "gopher://host/a.jpg",
        "javascript:a",
        "data:image/png;base64,AAAA",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (photo_path_judge(refused[i]) != PHOTO_PLACE_REFUSED)
            fail_msg("'%s' is not refused", refused[i]);
}

static void test_what_may_be(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum photo_place place;
    } good[] = {
        {"a.jpg", PHOTO_PLACE_RELATIVE},
        {"2026/11/a.jpg", PHOTO_PLACE_RELATIVE},
        {"photos\\a b.jpg", PHOTO_PLACE_RELATIVE},
        {".hidden.jpg", PHOTO_PLACE_RELATIVE},
        {"Mu\xC3\xB1oz.jpg", PHOTO_PLACE_RELATIVE},
        {"CONTACT.jpg", PHOTO_PLACE_RELATIVE},
        {"COM10.jpg", PHOTO_PLACE_RELATIVE},
        {"COMX.jpg", PHOTO_PLACE_RELATIVE},
        {"nulls/a.jpg", PHOTO_PLACE_RELATIVE},
        {"a..b.jpg", PHOTO_PLACE_RELATIVE},
        {"D:\\photos\\a.jpg", PHOTO_PLACE_DRIVE},
        {"d:/photos/a.jpg", PHOTO_PLACE_DRIVE},
        {"\\\\server\\share\\a.jpg", PHOTO_PLACE_SHARE},
        {"//server/share/a.jpg", PHOTO_PLACE_SHARE},
        {"/srv/photos/a.jpg", PHOTO_PLACE_ROOTED},
        {"http://host/a.jpg", PHOTO_PLACE_URL},
        {"HTTPS://host:8443/a.jpg?x=1", PHOTO_PLACE_URL},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (photo_path_judge(good[i].path) != good[i].place)
            fail_msg("'%s' is %d", good[i].path, (int)photo_path_judge(good[i].path));
}

/* `below` with / for the separators of this system; NULL: not below. */
static void assert_below(const char *path, const char *root, const char *below)
{
    bool no_memory;
    char *found = photo_path_below(path, root, &no_memory);
    assert_false(no_memory);
    if ((found == NULL) != (below == NULL))
        fail_msg("'%s' below '%s': %s", path, root, found != NULL ? found : "no");
    for (char *p = found; p != NULL && *p != '\0'; p++)
        if (*p == PATH_SEPARATOR)
            *p = '/';
    if (found != NULL)
        assert_string_equal(found, below);
    free(found);
}

static void test_below_a_root(void **state)
{
    (void)state;
    assert_below("a.jpg", "/srv/photos", "a.jpg");
    assert_below("x\\a.jpg", "D:\\photos", "x/a.jpg");
    assert_below("/srv/photos/x/a.jpg", "/srv/photos", "x/a.jpg");
    assert_below("/srv/photos/a.jpg", "/srv/photos/", "a.jpg");
    assert_below("/srv/photosx/a.jpg", "/srv/photos", NULL);
    assert_below("/srv/photo/a.jpg", "/srv/photos", NULL);
    assert_below("/srv/photos", "/srv/photos", NULL);
    assert_below("/srv/a.jpg", "/srv/photos", NULL);
    assert_below("D:\\photos\\x\\a.jpg", "D:\\photos", "x/a.jpg");
    assert_below("D:/photos/a.jpg", "D:\\photos\\", "a.jpg");
    assert_below("E:\\photos\\a.jpg", "D:\\photos", NULL);
    assert_below("D:\\a.jpg", "D:\\", "a.jpg");
    assert_below("D:\\photos\\a.jpg", "\\\\?\\D:\\photos", "a.jpg");
    assert_below("\\\\srv\\share\\p\\a.jpg", "\\\\srv\\share\\p", "a.jpg");
    assert_below("\\\\srv\\share\\p\\a.jpg", "\\\\?\\UNC\\srv\\share", "p/a.jpg");
    assert_below("\\\\srv\\other\\a.jpg", "\\\\srv\\share", NULL);
    assert_below("\\\\other\\share\\a.jpg", "\\\\srv\\share", NULL);
    assert_below("\\\\srv\\share\\a.jpg", "/srv/share", NULL); /* another kind of path */
    assert_below("D:\\photos\\a.jpg", "\\\\?\\UNC\\D:\\photos", NULL);
    assert_below("http://srv/a.jpg", "/srv", NULL);
    assert_below("../a.jpg", "/srv", NULL);
#ifdef _WIN32
    assert_below("d:\\PHOTOS\\a.JPG", "D:\\photos", "a.JPG");
#else
    assert_below("/SRV/photos/a.jpg", "/srv/photos", NULL);
#endif
}

static void test_each_reason_has_a_sentence(void **state)
{
    (void)state;
    size_t count = 0;
    for (; photo_refusal(count) != NULL; count++)
        assert_string_not_equal(photo_reason_sentence(photo_refusal(count)), photo_reason_sentence("?"));
    assert_int_equal(count, 8);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_never_opened),
        cmocka_unit_test(test_what_may_be),
        cmocka_unit_test(test_below_a_root),
        cmocka_unit_test(test_each_reason_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
