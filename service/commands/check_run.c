/* What `check` looks at. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/database.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "platform/process.h"
#include "service/commands/check_report.h"
#include "service/commands/commands.h"
#include "service/windows/event_log.h"
#include "service/live.h"
#include "service/world.h"

#define MB ((uint64_t)1024 * 1024)

/* What a person can do about a folder that does not answer. */
static const char *remedy(enum platform_kind kind)
{
    switch (kind) {
    case PLATFORM_NOT_FOUND: return "make the folder, or mend the path in the configuration";
    case PLATFORM_DENIED: return "give this account the rights to the folder, and to the share as well";
    case PLATFORM_OFFLINE: return "see that the other machine is up and can be reached from here";
    case PLATFORM_FULL: return "make room on the disk";
    case PLATFORM_EXISTS:
    case PLATFORM_BUSY: return "another program holds it: try again";
    case PLATFORM_NAME_INVALID: return "mend the path in the configuration";
    default: return "ask the people who run the server with that text";
    }
}

static void add_failure(struct check_report *report, const char *area, const char *what, const char *path,
                        struct platform_status status)
{
    char text[200];
    platform_status_text(status, text, sizeof text);
    check_report_add(report, CHECK_FAILED, area, "%s '%s': error %s: %s", what, path, text,
                     remedy(status.kind));
}

/* Makes a small file and deletes it again. Readers take no .tmp. */
static struct platform_status probe_write(const char *folder)
{
    uint32_t number;
    char name[60];
    process_random(&number, sizeof number);
    (void)snprintf(name, sizeof name, "corbridge-check-%08" PRIx32 ".tmp", number);
    char *path = path_join(folder, name);
    if (path == NULL)
        return (struct platform_status){PLATFORM_NO_MEMORY, 0};
    struct file *file = NULL;
    struct platform_status status = file_create(path, &file);
    if (platform_ok(status)) {
        status = file_write(file, "check", 5);
        struct platform_status closed = file_close(file);
        struct platform_status removed = file_remove(path);
        if (platform_ok(status))
            status = closed;
        if (platform_ok(status))
            status = removed;
    }
    free(path);
    return status;
}

static void check_disk(struct check_report *report, const struct config *config, const char *folder)
{
    uint64_t bytes = 0;
    struct platform_status status = folder_free_space(folder, &bytes);
    if (!platform_ok(status))
        add_failure(report, "disk", "free space is not known of", folder, status);
    else if (bytes < config->low_disk_bytes)
        check_report_add(report, CHECK_FAILED, "disk",
                         "%" PRIu64 " MB free, below low-disk (%" PRIu64
                         " MB): CorBridge takes no files until there is room",
                         bytes / MB, config->low_disk_bytes / MB);
    else if (bytes / 2 < config->low_disk_bytes)
        check_report_add(report, CHECK_WARNING, "disk",
                         "%" PRIu64 " MB free; below %" PRIu64 " MB CorBridge takes no files", bytes / MB,
                         config->low_disk_bytes / MB);
    else
        check_report_add(report, CHECK_OK, "disk", "%" PRIu64 " MB free", bytes / MB);
}

static void check_data(struct check_report *report, const struct config *config)
{
    const char *folder = config->data_folder;
    bool exists = false;
    struct platform_status status = folder_exists(folder, &exists);
    if (platform_ok(status) && !exists) {
        check_report_add(report, CHECK_WARNING, "data folder",
                         "'%s' is not there: it is made at the first start", folder);
        return;
    }
    if (platform_ok(status))
        status = probe_write(folder);
    if (!platform_ok(status)) {
        add_failure(report, "data folder", "cannot be written:", folder, status);
        return;
    }
    check_report_add(report, CHECK_OK, "data folder", "'%s' can be written", folder);
    check_disk(report, config, folder);
}

