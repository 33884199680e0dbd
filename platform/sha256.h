/* SHA-256 (CNG on Windows, OpenSSL's libcrypto natively). Any thread. */
#ifndef CORBRIDGE_PLATFORM_SHA256_H
#define CORBRIDGE_PLATFORM_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

/* Aborts when the system's own hash is missing: that is no state in which a service could go on. So do the others. */
void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE]);

/* The same of bytes that come piece by piece. One thread at a time. */
struct sha256_sum; /* opaque, heap */
struct sha256_sum *sha256_begin(void);
void sha256_add(struct sha256_sum *sum, const void *bytes, size_t size);
/* Writes the hash, unless `out` is NULL, and frees. NULL is allowed with `out` NULL. */
void sha256_end(struct sha256_sum *sum, uint8_t *out);

#endif
