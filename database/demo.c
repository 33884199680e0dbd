#include "database/demo.h"

#include <sqlite3.h>
#include <stddef.h>

#include "database/connection.h"

static const char ORDER[] =
    "BEGIN IMMEDIATE;"
    "INSERT INTO provider (provider_id, last_name, first_name, npi) VALUES ('demo-1', 'Sample', 'Alice', '1234567893')"
    "    ON CONFLICT DO NOTHING;"
    "INSERT INTO drug (ndc, rxnorm, name, strength, dosage_form)"
    "    VALUES ('00093720198', '314076', 'Lisinopril 10 mg tablet', '10 mg', 'TAB') ON CONFLICT DO NOTHING;"
    "INSERT INTO medication_order (placer_number, order_control, patient, booking, provider, ndc, ordered_at, dose_amount,"
    "                              dose_units, route, frequency, instructions, quantity, quantity_units, days_supply)"
    "    VALUES ('DEMO-' || (SELECT count(*) + 1 FROM medication_order), 'NW',"
    "            (SELECT patient FROM booking ORDER BY id DESC LIMIT 1), (SELECT max(id) FROM booking), 'demo-1',"
    "            '00093720198', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), '1', 'TAB', 'PO', 'QD', 'Take one tablet each morning',"
    "            '30', 'TAB', 30);"
    "COMMIT;";

/* Each gives one column of text. */
static const char *const ROWS[] = {
    "SELECT 'patient   ' || id || ': ' || authority || ' ' || patient_id || ', ' || last_name || ', ' || first_name || ', born '"
    " || birth_date || ', ' || sex FROM patient ORDER BY id",
    "SELECT 'booking   ' || id || ': ' || booking_number || ' of patient ' || patient || ', facility '"
    " || coalesce(facility, '-') || ', housing ' || coalesce(housing, '-') || ', bed ' || coalesce(bed, '-') || ', since '"
    " || booking_date FROM booking ORDER BY id",
    "SELECT 'location  booking ' || booking || ': ' || coalesce(housing, '-') || ' ' || coalesce(bed, '-') || ' since '"
    " || event_at FROM location_history ORDER BY id",
    "SELECT 'file      ' || id || ': ' || name || ', ' || state || ', now ' || coalesce(stored, 'still in the folder')"
    " FROM file ORDER BY id",
    "SELECT 'fault     file ' || file || ', line ' || coalesce(line, '-') || ', ' || coalesce(field, '-') || ': ' || code"
    " || ', expected ' || coalesce(expected, '-') FROM message_fault WHERE severity = 'error' ORDER BY file, ordinal",
    "SELECT 'order     ' || placer_number || ': ' || state FROM order_event ORDER BY id",
    "SELECT 'outbox    ' || id || ': ' || file_name || ' to ' || receiver || ', ' || state FROM outbox ORDER BY id",
};

enum database_kind demo_order_insert(struct database *db)
{
    int code = sqlite3_exec(db->handle, ORDER, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return DATABASE_OK;
    enum database_kind kind = database_failed(db, code);
    database_rollback(db);
    return kind;
}

enum database_kind demo_rows(struct database *db, void (*line)(void *context, const char *text),
                             void *context)
{
    int code = SQLITE_DONE;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0] && code == SQLITE_DONE; i++) {
        sqlite3_stmt *statement = NULL;
        code = sqlite3_prepare_v2(db->handle, ROWS[i], -1, &statement, NULL);
        if (code == SQLITE_OK) {
            while ((code = sqlite3_step(statement)) == SQLITE_ROW)
                line(context, (const char *)sqlite3_column_text(statement, 0));
        }
        if (code != SQLITE_DONE)
            (void)database_failed(db, code);
        (void)sqlite3_finalize(statement);
    }
    return code == SQLITE_DONE ? DATABASE_OK : database_kind_of(code);
}
