#include "service/pipeline/row_run.h"

#include <string.h>

#include "service/pipeline/pipeline.h"

#define ENDS_ONE_IN                                                                                          \
    32 /* with the longest one: 27 rows on the average. A row that was changed costs its run */

/* Whether a run ends behind the row: by its bytes alone, each of which counts as much as any other. Eight at a time; the last step is that of MurmurHash3. */
static bool ends_run(const struct row *row)
{
    uint64_t hash = row->identity.len;
    for (size_t at = 0; at < row->identity.len; at += sizeof hash) {
        const size_t left = row->identity.len - at;
        uint64_t word = 0;
        memcpy(&word, row->identity.ptr + at, left < sizeof word ? left : sizeof word);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (hash ^ hash >> 33) % ENDS_ONE_IN == 0;
}

/* What decides the meaning of a row beside the row: program and configuration, mapping, feed, match rule, characters. */
static void add_rule(struct sha256_sum *sum, const struct row_reader *reader)
{
    const struct job *job = reader->job;
    const char *feed = job->line->config->name;
    const int64_t numbers[] = {(int64_t)job->match->line, (int64_t)reader->place.encoding};
    const struct slice mapping = job->match->mapping_bytes;
    sha256_add(sum, reader->config->fingerprint, sizeof reader->config->fingerprint);
    sha256_add(sum, mapping.ptr, mapping.len);
    sha256_add(sum, feed, strlen(feed) + 1);
    sha256_add(sum, numbers, sizeof numbers);
}

static void end_run(struct row_slice *slice, struct sha256_sum **sum)
{
    sha256_end(*sum, slice->runs[slice->run_count].digest);
    *sum = NULL;
    slice->run_count++;
}

bool row_run_find(struct row_reader *reader, struct row_slice *slice)
{
    struct sha256_sum *sum = NULL; /* of the run that is open */
    slice->run_count = 0;
    if (slice->count == 0)
        return true;
    slice->runs = arena_take_array(&slice->arena, slice->count, sizeof *slice->runs);
    if (!slice->runs)
        return false;
    for (size_t i = 0; i < slice->count; i++) {
        const struct row *row = &slice->rows[i];
        struct row_run *run = &slice->runs[slice->run_count];
        if (!row->identity.ptr) {
            if (sum)
                end_run(slice, &sum);
            continue;
        }
        if (!sum) {
            sum = sha256_begin();
            run->first = i;
            add_rule(sum, reader);
        }
        const uint64_t size = row->identity.len;
        run->count++;
        sha256_add(sum, &size, sizeof size);
        sha256_add(sum, row->moments, sizeof row->moments);
        sha256_add(sum, row->identity.ptr, row->identity.len);
        if (run->count == ROW_RUN_LONGEST || ends_run(row))
            end_run(slice, &sum);
    }
    if (!sum)
        return true;
    const size_t open = slice->runs[slice->run_count].first;
    if (slice->last || !reader->format->begins_anywhere || open == 0) {
        end_run(slice, &sum);
        return true;
    }
    sha256_end(sum, NULL);
    slice->count = open;
    reader->place = slice->rows[open - 1].next;
    return true;
}
