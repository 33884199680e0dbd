/* A site: a share, a data folder and a pharmacy's folder side by side on one disk, and a configuration. */
#ifndef TESTS_BENCH_SITE_H
#define TESTS_BENCH_SITE_H

#include <stddef.h>
#include <stdint.h>

#include "service/engine.h"

struct sqlite3;

struct site {
    char *root, *share, *data, *config_path;
    struct config *config;
    struct engine *engine;
};

/* Below which folder sites are made. */
void site_set_folder(const char *folder);

/* `ready` is the attribute of the only match rule, such as `ready="closed"`; "" for the default. */
void site_make(struct site *site, const char *ready);

/* The same below another folder, with a configuration for a Windows program that finds this folder at `windows_base`, such as "C:".
 * The engine cannot be started in this process. */
void site_make_windows(struct site *site, const char *ready, const char *folder, const char *windows_base);

/* Stops the engine, if it runs, and removes everything. */
void site_remove(struct site *site);

/* Starts the engine in this process, and stops it in good order. */
void site_start(struct site *site);
void site_stop(struct site *site);

/* A start and a stop: the database is there afterwards, as at a site that was installed before. */
void site_prepare(struct site *site);

/* Writes the sample files `first` to `first + count - 1` into the share and brings everything to the disk. */
void site_fill(const struct site *site, size_t first, size_t count);

/* Renames the sample file `number` into the share; written before by site_stage. Returns the moment just before the rename. */
void site_stage(const struct site *site, size_t first, size_t count);
uint64_t site_drop(const struct site *site, size_t number);

/* The path of the site's database, static. */
const char *site_database(const struct site *site);

/* A connection of its own to the database, as another program has it. */
struct sqlite3 *site_connect(const struct site *site);

/* The number that a query gives. */
int64_t site_count(const struct site *site, const char *sql);

#endif
