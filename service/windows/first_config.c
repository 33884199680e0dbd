#include "service/windows/first_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Unicode CLDR, supplemental/windowsZones.xml, territory 001 (and the territories of the United States). */
static const struct {
    const char *windows, *iana;
} ZONES[] = {
    {"Alaskan Standard Time", "America/Anchorage"},
    {"Aleutian Standard Time", "America/Adak"},
    {"Atlantic Standard Time", "America/Halifax"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Central Standard Time", "America/Chicago"},
    {"Central Standard Time (Mexico)", "America/Mexico_City"},
    {"Eastern Standard Time", "America/New_York"},
    {"Hawaiian Standard Time", "Pacific/Honolulu"},
    {"Mountain Standard Time", "America/Denver"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"SA Western Standard Time", "America/Puerto_Rico"},
    {"US Eastern Standard Time", "America/Indiana/Indianapolis"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"UTC", "UTC"},
    {"West Pacific Standard Time", "Pacific/Guam"},
    {"Yukon Standard Time", "America/Whitehorse"},
};

const char *first_config_zone(const char *windows_zone)
{
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
        if (strcmp(ZONES[i].windows, windows_zone) == 0)
            return ZONES[i].iana;
    }
    return NULL;
}

/* A text that grows; `failed` sticks. */
struct growing {
    char *text;
    size_t length, room;
    bool failed;
};

static void add(struct growing *out, const char *text)
{
    size_t more = strlen(text);
    if (out->failed)
        return;
    if (out->room - out->length < more + 1) {
        size_t room = (out->length + more + 1) * 2;
        char *wider = realloc(out->text, room);
        if (wider == NULL) {
            out->failed = true;
            return;
        }
        out->text = wider;
        out->room = room;
    }
    memcpy(out->text + out->length, text, more + 1);
    out->length += more;
}

static void add_line(struct growing *out, const char *text)
{
    add(out, text);
    add(out, "\r\n");
}

/* The value of an attribute between double quotes. */
static void add_value(struct growing *out, const char *value)
{
    for (; *value != '\0'; value++) {
        char one[2] = {*value, '\0'};
        const char *piece = one;
        if (*value == '&')
            piece = "&amp;";
        else if (*value == '<')
            piece = "&lt;";
        else if (*value == '"')
            piece = "&quot;";
        add(out, piece);
    }
}

static void add_attribute(struct growing *out, const char *before, const char *value, const char *behind)
{
    add(out, before);
    add_value(out, value);
    add_line(out, behind);
}

char *first_config_make(const struct first_config *values)
{
    struct growing out = {NULL, 0, 0, false};
    add_line(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    add_line(
        &out,
        "<!-- Written once by the installation; yours from now on. After a change: `corbridge check` says what is");
    add_line(
        &out,
        "     wrong with it, with the line; then restart the service. docs/configuration.md explains every element. -->");
    add_line(&out, "<corbridge>");
    add_attribute(&out, "  <data folder=\"", values->data_folder, "\"/>");
    add_line(&out, "");
    add_line(
        &out,
        "  <!-- One line for each facility. While there is only one, the facility code in the files is not looked at.");
    add_line(&out, "       The zone is that of the clock on the wall there. -->");
    add_attribute(&out, "  <facility code=\"MAIN\" name=\"Main facility\" zone=\"", values->zone, "\"/>");
    add_line(&out, "");
    add_line(&out, "  <!-- The folder into which the jail management system drops its files. -->");
    if (values->share != NULL) {
        add_attribute(&out, "  <feed name=\"jms\" folder=\"", values->share, "\">");
        add_line(&out, "    <match pattern=\"*.ini\" format=\"jms-event\"/>");
        add_line(&out, "  </feed>");
    } else {
        add_line(&out, "  <!-- Fill in the folder and take this out of the comment:");
        add_line(&out, "  <feed name=\"jms\" folder=\"\\\\server\\share\\folder\">");
        add_line(&out, "    <match pattern=\"*.ini\" format=\"jms-event\"/>");
        add_line(&out, "  </feed>");
        add_line(&out, "  -->");
    }
    add_line(&out, "");
    add_line(&out,
             "  <!-- The folder from which the pharmacy takes its orders; in test until it goes live. -->");
    if (values->pharmacy != NULL) {
        add_attribute(&out, "  <pharmacy name=\"pharmacy\" test-folder=\"", values->pharmacy, "\"/>");
    } else {
        add_line(&out, "  <!-- Fill in the folder and take this out of the comment:");
        add_line(&out, "  <pharmacy name=\"pharmacy\" test-folder=\"\\\\server\\share\\folder\"/>");
        add_line(&out, "  -->");
    }
    add_line(&out, "</corbridge>");
    if (out.failed) {
        free(out.text);
        return NULL;
    }
    return out.text;
}
