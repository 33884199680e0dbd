#include "tests/integration/orders.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/path.h"
#include "tests/support/cb_cmocka.h"

void orders_prepare(struct scene *scene)
{
    scene_execute(scene, "INSERT INTO provider (provider_id, last_name, first_name, npi)"
                         " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
                         "INSERT INTO drug (ndc, name, strength)"
                         " VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg')");
}

void orders_insert(struct scene *scene, int group, int count)
{
    char sql[600];
    (void)snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < %d)"
        " INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
        " dose_amount, dose_units, route, frequency, provider) SELECT 'O%d-' || n, 'NW', 1, 1,"
        " '00904582460', '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17' FROM number",
        count, group);
    scene_execute(scene, sql);
}

void orders_assert_sent_once(struct scene *scene, int orders)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "%d|%d|%d", orders, orders, orders);
    scene_assert_rows(
        scene,
        "SELECT count(*), count(DISTINCT coalesce(order_event, alert_event)), sum(state = 'sent') FROM outbox",
        expected);
    assert_int_equal(scene_count_files(scene->pharmacy), orders);
    for (int id = 1; id <= orders; id++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "SELECT file_name FROM outbox WHERE id = %d", id);
        char *path = path_join(scene->pharmacy, scene_rows(scene, sql));
        char *bytes = scene_read(path);
        (void)snprintf(sql, sizeof sql, "SELECT CAST(bytes AS TEXT) FROM outbox WHERE id = %d", id);
        assert_string_equal(bytes, scene_rows(scene, sql));
        free(bytes);
        free(path);
    }
}
