/* corbridge list: what the ledger holds, a line each. Numbers of ours, states and reasons only: no patient data, no file name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/list.h"
#include "platform/clock.h"
#include "platform/input.h"
#include "service/commands/access.h"
#include "service/commands/output.h"
#include "service/commands/when.h"

#define LINES_DEFAULT 50
#define LINES_MOST    1000000
#define VALUE_MOST    1000 /* bytes of a number on the standard input */

struct request {
    struct list_filter filter;
    struct when when;
    bool live, test, json;
};

/* What one world has. */
struct found {
    struct list_line *lines;
    size_t count;
    bool more;
};

/* ---- Text ------------------------------------------------------------------------------------------------ */

/* What came: the kind of the message; of a file as a whole its format. */
static const char *kind_of(const struct list_line *line)
{
    return line->kind != NULL ? line->kind : line->format;
}

static bool is_row(const struct list_line *line)
{
    return line->of_many && line->ordinal > 0 &&
           line->ordinal <= line->rows; /* behind them: the file as a whole */
}

/* Why, in words without a value. */
static void add_cause(struct output *out, const struct list_line *line)
{
    bool quarantined = strcmp(line->state, "quarantined") == 0;
    const char *why = quarantined && line->reason != NULL && !is_row(line) ? line->reason : line->detail;
    const char *separator = "";
    if (line->of_many && !is_row(line)) {
        if (line->passed < line->rows)
            output_add(out, "%" PRId64 " of ", line->passed);
        output_add(out, "%" PRId64 " row%s", line->rows, line->rows == 1 ? "" : "s");
        if (line->open_rows > 0)
            output_add(out, ", %" PRId64 " open", line->open_rows);
        if (line->bad_rows > 0)
            output_add(out, ", %" PRId64 " in quarantine", line->bad_rows);
        separator = ", ";
    }
    if (why != NULL)
        output_add(out, "%s%s", separator, why);
    if (line->fault != NULL)
        output_add(out, "%s%s", why != NULL ? ": " : separator, line->fault);
}

struct widths {
    int feed, kind, state;
    bool rows; /* one of the lines is a row */
};

static void widen(int *width, const char *text)
{
    int length = (int)strlen(text);
    if (length > *width)
        *width = length;
}

static struct widths measure(const struct found *found)
{
    struct widths widths = {.feed = 4, .kind = 4, .state = 5};
    for (size_t i = 0; i < found->count; i++) {
        const struct list_line *line = &found->lines[i];
        widen(&widths.feed, line->feed);
        widen(&widths.kind, kind_of(line));
        widen(&widths.state, line->state);
        widths.rows = widths.rows || is_row(line);
    }
    return widths;
}

static void add_line(struct output *out, const struct widths *widths, const struct when *when,
                     const struct list_line *line)
{
    struct output cause;
    char arrived[WHEN_SIZE];
    char row[16] = "";
    output_init(&cause);
    when_format(when, line->arrived, arrived);
    if (is_row(line))
        (void)snprintf(row, sizeof row, "%d", line->ordinal);
    output_add(out, "%8" PRId64, line->file);
    if (widths->rows)
        output_add(out, "  %6s", row);
    add_cause(&cause, line);
    output_add(out, "  %-*s  %s  %-*s  ", widths->feed, line->feed, arrived, widths->kind, kind_of(line));
    if (cause.text == NULL)
        output_add(out, "%s\n", line->state);
    else
        output_add(out, "%-*s  %s\n", widths->state, line->state, cause.text);
    out->failed = out->failed || cause.failed;
    output_release(&cause);
}

/* "4 lines: 3 waiting, 1 held", the states in the order in which they come up. */
static void add_sum(struct output *out, const struct found *found)
{
    output_add(out, "%s%lu line%s", found->more ? "the newest " : "", (unsigned long)found->count,
               found->count == 1 ? "" : "s");
    const char *separator = ": ";
    for (size_t i = 0; i < found->count; i++) {
        size_t same = 0;
        bool counted = false;
        for (size_t j = 0; j < i && !counted; j++)
            counted = strcmp(found->lines[j].state, found->lines[i].state) == 0;
        for (size_t j = i; j < found->count && !counted; j++)
            same += strcmp(found->lines[j].state, found->lines[i].state) == 0;
        if (counted)
            continue;
        output_add(out, "%s%lu %s", separator, (unsigned long)same, found->lines[i].state);
        separator = ", ";
    }
    output_add(out, "%s\n",
               found->more ? "; there are older ones: --limit N shows more, --until older ones" : "");
}

