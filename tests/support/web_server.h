/* A web server of one thread on the loopback address: it does what the test tells it for each request, well or badly. */
#ifndef TESTS_SUPPORT_WEB_SERVER_H
#define TESTS_SUPPORT_WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct web_server; /* opaque, heap */

enum web_manner {
    WEB_WHOLE,   /* status, headers, body */
    WEB_CUT,     /* promises twice the body and closes */
    WEB_ENDLESS, /* a body without a length that never ends */
    WEB_SILENT,  /* says nothing until the other side goes away */
    WEB_STALLED  /* half of the body, then as WEB_SILENT */
};

struct web_reply {
    enum web_manner manner;
    int status;           /* 0: 200 */
    const char *location; /* NULL: none; for a redirect */
    const void *bytes;    /* the body; must live until the server is stopped */
    size_t size;
};

/* Fills *reply (zeroed before) for the path that was asked for. On the server's thread. */
typedef void (*web_serve)(void *context, const char *path, struct web_reply *reply);

/* Listens on a free port of 127.0.0.1. `tls`: with a certificate of its own making for the name localhost, natively only; its PEM text is
 * written to `certificate` when that is no NULL. Aborts when it cannot. */
struct web_server *web_server_start(web_serve serve, void *context, bool tls, const char *certificate);
void web_server_stop(struct web_server *server);

unsigned web_server_port(const struct web_server *server);
/* Requests so far. */
unsigned web_server_requests(struct web_server *server);

/* A port of 127.0.0.1 on which nobody listens. */
unsigned web_server_free_port(void);

#endif
