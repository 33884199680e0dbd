/*
 * Putting one file away, with real files, and with every call of the system failing once. Whatever fails: at every instant the
 * bytes lie whole somewhere, nothing is overwritten, and the next try ends it with exactly one copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/folder.h"
#include "platform/inject.h"
#include "platform/path.h"
#include "service/spool/put_away.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const char BYTES[] = "DataType=\"PatientDemographics\"\r\nPatientID=\"P1\"\r\n";
static const char REASON[] = "CorBridge has put this file into quarantine.\r\n";
#define SIZE (sizeof BYTES - 1)

/* ---- a share and a world's folder ---- */

struct place {
    char *root, *share, *world;
    struct file *handle;
    char *bytes;
    size_t size;
    struct put_away what;
};

/* What the injector does; reset by place_init. */
static struct {
    bool looking;                 /* the injector itself calls platform/: let it through */
    long fails_at, calls;         /* the call of that number fails; < 0: none */
    struct platform_status with;  /* how it fails */
    bool hit;                     /* it has failed */
    enum platform_call always;    /* a call that always fails while `always_on` */
    bool always_on, other_volume; /* renames by handle cross volumes */
    struct platform_status always_with;
    char renamed[1024];        /* the name of the last rename by handle that was refused */
    const struct place *place; /* whose bytes must never be gone */
    size_t moments;            /* how many were looked at */
    bool lost, unexplained;
    size_t reasons_to_spare; /* that of a name given up may stay, when just its removal failed */
} injected;

static char *join(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    assert_non_null(path);
    return path;
}