/* What is live against the configuration, which may have changed since. */
static void check_live(struct check_report *report, const struct config *config, struct database *db)
{
    struct live live;
    size_t counts[LIVE_KIND_COUNT] = {0};
    if (live_load(&live, db) != DATABASE_OK) {
        check_report_add(report, CHECK_FAILED, "live", "what is live cannot be read: %s",
                         database_error_text(db));
        live_release(&live);
        return;
    }
    for (size_t i = 0; i < live.count; i++) {
        const struct live_row *row = &live.rows[i];
        const char *kind = live_kind_name(row->kind);
        const struct config_pharmacy *pharmacy =
            row->kind == LIVE_PHARMACY ? config_pharmacy_find(config, row->name) : NULL;
        const struct config_feed *feed = row->kind == LIVE_FEED ? config_feed_find(config, row->name) : NULL;
        counts[row->kind]++;
        if (!live_is_configured(config, row->kind, row->name))
            check_report_add(
                report, CHECK_FAILED, "live",
                "%s %s is live and is no longer in the configuration: put it back, or corbridge back-to-test %s:%s",
                kind, row->name, kind, row->name);
        else if (pharmacy != NULL && pharmacy->live_folder == NULL)
            check_report_add(
                report, CHECK_FAILED, "live",
                "pharmacy %s is live and has no live-folder: its orders are not sent; give it one",
                row->name);
        else if (feed != NULL && feed->alerts.taken && feed->alerts.live_folder == NULL)
            check_report_add(
                report, CHECK_WARNING, "live",
                "feed %s is live and its <alerts-out> has no live-folder: it is told of no alert; give it one",
                row->name);
        else
            check_report_add(report, CHECK_OK, "live", "%s %s since %s", kind, row->name, row->since);
    }
    if (counts[LIVE_FEED] > 0 && counts[LIVE_FACILITY] == 0)
        check_report_add(
            report, CHECK_WARNING, "live",
            "feeds are live and no facility is: all that they say is left to test; corbridge golive FACILITY");
    if (counts[LIVE_FACILITY] > 0 && counts[LIVE_FEED] == 0)
        check_report_add(report, CHECK_WARNING, "live",
                         "facilities are live and no feed is: nothing arrives there; corbridge golive FEED");
    live_release(&live);
}

static void check_world(struct check_report *report, const struct config *config, enum database_world world)
{
    struct world_paths paths;
    char area[40];
    (void)snprintf(area, sizeof area, "%s database", world_name(world));
    if (!world_paths_init(&paths, config->data_folder, world)) {
        report->lost = true;
        return;
    }
    bool exists = false;
    struct database *db = NULL;
    char message[400] = "";
    struct platform_status status = file_exists(paths.database, &exists);
    if (!platform_ok(status)) {
        add_failure(report, area, "cannot be looked at:", paths.database, status);
    } else if (!exists) {
        if (world == DATABASE_TEST)
            check_report_add(report, CHECK_OK, area, "not there yet: it is made at the first start");
    } else if (database_open(paths.database, world, DATABASE_READ, &db, message, sizeof message) !=
               DATABASE_OK) {
        check_report_add(report, CHECK_FAILED, area, "%s", message);
    } else {
        check_report_add(report, CHECK_OK, area, "opens, schema %d", database_schema_version());
        if (world == DATABASE_LIVE)
            check_live(report, config, db);
    }
    database_close(db);
    world_paths_release(&paths);
}

static bool is_taken_by_rule(const struct config_feed *feed, const struct folder_entry *entry)
{
    return !entry->is_folder && !entry->is_link && !entry->is_hidden &&
           config_match_find(feed, entry->name) != NULL;
}

static void check_feed(struct check_report *report, const struct config_feed *feed)
{
    char area[60];
    (void)snprintf(area, sizeof area, "feed %s", feed->name);
    struct folder_listing listing;
    struct platform_status status = folder_list(feed->folder, &listing);
    if (!platform_ok(status)) {
        add_failure(report, area, "cannot be listed:", feed->folder, status);
        return;
    }
    size_t taken = 0;
    size_t other = 0;
    for (size_t i = 0; i < listing.count; i++) {
        const struct folder_entry *entry = &listing.entries[i];
        if (is_taken_by_rule(feed, entry))
            taken++;
        else if (!entry->is_folder)
            other++;
    }
    folder_listing_release(&listing);
    check_report_add(report, CHECK_OK, area,
                     "'%s' can be listed; files that wait: %lu, that no rule takes: %lu", feed->folder,
                     (unsigned long)taken, (unsigned long)other);
}

