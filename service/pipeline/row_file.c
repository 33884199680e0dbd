#include "service/pipeline/row_file.h"

#include <stdlib.h>

#include "service/pipeline/job.h"
#include "service/pipeline/sync.h"

struct row_file *row_file_new(const struct row_format *format, bool sync)
{
    struct row_file *rows = calloc(1, sizeof *rows);
    if (!rows)
        return NULL;
    rows->format = format;
    rows->sync = sync ? sync_new() : NULL;
    if (sync && !rows->sync) {
        free(rows);
        return NULL;
    }
    arena_init(&rows->slice.arena, 0);
    return rows;
}

void row_file_free(struct row_file *rows)
{
    if (!rows)
        return;
    sync_free(rows->sync);
    row_reader_release(&rows->reader);
    arena_release(&rows->slice.arena);
    free(rows);
}

bool row_file_is_under_way(const struct job *job)
{
    return job->rows && (job->work == JOB_PARSE || job->work == JOB_COPY) && job->status == PARSE_OK &&
           !job->rows->ended;
}

static bool has_fault(const struct fault_list *faults, enum fault_code code)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->items[i].code == code)
            return true;
    }
    return false;
}

void row_file_committed(struct row_file *rows)
{
    for (size_t i = rows->first; i < rows->upto; i++) {
        const struct apply_result *result = &rows->slice.rows[i].result;
        rows->identities_changed += result->identity_changed;
        rows->second_open_bookings += result->second_open_booking;
        rows->unmatched_locations += result->unmatched_location;
        rows->unmapped_codes += has_fault(&rows->slice.rows[i].faults, FAULT_ALERT_CODE_UNMAPPED);
    }
    rows->kept = rows->kept || rows->upto > rows->first || rows->ended;
    rows->progress = rows->reached;
    rows->first = rows->upto;
    if (rows->sync)
        sync_committed(rows->sync, rows->slice.last && rows->first == rows->slice.count);
}
