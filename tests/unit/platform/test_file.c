/* Files by handle: create, read, write, rename without replacing, delete, rights; and the same by path. */
#include "tests/unit/platform/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
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

static void test_create_write_read(void **state)
{
    const char *path = scene_path(state, "new.txt");
    struct file *file;
    assert_false(scene_exists(path));
    assert_ok(file_create(path, &file));
    assert_ok(file_write(file, "one ", 4));
    assert_ok(file_write(file, "", 0));
    assert_ok(file_write(file, "two", 3));
    assert_ok(file_flush(file));
    assert_ok(file_close(file));
    assert_true(scene_exists(path));
    char *text = scene_text(path);
    assert_string_equal(text, "one two");
    free(text);
    assert_kind(file_create(path, &file), PLATFORM_EXISTS);
    assert_ok(file_close(NULL));
}

static void test_missing(void **state)
{
    const char *path = scene_path(state, "missing");
    const char *below = scene_path(state, "missing/below");
    struct file *file;
    enum file_claim claim;
    char *bytes;
    size_t size;
    assert_kind(file_open_read(path, &file), PLATFORM_NOT_FOUND);
    assert_kind(file_open_claim(path, &file, &claim), PLATFORM_NOT_FOUND);
    assert_kind(file_open_claim(below, &file, &claim), PLATFORM_NOT_FOUND);
    assert_kind(file_create(below, &file), PLATFORM_NOT_FOUND);
    assert_kind(file_load(path, 10, &bytes, &size), PLATFORM_NOT_FOUND);
    assert_kind(file_remove(path), PLATFORM_NOT_FOUND);
    assert_kind(file_move(path, scene_path(state, "other")), PLATFORM_NOT_FOUND);
    assert_false(scene_exists(path));
    assert_false(scene_exists(below));
}

static void test_read_limits(void **state)
{
    const char *path = scene_file(state, "ten", "0123456789");
    const char *empty = scene_file(state, "empty", "");
    struct file *file;
    char *bytes;
    size_t size;
    char part[8];
    assert_kind(file_load(path, 9, &bytes, &size), PLATFORM_TOO_LARGE);
    assert_ok(file_load(path, 10, &bytes, &size));
    assert_int_equal(size, 10);
    assert_memory_equal(bytes, "0123456789", 11); /* and the NUL behind */
    free(bytes);
    assert_ok(file_load(empty, 0, &bytes, &size));
    assert_int_equal(size, 0);
    assert_int_equal(bytes[0], '\0');
    free(bytes);
    assert_ok(file_open_read(path, &file));
    assert_ok(file_read_at(file, 2, part, 3, &size));
    assert_int_equal(size, 3);
    assert_memory_equal(part, "234", 3);
    assert_ok(file_read_at(file, 8, part, sizeof part, &size));
    assert_int_equal(size, 2);
    assert_memory_equal(part, "89", 2);
    assert_ok(file_read_at(file, 10, part, sizeof part, &size));
    assert_int_equal(size, 0);
    assert_ok(file_read_at(file, UINT64_C(5000000000), part, sizeof part, &size));
    assert_int_equal(size, 0);
    /* file_read_all begins at the start, wherever the last reading ended. */
    assert_ok(file_read_all(file, 10, &bytes, &size));
    assert_int_equal(size, 10);
    free(bytes);
    assert_ok(file_close(file));
}

static void test_large_file(void **state)
{
    enum {
        SIZE = 3000000
    };
    const char *path = scene_path(state, "large");
    struct file *file;
    char *bytes = malloc(SIZE);
    char *back;
    size_t size;
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7919 >> 3);
    assert_ok(file_create(path, &file));
    assert_ok(file_write(file, bytes, SIZE));
    assert_ok(file_close(file));
    assert_ok(file_load(path, SIZE, &back, &size));
    assert_int_equal(size, SIZE);
    assert_memory_equal(back, bytes, SIZE);
    free(back);
    free(bytes);
}

