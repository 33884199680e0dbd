/* The version of CorEMR, and what feeds say of alerts: <alerts> and <alerts-out>. */
#ifndef CORBRIDGE_SERVICE_CONFIG_ALERTS_H
#define CORBRIDGE_SERVICE_CONFIG_ALERTS_H

#include "service/config_fault.h"
#include "service/config_tree.h"

/* config->coremr, by the attribute coremr of <corbridge>; 6.0 when it is absent or bad. */
void config_read_coremr(struct config_reading *reading, const struct config_element *root);

/* The alerts of all feeds, which are those of root in their order. After the feeds and facilities were read. */
void config_read_alerts(struct config_reading *reading, const struct config_element *root,
                        struct config_feed *feeds);

/* Alerts need CorEMR 6.0 or later: a fault of that line where it is older. */
void config_alerts_need_coremr(struct config_reading *reading, uint32_t line, const char *subject);

#endif
