/* Looking things up in a loaded configuration. */
#include "service/config.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"

const struct config_feed *config_feed_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->feed_count; i++) {
        if (strcmp(config->feeds[i].name, name) == 0)
            return &config->feeds[i];
    }
    return NULL;
}

const struct config_facility *config_facility_find(const struct config *config, struct slice code)
{
    struct slice wanted = slice_trim(code);
    for (size_t i = 0; i < config->facility_count; i++) {
        const char *known = config->facilities[i].code;
        if (known != NULL && slice_equal_nocase(slice_of(known), wanted))
            return &config->facilities[i];
    }
    return NULL;
}

bool config_format_has_rows(enum config_format format)
{
    switch (format) {
    case CONFIG_FORMAT_JMS_EVENT:
    case CONFIG_FORMAT_XML_EVENT:
    case CONFIG_FORMAT_PHOTO:
    case CONFIG_FORMAT_HL7_RESULTS: return false;
    case CONFIG_FORMAT_ROSTER_CSV:
    case CONFIG_FORMAT_XML_ROSTER:
    case CONFIG_FORMAT_ALERTS_CSV: return true;
    }
    return false;
}

bool config_format_is_xml(enum config_format format)
{
    return format == CONFIG_FORMAT_XML_EVENT || format == CONFIG_FORMAT_XML_ROSTER;
}

const char *config_format_name(enum config_format format)
{
    switch (format) {
    case CONFIG_FORMAT_JMS_EVENT: return "jms-event";
    case CONFIG_FORMAT_ROSTER_CSV: return "roster-csv";
    case CONFIG_FORMAT_XML_EVENT:
    case CONFIG_FORMAT_XML_ROSTER: return "jms-xml";
    case CONFIG_FORMAT_ALERTS_CSV: return "alerts-csv";
    case CONFIG_FORMAT_PHOTO: return "photo";
    case CONFIG_FORMAT_HL7_RESULTS: return "hl7-results";
    }
    abort();
}

const struct config_match *config_match_find(const struct config_feed *feed, const char *name)
{
    for (size_t i = 0; i < feed->match_count; i++) {
        if (path_matches(name, feed->matches[i].pattern))
            return &feed->matches[i];
    }
    return NULL;
}

bool config_alerts_go_on(const struct config *config, const struct config_feed *feed)
{
    for (size_t i = 0; i < config->feed_count; i++) {
        if (config->feeds[i].alerts.taken && &config->feeds[i] != feed)
            return true;
    }
    return false;
}

const struct config_pharmacy *config_pharmacy_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->pharmacy_count; i++)
        if (strcmp(config->pharmacies[i].name, name) == 0)
            return &config->pharmacies[i];
    return NULL;
}

enum apply_placed config_place(const void *config, struct slice facility, struct slice housing,
                               struct slice bed, struct location *out)
{
    const struct config_facility *known = config_facility_find(config, facility);
    if (known == NULL || known->location_count == 0)
        return APPLY_NO_RULES;
    for (size_t i = 0; i < known->location_count; i++)
        if (location_rule_match(&known->locations[i], housing, bed, out))
            return APPLY_PLACED;
    return APPLY_UNMATCHED;
}
