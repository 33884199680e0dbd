/*
 * Workers: one per core. A worker takes some claimed jobs, parses each into the job's own arena and hands them
 * to the committer.
 */
#include <stdio.h>
#include <string.h>

#include "platform/clock.h"
#include "service/pipeline/event_time.h"
#include "service/pipeline/pipeline_private.h"

#define BATCH 8 /* jobs taken under one lock: a parse costs less than a wake-up */

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

static void warn(struct job *job, enum jms_field field, enum fault_code code, const char *expected)
{
    const struct jms_value *value = &job->event.fields[field];
    fault_add(&job->faults, FAULT_WARNING, code, value->offset, value->line,
              slice_of(jms_field_rule(field)->name), expected);
}

/* The instant of a date-time field in the facility's zone; INSTANT_NONE when it is not given. */
static instant_us resolve(struct job *job, enum jms_field field, const struct zone *zone)
{
    const struct jms_value *value = &job->event.fields[field];
    if (value->presence != JMS_GIVEN)
        return INSTANT_NONE;
    instant_us instant;
    if (datetime_to_instant(&value->time, zone, job->row.arrived, &instant) == DATETIME_SKIPPED)
        warn(job, field, FAULT_TIME_DOES_NOT_EXIST, "a local time that exists; it was taken one hour later");
    return instant;
}

/* Which facility the event speaks of. NULL: none is named (a Location may leave it out). False: an unknown code. */
static bool find_facility(const struct config *config, struct job *job,
                          const struct config_facility **facility)
{
    *facility =
        config->facility_count == 1 ? &config->facilities[0] : NULL; /* then the field is not used (SRC §2) */
    const struct jms_value *value = &job->event.fields[JMS_FACILITY];
    if (*facility || value->presence != JMS_GIVEN)
        return true;
    *facility = config_facility_find(config, value->text);
    if (*facility)
        return true;
    fault_add(&job->faults, FAULT_ERROR, FAULT_FACILITY_UNKNOWN, value->offset, value->line,
              slice_of(jms_field_rule(JMS_FACILITY)->name), known_codes(config, &job->arena));
    return false;
}

static enum parse_status parse_jms_event(const struct config *config, struct job *job)
{
    struct jms_settings settings = jms_settings_default();
    settings.encoding = job->match->encoding;
    settings.datatype_location = slice_of(job->match->datatype_location);
    settings.facility_required = config->facility_count > 1;
    enum parse_status status =
        jms_event_parse(slice_from(job->bytes, job->size), &settings, &job->arena, &job->faults, &job->event);
    if (status != PARSE_OK && status != PARSE_INVALID)
        return status;
    /* Also for a file that is wrong already: all its faults are told at once. */
    const struct config_facility *facility;
    bool known = find_facility(config, job, &facility);
    enum parse_status checked = jms_event_check(&job->event, job->row.arrived, &job->faults);
    if (status == PARSE_OK || checked == PARSE_NO_MEMORY)
        status = checked;
    if (status != PARSE_OK || !known)
        return status == PARSE_OK ? PARSE_INVALID : status;

    const struct zone *zone = facility ? facility->zone : config->facilities[0].zone;
    struct apply_input *input = &job->input;
    input->event = &job->event;
    input->ordinal = 1;
    input->authority = job->line->config->authority;
    input->facility = slice_of(facility ? facility->code : NULL);
    input->arrived = job->row.arrived;
    input->booking_date = resolve(job, JMS_BOOKING_DATE, zone);
    input->release_date = resolve(job, JMS_RELEASE_DATE, zone);
    input->empty_clears = job->match->empty_clears;
    input->reopens = job->match->reopens;
    input->closes_earlier = job->match->closes_earlier;
    input->holds_identity_change = job->match->holds_identity_change;
    input->waits_until = job->row.arrived + (instant_us)job->match->waiting_ms * 1000;
    input->warnings = &job->faults;
    job->rules = (struct apply_rules){config_place, config};
    input->rules = &job->rules;

    input->event_at = event_time_find(job, zone);
    return PARSE_OK;
}

void worker_parse(const struct config *config, struct job *job)
{
    fault_list_init(&job->faults, &job->arena);
    switch (job->match->format) {
    case CONFIG_FORMAT_JMS_EVENT: job->status = parse_jms_event(config, job); break;
    }
    /* No verdict without its reasons, no value without its warning. */
    if (fault_list_lost_memory(&job->faults))
        job->status = PARSE_NO_MEMORY;
    fault_list_sort(&job->faults); /* by place: the checks above came after the reading */
    if (job->status != PARSE_OK && !job->reason)
        job->reason = job->status == PARSE_INCOMPLETE ? "incomplete" : "faults";
}

void (*worker_before_parse)(const struct job *job);

void worker_run(void *context)
{
    struct pipeline *pipeline = context;
    mutex_lock(&pipeline->lock);
    for (;;) {
        while (!pipeline->stopping && pipeline->to_parse.count == 0)
            (void)condition_wait(&pipeline->workers_wake, &pipeline->lock, UINT32_MAX);
        if (pipeline->stopping)
            break;
        struct job *batch[BATCH];
        size_t count = 0;
        while (count < BATCH && (batch[count] = job_queue_take(&pipeline->to_parse)))
            count++;
        mutex_unlock(&pipeline->lock);

        for (size_t i = 0; i < count; i++) {
            if (worker_before_parse)
                worker_before_parse(batch[i]);
            worker_parse(pipeline->options.config, batch[i]);
        }

        mutex_lock(&pipeline->lock);
        for (size_t i = 0; i < count; i++) {
            batch[i]->stage = JOB_PARSED;
            batch[i]->parsed = true;
            pipeline->parsed_ready++;
        }
        condition_signal(&pipeline->committer_wakes);
    }
    mutex_unlock(&pipeline->lock);
}
