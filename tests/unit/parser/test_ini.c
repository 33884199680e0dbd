#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/ini.h"
#include "parser/limits.h"
#include "tests/unit/parser/parser_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read {
    struct arena arena;
    struct fault_list faults;
    struct ini_document document;
    enum parse_status status;
};

static void read_text(struct read *read, struct slice text)
{
    arena_init(&read->arena, 0);
    fault_list_init(&read->faults, &read->arena);
    read->status = ini_read(text, &read->arena, &read->faults, &read->document);
}

static void release(struct read *read)
{
    arena_release(&read->arena);
}

/* "name=value|" of every pair; a broken one as "name!|". */
static char *describe_pairs(const struct ini_document *document)
{
    char *text = calloc(4096, 1);
    assert_non_null(text);
    size_t length = 0;
    for (size_t i = 0; i < document->count; i++) {
        const struct ini_pair *pair = &document->pairs[i];
        int name = (int)pair->name.len;
        if (pair->broken)
            length += (size_t)snprintf(text + length, 4096 - length, "%.*s!|", name, pair->name.ptr);
        else
            length += (size_t)snprintf(text + length, 4096 - length, "%.*s=%.*s|", name, pair->name.ptr,
                                       (int)pair->value.len, pair->value.len > 0 ? pair->value.ptr : "");
    }
    return text;
}

static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum parse_status status;
        const char *pairs;
        const char *faults;
    } cases[] = {
        {"A=\"1\"\nB=\"2\"\n", PARSE_OK, "A=1|B=2|", ""},
        {"A=\"1\"\r\nB=\"2\"\r\n", PARSE_OK, "A=1|B=2|", ""},
        {"A=\"1\"\rB=\"2\"\r", PARSE_OK, "A=1|B=2|", ""},
        {"A=\"1\"\nB=\"2\"", PARSE_OK, "A=1|B=2|", ""},
        {"A=\"\"\n", PARSE_OK, "A=|", ""},
        {"A=\"1\" \t\n", PARSE_OK, "A=1|", ""},
        {"A=\" 1 = 2; # \"\n", PARSE_OK, "A= 1 = 2; # |", ""},
        {"A=\"say \"\"so\"\"\"\n", PARSE_OK, "A=say \"so\"|", ""},
        {"A=\"\"\"\"\n", PARSE_OK, "A=\"|", ""},
        {"A=\"1\"\nA=\"1\"\n", PARSE_OK, "A=1|A=1|", ""},
        /* passed over */
        {"\n \t\nA=\"1\"\n\n", PARSE_OK, "A=1|",
         "warning line-passed-over 1\nwarning line-passed-over 2\nwarning line-passed-over 4\n"},
        {"; x\n# y=\"1\"\nA=\"1\"\n", PARSE_OK, "A=1|",
         "warning line-passed-over 1\nwarning line-passed-over 2\n"},
        {"[Event]\nA=\"1\"\n", PARSE_OK, "A=1|", "warning line-passed-over 1\n"},
        {"[Event] \nA=\"1\"\n[More]\n", PARSE_INVALID, "A=1|",
         "warning line-passed-over 1\nerror section-twice 3\n"},
        {"[Event\nA=\"1\"\n", PARSE_INVALID, "A=1|", "error line-without-equals 1\n"},
        /* form */
        {"A=\"1\"\nwords\nB=\"2\"\n", PARSE_INVALID, "A=1|B=2|", "error line-without-equals 2\n"},
        {"=\"1\"\n", PARSE_INVALID, "", "error line-without-equals 1\n"},
        {" A=\"1\"\n", PARSE_INVALID, "A!|", "error blank-around-name 1\n"},
        {"A =\"1\"\n", PARSE_INVALID, "A!|", "error blank-around-name 1\n"},
        {"A B=\"1\"\n", PARSE_INVALID, "A B!|", "error blank-around-name 1\n"},
        {"A= \"1\"\n", PARSE_INVALID, "A!|", "error blank-around-name 1\n"},
        {"A=1\n", PARSE_INVALID, "A!|", "error value-not-quoted 1\n"},
        {"A='1'\n", PARSE_INVALID, "A!|", "error value-not-quoted 1\n"},
        {"A=\n", PARSE_INVALID, "A!|", "error value-not-quoted 1\n"},
        {"A=1", PARSE_INVALID, "A!|", "error value-not-quoted 1\n"},
        {"A=\"1\nB=\"2\"\n", PARSE_INVALID, "A!|B=2|", "error quote-not-closed 1\n"},
        {"A=\"1\"\"\nB=\"2\"\n", PARSE_INVALID, "A!|B=2|", "error quote-not-closed 1\n"},
        {"A=\"\"\"\n", PARSE_INVALID, "A!|", "error quote-not-closed 1\n"},
        {"A=\"O\"Hara\"\n", PARSE_INVALID, "A!|", "error quote-not-doubled 1\n"},
        {"A=\"\"x\"\"\n", PARSE_INVALID, "A!|", "error quote-not-doubled 1\n"},
        {"A=\"1\" ; x\n", PARSE_INVALID, "A!|", "error text-after-value 1\n"},
        {"A=\"1\"x", PARSE_INVALID, "A!|", "error text-after-value 1\n"},
        /* the end is cut */
        {"", PARSE_INCOMPLETE, "", "error file-empty 0\n"},
        {"A", PARSE_INCOMPLETE, "", "error last-line-cut 1\n"},
        {"A=\"1\"\nB=", PARSE_INCOMPLETE, "A=1|B!|", "error last-line-cut 2\n"},
        {"A=\"1\"\nB=\"", PARSE_INCOMPLETE, "A=1|B!|", "error last-line-cut 2\n"},
        {"A=\"1\"\nB=\"2", PARSE_INCOMPLETE, "A=1|B!|", "error last-line-cut 2\n"},
        {"A=\"1\"\nB=\"2\"\"", PARSE_INCOMPLETE, "A=1|B!|", "error last-line-cut 2\n"},
        {"A=\"1\"\n[Ev", PARSE_INCOMPLETE, "A=1|", "error last-line-cut 2\n"},
        {"A=1\nB=\"2", PARSE_INVALID, "A!|B!|", "error value-not-quoted 1\nerror last-line-cut 2\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct read read;
        read_text(&read, slice_of(cases[i].text));
        char *pairs = describe_pairs(&read.document);
        char *faults = describe_faults(&read.faults);
        if (read.status != cases[i].status)
            fail_msg("'%s' gives status %d", cases[i].text, (int)read.status);
        assert_string_equal(pairs, cases[i].pairs);
        assert_string_equal(faults, cases[i].faults);
        free(pairs);
        free(faults);
        release(&read);
    }
}

