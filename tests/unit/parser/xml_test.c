#include "tests/unit/parser/xml_test.h"

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

struct slice xml_test_load(const char *name)
{
    static const char here[] = "tests/fixtures/jms-xml";
    char *path = test_fixture_path("jms-xml");
    size_t root = strlen(path) - (sizeof here - 1);
    char *whole = must(malloc(root + strlen(name) + 1));
    memcpy(whole, path, root);
    memcpy(whole + root, name, strlen(name) + 1);
    FILE *file = fopen(whole, "rb");
    size_t capacity = 1 << 20;
    char *bytes = must(malloc(capacity));
    if (file == NULL) {
        (void)fprintf(stderr, "cannot open '%s'\n", whole);
        abort();
    }
    size_t size = fread(bytes, 1, capacity, file);
    if (size == 0 || size == capacity || fclose(file) != 0)
        abort();
    free(path);
    free(whole);
    return slice_from(must(realloc(bytes, size)), size);
}

static void print_faults(const struct xml_mapping_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        (void)fprintf(stderr, "%lu: %s\n", (unsigned long)faults->items[i].line, faults->items[i].text);
}

static const struct xml_mapping *load(struct slice bytes, struct arena *arena)
{
    struct xml_mapping_faults faults = {.arena = arena};
    const struct xml_mapping *mapping = xml_mapping_load(bytes, arena, &faults);
    print_faults(&faults);
    if (mapping == NULL || faults.count > 0)
        abort();
    return mapping;
}

const struct xml_mapping *xml_test_mapping(const char *name, struct arena *arena)
{
    struct slice bytes = xml_test_load(name);
    const struct xml_mapping *mapping = load(bytes, arena);
    free((void *)(uintptr_t)bytes.ptr);
    return mapping;
}

const struct xml_mapping *xml_test_mapping_of(const char *text, struct arena *arena)
{
    return load(slice_of(text), arena);
}

char *xml_test_faults(const char *text, struct arena *arena)
{
    struct xml_mapping_faults faults = {.arena = arena};
    if (xml_mapping_load(slice_of(text), arena, &faults) != NULL || faults.count == 0)
        abort();
    size_t size = 1, used = 0;
    for (size_t i = 0; i < faults.count; i++)
        size += strlen(faults.items[i].text) + 16;
    char *out = must(calloc(size, 1));
    for (size_t i = 0; i < faults.count; i++)
        used += (size_t)snprintf(out + used, size - used, "%lu: %s\n", (unsigned long)faults.items[i].line,
                                 faults.items[i].text);
    return out;
}

size_t xml_test_read(void *context, void *buffer, size_t size)
{
    struct xml_test_feed *feed = context;
    return xml_read_slice(&feed->rest, buffer, feed->chunk > 0 && feed->chunk < size ? feed->chunk : size);
}
