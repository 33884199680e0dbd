/*
 * The last configuration with which the service ran (RULES "Failing well"): a copy in the data folder, used
 * when the file is refused at a start. And the mark of a refused one, so that a service that Windows starts
 * every two minutes tells each refused content once.
 *
 *   <data>\corbridge.accepted.xml      <data>\corbridge.refused   (SHA-256 of the refused file)
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_LAST_CONFIG_H
#define CORBRIDGE_SERVICE_WINDOWS_LAST_CONFIG_H

#include <stdbool.h>

/* Path of the copy. Heap, the caller frees; NULL when memory is exhausted. The file need not exist. */
char *last_config_path(const char *data_folder);

/* Keeps a copy of the file at `config` and forgets the mark. What fails is logged: the service runs without a copy. */
void last_config_accepted(const char *data_folder, const char *config);

/* True when this content has not been marked as refused before; marks it. True also when nothing can be read or
 * written. */
bool last_config_refused_first_time(const char *data_folder, const char *config);

#endif
