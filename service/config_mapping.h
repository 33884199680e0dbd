/* The format of a <match>, and the mapping file that format="jms-xml" names: loaded and checked with the configuration. */
#ifndef CORBRIDGE_SERVICE_CONFIG_MAPPING_H
#define CORBRIDGE_SERVICE_CONFIG_MAPPING_H

#include "service/config_fault.h"
#include "service/config_tree.h"

/* The format; of jms-xml by what its mapping says, which is put into *match. Every fault of the mapping is one of the
 * configuration: "flat-roster.xml:12: …". `subject` is how messages call the element. */
enum config_format config_read_format(struct config_reading *reading, const struct config_element *element,
                                      const char *subject, struct config_match *match);

/* That event-time="field:NAME" names what the mapping of an XML format has: a field, an extra or a header; of a roster, a header. */
void config_check_mapped_time(struct config_reading *reading, uint32_t line, const char *subject,
                              const struct config_match *match);

#endif
