/* A configuration file, whatever it is: loaded whole, or refused with faults that say where and what. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/config.h"
#include "tests/support/test_main.h"

#define INPUT_MAX ((size_t)16384)

/* config_load wants a file; one is written again and again. */
static char *folder, *file;

static void remove_folder(void)
{
    test_temp_remove(folder);
    free(folder);
    free(file);
}

static void set_up(void)
{
    folder = test_temp_dir("fuzz-config");
    file = path_join(folder, "corbridge.xml");
    FUZZ_MUST(file != NULL && atexit(remove_folder) == 0);
}

static void write_file(const uint8_t *data, size_t size)
{
    FILE *stream = fopen(file, "wb");
    FUZZ_MUST(stream != NULL && (size == 0 || fwrite(data, 1, size, stream) == size));
    FUZZ_MUST(fclose(stream) == 0);
}

static void must_be_text(const char *text)
{
    size_t count;
    FUZZ_MUST(text != NULL && text[0] != '\0' && fuzz_utf8(slice_of(text), NULL, &count));
}

static void check_matches(const struct config_feed *feed)
{
    FUZZ_MUST(feed->match_count > 0);
    for (size_t i = 0; i < feed->match_count; i++) {
        const struct config_match *match = &feed->matches[i];
        must_be_text(match->pattern);
        must_be_text(match->datatype_location);
        FUZZ_MUST(match->ready != CONFIG_READY_DEFAULT && match->give_up_ms > 0 && match->size_limit > 0);
        FUZZ_MUST((match->ready == CONFIG_READY_MARKER) == (match->marker_suffix != NULL));
        FUZZ_MUST(match->ready != CONFIG_READY_QUIET || match->quiet_ms > 0);
        FUZZ_MUST(feed->poll_ms == 0 || match->ready != CONFIG_READY_QUIET || match->quiet_ms >= 2000);
    }
    const struct config_match *found = config_match_find(feed, feed->matches[0].pattern);
    FUZZ_MUST(found == NULL || (found >= feed->matches && found < feed->matches + feed->match_count));
}

static void check_config(const struct config *config)
{
    must_be_text(config->data_folder);
    FUZZ_MUST(path_is_absolute(config->data_folder) && config->feed_count > 0 && config->facility_count > 0);
    FUZZ_MUST(config->log_megabytes > 0 && config->log_keep > 0);
    for (size_t i = 0; i < config->facility_count; i++) {
        const struct config_facility *facility = &config->facilities[i];
        must_be_text(facility->code);
        FUZZ_MUST(facility->zone != NULL && strcmp(zone_name(facility->zone), facility->zone_name) == 0);
        FUZZ_MUST(config_facility_find(config, slice_of(facility->code)) == facility);
    }
    for (size_t i = 0; i < config->feed_count; i++) {
        const struct config_feed *feed = &config->feeds[i];
        must_be_text(feed->authority);
        FUZZ_MUST(config_feed_find(config, feed->name) == feed && path_is_absolute(feed->folder));
        check_matches(feed);
    }
    for (size_t i = 0; i < config->pharmacy_count; i++) {
        const struct config_pharmacy *pharmacy = &config->pharmacies[i];
        must_be_text(pharmacy->name);
        must_be_text(pharmacy->file_pattern);
        FUZZ_MUST(path_is_absolute(pharmacy->test_folder));
        FUZZ_MUST(pharmacy->live_folder == NULL || path_is_absolute(pharmacy->live_folder));
        for (const char *const *code = pharmacy->facilities; code != NULL && *code != NULL; code++)
            FUZZ_MUST(config_facility_find(config, slice_of(*code)) != NULL);
    }
}

/* Each fault is one line of text that begins with the name of the file; they come in order of place. */
static void check_faults(const struct config_faults *faults, size_t lines)
{
    static const char head[] = "corbridge.xml:";
    for (size_t i = 0; i < faults->count; i++) {
        const struct config_fault *fault = &faults->items[i];
        must_be_text(fault->text);
        FUZZ_MUST(strncmp(fault->text, head, sizeof head - 1) == 0 && strlen(fault->text) > sizeof head);
        FUZZ_MUST(fault->line <= lines && (i == 0 || faults->items[i - 1].line <= fault->line));
        for (const char *at = fault->text; *at != '\0'; at++)
            FUZZ_MUST((unsigned char)*at >= 0x20 && *at != 0x7F);
    }
}

/* The same file once more says the same. */
static void check_again(bool accepted, const struct config_faults *faults)
{
    struct config_faults again;
    config_faults_init(&again);
    struct config *config = config_load(file, NULL, &again);
    FUZZ_MUST((config != NULL) == accepted && again.count == faults->count);
    for (size_t i = 0; i < faults->count; i++)
        FUZZ_MUST(strcmp(faults->items[i].text, again.items[i].text) == 0);
    config_free(config);
    config_faults_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (folder == NULL)
        set_up();
    if (size > INPUT_MAX)
        return 0;
    write_file(data, size);
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r';

    struct config_faults faults;
    config_faults_init(&faults);
    struct config *config = config_load(file, NULL, &faults);
    FUZZ_MUST((config != NULL) == (faults.count == 0));
    check_faults(&faults, lines);
    if (config != NULL)
        check_config(config);

    if (size % 4 == 0)
        check_again(config != NULL, &faults);
    config_free(config);
    config_faults_release(&faults);
    return 0;
}
