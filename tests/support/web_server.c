#include "tests/support/web_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
typedef SOCKET socket_handle;
typedef int transfer_size;
#define NO_SOCKET     INVALID_SOCKET
#define SEND_FLAGS    0
#define SHUTDOWN_BOTH SD_BOTH
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
typedef int socket_handle;
typedef size_t transfer_size;
#define NO_SOCKET     (-1)
#define SEND_FLAGS    MSG_NOSIGNAL
#define SHUTDOWN_BOTH SHUT_RDWR
#define closesocket   close
#endif

#include "platform/thread.h"

#define REQUEST_BYTES 4096

struct web_server {
    web_serve serve;
    void *context;
    socket_handle listener;
    unsigned port;
    struct thread *thread;
    struct mutex lock;
    bool stopping;            /* under the lock */
    socket_handle connection; /* under the lock */
    unsigned requests;        /* under the lock */
#ifndef _WIN32
    SSL_CTX *tls;
    SSL *session; /* of the connection; NULL: plain */
#endif
};

static void must(bool condition, const char *what)
{
    if (!condition) {
        (void)fprintf(stderr, "web_server: %s\n", what);
        abort();
    }
}

/* ---- sockets ---- */

static void begin_sockets(void)
{
#ifdef _WIN32
    WSADATA data;
    must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
#endif
}

static socket_handle listen_somewhere(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    begin_sockets();
    socket_handle listener = socket(AF_INET, SOCK_STREAM, 0);
    must(listener != NO_SOCKET, "socket");
    must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    must(listen(listener, 16) == 0, "listen");
    *port = ntohs(address.sin_port);
    return listener;
}

unsigned web_server_free_port(void)
{
    unsigned port;
    closesocket(listen_somewhere(&port));
    return port;
}

/* ---- TLS ---- */

