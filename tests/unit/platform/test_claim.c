/* Claiming a file: nobody writes to it, nobody else may, and nothing but an ordinary file is taken. */
#include "tests/unit/platform/scene.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

static enum file_claim claim_of(const char *path, struct file **file)
{
    enum file_claim claim = FILE_CLAIM_UNPROVED;
    assert_ok(file_open_claim(path, file, &claim));
    return claim;
}

static void test_claim_reads_and_tells(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *file;
    struct file_marks marks;
    char *bytes;
    size_t size;
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    assert_false(file_claim_broken(file));
    assert_ok(file_stat(file, &marks));
    assert_int_equal(marks.size, 5);
    assert_ok(file_read_all(file, 100, &bytes, &size));
    assert_string_equal(bytes, "event");
    free(bytes);
    assert_false(file_claim_broken(file));
    assert_ok(file_close(file));
}

static void test_busy_while_somebody_writes(void **state)
{
    const char *path = scene_path(state, "in.dem");
    struct file *writer;
    struct file *file;
    enum file_claim claim;
    assert_ok(file_create(path, &writer));
    assert_kind(file_open_claim(path, &file, &claim), PLATFORM_BUSY);
    assert_ok(file_write(writer, "event", 5));
    assert_kind(file_open_claim(path, &file, &claim), PLATFORM_BUSY);
    assert_ok(file_close(writer));
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    assert_ok(file_close(file));
}

static void test_readers_do_not_disturb(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *reader;
    struct file *file;
    struct file *later;
    assert_ok(file_open_read(path, &reader));
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    assert_ok(file_open_read(path, &later));
    assert_false(file_claim_broken(file));
    assert_ok(file_close(later));
    assert_ok(file_close(file));
    assert_ok(file_close(reader));
}

static void test_released_by_closing(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *file;
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    assert_ok(file_close(file));
    assert_ok(file_open_exclusive(path, &file));
    assert_ok(file_close(file));
}

static void test_folders_are_refused(void **state)
{
    const char *path = scene_path(state, "folder");
    struct file *file;
    enum file_claim claim;
    assert_ok(folder_make(path));
    assert_kind(file_open_claim(path, &file, &claim), PLATFORM_UNSUPPORTED);
}

#ifdef _WIN32

static wchar_t *wide(const char *path)
{
    static wchar_t text[1024];
    assert_true(MultiByteToWideChar(CP_UTF8, 0, path, -1, text, 1024) > 0);
    return text;
}

static void test_writers_are_shut_out(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *file;
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    static const DWORD accesses[] = {GENERIC_WRITE, FILE_APPEND_DATA, DELETE};
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        HANDLE other =
            CreateFileW(wide(path), accesses[i], FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                        OPEN_EXISTING, 0, NULL);
        assert_true(other == INVALID_HANDLE_VALUE);
        assert_int_equal(GetLastError(), ERROR_SHARING_VIOLATION);
    }
    assert_ok(file_close(file));
}

static void test_busy_while_delete_is_pending(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *deleting;
    struct file *file;
    enum file_claim claim;
    assert_int_equal(claim_of(path, &deleting), FILE_CLAIM_HELD);
    assert_ok(file_close(deleting));
    HANDLE other = CreateFileW(wide(path), DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                               NULL, OPEN_EXISTING, 0, NULL);
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = TRUE};
    assert_true(other != INVALID_HANDLE_VALUE);
    assert_true(SetFileInformationByHandle(other, FileDispositionInfo, &disposition, sizeof disposition));
    struct platform_status status = file_open_claim(path, &file, &claim);
    assert_true(CloseHandle(other));
    assert_int_equal(status.kind, PLATFORM_BUSY);
    assert_kind(file_open_claim(path, &file, &claim), PLATFORM_NOT_FOUND);
}

static void test_devices_are_refused(void **state)
{
    struct file *file;
    enum file_claim claim;
    (void)state;
    assert_false(platform_ok(file_open_claim("\\\\.\\NUL", &file, &claim)));
}

#else

static void test_links_and_devices_are_refused(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    const char *link_path = scene_path(state, "link");
    const char *pipe_path = scene_path(state, "pipe");
    struct file *file;
    enum file_claim claim;
    assert_int_equal(symlink(path, link_path), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_kind(file_open_claim(link_path, &file, &claim), PLATFORM_UNSUPPORTED);
    assert_kind(file_open_claim(pipe_path, &file, &claim), PLATFORM_UNSUPPORTED);
    assert_kind(file_open_claim("/dev/null", &file, &claim), PLATFORM_UNSUPPORTED);
}

/* A writer that comes while the file is claimed is held back by the kernel, and noticed. */
static void test_a_later_writer_breaks_the_claim(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    struct file *file;
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    int writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    assert_int_equal(writer, -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_true(file_claim_broken(file)); /* and the SIGIO that came with it has not ended us */
    assert_ok(file_close(file));
    writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(writer >= 0);
    assert_int_equal(close(writer), 0);
}

static void write_blocking(void *context)
{
    int writer = open(context, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (writer < 0 || write(writer, "!", 1) != 1 || close(writer) != 0)
        abort();
}

static void test_a_waiting_writer_goes_on_after_the_claim(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    char *copy = strdup(path);
    struct file *file;
    struct thread *thread;
    char *bytes;
    size_t size;
    assert_int_equal(claim_of(path, &file), FILE_CLAIM_HELD);
    assert_ok(thread_start(&thread, "writer", write_blocking, copy));
    while (!file_claim_broken(file))
        (void)sched_yield();
    assert_ok(file_read_all(file, 100, &bytes, &size)); /* nothing was written meanwhile */
    assert_string_equal(bytes, "event");
    free(bytes);
    assert_ok(file_close(file));
    thread_join(thread);
    bytes = scene_text(path);
    assert_string_equal(bytes, "event!");
    free(bytes);
    free(copy);
}

/* Another user's file, without CAP_LEASE: opened, and said that nothing is proved. */
static void test_unproved_without_a_lease(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    if (geteuid() != 0) {
        print_message("skipped: only root can become another user\n");
        skip();
    }
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(chmod(*state, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        struct file *file;
        enum file_claim claim;
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(3);
        if (!platform_ok(file_open_claim(path, &file, &claim)))
            _exit(4);
        bool right = claim == FILE_CLAIM_UNPROVED && !file_claim_broken(file);
        (void)file_close(file);
        _exit(right ? 0 : 5);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_denied_without_the_right_to_read(void **state)
{
    const char *path = scene_file(state, "in.dem", "event");
    if (geteuid() != 0) {
        print_message("skipped: only root can become another user\n");
        skip();
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(chmod(*state, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        struct file *file;
        enum file_claim claim;
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(3);
        _exit(file_open_claim(path, &file, &claim).kind == PLATFORM_DENIED ? 0 : 4);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#endif

#define TEST(function) cmocka_unit_test_setup_teardown(function, scene_enter, scene_leave)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        TEST(test_claim_reads_and_tells),  TEST(test_busy_while_somebody_writes),
        TEST(test_readers_do_not_disturb), TEST(test_released_by_closing),
        TEST(test_folders_are_refused),
#ifdef _WIN32
        TEST(test_writers_are_shut_out),   TEST(test_busy_while_delete_is_pending),
        TEST(test_devices_are_refused),
#else
        TEST(test_links_and_devices_are_refused),
        TEST(test_a_later_writer_breaks_the_claim),
        TEST(test_a_waiting_writer_goes_on_after_the_claim),
        TEST(test_unproved_without_a_lease),
        TEST(test_denied_without_the_right_to_read),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
