#include "service/windows/last_config.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "service/log.h"

/* More than any configuration; what is larger is not kept. */
enum {
    CONFIG_LIMIT = 16 << 20
};

char *last_config_path(const char *data_folder)
{
    return path_join(data_folder, "corbridge.accepted.xml");
}

/* Replaces a file. A crash between the two steps leaves none, which both files of this room allow. */
static struct platform_status replace(const char *path, const void *bytes, size_t size)
{
    struct platform_status status = file_remove(path);
    if (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)
        status = file_store(path, bytes, size);
    return status;
}

void last_config_accepted(const char *data_folder, const char *config)
{
    char *bytes = NULL;
    char *kept = NULL;
    size_t size;
    size_t kept_size;
    char *copy = last_config_path(data_folder);
    char *mark = path_join(data_folder, "corbridge.refused");
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    if (copy != NULL && mark != NULL) {
        (void)file_remove(mark);
        status = file_load(config, CONFIG_LIMIT, &bytes, &size);
    }
    if (platform_ok(status)) {
        bool same = platform_ok(file_load(copy, CONFIG_LIMIT, &kept, &kept_size)) && kept_size == size &&
                    memcmp(kept, bytes, size) == 0;
        if (!same)
            status = replace(copy, bytes, size);
    }
    if (!platform_ok(status)) {
        char text[256];
        platform_status_text(status, text, sizeof text);
        log_write(LOG_WARNING, "service", "the accepted configuration could not be kept: %s", text);
    }
    free(bytes);
    free(kept);
    free(copy);
    free(mark);
}

bool last_config_refused_first_time(const char *data_folder, const char *config)
{
    char *bytes = NULL;
    char *known = NULL;
    size_t size;
    size_t known_size;
    bool first = true;
    char *mark = path_join(data_folder, "corbridge.refused");
    if (mark != NULL && platform_ok(file_load(config, CONFIG_LIMIT, &bytes, &size))) {
        uint8_t digest[SHA256_SIZE];
        sha256(bytes, size, digest);
        first = !(platform_ok(file_load(mark, sizeof digest, &known, &known_size)) &&
                  known_size == sizeof digest && memcmp(known, digest, sizeof digest) == 0);
        if (first)
            (void)replace(mark, digest, sizeof digest); /* told again next time, no more */
    }
    free(bytes);
    free(known);
    free(mark);
    return first;
}
