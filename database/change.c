#include "database/change.h"

#include "database/query.h"

#include <assert.h>

static void add(struct change_list *list, struct change change)
{
    assert(list->count < CHANGE_LIMIT);
    list->items[list->count++] = change;
}

void change_add_creation(struct change_list *list, const char *table, int64_t row)
{
    add(list, (struct change){.table = table, .row = row});
}

bool change_value(struct change_list *list, const char *table, int64_t row, const char *field,
                  struct slice *value, struct slice to)
{
    if ((value->ptr == NULL) == (to.ptr == NULL) && slice_equal(*value, to))
        return false;
    if (row != 0 && field != NULL)
        add(list, (struct change){table, row, field, *value, to});
    *value = to;
    return true;
}

enum database_kind change_list_write(struct database *db, const struct change_list *list, int64_t message,
                                     size_t before)
{
    enum database_kind kind = DATABASE_OK;
    for (size_t i = 0; kind == DATABASE_OK && i < list->count; i++) {
        const struct change *change = &list->items[i];
        struct query query = query_start(db, STATEMENT_CHANGE_INSERT);
        query_bind_int64(&query, message);
        query_bind_int64(&query, (int64_t)(before + i) + 1);
        query_bind_text(&query, change->table);
        query_bind_int64(&query, change->row);
        query_bind_text(&query, change->field);
        query_bind_slice(&query, change->from);
        query_bind_slice(&query, change->to);
        kind = query_run(&query);
    }
    return kind;
}
