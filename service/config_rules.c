#include "service/config_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outbound/receiver.h"

static const struct config_machine REAL = {path_resolve_mapped, path_volume_kind};
static const struct config_machine *machine = &REAL;

void config_machine_set(const struct config_machine *other)
{
    machine = other != NULL ? other : &REAL;
}

/* ---- Folders ------------------------------------------------------------------------------------------- */

bool config_folder_is_remote(const char *folder)
{
    return machine->volume_kind(folder) == PATH_VOLUME_REMOTE;
}

#ifdef _WIN32
#define EXAMPLE_FOLDER "D:\\Interface\\in or \\\\server\\share\\in"
#else
#define EXAMPLE_FOLDER "/srv/interface/in"
#endif

/* A part of the path that Windows would read as another name than it is written. */
static const char *bad_part(const char *folder)
{
    for (const char *p = folder; (p = strstr(p, "..")) != NULL; p += 2) {
        bool starts = p > folder && (p[-1] == '/' || p[-1] == '\\');
        bool ends = p[2] == '\0' || p[2] == '/' || p[2] == '\\';
        if (starts && ends)
            return "has a part '..'";
    }
#ifdef _WIN32
    const char *rest = folder;
    if (strncmp(rest, "\\\\?\\", 4) == 0)
        rest += 4;
    else if (rest[0] == '\\' || rest[0] == '/')
        rest += 2;
    if (rest[0] != '\0' && rest[1] == ':')
        rest += 2;
    if (strpbrk(rest, "<>\"|?*:") != NULL)
        return "holds one of < > \" | ? * : which no folder name has";
    for (const char *p = rest; *p != '\0'; p++) {
        bool ends_part = p[1] == '\\' || p[1] == '/' || p[1] == '\0';
        if (ends_part && (*p == ' ' || *p == '.'))
            return "has a part that ends with a blank or a dot";
    }
#endif
    return NULL;
}

bool config_check_folder(struct config_reading *reading, uint32_t line, const char *subject,
                         const char *attribute, const char *folder)
{
    if (!path_is_absolute(folder)) {
        config_fault_add(reading, line,
                         "%s: %s '%s' is not a full path, and a service has no folder of its own to start "
                         "from: write for example %s",
                         subject, attribute, folder, EXAMPLE_FOLDER);
        return false;
    }
    const char *bad = bad_part(folder);
    if (bad != NULL) {
        config_fault_add(reading, line, "%s: %s '%s' %s: write the plain full path", subject, attribute,
                         folder, bad);
        return false;
    }
    enum path_volume kind = machine->volume_kind(folder);
    char *unc = NULL;
    if (kind != PATH_VOLUME_LOCAL && platform_ok(machine->resolve_mapped(folder, &unc))) {
        config_fault_add(reading, line,
                         "%s: %s '%s' is a mapped drive letter, which a service does not have: write %s",
                         subject, attribute, folder, unc);
        free(unc);
        return false;
    }
    /* A letter that this session does not know; natively, a folder that is not there yet, which is no fault. */
    if (kind == PATH_VOLUME_UNKNOWN && folder[1] == ':') {
        config_fault_add(
            reading, line,
            "%s: %s '%s' is on a drive that this machine does not have: if the letter is mapped for "
            "some user, write the \\\\server\\share path behind it",
            subject, attribute, folder);
        return false;
    }
    return true;
}

/* ---- Names --------------------------------------------------------------------------------------------- */

/* Never taken (DESIGN "Watch"). */
static const char *const NEVER_TAKEN[] = {".tmp", ".part", ".filepart"};

static bool ends_with(const char *text, const char *end)
{
    struct slice whole = slice_of(text);
    struct slice tail = slice_of(end);
    return whole.len >= tail.len && slice_equal_nocase(slice_after(whole, whole.len - tail.len), tail);
}

static const char *never_taken(const char *name)
{
    for (size_t i = 0; i < sizeof NEVER_TAKEN / sizeof NEVER_TAKEN[0]; i++) {
        if (ends_with(name, NEVER_TAKEN[i]))
            return NEVER_TAKEN[i];
    }
    return strncmp(name, "~$", 2) == 0 ? "~$" : NULL;
}

bool config_check_pattern(struct config_reading *reading, uint32_t line, const char *subject,
                          const char *pattern)
{
    size_t length = strlen(pattern);
    if (strpbrk(pattern, "/\\") != NULL) {
        config_fault_add(reading, line,
                         "%s: a pattern is for names in the feed's own folder: take / and \\ out", subject);
        return false;
    }
    if (strpbrk(pattern, "<>:\"|") != NULL) {
        config_fault_add(
            reading, line,
            "%s: no file name holds < > : \" or |, so the pattern matches nothing: write it with "
            "letters, digits, * and ?",
            subject);
        return false;
    }
    if (pattern[length - 1] == '.') {
        config_fault_add(reading, line,
                         "%s: no file name ends with a dot, so the pattern matches nothing: take the dot out",
                         subject);
        return false;
    }
    if (never_taken(pattern) != NULL) {
        config_fault_add(reading, line,
                         "%s: names with %s are never taken, since senders use them for files that are not "
                         "finished: choose another pattern",
                         subject, never_taken(pattern));
        return false;
    }
    return true;
}

