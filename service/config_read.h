/* What every part of config_build.c reads from an element: arrays, folders, durations, sizes, lists of codes; each fault said with its line. */
#ifndef CORBRIDGE_SERVICE_CONFIG_READ_H
#define CORBRIDGE_SERVICE_CONFIG_READ_H

#include "service/config_fault.h"
#include "service/config_tree.h"

#define CONFIG_SUBJECT_SIZE 300 /* for config_element_subject */

/* The first child of that name; NULL: there is none. */
const struct config_element *config_first_element(const struct config_element *parent, const char *name);

/* An array for the children of that name; NULL for none, or with no_memory set. */
void *config_take_array(struct config_reading *reading, const struct config_element *parent, const char *name,
                        size_t size, size_t *count);

/* The value of a good attribute, else `otherwise`. */
const char *config_value_or(const struct config_element *element, const char *name, const char *otherwise);

/* A duration or size within limits; `otherwise` when it is absent or bad. */
uint32_t config_read_duration(struct config_reading *reading, const struct config_element *element,
                              const char *name, uint32_t otherwise, uint32_t least, uint32_t most);
uint64_t config_read_size(struct config_reading *reading, const struct config_element *element,
                          const char *name, uint64_t otherwise, uint64_t least, uint64_t most);

/* The schema lets whole numbers within limits through only. */
uint32_t config_read_count(const struct config_element *element, const char *name, uint32_t otherwise);

/* A folder that is good, else NULL with its fault said. */
const char *config_read_folder(struct config_reading *reading, const struct config_element *element,
                               const char *name);

/* "VCSO, VCWC" as a NULL-terminated array; NULL when memory is exhausted. */
const char **config_split_codes(struct config_reading *reading, const char *text);

/* A fault for each of the codes (NULL: all) that is no facility. After all facilities were read. */
void config_check_codes(struct config_reading *reading, const struct config_element *element,
                        const char *const *codes);

#endif
