/* Sync rosters when the process is killed on the way, before each step of a worker and on the way into the hold; and when the database is away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef _WIN32
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "service/pipeline/pipeline_private.h"
#include "tests/integration/killed.h"
#include "tests/integration/reconfigure.h"
#include "tests/integration/sync_scene.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#ifdef _WIN32
int main(void)
{
    test_main_init();
    printf("left out under Windows: the process that is killed on the way (it is made by fork)\n");
    return 0;
}
#else
static int steps_left;

static void kill_at_step(const struct job *job)
{
    (void)job;
    if (__atomic_sub_fetch(&steps_left, 1, __ATOMIC_SEQ_CST) == 0)
        (void)kill(getpid(), SIGKILL);
}

/* Runs the engine in a process of its own that kills itself before a worker's step. False: there were not so many; the process ended by itself when
 * the engine had nothing left to do. */
static bool killed_before_step(struct scene *scene, int step, const char *until)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0, 0};
        char message[400] = "";
        struct engine_options options = {.config = scene->config};
        (void)setrlimit(RLIMIT_CORE, &none);
        steps_left = step;
        worker_before_parse = kill_at_step;
        if (engine_start(&options, &scene->engine, message, sizeof message) != ENGINE_STARTED)
            _exit(3);
        wait_rows(scene, until, "1");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return false;
}

static void killed_anywhere_the_next_start_goes_on(void **state)
{
    (void)state;
    enum {
        PEOPLE = 1200
    };
    bool killed = true;
    for (int step = 1; killed; step++) {
        struct scene scene;
        struct roster_text text = {0};
        sync_begin(&scene, &sync_scene_usual, PEOPLE);
        scene_stop(&scene);
        for (int n = 1; n <= PEOPLE - 20; n++)
            roster_add_full(&text, n, n, "VCSO", n % 2 ? "A" : "B", "");
        scene_drop_bytes(&scene, DAY_2, text.bytes, text.length);
        free(text.bytes);
        killed =
            killed_before_step(&scene, step, "SELECT count(*) FROM file WHERE id = 2 AND state = 'done'");
        scene_start(&scene);
        wait_rows(&scene, "SELECT state FROM file WHERE id = 2", "done");
        scene_settle(&scene);
        scene_assert_rows(
            &scene,
            "SELECT count(*), min(booking_number) > 'B118' FROM booking WHERE release_origin = 'inferred'"
            " AND released_at = '2020-01-02T16:00:00.000000Z'",
            "20|1");
        scene_assert_rows(&scene, "SELECT sum(housing = 'B'), count(*) FROM booking", "590|1200");
        scene_assert_rows(&scene, "SELECT ordinal, state, detail FROM message WHERE file = 2",
                          "1181|applied|20 released");
        scene_assert_rows(&scene,
                          "SELECT count(*), count(DISTINCT row_id), max(c.ordinal) FROM change_log c"
                          " JOIN message m ON m.id = message WHERE file = 2",
                          "630|610|630");
        assert_int_equal(scene_event_count(EVENT_ROSTER_HELD), 0);
        assert_true(step < 20);
        scene_release(&scene);
    }
}

/* The match rule of rosters says release="sync", or not; the engine must not run. */
static void set_sync(struct scene *scene, bool sync)
{
    static const char SYNC[] = " release=\"sync\"";
    char *config = scene_read(scene->config_path);
    char *at = strstr(config, SYNC);
    assert_non_null(at);
    if (!sync)
        memset(at, ' ', sizeof SYNC - 1);
    reconfigure(scene, config);
    free(config);
}

/* Begun as a roster whose silence means nothing: what it would release was never judged. */
static void one_that_becomes_a_sync_roster_on_the_way_is_judged(void **state)
{
    enum {
        PEOPLE = 1600,
        LEFT = 1200
    };
    struct scene scene;
    struct roster_text text = {0};
    (void)state;
    sync_begin(&scene, &sync_scene_usual, PEOPLE);
    scene_stop(&scene);
    set_sync(&scene, false);
    for (int n = 1; n <= LEFT; n++)
        roster_add_full(&text, n, n, "VCSO", "B", "");
    scene_drop_bytes(&scene, DAY_2, text.bytes, text.length);
    free(text.bytes);
    assert_true(killed_before_step(&scene, 2, "SELECT 0"));
    scene_assert_rows(&scene, "SELECT next_row BETWEEN 2 AND 1200 FROM file_progress WHERE file = 2", "1");
    set_sync(&scene, true);
    scene_start(&scene);
    wait_rows(&scene, "SELECT state FROM file WHERE id = 2", "done");
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2 AND kind = 'roster'", "held");
    scene_assert_rows(&scene, OPEN, "1600");
    assert_int_equal(scene_event_count(EVENT_ROSTER_HELD), 1);
    scene_release(&scene);
}

