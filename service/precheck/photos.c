#include "service/precheck/photos.h"

#include <string.h>

#include "service/precheck/key.h"
#include "service/precheck/note.h"

static bool begins_with(struct slice text, struct slice head)
{
    return text.len >= head.len && slice_equal_nocase(slice_from(text.ptr, head.len), head);
}

static enum precheck_photo form_of(struct slice path)
{
    if (begins_with(path, SLICE_LITERAL("http://")))
        return PRECHECK_PHOTO_HTTP;
    if (begins_with(path, SLICE_LITERAL("https://")))
        return PRECHECK_PHOTO_HTTPS;
    if (begins_with(path, SLICE_LITERAL("\\\\")) || begins_with(path, SLICE_LITERAL("//")))
        return PRECHECK_PHOTO_UNC;
    if (path.len >= 3 && path.ptr[1] == ':' && (path.ptr[2] == '\\' || path.ptr[2] == '/'))
        return PRECHECK_PHOTO_DRIVE;
    if (path.ptr[0] == '/' || path.ptr[0] == '\\' || memchr(path.ptr, ':', path.len) != NULL)
        return PRECHECK_PHOTO_OTHER;
    return PRECHECK_PHOTO_BESIDE;
}

void photos_note(struct precheck *check, struct precheck_place place, struct slice path)
{
    enum precheck_photo form = form_of(path);
    if (form != PRECHECK_PHOTO_BESIDE) {
        note_place(&check->photos[form], place);
        return;
    }
    if (begins_with(path, SLICE_LITERAL("./")) || begins_with(path, SLICE_LITERAL(".\\")))
        path = slice_after(path, 2);
    struct key key;
    key.length = 0;
    key_add(&key, path, true);
    struct precheck_beside *beside = table_put(&check->beside, key_bytes(&key), NULL);
    if (beside == NULL)
        check->no_memory = true;
    else
        note_place(&beside->places, place);
}

/* What a photo beside the events is, by what its file turned out to be. */
static enum precheck_photo found(const struct precheck *check, const struct precheck_beside *beside)
{
    const struct precheck_name *name = table_find(&check->folded_names, beside->head.key);
    if (name == NULL)
        return PRECHECK_PHOTO_MISSING;
    return check->files[name->file - 1].kind == PRECHECK_PHOTO ? PRECHECK_PHOTO_BESIDE
                                                               : PRECHECK_PHOTO_UNUSABLE;
}

void photos_judge(struct precheck *check)
{
    for (size_t i = 0; i < check->beside.count; i++) {
        const struct precheck_beside *beside = (const void *)check->beside.records[i];
        struct precheck_places *places = &check->photos[found(check, beside)];
        uint64_t before = places->count;
        for (uint64_t j = 0; j < beside->places.count && j < PRECHECK_PLACES; j++)
            note_place(places, beside->places.first[j]);
        places->count = before + beside->places.count;
    }
}
