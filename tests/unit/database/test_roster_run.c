/*
 * Runs of rosters: with them, and without, a database comes to the same. Random histories of rosters and events are told to two databases; one
 * takes runs as they are known, the other applies each row. What runs have stated is folded in at the end, and then every row must be the same.
 */
#include "tests/unit/database/scene.h"

#include "database/due.h"
#include "database/roster_run.h"
#include "parser/zone.h"
#include "platform/sha256.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HISTORIES = 60,
    STEPS = 60,
    ROWS = 16,
    RUN = 4, /* rows */
    TEXT = 1024
};

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 16) % below;
}

/* ---- what is told ---- */

/* A row of the roster. People 0 to 3 have two bookings, in two runs; the one of 8 and 9 has both in one. */
struct line {
    unsigned person, booking, name, housing, release, photo;
    bool absent;
};

struct telling {
    int64_t file;
    int ordinal;
    instant_us arrived, event_at;
    bool empty_clears, reopens, closes_earlier;
    bool roster;
};

static const char *const releases[] = {"", "ReleaseDate=\"\"\n", "ReleaseDate=\"2026-11-01T08:00\"\n",
                                       "ReleaseDate=\"2026-11-23T11:40\"\n" /* in the middle of a history */};

static void draw_line(struct line *line, unsigned i)
{
    line->person = i < 8 ? i % RUN : i == 9 ? 8 : i;
    line->booking = i;
    line->name = draw(12) == 0; /* the two rows of a person mostly agree */
    line->housing = draw(3);
    line->release = draw(4) == 0 ? draw(4) : 0;
    line->photo = draw(12) == 0;
}

static void write_dem(const struct line *line, char text[TEXT])
{
    char fields[512], photo[64] = "";
    if (line->photo > 0)
        (void)snprintf(photo, sizeof photo, "PhotoPath=\"p%u.jpg\"\n", line->photo);
    (void)snprintf(
        fields, sizeof fields,
        "PatientID=\"P%u\"\nBooking=\"%u\"\nLastName=\"N%u\"\nHousing=\"H%u\"\nBookingDate=\"2018-06-"
        "%02uT12:34\"\n%s%s",
        line->person, line->booking, line->name, line->housing, 1 + line->booking, releases[line->release],
        photo);
    (void)snprintf(text, TEXT, "%s", scene_dem(fields));
}

static void write_location(const struct line *line, char text[TEXT])
{
    char fields[128];
    (void)snprintf(fields, sizeof fields, "PatientID=\"P%u\"\nBooking=\"%u\"\nHousing=\"H%u\"\n",
                   line->person, line->booking, line->housing);
    (void)snprintf(text, TEXT, "%s", scene_location(fields));
}

static instant_us instant_of(const struct jms_value *value, instant_us arrival)
{
    instant_us instant = INSTANT_NONE;
    if (value->presence == JMS_GIVEN)
        (void)datetime_to_instant(&value->time, zone_find(SLICE_LITERAL("America/Denver")), arrival,
                                  &instant);
    return instant;
}

static struct apply_result tell(struct scene *scene, const struct telling *telling, const char *text)
{
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    if (jms_event_parse(slice_of(text), &settings, &arena, &faults, &event) != PARSE_OK)
        fail_msg("the event of the test is not valid: %s", text);
    const struct apply_input input = {
        .event = &event,
        .file = telling->file,
        .ordinal = telling->ordinal,
        .authority = "JMS",
        .facility = event.fields[JMS_FACILITY].text,
        .arrived = telling->arrived,
        .event_at = telling->event_at,
        .booking_date = instant_of(&event.fields[JMS_BOOKING_DATE], telling->arrived),
        .release_date = instant_of(&event.fields[JMS_RELEASE_DATE], telling->arrived),
        .empty_clears = telling->empty_clears,
        .reopens = telling->reopens,
        .closes_earlier = telling->closes_earlier,
        .leaves_no_repeat = telling->roster,
        .waits_until = telling->arrived + (instant_us)3600 * 1000000,
        .now = telling->arrived,
        .warnings = &faults,
    };
    struct apply_result result;
    assert_ok(apply_jms_event(scene->db, &input, &result));
    arena_release(&arena);
    return result;
}

static void assert_same(const struct apply_result *a, const struct apply_result *b)
{
    assert_int_equal(a->message.state, b->message.state);
    assert_int_equal(a->message.id, b->message.id);
    assert_int_equal(a->changes, b->changes);
    assert_int_equal(a->booking_again, b->booking_again);
    assert_int_equal(a->second_open_booking, b->second_open_booking);
    assert_int_equal(a->identity_changed, b->identity_changed);
    assert_int_equal(a->moved, b->moved);
    assert_int_equal(a->released, b->released);
}

/* ---- a history ---- */

struct worlds {
    struct scene *with, *without;
    size_t known; /* runs that were taken as known */
};

