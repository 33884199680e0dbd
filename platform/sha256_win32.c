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

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    enum {
        PIECE = 1 << 30
    }; /* CNG counts in ULONG */
    BCRYPT_HASH_HANDLE hash;
    /* CNG takes its input as PUCHAR and only reads it. */
    UCHAR *at = (UCHAR *)(uintptr_t)bytes;
    if (!InitOnceExecuteOnce(&once, open_algorithm, NULL, NULL))
        abort();
    if (!BCRYPT_SUCCESS(BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0)))
        abort();
    while (size > 0) {
        ULONG piece = size < PIECE ? (ULONG)size : PIECE;
        if (!BCRYPT_SUCCESS(BCryptHashData(hash, at, piece, 0)))
            abort();
        at += piece;
        size -= piece;
    }
    if (!BCRYPT_SUCCESS(BCryptFinishHash(hash, out, SHA256_SIZE, 0)))
        abort();
    (void)BCryptDestroyHash(hash);
}
