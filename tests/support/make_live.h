/* Makes things live before an engine starts, as `golive` would have. Linked into tests and benchmarks that run in the live world. */
#ifndef TESTS_SUPPORT_MAKE_LIVE_H
#define TESTS_SUPPORT_MAKE_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "database/live.h"

/* Makes the live database below the data folder where it is missing, and adds the rows (kind and name of each count). False: `message`
 * says what failed. */
bool make_live(const char *data_folder, const struct live_row *rows, size_t count, char *message,
               size_t size);

#endif
