#include "tests/unit/database/scene.h"

#include "parser/datetime.h"
#include "parser/jms_event.h"
#include "parser/zone.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int scene_setup_folder(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->folder = test_temp_dir("database");
    (void)snprintf(scene->path, sizeof scene->path, "%s/test.db", scene->folder);
    arena_init(&scene->arena, 0);
    *state = scene;
    return 0;
}

int scene_setup(void **state)
{
    (void)scene_setup_folder(state);
    struct scene *scene = *state;
    char message[512];
    enum database_kind kind =
        database_open(scene->path, DATABASE_TEST, DATABASE_WRITE, &scene->db, message, sizeof message);
    if (kind != DATABASE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_open_v2(scene->path, &scene->other, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(scene->other, 5000), SQLITE_OK);
    return 0;
}

int scene_teardown(void **state)
{
    struct scene *scene = *state;
    database_close(scene->db);
    assert_int_equal(sqlite3_close(scene->other), SQLITE_OK);
    arena_release(&scene->arena);
    test_temp_remove(scene->folder);
    free(scene->folder);
    free(scene);
    return 0;
}

const char *scene_value(struct scene *scene, const char *sql)
{
    char *text = scene->text[scene->next_text++ % 4];
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(scene->other, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(scene->other));
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const unsigned char *value = sqlite3_column_text(statement, 0);
        (void)snprintf(text, sizeof scene->text[0], "%s", value == NULL ? "(null)" : (const char *)value);
    } else if (code == SQLITE_DONE) {
        (void)snprintf(text, sizeof scene->text[0], "(none)");
    } else {
        fail_msg("%s: %s", sql, sqlite3_errmsg(scene->other));
    }
    (void)sqlite3_finalize(statement);
    return text;
}

