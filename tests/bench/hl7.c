/*
 * Indexing: a file is taken apart into messages, each is read (segments, names, separators, character set), and the fields of
 * every segment are indexed. All files of the collection one after the other, from memory; several times over, so that a run
 * takes a few tenths of a second.
 */
#include "tests/bench/hl7.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parser/hl7_file.h"
#include "platform/file.h"
#include "platform/path.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"

#define RUNS      5
#define ROUNDS    100
#define FILE_MOST ((size_t)16 * 1024 * 1024)

struct messages {
    struct slice *files;
    size_t count, bytes;
};

static bool load(const char *name, struct slice *out)
{
    char *path = path_join(CORBRIDGE_HL7_CORPUS, name);
    char *bytes = NULL;
    size_t size = 0;
    if (path == NULL)
        bench_fail("no memory");
    bool loaded = platform_ok(file_load(path, FILE_MOST, &bytes, &size));
    free(path);
    *out = slice_from(bytes, size);
    return loaded;
}

/* The first column of INDEX.tsv names the files; its first line the columns. */
static bool load_all(struct messages *messages)
{
    struct slice index;
    *messages = (struct messages){0};
    if (!load("INDEX.tsv", &index))
        return false;
    char *end;
    for (char *line = strchr(index.ptr, '\n'); line != NULL && line[1] != '\0'; line = end) {
        char name[1024];
        end = strchr(line + 1, '\n');
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(line + 1, "\t\n"), line + 1);
        messages->files = realloc(messages->files, (messages->count + 1) * sizeof *messages->files);
        if (messages->files == NULL)
            bench_fail("no memory");
        if (!load(name, &messages->files[messages->count]))
            bench_fail("%s: INDEX.tsv names it, and it cannot be read", name);
        messages->bytes += messages->files[messages->count++].len;
    }
    free((void *)(uintptr_t)index.ptr);
    return messages->count > 0;
}

/* Processor time of this thread: the work is in memory alone, and what else the machine does is no part of it. */
static double thread_us(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0)
        bench_fail("no clock of the thread");
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Returns how many fields there are, so that nothing of the work can be left out. */
static size_t index_file(struct slice bytes, const struct hl7_settings *settings, struct arena *arena)
{
    struct fault_list faults;
    struct hl7_file file;
    size_t fields = 0;
    arena_reset(arena);
    fault_list_init(&faults, arena);
    (void)hl7_file_read(bytes, settings, arena, &faults, &file);
    for (size_t i = 0; i < file.count; i++) {
        struct hl7_message message;
        if (hl7_message_read(file.messages[i].source, settings, arena, &faults, &message) != PARSE_OK)
            continue;
        for (size_t s = 0; s < message.segment_count; s++)
            fields += hl7_segment_field_count(&message, &message.segments[s]);
    }
    return fields;
}

void hl7_measure_index(void)
{
    struct messages messages;
    struct arena arena;
    const struct hl7_settings settings = hl7_settings_default();
    double speeds[RUNS];
    size_t fields = 0;
    if (!load_all(&messages)) {
        figure_missing(FIGURE_HL7_INDEX_MB_PER_S, "no messages at CORBRIDGE_HL7_CORPUS");
        return;
    }
    arena_init(&arena, 0);
    for (size_t run = 0; run < RUNS; run++) {
        double start = thread_us();
        for (size_t round = 0; round < ROUNDS; round++) {
            for (size_t i = 0; i < messages.count; i++)
                fields += index_file(messages.files[i], &settings, &arena);
        }
        speeds[run] = (double)(messages.bytes * ROUNDS) / (thread_us() - start);
    }
    if (fields == 0)
        bench_fail("no field was found in %s", CORBRIDGE_HL7_CORPUS);
    figure_set(FIGURE_HL7_INDEX_MB_PER_S, bench_median(speeds, RUNS));
    arena_release(&arena);
    for (size_t i = 0; i < messages.count; i++)
        free((void *)(uintptr_t)messages.files[i].ptr);
    free(messages.files);
}
