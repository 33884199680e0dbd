/*
 * Folders that overlap. Two names can lead to one folder (links, junctions, a share and its local path), so
 * folders are compared by identity (volume and file id) along the way up to the root; of a folder that is not
 * there yet, the nearest folder above it that is, and the text of the rest. A folder that cannot be reached now
 * is compared by its text.
 */
#ifndef CORBRIDGE_SERVICE_CONFIG_FOLDERS_H
#define CORBRIDGE_SERVICE_CONFIG_FOLDERS_H

#include "service/config_fault.h"

/* The fault belongs to the later of the two lines. Asks the system about every folder: slow while a server is away. */
void config_check_overlaps(struct config_reading *reading, uint32_t data_line);

#endif
