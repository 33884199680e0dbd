#include "tests/unit/service/settle_bench.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/cb_cmocka.h"

static const struct config_match MATCHES[] = {
    {.pattern = "c*.ini", .ready = CONFIG_READY_CLOSED, .quiet_ms = QUIET_MS, .give_up_ms = GIVE_UP_MS},
    {.pattern = "q*.ini", .ready = CONFIG_READY_QUIET, .quiet_ms = QUIET_MS, .give_up_ms = GIVE_UP_MS},
};

static struct config_feed feed_of(enum config_order order)
{
    return (struct config_feed){
        .name = "jms", .folder = "unused", .order = order, .matches = MATCHES, .match_count = 2};
}

static void note_gone(void *context, const struct settle_entry *entry)
{
    struct bench *bench = context;
    bench->gone++;
    (void)snprintf(bench->gone_name, sizeof bench->gone_name, "%s", entry->name);
    bench->gone_marks = entry->marks;
}

void begin(struct bench *bench, enum config_order order)
{
    memset(bench, 0, sizeof *bench);
    bench->feed = feed_of(order);
    bench->settle = settle_new(&bench->feed, note_gone, bench);
    assert_non_null(bench->settle);
}

void end(struct bench *bench)
{
    settle_free(bench->settle);
}

struct file_marks marks_of(uint64_t size, int64_t written, uint64_t id)
{
    return (struct file_marks){.size = size, .written_us = written, .identity = {.volume = 1, .id_low = id}};
}

void observe(struct bench *bench, const char *name, uint64_t size, int64_t written, uint64_t id, uint64_t now)
{
    struct file_marks marks = marks_of(size, written, id);
    assert_true(settle_observe(bench->settle, name, &marks, true, now));
}

const char *next_name(struct bench *bench, uint64_t now)
{
    struct settle_entry *entry = settle_next(bench->settle, now);
    return entry ? entry->name : "-";
}

const char *claim_next(struct bench *bench, uint64_t now)
{
    static char name[300];
    struct settle_entry *entry = settle_next(bench->settle, now);
    if (!entry)
        return "-";
    (void)snprintf(name, sizeof name, "%s", entry->name);
    struct file_marks marks = entry->marks;
    settle_claimed(bench->settle, entry, &marks);
    return name;
}

void assert_counts(struct bench *bench, size_t waiting, size_t due, size_t in_flight, size_t unrecognised)
{
    struct settle_counts counts;
    settle_count(bench->settle, &counts);
    assert_int_equal(counts.waiting, waiting);
    assert_int_equal(counts.due, due);
    assert_int_equal(counts.in_flight, in_flight);
    assert_int_equal(counts.unrecognised, unrecognised);
}
