/*
 * The configuration: corbridge.xml, checked against corbridge.xsd (compiled in), then by rules that a schema
 * cannot say.
 *
 * A loaded configuration never changes; a reload makes a new one. docs/configuration.md describes every element.
 */
#ifndef CORBRIDGE_SERVICE_CONFIG_H
#define CORBRIDGE_SERVICE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database/apply.h"
#include "database/result.h"
#include "outbound/alert_map.h"
#include "outbound/partner.h"
#include "parser/arena.h"
#include "parser/encoding.h"
#include "parser/hl7.h"
#include "parser/location_rule.h"
#include "parser/xml_mapping.h"
#include "parser/zone.h"
#include "platform/http.h"
#include "platform/sha256.h"

enum config_ready {
    CONFIG_READY_DEFAULT,
    CONFIG_READY_CLOSED,
    CONFIG_READY_QUIET,
    CONFIG_READY_MARKER
};
enum config_format {
    CONFIG_FORMAT_JMS_EVENT,  /* one DEM or Location a file (INI) */
    CONFIG_FORMAT_ROSTER_CSV, /* one DEM a row */
    CONFIG_FORMAT_XML_EVENT,  /* "jms-xml" with a mapping of document="event": one DEM or Location a file */
    CONFIG_FORMAT_XML_ROSTER, /* the same with document="roster": one DEM a record */
    CONFIG_FORMAT_ALERTS_CSV, /* one alert a row */
    CONFIG_FORMAT_PHOTO,      /* a picture, which a PhotoPath names */
    CONFIG_FORMAT_HL7_RESULTS /* results of laboratories and radiology, one HL7 message a file or several */
};
enum config_order {
    CONFIG_ORDER_FREE, /* a file that is not ready stops nobody (one that is busy: after its first 100 ms) */
    CONFIG_ORDER_STRICT
};

enum config_event_time {
    CONFIG_EVENT_TIME_DEFAULT, /* MoveDate of a Location, last-write of a roster, else the arrival */
    CONFIG_EVENT_TIME_ARRIVAL,
    CONFIG_EVENT_TIME_FIELD, /* event_time_of is its name */
    CONFIG_EVENT_TIME_NAME   /* event_time_of is a form for service/name_time.h */
};

struct config_match {
    const char *pattern; /* *, ?; without regard to case */
    enum config_format format;
    enum config_ready ready; /* never DEFAULT after loading */
    uint32_t
        quiet_ms; /* default 1000, of files of many messages 5000; at least 2000 on remote or polled folders */
    uint32_t give_up_ms;       /* default 600000 */
    uint64_t size_limit;       /* bytes; a larger file is quarantined */
    const char *marker_suffix; /* CONFIG_READY_MARKER: name + suffix is the second file; NULL otherwise */
    enum encoding encoding;
    const char *datatype_location; /* default "PatientLocation" */
    bool empty_clears;
    bool reopens;               /* reopen="yes" */
    bool closes_earlier;        /* one-booking="close-earlier" */
    bool holds_identity_change; /* hold-identity-change="yes" */
    uint32_t waiting_ms;        /* how long an event waits for its booking; default 24 h */
    enum config_event_time event_time;
    const char *event_time_of; /* NULL unless FIELD or NAME */
    bool sync;                 /* rosters: release="sync", whoever is missing is released */
    bool preload;              /* sync rosters: many new patients are no reason to hold one */
    uint32_t lag_ms; /* rosters: how much older they are than their event time says; default 15 min */
    const struct xml_mapping *mapping; /* jms-xml: how it is read; never NULL there after loading */
    const char *mapping_name;          /* its file, beside the configuration */
    struct slice mapping_bytes;        /* of that file, as they were loaded */
    uint32_t line;                     /* in the file, for messages */
};

/* What a feed says of alerts: how its codes and users pair with CorEMR's, and where those of others go. */
struct config_alerts {
    struct alert_map map;
    bool taken;                            /* it has <alerts-out> */
    const char *test_folder, *live_folder; /* absolute; live NULL: not yet */
    const char *const *facilities;         /* NULL-terminated; NULL: all */
    const char *file_pattern;
    bool leaves_unmapped; /* unmapped="leave" */
    uint32_t line;        /* of <alerts-out> */
};

/* What a feed says of its HL7 messages: <hl7>. Defaults where it has none. */
struct config_hl7 {
    struct hl7_settings reader; /* character set, limits */
    struct result_settings results;
    const char *const *processing_ids; /* MSH-11 that a live feed applies; NULL-terminated; default "P" */
    const char *receiving_application; /* MSH-5 that it must have; NULL: any */
    const char *receiving_facility;    /* MSH-6, likewise */
    const struct result_authority *authorities; /* what PID-3.4 or MSH-4 say, and whose ids those are */
    size_t authority_count;
    enum result_update update;
    const struct zone *zone; /* of times without an offset; default: that of the first facility */
    const char *ack_test_folder, *ack_live_folder; /* NULL: no acknowledgments in that world */
    const char *ack_pattern;
    uint32_t line;
};

