/* The sender's thread: in order, never twice by itself, through trouble and after an unclean stop. */
#include "database/outbox.h"
#include "outbound/backoff.h"
#include "outbound/send.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "platform/thread.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/world.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 40000 /* for what must come; nothing waits that long when all is well */
#define LOG_MAX     512

/* What the sender told. */
struct told {
    struct mutex lock;
    struct condition changed;
    size_t sent_count;
    int64_t sent[LOG_MAX];
    size_t trouble_count;
    struct {
        enum send_result result;
        int64_t row;
        enum platform_kind kind;
    } trouble[LOG_MAX];
};

static void told_sent(void *context, int64_t outbox_id)
{
    struct told *told = context;
    mutex_lock(&told->lock);
    if (told->sent_count < LOG_MAX)
        told->sent[told->sent_count++] = outbox_id;
    condition_broadcast(&told->changed);
    mutex_unlock(&told->lock);
}

static void told_trouble(void *context, const struct receiver *receiver, enum send_result result,
                         int64_t outbox_id, struct platform_status status)
{
    struct told *told = context;
    (void)receiver;
    mutex_lock(&told->lock);
    if (told->trouble_count < LOG_MAX) {
        told->trouble[told->trouble_count].result = result;
        told->trouble[told->trouble_count].row = outbox_id;
        told->trouble[told->trouble_count++].kind = status.kind;
    }
    condition_broadcast(&told->changed);
    mutex_unlock(&told->lock);
}

/* Waits until at least so many rows were sent and troubles told; how many there are then. */
static void await_at_least(struct told *told, size_t *sent, size_t *troubles)
{
    uint64_t end = clock_monotonic_ms() + PATIENCE_MS;
    mutex_lock(&told->lock);
    while (told->sent_count < *sent || told->trouble_count < *troubles) {
        uint64_t now = clock_monotonic_ms();
        if (now >= end)
            break;
        (void)condition_wait(&told->changed, &told->lock, (uint32_t)(end - now));
    }
    *sent = told->sent_count;
    *troubles = told->trouble_count;
    mutex_unlock(&told->lock);
}

/* Waits until exactly so many rows were sent and troubles told. */
static void await(struct told *told, size_t sent, size_t troubles)
{
    size_t sent_now = sent, troubles_now = troubles;
    await_at_least(told, &sent_now, &troubles_now);
    assert_int_equal(sent_now, sent);
    assert_int_equal(troubles_now, troubles);
}

struct story {
    struct world world;
    struct told told;
    struct sender *sender;
};

static void story_begin(struct story *story)
{
    memset(story, 0, sizeof *story);
    world_open(&story->world, DATABASE_TEST);
    mutex_init(&story->told.lock);
    condition_init(&story->told.changed);
}

static void story_start(struct story *story)
{
    const struct sender_callbacks callbacks = {&story->told, told_sent, told_trouble};
    assert_true(platform_ok(sender_start(&story->sender, story->world.database_path, DATABASE_TEST,
                                         &story->world.partner.to, &callbacks)));
}

static void story_stop(struct story *story)
{
    sender_stop(story->sender);
    story->sender = NULL;
}

static void story_end(struct story *story)
{
    story_stop(story);
    platform_inject_set(NULL, NULL);
    condition_release(&story->told.changed);
    mutex_release(&story->told.lock);
    world_close(&story->world);
}

static const char *file_of(int number)
{
    static char text[16];
    (void)snprintf(text, sizeof text, "m%03d.hl7", number);
    return text;
}

static const char *bytes_of(int number)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "MSH|^~\\&|%03d\r", number);
    return text;
}

static const char *temporary_of(int number)
{
    static char text[24];
    (void)snprintf(text, sizeof text, "m%03d.hl7.tmp", number);
    return text;
}

/* Queues messages `from` to `to`; their numbers are those of their rows. */
static void queue(struct story *story, int from, int to)
{
    for (int i = from; i <= to; i++)
        assert_int_equal(world_queue(&story->world, file_of(i), bytes_of(i)), i);
}

static void take(struct story *story, int number)
{
    char *path = path_join(story->world.pharmacy, file_of(number));
    assert_true(platform_ok(file_remove(path)));
    free(path);
}