static void test_truncate(void **state)
{
    const char *path = scene_path(state, "lock");
    struct file *file;
    struct file *second = NULL;
    assert_ok(file_open_exclusive(path, &file)); /* creates */
    assert_ok(file_write(file, "long text", 9));
    assert_kind(file_open_exclusive(path, &second), PLATFORM_BUSY);
    assert_null(second); /* nothing is handed out with a failure */
    assert_ok(file_truncate(file));
    assert_ok(file_write(file, "short", 5));
    assert_ok(file_close(file));
    assert_ok(file_open_exclusive(path, &file)); /* opens, and the lock ended with the handle */
    assert_ok(file_close(file));
    char *text = scene_text(path);
    assert_string_equal(text, "short");
    free(text);
}

static void marks_of(const char *path, struct file_marks *marks)
{
    struct file *file;
    assert_ok(file_open_read(path, &file));
    assert_ok(file_stat(file, marks));
    assert_ok(file_close(file));
}

static void test_marks(void **state)
{
    const char *path = scene_file(state, "a", "12345");
    const char *other = scene_file(state, "b", "12345");
    struct file_marks marks;
    struct file_marks again;
    struct file_marks different;
    marks_of(path, &marks);
    marks_of(path, &again);
    marks_of(other, &different);
    assert_int_equal(marks.size, 5);
    assert_true(file_marks_equal(&marks, &again));
    assert_true(file_identity_equal(&marks.identity, &again.identity));
    assert_false(file_marks_equal(&marks, &different));
    assert_false(file_identity_equal(&marks.identity, &different.identity));
    assert_int_equal(marks.identity.volume, different.identity.volume);
    /* Written just now, by a clock that may be some seconds coarse. */
    int64_t now = clock_utc_us();
    assert_true(marks.written_us > now - INT64_C(600000000) && marks.written_us < now + INT64_C(600000000));
#ifndef _WIN32
    assert_true(marks.created_us == 0 || marks.created_us <= marks.written_us);
#endif
    /* Every mark counts. */
    again.size++;
    assert_false(file_marks_equal(&marks, &again));
    again = marks;
    again.created_us++;
    assert_false(file_marks_equal(&marks, &again));
    again = marks;
    again.written_us++;
    assert_false(file_marks_equal(&marks, &again));
    again = marks;
    again.identity.id_high++;
    assert_false(file_marks_equal(&marks, &again));
}

/* The marks survive what happens to the name. */
static void test_identity_follows_a_rename(void **state)
{
    const char *path = scene_file(state, "a", "12345");
    const char *moved = scene_path(state, "b");
    struct file_marks before;
    struct file_marks after;
    marks_of(path, &before);
    assert_ok(file_move(path, moved));
    marks_of(moved, &after);
    assert_true(file_marks_equal(&before, &after));
}

static struct file *claimed(const char *path)
{
    struct file *file;
    enum file_claim claim;
    assert_ok(file_open_claim(path, &file, &claim));
    return file;
}

static void test_rename(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    const char *first = scene_path(state, "1_in.dem");
    const char *second = scene_path(state, "2_in.dem");
    struct file *file = claimed(path);
    assert_ok(file_rename(file, first));
    assert_false(scene_exists(path));
    assert_true(scene_exists(first));
    assert_ok(file_rename(file, second)); /* the handle stays open and useful */
    assert_false(scene_exists(first));
    char *bytes;
    size_t size;
    assert_ok(file_read_all(file, 100, &bytes, &size));
    assert_string_equal(bytes, "event");
    free(bytes);
    assert_ok(file_close(file));
    assert_true(scene_exists(second));
}

static void test_rename_never_replaces(void **state)
{
    const char *path = scene_file(state, "new", "new");
    const char *taken = scene_file(state, "taken", "old");
    const char *folder = scene_path(state, "folder");
    assert_ok(folder_make(folder));
    struct file *file = claimed(path);
    assert_kind(file_rename(file, taken), PLATFORM_EXISTS);
    assert_false(platform_ok(file_rename(file, folder)));
    assert_ok(file_close(file));
    assert_kind(file_move(path, taken), PLATFORM_EXISTS);
    char *text = scene_text(taken);
    assert_string_equal(text, "old");
    free(text);
    text = scene_text(path);
    assert_string_equal(text, "new");
    free(text);
}

static void test_rename_to_a_missing_folder(void **state)
{
    const char *path = scene_file(state, "new", "new");
    struct file *file = claimed(path);
    assert_kind(file_rename(file, scene_path(state, "missing/new")), PLATFORM_NOT_FOUND);
    assert_ok(file_close(file));
    assert_true(scene_exists(path));
}

