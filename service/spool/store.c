#include "service/spool/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"

#define NAME_UNITS   200 /* with number, separator and ".reason.txt" it stays below the 255 of NTFS */
#define AROUND_BYTES 40u /* number (up to 19 digits), "_", "~99", ".reason.txt", ".tmp" */

const char *store_place_name(enum store_place place)
{
    switch (place) {
    case STORE_ARCHIVE: return "archive";
    case STORE_QUARANTINE: return "quarantine";
    case STORE_HOLD: return "hold";
    }
    abort();
}

void store_folder(enum store_place place, instant_us arrived, char out[STORE_FOLDER_SIZE])
{
    struct civil_time at;
    datetime_from_instant(arrived, &at);
    int written = snprintf(out, STORE_FOLDER_SIZE, "%s%c%04d%c%02u%c%02u%c%02u", store_place_name(place),
                           PATH_SEPARATOR, (int)at.year, PATH_SEPARATOR, (unsigned)at.month, PATH_SEPARATOR,
                           (unsigned)at.day, PATH_SEPARATOR, (unsigned)at.hour);
    if (written < 0 || written >= STORE_FOLDER_SIZE)
        abort(); /* a year beyond 9999 */
}

/* How much of the name is kept. Natively names are counted in bytes, and what is put around it must fit too. */
static size_t kept_length(const char *original)
{
    size_t units = NAME_UNITS;
    size_t cut = path_cut_utf16(original, units);
    while (cut > PATH_NAME_BYTES - AROUND_BYTES)
        cut = path_cut_utf16(original, --units);
    return cut;
}

char *store_name(int64_t ledger_number, const char *original, const char *suffix)
{
    size_t cut = kept_length(original);
    size_t size = 32 + cut + strlen(suffix) + 1;
    char *name = malloc(size);
    if (!name)
        return NULL;
    int prefix = snprintf(name, size, "%012lld_", (long long)ledger_number);
    if (prefix < 0)
        abort();
    char *end = name + prefix;
    memcpy(end, original, cut);
    end += cut;
    if (cut > 0 && (end[-1] == '.' || end[-1] == ' '))
        end[-1] = '_';
    memcpy(end, suffix, strlen(suffix) + 1);
    return name;
}
