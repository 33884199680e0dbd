/* From a folder to facts: its files in the order of their names, then one after the other. */
#include <stdlib.h>

#include "platform/folder.h"
#include "platform/path.h"
#include "service/precheck/names.h"
#include "service/precheck/note.h"
#include "service/precheck/photos.h"
#include "service/precheck/precheck.h"
#include "service/precheck/read_file.h"
#include "service/watch/settle.h"

void precheck_init(struct precheck *check, const struct precheck_options *options)
{
    *check = (struct precheck){.options = *options};
    struct arena *arena = &check->arena;
    arena_init(arena, 0);
    table_init(&check->faults, arena, sizeof(struct precheck_fault));
    table_init(&check->facilities, arena, sizeof(struct precheck_facility));
    table_init(&check->locations, arena, sizeof(struct precheck_location));
    table_init(&check->codes, arena, sizeof(struct precheck_code));
    for (size_t i = 0; i < PRECHECK_ID_COUNT; i++)
        table_init(&check->shapes[i], arena, sizeof(struct precheck_shape));
    table_init(&check->patients, arena, sizeof(struct precheck_patient));
    table_init(&check->bookings, arena, sizeof(struct precheck_booking));
    table_init(&check->folded_names, arena, sizeof(struct precheck_name));
    table_init(&check->photo_paths, arena, sizeof(struct precheck_photo_path));
    table_init(&check->alert_codes, arena, sizeof(struct precheck_alert_code));
    table_init(&check->spellings, arena, sizeof(struct precheck_spelling));
    table_init(&check->near_groups, arena, sizeof(struct precheck_near));
}

void precheck_release(struct precheck *check)
{
    struct table *const tables[] = {
        &check->faults,      &check->facilities,  &check->locations,  &check->codes,        &check->shapes[0],
        &check->shapes[1],   &check->patients,    &check->bookings,   &check->folded_names, &check->spellings,
        &check->near_groups, &check->photo_paths, &check->alert_codes};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        table_release(tables[i]);
    free(check->files);
    arena_release(&check->arena);
}

static int compare_names(const void *a, const void *b)
{
    return path_compare_natural(((const struct precheck_file *)a)->name,
                                ((const struct precheck_file *)b)->name);
}

/* Takes the files of the listing over, in the natural order of their names. */
static bool list_files(struct precheck *check, const struct folder_listing *listing)
{
    check->files = calloc(listing->count > 0 ? listing->count : 1, sizeof *check->files);
    if (check->files == NULL)
        return false;
    for (size_t i = 0; i < listing->count; i++) {
        const struct folder_entry *entry = &listing->entries[i];
        if (entry->is_link) {
            check->links++;
        } else if (entry->is_folder) {
            check->folders++;
        } else if (entry->is_hidden || settle_ignores(entry->name)) {
            check->passed_over++;
        } else {
            struct precheck_file *file = &check->files[check->file_count++];
            file->name = arena_copy_text(&check->arena, slice_of(entry->name));
            file->size = entry->marks.size;
            if (file->name == NULL)
                return false;
        }
    }
    qsort(check->files, check->file_count, sizeof *check->files, compare_names);
    return true;
}

static bool read_files(struct precheck *check, const char *folder)
{
    struct read_work work;
    bool ready = read_work_init(&work, check);
    for (size_t i = 0; ready && i < check->file_count && !check->no_memory; i++) {
        char *path = path_join(folder, check->files[i].name);
        ready = path != NULL;
        if (ready)
            read_file(&work, (uint32_t)(i + 1), path);
        free(path);
    }
    read_work_release(&work);
    return ready && !check->no_memory;
}

bool precheck_gather(struct precheck *check, const char *folder, struct platform_status *status)
{
    struct folder_listing listing;
    *status = folder_list(folder, &listing);
    if (!platform_ok(*status))
        return false;
    bool whole = list_files(check, &listing);
    folder_listing_release(&listing);
    if (whole) {
        names_note_twins(check);
        whole = read_files(check, folder);
    }
    if (whole) {
        names_judge(check);
        photos_judge(check);
    }
    if (!whole)
        check->no_memory = true;
    return !check->no_memory;
}