static void test_places(void **state)
{
    (void)state;
    struct read read;
    read_text(&read, SLICE_LITERAL("\r\nAb=\"1\"\r\nCd=\"2\" x\r\n"));
    assert_int_equal(read.document.pairs[0].offset, 2);
    assert_int_equal(read.document.pairs[0].line, 2);
    assert_int_equal(read.document.pairs[1].offset, 10);
    assert_int_equal(read.document.pairs[1].line, 3);
    assert_int_equal(read.faults.items[1].offset, 16);
    assert_int_equal(read.faults.items[1].line, 3);
    release(&read);
}

static char *repeated(const char *unit, size_t count, size_t *length)
{
    *length = strlen(unit) * count;
    char *text = malloc(*length);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * strlen(unit), unit, strlen(unit));
    return text;
}

static void check_limit(const char *unit, size_t count, enum parse_status status, const char *faults)
{
    struct read read;
    size_t length;
    char *text = repeated(unit, count, &length);
    read_text(&read, slice_from(text, length));
    char *described = describe_faults(&read.faults);
    assert_int_equal(read.status, status);
    if (faults != NULL)
        assert_string_equal(described, faults);
    free(described);
    release(&read);
    free(text);
}

static void test_limits(void **state)
{
    (void)state;
    check_limit("A=\"1\"\n", LIMIT_EVENT_PAIRS, PARSE_OK, "");
    check_limit("A=\"1\"\n", LIMIT_EVENT_PAIRS + 1, PARSE_LIMIT, "error too-many-fields 4097\n");
    check_limit("x", LIMIT_EVENT_LINE_BYTES, PARSE_INCOMPLETE, "error last-line-cut 1\n");
    check_limit("x", LIMIT_EVENT_LINE_BYTES + 1, PARSE_LIMIT, "error line-too-long 1\n");
    check_limit("\n", LIMIT_EVENT_FILE_BYTES, PARSE_OK, NULL);
    check_limit("\n", LIMIT_EVENT_FILE_BYTES + 1, PARSE_LIMIT, "error file-too-large 0\n");
}

static void test_ends_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole;
    } cases[] = {
        {"", false},      {"A=\"1\"\n", true}, {"A=\"1\"", true},         {"A=\"1\" \t", true},
        {"A=\"\"", true}, {"A=\"1", false},    {"A=\"1\"\"", false},      {"A=\"1\"\"\"", true},
        {"A=", false},    {"A", false},        {"A=\"1\"\nB=\"2", false}, {"A=\"1\"\nB=\"2\"", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ini_ends_whole(slice_of(cases[i].text)), cases[i].whole);
}

/* Found by tests/fuzz: a name may hold quotes, and they say nothing of the value. */
static void test_quotes_in_a_name_do_not_hide_the_end(void **state)
{
    (void)state;
    struct read read;
    read_text(&read, SLICE_LITERAL("Y\"A=\"=\""));
    assert_int_equal(read.status, PARSE_OK);
    release(&read);
    assert_true(ini_ends_whole(SLICE_LITERAL("Y\"A=\"=\"")));
    assert_true(ini_ends_whole(SLICE_LITERAL("\"Y\"=\"1\"")));
    assert_false(ini_ends_whole(SLICE_LITERAL("Y\"A=\"1")));
    assert_false(ini_ends_whole(SLICE_LITERAL("\"\"A=\"")));
    /* A name alone, in quotes: its pair has yet to come. */
    read_text(&read, SLICE_LITERAL("\"Y\""));
    assert_int_equal(read.status, PARSE_INCOMPLETE);
    release(&read);
    assert_false(ini_ends_whole(SLICE_LITERAL("\"Y\"")));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_ends_whole),
        cmocka_unit_test(test_quotes_in_a_name_do_not_hide_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
