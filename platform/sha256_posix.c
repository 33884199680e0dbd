#include "platform/sha256.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

/* Fetched once: since OpenSSL 3.0 the short forms look the algorithm up at every call, under a lock. */
static EVP_MD *algorithm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    unsigned length = 0;
    if (pthread_once(&once, fetch) != 0 || algorithm == NULL)
        abort();
    if (EVP_Digest(bytes, size, out, &length, algorithm, NULL) != 1 || length != SHA256_SIZE)
        abort();
}
