#include "service/photo/photo_source.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "service/photo/photo_path.h"

struct photo_source {
    const struct config_photos *photos;
    struct http *http; /* NULL: no host is configured */
    bool (*cancelled)(void *context);
    void *context;
};

struct photo_source *photo_source_open(const struct config_photos *photos, bool (*cancelled)(void *context),
                                       void *context)
{
    struct photo_source *source = calloc(1, sizeof *source);
    if (source == NULL)
        return NULL;
    *source = (struct photo_source){.photos = photos, .cancelled = cancelled, .context = context};
    if (photos->http.host_count > 0)
        source->http = http_open(&photos->http, cancelled, context);
    if (photos->http.host_count == 0 || source->http != NULL)
        return source;
    free(source);
    return NULL;
}

void photo_source_close(struct photo_source *source)
{
    if (source == NULL)
        return;
    http_close(source->http);
    free(source);
}

size_t photo_source_places(const struct config_photos *photos)
{
    return photos->root_count + photos->http.host_count;
}

size_t photo_source_place(const struct config_photos *photos, const char *path)
{
    if (photo_path_judge(path) == PHOTO_PLACE_URL) {
        const struct http_host *host = http_find_host(&photos->http, path);
        return host != NULL ? photos->root_count + (size_t)(host - photos->http.hosts)
                            : photo_source_places(photos);
    }
    for (size_t i = 0; i < photos->root_count; i++) {
        bool no_memory;
        char *below = photo_path_below(path, photos->roots[i], &no_memory);
        free(below);
        if (below != NULL)
            return i;
    }
    return photo_source_places(photos);
}

enum photo_answer photo_source_judge(const struct config_photos *photos, char *bytes, size_t size,
                                     struct photo_got *out)
{
    enum picture_verdict verdict = picture_read(slice_from(bytes, size), photos->pixels, &out->picture);
    if (verdict == PICTURE_GOOD) {
        out->bytes = bytes;
        out->size = size;
        return PHOTO_GOT;
    }
    free(bytes);
    out->reason = picture_verdict_name(verdict);
    return PHOTO_WRONG;
}

/* ---- paths ---- */

static enum photo_answer file_failed(struct platform_status status, const char **reason)
{
    switch (status.kind) {
    case PLATFORM_NOT_FOUND: *reason = "not-found"; return PHOTO_MISSING;
    case PLATFORM_UNSUPPORTED: *reason = "link"; return PHOTO_REFUSED;
    case PLATFORM_NAME_INVALID: *reason = "path-refused"; return PHOTO_REFUSED;
    case PLATFORM_TOO_LARGE: *reason = "too-large"; return PHOTO_WRONG;
    case PLATFORM_BUSY:
    case PLATFORM_CHANGED: *reason = "busy"; return PHOTO_MISSING;
    case PLATFORM_DENIED: *reason = "no-right"; return PHOTO_MISSING;
    case PLATFORM_NO_MEMORY: *reason = "no-memory"; return PHOTO_STOPPED;
    default: *reason = "unreachable"; return PHOTO_TROUBLE;
    }
}

static enum photo_answer read_below(struct photo_source *source, size_t root, const char *below,
                                    struct photo_got *out)
{
    struct file *file = NULL;
    char *bytes = NULL;
    size_t size = 0;
    struct platform_status status = file_open_below(source->photos->roots[root], below, &file);
    if (platform_ok(status)) {
        status = file_read_all(file, source->photos->http.size, &bytes, &size);
        (void)file_close(file); /* it was only read */
    }
    if (platform_ok(status))
        return photo_source_judge(source->photos, bytes, size, out);
    out->place = root;
    return file_failed(status, &out->reason);
}

/* In the roots, in their order; what is not in one may be in the next. */
static enum photo_answer get_file(struct photo_source *source, const char *path, struct photo_got *out)
{
    enum photo_answer answer = PHOTO_REFUSED;
    out->reason = "outside-roots";
    for (size_t i = 0; i < source->photos->root_count; i++) {
        bool no_memory;
        char *below = photo_path_below(path, source->photos->roots[i], &no_memory);
        if (no_memory) {
            out->reason = "no-memory";
            return PHOTO_STOPPED;
        }
        if (below == NULL)
            continue;
        answer = read_below(source, i, below, out);
        free(below);
        if (answer != PHOTO_MISSING)
            return answer;
        if (source->cancelled(source->context))
            return PHOTO_STOPPED;
    }
    return answer;
}

/* ---- hosts ---- */

static enum photo_answer http_failed(enum http_verdict verdict, long status)
{
    switch (verdict) {
    case HTTP_URL_INVALID:
    case HTTP_HOST_NOT_LISTED:
    case HTTP_REDIRECT_NOT_LISTED:
    case HTTP_REDIRECTS:
    case HTTP_ADDRESS_PRIVATE: return PHOTO_REFUSED;
    case HTTP_TOO_LARGE: return PHOTO_WRONG;
    /* Bad gateway, unavailable, gateway time-out speak of the server; other numbers of this photo. */
    case HTTP_STATUS: return status >= 502 && status <= 504 ? PHOTO_TROUBLE : PHOTO_MISSING;
    case HTTP_UNREACHABLE:
    case HTTP_TIMEOUT:
    case HTTP_CERTIFICATE: return PHOTO_TROUBLE;
    default: return PHOTO_STOPPED;
    }
}

static enum photo_answer get_url(struct photo_source *source, const char *url, struct photo_got *out)
{
    struct http_answer answer;
    if (source->http == NULL) {
        out->reason = http_verdict_name(HTTP_HOST_NOT_LISTED);
        return PHOTO_REFUSED;
    }
    enum http_verdict verdict = http_get(source->http, url, &answer);
    if (verdict == HTTP_DONE)
        return photo_source_judge(source->photos, answer.bytes, answer.size, out);
    out->reason = verdict == HTTP_STATUS && answer.status == 404 ? "not-found" : http_verdict_name(verdict);
    out->place = photo_source_place(source->photos, url);
    if (verdict == HTTP_FAILED)
        return PHOTO_TROUBLE;
    return http_failed(verdict, answer.status);
}

enum photo_answer photo_source_get(struct photo_source *source, const char *path, struct photo_got *out)
{
    *out = (struct photo_got){0};
    switch (photo_path_judge(path)) {
    case PHOTO_PLACE_URL: return get_url(source, path, out);
    case PHOTO_PLACE_REFUSED: out->reason = "path-refused"; return PHOTO_REFUSED;
    default: return get_file(source, path, out);
    }
}