static void add_world_text(struct output *out, const struct request *request, enum database_world world,
                           const struct found *found)
{
    struct widths widths = measure(found);
    if (found->count == 0) {
        output_add(out, "%s world: no lines\n", world_name(world));
        return;
    }
    output_add(out, "%s world, times of %s\n", world_name(world), request->when.name);
    output_add(out, "%8s", "number");
    if (widths.rows)
        output_add(out, "  %6s", "row");
    output_add(out, "  %-*s  %-19s  %-*s  %-*s  cause\n", widths.feed, "feed", "arrived", widths.kind, "kind",
               widths.state, "state");
    for (size_t i = 0; i < found->count; i++)
        add_line(out, &widths, &request->when, &found->lines[i]);
    add_sum(out, found);
}

/* ---- JSON ------------------------------------------------------------------------------------------------ */

static void add_line_json(struct output *out, const struct list_line *line)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"feed", line->feed},   {"format", line->format},         {"kind", line->kind},
                 {"state", line->state}, {"file_state", line->file_state}, {"reason", line->reason},
                 {"fault", line->fault}, {"detail", line->detail}};
    char arrived[28];
    datetime_format_instant(line->arrived, arrived);
    output_add(out, "{\"number\": %" PRId64 ", \"row\": ", line->file);
    if (is_row(line))
        output_add(out, "%d", line->ordinal);
    else
        output_add(out, "null");
    if (line->of_many)
        output_add(out, ", \"rows\": %" PRId64 ", \"open_rows\": %" PRId64 ", \"quarantined_rows\": %" PRId64,
                   line->rows, line->open_rows, line->bad_rows);
    output_add(out, ", \"arrived\": \"%s\"", arrived);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        output_add(out, ", \"%s\": ", texts[i].key);
        output_json_text(out, texts[i].text);
    }
    output_add(out, "}");
}

static void add_world_json(struct output *out, enum database_world world, const struct found *found)
{
    output_add(out, "{\"world\": \"%s\", \"more\": %s, \"lines\": [", world_name(world),
               found->more ? "true" : "false");
    for (size_t i = 0; i < found->count; i++) {
        output_add(out, "%s\n   ", i > 0 ? "," : "");
        add_line_json(out, &found->lines[i]);
    }
    output_add(out, "]}");
}

/* ---- The command ----------------------------------------------------------------------------------------- */

/* Whether the feed that is asked for is one; else it said so. */
static int check_feed(const struct request *request, const struct access *access, const struct config *config)
{
    const char *feed = request->filter.feed;
    bool known = feed == NULL || config_feed_find(config, feed) != NULL;
    for (enum database_world world = DATABASE_TEST; world <= DATABASE_LIVE && !known; world++) {
        if (access->db[world] != NULL && list_knows_feed(access->db[world], feed, &known) != DATABASE_OK)
            return access_failed(access, world);
    }
    if (!known)
        output_error(
            "corbridge list: feed '%s' is neither in the configuration nor in the ledger: corbridge status "
            "lists the feeds",
            feed);
    return known ? COMMANDS_OK : COMMANDS_USAGE;
}

/* A world without lines is worth a word only where the other one has none either. */
static bool is_left_out(const struct found found[ACCESS_WORLDS], enum database_world world)
{
    enum database_world other = world == DATABASE_LIVE ? DATABASE_TEST : DATABASE_LIVE;
    return found[world].count == 0 && found[other].count > 0;
}

