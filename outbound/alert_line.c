#include "outbound/alert_line.h"

#include <stdio.h>
#include <string.h>

#include "parser/zone.h"

#define SENTENCE_SIZE ((size_t)256) /* alert_event.reason: at most 255 characters */
#define SECOND_US     ((instant_us)1000 * 1000)

const char alert_line_no_memory[] = "memory is exhausted; see what else uses the machine";

/* The clock of the facility at that instant. */
static const char *local_time(const struct zone *zone, instant_us instant, struct arena *arena)
{
    char text[DATETIME_CIVIL_SIZE];
    struct civil_time civil;
    datetime_from_instant(instant + zone_offset_at(zone, instant / SECOND_US) * SECOND_US, &civil);
    size_t length = datetime_format_civil(&civil, text);
    return arena_copy_text(arena, slice_from(text, length));
}

/* As the sender of the alert wrote it, or as it went out before, where that is a time on the facility's clock: by that it is known again. */
static const char *date_added(const struct alert_event *event, const struct zone *zone, struct arena *arena)
{
    struct civil_time civil;
    if (event->date_added_given != NULL &&
        datetime_parse(slice_of(event->date_added_given), &civil) == FAULT_NONE && civil.has_time &&
        !civil.has_offset)
        return event->date_added_given;
    return local_time(zone, event->date_added, arena);
}

/* The format has no quotes: what would be read as something else must not go out. */
static bool is_plain(const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == ',' || *p == '"' || (unsigned char)*p < 0x20 || *p == 0x7F)
            return false;
    }
    return true;
}

/* The number of the user there, or empty: CorEMR System. */
static void user_text(const struct alert_map *map, const char *user, char out[16])
{
    int32_t theirs;
    out[0] = '\0';
    if (alert_map_their_user(map, user, &theirs))
        (void)snprintf(out, 16, "%ld", (long)theirs);
}

static const char *not_mapped(const struct alert_receiver *receiver, struct arena *arena)
{
    char sentence[SENTENCE_SIZE];
    int length =
        snprintf(sentence, sizeof sentence,
                 "feed %.64s has no code for the alert: add an <alert> to its <alerts> in corbridge.xml, or "
                 "unmapped=\"leave\" to its <alerts-out>; the next start or reload tries again",
                 receiver->to.name);
    const char *copy = arena_copy_text(arena, slice_from(sentence, (size_t)length));
    return copy != NULL ? copy : alert_line_no_memory;
}

const char *alert_line(const struct alert_event *event, const struct alert_receiver *receiver,
                       struct arena *arena, struct alert_line *out)
{
    char added_by[16], removed_by[16];
    const struct zone *zone = event->facility_zone != NULL ? zone_find(slice_of(event->facility_zone)) : NULL;
    const char *code = alert_map_their_code(receiver->map, event->code);
    if (code == NULL)
        return not_mapped(receiver, arena);
    if (zone == NULL)
        return "the booking has no facility, so that its times are on nobody's clock: let the JMS send it "
               "(booking.facility); the next start tries again";
    if (!is_plain(event->patient_id))
        return "the patient's number (patient.patient_id) has a comma, a quotation mark or a control character, "
               "which a line of alerts cannot carry";
    if (!is_plain(event->booking_number))
        return "the booking's number (booking.booking_number) has a comma, a quotation mark or a control character, "
               "which a line of alerts cannot carry";
    const char *removed = event->removed ? local_time(zone, event->date_removed, arena) : "";
    out->date_added = date_added(event, zone, arena);
    user_text(receiver->map, event->added_by, added_by);
    user_text(receiver->map, event->removed ? event->removed_by : NULL, removed_by);
    if (removed == NULL || out->date_added == NULL)
        return alert_line_no_memory;
    size_t size = strlen(event->patient_id) + strlen(event->booking_number) + strlen(out->date_added) +
                  strlen(removed) + strlen(code) + strlen(added_by) + strlen(removed_by) +
                  sizeof ",,,,,,\r\n";
    char *text = arena_take(arena, size);
    if (text == NULL)
        return alert_line_no_memory;
    (void)snprintf(text, size, "%s,%s,%s,%s,%s,%s,%s\r\n", event->patient_id, event->booking_number,
                   out->date_added, removed, code, added_by, removed_by);
    out->bytes = slice_from(text, size - 1);
    return NULL;
}
