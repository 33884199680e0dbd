/* A world for tests: a real database in a folder of its own, into which rows are put as CorEMR would, and a pharmacy's folder. */
#ifndef TESTS_UNIT_OUTBOUND_WORLD_H
#define TESTS_UNIT_OUTBOUND_WORLD_H

#include "database/database.h"
#include "outbound/partner.h"
#include "parser/arena.h"
#include "parser/datetime.h"

struct sqlite3;

struct world {
    char *root; /* temporary folder */
    char *database_path;
    char *pharmacy;         /* folder of the pharmacy */
    struct database *db;    /* the committer's connection */
    struct sqlite3 *coremr; /* another program's connection */
    struct arena arena;
    struct partner partner; /* "diamond", all facilities */
};

#define WORLD_NOW ((instant_us)1795457110 * 1000000) /* 2026-11-23T18:05:10Z */

/* Makes the world with facilities VCSO and ANNEX, patient 1 with booking 1 in VCSO, a provider with every number, one
 * without, and a drug. */
void world_open(struct world *world, enum database_world which);
void world_close(struct world *world);

/* Runs SQL as the other program; fails the test when it fails. */
void world_sql(struct world *world, const char *sql);

/* The first column of the first row: a number, or text on the heap (NULL: no row, or NULL). */
long long world_number(struct world *world, const char *sql);
char *world_text(struct world *world, const char *sql);

/* Inserts an order; `columns` and `values` are added to the required ones (", pharmacy", ", 'diamond'"). */
void world_order(struct world *world, const char *placer, const char *control, const char *columns,
                 const char *values);

/* Puts a queued message into the outbox, as the committer does; returns its number. */
long long world_queue(struct world *world, const char *file_name, const char *bytes);
void world_mark_sent(struct world *world, long long id);

/* How many entries the pharmacy's folder has. */
size_t world_files(struct world *world);
/* Whether the pharmacy's folder has the file with exactly these bytes. */
bool world_has(struct world *world, const char *file_name, const char *bytes);
/* Puts a file there. */
void world_put(struct world *world, const char *file_name, const char *bytes);

#endif
