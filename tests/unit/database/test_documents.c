/* docs/database.md and the schema say the same, and the example of the page works. */
#include "tests/unit/database/scene.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define DRIVE "Z:" /* where Wine shows the machine's root folder */
#else
#define DRIVE ""
#endif

static char document[256 * 1024];

static int load_document(void **state)
{
    (void)state;
    FILE *file = fopen(DRIVE DATABASE_DOCUMENT, "rb");
    assert_non_null(file);
    size_t size = fread(document, 1, sizeof document - 1, file);
    assert_int_equal(ferror(file), 0);
    assert_true(size > 1000 && size < sizeof document - 1);
    document[size] = '\0';
    return fclose(file);
}

/* Rows of a temporary table "documented": what the page says of each column. */
static void read_columns(struct scene *scene)
{
    scene_execute(scene, "CREATE TEMP TABLE documented (table_name, column_name, type, nullable)");
    char table[64] = "";
    int rows = 0;
    for (const char *line = document; line != NULL; line = strchr(line, '\n')) {
        char column[64];
        char type[16];
        char nullable[8];
        line += *line == '\n';
        if (strncmp(line, "## ", 3) == 0 || strncmp(line, "### ", 4) == 0) {
            table[0] = '\0';
            (void)sscanf(line, "### `%63[a-z_]`", table);
            continue;
        }
        if (table[0] == '\0' ||
            sscanf(line, "| `%63[a-z0-9_]` | %15[A-Z] | %7[a-z] |", column, type, nullable) != 3)
            continue;
        char *sql =
            sqlite3_mprintf("INSERT INTO documented VALUES (%Q, %Q, %Q, %Q)", table, column, type, nullable);
        scene_execute(scene, sql);
        sqlite3_free(sql);
        rows++;
    }
    assert_true(rows > 100);
}

static void page_and_schema_say_the_same(void **state)
{
    struct scene *scene = *state;
    read_columns(scene);
    scene_execute(
        scene,
        "CREATE TEMP TABLE actual AS SELECT s.name AS table_name, c.name AS column_name, c.type AS type,"
        " iif(c.\"notnull\" OR c.pk, 'no', 'yes') AS nullable FROM sqlite_schema s, pragma_table_info(s.name) c"
        " WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'");
    /* Printed when they differ: table.column type nullable. */
    assert_value(scene,
                 "SELECT table_name || '.' || column_name || ' ' || type || ' ' || nullable FROM"
                 " (SELECT * FROM actual EXCEPT SELECT * FROM documented)",
                 "(none)");
    assert_value(scene,
                 "SELECT table_name || '.' || column_name || ' ' || type || ' ' || nullable FROM"
                 " (SELECT * FROM documented EXCEPT SELECT * FROM actual)",
                 "(none)");
    /* In the same order, so that the page can be read beside the schema. */
    assert_value(
        scene,
        "SELECT (SELECT group_concat(column_name) FROM (SELECT column_name FROM documented WHERE table_name ="
        " 'medication_order')) = (SELECT group_concat(column_name) FROM (SELECT column_name FROM actual WHERE"
        " table_name = 'medication_order'))",
        "1");
}

static void the_version_is_the_one_of_the_page(void **state)
{
    struct scene *scene = *state;
    (void)scene;
    char words[64];
    (void)snprintf(words, sizeof words, "(now %d)", database_schema_version());
    assert_non_null(strstr(document, words));
}

/* Every column has its meaning beside it in the SQL, as the page has. */
static void every_column_is_commented_in_the_schema(void **state)
{
    struct scene *scene = *state;
    read_columns(scene);
    assert_value(
        scene,
        "SELECT d.table_name || '.' || d.column_name FROM documented d JOIN sqlite_schema s ON s.name = d.table_name"
        " WHERE instr(substr(s.sql, instr(s.sql, char(10) || '    ' || d.column_name || ' ')), ' -- ') = 0"
        " OR instr(s.sql, char(10) || '    ' || d.column_name || ' ') = 0",
        "(none)");
}

