/* The configuration that `install` writes where there is none: what a first test needs, with comments that say
 * how to go on. */
#ifndef CORBRIDGE_SERVICE_WINDOWS_FIRST_CONFIG_H
#define CORBRIDGE_SERVICE_WINDOWS_FIRST_CONFIG_H

struct first_config {
    const char *data_folder;
    const char *share;    /* NULL: the feed stands in a comment, to be filled in */
    const char *pharmacy; /* NULL: likewise */
    const char *zone;     /* IANA name of the facility's time zone */
};

/* XML text on the heap; the caller frees. NULL when memory is exhausted. UTF-8, CRLF line ends (Notepad of old
 * servers). */
char *first_config_make(const struct first_config *values);

/* IANA name for a Windows time zone key ("Eastern Standard Time" → "America/New_York"); NULL for one that jails of the
 * Americas do not use. Compared exactly: Windows gives the English key in every language. */
const char *first_config_zone(const char *windows_zone);

#endif