bool config_check_file_pattern(struct config_reading *reading, uint32_t line, const char *subject,
                               const char *pattern)
{
    bool number = false;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p != '%')
            continue;
        p++;
        if (*p == '\0' || strchr("YmdHMSNC", *p) == NULL) {
            config_fault_add(
                reading, line,
                "%s: file-pattern knows %%Y %%m %%d %%H %%M %%S (the time), %%N (the number) and "
                "%%C (the control id) only",
                subject);
            return false;
        }
        number = number || *p == 'N' || *p == 'C';
    }
    if (!number) {
        config_fault_add(
            reading, line,
            "%s: file-pattern must hold %%N or %%C: without, two messages of one second would have "
            "one name",
            subject);
        return false;
    }
    size_t length = strlen(pattern);
    if (strpbrk(pattern, "<>:\"|?*/\\") != NULL || pattern[length - 1] == '.' || pattern[0] == '.') {
        config_fault_add(
            reading, line,
            "%s: file-pattern must be a file name, without < > : \" | ? * / \\ and without a dot at "
            "its ends",
            subject);
        return false;
    }
    if (never_taken(pattern) != NULL) {
        config_fault_add(reading, line,
                         "%s: file-pattern must not look like %s, which readers take for an unfinished file",
                         subject, never_taken(pattern));
        return false;
    }
    /* The longest name that it can give, tried on the code that will make the names. */
    char name[RECEIVER_FILE_NAME_SIZE];
    const struct receiver receiver = {.file_pattern = pattern};
    if (!receiver_file_name(&receiver, 0, INT64_MAX, "TABCDEF1234567890123", name)) {
        config_fault_add(
            reading, line,
            "%s: file-pattern gives no usable file name: at most 200 characters, without a blank "
            "at its ends",
            subject);
        return false;
    }
    return true;
}

/* ---- One of a kind ------------------------------------------------------------------------------------- */

/* Says of every second element of that name that its attribute has the value of an earlier one. */
static void check_attribute_unique(struct config_reading *reading, const struct config_element *root,
                                   const char *element, const char *attribute)
{
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        const char *value = strcmp(e->name, element) == 0 ? config_attribute_value(e, attribute) : NULL;
        if (value == NULL)
            continue;
        for (const struct config_element *before = root->children; before != e; before = before->next) {
            const char *other =
                strcmp(before->name, element) == 0 ? config_attribute_value(before, attribute) : NULL;
            if (other == NULL || !slice_equal_nocase(slice_of(other), slice_of(value)))
                continue;
            config_fault_add(reading, config_attribute_line(e, attribute),
                             "%s: %s '%s' is taken by line %lu: choose another", element, attribute, value,
                             (unsigned long)before->line);
            break;
        }
    }
}

static void check_once(struct config_reading *reading, const struct config_element *root, const char *element)
{
    const struct config_element *first = NULL;
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        if (strcmp(e->name, element) != 0)
            continue;
        if (first != NULL)
            config_fault_add(reading, e->line, "<%s> stands in line %lu already: keep one of them", element,
                             (unsigned long)first->line);
        else
            first = e;
    }
}

static void check_present(struct config_reading *reading, const struct config_element *root,
                          const char *element, const char *example)
{
    if (root->lacking)
        return;
    for (const struct config_element *e = root->children; e != NULL; e = e->next) {
        if (strcmp(e->name, element) == 0)
            return;
    }
    config_fault_add(reading, root->line, "there is no <%s>: add for example %s", element, example);
}

void config_check_unique(struct config_reading *reading, const struct config_element *root, bool data_needed)
{
    if (data_needed)
        check_present(reading, root, "data", "<data folder=\"C:\\ProgramData\\CorBridge\"/>");
    check_present(reading, root, "facility",
                  "<facility code=\"MAIN\" name=\"Main Jail\" zone=\"America/Chicago\"/>");
    check_present(reading, root, "feed",
                  "<feed name=\"jms\" folder=\"\\\\server\\share\\in\"><match pattern=\"*.ini\" "
                  "format=\"jms-event\"/></feed>");
    check_once(reading, root, "data");
    check_once(reading, root, "limits");
    check_once(reading, root, "log");
    check_once(reading, root, "photos");
    check_attribute_unique(reading, root, "facility", "code");
    check_attribute_unique(reading, root, "facility", "name");
    check_attribute_unique(reading, root, "feed", "name");
    check_attribute_unique(reading, root, "pharmacy", "name");
}