static int64_t claim(struct worlds *worlds, instant_us arrived, int64_t copied_from)
{
    struct ledger_file file = {
        .feed = "jms", .name = "R", .arrived = arrived, .format = "roster-csv", .copied_from = copied_from};
    struct ledger_file other = file;
    assert_ok(ledger_claim(worlds->with->db, &file));
    assert_ok(ledger_claim(worlds->without->db, &other));
    assert_int_equal(file.id, other.id);
    return file.id;
}

static void tell_event(struct worlds *worlds, struct telling *telling)
{
    char text[TEXT];
    struct line line;
    draw_line(&line, draw(ROWS));
    if (draw(10) == 0)
        line.person = draw(ROWS); /* the booking of another: held */
    if (draw(2) == 0)
        write_location(&line, text);
    else
        write_dem(&line, text);
    telling->ordinal = 1;
    telling->roster = false;
    const struct apply_result a = tell(worlds->with, telling, text);
    const struct apply_result b = tell(worlds->without, telling, text);
    assert_same(&a, &b);
}

/* Rows `first` up to `end` of the roster. */
static void tell_rows(struct worlds *worlds, struct telling *telling, const struct line *lines, size_t first,
                      size_t end)
{
    const struct roster_run_file file = {telling->file, telling->event_at, telling->arrived};
    struct roster_run_row kept[RUN];
    char text[RUN][TEXT];
    uint8_t digest[SHA256_SIZE];
    size_t count = 0;
    struct sha256_sum *sum = sha256_begin();
    for (size_t i = first; i < end; i++) {
        if (lines[i].absent)
            continue;
        write_dem(&lines[i], text[count]);
        sha256_add(sum, text[count], strlen(text[count]));
        count++;
    }
    sha256_end(sum, digest);
    if (count == 0)
        return;
    bool again = false, stand = true;
    assert_ok(roster_run_again(worlds->with->db, &file, digest, &again));
    worlds->known += again;
    for (size_t i = 0; i < count; i++) {
        telling->ordinal++;
        const struct apply_result b = tell(worlds->without, telling, text[i]);
        if (again) {
            assert_int_equal(b.message.state, LEDGER_DUPLICATE);
            assert_int_equal(b.message.id, 0);
            assert_false(b.booking_again || b.waiting_ended > 0);
            continue;
        }
        const struct apply_result a = tell(worlds->with, telling, text[i]);
        assert_same(&a, &b);
        stand = stand && a.stands != 0;
        kept[i] = (struct roster_run_row){a.message.patient, a.message.booking, a.stands, a.stands_beside,
                                          a.changes > 0};
    }
    if (!again && stand)
        assert_ok(roster_run_keep(worlds->with->db, &file, digest, kept, count));
}

static void tell_roster(struct worlds *worlds, struct telling *telling, struct line *lines)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (draw(12) == 0)
            draw_line(&lines[i], i);
        if (draw(12) == 0)
            lines[i].absent = !lines[i].absent;
    }
    telling->ordinal = 0;
    telling->roster = true;
    const bool in_part = draw(4) == 0; /* such as one facility's */
    for (size_t first = 0; first < ROWS; first += RUN)
        if (!in_part || draw(2) == 0)
            tell_rows(worlds, telling, lines, first, first + RUN);
    if (draw(8) == 0) { /* rows that stand there twice */
        size_t first = RUN * draw(ROWS / RUN);
        tell_rows(worlds, telling, lines, first, first + RUN);
    }
}

/* ---- what it came to ---- */

static int add_row(void *context, int count, char **values, char **names)
{
    sqlite3_str *text = context;
    (void)names;
    for (int i = 0; i < count; i++)
        sqlite3_str_appendf(text, "%s|", values[i] == NULL ? "-" : values[i]);
    sqlite3_str_appendall(text, "\n");
    return 0;
}

static char *rows_of(struct scene *scene, const char *sql)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    if (sqlite3_exec(scene->other, sql, add_row, text, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(scene->other));
    sqlite3_str_appendall(text, ".");
    return sqlite3_str_finish(text);
}

static void fold_all(struct scene *scene)
{
    bool folded = false;
    int64_t last = strtoll(scene_value(scene, "SELECT max(id) FROM patient"), NULL, 10);
    assert_ok(database_begin(scene->db));
    for (int64_t id = 1; id <= last; id++)
        assert_ok(roster_run_fold_patient(scene->db, id, &folded));
    assert_ok(database_commit(scene->db));
    assert_value(scene, "SELECT count(*) FROM roster_run_row", "0");
    assert_value(scene, "SELECT count(*) FROM roster_run", "0");
}

