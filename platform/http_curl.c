/* By libcurl. The only file that includes its header; the same on Windows (Schannel) and natively (OpenSSL). */
#include "platform/http.h"

#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>

#include "platform/thread.h"

#define REDIRECTS_MAX 5
#define CONNECTIONS   4L /* kept open by one client */

struct http {
    const struct http_limits *limits;
    bool (*cancelled)(void *context);
    void *context;
    CURL *curl;
    /* of the request under way */
    const struct http_host *host;
    bool address_refused;
    bool too_large;
    bool no_memory;
    char *bytes;
    size_t size, capacity;
};

/* curl_global_init is for one thread, once; nothing is freed at the end, since the process ends then too. */
static bool library_ready(void)
{
    static struct mutex lock = MUTEX_INITIALIZER;
    static bool tried, ready;
    mutex_lock(&lock);
    if (!tried)
        ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    tried = true;
    bool answer = ready;
    mutex_unlock(&lock);
    return answer;
}

/* ---- what libcurl asks while it works ---- */

/* RFC: family and port stand before the address in sockaddr_in; in sockaddr_in6 the flow label too. The same on both systems. */
static bool address_allowed(const struct http *http, const struct curl_sockaddr *address)
{
    const unsigned char *bytes = (const unsigned char *)&address->addr;
    if (http->host->allow_private)
        return true;
    if (address->family == AF_INET)
        return !http_address_is_private(bytes + 4, 4);
    if (address->family == AF_INET6)
        return !http_address_is_private(bytes + 8, 16);
    return false;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http *http = context;
    (void)purpose;
    if (!address_allowed(http, address)) {
        http->address_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype, address->protocol);
}

static int report_progress(void *context, curl_off_t to_come, curl_off_t came, curl_off_t to_go,
                           curl_off_t went)
{
    const struct http *http = context;
    (void)to_come;
    (void)came;
    (void)to_go;
    (void)went;
    return http->cancelled != NULL && http->cancelled(http->context);
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *context)
{
    struct http *http = context;
    (void)one; /* always 1 */
    if (count > http->limits->size - http->size) {
        http->too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    if (http->size + count + 1 > http->capacity) {
        size_t wanted = http->size + count + 1;
        size_t capacity = http->capacity * 2 > wanted ? http->capacity * 2 : wanted;
        char *grown = realloc(http->bytes, capacity);
        if (grown == NULL) {
            http->no_memory = true;
            return CURL_WRITEFUNC_ERROR;
        }
        http->bytes = grown;
        http->capacity = capacity;
    }
    memcpy(http->bytes + http->size, bytes, count);
    http->size += count;
    http->bytes[http->size] = '\0';
    return count;
}

/* ---- one client ---- */

struct http *http_open(const struct http_limits *limits, bool (*cancelled)(void *context), void *context)
{
    struct http *http = library_ready() ? calloc(1, sizeof *http) : NULL;
    if (http == NULL)
        return NULL;
    http->limits = limits;
    http->cancelled = cancelled;
    http->context = context;
    http->curl = curl_easy_init();
    if (http->curl != NULL)
        return http;
    free(http);
    return NULL;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->curl);
    free(http->bytes);
    free(http);
}

static CURLcode set_up(struct http *http, CURLU *url)
{
    CURL *curl = http->curl;
    const struct http_limits *limits = http->limits;
    CURLcode code = CURLE_OK;
    curl_easy_reset(curl);
#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        if (code == CURLE_OK)                                                                                \
            code = curl_easy_setopt(curl, option, value);                                                    \
    } while (0)
    SET(CURLOPT_CURLU, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L); /* http_get judges each step */
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "CorBridge");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name that is still being looked up does not hold the end up */
    SET(CURLOPT_MAXCONNECTS, CONNECTIONS);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms);
    SET(CURLOPT_TIMEOUT_MS, (long)limits->total_ms);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits->size);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* A list of revoked certificates that cannot be had must not stop what a jail's own authority signed. */
    SET(CURLOPT_SSL_OPTIONS, (long)CURLSSLOPT_REVOKE_BEST_EFFORT);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, http);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, report_progress);
    SET(CURLOPT_XFERINFODATA, http);
    SET(CURLOPT_WRITEFUNCTION, take_bytes);
    SET(CURLOPT_WRITEDATA, http);
    if (limits->certificates != NULL)
        SET(CURLOPT_CAINFO, limits->certificates);
#undef SET
    return code;
}

