/*
 * The photos of a world as files: photos/<SHA-256 in hexadecimal digits>, each written once, in one piece, and never changed (DESIGN promise 5).
 * The file comes before the row that speaks of it; one without a row is found again by the next fetch of the same picture.
 */
#ifndef CORBRIDGE_SERVICE_PHOTO_PHOTO_STORE_H
#define CORBRIDGE_SERVICE_PHOTO_PHOTO_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "platform/sha256.h"
#include "platform/status.h"

#define PHOTO_NAME_SIZE (2 * SHA256_SIZE + 1)

/* The name of a picture's file. */
void photo_store_name(const uint8_t sha256[SHA256_SIZE], char out[PHOTO_NAME_SIZE]);

/* Stores bytes whose hash is `sha256`, unless they are there. What lies there under that name with other bytes (a disk that has lost some) is written anew. */
struct platform_status photo_store_put(const char *folder, const uint8_t sha256[SHA256_SIZE],
                                       const char *bytes, size_t size);

/* Reads a picture and proves that it is the one: *bytes on the heap, the caller frees. PLATFORM_CHANGED when it is not. */
struct platform_status photo_store_get(const char *folder, const uint8_t sha256[SHA256_SIZE], size_t limit,
                                       char **bytes, size_t *size);

#endif