static struct {
    char database[1200], away[1300];
    int steps, away_before;
} move;

/* Before one step of a worker the database is away, and before the next it is there again. */
static void move_database(const struct job *job)
{
    (void)job;
    int step = ++move.steps;
    if (step == move.away_before)
        rename_path(move.database, move.away);
    if (step == move.away_before + 1)
        rename_path(move.away, move.database);
}

static void a_database_that_cannot_be_asked_now_is_asked_again(void **state)
{
    (void)state;
    static const int JUDGES = 2, LOOKS_FOR_ABSENT = 3; /* the worker's second and third step */
    const int moments[] = {JUDGES, LOOKS_FOR_ABSENT};
    for (size_t i = 0; i < 2; i++) {
        struct scene scene;
        sync_begin(&scene, &sync_scene_usual, 10);
        (void)snprintf(move.database, sizeof move.database, "%s",
                       scene_path(&scene, "data/database/corbridge-test.db"));
        (void)snprintf(move.away, sizeof move.away, "%s.away", move.database);
        scene_stop(&scene);
        move.steps = 0;
        move.away_before = moments[i];
        worker_before_parse = move_database;
        scene_start(&scene);
        sync_drop_people(&scene, DAY_2, 1, 8);
        scene_assert_rows(&scene, RELEASED, "B9,B10");
        assert_true(move.steps > move.away_before);
        scene_release(&scene);
        worker_before_parse = NULL;
    }
}

static void killed_on_the_way_into_the_hold_the_next_start_puts_it_there(void **state)
{
    (void)state;
    struct scene scene;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 10);
    scene_stop(&scene);
    roster_add_people(&text, 1, 2, "VCSO");
    scene_drop_bytes(&scene, DAY_2, text.bytes, text.length);
    free(text.bytes);
    run_until_killed(&scene, PLATFORM_CALL_RENAME, "hold", DAY_2);
    scene_assert_rows(
        &scene,
        "SELECT f.state, in_place, m.state FROM file f JOIN message m ON m.file = f.id WHERE f.id = 2",
        "done|1|held");
    scene_start(&scene);
    wait_rows(&scene, "SELECT in_place, substr(stored, 1, 4) FROM file WHERE id = 2", "0|hold");
    assert_int_equal(scene_count_files(scene_world_path(&scene, "hold")), 2); /* and its reason */
    assert_non_null(strstr(sync_decide_held(&scene, "release", 2), "done: "));
    wait_rows(&scene, "SELECT state FROM message WHERE file = 2", "applied");
    scene_release(&scene);
}

static void killed_while_a_held_one_is_applied_the_next_start_goes_on(void **state)
{
    (void)state;
    enum {
        PEOPLE = 1200
    };
    bool killed = true;
    for (int step = 1; killed; step++) {
        struct scene scene;
        sync_begin(&scene, &sync_scene_usual, PEOPLE);
        sync_drop_people(&scene, DAY_2, 1, PEOPLE / 2);
        scene_assert_rows(&scene, "SELECT state FROM message WHERE file = 2", "held");
        scene_stop(&scene);
        scene_execute(&scene, "INSERT INTO command (what, number, windows_user, created_at)"
                              " VALUES ('release', 2, 'u', '2026-11-23T18:00:00.000000Z')");
        killed = killed_before_step(&scene, step,
                                    "SELECT count(*) FROM message WHERE file = 2 AND state = 'applied'");
        scene_start(&scene);
        wait_rows(&scene, "SELECT state, detail FROM message WHERE file = 2",
                  "applied|released by a person; 600 released");
        wait_rows(&scene, "SELECT substr(stored, 1, 7) FROM file WHERE id = 2", "archive");
        scene_assert_rows(&scene, OPEN, "600");
        scene_assert_rows(&scene, "SELECT outcome FROM command", "done");
        assert_true(step < 20);
        scene_release(&scene);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_anywhere_the_next_start_goes_on),
        cmocka_unit_test(one_that_becomes_a_sync_roster_on_the_way_is_judged),
        cmocka_unit_test(a_database_that_cannot_be_asked_now_is_asked_again),
        cmocka_unit_test(killed_on_the_way_into_the_hold_the_next_start_puts_it_there),
        cmocka_unit_test(killed_while_a_held_one_is_applied_the_next_start_goes_on),
    };
    return cmocka_run_group_tests_name("sync rosters, killed", tests, NULL, NULL);
}
#endif
