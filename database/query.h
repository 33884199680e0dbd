/*
 * One run of one prepared statement: start, bind every parameter in order, step, read columns, end.
 *
 *     struct query query = query_start(db, STATEMENT_FILE_PUT_AWAY);
 *     query_bind_text(&query, stored);
 *     query_bind_int64(&query, file);
 *     return query_change(&query);
 *
 * What is bound is borrowed and must live until the query has ended. A failure on the way is kept and returned at the
 * step. Every query ends in query_run, query_change, query_insert or query_end. Inside database/ only.
 */
#ifndef CORBRIDGE_DATABASE_QUERY_H
#define CORBRIDGE_DATABASE_QUERY_H

#include <stdint.h>

#include "database/connection.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/slice.h"

struct query {
    struct database *db;
    struct sqlite3_stmt *statement; /* NULL: it could not be prepared */
    int parameter;                  /* how many are bound */
    int code;                       /* the first failure, or SQLITE_OK */
};

struct query query_start(struct database *db, enum statement_id id);

void query_bind_null(struct query *query);
void query_bind_int64(struct query *query, int64_t value);
/* 0 means that there is none: NULL. */
void query_bind_number(struct query *query, int64_t value);
void query_bind_text(struct query *query, const char *text);   /* NULL gives NULL */
void query_bind_slice(struct query *query, struct slice text); /* ptr NULL gives NULL */
void query_bind_blob(struct query *query, const void *bytes, size_t size);
/* Formats into `text`, which the caller keeps until the query has ended; INSTANT_NONE gives NULL. */
void query_bind_instant(struct query *query, instant_us instant, char text[INSTANT_TEXT_SIZE]);

/* DATABASE_OK: there is a row. DATABASE_NONE: there is no further one. */
enum database_kind query_step(struct query *query);
void query_end(struct query *query);

/* Runs a statement that gives no row, and ends it. DATABASE_OK or why not. */
enum database_kind query_run(struct query *query);

/* As query_run; DATABASE_NONE when no row was changed: none is in the state from which the transition starts. */
enum database_kind query_change(struct query *query);

/* As query_run for an INSERT; *id is the number that the row was given. */
enum database_kind query_insert(struct query *query, int64_t *id);

/* Columns of the present row, from 0. */
bool query_is_null(const struct query *query, int column);
int64_t query_int64(const struct query *query, int column);
/* In the arena; NULL (ptr NULL) for NULL. A number is given as its text. When memory is exhausted *complete
 * becomes false. */
const char *query_text(const struct query *query, int column, struct arena *arena, bool *complete);
struct slice query_slice(const struct query *query, int column, struct arena *arena, bool *complete);
struct slice query_bytes(const struct query *query, int column, struct arena *arena, bool *complete);
/* An instant in its stored form, or as another program may write it; INSTANT_NONE for NULL. When it is no instant
 * *complete becomes false. */
instant_us query_instant(const struct query *query, int column, bool *complete);

/* Room for one more element behind `count` of an array in the arena that has `*capacity`; NULL when memory is
 * exhausted. */
void *query_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

#endif
