#include "tests/bench/order.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "platform/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/site.h"

#define FILES      20000
#define EVERY_US   10000
#define ORDERS_MAX ORDER_WRITER_MAX
#define LOOK_US    1000
#define LIMIT_US   (UINT64_C(120) * 1000 * 1000)

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail("%s: %s", sql, sqlite3_errmsg(db));
}

/* A booking, a provider and a drug that orders may name. */
static void prepare(const struct site *site)
{
    sqlite3 *db = site_connect(site);
    run(db, "INSERT INTO patient (id, authority, patient_id, last_name, first_name, birth_date, sex)"
            " VALUES (1, 'JMS', 'P1', 'DOE', 'JOHN', '1946-07-22', 'Male');"
            "INSERT INTO booking (id, patient, authority, booking_number, booking_date, booking_date_given)"
            " VALUES (1, 1, 'JMS', 'B1', '2017-06-20T21:32:04.000000Z', '2017-06-20T14:32:04');"
            "INSERT INTO provider (provider_id, last_name, first_name, npi)"
            " VALUES ('U17', 'Hale', 'Nathaniel', '1234567893');"
            "INSERT INTO drug (ndc, name, strength)"
            " VALUES ('00904582460', 'Ibuprofen 200 MG Tablet', '200 mg')");
    (void)sqlite3_close(db);
}

/* The other process: an order every 10 ms until `stop` is closed. Milliseconds of each go to `out`. */
static _Noreturn void insert_orders(const struct site *site, int begin, int stop, int out)
{
    static double milliseconds[ORDERS_MAX];
    size_t count = 0;
    char byte;
    if (read(begin, &byte, 1) != 1)
        _exit(1);
    sqlite3 *db = site_connect(site);
    sqlite3_stmt *insert = NULL;
    if (sqlite3_prepare_v2(
            db,
            "INSERT INTO medication_order (placer_number, order_control, patient, booking, ndc, ordered_at,"
            " dose_amount, dose_units, route, frequency, provider) VALUES ('O' || ?, 'NW', 1, 1,"
            " '00904582460', '2026-11-23T18:05:09Z', '2', 'TAB', 'PO', 'BID', 'U17')",
            -1, &insert, NULL) != SQLITE_OK)
        _exit(2);
    while (count < ORDERS_MAX && read(stop, &byte, 1) < 0 && errno == EAGAIN) {
        uint64_t begun = clock_monotonic_us();
        if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
            _exit(3);
        (void)sqlite3_bind_int64(insert, 1, (sqlite3_int64)count + 1);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK ||
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            _exit(4);
        milliseconds[count++] = (double)(clock_monotonic_us() - begun) / 1000;
        bench_sleep_us(EVERY_US);
    }
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    for (size_t i = 0; i < count; i++)
        if (write(out, &milliseconds[i], sizeof milliseconds[i]) != (ssize_t)sizeof milliseconds[i])
            _exit(5);
    _exit(0);
}

void order_writer_start(struct order_writer *writer, const struct site *site)
{
    int begin[2], stop[2], out[2];
    prepare(site);
    if (pipe(begin) != 0 || pipe(stop) != 0 || pipe(out) != 0 || fcntl(stop[0], F_SETFL, O_NONBLOCK) != 0)
        bench_fail("no pipe can be had: %s", strerror(errno));
    writer->child = fork();
    if (writer->child < 0)
        bench_fail("no process can be started: %s", strerror(errno));
    if (writer->child == 0) {
        (void)close(stop[1]);
        insert_orders(site, begin[0], stop[0], out[1]);
    }
    (void)close(begin[0]);
    (void)close(stop[0]);
    (void)close(out[1]);
    writer->begin = begin[1];
    writer->stop = stop[1];
    writer->out = out[0];
}

void order_writer_begin(struct order_writer *writer)
{
    if (write(writer->begin, "!", 1) != 1)
        bench_fail("the other process has gone");
}

size_t order_writer_end(struct order_writer *writer, double *milliseconds)
{
    int status = 0;
    size_t count = 0;
    (void)close(writer->stop);
    while (count < ORDERS_MAX && read(writer->out, &milliseconds[count], sizeof milliseconds[count]) ==
                                     (ssize_t)sizeof milliseconds[count])
        count++;
    if (waitpid(writer->child, &status, 0) != writer->child || status != 0 || count == 0)
        bench_fail("the other process could not insert its orders (status 0x%x)", (unsigned)status);
    (void)close(writer->begin);
    (void)close(writer->out);
    return count;
}

static void put_all_away(struct site *site)
{
    struct engine_figures figures;
    uint64_t begun = clock_monotonic_us();
    do {
        bench_sleep_us(LOOK_US);
        engine_figures(site->engine, &figures);
        if (clock_monotonic_us() - begun > LIMIT_US)
            bench_fail("the engine put away %llu files only", (unsigned long long)figures.put_away);
    } while (figures.put_away < FILES);
}

void order_measure(void)
{
    static double milliseconds[ORDERS_MAX];
    struct site site;
    struct order_writer writer;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_fill(&site, 1, FILES);
    order_writer_start(&writer, &site);
    site_start(&site);
    order_writer_begin(&writer);
    put_all_away(&site);
    size_t count = order_writer_end(&writer, milliseconds);
    site_stop(&site);
    if (site_count(&site, "SELECT count(*) FROM medication_order") != (int64_t)count)
        bench_fail("an order is missing");
    site_remove(&site);
    double p50 = bench_percentile(milliseconds, count, 0.5),
           p99 = bench_percentile(milliseconds, count, 0.99);
    bench_say("%zu orders: p50 %.2f ms, p99 %.2f, slowest %.2f", count, p50, p99, milliseconds[count - 1]);
    figure_set(FIGURE_ORDER_INSERT_P50_MS, p50);
    figure_set(FIGURE_ORDER_INSERT_P99_MS, p99);
}
