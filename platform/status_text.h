/* Private to platform/: the system's own words for one of its error numbers. */
#ifndef CORBRIDGE_PLATFORM_STATUS_TEXT_H
#define CORBRIDGE_PLATFORM_STATUS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8, NUL-terminated. False when the system has no text for the number. */
bool status_system_text(uint32_t code, char *out, size_t size);

#endif
