#include "tests/unit/outbound/world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/outbox.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/test_order.h"

void world_open(struct world *world, enum database_world which)
{
    char message[512] = "";
    memset(world, 0, sizeof *world);
    world->root = test_temp_dir("outbound");
    world->database_path = path_join(world->root, "corbridge.db");
    world->pharmacy = path_join(world->root, "pharmacy");
    assert_true(platform_ok(folder_make(world->pharmacy)));
    arena_init(&world->arena, 0);
    world->partner = test_partner;
    world->partner.to.folder = world->pharmacy;
    if (database_open(world->database_path, which, DATABASE_WRITE, &world->db, message, sizeof message) !=
        DATABASE_OK)
        fail_msg("%s", message);
    assert_int_equal(sqlite3_open(world->database_path, &world->coremr), SQLITE_OK);
    (void)sqlite3_busy_timeout(world->coremr, 5000);
    world_sql(
        world,
        "INSERT INTO facility (code, name, zone) VALUES ('VCSO', 'Ventura', 'America/Denver'),"
        " ('ANNEX', 'Annex', 'America/Denver');"
        "INSERT INTO patient (id, authority, patient_id, last_name, first_name, birth_date, sex)"
        " VALUES (1, 'JMS', 'P00012345', 'DOE', 'JOHN', '1946-07-22', 'Male');"
        "INSERT INTO booking (id, patient, authority, booking_number, facility, housing, bed, booking_date,"
        " booking_date_given) VALUES (1, 1, 'JMS', '12345678', 'VCSO', 'ISU', '12B',"
        " '2026-06-20T20:32:04.000000Z', '2026-06-20 14:32:04');"
        "INSERT INTO provider (provider_id, last_name, first_name, npi, dea)"
        " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893', 'BH1234563'), ('U18', 'Ames', 'Ida', NULL, NULL);"
        "INSERT INTO drug (ndc, name, strength) VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg');");
}

void world_close(struct world *world)
{
    (void)sqlite3_close(world->coremr);
    database_close(world->db);
    arena_release(&world->arena);
    test_temp_remove(world->root);
    free(world->pharmacy);
    free(world->database_path);
    free(world->root);
}

void world_sql(struct world *world, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(world->coremr, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s\n%s", error, sql);
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copied = malloc(size);
    assert_non_null(copied);
    memcpy(copied, text, size);
    return copied;
}

char *world_text(struct world *world, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    char *text = NULL;
    if (sqlite3_prepare_v2(world->coremr, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s\n%s", sqlite3_errmsg(world->coremr), sql);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        text = copy((const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    return text;
}

long long world_number(struct world *world, const char *sql)
{
    char *text = world_text(world, sql);
    assert_non_null(text);
    long long number = strtoll(text, NULL, 10);
    free(text);
    return number;
}

void world_order(struct world *world, const char *placer, const char *control, const char *columns,
                 const char *values)
{
    char sql[2048];
    int length = snprintf(
        sql, sizeof sql,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider%s) VALUES ('%s', '%s', 1, 1, '00904582460',"
        " '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', %s%s)",
        columns, placer, control, strstr(columns, "/*provider*/") != NULL ? "'U18'" : "'U17'", values);
    assert_in_range(length, 1, sizeof sql - 1);
    world_sql(world, sql);
}

long long world_queue(struct world *world, const char *file_name, const char *bytes)
{
    char control_id[21];
    struct outbox_row row = {
        .receiver_kind = LIVE_PHARMACY,
        .receiver = world->partner.to.name,
        .control_id = control_id,
        .file_name = file_name,
        .bytes = slice_of(bytes),
        .state = OUTBOX_QUEUED,
        .created = WORLD_NOW,
    };
    assert_int_equal(database_begin(world->db), DATABASE_OK);
    assert_int_equal(outbox_next_id(world->db, &row.id), DATABASE_OK);
    outbox_control_id(control_id, DATABASE_TEST, database_control_letters(world->db), row.id);
    assert_int_equal(outbox_insert(world->db, &row, WORLD_NOW), DATABASE_OK);
    assert_int_equal(database_commit(world->db), DATABASE_OK);
    return row.id;
}

void world_mark_sent(struct world *world, long long id)
{
    assert_int_equal(database_begin(world->db), DATABASE_OK);
    assert_int_equal(outbox_mark_sent(world->db, id, WORLD_NOW), DATABASE_OK);
    assert_int_equal(database_commit(world->db), DATABASE_OK);
}

size_t world_files(struct world *world)
{
    struct folder_listing listing;
    assert_true(platform_ok(folder_list(world->pharmacy, &listing)));
    size_t count = listing.count;
    folder_listing_release(&listing);
    return count;
}

bool world_has(struct world *world, const char *file_name, const char *bytes)
{
    char *path = path_join(world->pharmacy, file_name);
    char *there = NULL;
    size_t size = 0;
    bool same = platform_ok(file_load(path, (size_t)1 << 20, &there, &size)) &&
                slice_equal(slice_from(there, size), slice_of(bytes));
    free(there);
    free(path);
    return same;
}

void world_put(struct world *world, const char *file_name, const char *bytes)
{
    struct file *file = NULL;
    char *path = path_join(world->pharmacy, file_name);
    assert_true(platform_ok(file_create(path, &file)));
    assert_true(platform_ok(file_write(file, bytes, strlen(bytes))));
    assert_true(platform_ok(file_close(file)));
    free(path);
}
