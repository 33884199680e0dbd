#include "service/windows/last_config.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/sha256.h"
#include "service/log.h"

/* More than any configuration; what is larger is not kept. */
enum {
    CONFIG_LIMIT = 16 << 20
};

static char *accepted_folder(const char *data_folder)
{
    return path_join(data_folder, "accepted");
}

char *last_config_path(const char *data_folder)
{
    char *folder = accepted_folder(data_folder);
    char *path = folder != NULL ? path_join(folder, "corbridge.accepted.xml") : NULL;
    free(folder);
    return path;
}

/* Replaces a file. A crash between the two steps leaves none, which both files of this room allow. */
static struct platform_status replace(const char *path, const void *bytes, size_t size)
{
    struct platform_status status = file_remove(path);
    if (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)
        status = file_store(path, bytes, size);
    return status;
}

/* Whether a file has this content already. */
static bool is_same(const char *path, const void *bytes, size_t size)
{
    char *kept = NULL;
    size_t kept_size;
    bool same = platform_ok(file_load(path, CONFIG_LIMIT, &kept, &kept_size)) && kept_size == size &&
                (size == 0 || memcmp(kept, bytes, size) == 0);
    free(kept);
    return same;
}

/* One mapping into the folder of the copy. `*fresh`: what is there is no set any more, so the configuration must be written last. */
static struct platform_status keep_mapping(const char *folder, const char *copy,
                                           const struct config_match *match, bool *fresh)
{
    struct platform_status status = PLATFORM_SUCCESS;
    char *path = path_join(folder, match->mapping_name);
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    if (!is_same(path, match->mapping_bytes.ptr, match->mapping_bytes.len)) {
        if (!*fresh)
            status = file_remove(copy);
        *fresh = true;
        if (platform_ok(status) || status.kind == PLATFORM_NOT_FOUND)
            status = replace(path, match->mapping_bytes.ptr, match->mapping_bytes.len);
    }
    free(path);
    return status;
}

/* All of a configuration. A copy whose mappings are not its own would be worse than none: it goes first and comes last. */
static struct platform_status keep(const char *data_folder, const char *copy, const struct config *config,
                                   const void *bytes, size_t size)
{
    bool fresh = !is_same(copy, bytes, size);
    char *folder = accepted_folder(data_folder);
    if (folder == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    struct platform_status status = folder_make(folder);
    if (platform_ok(status) && fresh) {
        status = file_remove(copy);
        if (status.kind == PLATFORM_NOT_FOUND)
            status = PLATFORM_SUCCESS;
    }
    for (size_t i = 0; i < config->feed_count && platform_ok(status); i++) {
        const struct config_feed *feed = &config->feeds[i];
        for (size_t j = 0; j < feed->match_count && platform_ok(status); j++)
            if (feed->matches[j].mapping != NULL)
                status = keep_mapping(folder, copy, &feed->matches[j], &fresh);
    }
    if (platform_ok(status) && fresh)
        status = file_store(copy, bytes, size);
    free(folder);
    return status;
}

void last_config_accepted(const char *data_folder, const char *path, const struct config *config)
{
    char *bytes = NULL;
    size_t size;
    char *copy = last_config_path(data_folder);
    char *mark = path_join(data_folder, "corbridge.refused");
    struct platform_status status = {PLATFORM_NO_MEMORY, 0};
    if (copy != NULL && mark != NULL) {
        (void)file_remove(mark);
        status = file_load(path, CONFIG_LIMIT, &bytes, &size);
    }
    if (platform_ok(status))
        status = keep(data_folder, copy, config, bytes, size);
    if (!platform_ok(status)) {
        char text[256];
        platform_status_text(status, text, sizeof text);
        log_write(LOG_WARNING, "service", "the accepted configuration could not be kept: %s", text);
    }
    free(bytes);
    free(copy);
    free(mark);
}

/* Of the file, and of what is wrong: that may stand in a mapping, and the file be as before. */
static void digest_of(const char *bytes, size_t size, const struct config_faults *faults,
                      uint8_t digest[SHA256_SIZE])
{
    struct sha256_sum *sum = sha256_begin();
    sha256_add(sum, bytes, size);
    for (size_t i = 0; i < faults->count; i++)
        sha256_add(sum, faults->items[i].text, strlen(faults->items[i].text));
    sha256_end(sum, digest);
}

bool last_config_refused_first_time(const char *data_folder, const char *path,
                                    const struct config_faults *faults)
{
    char *bytes = NULL;
    char *known = NULL;
    size_t size;
    size_t known_size;
    uint8_t digest[SHA256_SIZE];
    bool first = true;
    char *mark = path_join(data_folder, "corbridge.refused");
    if (mark != NULL && platform_ok(file_load(path, CONFIG_LIMIT, &bytes, &size))) {
        digest_of(bytes, size, faults, digest);
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
