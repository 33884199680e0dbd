#include "service/config_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/jms_field.h"
#include "parser/limits.h"
#include "service/config_alerts.h"
#include "service/config_folders.h"
#include "service/config_mapping.h"
#include "service/config_near.h"
#include "service/config_pharmacy.h"
#include "service/config_photos.h"
#include "service/config_read.h"
#include "service/config_rules.h"
#include "service/config_units.h"
#include "service/name_time.h"
#include "service/windows/first_config.h"

/* Defaults; docs/configuration.md lists them. */
static const char DEFAULT_AUTHORITY[] = "JMS";
static const char DEFAULT_LOCATION[] = "PatientLocation";

#define SECOND             ((uint32_t)1000)
#define MINUTE             (60 * SECOND)
#define HOUR               (60 * MINUTE)
#define KB                 ((uint64_t)1024)
#define MB                 (1024 * KB)
#define GB                 (1024 * MB)
#define DEFAULT_QUIET_MS   SECOND
#define REMOTE_QUIET_MS    (2 * SECOND) /* DESIGN "Settle": remote or polled folders at least 2 s */
#define ROWS_QUIET_MS      (5 * SECOND) /* the same: their senders write them for a while */
#define DEFAULT_LAG_MS     (15 * MINUTE)
#define LONGEST_LAG_MS     (24 * HOUR)
#define ROWS_SIZE_LIMIT    (512 * MB) /* files of many messages are read as a stream */
#define ROWS_SIZE_MOST     (4 * GB)
#define PHOTO_SIZE_LIMIT   (10 * MB)
#define PHOTO_SIZE_MOST    (64 * MB)
#define DEFAULT_GIVE_UP_MS (10 * MINUTE)
#define DEFAULT_WAITING_MS (24 * HOUR)
#define LONGEST_WAITING_MS (1000 * HOUR)
#define DEFAULT_LOW_DISK   GB
#define DEFAULT_LOG_MB     10
#define DEFAULT_LOG_KEEP   5

/* ---- <data>, <limits>, <log> --------------------------------------------------------------------------- */

static uint32_t build_data(struct config_reading *reading, const struct config_element *root,
                           const char *override)
{
    const struct config_element *data = config_first_element(root, "data");
    if (override != NULL) {
        reading->config->data_folder = arena_copy_text(&reading->config->arena, slice_of(override));
        reading->no_memory = reading->no_memory || reading->config->data_folder == NULL;
        return data != NULL ? data->line : root->line;
    }
    if (data == NULL)
        return root->line;
    uint32_t line = config_attribute_line(data, "folder");
    const char *folder = config_read_folder(reading, data, "folder");
    if (folder != NULL && config_folder_is_remote(folder)) {
        config_fault_add(reading, line,
                         "data: folder '%s' is on another machine: the database needs a disk of this "
                         "server; write for example C:\\ProgramData\\CorBridge",
                         folder);
        folder = NULL;
    }
    reading->config->data_folder = folder;
    return line;
}

static void build_limits(struct config_reading *reading, const struct config_element *root)
{
    const struct config_element *limits = config_first_element(root, "limits");
    const struct config_element *log = config_first_element(root, "log");
    struct config *config = reading->config;
    config->low_disk_bytes = DEFAULT_LOW_DISK;
    config->log_megabytes = DEFAULT_LOG_MB;
    config->log_keep = DEFAULT_LOG_KEEP;
    if (limits != NULL)
        config->low_disk_bytes =
            config_read_size(reading, limits, "low-disk", DEFAULT_LOW_DISK, 64 * MB, 10000 * GB);
    if (log != NULL) {
        config->log_megabytes = config_read_count(log, "megabytes", DEFAULT_LOG_MB);
        config->log_keep = config_read_count(log, "keep", DEFAULT_LOG_KEEP);
    }
}

/* ---- <location>, <facility> ---------------------------------------------------------------------------------------- */