/* Hosts are not asked: what stands there is the vendor's, and a photo is asked for when a person comes. */
static void check_photos(struct check_report *report, const struct config_photos *photos)
{
    for (size_t i = 0; i < photos->root_count; i++) {
        struct folder_listing listing;
        struct platform_status status = folder_list(photos->roots[i], &listing);
        if (!platform_ok(status)) {
            add_failure(report, "photos", "cannot be listed:", photos->roots[i], status);
            continue;
        }
        folder_listing_release(&listing);
        check_report_add(report, CHECK_OK, "photos", "'%s' can be listed", photos->roots[i]);
    }
}

/* `what` gets files from us there. */
static void check_folder_out(struct check_report *report, const char *what, const char *name,
                             const char *world, const char *folder)
{
    char area[60];
    if (folder == NULL)
        return;
    (void)snprintf(area, sizeof area, "%s %s %s", what, name, world);
    struct platform_status status = probe_write(folder);
    if (platform_ok(status))
        check_report_add(report, CHECK_OK, area, "'%s' can be written", folder);
    else
        add_failure(report, area, "cannot be written:", folder, status);
}

/* Without its source the Event Viewer shows events without their text. */
static void check_event_source(struct check_report *report)
{
    char *exe = NULL;
    bool exists = false;
    struct platform_status status = event_log_registered(&exe);
    if (status.kind == PLATFORM_UNSUPPORTED)
        return; /* no event log here */
    if (status.kind == PLATFORM_NOT_FOUND) {
        check_report_add(report, CHECK_WARNING, "event source",
                         "not registered, events show without their text: corbridge install registers it");
    } else if (!platform_ok(status)) {
        char text[200];
        platform_status_text(status, text, sizeof text);
        check_report_add(report, CHECK_WARNING, "event source", "cannot be looked at, error %s", text);
    } else if (!platform_ok(file_exists(exe, &exists)) || !exists) {
        check_report_add(report, CHECK_WARNING, "event source",
                         "names '%s', which is not there: corbridge install mends it", exe);
    } else {
        check_report_add(report, CHECK_OK, "event source", "registered");
    }
    free(exe);
}

void check_run(const struct config *config, struct check_report *report)
{
    check_report_add(report, CHECK_OK, "configuration",
                     "'%s' is accepted. Facilities: %lu, feeds: %lu, pharmacies: %lu", config->path,
                     (unsigned long)config->facility_count, (unsigned long)config->feed_count,
                     (unsigned long)config->pharmacy_count);
    char *user = process_user();
    check_report_add(report, CHECK_OK, "account", "all below is as seen by %s",
                     user != NULL ? user : "this account");
    free(user);
    check_event_source(report);
    check_data(report, config);
    check_world(report, config, DATABASE_TEST);
    check_world(report, config, DATABASE_LIVE);
    for (size_t i = 0; i < config->feed_count; i++)
        check_feed(report, &config->feeds[i]);
    check_photos(report, &config->photos);
    for (size_t i = 0; i < config->feed_count; i++) {
        const struct config_feed *feed = &config->feeds[i];
        check_folder_out(report, "alerts for", feed->name, "test", feed->alerts.test_folder);
        check_folder_out(report, "alerts for", feed->name, "live", feed->alerts.live_folder);
    }
    for (size_t i = 0; i < config->pharmacy_count; i++) {
        const struct config_pharmacy *pharmacy = &config->pharmacies[i];
        check_folder_out(report, "pharmacy", pharmacy->name, "test", pharmacy->test_folder);
        check_folder_out(report, "pharmacy", pharmacy->name, "live", pharmacy->live_folder);
    }
}

void check_run_path(const char *config_path, struct check_report *report)
{
    struct config_faults faults;
    config_faults_init(&faults);
    struct config *config = config_load(config_path, NULL, &faults);
    for (size_t i = 0; i < faults.count; i++)
        check_report_add(report, CHECK_FAILED, "configuration", "%s", faults.items[i].text);
    if (config != NULL)
        check_run(config, report);
    config_free(config);
    config_faults_release(&faults);
}

char *commands_check_answer(const char *config_path)
{
    struct check_report report;
    struct output out;
    check_report_init(&report);
    output_init(&out);
    check_run_path(config_path, &report);
    check_report_write(&report, &out);
    check_report_release(&report);
    if (out.failed)
        output_release(&out);
    return out.text;
}
