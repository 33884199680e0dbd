/* What another program feels that writes into the database while files stream in. */
#ifndef TESTS_BENCH_ORDER_H
#define TESTS_BENCH_ORDER_H

#include <stddef.h>
#include <sys/types.h>

#include "tests/bench/site.h"

#define ORDER_WRITER_MAX 20000

/* A process of its own that inserts an order every 10 ms, one a transaction. */
struct order_writer {
    pid_t child;
    int begin, stop, out;
};

/* Starts it, on a database that is there (site_prepare), while this process has one thread and no database open; it waits for order_writer_begin. */
void order_writer_start(struct order_writer *writer, const struct site *site);
void order_writer_begin(struct order_writer *writer);
/* Ends it; how long each insert took, in milliseconds: ORDER_WRITER_MAX at most. Returns how many there were. */
size_t order_writer_end(struct order_writer *writer, double *milliseconds);

/* From the start of the engine until it has put 20,000 files away. */
void order_measure(void);

#endif