static int show(const struct request *request, const struct access *access)
{
    struct found found[ACCESS_WORLDS] = {{0}};
    struct arena arena;
    struct output out;
    int exit = COMMANDS_OK;
    size_t shown = 0;
    arena_init(&arena, 0);
    output_init(&out);
    for (enum database_world world = DATABASE_TEST; world <= DATABASE_LIVE && exit == COMMANDS_OK; world++) {
        struct found *here = &found[world];
        if (access->db[world] == NULL)
            continue;
        if (!access_note(access, world, 0))
            exit = COMMANDS_FAILED;
        else if (list_read(access->db[world], &request->filter, &arena, &here->lines, &here->count,
                           &here->more) != DATABASE_OK)
            exit = access_failed(access, world);
    }
    output_add(&out, "%s", request->json ? "{\"worlds\": [" : "");
    for (enum database_world world = DATABASE_TEST; world <= DATABASE_LIVE && exit == COMMANDS_OK; world++) {
        if (access->db[world] == NULL || (!request->json && is_left_out(found, world)))
            continue;
        if (request->json) {
            output_add(&out, "%s\n  ", shown > 0 ? "," : "");
            add_world_json(&out, world, &found[world]);
        } else {
            output_add(&out, "%s", shown > 0 ? "\n" : "");
            add_world_text(&out, request, world, &found[world]);
        }
        shown++;
    }
    output_add(&out, "%s", request->json ? "\n]}\n" : "");
    if (exit == COMMANDS_OK && !output_print(&out))
        exit = COMMANDS_FAILED;
    output_release(&out);
    arena_release(&arena);
    return exit;
}

/* What --date, --since, --until, --limit say; false: it said what is wrong. */
static bool read_range(struct request *request, const char *date, const char *since, const char *until,
                       const char *limit)
{
    struct list_filter *filter = &request->filter;
    instant_us now = clock_utc_us();
    int64_t lines = LINES_DEFAULT;
    const struct {
        const char *option, *text;
        bool end;
        instant_us *out;
    } bounds[] = {{"--date", date, false, &filter->since},
                  {"--date", date, true, &filter->until},
                  {"--since", since, false, &filter->since},
                  {"--until", until, true, &filter->until}};
    if (date != NULL && (since != NULL || until != NULL)) {
        output_error("corbridge list: --date is a day; --since and --until are not given with it");
        return false;
    }
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        if (bounds[i].text == NULL ||
            when_read(&request->when, bounds[i].text, bounds[i].end, now, bounds[i].out))
            continue;
        output_error("corbridge list: %s is a date such as 2026-11-23, today or yesterday%s",
                     bounds[i].option, i < 2 ? "" : ", or a date with a time such as 2026-11-23T18:00");
        return false;
    }
    if (limit != NULL && !access_read_number(limit, LINES_MOST, &lines)) {
        output_error("corbridge list: --limit is a number from 1 to %d", LINES_MOST);
        return false;
    }
    filter->limit = (size_t)lines;
    return true;
}

/* The number of a person or booking, from the standard input: one line, blanks around it and a byte order mark aside. Heap; NULL: it said what is
 * wrong, and never the value. */
static char *read_value(const char *option)
{
    char *bytes = NULL;
    size_t size = 0;
    struct platform_status status = input_read_all(VALUE_MOST, &bytes, &size);
    struct slice value = slice_from(bytes, size);
    if (value.len >= 3 && memcmp(value.ptr, "\xEF\xBB\xBF", 3) == 0)
        value = slice_after(value, 3);
    while (value.len > 0 && memchr(" \t\r\n", value.ptr[0], 4) != NULL)
        value = slice_after(value, 1);
    while (value.len > 0 && memchr(" \t\r\n", value.ptr[value.len - 1], 4) != NULL)
        value.len--;
    bool good = platform_ok(status) && value.len > 0 && memchr(value.ptr, '\n', value.len) == NULL &&
                memchr(value.ptr, '\0', value.len) == NULL;
    char *text = good ? malloc(value.len + 1) : NULL;
    if (text != NULL) {
        memcpy(text, value.ptr, value.len);
        text[value.len] = '\0';
    } else if (good) {
        output_error("corbridge list: memory is exhausted");
    } else {
        output_error(
            "corbridge list: %s - reads one number from the standard input, on a line of its own, as in echo "
            "NUMBER | corbridge list %s -",
            option, option);
    }
    free(bytes);
    return text;
}

/* False: it said what is wrong. */
static bool check(const struct request *request)
{
    const struct list_filter *filter = &request->filter;
    const char *person[] = {filter->patient, filter->booking};
    if (filter->patient != NULL && filter->booking != NULL) {
        output_error("corbridge list: --patient and --booking are not given together");
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (person[i] != NULL && strcmp(person[i], "-") != 0) {
            output_error(
                "corbridge list: %s takes only '-': the number is read from the standard input, so that it stands "
                "in no command line",
                i == 0 ? "--patient" : "--booking");
            return false;
        }
    }
    if (filter->state != NULL && !list_is_state(filter->state)) {
        output_error("corbridge list: --state is one of %s", list_states());
        return false;
    }
    return true;
}