void scene_execute(struct scene *scene, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(scene->other, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
}

void scene_refused(struct scene *scene, const char *sql, const char *part)
{
    char *error = NULL;
    int code = sqlite3_exec(scene->other, sql, NULL, NULL, &error);
    if (code == SQLITE_OK)
        fail_msg("accepted, but must be refused: %s", sql);
    if (strstr(error, part) == NULL)
        fail_msg("%s: refused with '%s', expected '%s'", sql, error, part);
    sqlite3_free(error);
}

instant_us scene_time(int minutes)
{
    return (instant_us)1795456800 * 1000000 + (instant_us)minutes * 60 * 1000000;
}

static struct ledger_file next_file(struct scene *scene, int minutes)
{
    static char name[32];
    (void)snprintf(name, sizeof name, "DEM%d.ini", ++scene->files);
    return (struct ledger_file){
        .feed = "jms",
        .name = name,
        .marks = {.size = 500,
                  .created_us = scene_time(minutes),
                  .written_us = scene_time(minutes),
                  .identity = {.volume = UINT64_MAX, .id_high = 1, .id_low = (uint64_t)scene->files}},
        .sha256 = {(uint8_t)scene->files, 0xff},
        .arrived = scene_time(minutes),
        .format = "jms-event",
    };
}

struct ledger_file scene_claim(struct scene *scene, int minutes)
{
    struct ledger_file file = next_file(scene, minutes);
    assert_ok(database_begin(scene->db));
    assert_ok(ledger_claim(scene->db, &file));
    assert_ok(database_commit(scene->db));
    return file;
}

void scene_facilities(struct scene *scene)
{
    static const struct facility_row rows[] = {{"VCSO", "Ventura", "America/Denver"},
                                               {"FACTEST", "Test facility", "America/Chicago"}};
    assert_ok(apply_facilities(scene->db, rows, 2));
}

static instant_us instant_of(const struct jms_value *value, instant_us arrival)
{
    instant_us instant = INSTANT_NONE;
    if (value->presence == JMS_GIVEN)
        (void)datetime_to_instant(&value->time, zone_find(SLICE_LITERAL("America/Denver")), arrival,
                                  &instant);
    return instant;
}

struct apply_result scene_apply(struct scene *scene, const char *text, struct scene_event how)
{
    struct arena arena;
    struct fault_list faults;
    struct jms_event event;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    instant_us now = scene_time(how.minutes);
    if (jms_event_parse(slice_of(text), &settings, &arena, &faults, &event) != PARSE_OK ||
        jms_event_check(&event, now, &faults) != PARSE_OK)
        fail_msg("the event of the test is not valid: %s", fault_code_text(faults.items[0].code));

    struct ledger_file file = scene_claim(scene, how.minutes);
    if (how.copied_from > 0) {
        char sql[96];
        (void)snprintf(sql, sizeof sql, "UPDATE file SET copied_from = %d WHERE id = %lld", how.copied_from,
                       (long long)file.id);
        scene_execute(scene, sql);
    }
    struct apply_input input = {
        .event = &event,
        .file = file.id,
        .ordinal = 1,
        .authority = how.authority == NULL ? "JMS" : how.authority,
        .facility = event.fields[JMS_FACILITY].text,
        .arrived = now,
        .event_at = scene_time(how.minutes - how.older),
        .booking_date = instant_of(&event.fields[JMS_BOOKING_DATE], now),
        .release_date = instant_of(&event.fields[JMS_RELEASE_DATE], now),
        .empty_clears = how.empty_clears,
        .reopens = how.reopens,
        .closes_earlier = how.closes_earlier,
        .holds_identity_change = how.holds_identity_change,
        .leaves_no_repeat = how.leaves_no_repeat,
        .asks_for_photo = how.asks_for_photo || how.asks_for_photo_again,
        .asks_for_photo_again = how.asks_for_photo_again,
        .waits_until = scene_time(how.minutes + 24 * 60),
        .now = now,
        .warnings = &faults,
    };
    struct apply_result result;
    assert_ok(database_begin(scene->db));
    assert_ok(database_savepoint(scene->db));
    enum database_kind kind = apply_jms_event(scene->db, &input, &result);
    if (kind != DATABASE_OK)
        fail_msg("not applied: %s", database_error_text(scene->db));
    assert_ok(ledger_end_file(scene->db, file.id, LEDGER_DONE, NULL, now));
    assert_ok(database_savepoint_release(scene->db));
    assert_ok(database_commit(scene->db));
    result.waiting_held = NULL;
    result.message.detail = NULL; /* borrowed from the connection: tests read the row */
    arena_release(&arena);
    return result;
}

/* The lines of `base` whose names `fields` does not have, then `fields`. */
static const char * override(const char *base, const char *fields)
{
    static char text[8192];
    size_t used = 0;
    for (const char *line = base; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t name = strcspn(line, "=") + 1;
        size_t whole = strcspn(line, "\n") + 1;
        bool replaced = false;
        for (const char *other = fields; *other != '\0'; other = strchr(other, '\n') + 1)
            replaced |= strncmp(line, other, name) == 0;
        if (!replaced) {
            memcpy(text + used, line, whole);
            used += whole;
        }
    }
    (void)snprintf(text + used, sizeof text - used, "%s", fields);
    return text;
}

const char *scene_dem(const char *fields)
{
    return override(
        "DataType=\"PatientDemographics\"\nPatientID=\"P1\"\nFacility=\"VCSO\"\nLastName=\"SMITH\"\n"
        "FirstName=\"SAMUEL\"\nBirthDate=\"1995-08-20\"\nSex=\"Male\"\nHousing=\"BLOCK\"\nBed=\"A\"\n"
        "Booking=\"100\"\nBookingDate=\"2026-11-20 10:00:00\"\n",
        fields);
}

const char *scene_location(const char *fields)
{
    return override(
        "DataType=\"PatientLocation\"\nPatientID=\"P1\"\nFacility=\"VCSO\"\nHousing=\"BLOCK\"\nBed=\"A\"\n"
        "Booking=\"100\"\n",
        fields);
}