/* Messages 1 to `count` were told as sent, in their order. */
static void assert_in_order(const struct story *story, size_t count)
{
    assert_int_equal(story->told.sent_count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(story->told.sent[i], i + 1);
}

/* --- in good weather ------------------------------------------------------------------------------------------------------------ */

static void what_is_queued_is_sent_in_order(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 3);
    story_start(&story);
    await(&story.told, 3, 0);
    queue(&story, 4, 5);
    sender_wake(story.sender);
    await(&story.told, 5, 0);
    story_stop(&story);
    assert_in_order(&story, 5);
    assert_int_equal(world_files(&story.world), 5);
    for (int i = 1; i <= 5; i++)
        assert_true(world_has(&story.world, file_of(i), bytes_of(i)));
    story_end(&story);
}

static void rows_of_other_pharmacies_are_not_touched(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 2);
    world_sql(
        &story.world,
        "INSERT INTO outbox (id, receiver_kind, receiver, control_id, file_name, bytes, state, created_at)"
        " VALUES (3, 'pharmacy', 'emerald', 'T3',"
        " 'e.hl7', x'00', 'queued', '2026-11-23T18:05:10.000000Z')");
    story_start(&story);
    await(&story.told, 2, 0);
    queue(&story, 4, 4);
    sender_wake(story.sender);
    await(&story.told, 3, 0);
    assert_int_equal(story.told.sent[2], 4);
    assert_int_equal(world_files(&story.world), 3);
    story_end(&story);
}

static void a_row_that_is_not_marked_yet_is_not_sent_again(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 3);
    story_start(&story);
    await(&story.told, 3, 0);
    /* The pharmacy is quick, the committer slow. */
    for (int i = 1; i <= 3; i++)
        take(&story, i);
    queue(&story, 4, 4);
    sender_wake(story.sender);
    await(&story.told, 4, 0);
    world_mark_sent(&story.world, 1);
    world_mark_sent(&story.world, 2);
    queue(&story, 5, 5);
    sender_wake(story.sender);
    await(&story.told, 5, 0);
    story_stop(&story);
    assert_in_order(&story, 5);
    assert_int_equal(world_files(&story.world), 2);
    story_end(&story);
}

static void a_committer_that_marks_nothing_stops_nobody(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 200);
    story_start(&story);
    await(&story.told, 200, 0);
    queue(&story, 201, 202);
    sender_wake(story.sender);
    await(&story.told, 202, 0);
    story_stop(&story);
    assert_in_order(&story, 202);
    assert_int_equal(world_files(&story.world), 202);
    story_end(&story);
}

static void a_row_that_is_queued_anew_is_sent_anew(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 2);
    story_start(&story);
    await(&story.told, 2, 0);
    world_mark_sent(&story.world, 1);
    world_mark_sent(&story.world, 2);
    /* The sender sees the marks; then a person asks for the first one again. */
    queue(&story, 3, 3);
    sender_wake(story.sender);
    await(&story.told, 3, 0);
    take(&story, 1);
    world_sql(&story.world, "UPDATE outbox SET state = 'queued', sent_at = NULL WHERE id = 1");
    sender_wake(story.sender);
    await(&story.told, 4, 0);
    assert_int_equal(story.told.sent[3], 1);
    assert_true(world_has(&story.world, file_of(1), bytes_of(1)));
    story_end(&story);
}

/* --- trouble ---------------------------------------------------------------------------------------------------------------------- */

static void a_folder_that_is_away_delays_and_loses_nothing(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 2);
    char *away = path_join(story.world.root, "away");
    story.world.partner.to.folder = away;
    story_start(&story);
    await(&story.told, 0, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_LATER);
    assert_int_equal(story.told.trouble[0].kind, PLATFORM_NOT_FOUND);
    queue(&story, 3, 3);
    /* It comes back, and nobody says so: the sender looks again by itself. */
    assert_true(platform_ok(folder_make(away)));
    await(&story.told, 3, 2);
    assert_int_equal(story.told.trouble[1].result, SEND_DONE);
    story_stop(&story);
    assert_in_order(&story, 3);
    story_end(&story);
    free(away);
}

struct weather {
    atomic_int failing; /* a platform_call, or -1 */
    struct platform_status with;
};

static struct platform_status inject(void *context, enum platform_call call, const char *path)
{
    struct weather *weather = context;
    (void)path;
    return (int)call == atomic_load(&weather->failing) ? weather->with : PLATFORM_SUCCESS;
}

