/*
 * The last configuration with which the service ran (RULES "Failing well"): a copy in the data folder, used
 * when the file is refused at a start. The mapping files that it names lie beside it, as they do beside the configuration, so
 * that a mapping that was spoilt since is no reason not to start. And the mark of a refused one, so that a service that Windows
 * starts every two minutes tells each refusal once.
 *
 *   <data>\accepted\corbridge.accepted.xml   <data>\accepted\flat-roster.xml …
 *   <data>\corbridge.refused   (SHA-256 of the refused file and of what is wrong with it)
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_LAST_CONFIG_H
#define CORBRIDGE_SERVICE_WINDOWS_LAST_CONFIG_H

#include <stdbool.h>

#include "service/config.h"

/* Path of the copy. Heap, the caller frees; NULL when memory is exhausted. The file need not exist. */
char *last_config_path(const char *data_folder);

/* Keeps a copy of the file at `path`, and of the mappings of `config`, which was loaded from it, as they were loaded; forgets the mark.
 * What fails is logged: the service runs without a copy. */
void last_config_accepted(const char *data_folder, const char *path, const struct config *config);

/* True when this content, with these faults, has not been marked as refused before; marks it. True also when nothing can be read
 * or written. */
bool last_config_refused_first_time(const char *data_folder, const char *path,
                                    const struct config_faults *faults);

#endif
