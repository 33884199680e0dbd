/* What a PhotoPath asks for, pictures beside events, and what came of the fetching. */
#include "tests/unit/database/scene.h"

#include "database/due.h"
#include "database/photo.h"
#include "database/photo_request.h"

#include <stdio.h>
#include <string.h>

#define REQUEST                                                                                              \
    "SELECT path || ' ' || name || ' ' || state || ' ' || file || ' ' || coalesce(beside, '-') FROM photo_request"
#define PRESENT                                                                                              \
    "SELECT hex(substr(sha256, 1, 1)) || ' ' || o.file FROM patient_photo o JOIN photo p ON p.id = o.photo"  \
    " WHERE until IS NULL"

static const struct scene_event asks = {.asks_for_photo = true};

static struct scene_event asks_at(int minutes)
{
    return (struct scene_event){.minutes = minutes, .asks_for_photo = true};
}

/* A picture comes as a file of feed jms; every picture has the hash of its own that `mark` says. */
static struct ledger_message picture(struct scene *scene, const char *name, int mark, int minutes)
{
    struct ledger_file file = scene_claim(scene, minutes);
    struct ledger_message message;
    char sql[120];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE file SET sha256 = CAST(char(%d) || printf('%%031d', 0) AS BLOB) WHERE id = %lld",
                   mark, (long long)file.id);
    scene_execute(scene, sql);
    struct photo_file photo = {.file = file.id,
                               .feed = "jms",
                               .name = name,
                               .event_at = scene_time(minutes),
                               .waits_until = scene_time(minutes + 24 * 60),
                               .now = scene_time(minutes)};
    assert_ok(database_begin(scene->db));
    assert_ok(photo_take_file(scene->db, &photo, &message));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, photo.now));
    assert_ok(database_commit(scene->db));
    return message;
}

/* The one request that is due, as the fetcher sees it. */
static struct photo_request due(struct scene *scene, int minutes)
{
    struct photo_request *rows;
    size_t count = 0;
    assert_ok(photo_requests_due(scene->db, scene_time(minutes), 10, &scene->arena, &rows, &count));
    assert_int_equal(count, 1);
    return rows[0];
}

static size_t due_count(struct scene *scene, int minutes)
{
    struct photo_request *rows;
    size_t count = 0;
    assert_ok(photo_requests_due(scene->db, scene_time(minutes), 10, &scene->arena, &rows, &count));
    return count;
}

/* The fetcher's word about a request. */
static struct photo_result result_of(const struct photo_request *request, enum photo_end end, int mark)
{
    struct photo_result result = {.end = end, .patient = request->patient, .beside = request->beside};
    (void)snprintf(result.path, sizeof result.path, "%s", request->path);
    (void)snprintf(result.reason, sizeof result.reason, "%s", "unreachable");
    memset(result.stored.sha256, '0', sizeof result.stored.sha256);
    result.stored.sha256[0] = (uint8_t)mark;
    result.stored.picture = (struct picture){PICTURE_PNG, 12, 10};
    result.stored.size = 345;
    return result;
}

static enum database_kind end(struct scene *scene, const struct photo_result *result, int minutes)
{
    bool changed;
    assert_ok(database_begin(scene->db));
    enum database_kind kind = photo_end_request(scene->db, result, scene_time(minutes), &changed);
    assert_ok(database_commit(scene->db));
    assert_true(kind == DATABASE_OK || !changed);
    return kind;
}

static void fetched(struct scene *scene, int mark, int minutes)
{
    struct photo_request request = due(scene, minutes);
    struct photo_result result = result_of(&request, PHOTO_END_FETCHED, mark);
    assert_ok(end(scene, &result, minutes));
}