/* Walks all files below a folder; calls function(path, size) for each. */
static void walk(const char *folder, void (*function)(void *, const char *, uint64_t), void *context)
{
    struct folder_listing listing;
    if (folder_list(folder, &listing).kind != PLATFORM_OK)
        return;
    for (size_t i = 0; i < listing.count; i++) {
        char *path = join(folder, listing.entries[i].name);
        if (listing.entries[i].is_folder)
            walk(path, function, context);
        else
            function(context, path, listing.entries[i].marks.size);
        free(path);
    }
    folder_listing_release(&listing);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* What lies below the world's folder. */
struct found {
    size_t files, right, reasons, rests; /* files besides reasons and .tmp; of these with the right bytes */
    char path[1024];                     /* of the last right one */
};

static void count_file(void *context, const char *path, uint64_t size)
{
    struct found *found = context;
    if (ends_with(path, ".tmp")) {
        found->rests++;
        return;
    }
    if (ends_with(path, ".reason.txt")) {
        found->reasons++;
        return;
    }
    found->files++;
    char *bytes = NULL;
    size_t length = 0;
    if (size == SIZE && file_load(path, SIZE, &bytes, &length).kind == PLATFORM_OK && length == SIZE &&
        memcmp(bytes, BYTES, SIZE) == 0) {
        found->right++;
        (void)snprintf(found->path, sizeof found->path, "%s", path);
    }
    free(bytes);
}

static struct found look(const char *folder)
{
    struct found found = {0};
    bool looking = injected.looking;
    injected.looking = true;
    walk(folder, count_file, &found);
    injected.looking = looking;
    return found;
}

/* At this instant: do the bytes lie somewhere, and does a file in quarantine have its reason? */
static void look_at_this_instant(void)
{
    const struct place *place = injected.place;
    struct found in_share = look(place->share), in_world = look(place->world);
    injected.moments++;
    injected.lost = injected.lost || in_share.right + in_world.right == 0;
    injected.unexplained =
        injected.unexplained || (place->what.reason_text && in_world.files > 0 && in_world.reasons == 0);
}

static struct platform_status inject(void *context, enum platform_call call, const char *path)
{
    (void)context;
    if (injected.looking)
        return PLATFORM_SUCCESS;
    injected.looking = true;
    if (injected.place)
        look_at_this_instant();
    injected.looking = false;
    if (injected.calls++ == injected.fails_at) {
        injected.hit = true;
        return injected.with;
    }
    if (injected.always_on && call == injected.always)
        return injected.always_with;
    /* The first rename to a name is that by handle; then comes that of a finished copy. */
    if (injected.other_volume && call == PLATFORM_CALL_RENAME && !ends_with(path, ".reason.txt")) {
        bool second = strcmp(injected.renamed, path) == 0;
        (void)snprintf(injected.renamed, sizeof injected.renamed, "%s", second ? "" : path);
        if (!second)
            return (struct platform_status){PLATFORM_OTHER_VOLUME, 0};
    }
    return PLATFORM_SUCCESS;
}

static void store(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void place_init(struct place *place, const char *name)
{
    memset(place, 0, sizeof *place);
    memset(&injected, 0, sizeof injected);
    injected.fails_at = -1;
    place->root = test_temp_dir("put-away");
    place->share = join(place->root, "share");
    place->world = join(place->root, "world");
    assert_int_equal(folder_make(place->share).kind, PLATFORM_OK);
    assert_int_equal(folder_make(place->world).kind, PLATFORM_OK);
    char *path = join(place->share, name);
    store(path, BYTES);
    enum file_claim claim;
    assert_int_equal(file_open_claim(path, &place->handle, &claim).kind, PLATFORM_OK);
    assert_int_equal(file_read_all(place->handle, 1000, &place->bytes, &place->size).kind, PLATFORM_OK);
    free(path);
    instant_us arrived;
    assert_true(datetime_parse_instant(slice_of("2026-11-23T18:05:06.000000Z"), &arrived));
    place->what = (struct put_away){
        .root = place->world,
        .place = STORE_ARCHIVE,
        .ledger_number = 42,
        .arrived = arrived,
        .name = name,
        .handle = place->handle,
        .bytes = {place->bytes, place->size},
        .size = place->size,
    };
}

static void close_handle(struct place *place)
{
    (void)file_close(place->handle);
    place->handle = NULL;
}

static void place_release(struct place *place)
{
    platform_inject_set(NULL, NULL);
    close_handle(place);
    free(place->bytes);
    test_temp_remove(place->root);
    free(place->root);
    free(place->share);
    free(place->world);
}

static struct platform_status put(struct place *place, char **stored)
{
    *stored = NULL;
    injected.place = place;
    injected.renamed[0] = '\0';
    platform_inject_set(inject, NULL);
    struct platform_status status = put_away(&place->what, stored);
    platform_inject_set(NULL, NULL);
    injected.place = NULL;
    return status;
}

/* Exactly one copy, under the path that was given back; nothing in the share; no rest. */
static void assert_put_away(struct place *place, const char *stored)
{
    close_handle(place);
    assert_non_null(stored);
    struct found in_share = look(place->share), in_world = look(place->world);
    assert_int_equal(in_share.files + in_share.rests, 0);
    assert_int_equal(in_world.right, 1);
    assert_int_equal(in_world.rests, 0);
    assert_in_range(in_world.reasons, place->what.reason_text ? 1 : 0,
                    (place->what.reason_text ? 1u : 0u) + injected.reasons_to_spare);
    char *path = join(place->world, stored);
    assert_string_equal(in_world.path, path);
    if (place->what.reason_text) {
        char reason_path[1100], *text = NULL;
        size_t size = 0;
        (void)snprintf(reason_path, sizeof reason_path, "%s.reason.txt", path);
        assert_int_equal(file_load(reason_path, 1000, &text, &size).kind, PLATFORM_OK);
        assert_string_equal(text, place->what.reason_text);
        free(text);
    }
    free(path);
    assert_false(injected.lost);
    assert_false(injected.unexplained);
    assert_true(injected.moments > 0);
}

/* Compares with '/' for this system's separator. */
static void assert_below(const char *stored, const char *expected)
{
    char text[512];
    assert_non_null(stored);
    (void)snprintf(text, sizeof text, "%s", stored);
    for (char *c = text; *c; c++)
        if (*c == PATH_SEPARATOR)
            *c = '/';
    assert_string_equal(text, expected);
}

/* ---- the usual ---- */

static void it_lies_in_the_folder_of_its_hour_under_its_number(void **state)
{
    (void)state;
    static const struct {
        enum store_place place;
        const char *reason, *stored;
    } CASES[] = {
        {STORE_ARCHIVE, NULL, "archive/2026/11/23/18/000000000042_DEM1.ini"},
        {STORE_QUARANTINE, REASON, "quarantine/2026/11/23/18/000000000042_DEM1.ini"},
        {STORE_HOLD, REASON, "hold/2026/11/23/18/000000000042_DEM1.ini"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        place.what.place = CASES[i].place;
        place.what.reason_text = CASES[i].reason;
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_below(stored, CASES[i].stored);
        assert_put_away(&place, stored);
        free(stored);
        place_release(&place);
    }
}

static void on_another_volume_it_is_copied_then_deleted(void **state)
{
    (void)state;
    for (int too_large = 0; too_large <= 1; too_large++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        if (too_large) /* not held in memory: copied from the handle */
            place.what.bytes = (struct slice){0};
        injected.other_volume = true;
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_below(stored, "archive/2026/11/23/18/000000000042_DEM1.ini");
        assert_put_away(&place, stored);
        free(stored);
        place_release(&place);
    }
}

static void a_file_larger_than_one_chunk_is_copied_whole(void **state)
{
    (void)state;
    enum {
        LARGE = 700 * 1024 + 13
    };
    struct place place;
    char *stored;
    place_init(&place, "DEM1.ini");
    close_handle(&place);
    char *large = malloc(LARGE), *path = join(place.share, "large.ini");
    assert_non_null(large);
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(i * 31 + i / 4096);
    assert_int_equal(file_store(path, large, LARGE).kind, PLATFORM_OK);
    enum file_claim claim;
    assert_int_equal(file_open_claim(path, &place.handle, &claim).kind, PLATFORM_OK);
    place.what.handle = place.handle;
    place.what.bytes = (struct slice){0};
    place.what.size = LARGE;
    injected.other_volume = true;
    platform_inject_set(inject, NULL);
    assert_int_equal(put_away(&place.what, &stored).kind, PLATFORM_OK);
    platform_inject_set(NULL, NULL);
    char *to = join(place.world, stored), *bytes = NULL;
    size_t size = 0;
    assert_int_equal(file_load(to, LARGE, &bytes, &size).kind, PLATFORM_OK);
    assert_int_equal(size, LARGE);
    assert_memory_equal(bytes, large, LARGE);
    free(bytes);
    free(to);
    free(stored);
    free(path);
    free(large);
    place_release(&place);
}

/* ---- names that are taken ---- */

static char *take_name(struct place *place, const char *below, const char *text)
{
    char *path = join(place->world, below), *folder = path_folder(path);
    for (char *c = path; *c; c++)
        *c = *c == '/' ? PATH_SEPARATOR : *c;
    free(folder);
    folder = path_folder(path);
    assert_int_equal(folder_make(folder).kind, PLATFORM_OK);
    store(path, text);
    free(folder);
    return path;
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    for (int other_volume = 0; other_volume <= 1; other_volume++) {
        struct place place;
        char *stored, *bytes = NULL;
        size_t size = 0;
        place_init(&place, "DEM1.ini");
        injected.other_volume = other_volume;
        char *first = take_name(&place, "archive/2026/11/23/18/000000000042_DEM1.ini", "somebody's");
        char *second = take_name(&place, "archive/2026/11/23/18/000000000042_DEM1.ini~2", "somebody else's");
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_below(stored, "archive/2026/11/23/18/000000000042_DEM1.ini~3");
        assert_put_away(&place, stored);
        assert_int_equal(file_load(first, 100, &bytes, &size).kind, PLATFORM_OK);
        assert_string_equal(bytes, "somebody's");
        free(bytes);
        assert_int_equal(file_load(second, 100, &bytes, &size).kind, PLATFORM_OK);
        assert_string_equal(bytes, "somebody else's");
        free(bytes);
        free(first);
        free(second);
        free(stored);
        place_release(&place);
    }
}

static void a_copy_that_an_earlier_try_left_is_kept_and_the_source_deleted(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        injected.other_volume = variant & 1;
        if (variant & 2) /* too large to be held: compared by handle */
            place.what.bytes = (struct slice){0};
        char *copy = take_name(&place, "archive/2026/11/23/18/000000000042_DEM1.ini", BYTES);
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_below(stored, "archive/2026/11/23/18/000000000042_DEM1.ini");
        assert_put_away(&place, stored);
        free(copy);
        free(stored);
        place_release(&place);
    }
}

static void a_reason_that_an_earlier_try_left_is_kept(void **state)
{
    (void)state;
    struct place place;
    char *stored;
    place_init(&place, "DEM1.ini");
    place.what.place = STORE_QUARANTINE;
    place.what.reason_text = REASON;
    char *reason = take_name(&place, "quarantine/2026/11/23/18/000000000042_DEM1.ini.reason.txt", REASON);
    assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
    assert_put_away(&place, stored);
    free(reason);
    free(stored);
    place_release(&place);
}

/* ---- rights that cannot be reset ---- */

static void without_the_right_access_list_it_is_copied_under_the_next_name(void **state)
{
    (void)state;
    for (int with_reason = 0; with_reason <= 1; with_reason++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        if (with_reason) {
            place.what.place = STORE_QUARANTINE;
            place.what.reason_text = REASON;
        }
        injected.always_on = true;
        injected.always = PLATFORM_CALL_RIGHTS;
        injected.always_with = (struct platform_status){PLATFORM_DENIED, 5};
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_below(stored, with_reason ? "quarantine/2026/11/23/18/000000000042_DEM1.ini~2"
                                         : "archive/2026/11/23/18/000000000042_DEM1.ini~2");
        assert_put_away(&place, stored);
        char *found = NULL; /* after a crash before the row was written: the same place is found again */
        assert_int_equal(
            put_away_find(place.world, place.what.place, 42, place.what.arrived, "DEM1.ini", &found).kind,
            PLATFORM_OK);
        assert_string_equal(found, stored);
        free(found);
        free(stored);
        place_release(&place);
    }
}

/* ---- every call fails once ---- */

/* Fails each call of one put-away in turn; the next try must bring everything to its end. Returns how many calls there are. */
static long fail_each_call_once(void (*prepare)(struct place *), struct platform_status with)
{
    for (long number = 0;; number++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        prepare(&place);
        injected.fails_at = number;
        injected.with = with;
        struct platform_status status = put(&place, &stored);
        bool hit = injected.hit;
        injected.fails_at = -1;
        for (int again = 0; !platform_ok(status) && again < 3; again++) {
            struct found in_share = look(place.share), in_world = look(place.world);
            assert_true(in_share.right + in_world.right > 0);
            status = put(&place, &stored);
        }
        if (!platform_ok(status))
            fail_msg("call %ld: not put away after three more tries: kind %d", number, (int)status.kind);
        assert_put_away(&place, stored);
        free(stored);
        place_release(&place);
        if (!hit)
            return number;
    }
}

static void prepare_usual(struct place *place)
{
    (void)place;
}

static void prepare_quarantine(struct place *place)
{
    place->what.place = STORE_QUARANTINE;
    place->what.reason_text = REASON;
}

static void prepare_other_volume(struct place *place)
{
    prepare_quarantine(place);
    injected.other_volume = true;
}

static void prepare_too_large(struct place *place)
{
    prepare_other_volume(place);
    place->what.bytes = (struct slice){0};
}

static void prepare_no_rights(struct place *place)
{
    prepare_quarantine(place);
    injected.reasons_to_spare = 1;
    injected.always_on = true;
    injected.always = PLATFORM_CALL_RIGHTS;
    injected.always_with = (struct platform_status){PLATFORM_DENIED, 5};
}

static void whatever_call_fails_the_next_try_ends_it_with_one_copy(void **state)
{
    (void)state;
    /* NOT_FOUND has a meaning of its own: a missing folder. All others are one to put_away. */
    static const enum platform_kind KINDS[] = {PLATFORM_OTHER, PLATFORM_NOT_FOUND};
    static void (*const PREPARE[])(struct place *) = {prepare_usual, prepare_quarantine, prepare_other_volume,
                                                      prepare_too_large, prepare_no_rights};
    for (size_t p = 0; p < sizeof PREPARE / sizeof PREPARE[0]; p++)
        for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
            long calls = fail_each_call_once(PREPARE[p], (struct platform_status){KINDS[k], 1234});
            assert_true(calls >= 4); /* every way has at least these; otherwise nothing was tried */
        }
}

static void while_a_call_fails_always_the_source_stays_whole(void **state)
{
    (void)state;
    static const enum platform_call CALLS[] = {PLATFORM_CALL_OPEN,   PLATFORM_CALL_WRITE,
                                               PLATFORM_CALL_FLUSH,  PLATFORM_CALL_RENAME,
                                               PLATFORM_CALL_DELETE, PLATFORM_CALL_MAKE_FOLDER};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        prepare_quarantine(&place);
        place.what.bytes = (struct slice){place.bytes, place.size};
        injected.other_volume = CALLS[i] != PLATFORM_CALL_RENAME;
        injected.always_on = true;
        injected.always = CALLS[i];
        injected.always_with = (struct platform_status){PLATFORM_FULL, 112};
        for (int tries = 0; tries < 3; tries++) {
            struct platform_status status = put(&place, &stored);
            assert_int_equal(status.kind, PLATFORM_FULL);
            assert_int_equal(status.code, 112);
            assert_null(stored);
            assert_int_equal(look(place.share).right, 1);
        }
        assert_false(injected.lost);
        injected.always_on = false;
        assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
        assert_put_away(&place, stored);
        free(stored);
        place_release(&place);
    }
}