static void build_location(struct config_reading *reading, const struct config_element *element,
                           struct location_rule *rule)
{
    *rule = (struct location_rule){
        .housing = slice_of(config_attribute_value(element, "housing")),
        .bed = slice_of(config_attribute_value(element, "bed")),
        .fixed = {[LOCATION_BLOCK] = slice_of(config_attribute_value(element, "block")),
                  [LOCATION_POD] = slice_of(config_attribute_value(element, "pod")),
                  [LOCATION_CELL] = slice_of(config_attribute_value(element, "cell"))},
    };
    const char *wrong =
        rule->housing.ptr ? location_rule_check(rule) : NULL; /* the schema has told of a missing one */
    if (wrong) {
        char subject[CONFIG_SUBJECT_SIZE];
        config_fault_add(reading, element->line, "%s: %s",
                         config_element_subject(element, subject, sizeof subject), wrong);
    }
}

static void build_facility(struct config_reading *reading, const struct config_element *element,
                           struct config_facility *facility)
{
    facility->line = element->line;
    facility->code = config_attribute_value(element, "code");
    facility->name = config_attribute_value(element, "name");
    facility->zone_name = config_attribute_value(element, "zone");
    struct location_rule *rules =
        config_take_array(reading, element, "location", sizeof *rules, &facility->location_count);
    facility->locations = rules;
    for (const struct config_element *e = element->children; e != NULL && rules != NULL; e = e->next)
        if (strcmp(e->name, "location") == 0)
            build_location(reading, e, rules++);
    if (facility->zone_name == NULL)
        return;
    facility->zone = zone_find(slice_of(facility->zone_name));
    if (facility->zone != NULL)
        return;
    char subject[CONFIG_SUBJECT_SIZE];
    (void)config_element_subject(element, subject, sizeof subject);
    uint32_t line = config_attribute_line(element, "zone");
    /* "Pacific Standard Time" is what Windows calls it. */
    const char *near = first_config_zone(facility->zone_name);
    if (near == NULL)
        near = config_near_zone(facility->zone_name);
    if (near != NULL)
        config_fault_add(reading, line, "%s: time zone '%s' is not known: write %s if that is meant", subject,
                         facility->zone_name, near);
    else
        config_fault_add(reading, line,
                         "%s: time zone '%s' is not known: write an IANA name such as America/New_York, "
                         "America/Chicago, America/Denver, America/Phoenix or America/Los_Angeles",
                         subject, facility->zone_name);
}

/* ---- <feed>, <match> ----------------------------------------------------------------------------------- */

static enum config_ready ready_of(const char *text, enum config_format format)
{
    if (text == NULL && config_format_is_xml(format))
        return CONFIG_READY_CLOSED; /* it has an end of its own */
    if (text == NULL || strcmp(text, "quiet") == 0)
        return CONFIG_READY_QUIET;
    return strcmp(text, "marker") == 0 ? CONFIG_READY_MARKER : CONFIG_READY_CLOSED;
}

static void check_marker(struct config_reading *reading, const struct config_element *element,
                         const char *subject, const struct config_match *match)
{
    bool wanted = match->ready == CONFIG_READY_MARKER;
    if (wanted && config_attribute_find(element, "marker-suffix") == NULL)
        config_fault_add(reading, config_attribute_line(element, "ready"),
                         "%s: ready=\"marker\" needs marker-suffix: add "
                         "for example marker-suffix=\".done\", the end of the second file's name",
                         subject);
    if (!wanted && match->marker_suffix != NULL)
        config_fault_add(reading, config_attribute_line(element, "marker-suffix"),
                         "%s: marker-suffix is used with "
                         "ready=\"marker\" only: add that, or take marker-suffix out",
                         subject);
}

/* The quiet time, and why a short one is not safe where time and size come over a network. */
static uint32_t read_quiet(struct config_reading *reading, const struct config_element *element,
                           const char *subject, const struct config_feed *feed, enum config_format format)
{
    bool far = feed->poll_ms > 0 || (feed->folder != NULL && config_folder_is_remote(feed->folder));
    uint32_t quiet = config_read_duration(reading, element, "quiet", 0, 100, HOUR);
    if (quiet == 0 && config_format_has_rows(format) && !config_format_is_xml(format))
        return ROWS_QUIET_MS;
    if (quiet == 0)
        return far ? REMOTE_QUIET_MS : DEFAULT_QUIET_MS;
    if (far && quiet < REMOTE_QUIET_MS)
        config_fault_add(reading, config_attribute_line(element, "quiet"),
                         "%s: quiet=\"%s\" is too short for a folder that "
                         "is %s: write at least 2 s",
                         subject, config_attribute_value(element, "quiet"),
                         feed->poll_ms > 0 ? "polled" : "on another machine");
    return quiet;
}

