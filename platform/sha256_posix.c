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

static const EVP_MD *the_algorithm(void)
{
    if (pthread_once(&once, fetch) != 0 || algorithm == NULL)
        abort();
    return algorithm;
}

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
    unsigned length = 0;
    if (EVP_Digest(bytes, size, out, &length, the_algorithm(), NULL) != 1 || length != SHA256_SIZE)
        abort();
}

/* struct sha256_sum is an EVP_MD_CTX. */
static EVP_MD_CTX *context_of(struct sha256_sum *sum)
{
    return (EVP_MD_CTX *)sum;
}

struct sha256_sum *sha256_begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex2(context, the_algorithm(), NULL) != 1)
        abort();
    return (struct sha256_sum *)context;
}

void sha256_add(struct sha256_sum *sum, const void *bytes, size_t size)
{
    if (EVP_DigestUpdate(context_of(sum), bytes, size) != 1)
        abort();
}

void sha256_end(struct sha256_sum *sum, uint8_t *out)
{
    unsigned length = 0;
    if (out != NULL && (EVP_DigestFinal_ex(context_of(sum), out, &length) != 1 || length != SHA256_SIZE))
        abort();
    EVP_MD_CTX_free(context_of(sum));
}
