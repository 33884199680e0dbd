#include "service/pipeline/jms_input.h"

#include <string.h>

#include "parser/xml_records.h"
#include "service/photo/fetcher.h"
#include "service/pipeline/pipeline.h"

/* "known codes: ADAMS, VCSO" in the job's arena; a static text when memory is exhausted. */
static const char *known_codes(const struct config *config, struct arena *arena)
{
    static const char lead[] = "one of the facility codes in the configuration:";
    size_t size = sizeof lead;
    for (size_t i = 0; i < config->facility_count; i++)
        size += strlen(config->facilities[i].code) + 2;
    char *text = arena_take(arena, size);
    if (!text)
        return "a facility code of the configuration";
    size_t used = sizeof lead - 1;
    memcpy(text, lead, used);
    for (size_t i = 0; i < config->facility_count; i++) {
        const char *separator = i == 0 ? " " : ", ";
        size_t length = strlen(separator);
        memcpy(text + used, separator, length);
        used += length;
        length = strlen(config->facilities[i].code);
        memcpy(text + used, config->facilities[i].code, length);
        used += length;
    }
    text[used] = '\0';
    return text;
}

/* The instant of a date-time field in the facility's zone; INSTANT_NONE when it is not given. */
static instant_us resolve(const struct jms_source *source, const struct jms_event *event,
                          enum jms_field field, const struct zone *zone)
{
    const struct jms_value *value = &event->fields[field];
    if (value->presence != JMS_GIVEN)
        return INSTANT_NONE;
    instant_us instant;
    if (datetime_to_instant(&value->time, zone, source->job->row.arrived, &instant) == DATETIME_SKIPPED)
        fault_add(source->faults, FAULT_WARNING, FAULT_TIME_DOES_NOT_EXIST, value->offset, value->line,
                  jms_event_field_name(event, field),
                  "a local time that exists; it was taken one hour later");
    return instant;
}

/* Which facility the event speaks of. NULL: none is named (a Location may leave it out). False: an unknown code. */
static bool find_facility(const struct jms_source *source, const struct jms_event *event,
                          const struct config_facility **facility)
{
    const struct config *config = source->config;
    *facility =
        config->facility_count == 1 ? &config->facilities[0] : NULL; /* then the field is not used (SRC §2) */
    const struct jms_value *value = &event->fields[JMS_FACILITY];
    if (*facility || value->presence != JMS_GIVEN)
        return true;
    *facility = config_facility_find(config, value->text);
    if (*facility)
        return true;
    fault_add(source->faults, FAULT_ERROR, FAULT_FACILITY_UNKNOWN, value->offset, value->line,
              jms_event_field_name(event, JMS_FACILITY), known_codes(config, source->arena));
    return false;
}

struct jms_settings jms_input_settings(const struct config *config, const struct config_match *match)
{
    struct jms_settings settings = jms_settings_default();
    settings.encoding = match->encoding;
    settings.datatype_location = slice_of(match->datatype_location);
    settings.facility_required = config->facility_count > 1;
    return settings;
}

enum parse_status jms_input_parse(const struct config *config, struct job *job)
{
    const struct jms_settings settings = jms_input_settings(config, job->match);
    struct slice bytes = slice_from(job->bytes, job->size);
    if (job->match->format == CONFIG_FORMAT_XML_EVENT)
        return xml_event_parse(bytes, job->match->mapping, &settings, &job->arena, &job->faults, &job->event);
    return jms_event_parse(bytes, &settings, &job->arena, &job->faults, &job->event);
}

enum parse_status jms_input_make(const struct jms_source *source, enum parse_status status,
                                 struct jms_event *event, struct apply_input *input, const struct zone **zone)
{
    const struct job *job = source->job;
    const struct config_facility *facility;
    bool known = find_facility(source, event, &facility);
    enum parse_status checked = jms_event_check(event, job->row.arrived, source->faults);
    if (status == PARSE_OK || checked == PARSE_NO_MEMORY)
        status = checked;
    if (status != PARSE_OK || !known)
        return status == PARSE_OK ? PARSE_INVALID : status;

    *zone = facility ? facility->zone : source->config->facilities[0].zone;
    *input = (struct apply_input){
        .event = event,
        .authority = job->line->config->authority,
        .facility = slice_of(facility ? facility->code : NULL),
        .arrived = job->row.arrived,
        .booking_date = resolve(source, event, JMS_BOOKING_DATE, *zone),
        .release_date = resolve(source, event, JMS_RELEASE_DATE, *zone),
        .empty_clears = job->match->empty_clears,
        .reopens = job->match->reopens,
        .closes_earlier = job->match->closes_earlier,
        .holds_identity_change = job->match->holds_identity_change,
        .asks_for_photo = source->config->photos.configured || fetcher_feed_has_photos(job->line->config),
        .asks_for_photo_again = source->config->photos.refetch,
        .waits_until = job->row.arrived + (instant_us)job->match->waiting_ms * 1000,
        .warnings = source->faults,
        .rules = &job->rules,
    };
    return PARSE_OK;
}
