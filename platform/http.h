/*
 * One GET by http or https, as a service may make it for somebody who is not trusted: from hosts that are listed, within limits, to
 * addresses that are allowed. Any thread, one client each.
 *
 * No proxy of the environment, no cookies, no credentials, no compression; http 1.1. Redirects are followed at most five times, each only to
 * a listed host. The address is checked that is really connected to, not one that was looked up before (DNS rebinding).
 */
#ifndef CORBRIDGE_PLATFORM_HTTP_H
#define CORBRIDGE_PLATFORM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http; /* opaque, heap: one client, which keeps connections open between requests */

/* Where requests may go. */
struct http_host {
    const char *name;   /* as in the URL, without regard to case; an address of IPv6 in brackets */
    uint32_t port;      /* 1 to 65535 */
    bool plain;         /* by http; else by https */
    bool allow_private; /* its addresses may be private, loopback or link-local */
};

struct http_limits {
    const struct http_host *hosts;
    size_t host_count;
    uint32_t connect_ms;      /* to be connected, with name and TLS */
    uint32_t total_ms;        /* until the last byte, of each request; redirects are requests */
    size_t size;              /* bytes of the answer */
    const char *certificates; /* PEM file of the authorities that are trusted; NULL: the system's */
};

enum http_verdict {
    HTTP_DONE,
    HTTP_URL_INVALID, /* no URL of http or https, or one with a user in it */
    HTTP_HOST_NOT_LISTED,
    HTTP_REDIRECT_NOT_LISTED, /* a listed host sends on to another one */
    HTTP_REDIRECTS,           /* more than five */
    HTTP_ADDRESS_PRIVATE,     /* the name leads to an address that only a host with allow_private may have */
    HTTP_UNREACHABLE,         /* name unknown, no connection, or it broke off */
    HTTP_TIMEOUT,
    HTTP_CERTIFICATE, /* TLS: the other side is not who it should be, or cannot be agreed with */
    HTTP_STATUS,      /* the answer is not 200 */
    HTTP_TOO_LARGE,
    HTTP_CANCELLED,
    HTTP_NO_MEMORY,
    HTTP_FAILED /* anything else */
};

/* The stable word: "done", "url-invalid", "host-not-listed", "timeout", …; static. */
const char *http_verdict_name(enum http_verdict verdict);

/* `limits` must outlive the client. `cancelled` is asked about once a second, and more often while bytes come, on the thread of
 * http_get: true ends the request. NULL when memory is exhausted. */
struct http *http_open(const struct http_limits *limits, bool (*cancelled)(void *context), void *context);
void http_close(struct http *http); /* NULL is allowed */

struct http_answer {
    char *bytes; /* heap, the caller frees; with a NUL behind that is not counted. NULL but for HTTP_DONE */
    size_t size;
    long status; /* of the last answer; 0: there was none */
};

/* Fetches. Whatever it says, *out is written. */
enum http_verdict http_get(struct http *http, const char *url, struct http_answer *out);

/* The host that a URL names, as struct http_host has it, found among the listed ones; NULL: none, or it is no URL. Asks nobody. */
const struct http_host *http_find_host(const struct http_limits *limits, const char *url);

/* Whether an address (4 or 16 bytes, as it goes over the wire) is none of the public internet: private, loopback, link-local, multicast,
 * reserved; of IPv6 also those that carry such an address of IPv4 (RFC 6890 and the registries that it names). */
bool http_address_is_private(const unsigned char *address, size_t size);

/* "8.21.0": of the library that is linked in; static. */
const char *http_library_version(void);

#endif