static enum http_verdict judge(const struct http *http, CURLcode code)
{
    if (http->no_memory || code == CURLE_OUT_OF_MEMORY)
        return HTTP_NO_MEMORY;
    if (http->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return HTTP_TOO_LARGE;
    switch (code) {
    case CURLE_OK: return HTTP_DONE;
    case CURLE_ABORTED_BY_CALLBACK: return HTTP_CANCELLED;
    case CURLE_OPERATION_TIMEDOUT: return HTTP_TIMEOUT;
    case CURLE_COULDNT_CONNECT: return http->address_refused ? HTTP_ADDRESS_PRIVATE : HTTP_UNREACHABLE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return HTTP_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return HTTP_CERTIFICATE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return HTTP_URL_INVALID;
    default: return HTTP_FAILED;
    }
}

/* ---- URLs ---- */

static bool same_text(const char *a, const char *b)
{
    return curl_strequal(a, b) != 0;
}

/* The listed host of a URL that was read. *valid: the URL has all that is needed. */
static const struct http_host *find_host(const struct http_limits *limits, CURLU *url, bool *valid)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    const struct http_host *found = NULL;
    *valid = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
             curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
             curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
             (same_text(scheme, "http") || same_text(scheme, "https"));
    for (size_t i = 0; *valid && found == NULL && i < limits->host_count; i++) {
        const struct http_host *listed = &limits->hosts[i];
        if (same_text(scheme, listed->plain ? "http" : "https") && same_text(host, listed->name) &&
            strtoul(port, NULL, 10) == listed->port)
            found = listed;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return found;
}

/* NULL: no URL. Blanks are allowed, as vendors write them. */
static CURLU *read_url(const char *text)
{
    CURLU *url = curl_url();
    if (url != NULL &&
        curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_ALLOW_SPACE) == CURLUE_OK)
        return url;
    curl_url_cleanup(url);
    return NULL;
}

const struct http_host *http_find_host(const struct http_limits *limits, const char *url)
{
    bool valid;
    CURLU *read = library_ready() ? read_url(url) : NULL;
    const struct http_host *host = read != NULL ? find_host(limits, read, &valid) : NULL;
    curl_url_cleanup(read);
    return host;
}

/* ---- the request ---- */

/* One request. *next: where the answer sends on to (curl_free), or NULL. */
static enum http_verdict get_once(struct http *http, CURLU *url, long *status, char **next)
{
    http->size = 0;
    http->address_refused = http->too_large = http->no_memory = false;
    CURLcode code = set_up(http, url);
    if (code == CURLE_OK)
        code = curl_easy_perform(http->curl);
    *status = 0;
    (void)curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, status);
    enum http_verdict verdict = judge(http, code);
    const char *location = NULL;
    if (verdict != HTTP_DONE || *status == 200)
        return verdict;
    if (*status >= 300 && *status < 400 &&
        curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &location) == CURLE_OK && location != NULL)
        *next = strdup(location);
    return HTTP_STATUS;
}

static enum http_verdict get(struct http *http, const char *first, long *status)
{
    enum http_verdict verdict = HTTP_REDIRECTS;
    char *sent_on = NULL;
    for (int step = 0; step <= REDIRECTS_MAX; step++) {
        bool valid = false;
        CURLU *url = read_url(step == 0 ? first : sent_on);
        free(sent_on);
        sent_on = NULL;
        http->host = url != NULL ? find_host(http->limits, url, &valid) : NULL;
        if (http->host == NULL) {
            curl_url_cleanup(url);
            return step > 0 ? HTTP_REDIRECT_NOT_LISTED : valid ? HTTP_HOST_NOT_LISTED : HTTP_URL_INVALID;
        }
        verdict = get_once(http, url, status, &sent_on);
        (void)curl_easy_setopt(http->curl, CURLOPT_CURLU, NULL);
        curl_url_cleanup(url);
        if (sent_on == NULL)
            return verdict;
    }
    free(sent_on);
    return HTTP_REDIRECTS;
}

enum http_verdict http_get(struct http *http, const char *url, struct http_answer *out)
{
    *out = (struct http_answer){0};
    enum http_verdict verdict = get(http, url, &out->status);
    if (verdict == HTTP_DONE) {
        if (http->bytes == NULL) /* an empty answer */
            http->bytes = calloc(1, 1);
        if (http->bytes == NULL)
            return HTTP_NO_MEMORY;
        out->bytes = http->bytes;
        out->size = http->size;
    } else {
        free(http->bytes);
    }
    http->bytes = NULL;
    http->size = http->capacity = 0;
    return verdict;
}

const char *http_library_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}