static void path_is_asked_for_once(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\\\\JMS\\Photos\\P1.JPG\"\n"), asks);
    assert_value(scene, REQUEST, "\\\\JMS\\Photos\\P1.JPG p1.jpg waiting 1 -");
    struct photo_request request = due(scene, 0);
    assert_string_equal(request.path, "\\\\JMS\\Photos\\P1.JPG");
    assert_string_equal(request.patient_id, "P1");
    assert_string_equal(request.feed, "jms");
    assert_int_equal(request.copied_from, 0);
    fetched(scene, 'A', 1);
    assert_value(scene, REQUEST, "\\\\JMS\\Photos\\P1.JPG p1.jpg fetched 1 -");
    assert_value(scene, "SELECT kind || width || 'x' || height || ' ' || size FROM photo", "png12x10 345");
    assert_value(scene, PRESENT, "41 1");
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\\\\JMS\\Photos\\P1.JPG\"\n"), asks_at(2));
    assert_int_equal(due_count(scene, 9999), 0);
    /* Unless the configuration asks for it again. */
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\\\\JMS\\Photos\\P1.JPG\"\n"),
                      (struct scene_event){.minutes = 3, .asks_for_photo_again = true});
    fetched(scene, 'A', 4);
    assert_value(scene, "SELECT count(*) FROM patient_photo", "1");
}

static void nothing_is_asked_for_unless_told(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("Booking=\"101\"\n"), asks_at(1)); /* which names none */
    assert_value(scene, "SELECT count(*) FROM photo_request", "0");
    assert_value(scene, "SELECT photo_path FROM patient", "a.jpg");
}

static void changed_path_keeps_the_earlier_photo(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    fetched(scene, 'A', 1);
    (void)scene_apply(scene, scene_dem("PhotoPath=\"b.jpg\"\n"), asks_at(2));
    assert_value(scene, PRESENT, "41 1"); /* until the new one has come */
    fetched(scene, 'B', 3);
    assert_value(scene, PRESENT, "42 2");
    assert_value(
        scene,
        "SELECT group_concat(hex(substr(p.sha256, 1, 1)) || ' ' || since || '-' || coalesce(until, ''), ' ')"
        " FROM patient_photo o JOIN photo p ON p.id = o.photo",
        "41 2026-11-23T18:01:00.000000Z-2026-11-23T18:03:00.000000Z 42 2026-11-23T18:03:00.000000Z-");
    /* The same picture once more: stored once, but the patient's again. */
    (void)scene_apply(scene, scene_dem("PhotoPath=\"c.jpg\"\n"), asks_at(4));
    fetched(scene, 'A', 5);
    assert_value(scene, PRESENT, "41 3");
    assert_value(scene, "SELECT count(*) FROM photo", "2");
    assert_value(scene, "SELECT count(*) FROM patient_photo", "3");
}

static void older_path_asks_for_nothing(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"new.jpg\"\n"), asks_at(10));
    (void)scene_apply(scene, scene_dem("PhotoPath=\"old.jpg\"\n"),
                      (struct scene_event){.minutes = 11, .older = 60, .asks_for_photo = true});
    assert_value(scene, REQUEST, "new.jpg new.jpg waiting 1 -");
}

static void cleared_path_ends_the_photo(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    fetched(scene, 'A', 1);
    (void)scene_apply(scene, scene_dem("PhotoPath=\"\"\n"),
                      (struct scene_event){.minutes = 2, .empty_clears = true, .asks_for_photo = true});
    assert_value(scene, REQUEST, "(none)");
    assert_value(scene, PRESENT, "(none)");
    assert_value(scene, "SELECT until FROM patient_photo", "2026-11-23T18:02:00.000000Z");
}

static void failure_is_tried_later_and_given_up(void **state)
{
    struct scene *scene = *state;
    struct photo_counts counts;
    instant_us next;
    bool stands;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    struct photo_request request = due(scene, 0);
    struct photo_result result = result_of(&request, PHOTO_END_LATER, 0);
    result.next_at = scene_time(30);
    result.attempted = true;
    assert_ok(end(scene, &result, 1));
    assert_int_equal(due_count(scene, 29), 0);
    assert_int_equal(due(scene, 30).attempts, 1);
    assert_ok(photo_request_next(scene->db, &next));
    assert_true(next == scene_time(30));
    assert_ok(photo_request_reason_stands(scene->db, "unreachable", &stands));
    assert_true(stands);
    assert_ok(photo_request_counts(scene->db, &counts));
    assert_true(counts.waiting == 1 && counts.failed == 0);
    result.end = PHOTO_END_FAILED;
    assert_ok(end(scene, &result, 31));
    assert_value(scene, "SELECT state || attempts || reason || coalesce(next_at, '-') FROM photo_request",
                 "failed2unreachable-");
    assert_ok(photo_request_counts(scene->db, &counts));
    assert_true(counts.waiting == 0 && counts.failed == 1);
    assert_ok(photo_request_next(scene->db, &next));
    assert_true(next == INSTANT_NONE);
    /* The same path, stated anew. */
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks_at(40));
    assert_int_equal(due(scene, 40).attempts, 0);
    fetched(scene, 'A', 41);
    assert_ok(photo_request_reason_stands(scene->db, "unreachable", &stands));
    assert_false(stands);
}

