/* The settings of a <pharmacy> that say in which form its messages are written. */
#ifndef CORBRIDGE_SERVICE_CONFIG_FORM_H
#define CORBRIDGE_SERVICE_CONFIG_FORM_H

#include "outbound/form.h"
#include "service/config_fault.h"
#include "service/config_tree.h"

/* Fills *form; adds a fault for what does not go together. `subject` is how messages call the element. */
void config_read_form(struct config_reading *reading, const struct config_element *element,
                      const char *subject, struct form *form);

#endif
