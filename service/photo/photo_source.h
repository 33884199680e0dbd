/*
 * Where a photo is got from: a path inside the configured roots, or a configured host. Neither the database nor the ledger is known here.
 * One source belongs to one thread.
 */
#ifndef CORBRIDGE_SERVICE_PHOTO_PHOTO_SOURCE_H
#define CORBRIDGE_SERVICE_PHOTO_PHOTO_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/picture.h"
#include "service/config.h"

struct photo_source; /* opaque, heap */

enum photo_answer {
    PHOTO_GOT,
    PHOTO_REFUSED, /* by a rule, and again each time, until path or configuration change */
    PHOTO_WRONG,   /* it was had and is no photo that is taken; it may be another one later */
    PHOTO_MISSING, /* it is not there (yet) */
    PHOTO_TROUBLE, /* the place cannot be reached: others of that place are likely to fail too */
    PHOTO_STOPPED  /* cut off, or memory is exhausted: nothing can be said */
};

struct photo_got {
    const char *reason; /* but for PHOTO_GOT: one stable word; static (docs/photos.md) */
    size_t place;       /* PHOTO_TROUBLE: which root or host, below photo_source_places() */
    char *bytes;        /* PHOTO_GOT: heap, the caller frees; else NULL */
    size_t size;
    struct picture picture; /* PHOTO_GOT */
};

/* `cancelled` is asked while something is fetched; true ends it. NULL when memory is exhausted. */
struct photo_source *photo_source_open(const struct config_photos *photos, bool (*cancelled)(void *context),
                                       void *context);
void photo_source_close(struct photo_source *source); /* NULL is allowed */

/* Fetches what a PhotoPath says. May take as long as the time-outs of the configuration, and as the system takes over a share. Whatever the
 * answer, *out is written. */
enum photo_answer photo_source_get(struct photo_source *source, const char *path, struct photo_got *out);

/* Judges bytes that were had in another way: PHOTO_GOT or PHOTO_WRONG. Takes them: *out has them, or they are freed. */
enum photo_answer photo_source_judge(const struct config_photos *photos, char *bytes, size_t size,
                                     struct photo_got *out);

/* Roots and hosts, by number. */
size_t photo_source_places(const struct config_photos *photos);

/* The root or host that a path would be fetched from, as far as the text says; photo_source_places() when there is none. A relative one is looked for in every
 * root: the first stands for them. */
size_t photo_source_place(const struct config_photos *photos, const char *path);

#endif