static void refused_ones_wait_anew(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    struct photo_request request = due(scene, 0);
    struct photo_result result = result_of(&request, PHOTO_END_FAILED, 0);
    assert_ok(end(scene, &result, 1));
    assert_ok(database_begin(scene->db));
    assert_ok(photo_requests_again(scene->db, "outside-roots", scene_time(5)));
    assert_ok(database_commit(scene->db));
    assert_int_equal(due_count(scene, 5), 0);
    assert_ok(database_begin(scene->db));
    assert_ok(photo_requests_again(scene->db, "unreachable", scene_time(5)));
    assert_ok(database_commit(scene->db));
    assert_int_equal(due(scene, 5).attempts, 0);
}

static void word_that_comes_late_changes_nothing(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    struct photo_request request = due(scene, 0);
    (void)scene_apply(scene, scene_dem("PhotoPath=\"b.jpg\"\n"), asks_at(1));
    struct photo_result result = result_of(&request, PHOTO_END_FETCHED, 'A');
    assert_int_equal(end(scene, &result, 2), DATABASE_NONE);
    result = result_of(&request, PHOTO_END_FAILED, 0);
    assert_int_equal(end(scene, &result, 2), DATABASE_NONE);
    assert_value(scene, REQUEST, "b.jpg b.jpg waiting 2 -");
    assert_value(scene, "SELECT count(*) FROM photo", "0");
}

static void picture_comes_after_its_event(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"photos/P1.jpg\"\n"), asks);
    struct ledger_message message = picture(scene, "p1.JPG", 'A', 1);
    assert_int_equal(message.state, LEDGER_APPLIED);
    assert_int_equal(message.patient, 1);
    assert_value(scene, REQUEST, "photos/P1.jpg p1.jpg waiting 1 2");
    assert_int_equal(due(scene, 1).beside, 2);
    fetched(scene, 'A', 2);
    assert_value(scene, PRESENT, "41 2");
    /* The same bytes again are nothing new; others are. */
    assert_int_equal(picture(scene, "P1.JPG", 'A', 3).state, LEDGER_DUPLICATE);
    assert_int_equal(due_count(scene, 9999), 0);
    assert_int_equal(picture(scene, "P1.JPG", 'B', 4).state, LEDGER_APPLIED);
    fetched(scene, 'B', 5);
    assert_value(scene, PRESENT, "42 4");
}

static void picture_comes_before_its_event(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(picture(scene, "P1.jpg", 'A', 0).state, LEDGER_WAITING);
    assert_int_equal(picture(scene, "P1.jpg", 'B', 1).state, LEDGER_WAITING);
    assert_int_equal(picture(scene, "P2.jpg", 'C', 1).state, LEDGER_WAITING);
    struct apply_result result = scene_apply(scene, scene_dem("PhotoPath=\"p1.JPG\"\n"), asks_at(2));
    assert_int_equal(result.waiting_ended, 2);
    assert_value(
        scene,
        "SELECT group_concat(state || coalesce(patient, '-')) FROM (SELECT * FROM message ORDER BY id)",
        "superseded1,applied1,waiting-,applied1");
    assert_value(scene, REQUEST, "p1.JPG p1.jpg waiting 4 2");
    assert_value(scene, "SELECT group_concat(name) FROM waiting_photo", "p2.jpg");
    assert_value(scene, "SELECT open_messages FROM feed_total", "1");
}

static void picture_is_looked_for_in_its_feed_only(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(picture(scene, "a.jpg", 'A', 0).state, LEDGER_WAITING);
    scene_execute(scene, "UPDATE waiting_photo SET feed = 'other'");
    struct apply_result result = scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks_at(1));
    assert_int_equal(result.waiting_ended, 0);
    scene_execute(scene, "UPDATE photo_request SET feed = 'other'");
    assert_int_equal(picture(scene, "a.jpg", 'B', 2).state, LEDGER_WAITING);
}

