/* Folders: listing without opening, one look, making, identity, space, flushing. */
#include "tests/unit/platform/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/stat.h>
#include <unistd.h>
#endif

static const struct folder_entry *entry_of(const struct folder_listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->count; i++) {
        if (strcmp(listing->entries[i].name, name) == 0)
            return &listing->entries[i];
    }
    fail_msg("'%s' is not in the listing", name);
    return NULL;
}

static void test_empty(void **state)
{
    struct folder_listing listing;
    assert_ok(folder_list(*state, &listing));
    assert_int_equal(listing.count, 0);
    folder_listing_release(&listing);
    folder_listing_release(&listing); /* an empty one may be released again */
}

static void test_no_folder(void **state)
{
    struct folder_listing listing;
    struct file_identity identity;
    const char *missing = scene_path(state, "missing");
    const char *file = scene_file(state, "file", "text");
    bool exists = true;
    assert_kind(folder_list(missing, &listing), PLATFORM_NOT_FOUND);
    assert_kind(folder_list(file, &listing), PLATFORM_NOT_FOUND);
    assert_kind(folder_identity(missing, &identity), PLATFORM_NOT_FOUND);
    assert_kind(folder_identity(file, &identity), PLATFORM_NOT_FOUND);
    assert_false(platform_ok(folder_flush(missing)));
    assert_kind(folder_remove(missing), PLATFORM_NOT_FOUND);
    assert_ok(folder_exists(missing, &exists));
    assert_false(exists);
    assert_ok(folder_exists(file, &exists));
    assert_false(exists);
    assert_false(platform_ok(folder_make(file)));
}

/* The listing says the same as the handle: settling compares the two. */
static void test_listing_agrees_with_the_handle(void **state)
{
    const char *path = scene_file(state, "in.dem", "12345");
    struct folder_listing listing;
    struct file_marks marks;
    struct file *file;
    assert_ok(folder_list(*state, &listing));
    assert_ok(file_open_read(path, &file));
    assert_ok(file_stat(file, &marks));
    assert_ok(file_close(file));
    const struct folder_entry *entry = entry_of(&listing, "in.dem");
    assert_int_equal(entry->marks.size, 5);
    assert_int_equal(entry->marks.written_us, marks.written_us);
    assert_int_equal(entry->marks.created_us, marks.created_us);
    assert_false(entry->is_folder || entry->is_link || entry->is_hidden);
    if (entry->has_identity)
        assert_true(file_marks_equal(&entry->marks, &marks));
#ifndef _WIN32
    assert_true(entry->has_identity);
#endif
    folder_listing_release(&listing);
}

static void test_kinds_of_entries(void **state)
{
    struct folder_listing listing;
    assert_ok(folder_make(scene_path(state, "folder")));
    (void)scene_file(state, "plain", "");
#ifdef _WIN32
    wchar_t wide[512];
    assert_true(MultiByteToWideChar(CP_UTF8, 0, scene_file(state, "hidden", ""), -1, wide, 512) > 0);
    assert_true(SetFileAttributesW(wide, FILE_ATTRIBUTE_HIDDEN));
    bool hides = (GetFileAttributesW(wide) & FILE_ATTRIBUTE_HIDDEN) != 0;
#else
    (void)scene_file(state, ".hidden", "");
    assert_int_equal(symlink("plain", scene_path(state, "link")), 0);
    assert_int_equal(symlink("folder", scene_path(state, "folder link")), 0);
    assert_int_equal(mkfifo(scene_path(state, "pipe"), 0600), 0);
#endif
    assert_ok(folder_list(*state, &listing));
    const struct folder_entry *folder = entry_of(&listing, "folder");
    assert_true(folder->is_folder && !folder->is_link && !folder->is_hidden);
    const struct folder_entry *plain = entry_of(&listing, "plain");
    assert_false(plain->is_folder || plain->is_link || plain->is_hidden);
#ifdef _WIN32
    assert_int_equal(listing.count, 3);
    if (hides)
        assert_true(entry_of(&listing, "hidden")->is_hidden);
    else
        print_message("not shown: this file system keeps no hidden attribute\n");
#else
    assert_int_equal(listing.count, 6);
    assert_true(entry_of(&listing, ".hidden")->is_hidden);
    assert_true(entry_of(&listing, "link")->is_link);
    assert_true(entry_of(&listing, "folder link")->is_link);
    assert_false(entry_of(&listing, "folder link")->is_folder);
    assert_true(entry_of(&listing, "pipe")->is_link);
#endif
    folder_listing_release(&listing);
}

/* Enough entries that the system answers in several pieces; each name once. Big folders are slow under Wine. */
static void test_many(void **state)
{
#ifdef _WIN32
    enum {
        MANY = 600
    };
#else
    enum {
        MANY = 20000
    };
#endif
    struct folder_listing listing;
    char *seen = calloc(MANY, 1);
    assert_non_null(seen);
    for (int i = 0; i < MANY; i++) {
        char name[64];
        struct file *file;
        (void)snprintf(name, sizeof name, "file with a name of some length %05d.dem", i);
        char *path = path_join(*state, name);
        assert_ok(file_create(path, &file));
        assert_ok(file_close(file));
        free(path);
    }
    assert_ok(folder_list(*state, &listing));
    assert_int_equal(listing.count, MANY);
    for (size_t i = 0; i < listing.count; i++) {
        int number = -1;
        assert_int_equal(sscanf(listing.entries[i].name, "file with a name of some length %d.dem", &number),
                         1);
        assert_in_range(number, 0, MANY - 1);
        assert_int_equal(seen[number]++, 0);
    }
    folder_listing_release(&listing);
    free(seen);
}

