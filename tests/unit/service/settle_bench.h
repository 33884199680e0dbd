/*
 * A settle table on a feed of two rules, for the tests of settling: "c*.ini" is ready when closed, "q*.ini" after its quiet time.
 */
#ifndef TESTS_UNIT_SERVICE_SETTLE_BENCH_H
#define TESTS_UNIT_SERVICE_SETTLE_BENCH_H

#include "service/watch/settle.h"

#define QUIET_MS   1000u
#define GIVE_UP_MS 600000u

struct bench {
    struct config_feed feed;
    struct settle *settle;
    size_t gone;
    char gone_name[64];
    struct file_marks gone_marks;
};

/* An empty table; every file that is called gone is counted. */
void begin(struct bench *bench, enum config_order order);
void end(struct bench *bench);

struct file_marks marks_of(uint64_t size, int64_t written, uint64_t id);

/* The table sees a name with these marks. */
void observe(struct bench *bench, const char *name, uint64_t size, int64_t written, uint64_t id,
             uint64_t now);

/* The name of the next one; "-" when none is due. */
const char *next_name(struct bench *bench, uint64_t now);

/* Takes the next one; "-" when none is due. Static buffer. */
const char *claim_next(struct bench *bench, uint64_t now);

void assert_counts(struct bench *bench, size_t waiting, size_t due, size_t in_flight, size_t unrecognised);

#endif