/* One kind of call fails for a while, with rows in the queue and one sent before; then all is well again. */
static void fail_for_a_while(enum platform_call call, struct platform_status with)
{
    struct story story;
    struct weather weather = {.with = with};
    atomic_init(&weather.failing, -1);
    story_begin(&story);
    queue(&story, 1, 1);
    platform_inject_set(inject, &weather);
    story_start(&story);
    await(&story.told, 1, 0);
    atomic_store(&weather.failing, (int)call);
    queue(&story, 2, 4);
    sender_wake(story.sender);
    await(&story.told, 1, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_LATER);
    assert_int_equal(story.told.trouble[0].row, 2);
    assert_int_equal(story.told.trouble[0].kind, with.kind);
    atomic_store(&weather.failing, -1);
    sender_wake(story.sender);
    await(&story.told, 4, 2);
    assert_int_equal(story.told.trouble[1].result, SEND_DONE);
    story_stop(&story);
    platform_inject_set(NULL, NULL);
    assert_in_order(&story, 4);
    assert_int_equal(world_files(&story.world), 4);
    for (int i = 1; i <= 4; i++)
        assert_true(world_has(&story.world, file_of(i), bytes_of(i)));
    story_end(&story);
}

static void a_full_disk_a_lost_server_and_a_missing_right_delay_and_lose_nothing(void **state)
{
    (void)state;
    fail_for_a_while(PLATFORM_CALL_WRITE, (struct platform_status){PLATFORM_FULL, 112});
    fail_for_a_while(PLATFORM_CALL_OPEN, (struct platform_status){PLATFORM_DENIED, 5});
    fail_for_a_while(PLATFORM_CALL_FLUSH, (struct platform_status){PLATFORM_OFFLINE, 64});
    fail_for_a_while(PLATFORM_CALL_CLOSE, (struct platform_status){PLATFORM_OFFLINE, 64});
    fail_for_a_while(PLATFORM_CALL_RENAME, (struct platform_status){PLATFORM_OFFLINE, 53});
    fail_for_a_while(PLATFORM_CALL_STAT, (struct platform_status){PLATFORM_OFFLINE, 53});
}

/* What an unclean stop left is put right before the first row, however long the folder is away. */
static void a_folder_that_cannot_be_listed_is_put_right_when_it_can(void **state)
{
    (void)state;
    struct story story;
    struct weather weather = {.with = {PLATFORM_OFFLINE, 64}};
    atomic_init(&weather.failing, PLATFORM_CALL_LIST);
    story_begin(&story);
    queue(&story, 1, 2);
    world_sql(&story.world, "UPDATE outbox SET state = 'rejected' WHERE id = 1");
    world_put(&story.world, temporary_of(1), bytes_of(1));
    platform_inject_set(inject, &weather);
    story_start(&story);
    await(&story.told, 0, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_LATER);
    atomic_store(&weather.failing, -1);
    sender_wake(story.sender);
    await(&story.told, 1, 2);
    story_stop(&story);
    platform_inject_set(NULL, NULL);
    assert_int_equal(world_files(&story.world), 1);
    assert_true(world_has(&story.world, file_of(2), bytes_of(2)));
    story_end(&story);
}

static void other_bytes_under_the_name_stop_the_pharmacy_until_a_person_decides(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 3);
    world_put(&story.world, file_of(2), "somebody else's");
    story_start(&story);
    await(&story.told, 1, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_CONFLICT);
    assert_int_equal(story.told.trouble[0].row, 2);
    queue(&story, 4, 4);
    sender_wake(story.sender);
    /* It is tried again and told once; the rows behind wait. The person takes the other file away. */
    take(&story, 2);
    sender_wake(story.sender);
    await(&story.told, 4, 2);
    assert_int_equal(story.told.trouble[1].result, SEND_DONE);
    story_stop(&story);
    assert_in_order(&story, 4);
    assert_true(world_has(&story.world, file_of(2), bytes_of(2)));
    story_end(&story);
}