/* "arrival", "field:NAME" or "name:FORM". */
static void read_event_time(struct config_reading *reading, const struct config_element *element,
                            const char *subject, struct config_match *match)
{
    static const char FIELD[] = "field:";
    static const char NAME[] = "name:";
    const char *text = config_attribute_value(element, "event-time");
    uint32_t line = config_attribute_line(element, "event-time");
    if (text == NULL)
        return;
    if (strcmp(text, "arrival") == 0) {
        match->event_time = CONFIG_EVENT_TIME_ARRIVAL;
    } else if (strncmp(text, FIELD, sizeof FIELD - 1) == 0) {
        match->event_time = CONFIG_EVENT_TIME_FIELD;
        match->event_time_of = text + sizeof FIELD - 1;
        enum jms_field field = jms_field_find(slice_of(match->event_time_of));
        if (config_format_is_xml(match->format))
            config_check_mapped_time(reading, line, subject, match);
        else if (match->format == CONFIG_FORMAT_ALERTS_CSV)
            config_fault_add(
                reading, line,
                "%s: no column of alerts says when a line was written: write "
                "event-time=\"name:FORM\" or \"arrival\", or leave event-time out for the arrival",
                subject);
        else if (match->format == CONFIG_FORMAT_ROSTER_CSV)
            config_fault_add(
                reading, line,
                "%s: a roster speaks as of one time, and no column holds it: write event-time=\"name:FORM\" "
                "or \"arrival\", or leave event-time out for the last-write time",
                subject);
        else if (field != JMS_FIELD_COUNT && jms_field_rule(field)->type != JMS_DATETIME)
            config_fault_add(reading, line, "%s: event-time cannot be taken from %s, which holds no time",
                             subject, match->event_time_of);
    } else {
        match->event_time = CONFIG_EVENT_TIME_NAME;
        match->event_time_of = text + sizeof NAME - 1;
        const char *fault = name_time_fault(match->event_time_of);
        if (fault != NULL)
            config_fault_add(reading, line, "%s: event-time %s", subject, fault);
    }
}

/* What a setting of one format means nothing to. */
static void refuse_settings(struct config_reading *reading, const struct config_element *element,
                            const char *subject, const char *const *names, const char *why)
{
    for (; *names; names++)
        if (config_attribute_find(element, *names) != NULL)
            config_fault_add(reading, config_attribute_line(element, *names), "%s: %s %s: take it out",
                             subject, *names, why);
}

static void check_format(struct config_reading *reading, const struct config_element *element,
                         const char *subject, const struct config_match *match)
{
    static const char *const OF_EVENTS[] = {"location-datatype", "waiting", NULL};
    static const char *const OF_ROSTERS[] = {"lag", "release", "preload", NULL};
    static const char *const OF_BOOKINGS[] = {"location-datatype",    "empty", "reopen", "one-booking",
                                              "hold-identity-change", NULL};
    static const char *const OF_TEXT[] = {"encoding", "empty",       "location-datatype",    "event-time",
                                          "reopen",   "one-booking", "hold-identity-change", NULL};
    if (match->format == CONFIG_FORMAT_PHOTO)
        refuse_settings(reading, element, subject, OF_TEXT,
                        "is about what events say, and a photo says nothing");
    if (config_format_is_xml(match->format) && match->mapping == NULL)
        return; /* of which kind its files are is not known, and that has been said */
    if (match->format == CONFIG_FORMAT_ALERTS_CSV) {
        refuse_settings(reading, element, subject, OF_BOOKINGS,
                        "is about bookings and people, and alerts have none");
        config_alerts_need_coremr(reading, element->line, subject);
    }
    if (!config_format_has_rows(match->format) || match->format == CONFIG_FORMAT_ALERTS_CSV) {
        refuse_settings(
            reading, element, subject, OF_ROSTERS,
            "is a setting of rosters (format=\"roster-csv\", or a mapping of document=\"roster\")");
        return;
    }
    refuse_settings(reading, element, subject, OF_EVENTS, "is about location events, and a roster has none");
}