static void the_only_copy_is_never_taken_for_a_second_one(void **state)
{
    (void)state;
    /* It was moved, its rights could not be reset, and the next name is taken by somebody: the moved file has the bytes that
     * an earlier copy would have, but it is the file itself. */
    struct place place;
    char *stored;
    place_init(&place, "DEM1.ini");
    char *taken = take_name(&place, "archive/2026/11/23/18/000000000042_DEM1.ini~2", "somebody's");
    injected.always_on = true;
    injected.always = PLATFORM_CALL_RIGHTS;
    injected.always_with = (struct platform_status){PLATFORM_DENIED, 5};
    assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
    assert_below(stored, "archive/2026/11/23/18/000000000042_DEM1.ini~3");
    assert_put_away(&place, stored);
    free(taken);
    free(stored);
    place_release(&place);
}

#ifndef _WIN32
/* Natively others can put a file in the place of one that we hold; on Windows sharing forbids it. */
static void a_source_whose_name_another_file_took_is_kept_and_the_other_left_alone(void **state)
{
    (void)state;
    for (int removed = 0; removed <= 1; removed++) {
        struct place place;
        char *stored;
        place_init(&place, "DEM1.ini");
        char *path = join(place.share, "DEM1.ini"), *beside = join(place.share, "new");
        if (removed) {
            assert_int_equal(remove(path), 0);
        } else {
            store(beside, "the next one");
            assert_int_equal(rename(beside, path), 0);
        }
        assert_int_equal(put_away(&place.what, &stored).kind, PLATFORM_OK);
        struct found in_world = look(place.world);
        assert_int_equal(in_world.right, 1);
        bool there = false;
        assert_int_equal(file_exists(path, &there).kind, PLATFORM_OK);
        assert_int_equal(there, !removed);
        free(stored);
        free(path);
        free(beside);
        place_release(&place);
    }
}
#endif

