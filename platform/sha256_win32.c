#include "platform/sha256.h"

#include <stdlib.h>
#include <windows.h>
#include <bcrypt.h>

static BCRYPT_ALG_HANDLE algorithm;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static BOOL CALLBACK open_algorithm(PINIT_ONCE self, PVOID parameter, PVOID *context)
{
    (void)self;
    (void)parameter;
    (void)context;
    return BCRYPT_SUCCESS(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0));
}

/* struct sha256_sum is what the handle points to. */
struct sha256_sum *sha256_begin(void)
{
    BCRYPT_HASH_HANDLE hash;
    if (!InitOnceExecuteOnce(&once, open_algorithm, NULL, NULL))
        abort();
    if (!BCRYPT_SUCCESS(BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0)))
        abort();
    return hash;
}

void sha256_add(struct sha256_sum *sum, const void *bytes, size_t size)
{
    enum {
        PIECE = 1 << 30
    }; /* CNG counts in ULONG */
    /* CNG takes its input as PUCHAR and only reads it. */
    UCHAR *at = (UCHAR *)(uintptr_t)bytes;
    while (size > 0) {
        ULONG piece = size < PIECE ? (ULONG)size : PIECE;
        if (!BCRYPT_SUCCESS(BCryptHashData((BCRYPT_HASH_HANDLE)sum, at, piece, 0)))
            abort();
        at += piece;
        size -= piece;
    }
}

void sha256_end(struct sha256_sum *sum, uint8_t *out)
{
    if (out != NULL && !BCRYPT_SUCCESS(BCryptFinishHash((BCRYPT_HASH_HANDLE)sum, out, SHA256_SIZE, 0)))
        abort();
    if (sum != NULL)
        (void)BCryptDestroyHash((BCRYPT_HASH_HANDLE)sum);
}

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    struct sha256_sum *sum = sha256_begin();
    sha256_add(sum, bytes, size);
    sha256_end(sum, out);
}
