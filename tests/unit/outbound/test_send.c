/* One row into the folder: whatever fails, nothing is lost, nothing is overwritten, and the file is whole or not there. */
#include "outbound/send.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char name[] = "20261123180510_000000000042_TABCDEF1A.hl7";
static const char temporary_name[] = "20261123180510_000000000042_TABCDEF1A.hl7.tmp";
static const char message[] = "MSH|^~\\&|COREMR\rPID|1\r";

static char *folder;
static struct receiver receiver;
static struct outbox_row row;

static int set_up(void **state)
{
    (void)state;
    folder = test_temp_dir("send");
    receiver = (struct receiver){.kind = LIVE_PHARMACY, .name = "diamond", .folder = folder};
    row = (struct outbox_row){
        .id = 42, .file_name = name, .bytes = SLICE_LITERAL(message), .state = OUTBOX_QUEUED};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    platform_inject_set(NULL, NULL);
    test_temp_remove(folder);
    free(folder);
    return 0;
}

/* --- the folder as the pharmacy sees it ----------------------------------------------------------------------------------- */

static size_t entries(void)
{
    struct folder_listing listing;
    assert_true(platform_ok(folder_list(folder, &listing)));
    size_t count = listing.count;
    folder_listing_release(&listing);
    return count;
}

static bool has(const char *file_name, const char *bytes)
{
    char *path = path_join(folder, file_name);
    char *there = NULL;
    size_t size = 0;
    bool same = platform_ok(file_load(path, 65536, &there, &size)) &&
                slice_equal(slice_from(there, size), slice_of(bytes));
    free(there);
    free(path);
    return same;
}

static bool exists(const char *file_name)
{
    bool found = false;
    char *path = path_join(folder, file_name);
    assert_true(platform_ok(file_exists(path, &found)));
    free(path);
    return found;
}

static void put(const char *file_name, const char *bytes)
{
    struct file *file = NULL;
    char *path = path_join(folder, file_name);
    assert_true(platform_ok(file_create(path, &file)));
    assert_true(platform_ok(file_write(file, bytes, strlen(bytes))));
    assert_true(platform_ok(file_close(file)));
    free(path);
}

static void clear(void)
{
    struct folder_listing listing;
    assert_true(platform_ok(folder_list(folder, &listing)));
    for (size_t i = 0; i < listing.count; i++) {
        char *path = path_join(folder, listing.entries[i].name);
        assert_true(platform_ok(file_remove(path)));
        free(path);
    }
    folder_listing_release(&listing);
}

/* --- faults ------------------------------------------------------------------------------------------------------------------ */

struct faults {
    unsigned fail_from, fail_to; /* numbers of the calls that fail, from 1 */
    int only;                    /* this kind of call; -1: any */
    struct platform_status with;
    unsigned calls, failed;
    unsigned seen[PLATFORM_CALL_COUNT];
};

static struct platform_status inject(void *context, enum platform_call call, const char *path)
{
    struct faults *faults = context;
    (void)path;
    faults->seen[call]++;
    if (faults->only >= 0 && (int)call != faults->only)
        return PLATFORM_SUCCESS;
    faults->calls++;
    if (faults->calls < faults->fail_from || faults->calls > faults->fail_to)
        return PLATFORM_SUCCESS;
    faults->failed++;
    return faults->with;
}

static enum send_result send_with(struct faults *faults, struct platform_status *status)
{
    faults->calls = faults->failed = 0;
    memset(faults->seen, 0, sizeof faults->seen);
    platform_inject_set(inject, faults);
    enum send_result result = send_row(&receiver, &row, status);
    platform_inject_set(NULL, NULL);
    return result;
}

static enum send_result send_plain(struct platform_status *status)
{
    return send_row(&receiver, &row, status);
}

/* The end that every story must have. */
static void assert_sent_once(void)
{
    assert_int_equal(entries(), 1);
    assert_true(has(name, message));
}

static void a_row_becomes_a_whole_file(void **state)
{
    (void)state;
    struct platform_status status;
    struct faults none = {.only = -1};
    assert_int_equal(send_with(&none, &status), SEND_DONE);
    assert_true(platform_ok(status));
    assert_sent_once();
    /* Written, brought to the medium, closed with a look at the answer, renamed. */
    assert_int_equal(none.seen[PLATFORM_CALL_WRITE], 1);
    assert_int_equal(none.seen[PLATFORM_CALL_FLUSH], 1);
    assert_true(none.seen[PLATFORM_CALL_CLOSE] >= 1);
    assert_int_equal(none.seen[PLATFORM_CALL_RENAME], 1);
}

/* `count` calls fail from the n-th on, for each n until none fails; then all is mended. */
static void sweep(unsigned count, int only, struct platform_status with)
{
    unsigned swept = 0;
    struct faults faults = {.only = only, .with = with};
    for (unsigned n = 1;; n++) {
        struct platform_status status;
        faults.fail_from = n;
        faults.fail_to = count == 0 ? 100000 : n + count - 1;
        enum send_result result = send_with(&faults, &status);
        if (faults.failed == 0) {
            assert_int_equal(result, SEND_DONE);
            clear();
            break;
        }
        swept++;
        assert_int_not_equal(result, SEND_CONFLICT);
        if (result == SEND_LATER)
            assert_int_equal(status.kind, with.kind);
        else
            assert_true(platform_ok(status));
        /* Under its name it stands whole or not at all. */
        assert_true(!exists(name) || has(name, message));
        assert_true(result != SEND_DONE || exists(name));
        assert_int_equal(send_plain(&status), SEND_DONE);
        assert_sent_once();
        clear();
    }
    assert_true(swept > 0);
}