#ifndef _WIN32
static void make_certificate(struct web_server *server, const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    must(key != NULL && certificate != NULL, "a key");
    (void)X509_set_version(certificate, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME *name = X509_get_subject_name(certificate);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    (void)X509_set_issuer_name(certificate, name);
    (void)X509_set_pubkey(certificate, key);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");
    (void)X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    must(X509_sign(certificate, key, EVP_sha256()) > 0, "a certificate");
    server->tls = SSL_CTX_new(TLS_server_method());
    must(server->tls != NULL && SSL_CTX_use_certificate(server->tls, certificate) == 1 &&
             SSL_CTX_use_PrivateKey(server->tls, key) == 1,
         "TLS");
    if (path != NULL) {
        FILE *file = fopen(path, "wb");
        must(file != NULL && PEM_write_X509(file, certificate) == 1 && fclose(file) == 0, "its PEM file");
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
}
#endif

/* ---- one connection ---- */

/* As send and recv: less than 1 when the other side is gone. */
static int send_some(struct web_server *server, const void *bytes, size_t size)
{
#ifndef _WIN32
    if (server->session != NULL)
        return SSL_write(server->session, bytes, (int)size);
#endif
    return (int)send(server->connection, bytes, (transfer_size)size, SEND_FLAGS);
}

static int receive_some(struct web_server *server, void *bytes, size_t size)
{
#ifndef _WIN32
    if (server->session != NULL)
        return SSL_read(server->session, bytes, (int)size);
#endif
    return (int)recv(server->connection, bytes, (transfer_size)size, 0);
}

static bool send_all(struct web_server *server, const char *bytes, size_t size)
{
    while (size > 0) {
        int sent = send_some(server, bytes, size);
        if (sent < 1)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static void wait_until_gone(struct web_server *server)
{
    char byte;
    while (receive_some(server, &byte, 1) > 0)
        continue;
}

static void answer(struct web_server *server, const struct web_reply *reply)
{
    char head[2048];
    size_t promised = reply->manner == WEB_CUT ? reply->size * 2 : reply->size;
    int length = snprintf(head, sizeof head, "HTTP/1.1 %d Answer\r\nConnection: close\r\n",
                          reply->status != 0 ? reply->status : 200);
    if (reply->location != NULL)
        length += snprintf(head + length, sizeof head - (size_t)length, "Location: %s\r\n", reply->location);
    if (reply->manner != WEB_ENDLESS)
        length += snprintf(head + length, sizeof head - (size_t)length, "Content-Length: %zu\r\n", promised);
    length += snprintf(head + length, sizeof head - (size_t)length, "\r\n");
    if (reply->manner == WEB_SILENT) {
        wait_until_gone(server);
        return;
    }
    bool there = send_all(server, head, (size_t)length);
    if (reply->manner == WEB_STALLED) {
        if (there && send_all(server, reply->bytes, reply->size / 2))
            wait_until_gone(server);
        return;
    }
    do
        there = there && send_all(server, reply->bytes, reply->size);
    while (there && reply->manner == WEB_ENDLESS);
}

static void serve_connection(struct web_server *server)
{
    char request[REQUEST_BYTES + 1];
    size_t size = 0;
    request[0] = '\0';
    while (size < REQUEST_BYTES && strstr(request, "\r\n\r\n") == NULL) {
        int count = receive_some(server, request + size, REQUEST_BYTES - size);
        if (count < 1)
            return;
        size += (size_t)count;
        request[size] = '\0';
    }
    char *path = strchr(request, ' ');
    char *end = path != NULL ? strchr(path + 1, ' ') : NULL;
    if (end == NULL)
        return;
    *end = '\0';
    mutex_lock(&server->lock);
    server->requests++;
    mutex_unlock(&server->lock);
    struct web_reply reply = {.manner = WEB_WHOLE};
    server->serve(server->context, path + 1, &reply);
    answer(server, &reply);
}

static void set_connection(struct web_server *server, socket_handle connection)
{
    mutex_lock(&server->lock);
    server->connection = connection;
    if (server->stopping && connection != NO_SOCKET)
        (void)shutdown(connection, SHUTDOWN_BOTH);
    mutex_unlock(&server->lock);
}

static void run(void *context)
{
    struct web_server *server = context;
    for (;;) {
        socket_handle connection = accept(server->listener, NULL, NULL);
        if (connection == NO_SOCKET)
            return;
        set_connection(server, connection);
#ifndef _WIN32
        bool ready = true;
        if (server->tls != NULL) {
            server->session = SSL_new(server->tls);
            must(server->session != NULL && SSL_set_fd(server->session, connection) == 1, "a TLS session");
            ready = SSL_accept(server->session) == 1;
        }
        if (ready)
            serve_connection(server);
        if (server->session != NULL) {
            (void)SSL_shutdown(server->session);
            SSL_free(server->session);
            server->session = NULL;
        }
#else
        serve_connection(server);
#endif
        set_connection(server, NO_SOCKET);
        (void)shutdown(connection, SHUTDOWN_BOTH);
        closesocket(connection);
    }
}

struct web_server *web_server_start(web_serve serve, void *context, bool tls, const char *certificate)
{
    struct web_server *server = calloc(1, sizeof *server);
    must(server != NULL, "memory");
    server->serve = serve;
    server->context = context;
    server->connection = NO_SOCKET;
    mutex_init(&server->lock);
    server->listener = listen_somewhere(&server->port);
#ifdef _WIN32
    must(!tls && certificate == NULL, "TLS is not served here");
#else
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    if (tls)
        make_certificate(server, certificate);
#endif
    must(thread_start(&server->thread, "web", run, server).kind == PLATFORM_OK, "a thread");
    return server;
}

void web_server_stop(struct web_server *server)
{
    mutex_lock(&server->lock);
    server->stopping = true;
    if (server->connection != NO_SOCKET)
        (void)shutdown(server->connection, SHUTDOWN_BOTH);
    mutex_unlock(&server->lock);
    (void)shutdown(server->listener,
                   SHUTDOWN_BOTH); /* natively this ends accept(), on Windows closing does */
#ifdef _WIN32
    closesocket(server->listener);
    thread_join(server->thread);
#else
    thread_join(server->thread);
    closesocket(server->listener);
    SSL_CTX_free(server->tls);
#endif
    mutex_release(&server->lock);
    free(server);
}

unsigned web_server_port(const struct web_server *server)
{
    return server->port;
}

unsigned web_server_requests(struct web_server *server)
{
    mutex_lock(&server->lock);
    unsigned requests = server->requests;
    mutex_unlock(&server->lock);
    return requests;
}
