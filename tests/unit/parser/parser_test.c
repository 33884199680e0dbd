#include "tests/unit/parser/parser_test.h"

#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct slice load_fixture(const char *name)
{
    char *relative = must(malloc(strlen(name) + sizeof "jms/"));
    (void)snprintf(relative, strlen(name) + sizeof "jms/", "jms/%s", name);
    char *path = test_fixture_path(relative);
    free(relative);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "cannot open '%s'\n", path);
        abort();
    }
    free(path);
    size_t size = 0;
    size_t capacity = 65536;
    char *bytes = must(malloc(capacity));
    size = fread(bytes, 1, capacity, file);
    if (size == 0 || size == capacity || ferror(file) || fclose(file) != 0)
        abort();
    return slice_from(must(realloc(bytes, size)), size);
}

void free_fixture(struct slice bytes)
{
    free((void *)(uintptr_t)bytes.ptr);
}

char *describe_faults(const struct fault_list *faults)
{
    size_t size = faults->count * 128 + 1;
    char *text = must(calloc(size, 1));
    size_t length = 0;
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        length += (size_t)snprintf(text + length, size - length, "%s %s %lu%s%.*s\n",
                                   fault->severity == FAULT_ERROR ? "error" : "warning",
                                   fault_code_name(fault->code), (unsigned long)fault->line,
                                   fault->field.len > 0 ? " " : "", (int)fault->field.len,
                                   fault->field.len > 0 ? fault->field.ptr : "");
    }
    return text;
}

char *format_faults(const struct fault_list *faults)
{
    size_t size = faults->count * 1024 + 1;
    char *text = must(calloc(size, 1));
    size_t length = 0;
    for (size_t i = 0; i < faults->count; i++) {
        length += fault_format(&faults->items[i], text + length, size - length);
        text[length++] = '\n';
    }
    return text;
}

size_t feed_into(struct feed *feed, struct csv_space space)
{
    size_t size = feed->chunk == 0 || feed->chunk > feed->rest.len ? feed->rest.len : feed->chunk;
    if (size > space.size)
        size = space.size;
    if (size > 0)
        memcpy(space.ptr, feed->rest.ptr, size);
    feed->rest = slice_after(feed->rest, size);
    return size;
}

bool feed_next(struct feed *feed, struct csv *csv)
{
    if (csv->finished)
        return false;
    if (feed->rest.len == 0) {
        csv_finish(csv);
        return true;
    }
    struct csv_space space = csv_space(csv);
    if (space.size == 0)
        abort(); /* a promise of csv_space */
    csv_fill(csv, feed_into(feed, space));
    return true;
}

struct slice as_encoding(struct slice text, enum encoding encoding)
{
    bool wide = encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE;
    char *bytes = must(calloc(wide ? 2 * text.len + 1 : text.len + 1, 1));
    for (size_t i = 0; i < text.len; i++)
        bytes[wide ? 2 * i + (encoding == ENCODING_UTF16BE) : i] = text.ptr[i];
    return slice_from(bytes, wide ? 2 * text.len : text.len);
}
