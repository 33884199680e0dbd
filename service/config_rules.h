/* Rules that hold between the parts of a configuration, and what a folder must be. */
#ifndef CORBRIDGE_SERVICE_CONFIG_RULES_H
#define CORBRIDGE_SERVICE_CONFIG_RULES_H

#include "platform/path.h"
#include "service/config_fault.h"
#include "service/config_tree.h"

/* What the rules ask of the machine; a test puts its own answers in place of a network drive. */
struct config_machine {
    struct platform_status (*resolve_mapped)(const char *path, char **unc);
    enum path_volume (*volume_kind)(const char *path);
};

/* NULL: the real machine again. Before threads are started. */
void config_machine_set(const struct config_machine *machine);

/* True when the folder lies on another machine, as far as this one can tell. */
bool config_folder_is_remote(const char *folder);

/* A full path, no mapped drive letter; `subject` and `attribute` say whose. True when it is good. */
bool config_check_folder(struct config_reading *reading, uint32_t line, const char *subject,
                         const char *attribute, const char *folder);

/* A pattern of file names that can match something that is ever taken. True when it is good. */
bool config_check_pattern(struct config_reading *reading, uint32_t line, const char *subject,
                          const char *pattern);

/* The pattern of a pharmacy's file names: known marks only, and every name another. True when it is good. */
bool config_check_file_pattern(struct config_reading *reading, uint32_t line, const char *subject,
                               const char *pattern);

/* One of a kind: no name, code or pattern twice, at least one facility and one feed, one <data>, <limits>, <log>. */
void config_check_unique(struct config_reading *reading, const struct config_element *root, bool data_needed);

#endif