static void assert_same_rows(struct worlds *worlds, unsigned seed)
{
    static const char *const tables[] = {"patient",          "booking",       "message",      "change_log",
                                         "location_history", "waiting_event", "message_fault"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[i]);
        char *with = rows_of(worlds->with, sql), *without = rows_of(worlds->without, sql);
        size_t same = 0;
        while (with[same] != '\0' && with[same] == without[same])
            same++;
        while (same > 0 && with[same - 1] != '\n')
            same--;
        if (strcmp(with, without) != 0)
            fail_msg("history %u, %s: with runs\n%.*s\nwithout\n%.*s", seed, tables[i],
                     (int)strcspn(with + same, "\n"), with + same, (int)strcspn(without + same, "\n"),
                     without + same);
        sqlite3_free(with);
        sqlite3_free(without);
    }
}

/* Another program writes what is CorBridge's. */
static void meddle(struct worlds *worlds)
{
    char sql[160];
    if (draw(2) == 0)
        (void)snprintf(sql, sizeof sql, "UPDATE booking SET housing = 'X' WHERE booking_number = '%u'",
                       draw(ROWS));
    else
        (void)snprintf(sql, sizeof sql, "UPDATE patient SET last_name = 'X' WHERE patient_id = 'P%u'",
                       draw(ROWS));
    scene_execute(worlds->with, sql);
    scene_execute(worlds->without, sql);
}

static void tell_history(struct worlds *worlds, unsigned seed)
{
    struct line lines[ROWS];
    random_state = UINT64_C(88172645463325252) + seed * UINT64_C(2654435761);
    memset(lines, 0, sizeof lines);
    for (unsigned i = 0; i < ROWS; i++)
        draw_line(&lines[i], i);
    const bool empty_clears = draw(2) == 0, reopens = draw(2) == 0, closes_earlier = draw(2) == 0;
    const bool copies = draw(3) == 0;
    int minutes = 0;
    for (int step = 0; step < STEPS; step++) {
        minutes += (int)draw(4);
        int arrival = draw(15) == 0 ? minutes - 5 : minutes; /* a clock that is set back */
        int older = draw(4) == 0 ? (int)draw(10) : 0;
        struct telling telling = {.arrived = scene_time(arrival),
                                  .event_at = scene_time(arrival - older),
                                  .empty_clears = empty_clears,
                                  .reopens = reopens,
                                  .closes_earlier = closes_earlier};
        assert_ok(database_begin(worlds->with->db));
        assert_ok(database_begin(worlds->without->db));
        telling.file = claim(worlds, telling.arrived, copies && draw(2) == 0 ? 1000 + step : 0);
        if (draw(3) > 0)
            tell_roster(worlds, &telling, lines);
        else
            tell_event(worlds, &telling);
        if (draw(4) == 0) {
            size_t a = 0, b = 0;
            assert_ok(due_releases(worlds->with->db, telling.arrived, &a));
            assert_ok(due_releases(worlds->without->db, telling.arrived, &b));
            assert_int_equal(a, b);
        }
        assert_ok(database_commit(worlds->with->db));
        assert_ok(database_commit(worlds->without->db));
        if (draw(10) == 0)
            meddle(worlds);
    }
    fold_all(worlds->with);
    assert_same_rows(worlds, seed);
}

static void with_runs_and_without_a_history_comes_to_the_same(void **state)
{
    (void)state;
    size_t known = 0;
    for (unsigned seed = 1; seed <= HISTORIES; seed++) {
        void *with = NULL, *without = NULL;
        (void)scene_setup(&with);
        (void)scene_setup(&without);
        struct worlds worlds = {.with = with, .without = without};
        scene_facilities(worlds.with);
        scene_facilities(worlds.without);
        tell_history(&worlds, seed);
        known += worlds.known;
        (void)scene_teardown(&with);
        (void)scene_teardown(&without);
    }
    print_message("%lu runs were taken as known\n", (unsigned long)known);
    assert_true(known > (size_t)HISTORIES * 10);
}

/* The event that waited for the booking has moved the person since: the row would move them back. */
static void a_row_that_ends_the_waiting_of_an_event_does_not_stand(void **state)
{
    struct scene *scene = *state;
    scene_facilities(scene);
    struct apply_result result =
        scene_apply(scene, scene_location("Housing=\"MOVED\"\n"), (struct scene_event){.minutes = 5});
    assert_int_equal(result.message.state, LEDGER_WAITING);
    const struct scene_event older = {.minutes = 6, .older = 3, .leaves_no_repeat = true};
    result = scene_apply(scene, scene_dem(""), older);
    assert_int_equal(result.waiting_ended, 1);
    assert_value(scene, "SELECT housing FROM booking", "MOVED");
    assert_int_equal(result.stands, 0);
    result = scene_apply(scene, scene_dem(""), (struct scene_event){.minutes = 7});
    assert_int_equal(result.stands, ROSTER_RUN_DEMOGRAPHICS | ROSTER_RUN_BOOKING | ROSTER_RUN_LOCATION);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_that_ends_the_waiting_of_an_event_does_not_stand, scene_setup,
                                        scene_teardown),
        cmocka_unit_test(with_runs_and_without_a_history_comes_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