#ifndef _WIN32
/* Natively the name may have become another file meanwhile: that one must be left alone. */
static void test_name_taken_over_by_another_file(void **state)
{
    const char *path = scene_file(state, "in", "ours");
    const char *away = scene_path(state, "away");
    struct file *file = claimed(path);
    assert_int_equal(rename(path, away), 0);
    assert_kind(file_rename(file, scene_path(state, "archive")), PLATFORM_CHANGED);
    assert_kind(file_delete(file), PLATFORM_CHANGED);
    (void)scene_file(state, "in", "theirs");
    assert_kind(file_rename(file, scene_path(state, "archive")), PLATFORM_CHANGED);
    assert_kind(file_delete(file), PLATFORM_CHANGED);
    assert_ok(file_close(file));
    char *text = scene_text(path);
    assert_string_equal(text, "theirs");
    free(text);
}

/* The system gives the size of such a file as 0 and its bytes all the same, as if it had grown since it was asked. */
static void test_grown_while_it_was_read(void **state)
{
    char *bytes;
    size_t size;
    (void)state;
    assert_kind(file_load("/proc/self/status", 1 << 20, &bytes, &size), PLATFORM_CHANGED);
}

static void test_rename_across_volumes(void **state)
{
    char other[] = "/dev/shm/corbridge-test-XXXXXX";
    struct stat here;
    struct stat there;
    if (mkdtemp(other) == NULL || stat(other, &there) != 0 || stat(*state, &here) != 0 ||
        here.st_dev == there.st_dev) {
        print_message("skipped: /dev/shm is no other volume here\n");
        skip();
    }
    const char *path = scene_file(state, "in", "text");
    char *target = path_join(other, "in");
    struct file *file = claimed(path);
    struct platform_status by_handle = file_rename(file, target);
    struct platform_status by_path = file_move(path, target);
    assert_ok(file_close(file));
    free(target);
    test_temp_remove(other);
    assert_int_equal(by_handle.kind, PLATFORM_OTHER_VOLUME);
    assert_int_equal(by_path.kind, PLATFORM_OTHER_VOLUME);
    assert_true(scene_exists(path));
}
#endif

static void make_read_only(const char *path)
{
#ifdef _WIN32
    wchar_t wide[512];
    assert_true(MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 512) > 0);
    assert_true(SetFileAttributesW(wide, FILE_ATTRIBUTE_READONLY));
#else
    assert_int_equal(chmod(path, 0400), 0);
#endif
}

static void test_delete(void **state)
{
    const char *path = scene_file(state, "plain", "text");
    struct file *file = claimed(path);
    assert_ok(file_delete(file));
    assert_ok(file_close(file));
    assert_false(scene_exists(path));
}

static void test_delete_read_only(void **state)
{
    const char *by_handle = scene_file(state, "by handle", "text");
    const char *by_path = scene_file(state, "by path", "text");
    make_read_only(by_handle);
    make_read_only(by_path);
    struct file *file = claimed(by_handle);
    assert_ok(file_delete(file));
    assert_ok(file_close(file));
    assert_false(scene_exists(by_handle));
    assert_ok(file_remove(by_path));
    assert_false(scene_exists(by_path));
}

static void test_delete_what_was_created(void **state)
{
    const char *path = scene_path(state, "temporary");
    struct file *file;
    assert_ok(file_create(path, &file));
    assert_ok(file_delete(file));
    assert_ok(file_close(file));
    assert_false(scene_exists(path));
}

static void test_rights(void **state)
{
    const char *path = scene_file(state, "in", "text");
    struct file *file = claimed(path);
#ifndef _WIN32
    struct stat info;
    assert_int_equal(chmod(path, 0777), 0);
#endif
    assert_true(file_may_set_rights(file));
    assert_ok(file_inherit_rights(file));
    assert_ok(file_close(file));
#ifndef _WIN32
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
#endif
    /* Whatever the folder passes on, its owner can still read. */
    char *text = scene_text(path);
    assert_string_equal(text, "text");
    free(text);
}

