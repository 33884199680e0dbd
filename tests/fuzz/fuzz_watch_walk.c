/* A notification buffer is whatever a file server sent: no byte beyond it is read, and what is named stands in it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "platform/watch.h"
#include "platform/wtf8.h"

#define UNITS_MAX ((size_t)255)

/* What was named: how many, how long, and a sum over all units. */
struct heard {
    size_t names;
    size_t length;
    uint64_t sum;
};

static void mix(struct heard *heard, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++)
        heard->sum = (heard->sum ^ units[i]) * UINT64_C(1099511628211);
    heard->sum = (heard->sum ^ 0x10000) * UINT64_C(1099511628211);
    heard->length += count;
    heard->names++;
}

static void hear(void *context, const char *name)
{
    struct heard *heard = context;
    uint16_t units[UNITS_MAX * 3];
    size_t size = strlen(name);
    FUZZ_MUST(size > 0 && size <= UNITS_MAX * 3);
    size_t count = wtf8_to_utf16(name, size, units);
    FUZZ_MUST(count != WTF8_INVALID && count <= UNITS_MAX);
    mix(heard, units, count);
}

static uint32_t number_at(struct slice buffer, size_t at)
{
    const unsigned char *b = (const unsigned char *)buffer.ptr + at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* A plain reading of the same buffer, by offsets from its start. */
static size_t expect(struct slice buffer, struct heard *heard)
{
    size_t at = 0, records = 0;
    for (;;) {
        if (buffer.len - at < 12)
            return records;
        uint64_t next = number_at(buffer, at);
        uint64_t bytes = number_at(buffer, at + 8);
        bool name_fits = bytes % 2 == 0 && bytes <= buffer.len - at - 12;
        if (!name_fits || (next != 0 && (next < 12 + bytes || next > buffer.len - at)))
            return records;
        uint16_t units[UNITS_MAX];
        bool usable = bytes > 0 && bytes / 2 <= UNITS_MAX;
        for (size_t i = 0; usable && i < bytes / 2; i++) {
            const unsigned char *unit = (const unsigned char *)buffer.ptr + at + 12 + 2 * i;
            units[i] = (uint16_t)(unit[0] | unit[1] << 8);
            usable = units[i] != 0;
        }
        if (usable)
            mix(heard, units, (size_t)bytes / 2);
        records++;
        if (next == 0)
            return records;
        at += (size_t)next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard heard = {0}, expected = {0};
    size_t records = watch_walk_notifications(data, size, hear, &heard);
    FUZZ_MUST(records == expect(slice_from(data, size), &expected));
    FUZZ_MUST(heard.names == expected.names && heard.length == expected.length && heard.sum == expected.sum);
    FUZZ_MUST(heard.names <= records);
    FUZZ_MUST(watch_walk_notifications(data, size, NULL, NULL) == records);
    return 0;
}