static void any_call_may_fail_once(void **state)
{
    (void)state;
    sweep(1, -1, (struct platform_status){PLATFORM_OFFLINE, 64});
    sweep(1, -1, (struct platform_status){PLATFORM_FULL, 112});
}

static void any_call_and_all_after_it_may_fail(void **state)
{
    (void)state;
    sweep(0, -1, (struct platform_status){PLATFORM_OFFLINE, 64});
    sweep(2, -1, (struct platform_status){PLATFORM_DENIED, 5});
}

static void each_kind_of_call_may_fail(void **state)
{
    (void)state;
    static const enum platform_call calls[] = {PLATFORM_CALL_OPEN,  PLATFORM_CALL_STAT,
                                               PLATFORM_CALL_WRITE, PLATFORM_CALL_FLUSH,
                                               PLATFORM_CALL_CLOSE, PLATFORM_CALL_RENAME};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        sweep(1, (int)calls[i], (struct platform_status){PLATFORM_FULL, 112});
}

static void a_close_that_fails_is_no_success(void **state)
{
    (void)state;
    struct platform_status status;
    struct faults faults = {
        .fail_from = 1, .fail_to = 1, .only = PLATFORM_CALL_CLOSE, .with = {PLATFORM_FULL, 112}};
    assert_int_equal(send_with(&faults, &status), SEND_LATER);
    assert_int_equal(status.kind, PLATFORM_FULL);
    assert_false(exists(name));
}

static void what_an_unclean_stop_left_is_written_anew(void **state)
{
    (void)state;
    struct platform_status status;
    put(temporary_name, "MSH|^~\\&|CORE");
    assert_int_equal(send_plain(&status), SEND_DONE);
    assert_sent_once();
    clear();
    put(temporary_name, message);
    assert_int_equal(send_plain(&status), SEND_DONE);
    assert_sent_once();
}

static void the_same_name_with_the_same_bytes_is_done(void **state)
{
    (void)state;
    struct platform_status status;
    struct faults full = {
        .fail_from = 1, .fail_to = 1000, .only = PLATFORM_CALL_WRITE, .with = {PLATFORM_FULL, 112}};
    put(name, message);
    /* Also when nothing more could be written. */
    assert_int_equal(send_with(&full, &status), SEND_DONE);
    assert_true(platform_ok(status));
    assert_int_equal(full.seen[PLATFORM_CALL_WRITE], 0);
    assert_sent_once();
}

static void it_is_done_only_when_the_name_is_on_the_medium(void **state)
{
    (void)state;
    struct platform_status status;
    struct faults faults = {
        .fail_from = 1, .fail_to = 1, .only = PLATFORM_CALL_FLUSH_FOLDER, .with = {PLATFORM_OFFLINE, 64}};
    put(name, message);
    assert_int_equal(send_with(&faults, &status), SEND_LATER);
    assert_int_equal(status.kind, PLATFORM_OFFLINE);
    assert_int_equal(send_plain(&status), SEND_DONE);
    /* Where a folder cannot be flushed, or not by us, there is no more to be done. */
    faults.with.kind = PLATFORM_UNSUPPORTED;
    assert_int_equal(send_with(&faults, &status), SEND_DONE);
    assert_true(platform_ok(status));
    faults.with.kind = PLATFORM_DENIED;
    assert_int_equal(send_with(&faults, &status), SEND_DONE);
    assert_sent_once();
}

static void other_bytes_under_the_name_are_an_alarm_and_stay(void **state)
{
    (void)state;
    static const char *const others[] = {"", "MSH|^~\\&|COREMR\rPID|2\r", "MSH|^~\\&|COREMR\rPID|1\rPV1|1\r",
                                         "MSH|^~\\&|COREMR\r"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct platform_status status;
        put(name, others[i]);
        assert_int_equal(send_plain(&status), SEND_CONFLICT);
        assert_int_equal(status.kind, PLATFORM_EXISTS);
        assert_int_equal(entries(), 1);
        assert_true(has(name, others[i]));
        clear();
    }
}

static void a_folder_that_is_away_is_for_later(void **state)
{
    (void)state;
    struct platform_status status;
    char *away = path_join(folder, "away");
    receiver.folder = away;
    assert_int_equal(send_plain(&status), SEND_LATER);
    assert_int_equal(status.kind, PLATFORM_NOT_FOUND);
    assert_true(platform_ok(folder_make(away)));
    assert_int_equal(send_plain(&status), SEND_DONE);
    receiver.folder = folder;
    free(away);
}

int main(void)
{
    test_main_init();
#define STORY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(a_row_becomes_a_whole_file),
        STORY(any_call_may_fail_once),
        STORY(any_call_and_all_after_it_may_fail),
        STORY(each_kind_of_call_may_fail),
        STORY(a_close_that_fails_is_no_success),
        STORY(what_an_unclean_stop_left_is_written_anew),
        STORY(the_same_name_with_the_same_bytes_is_done),
        STORY(it_is_done_only_when_the_name_is_on_the_medium),
        STORY(other_bytes_under_the_name_are_an_alarm_and_stay),
        STORY(a_folder_that_is_away_is_for_later),
    };
    return cmocka_run_group_tests_name("send", tests, NULL, NULL);
}