static void test_store(void **state)
{
    const char *path = scene_path(state, "message.hl7");
    const char *temporary = scene_path(state, "message.hl7.tmp");
    assert_ok(file_store(path, "MSH|", 4));
    assert_false(scene_exists(temporary));
    assert_kind(file_store(path, "other", 5), PLATFORM_EXISTS);
    char *text = scene_text(path);
    assert_string_equal(text, "MSH|");
    free(text);
    assert_false(scene_exists(temporary));
}

static void test_store_after_an_interrupted_one(void **state)
{
    const char *temporary = scene_file(state, "message.hl7.tmp", "a half-written, longer rest");
    const char *path = scene_path(state, "message.hl7");
    assert_ok(file_store(path, "MSH|", 4));
    assert_false(scene_exists(temporary));
    char *text = scene_text(path);
    assert_string_equal(text, "MSH|");
    free(text);
}

/* Whichever step fails: no file of that name, nothing left beside it, and the next attempt succeeds. */
static void test_store_fails_at_every_step(void **state)
{
    static const enum platform_call steps[] = {PLATFORM_CALL_STAT,  PLATFORM_CALL_OPEN,
                                               PLATFORM_CALL_WRITE, PLATFORM_CALL_FLUSH,
                                               PLATFORM_CALL_CLOSE, PLATFORM_CALL_RENAME};
    const char *path = scene_path(state, "message.hl7");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct folder_listing listing;
        scene_fail(steps[i], 0, (struct platform_status){PLATFORM_FULL, 112});
        struct platform_status status = file_store(path, "MSH|", 4);
        scene_fail_no_more();
        assert_int_equal(status.kind, PLATFORM_FULL);
        assert_int_equal(status.code, 112);
        assert_ok(folder_list(*state, &listing));
        assert_int_equal(listing.count, 0);
        folder_listing_release(&listing);
    }
    assert_ok(file_store(path, "MSH|", 4));
}

/* Names as senders make them: accents, characters beyond 16 bits, combining ones, dots at the end, 255 units. */
static void test_names(void **state)
{
    char long_name[256];
    memset(long_name, 'n', 255);
    long_name[255] = '\0';
    const char *const names[] = {
        "Booking \xC3\xA9t\xC3\xA9.dem",
        "e\xCC\x81 combining",
        "\xF0\x9F\x98\x80.dem",
        "two..dots",
        "con.txt",
        " leading blank",
        long_name,
#ifndef _WIN32
        "dot at the end.",
        "not \xFF UTF-8",
        "back\\slash",
#endif
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct folder_listing listing;
        const char *path = scene_file(state, names[i], "text");
        assert_ok(folder_list(*state, &listing));
        assert_int_equal(listing.count, 1);
        assert_string_equal(listing.entries[0].name, names[i]);
        folder_listing_release(&listing);
        struct file *file = claimed(path);
        assert_ok(file_rename(file, scene_path(state, "other")));
        assert_ok(file_rename(file, path));
        assert_ok(file_delete(file));
        assert_ok(file_close(file));
    }
}

static void test_name_too_long(void **state)
{
    char name[300];
    struct file *file;
    memset(name, 'n', 256);
    name[256] = '\0';
    struct platform_status status = file_create(scene_path(state, name), &file);
#ifdef _WIN32
    /* Windows says 123. Wine hands on the kernel's ENAMETOOLONG, which it turns into 3. */
    assert_true(status.kind == PLATFORM_NAME_INVALID || status.kind == PLATFORM_NOT_FOUND);
#else
    assert_int_equal(status.kind, PLATFORM_NAME_INVALID);
#endif
}

/* Longer than MAX_PATH as a whole. */
static void test_deep_path(void **state)
{
    char *path = path_join(*state, "a");
    for (int i = 0; i < 8; i++) {
        char *deeper = path_join(path, "a folder with quite a long name, fifty characters");
        free(path);
        path = deeper;
    }
    assert_true(strlen(path) > 400);
    assert_ok(folder_make(path));
    char *file_path = path_join(path, "file.dem");
    assert_ok(file_store(file_path, "text", 4));
    struct file *file = claimed(file_path);
    char *moved = path_join(path, "moved.dem");
    assert_ok(file_rename(file, moved));
    assert_ok(file_close(file));
    char *text = scene_text(moved);
    assert_string_equal(text, "text");
    free(text);
    free(moved);
    free(file_path);
    free(path);
}

