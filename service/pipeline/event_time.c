#include "service/pipeline/event_time.h"

#include "service/name_time.h"

#define SECOND_US     (INT64_C(1000) * 1000)
#define SEVEN_DAYS_US (INT64_C(7) * 24 * 3600 * SECOND_US)
#define DAY_SECONDS   (INT64_C(24) * 3600)
#define YEAR_LEAST    1950 /* RULES "Small questions": dates other than of birth */
#define YEAR_MOST     2100

static const char AHEAD[] = "a time not more than 10 minutes ahead; the time of arrival was taken";
static const char SKIPPED[] = "a local time that exists; it was taken one hour later";
static const char NO_TIME[] = "a date and time; the time of arrival was taken";
static const char NO_NAME[] = "a name with the time that event-time tells of; the time of arrival was taken";

/* Where the time stands, for warnings. */
struct source {
    struct slice name; /* of the field, or "file name" */
    size_t offset;
    uint32_t line;
};

static void warn(struct job *job, const struct source *source, enum fault_code code, const char *expected)
{
    fault_add(&job->faults, FAULT_WARNING, code, source->offset, source->line, source->name, expected);
}

instant_us event_time_of_day(const struct civil_time *time, const struct zone *zone, instant_us written,
                             instant_us arrived, bool *skipped)
{
    instant_us from = written > arrived || written < arrived - SEVEN_DAYS_US ? arrived : written;
    instant_us limit = from + EVENT_TIME_AHEAD_US;
    int64_t utc = limit / SECOND_US; /* long after 1970 */
    int64_t today = (utc + zone_offset_at(zone, utc)) / DAY_SECONDS;
    struct civil_time civil = *time;
    instant_us found = arrived;
    /* Tomorrow's date can come before the limit where the offset changes in between; three days back is never
     * needed. */
    for (int64_t day = today + 1; day > today - 3; day--) {
        unsigned month, day_of_month;
        datetime_civil_from_days(day, &civil.year, &month, &day_of_month);
        civil.month = (uint8_t)month;
        civil.day = (uint8_t)day_of_month;
        *skipped = datetime_to_instant(&civil, zone, limit, &found) == DATETIME_SKIPPED;
        if (found <= limit)
            break;
    }
    return found;
}

static instant_us believe(struct job *job, const struct source *source, instant_us instant, bool skipped)
{
    if (instant > job->row.arrived + EVENT_TIME_AHEAD_US) {
        warn(job, source, FAULT_OUT_OF_RANGE, AHEAD);
        return job->row.arrived;
    }
    if (skipped)
        warn(job, source, FAULT_TIME_DOES_NOT_EXIST, SKIPPED);
    return instant;
}

static instant_us from_civil(struct job *job, const struct source *source, const struct civil_time *civil,
                             const struct zone *zone)
{
    if (civil->year < YEAR_LEAST || civil->year > YEAR_MOST) {
        warn(job, source, FAULT_OUT_OF_RANGE, NO_TIME);
        return job->row.arrived;
    }
    instant_us instant;
    bool skipped = datetime_to_instant(civil, zone, job->row.arrived, &instant) == DATETIME_SKIPPED;
    return believe(job, source, instant, skipped);
}

static instant_us from_name(struct job *job, const char *form, const struct zone *zone)
{
    const struct source source = {.name = SLICE_LITERAL("file name")};
    struct civil_time civil;
    bool has_date;
    if (!name_time_read(form, job->name, &civil, &has_date)) {
        warn(job, &source, FAULT_NOT_A_TIME, NO_NAME);
        return job->row.arrived;
    }
    if (has_date)
        return from_civil(job, &source, &civil, zone);
    bool skipped;
    instant_us instant =
        event_time_of_day(&civil, zone, job->row.marks.written_us, job->row.arrived, &skipped);
    return believe(job, &source, instant, skipped);
}

/* A field of the table, or one that only this sender knows. An absent or empty one leaves the arrival. */
static instant_us from_field(struct job *job, const char *name, const struct zone *zone)
{
    enum jms_field field = jms_field_find(slice_of(name));
    if (field != JMS_FIELD_COUNT && job->event.fields[field].presence == JMS_GIVEN) {
        const struct jms_value *value = &job->event.fields[field];
        const struct source source = {slice_of(name), value->offset, value->line};
        return from_civil(job, &source, &value->time, zone);
    }
    for (size_t i = 0; i < job->event.extra_count; i++) {
        const struct jms_extra *extra = &job->event.extras[i];
        if (!slice_equal(extra->name, slice_of(name)) || slice_trim(extra->value).len == 0)
            continue;
        const struct source source = {slice_of(name), 0, extra->line};
        struct civil_time civil;
        enum fault_code code = datetime_parse(extra->value, &civil);
        if (code == FAULT_NONE)
            return from_civil(job, &source, &civil, zone);
        warn(job, &source, code, NO_TIME);
        break;
    }
    return job->row.arrived;
}

/* RULES "Rosters": what the feed names, else the last-write time. */
static instant_us from_last_write(struct job *job)
{
    const struct source source = {.name = SLICE_LITERAL("last-write time")};
    instant_us written = job->row.marks.written_us;
    return written == 0 ? job->row.arrived : believe(job, &source, written, false);
}

instant_us event_time_find(struct job *job, const struct zone *zone)
{
    const struct config_match *match = job->match;
    switch (match->event_time) {
    case CONFIG_EVENT_TIME_NAME: return from_name(job, match->event_time_of, zone);
    case CONFIG_EVENT_TIME_FIELD: return from_field(job, match->event_time_of, zone);
    case CONFIG_EVENT_TIME_ARRIVAL: return job->row.arrived;
    case CONFIG_EVENT_TIME_DEFAULT: break;
    }
    if (job->rows)
        return from_last_write(job);
    /* RULES "Small questions": a Location's MoveDate is its event time unless the feed names another. */
    return job->event.kind == JMS_LOCATION ? from_field(job, "MoveDate", zone) : job->row.arrived;
}
