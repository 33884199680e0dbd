/* From the checked elements to a struct config: defaults, units, and what a value must be beyond its form. */
#ifndef CORBRIDGE_SERVICE_CONFIG_BUILD_H
#define CORBRIDGE_SERVICE_CONFIG_BUILD_H

#include "service/config_fault.h"
#include "service/config_tree.h"

/*
 * Fills reading->config from the root element, as far as the elements are good; adds a fault for every value
 * that is not. `data_override` (or NULL) takes the place of the data folder. Elements and attributes that are
 * bad already are passed over in silence.
 */
void config_build(struct config_reading *reading, const struct config_element *root,
                  const char *data_override);

#endif