#ifdef _WIN32
/* No UTF-8, and not even WTF-8: refused before the system sees it. */
static void test_name_that_is_no_text(void **state)
{
    struct file *file;
    assert_kind(file_create(scene_path(state, "\xFF"), &file), PLATFORM_NAME_INVALID);
}
#endif

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

#ifndef _WIN32
/* A file is opened by what lies there, not by what the path says. */
static void test_links_below_are_refused(void **state)
{
    const char *root = scene_path(state, "root");
    const char *outside = scene_path(state, "outside");
    struct file *file;
    assert_ok(folder_make(scene_path(state, "root/real")));
    assert_ok(folder_make(outside));
    (void)scene_file(state, "root/real/a.jpg", "a");
    (void)scene_file(state, "outside/b.jpg", "b");
    assert_int_equal(symlink(outside, scene_path(state, "root/way")), 0);
    assert_int_equal(symlink(scene_path(state, "outside/b.jpg"), scene_path(state, "root/link.jpg")), 0);
    assert_int_equal(mkfifo(scene_path(state, "root/pipe.jpg"), 0600), 0);
    assert_int_equal(symlink(root, scene_path(state, "other-root")), 0);
    assert_kind(file_open_below(root, "way/b.jpg", &file), PLATFORM_UNSUPPORTED);
    assert_kind(file_open_below(root, "link.jpg", &file), PLATFORM_UNSUPPORTED);
    assert_kind(file_open_below(root, "pipe.jpg", &file), PLATFORM_UNSUPPORTED);
    assert_ok(file_open_below(scene_path(state, "other-root"), "real/a.jpg",
                              &file)); /* what is configured may be one */
    assert_ok(file_close(file));
}
#endif

static void test_open_below(void **state)
{
    const char *root = scene_path(state, "root");
    char inner[] = "real?a.jpg", up[] = "..?secret", self[] = "real?.?a.jpg", doubled[] = "real??a.jpg";
    char *bytes;
    size_t size;
    struct file *file;
    assert_ok(folder_make(scene_path(state, "root/real")));
    (void)scene_file(state, "root/real/a.jpg", "a");
    (void)scene_file(state, "secret", "s");
    inner[4] = up[2] = self[4] = self[6] = doubled[4] = doubled[5] = PATH_SEPARATOR;
    assert_ok(file_open_below(root, inner, &file));
    assert_ok(file_read_all(file, 10, &bytes, &size));
    assert_string_equal(bytes, "a");
    free(bytes);
    assert_ok(file_close(file));
    assert_kind(file_open_below(root, "none.jpg", &file), PLATFORM_NOT_FOUND);
    assert_kind(file_open_below(scene_path(state, "nowhere"), inner, &file), PLATFORM_NOT_FOUND);
    assert_kind(file_open_below(root, "real", &file), PLATFORM_UNSUPPORTED); /* a folder */
    assert_false(platform_ok(file_open_below(root, up, &file)));
    assert_false(platform_ok(file_open_below(root, self, &file)));
    assert_false(platform_ok(file_open_below(root, doubled, &file)));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_create_write_read),
        TEST(test_missing),
        TEST(test_read_limits),
        TEST(test_large_file),
        TEST(test_truncate),
        TEST(test_marks),
        TEST(test_identity_follows_a_rename),
        TEST(test_rename),
        TEST(test_rename_never_replaces),
        TEST(test_rename_to_a_missing_folder),
#ifndef _WIN32
        TEST(test_name_taken_over_by_another_file),
        TEST(test_grown_while_it_was_read),
        TEST(test_rename_across_volumes),
        TEST(test_links_below_are_refused),
#endif
        TEST(test_open_below),
        TEST(test_delete),
        TEST(test_delete_read_only),
        TEST(test_delete_what_was_created),
        TEST(test_rights),
        TEST(test_store),
        TEST(test_store_after_an_interrupted_one),
        TEST(test_store_fails_at_every_step),
        TEST(test_names),
        TEST(test_name_too_long),
        TEST(test_deep_path),
#ifdef _WIN32
        TEST(test_name_that_is_no_text),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