static void a_rejected_row_stands_in_nobodys_way(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 1);
    world_put(&story.world, file_of(1), "somebody else's");
    story_start(&story);
    await(&story.told, 0, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_CONFLICT);
    world_sql(&story.world, "UPDATE outbox SET state = 'rejected' WHERE id = 1");
    sender_wake(story.sender);
    /* The trouble is over although nothing was sent. */
    await(&story.told, 0, 2);
    assert_int_equal(story.told.trouble[1].result, SEND_DONE);
    assert_int_equal(story.told.trouble[1].row, 0);
    queue(&story, 2, 2);
    sender_wake(story.sender);
    await(&story.told, 1, 2);
    assert_int_equal(story.told.sent[0], 2);
    assert_true(world_has(&story.world, file_of(1), "somebody else's"));
    story_end(&story);
}

static void an_outbox_that_cannot_be_read_is_told_and_tried_again(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 1);
    /* Without connections the database is one file; it goes away and comes back. */
    (void)sqlite3_close(story.world.coremr);
    database_close(story.world.db);
    story.world.coremr = NULL;
    story.world.db = NULL;
    char *away = path_join(story.world.root, "away.db");
    assert_true(platform_ok(file_move(story.world.database_path, away)));
    story_start(&story);
    await(&story.told, 0, 1);
    assert_int_equal(story.told.trouble[0].result, SEND_LATER);
    assert_int_equal(story.told.trouble[0].row, 0);
    assert_true(platform_ok(file_move(away, story.world.database_path)));
    sender_wake(story.sender);
    await(&story.told, 1, 2);
    assert_int_equal(story.told.trouble[1].result, SEND_DONE);
    story_end(&story);
    free(away);
}

static void stopping_does_not_wait_for_a_folder_that_is_away(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 1);
    story.world.partner.to.folder = "/nowhere/at/all";
    story_start(&story);
    await(&story.told, 0, 1);
    story_stop(&story); /* returns: the limit is that of the test */
    assert_int_equal(story.told.sent_count, 0);
    assert_int_equal(world_number(&story.world, "SELECT count(*) FROM outbox WHERE state = 'queued'"), 1);
    story_end(&story);
}

static void waits_double_up_to_a_minute(void **state)
{
    (void)state;
    static const uint32_t expected[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    uint32_t waited = 0;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        waited = backoff_next(waited);
        assert_int_equal(waited, expected[i]);
    }
}

/* --- after an unclean stop ---------------------------------------------------------------------------------------------------- */

/* Where the machine stopped with message 2; 1 was sent, marked and taken before, 3 is queued behind it. */
enum stop_point {
    QUEUED_ONLY,
    CUT_TEMPORARY,
    WHOLE_TEMPORARY,
    RENAMED,              /* not marked */
    RENAMED_AND_TAKEN,    /* not marked, and the pharmacy was quick: it gets the same once more */
    MARKED_TEMPORARY,     /* marked, but the rename did not reach the medium */
    MARKED_CUT_TEMPORARY, /* likewise, and not all of its bytes did */
    MARKED_BOTH,          /* an older try left a .tmp beside the name */
    STOP_POINTS
};

static void stop_at(struct story *story, enum stop_point point)
{
    switch (point) {
    case CUT_TEMPORARY:
    case MARKED_CUT_TEMPORARY: world_put(&story->world, temporary_of(2), "MSH|^~"); break;
    case WHOLE_TEMPORARY:
    case MARKED_TEMPORARY: world_put(&story->world, temporary_of(2), bytes_of(2)); break;
    case RENAMED: world_put(&story->world, file_of(2), bytes_of(2)); break;
    case MARKED_BOTH:
        world_put(&story->world, file_of(2), bytes_of(2));
        world_put(&story->world, temporary_of(2), bytes_of(2));
        break;
    default: break;
    }
    if (point == MARKED_TEMPORARY || point == MARKED_CUT_TEMPORARY || point == MARKED_BOTH)
        world_mark_sent(&story->world, 2);
}

static void wherever_it_stopped_no_message_is_missing(void **state)
{
    (void)state;
    for (enum stop_point point = QUEUED_ONLY; point < STOP_POINTS; point++) {
        struct story story;
        bool marked = point >= MARKED_TEMPORARY;
        story_begin(&story);
        queue(&story, 1, 3);
        world_mark_sent(&story.world, 1);
        stop_at(&story, point);
        story_start(&story);
        await(&story.told, marked ? 1 : 2, 0);
        story_stop(&story);
        assert_int_equal(story.told.sent[0], marked ? 3 : 2);
        assert_int_equal(world_files(&story.world), 2);
        assert_true(world_has(&story.world, file_of(2), bytes_of(2)));
        assert_true(world_has(&story.world, file_of(3), bytes_of(3)));
        story_end(&story);
    }
}

