/* The examples of FIPS 180-4 (NIST, "SHA256.pdf", and the CAVS long message of a million times 'a'). */
#include "tests/support/cb_cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/sha256.h"
#include "platform/thread.h"
#include "tests/support/test_main.h"

/* At once, and in pieces of each length up to 9. */
static void check(const void *bytes, size_t size, const char *expected)
{
    uint8_t hash[SHA256_SIZE], in_pieces[SHA256_SIZE];
    char text[SHA256_SIZE * 2 + 1];
    sha256(bytes, size, hash);
    for (size_t length = 1; length < 10; length++) {
        struct sha256_sum *sum = sha256_begin();
        for (size_t at = 0, piece; at < size; at += piece) {
            piece = length < size - at ? length : size - at;
            sha256_add(sum, (const char *)bytes + at, piece);
        }
        sha256_end(sum, in_pieces);
        assert_memory_equal(in_pieces, hash, sizeof hash);
    }
    sha256_end(sha256_begin(), NULL); /* given up */
    sha256_end(NULL, NULL);
    for (size_t i = 0; i < SHA256_SIZE; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, expected);
}

static void test_examples(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    (void)state;
    check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(two_blocks, strlen(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void hash_a_million(void *context)
{
    (void)context;
    char *bytes = malloc(1000000);
    assert_non_null(bytes);
    memset(bytes, 'a', 1000000);
    check(bytes, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(bytes);
}

static void test_long_from_many_threads(void **state)
{
    struct thread *threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(platform_ok(thread_start(&threads[i], "hash", hash_a_million, NULL)));
    for (int i = 0; i < 4; i++)
        thread_join(threads[i]);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_long_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