static void one_picture_may_be_of_several(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"none.jpg\"\n"), asks);
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"102\"\nPhotoPath=\"none.jpg\"\n"),
                      asks_at(1));
    struct ledger_message message = picture(scene, "none.jpg", 'A', 2);
    assert_int_equal(message.state, LEDGER_APPLIED);
    assert_int_equal(message.patient, 0);
    assert_int_equal(due_count(scene, 2), 2);
}

static void picture_waits_so_long(void **state)
{
    struct scene *scene = *state;
    struct due_waiting *rows;
    size_t count;
    bool any;
    (void)picture(scene, "a.jpg", 'A', 0);
    assert_ok(due_any(scene->db, scene_time(24 * 60 - 1), &any));
    assert_false(any);
    assert_ok(due_any(scene->db, scene_time(24 * 60), &any));
    assert_true(any);
    assert_ok(database_begin(scene->db));
    assert_ok(due_waiting(scene->db, scene_time(24 * 60), &scene->arena, &rows, &count));
    assert_ok(database_commit(scene->db));
    assert_int_equal(count, 1);
    assert_true(rows[0].photo);
    assert_value(scene, "SELECT state || ' ' || detail FROM message",
                 "quarantined no patient named it in time");
    assert_value(scene, "SELECT count(*) FROM waiting_photo", "0");
}

static void url_is_named_by_its_last_part(void **state)
{
    struct scene *scene = *state;
    (void)scene_apply(scene, scene_dem("PhotoPath=\"https://jail.example/p/Ab.PNG?size=1/2#x\"\n"), asks);
    assert_value(scene, "SELECT name FROM photo_request", "ab.png");
}

static void another_world_is_asked(void **state)
{
    struct scene *scene = *state;
    enum photo_elsewhere answer;
    struct photo_stored stored;
    char reason[PHOTO_REASON_SIZE] = "";
    (void)scene_apply(scene, scene_dem("PhotoPath=\"a.jpg\"\n"), asks);
    struct photo_request request = due(scene, 0);
    assert_ok(photo_look_elsewhere(scene->db, &request, &answer, &stored, reason));
    assert_int_equal(answer, PHOTO_ELSEWHERE_WAITING);
    struct photo_request other = request;
    other.path = "b.jpg";
    assert_ok(photo_look_elsewhere(scene->db, &other, &answer, &stored, reason));
    assert_int_equal(answer, PHOTO_ELSEWHERE_UNKNOWN);
    fetched(scene, 'A', 1);
    assert_ok(photo_look_elsewhere(scene->db, &request, &answer, &stored, reason));
    assert_int_equal(answer, PHOTO_ELSEWHERE_FETCHED);
    assert_int_equal(stored.sha256[0], 'A');
    assert_true(stored.picture.kind == PICTURE_PNG && stored.picture.width == 12 &&
                stored.picture.height == 10);
    assert_true(stored.size == 345);
    scene_execute(scene, "UPDATE photo_request SET state = 'failed', reason = 'not-a-picture'");
    assert_ok(photo_look_elsewhere(scene->db, &request, &answer, &stored, reason));
    assert_int_equal(answer, PHOTO_ELSEWHERE_FAILED);
    assert_string_equal(reason, "not-a-picture");
}

static int setup(void **state)
{
    (void)scene_setup(state);
    scene_facilities(*state);
    return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(path_is_asked_for_once),
        IN_SCENE(nothing_is_asked_for_unless_told),
        IN_SCENE(changed_path_keeps_the_earlier_photo),
        IN_SCENE(older_path_asks_for_nothing),
        IN_SCENE(cleared_path_ends_the_photo),
        IN_SCENE(failure_is_tried_later_and_given_up),
        IN_SCENE(refused_ones_wait_anew),
        IN_SCENE(word_that_comes_late_changes_nothing),
        IN_SCENE(picture_comes_after_its_event),
        IN_SCENE(picture_comes_before_its_event),
        IN_SCENE(picture_is_looked_for_in_its_feed_only),
        IN_SCENE(one_picture_may_be_of_several),
        IN_SCENE(picture_waits_so_long),
        IN_SCENE(url_is_named_by_its_last_part),
        IN_SCENE(another_world_is_asked),
    };
    return cmocka_run_group_tests_name("photo", tests, NULL, NULL);
}
