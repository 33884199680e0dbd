#include "service/commands/ask.h"

#include <stdio.h>
#include <stdlib.h>

#include "platform/clock.h"
#include "platform/process.h"
#include "platform/thread.h"
#include "service/commands/output.h"
#include "service/windows/control.h"
#include "service/world.h"

#define ANSWER_WAIT_MS 10000u /* far more than the service takes, but for a database that is locked */
#define ANSWER_LOOK_MS 25u

/* One conversation. */
struct asking {
    const struct command *command;
    const char *world;
    struct database *db;
    struct command_row *rows;
    size_t count;
};

/* What a row is about, as the one who typed it reads it. */
static const char *about(const struct command_row *row, char text[32])
{
    if (row->number == 0)
        return row->subject ? row->subject : row->what;
    (void)snprintf(text, 32, "%lld", (long long)row->number);
    return text;
}

/* Puts all rows into the table, as one transaction. */
static bool leave_rows(const struct asking *asking)
{
    char *user = process_user();
    enum database_kind kind = user ? database_begin(asking->db) : DATABASE_NO_MEMORY;
    for (size_t i = 0; i < asking->count && kind == DATABASE_OK; i++) {
        asking->rows[i].user = user;
        kind = command_insert(asking->db, &asking->rows[i], clock_utc_us());
        asking->rows[i].user = NULL;
    }
    if (user)
        kind = database_finish(asking->db, kind);
    if (kind != DATABASE_OK)
        output_error("corbridge %s: the %s database cannot be written: %s", asking->command->name,
                     asking->world, user ? database_error_text(asking->db) : "memory is exhausted");
    free(user);
    return kind == DATABASE_OK;
}

/* The row once it has its answer; false when it has none in time. */
static bool wait_for_answer(struct database *db, struct arena *arena, int64_t id, uint64_t end,
                            struct command_row *row)
{
    struct mutex lock;
    struct condition never;
    mutex_init(&lock);
    condition_init(&never);
    mutex_lock(&lock);
    for (;;) {
        arena_reset(arena);
        if (command_get(db, id, arena, row) == DATABASE_OK && row->answer)
            break;
        if (clock_monotonic_ms() >= end)
            break;
        /* The answer comes from another process: it can only be looked for. */
        (void)condition_wait(&never, &lock, ANSWER_LOOK_MS);
    }
    mutex_unlock(&lock);
    condition_release(&never);
    mutex_release(&lock);
    return row->answer != NULL;
}

static int tell_answers(const struct asking *asking)
{
    struct service_status service = {.state = SERVICE_STATE_ABSENT};
    bool stopped = platform_ok(service_control_query(&service)) && service.state == SERVICE_STATE_STOPPED;
    if (!stopped)
        (void)service_control_work(); /* it finds the rows by itself, a little later */
    uint64_t end = clock_monotonic_ms() + (stopped ? 0 : ANSWER_WAIT_MS);
    struct arena arena;
    char number[32];
    arena_init(&arena, 0);
    int exit = COMMANDS_OK;
    for (size_t i = 0; i < asking->count && exit == COMMANDS_OK; i++) {
        struct command_row row = {0};
        if (!wait_for_answer(asking->db, &arena, asking->rows[i].id, end, &row)) {
            output_error(
                "corbridge %s: %s: the command waits in the %s database and is carried out when the service %s",
                asking->command->name, about(&asking->rows[i], number), asking->world,
                stopped ? "is started" : "comes to it; it does not run, or the database is locked");
            exit = COMMANDS_FAILED;
        } else if (row.done) {
            output_line("%s", row.answer);
        } else {
            output_error("corbridge %s: refused: %s", asking->command->name, row.answer);
            exit = COMMANDS_FAILED;
        }
    }
    arena_release(&arena);
    return exit;
}

int ask_world(const struct command *command, const struct config *config, enum database_world world,
              struct command_row *rows, size_t count)
{
    struct asking asking = {.command = command, .world = world_name(world), .rows = rows, .count = count};
    struct world_paths paths;
    char message[400] = "memory is exhausted";
    int exit = COMMANDS_FAILED;
    if (!world_paths_init(&paths, config->data_folder, world)) {
        output_error("corbridge %s: memory is exhausted", command->name);
        return exit;
    }
    enum database_kind kind =
        database_open(paths.database, world, DATABASE_COMMAND, &asking.db, message, sizeof message);
    if (kind != DATABASE_OK)
        output_error(
            "corbridge %s: the %s database cannot be opened: %s; the first start of the service makes it",
            command->name, asking.world, message);
    else if (leave_rows(&asking))
        exit = tell_answers(&asking);
    database_close(asking.db);
    world_paths_release(&paths);
    return exit;
}
