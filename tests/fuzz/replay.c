/*
 * A fuzz target without libFuzzer: gives it each file of its corpus, also under gcc and other sanitizers.
 *
 * usage: fuzz_TARGET_replay [--prefixes] FILE-OR-FOLDER...
 *
 * Each input ends at a page that may not be touched: reading one byte too many ends the program also where no sanitizer
 * watches. With --prefixes every beginning of every file is an input, too.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "tests/support/test_main.h"

#define INPUT_MAX ((size_t)1 << 20) /* a whole number of pages */
#define PAGE_MAX  ((size_t)65536)

static char *fence; /* where accessible memory ends */
static bool all_prefixes;
static size_t inputs;

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, what);
    exit(1);
}

static void set_up_fence(void)
{
    char *pages =
        mmap(NULL, INPUT_MAX + PAGE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + INPUT_MAX, PAGE_MAX, PROT_NONE) != 0)
        fail("no memory", "fence");
    fence = pages + INPUT_MAX;
}

static void give(const char *bytes, size_t size)
{
    if (size > 0)
        memcpy(fence - size, bytes, size);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)(fence - size), size);
    inputs++;
}

static void replay_file(const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    if (!platform_ok(file_load(path, INPUT_MAX, &bytes, &size)))
        fail("cannot be read", path);
    for (size_t length = 0; all_prefixes && length < size; length++)
        give(bytes, length);
    give(bytes, size);
    free(bytes);
}

static void replay(const char *path)
{
    struct folder_listing listing;
    if (!platform_ok(folder_list(path, &listing))) {
        replay_file(path);
        return;
    }
    if (listing.count == 0)
        fail("is empty", path);
    for (size_t i = 0; i < listing.count; i++) {
        char *file = path_join(path, listing.entries[i].name);
        if (file == NULL)
            fail("no memory", path);
        replay_file(file);
        free(file);
    }
    folder_listing_release(&listing);
}

int main(int count, char **arguments)
{
    test_main_init();
    set_up_fence();
    int first = 1;
    if (count > 1 && strcmp(arguments[1], "--prefixes") == 0) {
        all_prefixes = true;
        first = 2;
    }
    if (first == count)
        fail("which corpus?", arguments[0]);
    (void)LLVMFuzzerTestOneInput(NULL, 0);
    for (int i = first; i < count; i++)
        replay(arguments[i]);
    printf("%zu inputs\n", inputs);
    return 0;
}