struct config_feed {
    const char *name;      /* [a-z0-9-], unique */
    const char *folder;    /* absolute; UNC or local */
    const char *authority; /* default "JMS" */
    enum config_order order;
    uint32_t poll_ms; /* 0: notifications, with the 60 s timer; else a share that is polled */
    const struct config_match *matches;
    size_t match_count;
    struct config_alerts alerts;
    struct config_hl7 hl7;
    uint32_t line;
};

struct config_facility {
    const char *code; /* at most 32 characters */
    const char *name;
    const char *zone_name;
    const struct zone *zone;
    const struct location_rule *locations; /* in their order; the first that matches wins */
    size_t location_count;
    uint32_t line;
};

struct config_pharmacy {
    const char *name;
    const char *test_folder, *live_folder; /* absolute; live NULL: not yet */
    const char *const *facilities;         /* NULL-terminated; NULL: all */
    const char *sending_application, *sending_facility, *receiving_application, *receiving_facility;
    const char *file_pattern;
    struct form form;
    uint32_t line;
};

/* Where photos that a PhotoPath names may be fetched from. */
struct config_photos {
    bool configured;          /* there is a <photos>: a PhotoPath is asked for */
    const char *const *roots; /* full paths */
    size_t root_count;
    struct http_limits http; /* its hosts, time-outs, and the size limit of every photo */
    uint64_t pixels;         /* limit of width times height */
    uint32_t retry_ms;       /* until the first further try; then twice as long each time, at most 6 h */
    uint32_t give_up_ms;     /* after so long it ends as failed */
    bool refetch;            /* a PhotoPath that is stated anew is fetched anew */
};

struct config {
    struct arena arena; /* owns everything */
    const char *path;   /* of the file */
    /* Of the program's version and of every byte of the file: with another one a message may mean something else. What the file refers to and is read with
     * it counts too. */
    uint8_t fingerprint[SHA256_SIZE];
    const char *data_folder;
    uint32_t coremr; /* version of CorEMR: 1000 times the first number and the second; 6.0 is 6000 */
    const struct config_facility *facilities;
    size_t facility_count;
    const struct config_feed *feeds;
    size_t feed_count;
    const struct config_pharmacy *pharmacies;
    size_t pharmacy_count;
    struct config_photos photos;
    uint64_t low_disk_bytes; /* stop taking files below this; default 1 GB */
    uint32_t log_megabytes, log_keep;
};

/* One fault of a configuration; text "corbridge.xml:12: feed 'jms': folder 'Z:\in' is a mapped drive letter,
 * which a service does not have; write \\server\share\in". */
struct config_fault {
    uint32_t line;
    const char *text;
};

struct config_faults {
    struct arena arena;
    struct config_fault *items;
    size_t count;
};

void config_faults_init(struct config_faults *faults);
void config_faults_release(struct config_faults *faults);

/*
 * Loads and checks. NULL when refused: `faults` then holds every fault found (not only the first).
 * `data_override` (or NULL) takes the place of the data folder of the file: for tests and demos. Overlapping
 * folders are found by identity, not by text; folders of feeds that cannot be reached now are no fault (RULES:
 * the service starts, the feed is offline). The caller frees with config_free.
 */
struct config *config_load(const char *path, const char *data_override, struct config_faults *faults);
void config_free(struct config *config);

const struct config_feed *config_feed_find(const struct config *config, const char *name);
/* "jms-event", "roster-csv", …; static. */
const char *config_format_name(enum config_format format);

/* Whether it is XML, read by a mapping. */
bool config_format_is_xml(enum config_format format);

/* Whether a file of it holds many messages: read as a stream, with a size limit and a quiet time of its own. */
bool config_format_has_rows(enum config_format format);

/* Whether the version of CorEMR has this: "6.0" is 6000. */
#define CONFIG_COREMR_ALERTS 6000

/* Whether what this feed tells of alerts is to be told to another feed. */
bool config_alerts_go_on(const struct config *config, const struct config_feed *feed);

/* By name; NULL when there is none. */
const struct config_pharmacy *config_pharmacy_find(const struct config *config, const char *name);
/* By code, without regard to case and outer blanks; NULL when unknown. */
const struct config_facility *config_facility_find(const struct config *config, struct slice code);

/* Places Housing and Bed by the location rules of a facility (database/apply.h; `config` is a struct config). */
enum apply_placed config_place(const void *config, struct slice facility, struct slice housing,
                               struct slice bed, struct location *out);

/* The first rule of the feed that matches the name; NULL: unrecognised. */
const struct config_match *config_match_find(const struct config_feed *feed, const char *name);

#endif
