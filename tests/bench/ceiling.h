/*
 * The ceiling: what one thread can do on this disk that does no more than must be done for each file. Open, read, SHA-256, the
 * rows, a rename. It neither watches, proves, parses, merges nor survives anything.
 */
#ifndef TESTS_BENCH_CEILING_H
#define TESTS_BENCH_CEILING_H

#include "tests/bench/rows.h"
#include "tests/bench/site.h"

/*
 * `site` is prepared and holds the same files as the site whose rows these are. Per file: open, read, close, SHA-256, an INSERT
 * of each row that the product left for it; 64 files a transaction (WAL, synchronous=FULL, no checkpoint), then 64 renames into the
 * archive. Returns the seconds from opening the database to the last rename.
 */
double ceiling_run(const struct site *site, const struct rows *rows);

#endif
