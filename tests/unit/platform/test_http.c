/* http.h against a web server on the loopback address that behaves well and badly. */
#include "tests/unit/platform/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/http.h"
#include "tests/support/test_main.h"
#include "tests/support/web_server.h"

static const char body[] = "some bytes of a picture";

/* Each path of the server is a way to behave. */
static void serve(void *context, const char *path, struct web_reply *reply)
{
    const char *elsewhere = context;
    reply->bytes = body;
    reply->size = sizeof body - 1;
    if (strcmp(path, "/missing") == 0)
        reply->status = 404;
    else if (strcmp(path, "/silent") == 0)
        reply->manner = WEB_SILENT;
    else if (strcmp(path, "/stalled") == 0)
        reply->manner = WEB_STALLED;
    else if (strcmp(path, "/endless") == 0)
        reply->manner = WEB_ENDLESS;
    else if (strcmp(path, "/cut") == 0)
        reply->manner = WEB_CUT;
    else if (strcmp(path, "/empty") == 0)
        reply->size = 0;
    else if (strcmp(path, "/on") == 0)
        reply->status = 302, reply->location = "/a%20blank.jpg";
    else if (strcmp(path, "/loop") == 0)
        reply->status = 301, reply->location = "/loop";
    else if (strcmp(path, "/away") == 0)
        reply->status = 307, reply->location = elsewhere;
    else if (strcmp(path, "/a%20blank.jpg") != 0)
        reply->status = 500;
}

struct web {
    struct web_server *server;
    struct http_host host;
    struct http_limits limits;
    char url[200];
};

static void web_open(struct web *web, const char *elsewhere)
{
    memset(web, 0, sizeof *web);
    web->server = web_server_start(serve, (void *)(uintptr_t)elsewhere, false, NULL);
    web->host = (struct http_host){"127.0.0.1", web_server_port(web->server), true, true};
    web->limits = (struct http_limits){
        .hosts = &web->host, .host_count = 1, .connect_ms = 10000, .total_ms = 30000, .size = 1000};
}

static void web_close(struct web *web)
{
    web_server_stop(web->server);
}

static const char *url_of(struct web *web, const char *path)
{
    (void)snprintf(web->url, sizeof web->url, "http://127.0.0.1:%u%s", web_server_port(web->server), path);
    return web->url;
}

/* One request by a client of its own. */
static enum http_verdict get(const struct http_limits *limits, const char *url, struct http_answer *out)
{
    struct http *http = http_open(limits, NULL, NULL);
    assert_non_null(http);
    enum http_verdict verdict = http_get(http, url, out);
    assert_true((verdict == HTTP_DONE) == (out->bytes != NULL));
    http_close(http);
    return verdict;
}

static enum http_verdict verdict_of(struct web *web, const char *path)
{
    struct http_answer answer;
    enum http_verdict verdict = get(&web->limits, url_of(web, path), &answer);
    free(answer.bytes);
    return verdict;
}

static void test_what_is_there_is_fetched(void **state)
{
    (void)state;
    struct web web;
    struct http_answer answer;
    web_open(&web, NULL);
    struct http *http = http_open(&web.limits, NULL, NULL);
    static const char *const paths[] = {"/a%20blank.jpg", "/a blank.jpg", "/on"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(http_get(http, url_of(&web, paths[i]), &answer), HTTP_DONE);
        assert_int_equal(answer.size, sizeof body - 1);
        assert_string_equal(answer.bytes, body);
        assert_int_equal(answer.status, 200);
        free(answer.bytes);
    }
    assert_int_equal(http_get(http, url_of(&web, "/empty"), &answer), HTTP_DONE);
    assert_int_equal(answer.size, 0);
    free(answer.bytes);
    http_close(http);
    web_close(&web);
}

static void test_what_the_server_does_wrong(void **state)
{
    (void)state;
    struct web web;
    struct http_answer answer;
    web_open(&web, NULL);
    assert_int_equal(get(&web.limits, url_of(&web, "/missing"), &answer), HTTP_STATUS);
    assert_int_equal(answer.status, 404);
    assert_int_equal(verdict_of(&web, "/nothing-of-ours"), HTTP_STATUS);
    assert_int_equal(verdict_of(&web, "/endless"), HTTP_TOO_LARGE);
    assert_int_equal(verdict_of(&web, "/cut"), HTTP_UNREACHABLE);
    assert_int_equal(verdict_of(&web, "/loop"), HTTP_REDIRECTS);
    web.limits.total_ms = 300;
    assert_int_equal(verdict_of(&web, "/silent"), HTTP_TIMEOUT);
    assert_int_equal(verdict_of(&web, "/stalled"), HTTP_TIMEOUT);
    web_close(&web);
}

