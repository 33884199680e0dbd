/* <pharmacy>: to whom orders go, and under which names; in which form, config_form.h. */
#ifndef CORBRIDGE_SERVICE_CONFIG_PHARMACY_H
#define CORBRIDGE_SERVICE_CONFIG_PHARMACY_H

#include "service/config_fault.h"
#include "service/config_tree.h"

/* Fills *pharmacy from its element; adds a fault for each value that is not good. Whether its facilities exist is seen by
 * config_check_codes, when all of them have been read. */
void config_read_pharmacy(struct config_reading *reading, const struct config_element *element,
                          struct config_pharmacy *pharmacy);

#endif