/* Of a file, in bytes. */
struct sizes {
    uint64_t usual, most;
};

static struct sizes sizes_of(enum config_format format)
{
    if (config_format_has_rows(format))
        return (struct sizes){ROWS_SIZE_LIMIT, ROWS_SIZE_MOST};
    if (format == CONFIG_FORMAT_PHOTO)
        return (struct sizes){PHOTO_SIZE_LIMIT, PHOTO_SIZE_MOST};
    if (config_format_is_xml(format))
        return (struct sizes){LIMIT_XML_EVENT_BYTES, LIMIT_XML_EVENT_BYTES};
    return (struct sizes){LIMIT_EVENT_FILE_BYTES, LIMIT_EVENT_FILE_BYTES};
}

static void build_match(struct config_reading *reading, const struct config_element *element,
                        const struct config_feed *feed, struct config_match *match)
{
    char subject[CONFIG_SUBJECT_SIZE];
    (void)config_element_subject(element, subject, sizeof subject);
    match->line = element->line;
    match->pattern = config_attribute_value(element, "pattern");
    if (match->pattern != NULL)
        (void)config_check_pattern(reading, config_attribute_line(element, "pattern"), subject,
                                   match->pattern);
    match->format = config_read_format(reading, element, subject, match);
    check_format(reading, element, subject, match);
    match->ready = ready_of(config_attribute_value(element, "ready"), match->format);
    match->marker_suffix = config_attribute_value(element, "marker-suffix");
    check_marker(reading, element, subject, match);
    match->quiet_ms = read_quiet(reading, element, subject, feed, match->format);
    match->give_up_ms =
        config_read_duration(reading, element, "give-up", DEFAULT_GIVE_UP_MS, 10 * SECOND, 24 * HOUR);
    if (match->give_up_ms <= match->quiet_ms)
        config_fault_add(reading, config_attribute_line(element, "give-up"),
                         "%s: give-up must be longer than quiet, else no file could ever be proved whole",
                         subject);
    const struct sizes sizes = sizes_of(match->format);
    match->size_limit = config_read_size(reading, element, "size-limit", sizes.usual, KB, sizes.most);
    match->encoding = ENCODING_AUTO;
    (void)encoding_from_name(slice_of(config_value_or(element, "encoding", "auto")), &match->encoding);
    match->empty_clears = strcmp(config_value_or(element, "empty", "leave"), "clear") == 0;
    match->reopens = strcmp(config_value_or(element, "reopen", "no"), "yes") == 0;
    match->closes_earlier = strcmp(config_value_or(element, "one-booking", "warn"), "close-earlier") == 0;
    match->holds_identity_change = strcmp(config_value_or(element, "hold-identity-change", "no"), "yes") == 0;
    match->waiting_ms =
        config_read_duration(reading, element, "waiting", DEFAULT_WAITING_MS, MINUTE, LONGEST_WAITING_MS);
    match->sync = strcmp(config_value_or(element, "release", "dates"), "sync") == 0;
    match->preload = strcmp(config_value_or(element, "preload", "no"), "yes") == 0;
    if (match->preload && !match->sync)
        config_fault_add(reading, config_attribute_line(element, "preload"),
                         "%s: preload lifts a guard of release=\"sync\": write that too, or take it out",
                         subject);
    match->lag_ms = config_read_duration(reading, element, "lag", DEFAULT_LAG_MS, 0, LONGEST_LAG_MS);
    read_event_time(reading, element, subject, match);
    if (match->format == CONFIG_FORMAT_ALERTS_CSV) {
        match->lag_ms = 0; /* a line says what has just happened; a roster what was so when it was made */
        if (match->event_time == CONFIG_EVENT_TIME_DEFAULT)
            match->event_time = CONFIG_EVENT_TIME_ARRIVAL;
    }
    match->datatype_location = config_value_or(element, "location-datatype", DEFAULT_LOCATION);
    if (strcmp(match->datatype_location, "PatientDemographics") == 0)
        config_fault_add(reading, config_attribute_line(element, "location-datatype"),
                         "%s: location-datatype must not be "
                         "PatientDemographics, which is the other event",
                         subject);
}