/* ---- finding it again ---- */

static void what_was_put_away_is_found_by_its_row(void **state)
{
    (void)state;
    struct place place;
    char *stored, *found = NULL;
    place_init(&place, "DEM1.ini");
    const struct put_away *what = &place.what;
    assert_int_equal(put_away_find(what->root, STORE_ARCHIVE, 42, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_OK);
    assert_null(found); /* not even the folder is there */
    assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
    close_handle(&place);
    assert_int_equal(put_away_find(what->root, STORE_ARCHIVE, 42, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_OK);
    assert_string_equal(found, stored);
    free(found);
    assert_int_equal(put_away_find(what->root, STORE_ARCHIVE, 43, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_OK);
    assert_null(found);
    assert_int_equal(put_away_find(what->root, STORE_HOLD, 42, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_OK);
    assert_null(found);
    free(stored);
    place_release(&place);
}

static size_t rights_set;

static struct platform_status count_rights(void *context, enum platform_call call, const char *path)
{
    (void)context;
    (void)path;
    rights_set += call == PLATFORM_CALL_RIGHTS;
    return PLATFORM_SUCCESS;
}

static struct platform_status refuse_rights(void *context, enum platform_call call, const char *path)
{
    (void)context;
    (void)path;
    return (struct platform_status){call == PLATFORM_CALL_RIGHTS ? PLATFORM_DENIED : PLATFORM_OK, 0};
}

/* A kill between the move and the rights leaves those of the share: patient data would stay open to its users. */
static void what_is_found_gets_the_rights_of_its_folder(void **state)
{
    (void)state;
    struct place place;
    char *stored, *found = NULL;
    place_init(&place, "DEM1.ini");
    const struct put_away *what = &place.what;
    assert_int_equal(put(&place, &stored).kind, PLATFORM_OK);
    close_handle(&place); /* the killed process holds nothing any more */

    rights_set = 0;
    platform_inject_set(count_rights, NULL);
    assert_int_equal(put_away_find(what->root, STORE_ARCHIVE, 42, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_OK);
    platform_inject_set(NULL, NULL);
    assert_string_equal(found, stored);
    assert_int_equal(rights_set, 1);
    free(found);

    platform_inject_set(refuse_rights, NULL);
    assert_int_equal(put_away_find(what->root, STORE_ARCHIVE, 42, what->arrived, "DEM1.ini", &found).kind,
                     PLATFORM_DENIED);
    platform_inject_set(NULL, NULL);
    assert_string_equal(found, stored); /* it is put away all the same */
    free(found);
    free(stored);
    place_release(&place);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lies_in_the_folder_of_its_hour_under_its_number),
        cmocka_unit_test(on_another_volume_it_is_copied_then_deleted),
        cmocka_unit_test(a_file_larger_than_one_chunk_is_copied_whole),
        cmocka_unit_test(nothing_is_overwritten),
        cmocka_unit_test(a_copy_that_an_earlier_try_left_is_kept_and_the_source_deleted),
        cmocka_unit_test(a_reason_that_an_earlier_try_left_is_kept),
        cmocka_unit_test(without_the_right_access_list_it_is_copied_under_the_next_name),
        cmocka_unit_test(whatever_call_fails_the_next_try_ends_it_with_one_copy),
        cmocka_unit_test(while_a_call_fails_always_the_source_stays_whole),
        cmocka_unit_test(the_only_copy_is_never_taken_for_a_second_one),
#ifndef _WIN32
        cmocka_unit_test(a_source_whose_name_another_file_took_is_kept_and_the_other_left_alone),
#endif
        cmocka_unit_test(what_was_put_away_is_found_by_its_row),
        cmocka_unit_test(what_is_found_gets_the_rights_of_its_folder),
    };
#ifdef _WIN32
    print_message("left out under Windows: a name taken while we hold its file (sharing forbids it)\n");
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