static int list(struct request *request, const struct config *config)
{
    struct access access;
    int exit = access_init(&access, &command_list, config, request->live, request->test);
    if (exit == COMMANDS_OK)
        exit = check_feed(request, &access, config);
    if (exit == COMMANDS_OK)
        exit = show(request, &access);
    access_release(&access);
    return exit;
}

static int run(int argc, char **argv)
{
    const char *path = NULL, *data = NULL, *date = NULL, *since = NULL, *until = NULL, *limit = NULL;
    bool utc = false;
    struct request request = {.filter = {.since = INSTANT_NONE, .until = INSTANT_NONE}};
    struct list_filter *filter = &request.filter;
    const struct command_option options[] = {
        {"--feed", &filter->feed, NULL},
        {"--state", &filter->state, NULL},
        {"--cause", &filter->cause, NULL},
        {"--patient", &filter->patient, NULL},
        {"--booking", &filter->booking, NULL},
        {"--date", &date, NULL},
        {"--since", &since, NULL},
        {"--until", &until, NULL},
        {"--limit", &limit, NULL},
        {"--live", NULL, &request.live},
        {"--test", NULL, &request.test},
        {"--utc", NULL, &utc},
        {"--json", NULL, &request.json},
        {"--config", &path, NULL},
        {"--data", &data, NULL},
    };
    if (!command_options(&command_list, argc, argv, options, sizeof options / sizeof options[0], NULL) ||
        !check(&request))
        return COMMANDS_USAGE;
    int exit = COMMANDS_FAILED;
    char *value = NULL;
    struct config *config = command_config(path, data, &exit);
    if (config == NULL)
        return exit;
    when_init(&request.when, config, utc);
    const char **person = filter->patient != NULL ? &filter->patient : &filter->booking;
    exit = COMMANDS_USAGE;
    if (read_range(&request, date, since, until, limit) &&
        (*person == NULL ||
         (*person = value = read_value(filter->patient != NULL ? "--patient" : "--booking")) != NULL))
        exit = list(&request, config);
    free(value);
    config_free(config);
    return exit;
}

const struct command command_list = {
    .name = "list",
    .summary = "what came, a line each: by feed, state, day, cause, person or booking",
    .usage =
        "corbridge list [--feed NAME] [--state STATE] [--cause WORD] [--date DAY | --since TIME --until TIME]\n"
        "               [--patient - | --booking -] [--limit N] [--live | --test] [--utc] [--json]\n"
        "               [--config FILE] [--data FOLDER]\n\n"
        "Prints the newest files of the ledger, the newest last: ledger number, feed, arrival, what it is, its state, and\n"
        "why. corbridge show NUMBER prints one. A file of many messages, such as a roster, is one line; its rows are lines of\n"
        "their own where --state of a message, --cause, --patient or --booking asks for them. No patient data is printed and\n"
        "no file name; who looked stands in the database (access_log), and where that cannot be written nothing is shown.\n\n"
        "    --feed NAME        of one feed\n"
        "    --state STATE      open (held, unmatched or waiting), held, unmatched, waiting, quarantined, rejected, stale,\n"
        "                       superseded, test-only, applied, duplicate; of files: claimed, done, vanished\n"
        "    --cause WORD       the reason of a quarantine (faults, incomplete, ...), the code of an error\n"
        "                       (required-missing, ...), or a part of the remark (\"another patient\")\n"
        "    --date DAY         arrived on that day: 2026-11-23, today, yesterday\n"
        "    --since, --until   arrived from then on, and up to then; with a time: 2026-11-23T18:00\n"
        "    --patient -        about the person whose PatientID stands on the standard input: it belongs in no command line.\n"
        "    --booking -        about that booking, likewise. What is held or in quarantine is found so only where the\n"
        "                       person or booking is known\n"
        "    --limit N          at most so many lines of each world; without it 50\n"
        "    --live, --test     one world; without it both\n"
        "    --utc              times in UTC; without it in the zone of the facilities, where they share one\n"
        "    --json             as JSON; times in UTC\n"
        "    --config FILE      the configuration; without it that of the installed service\n"
        "    --data FOLDER      in place of the data folder that the configuration names\n\n"
        "Exit codes: 0, also when nothing fits; 1 a database could not be read, or it could not be written down who looked;\n"
        "2 command line; 3 configuration refused; 4 no configuration, or no database yet.\n",
    .run = run,
};
