/* Faults of a configuration: gathered while reading, sorted by line, at most 200. */
#ifndef CORBRIDGE_SERVICE_CONFIG_FAULT_H
#define CORBRIDGE_SERVICE_CONFIG_FAULT_H

#include "service/config.h"

#define CONFIG_FAULTS_MAX ((size_t)200)

/* What every part of the reader needs: where faults go, and the name that stands before them. */
struct config_reading {
    struct config *config; /* being made; owns all text */
    struct config_faults *faults;
    const char *file_name; /* "corbridge.xml", without folder */
    bool no_memory;        /* memory ran out somewhere: the configuration is refused */
};

/* Adds "corbridge.xml:LINE: " and the text. Line 0 leaves the number out. */
void config_fault_add(struct config_reading *reading, uint32_t line, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* By line; equal lines keep their order. */
void config_faults_sort(struct config_faults *faults);

#endif