static void test_size_has_a_limit(void **state)
{
    (void)state;
    struct web web;
    web_open(&web, NULL);
    web.limits.size = sizeof body - 1;
    assert_int_equal(verdict_of(&web, "/a%20blank.jpg"), HTTP_DONE);
    web.limits.size = sizeof body - 2;
    assert_int_equal(verdict_of(&web, "/a%20blank.jpg"), HTTP_TOO_LARGE);
    web_close(&web);
}

static void test_nobody_listens(void **state)
{
    (void)state;
    char url[100];
    struct http_host host = {"127.0.0.1", web_server_free_port(), true, true};
    struct http_limits limits = {
        .hosts = &host, .host_count = 1, .connect_ms = 10000, .total_ms = 30000, .size = 10};
    struct http_answer answer;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/x", (unsigned)host.port);
    assert_int_equal(get(&limits, url, &answer), HTTP_UNREACHABLE);
}

static void test_only_listed_hosts(void **state)
{
    (void)state;
    struct web web;
    struct http_answer answer;
    char other[120];
    web_open(&web, "http://photos.example/x.jpg");
    unsigned port = web_server_port(web.server);
    const char *const refused[] = {"http://photos.example/x.jpg", "http://127.0.0.1/x.jpg"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(get(&web.limits, refused[i], &answer), HTTP_HOST_NOT_LISTED);
    /* The other scheme, and another spelling of the same address, which is only the same when it is read. */
    (void)snprintf(other, sizeof other, "https://127.0.0.1:%u/x", port);
    assert_int_equal(get(&web.limits, other, &answer), HTTP_HOST_NOT_LISTED);
    (void)snprintf(other, sizeof other, "http://localhost:%u/x", port);
    assert_int_equal(get(&web.limits, other, &answer), HTTP_HOST_NOT_LISTED);
    (void)snprintf(other, sizeof other, "http://127.0.0.1:%u@photos.example/x", port);
    assert_int_equal(get(&web.limits, other, &answer), HTTP_URL_INVALID);
    (void)snprintf(other, sizeof other, "http://user:word@127.0.0.1:%u/x", port);
    assert_int_equal(get(&web.limits, other, &answer), HTTP_URL_INVALID);
    static const char *const no_urls[] = {
        "ftp://127.0.0.1/x",    "file:///etc/passwd",      "photos/1.jpg", "", "http://",
        "gopher://127.0.0.1/x", "\\\\server\\share\\1.jpg"};
    for (size_t i = 0; i < sizeof no_urls / sizeof no_urls[0]; i++)
        assert_int_equal(get(&web.limits, no_urls[i], &answer), HTTP_URL_INVALID);
    assert_int_equal(web_server_requests(web.server), 0); /* nobody was asked */
    assert_int_equal(verdict_of(&web, "/away"), HTTP_REDIRECT_NOT_LISTED);
    assert_int_equal(web_server_requests(web.server), 1);
    assert_ptr_equal(http_find_host(&web.limits, url_of(&web, "/x")), &web.host);
    assert_null(http_find_host(&web.limits, refused[0]));
    web_close(&web);
}

/* The name is listed; where it leads is not allowed. */
static void test_private_addresses_are_refused(void **state)
{
    (void)state;
    struct web web;
    struct http_answer answer;
    char url[100];
    web_open(&web, NULL);
    web.host.allow_private = false;
    assert_int_equal(verdict_of(&web, "/on"), HTTP_ADDRESS_PRIVATE);
    web.host.name = "localhost";
    (void)snprintf(url, sizeof url, "http://LOCALHOST:%u/on", web_server_port(web.server));
    assert_int_equal(get(&web.limits, url, &answer), HTTP_ADDRESS_PRIVATE);
    assert_int_equal(web_server_requests(web.server), 0);
    web.host.allow_private = true;
    assert_int_equal(get(&web.limits, url, &answer), HTTP_DONE);
    free(answer.bytes);
    web_close(&web);
}

static bool cancel(void *context)
{
    unsigned *asked = context;
    return ++*asked > 0;
}

static void test_a_request_is_cut_off(void **state)
{
    (void)state;
    struct web web;
    struct http_answer answer;
    unsigned asked = 0;
    web_open(&web, NULL);
    struct http *http = http_open(&web.limits, cancel, &asked);
    assert_int_equal(http_get(http, url_of(&web, "/silent"), &answer), HTTP_CANCELLED);
    assert_true(asked > 0);
    http_close(http);
    web_close(&web);
}

static void test_tls(void **state)
{
#ifdef _WIN32
    (void)state;
    print_message("not asked under Windows: the test has no TLS server there; natively OpenSSL is asked, and "
                  "docs/wine-and-windows.md has the check of Schannel\n");
#else
    const char *certificate = scene_path(state, "authority.pem");
    struct web_server *server = web_server_start(serve, NULL, true, certificate);
    unsigned port = web_server_port(server);
    struct http_host hosts[] = {{"localhost", port, false, true}, {"127.0.0.1", port, false, true}};
    struct http_limits limits = {
        .hosts = hosts, .host_count = 2, .connect_ms = 10000, .total_ms = 30000, .size = 1000};
    struct http_answer answer;
    char url[100];
    (void)snprintf(url, sizeof url, "https://localhost:%u/on", port);
    assert_int_equal(get(&limits, url, &answer), HTTP_CERTIFICATE); /* nobody knows who signed it */
    limits.certificates = certificate;
    assert_int_equal(get(&limits, url, &answer), HTTP_DONE);
    assert_string_equal(answer.bytes, body);
    free(answer.bytes);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/on", port);
    assert_int_equal(get(&limits, url, &answer), HTTP_CERTIFICATE); /* it is another one's */
    web_server_stop(server);
#endif
}

/* Bytes of an address of either length, written as numbers. */
struct address {
    size_t size;
    unsigned char bytes[16];
};

static void test_which_addresses_are_private(void **state)
{
    (void)state;
    static const struct address inside[] = {
        {4, {0, 0, 0, 0}},
        {4, {10, 1, 2, 3}},
        {4, {100, 64, 0, 1}},
        {4, {100, 127, 255, 255}},
        {4, {127, 0, 0, 1}},
        {4, {127, 255, 0, 1}},
        {4, {169, 254, 169, 254}},
        {4, {172, 16, 0, 1}},
        {4, {172, 31, 255, 255}},
        {4, {192, 168, 1, 1}},
        {4, {198, 19, 0, 1}},
        {4, {224, 0, 0, 1}},
        {4, {255, 255, 255, 255}},
        {16, {0}},
        {16, {[15] = 1}},
        {16, {0xFC, 0}},
        {16, {0xFD, 1}},
        {16, {0xFE, 0x80}},
        {16, {0xFE, 0xC0}},
        {16, {0xFF, 0x02}},
        {16, {[10] = 0xFF, [11] = 0xFF, [12] = 127, [15] = 1}},
        {16, {[10] = 0xFF, [11] = 0xFF, [12] = 10}},
        {16, {0x00, 0x64, 0xFF, 0x9B, [12] = 192, [13] = 168}},
        {16, {0x20, 0x02, 10, 0, 0, 1}},
        {16, {0x20, 0x01, 0x00, 0x00}},
        {16, {0x20, 0x01, 0x0D, 0xB8}},
    };
    static const struct address outside[] = {
        {4, {1, 1, 1, 1}},
        {4, {9, 255, 255, 255}},
        {4, {11, 0, 0, 0}},
        {4, {100, 63, 255, 255}},
        {4, {100, 128, 0, 0}},
        {4, {172, 15, 255, 255}},
        {4, {172, 32, 0, 0}},
        {4, {192, 167, 255, 255}},
        {4, {223, 255, 255, 255}},
        {16, {0x26, 0x06, 0x47, 0x00}},
        {16, {0x2A, 0x00}},
        {16, {[10] = 0xFF, [11] = 0xFF, [12] = 8, [13] = 8}},
        {16, {0x20, 0x02, 8, 8, 8, 8}},
    };
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (!http_address_is_private(inside[i].bytes, inside[i].size))
            fail_msg("address %lu passes", (unsigned long)i);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (http_address_is_private(outside[i].bytes, outside[i].size))
            fail_msg("public address %lu does not pass", (unsigned long)i);
    assert_true(http_address_is_private(outside[0].bytes, 7));
}

static void test_every_verdict_has_a_word(void **state)
{
    (void)state;
    for (int i = 0; i <= HTTP_FAILED; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(http_verdict_name((enum http_verdict)i),
                                    http_verdict_name((enum http_verdict)k));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there_is_fetched),
        cmocka_unit_test(test_what_the_server_does_wrong),
        cmocka_unit_test(test_size_has_a_limit),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_only_listed_hosts),
        cmocka_unit_test(test_private_addresses_are_refused),
        cmocka_unit_test(test_a_request_is_cut_off),
        cmocka_unit_test_setup_teardown(test_tls, scene_enter, scene_leave),
        cmocka_unit_test(test_which_addresses_are_private),
        cmocka_unit_test(test_every_verdict_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
