/*
 * Where a file of ours lies: the name under which it is kept, worked out from its ledger row alone, so that
 * after a crash the same place is found again (DESIGN step 6).
 *
 *   archive/2026/11/23/18/000000000042_DEM12345678_0400.ini      hour of arrival, UTC
 */
#ifndef CORBRIDGE_SERVICE_SPOOL_STORE_H
#define CORBRIDGE_SERVICE_SPOOL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/datetime.h"

enum store_place {
    STORE_ARCHIVE,
    STORE_QUARANTINE,
    STORE_HOLD
};

/* "archive", "quarantine", "hold". */
const char *store_place_name(enum store_place place);

#define STORE_FOLDER_SIZE 32 /* "quarantine/2026/11/23/18" and NUL */

/* The folder below the world's root, with the separators of this system. */
void store_folder(enum store_place place, instant_us arrived, char out[STORE_FOLDER_SIZE]);

/* Ledger number + "_" + original name (cut to 200 UTF-16 units) [+ suffix], on the heap; NULL when memory is
 * exhausted. The end of a name that Windows would drop (blanks and dots) is written as "_". */
char *store_name(int64_t ledger_number, const char *original, const char *suffix);

#endif
