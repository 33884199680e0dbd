#include "service/precheck/photos.h"

#include <stdlib.h>
#include <string.h>

#include "platform/http.h"
#include "service/photo/photo_path.h"
#include "service/photo/photo_source.h"
#include "service/precheck/key.h"
#include "service/precheck/note.h"

void photos_note(struct precheck *check, struct precheck_place place, struct slice path)
{
    struct key key;
    bool is_new;
    key.length = 0;
    key_add(&key, path, true);
    struct precheck_photo_path *noted = table_put(&check->photo_paths, key_bytes(&key), &is_new);
    if (noted != NULL && is_new)
        noted->path = arena_copy_text(&check->arena, path);
    if (noted == NULL || noted->path == NULL)
        check->no_memory = true;
    else
        note_place(&noted->places, place);
}

/* The file of the folder with the last part of the path as its name; NULL: there is none. */
static const struct precheck_file *find_beside(const struct precheck *check, const char *path)
{
    const char *name = path;
    for (const char *c = path; *c != '\0'; c++)
        if (*c == '/' || *c == '\\')
            name = c + 1;
    struct key key;
    key.length = 0;
    key_add(&key, slice_of(name), true);
    const struct precheck_name *found = table_find(&check->folded_names, key_bytes(&key));
    return found != NULL ? &check->files[found->file - 1] : NULL;
}

/* A path, from the roots of the configuration. A root that cannot be reached is not asked again: each time may take half a minute. */
static enum precheck_photo read_photo(struct photo_source *source, const char *path, bool *not_reached)
{
    struct photo_got got;
    if (*not_reached)
        return PRECHECK_PHOTO_NOT_REACHED;
    enum photo_answer answer = photo_source_get(source, path, &got);
    free(got.bytes);
    switch (answer) {
    case PHOTO_GOT: return PRECHECK_PHOTO_READ;
    case PHOTO_REFUSED: return PRECHECK_PHOTO_OUTSIDE;
    case PHOTO_WRONG: return PRECHECK_PHOTO_UNUSABLE;
    case PHOTO_MISSING: return PRECHECK_PHOTO_MISSING;
    case PHOTO_TROUBLE:
    case PHOTO_STOPPED: break;
    }
    *not_reached = true;
    return PRECHECK_PHOTO_NOT_REACHED;
}

static enum precheck_photo judge_address(const struct config_photos *photos, const char *path)
{
    if (photos != NULL && http_find_host(&photos->http, path) == NULL)
        return PRECHECK_PHOTO_NO_HOST;
    return path[4] == ':' ? PRECHECK_PHOTO_HTTP : PRECHECK_PHOTO_HTTPS;
}

/* `source` is NULL where no configuration says from where photos come. */
static enum precheck_photo judge(const struct precheck *check, struct photo_source *source, const char *path,
                                 bool *not_reached)
{
    const struct config_photos *photos = source != NULL ? &check->options.config->photos : NULL;
    enum photo_place place = photo_path_judge(path);
    const struct precheck_file *beside = place != PHOTO_PLACE_URL ? find_beside(check, path) : NULL;
    if (place == PHOTO_PLACE_REFUSED)
        return PRECHECK_PHOTO_REFUSED;
    if (place == PHOTO_PLACE_URL)
        return judge_address(photos, path);
    if (beside != NULL)
        return beside->kind == PRECHECK_PHOTO ? PRECHECK_PHOTO_BESIDE : PRECHECK_PHOTO_UNUSABLE;
    if (source != NULL)
        return read_photo(source, path, not_reached);
    switch (place) {
    case PHOTO_PLACE_RELATIVE: return PRECHECK_PHOTO_MISSING;
    case PHOTO_PLACE_DRIVE: return PRECHECK_PHOTO_DRIVE;
    case PHOTO_PLACE_SHARE: return PRECHECK_PHOTO_UNC;
    case PHOTO_PLACE_ROOTED:
    case PHOTO_PLACE_URL:
    case PHOTO_PLACE_REFUSED: break;
    }
    return PRECHECK_PHOTO_OTHER;
}

static int compare_places(const void *a, const void *b)
{
    const struct precheck_place *one = a;
    const struct precheck_place *other = b;
    if (one->file != other->file)
        return one->file < other->file ? -1 : 1;
    return (one->line > other->line) - (one->line < other->line);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

void photos_judge(struct precheck *check)
{
    const struct config *config = check->options.config;
    struct photo_source *source = NULL;
    bool not_reached = false;
    if (config != NULL && config->photos.configured) {
        source = photo_source_open(&config->photos, never, NULL);
        check->no_memory = check->no_memory || source == NULL;
    }
    for (size_t i = 0; i < check->photo_paths.count && !check->no_memory; i++) {
        const struct precheck_photo_path *path = (const void *)check->photo_paths.records[i];
        struct precheck_places *places = &check->photos[judge(check, source, path->path, &not_reached)];
        uint64_t before = places->count;
        for (uint64_t j = 0; j < path->places.count && j < PRECHECK_PLACES; j++)
            note_place(places, path->places.first[j]);
        places->count = before + path->places.count;
    }
    photo_source_close(source);
    for (size_t i = 0; i < PRECHECK_PHOTO_COUNT; i++)
        qsort(check->photos[i].first,
              check->photos[i].count < PRECHECK_PLACES ? (size_t)check->photos[i].count : PRECHECK_PLACES,
              sizeof check->photos[i].first[0], compare_places);
}
