/* SHA-256 (CNG on Windows, OpenSSL's libcrypto natively). Any thread. */
#ifndef CORBRIDGE_PLATFORM_SHA256_H
#define CORBRIDGE_PLATFORM_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

/* Aborts when the system's own hash is missing: that is no state in which a service could go on. */
void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE]);

#endif
