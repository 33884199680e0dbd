#include "platform/http.h"

#include <string.h>

const char *http_verdict_name(enum http_verdict verdict)
{
    switch (verdict) {
    case HTTP_DONE: return "done";
    case HTTP_URL_INVALID: return "url-invalid";
    case HTTP_HOST_NOT_LISTED: return "host-not-listed";
    case HTTP_REDIRECT_NOT_LISTED: return "redirect-not-listed";
    case HTTP_REDIRECTS: return "redirects";
    case HTTP_ADDRESS_PRIVATE: return "address-private";
    case HTTP_UNREACHABLE: return "unreachable";
    case HTTP_TIMEOUT: return "timeout";
    case HTTP_CERTIFICATE: return "certificate";
    case HTTP_STATUS: return "http-status";
    case HTTP_TOO_LARGE: return "too-large";
    case HTTP_CANCELLED: return "cancelled";
    case HTTP_NO_MEMORY: return "no-memory";
    case HTTP_FAILED: return "http-failed";
    }
    return "http-failed";
}

struct block {
    unsigned char address[16];
    unsigned bits; /* how many of them count */
};

static bool in_block(const unsigned char *address, const struct block *block)
{
    size_t whole = block->bits / 8;
    unsigned rest = block->bits % 8;
    if (memcmp(address, block->address, whole) != 0)
        return false;
    unsigned mask = 0xFFu & ~(0xFFu >> rest);
    return rest == 0 || ((address[whole] ^ block->address[whole]) & mask) == 0;
}

static bool in_any(const unsigned char *address, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (in_block(address, &blocks[i]))
            return true;
    return false;
}

static bool is_private_v4(const unsigned char *address)
{
    static const struct block blocks[] = {
        {{0}, 8},             /* this network */
        {{10}, 8},            /* private */
        {{100, 64}, 10},      /* shared by carriers */
        {{127}, 8},           /* loopback */
        {{169, 254}, 16},     /* link-local */
        {{172, 16}, 12},      /* private */
        {{192, 0, 0}, 24},    /* protocol assignments */
        {{192, 0, 2}, 24},    /* documentation */
        {{192, 88, 99}, 24},  /* relays of 6to4 */
        {{192, 168}, 16},     /* private */
        {{198, 18}, 15},      /* benchmarks */
        {{198, 51, 100}, 24}, /* documentation */
        {{203, 0, 113}, 24},  /* documentation */
        {{224}, 4},           /* multicast */
        {{240}, 4},           /* reserved, broadcast */
    };
    return in_any(address, blocks, sizeof blocks / sizeof blocks[0]);
}

bool http_address_is_private(const unsigned char *address, size_t size)
{
    static const struct block public_v6 = {{0x20}, 3}; /* 2000::/3, all that is given out so far */
    static const struct block blocks[] = {
        {{0x20, 0x01, 0x00}, 23},       /* protocol assignments, Teredo */
        {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
        {{0x3f, 0xff}, 20},             /* documentation */
    };
    static const struct block mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96}; /* ::ffff:0:0 */
    static const struct block translated = {{0x00, 0x64, 0xff, 0x9b}, 96};               /* 64:ff9b:: */
    static const struct block sixtofour = {{0x20, 0x02}, 16};
    if (size == 4)
        return is_private_v4(address);
    if (size != 16)
        return true;
    if (in_block(address, &mapped) || in_block(address, &translated))
        return is_private_v4(address + 12);
    if (in_block(address, &sixtofour))
        return is_private_v4(address + 2);
    return !in_block(address, &public_v6) || in_any(address, blocks, sizeof blocks / sizeof blocks[0]);
}