/* The example of that number on the page, from 1. */
static char *example(int number)
{
    const char *start = document;
    for (int i = 0; i < number; i++) {
        start = strstr(start, "```sql\n");
        assert_non_null(start);
        start += strlen("```sql\n");
    }
    const char *end = strstr(start, "```");
    assert_non_null(end);
    size_t size = (size_t)(end - start);
    char *sql = malloc(size + 1);
    assert_non_null(sql);
    memcpy(sql, start, size);
    sql[size] = '\0';
    return sql;
}

static void the_example_inserts_one_order(void **state)
{
    struct scene *scene = *state;
    char *sql = example(1);
    scene_facilities(scene);
    scene_execute(scene, sql); /* the booking is not known yet */
    assert_value(scene, "SELECT count(*) FROM medication_order", "0");
    (void)scene_apply(scene, scene_dem("Booking=\"12345678\"\n"), (struct scene_event){0});
    scene_execute(scene, sql);
    assert_value(scene, "SELECT placer_number || patient || booking || dose_amount FROM medication_order",
                 "RX-2026-000123111");
    assert_value(scene, "SELECT state FROM order_event", "new");
    scene_refused(scene, sql, "already has a new order");
    scene_execute(scene, "ROLLBACK");
    free(sql);
}

static void the_examples_set_an_alert_and_remove_it(void **state)
{
    struct scene *scene = *state;
    char *set = example(2), *remove = example(3);
    scene_facilities(scene);
    scene_execute(scene, set); /* the booking is not known yet */
    scene_execute(scene, remove);
    assert_value(scene, "SELECT count(*) FROM alert_entry", "0");
    (void)scene_apply(scene, scene_dem("Booking=\"12345678\"\n"), (struct scene_event){0});
    scene_execute(scene, set);
    assert_value(
        scene,
        "SELECT code || patient || booking || added_by || (date_removed IS NULL) || (feed IS NULL) FROM alert",
        "HIGHCAL11U711");
    scene_execute(scene, remove);
    assert_value(scene, "SELECT removed_by || (date_removed >= date_added) FROM alert", "U71");
    assert_value(scene, "SELECT group_concat(change || ' ' || state) FROM alert_event",
                 "added new,removed new");
    scene_execute(scene, remove); /* nothing is left to remove */
    assert_value(scene, "SELECT count(*) FROM alert_entry", "2");
    free(set);
    free(remove);
}

/* The page quotes two refusals; they are what the schema says. */
static void the_refusals_are_quoted_right(void **state)
{
    struct scene *scene = *state;
    static const char ndc[] = "CHECK constraint failed: ndc must be 11 digits without hyphens";
    static const char patient[] =
        "the booking is another patient's: give a booking whose booking.patient is the patient of the order";
    assert_non_null(strstr(document, ndc));
    assert_non_null(strstr(document, patient));
    scene_refused(scene, "INSERT INTO drug (ndc, name) VALUES ('0009-3720-198', 'X')", ndc);
    scene_facilities(scene);
    (void)scene_apply(scene, scene_dem(""), (struct scene_event){0});
    (void)scene_apply(scene, scene_dem("PatientID=\"P2\"\nBooking=\"200\"\n"), (struct scene_event){0});
    scene_refused(
        scene,
        "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at,"
        " dose_amount, dose_units) VALUES ('1', 'NW', 1, 2, 'U7', '00093720198', '2026-11-23T18:00:00Z', '1', 'TAB')",
        patient);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(page_and_schema_say_the_same),
        IN_SCENE(the_version_is_the_one_of_the_page),
        IN_SCENE(every_column_is_commented_in_the_schema),
        IN_SCENE(the_example_inserts_one_order),
        IN_SCENE(the_examples_set_an_alert_and_remove_it),
        IN_SCENE(the_refusals_are_quoted_right),
    };
    return cmocka_run_group_tests_name("documents", tests, load_document, NULL);
}