static void only_temporary_files_of_ours_are_touched(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    queue(&story, 1, 3);
    world_sql(&story.world, "UPDATE outbox SET state = 'rejected' WHERE id = 1;"
                            "UPDATE outbox SET state = 'received', sent_at = created_at WHERE id = 2");
    world_put(&story.world, temporary_of(1), bytes_of(1)); /* never shall be sent */
    world_put(&story.world, temporary_of(2), bytes_of(2)); /* the pharmacy has answered it */
    world_put(&story.world, "other.hl7.tmp", "the pharmacy's own");
    world_put(&story.world, ".tmp", "x");
    world_put(&story.world, "m003.hl7.TMP", "not ours");
    story_start(&story);
    await(&story.told, 1, 0);
    story_stop(&story);
    assert_true(world_has(&story.world, "other.hl7.tmp", "the pharmacy's own"));
    assert_true(world_has(&story.world, ".tmp", "x"));
    assert_true(world_has(&story.world, file_of(3), bytes_of(3)));
#ifdef _WIN32
    assert_in_range(world_files(&story.world), 3, 4); /* names without regard to case */
#else
    assert_true(world_has(&story.world, "m003.hl7.TMP", "not ours"));
    assert_int_equal(world_files(&story.world), 4);
#endif
    story_end(&story);
}

/* From stop to stop: each run of the sender ends after some messages, the pharmacy takes what it finds, and the committer
 * gets to mark one of them. */
static void every_message_arrives_through_many_stops(void **state)
{
    (void)state;
    enum {
        MESSAGES = 30
    };
    unsigned arrived[MESSAGES + 1] = {0};
    struct story story;
    story_begin(&story);
    queue(&story, 1, MESSAGES);
    for (int run = 0; run < MESSAGES; run++) {
        size_t sent = (size_t)(run % 4 + 1), troubles = 0;
        if (sent > (size_t)(MESSAGES - run))
            sent = (size_t)(MESSAGES - run);
        size_t wanted = sent;
        story.told.sent_count = 0;
        story_start(&story);
        await_at_least(&story.told, &sent, &troubles);
        story_stop(&story);
        assert_true(sent >= wanted);
        /* It begins anew with the first that is not marked. */
        assert_int_equal(story.told.sent[0], run + 1);
        world_mark_sent(&story.world, run + 1);
        for (int i = 1; i <= MESSAGES; i++) {
            if (!world_has(&story.world, file_of(i), bytes_of(i)))
                continue;
            arrived[i]++;
            take(&story, i);
        }
        assert_int_equal(world_files(&story.world), 0);
    }
    for (int i = 1; i <= MESSAGES; i++)
        assert_true(arrived[i] > 0);
    story_end(&story);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_queued_is_sent_in_order),
        cmocka_unit_test(rows_of_other_pharmacies_are_not_touched),
        cmocka_unit_test(a_row_that_is_not_marked_yet_is_not_sent_again),
        cmocka_unit_test(a_committer_that_marks_nothing_stops_nobody),
        cmocka_unit_test(a_row_that_is_queued_anew_is_sent_anew),
        cmocka_unit_test(a_folder_that_is_away_delays_and_loses_nothing),
        cmocka_unit_test(a_full_disk_a_lost_server_and_a_missing_right_delay_and_lose_nothing),
        cmocka_unit_test(a_folder_that_cannot_be_listed_is_put_right_when_it_can),
        cmocka_unit_test(other_bytes_under_the_name_stop_the_pharmacy_until_a_person_decides),
        cmocka_unit_test(a_rejected_row_stands_in_nobodys_way),
        cmocka_unit_test(an_outbox_that_cannot_be_read_is_told_and_tried_again),
        cmocka_unit_test(stopping_does_not_wait_for_a_folder_that_is_away),
        cmocka_unit_test(waits_double_up_to_a_minute),
        cmocka_unit_test(wherever_it_stopped_no_message_is_missing),
        cmocka_unit_test(only_temporary_files_of_ours_are_touched),
        cmocka_unit_test(every_message_arrives_through_many_stops),
    };
    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
