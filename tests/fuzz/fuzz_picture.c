/* Any bytes are a picture or have a verdict; a good one has a size within the limit and stays good with bytes behind it. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "parser/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture = {.kind = PICTURE_JPEG};
    uint64_t limit = UINT64_C(50000000);
    enum picture_verdict verdict = picture_read(slice_from(data, size), limit, &picture);
    FUZZ_MUST(verdict <= PICTURE_TOO_LARGE);
    if (verdict != PICTURE_GOOD)
        return 0;
    FUZZ_MUST(picture.width > 0 && picture.height > 0 && (uint64_t)picture.width * picture.height <= limit);
    FUZZ_MUST(picture_read(slice_from(data, size), (uint64_t)picture.width * picture.height - 1, &picture) ==
              PICTURE_TOO_LARGE);
    char *longer = calloc(1, size + 3);
    FUZZ_MUST(longer != NULL);
    memcpy(longer, data, size);
    FUZZ_MUST(picture_read(slice_from(longer, size + 3), limit, &picture) == PICTURE_GOOD);
    free(longer);
    return 0;
}
