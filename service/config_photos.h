/* <photos>: where photos may be fetched from, and how. */
#ifndef CORBRIDGE_SERVICE_CONFIG_PHOTOS_H
#define CORBRIDGE_SERVICE_CONFIG_PHOTOS_H

#include "service/config_fault.h"
#include "service/config_tree.h"

/* Fills reading->config->photos from the root element, with the defaults where there is no <photos>; adds a fault for each value that
 * is not good. */
void config_read_photos(struct config_reading *reading, const struct config_element *root);

#endif