static void test_look(void **state)
{
    struct folder_listing listing;
    struct folder_entry entry;
    char *memory = NULL;
    (void)scene_file(state, "\xC3\xA9t\xC3\xA9.dem", "12345");
    (void)scene_file(state, "other", "1");
    assert_ok(folder_make(scene_path(state, "folder")));
    assert_ok(folder_list(*state, &listing));
    assert_ok(folder_look(*state, "\xC3\xA9t\xC3\xA9.dem", &entry, &memory));
    const struct folder_entry *listed = entry_of(&listing, "\xC3\xA9t\xC3\xA9.dem");
    assert_string_equal(entry.name, "\xC3\xA9t\xC3\xA9.dem");
    assert_int_equal(entry.marks.size, 5);
    assert_int_equal(entry.marks.written_us, listed->marks.written_us);
    assert_int_equal(entry.marks.created_us, listed->marks.created_us);
    if (entry.has_identity && listed->has_identity)
        assert_true(file_identity_equal(&entry.marks.identity, &listed->marks.identity));
    assert_false(entry.is_folder || entry.is_link || entry.is_hidden);
    free(memory);
    folder_listing_release(&listing);
    assert_ok(folder_look(*state, "folder", &entry, &memory));
    assert_true(entry.is_folder);
    free(memory);
    assert_kind(folder_look(*state, "missing", &entry, &memory), PLATFORM_NOT_FOUND);
    static const char *const never[] = {"",          ".",           "..",
                                        "folder/x",
#ifdef _WIN32
                                        "folder\\x", "*",           "?",
                                        "o*",        "other:stream"
#endif
    };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_kind(folder_look(*state, never[i], &entry, &memory), PLATFORM_NAME_INVALID);
}

static void test_make(void **state)
{
    char *deep = path_join(scene_path(state, "2024"), "01/02/03");
    bool exists = false;
    assert_ok(folder_make(deep));
    assert_ok(folder_exists(deep, &exists));
    assert_true(exists);
    assert_ok(folder_make(deep));
    assert_ok(folder_make(*state));
    assert_false(platform_ok(folder_remove(scene_path(state, "2024")))); /* not empty */
    assert_ok(folder_remove(deep));
    assert_ok(folder_exists(deep, &exists));
    assert_false(exists);
    free(deep);
#ifdef _WIN32
    assert_ok(folder_make("C:\\"));
#else
    assert_ok(folder_make("/"));
#endif
}

static void test_identity(void **state)
{
    const char *first = scene_path(state, "first");
    const char *second = scene_path(state, "second");
    struct file_identity a;
    struct file_identity again;
    struct file_identity b;
    assert_ok(folder_make(first));
    assert_ok(folder_make(second));
    assert_ok(folder_identity(first, &a));
    assert_ok(folder_identity(first, &again));
    assert_ok(folder_identity(second, &b));
    assert_true(file_identity_equal(&a, &again));
    assert_false(file_identity_equal(&a, &b));
#ifndef _WIN32
    /* Another way to the same place. */
    assert_int_equal(symlink(first, scene_path(state, "link")), 0);
    assert_ok(folder_identity(scene_path(state, "link"), &again));
    assert_true(file_identity_equal(&a, &again));
    assert_int_equal(rename(first, scene_path(state, "moved")), 0);
    assert_int_equal(rename(second, first), 0);
    assert_ok(folder_identity(first, &again)); /* the path leads elsewhere now */
    assert_true(file_identity_equal(&b, &again));
#endif
}

static void test_real_path(void **state)
{
    const char *folder = scene_path(state, "folder");
    char *real = NULL;
    char *again = NULL;
    assert_ok(folder_make(folder));
    assert_ok(path_real(folder, &real));
    assert_true(path_is_absolute(real));
    assert_string_equal(path_name(real), "folder");
    assert_ok(path_real(real, &again)); /* a real path is its own */
    assert_string_equal(again, real);
    free(again);
#ifndef _WIN32
    assert_int_equal(symlink(folder, scene_path(state, "link")), 0);
    assert_ok(path_real(scene_path(state, "link"), &again));
    assert_string_equal(again, real);
    free(again);
#endif
    free(real);
    assert_kind(path_real(scene_path(state, "missing"), &real), PLATFORM_NOT_FOUND);
}

static void test_flush_and_space(void **state)
{
    uint64_t bytes = 0;
    (void)scene_file(state, "new", "text");
    struct platform_status status = folder_flush(*state);
    assert_true(platform_ok(status) || status.kind == PLATFORM_UNSUPPORTED);
    assert_ok(folder_free_space(*state, &bytes));
    assert_true(bytes > 0);
    assert_false(platform_ok(folder_free_space(scene_path(state, "missing"), &bytes)));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_empty),
        TEST(test_no_folder),
        TEST(test_listing_agrees_with_the_handle),
        TEST(test_kinds_of_entries),
        TEST(test_many),
        TEST(test_look),
        TEST(test_make),
        TEST(test_identity),
        TEST(test_real_path),
        TEST(test_flush_and_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