/* The element itself, or the first behind it, that is a <match>. */
static const struct config_element *next_match(const struct config_element *e)
{
    while (e != NULL && strcmp(e->name, "match") != 0)
        e = e->next;
    return e;
}

/* First wins, so a rule after one with the same pattern, or after one that matches everything, would never be used. */
static void check_shadowed(struct config_reading *reading, const struct config_element *element,
                           const struct config_feed *feed)
{
    const struct config_element *at = config_first_element(element, "match");
    for (size_t i = 0; i < feed->match_count; i++, at = next_match(at->next)) {
        const char *pattern = feed->matches[i].pattern;
        for (size_t j = 0; pattern != NULL && j < i; j++) {
            const char *before = feed->matches[j].pattern;
            if (before == NULL ||
                (strcmp(before, "*") != 0 && !slice_equal_nocase(slice_of(before), slice_of(pattern))))
                continue;
            char subject[CONFIG_SUBJECT_SIZE];
            config_fault_add(reading, config_attribute_line(at, "pattern"),
                             "%s: can never be reached, since the rule '%s' of "
                             "line %lu comes first: take one of them out or change their order",
                             config_element_subject(at, subject, sizeof subject), before,
                             (unsigned long)feed->matches[j].line);
            break;
        }
    }
}

static void build_feed(struct config_reading *reading, const struct config_element *element,
                       struct config_feed *feed)
{
    size_t at = 0;
    struct config_match *matches =
        config_take_array(reading, element, "match", sizeof *matches, &feed->match_count);
    feed->line = element->line;
    feed->name = config_attribute_value(element, "name");
    feed->folder = config_read_folder(reading, element, "folder");
    feed->authority = config_value_or(element, "authority", DEFAULT_AUTHORITY);
    feed->order = strcmp(config_value_or(element, "order", "free"), "strict") == 0 ? CONFIG_ORDER_STRICT
                                                                                   : CONFIG_ORDER_FREE;
    feed->poll_ms = config_read_duration(reading, element, "poll", 0, SECOND, 10 * MINUTE);
    feed->matches = matches;
    for (const struct config_element *e = next_match(element->children); e != NULL && at < feed->match_count;
         e = next_match(e->next))
        build_match(reading, e, feed, &matches[at++]);
    check_shadowed(reading, element, feed);
    if (feed->match_count == 0 && !element->lacking && !reading->no_memory) {
        char subject[CONFIG_SUBJECT_SIZE];
        config_fault_add(reading, element->line,
                         "%s: has no <match>, so it would take no file: add for example "
                         "<match pattern=\"*.ini\" format=\"jms-event\"/>",
                         config_element_subject(element, subject, sizeof subject));
    }
}

/* ------------------------------------------------------------------------------------------------------------------------ */

void config_build(struct config_reading *reading, const struct config_element *root,
                  const char *data_override)
{
    struct config *config = reading->config;
    struct config_facility *facilities =
        config_take_array(reading, root, "facility", sizeof *facilities, &config->facility_count);
    struct config_feed *feeds = config_take_array(reading, root, "feed", sizeof *feeds, &config->feed_count);
    struct config_pharmacy *pharmacies =
        config_take_array(reading, root, "pharmacy", sizeof *pharmacies, &config->pharmacy_count);
    if (reading->no_memory)
        return;
    struct config_feed *feed_array = feeds;
    config->facilities = facilities;
    config->feeds = feeds;
    config->pharmacies = pharmacies;
    config_read_coremr(reading, root);
    uint32_t data_line = build_data(reading, root, data_override);
    build_limits(reading, root);
    config_read_photos(reading, root);
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        if (strcmp(e->name, "facility") == 0)
            build_facility(reading, e, facilities++);
        else if (strcmp(e->name, "feed") == 0)
            build_feed(reading, e, feeds++);
        else if (strcmp(e->name, "pharmacy") == 0)
            config_read_pharmacy(reading, e, pharmacies++);
    }
    size_t at = 0;
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        if (strcmp(e->name, "pharmacy") == 0)
            config_check_codes(reading, e, config->pharmacies[at++].facilities);
    }
    config_read_alerts(reading, root, feed_array);
    config_check_unique(reading, root, data_override == NULL);
    config_check_overlaps(reading, data_line);
}
