#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/hl7.h"
#include "tests/unit/parser/parser_test.h"

struct scene {
    struct arena arena;
    struct fault_list faults;
    struct hl7_settings settings;
    struct hl7_message message;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    arena_init(&scene->arena, 0);
    fault_list_init(&scene->faults, &scene->arena);
    scene->settings = hl7_settings_default();
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    arena_release(&scene->arena);
    free(scene);
    return 0;
}

static enum parse_status read_bytes(struct scene *scene, struct slice bytes)
{
    arena_reset(&scene->arena);
    fault_list_init(&scene->faults, &scene->arena);
    return hl7_message_read(hl7_source_of(bytes), &scene->settings, &scene->arena, &scene->faults,
                            &scene->message);
}

static void read_good(struct scene *scene, const char *text)
{
    enum parse_status status = read_bytes(scene, slice_of(text));
    if (status != PARSE_OK || scene->faults.count > 0) {
        char *said = format_faults(&scene->faults);
        fail_msg("status %d: %s", (int)status, said);
    }
}

static void read_wrong(struct scene *scene, const char *text, enum parse_status status, const char *faults)
{
    assert_int_equal(read_bytes(scene, slice_of(text)), status);
    char *said = describe_faults(&scene->faults);
    assert_string_equal(said, faults);
    free(said);
}

static struct hl7_part get(struct scene *scene, const char *text)
{
    struct hl7_path path;
    assert_true(hl7_path_parse(slice_of(text), &path));
    return hl7_message_get(&scene->message, &path);
}

static void check(struct scene *scene, const char *path, const char *expected)
{
    struct hl7_text text;
    struct hl7_part part = get(scene, path);
    assert_true(hl7_message_text(&scene->message, part, &text));
    if (text.text.len != strlen(expected) || memcmp(text.text.ptr, expected, text.text.len) != 0)
        fail_msg("%s is '%.*s', not '%s'", path, (int)text.text.len, text.text.ptr, expected);
}

static void check_presence(struct scene *scene, const char *path, enum hl7_presence presence)
{
    if (get(scene, path).presence != presence)
        fail_msg("%s is %d, not %d", path, (int)get(scene, path).presence, (int)presence);
}

#define SAMPLE                                                                                               \
    "MSH|^~\\&|LAB|ACME|CorEMR|VCSO|20240101120000||ORU^R01^ORU_R01|1|P|2.5.1\r"                             \
    "PID|1||P001^^^JMS&1.2.3&ISO^MR~B77^^^OLD||DOE^JOHN^^^^^L||\"\"|M|||1 MAIN \\T\\ 2ND^^TOWN\r"            \
    "OBR|1||A7|CBC^blood count\r"                                                                            \
    "OBX|1|NM|WBC^leukocytes||5.0|10\\S\\3/uL|||||F\r"                                                       \
    "OBX|2|NM|HGB^hemoglobin||13.9|g/dL|||||F\r"                                                             \
    "NTE|1||line\\.br\\two\r"                                                                                \
    "OBX|3|TX|NOTE||||||||F\r"                                                                               \
    "ZLB|a|b\r"

/* ---- Access -------------------------------------------------------------------------------------------------- */

static void test_paths(void **state)
{
    struct scene *scene = *state;
    read_good(scene, SAMPLE);
    assert_int_equal(scene->message.segment_count, 8);
    check(scene, "PID-3.1", "P001");
    check(scene, "PID-3[2].1", "B77");
    check(scene, "PID-3.4.2", "1.2.3");
    check(scene, "PID-3[1].4", "JMS&1.2.3&ISO");
    check(scene, "PID-3", "P001^^^JMS&1.2.3&ISO^MR~B77^^^OLD");
    check(scene, "PID-5.2", "JOHN");
    check(scene, "PID-11.1", "1 MAIN & 2ND");
    check(scene, "OBX-5", "5.0");
    check(scene, "OBX[2]-5", "13.9");
    check(scene, "OBX[1]-6", "10^3/uL");
    check(scene, "NTE-3", "line\ntwo");
    check(scene, "ZLB-2", "b");
    check(scene, "ZLB-2.1.1", "b");
    check_presence(scene, "PID-7", HL7_NULL);
    check_presence(scene, "PID-7.1", HL7_NULL);
    check_presence(scene, "PID-6", HL7_EMPTY);
    check_presence(scene, "PID-11.2", HL7_EMPTY);
    check_presence(scene, "PID-11.9", HL7_ABSENT);
    check_presence(scene, "PID-12", HL7_ABSENT);
    check_presence(scene, "PID-3[3]", HL7_ABSENT);
    check_presence(scene, "OBX[4]-1", HL7_ABSENT);
    check_presence(scene, "AL1-1", HL7_ABSENT);
    check_presence(scene, "PID", HL7_ABSENT); /* no field was named */
    check_presence(scene, "OBX[3]-5", HL7_EMPTY);
}

/* MSH-1 is the separator itself, MSH-2 is not split: the off-by-one of HL7. */
static void test_numbers_of_the_header(void **state)
{
    struct scene *scene = *state;
    read_good(scene, SAMPLE);
    check(scene, "MSH-1", "|");
    check(scene, "MSH-2", "^~\\&");
    check(scene, "MSH-2.1", "^~\\&");
    check(scene, "MSH-2[1].1.1", "^~\\&");
    check_presence(scene, "MSH-2.2", HL7_ABSENT);
    check_presence(scene, "MSH-2[2]", HL7_ABSENT);
    check(scene, "MSH-3", "LAB");
    check(scene, "MSH-9.3", "ORU_R01");
    check(scene, "MSH-12", "2.5.1");
    check_presence(scene, "MSH-8", HL7_EMPTY);
    check_presence(scene, "MSH-13", HL7_ABSENT);
    assert_int_equal(hl7_segment_field_count(&scene->message, &scene->message.segments[0]), 12);
    assert_int_equal(hl7_segment_field_count(&scene->message, &scene->message.segments[1]), 11);
}

static void test_counts_and_occurrences(void **state)
{
    struct scene *scene = *state;
    read_good(scene, SAMPLE);
    assert_int_equal(hl7_message_count(&scene->message, "OBX"), 3);
    assert_int_equal(hl7_message_count(&scene->message, "MSH"), 1);
    assert_int_equal(hl7_message_count(&scene->message, "AL1"), 0);
    assert_int_equal(hl7_message_count(&scene->message, "OB"), 0);
    struct hl7_segment *third = hl7_message_segment(&scene->message, "OBX", 3);
    assert_non_null(third);
    assert_int_equal(third->occurrence, 3);
    assert_int_equal(third->line, 7);
    assert_string_equal(third->name, "OBX");
    assert_null(hl7_message_segment(&scene->message, "OBX", 4));
    assert_null(hl7_message_segment(&scene->message, "OBX", 0));
}

/* Values are lent from the message, not copied. */
static void test_zero_copy(void **state)
{
    struct scene *scene = *state;
    static const char sample[] = SAMPLE;
    read_good(scene, sample);
    struct hl7_text text;
    struct hl7_part part = get(scene, "PID-5.1");
    size_t before = scene->arena.used;
    assert_true(hl7_message_text(&scene->message, part, &text));
    assert_true(text.text.ptr > sample && text.text.ptr < sample + sizeof sample);
    assert_int_equal(scene->arena.used, before);
}

/* Segments without a field, with one, and with a thousand; an index in portions; the same without memory for an index. */
static void test_many_fields(void **state)
{
    struct scene *scene = *state;
    char *text = malloc(20000);
    assert_non_null(text);
    size_t length = (size_t)snprintf(text, 20000, "MSH|^~\\&\rPV1\rZZ1|\rZZ2");
    for (int i = 1; i <= 1500; i++)
        length += (size_t)snprintf(text + length, 20000 - length, "|%d", i);
    (void)snprintf(text + length, 20000 - length, "\r");
    for (int pass = 0; pass < 2; pass++) {
        read_good(scene, text);
        scene->arena.limit = pass == 0 ? 0 : scene->arena.used;
        check_presence(scene, "PV1-1", HL7_ABSENT);
        check_presence(scene, "ZZ1-1", HL7_EMPTY);
        check_presence(scene, "ZZ1-2", HL7_ABSENT);
        struct hl7_segment *many = hl7_message_segment(&scene->message, "ZZ2", 1);
        assert_int_equal(hl7_segment_field_count(&scene->message, many), 1500);
        assert_int_equal(many->indexed, pass == 0);
        for (size_t i = 1; i <= 1500; i += pass == 0 ? 1 : 113) {
            char number[8];
            (void)snprintf(number, sizeof number, "%d", (int)i);
            assert_slice(hl7_segment_field(&scene->message, many, i).raw, number);
        }
        assert_int_equal(hl7_segment_field(&scene->message, many, 1501).presence, HL7_ABSENT);
        assert_int_equal(hl7_segment_field(&scene->message, many, 0).presence, HL7_ABSENT);
        scene->arena.limit = 0;
    }
    free(text);
}

static void test_many_names(void **state)
{
    struct scene *scene = *state;
    char text[8000];
    size_t length = (size_t)snprintf(text, sizeof text, "MSH|^~\\&\r");
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 500; i++)
            length += (size_t)snprintf(text + length, sizeof text - length, "Z%c%c|%d\r", 'A' + i / 26,
                                       'A' + i % 26, i);
    }
    read_good(scene, text);
    assert_int_equal(scene->message.segment_count, 1001);
    assert_int_equal(hl7_message_count(&scene->message, "ZAA"), 2);
    assert_int_equal(hl7_message_count(&scene->message, "ZTF"), 2);
    check(scene, "ZTF[2]-1", "499");
}

/* ---- Form ---------------------------------------------------------------------------------------------------- */

static void test_other_separators(void **state)
{
    struct scene *scene = *state;
    read_good(scene, "MSH*%$!@*LAB\rPID*1**7%%%A@B$8%!F!!S!|^~\\&\r");
    check(scene, "MSH-2", "%$!@");
    check(scene, "PID-3.4.2", "B");
    check(scene, "PID-3[2].2", "*%|^~\\&");
}

static void test_line_ends(void **state)
{
    struct scene *scene = *state;
    static const char *const cases[] = {
        "MSH|^~\\&|A\rPID|1\rOBX|1\r",
        "MSH|^~\\&|A\nPID|1\nOBX|1\n",
        "MSH|^~\\&|A\r\nPID|1\r\nOBX|1\r\n",
        "MSH|^~\\&|A\rPID|1\nOBX|1\r\n",
        "MSH|^~\\&|A\r\r\rPID|1\n\n\nOBX|1\r",
        "MSH|^~\\&|A\r\r\nPID|1\r\r\nOBX|1\r\r\n",
        "MSH|^~\\&|A\rPID|1\rOBX|1",
        "MSH|^~\\&|A\n\rPID|1\n\rOBX|1\n\r",
        "MSH|^~\\&|A\rPID|1\r  \t\rOBX|1\r\r ",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_good(scene, cases[i]);
        assert_int_equal(scene->message.segment_count, 3);
        check(scene, "OBX-1", "1");
        check(scene, "PID-1", "1");
        assert_int_equal(scene->message.cut, i == 6);
    }
    read_good(scene, "MSH|^~\\&\r\nPID\r\n\r\nOBX\nOBX\r\rOBX\n\rOBX\r");
    static const uint32_t lines[] = {1, 2, 4, 5, 7, 9};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(scene->message.segments[i].line, lines[i]);
}

static void test_wrong_form(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"PID|1\r", "error hl7-no-header 1\n"},
        {"\r\nHello\r", "error hl7-no-header 2\n"},
        {"MSH\r", "error hl7-separators 1 MSH-2\n"},
        {"MSH|^~\\\\&|A\r", "error hl7-separators 1 MSH-2\n"},
        {"MSH|^~\\&|A\r^continued text\r", "error hl7-segment-name 2\n"},
        {"MSH|^~\\&|A\rpid|1\r", "error hl7-segment-name 2\n"},
        {"MSH|^~\\&|A\r PID|1\r", "error hl7-segment-name 2\n"},
        {"MSH|^~\\&|A\rPIDX|1\r", "error hl7-segment-name 2\n"},
        {"MSH|^~\\&|A\rPI\rOBX|1\r", "error hl7-segment-name 2\n"},
        {"MSH|^~\\&|A\rPID^1\rText of a note\r", "error hl7-segment-name 2\nerror hl7-segment-name 3\n"},
        {"MSH|^~\\&|A\rMSH|^~\\&|B\r", "error hl7-second-header 2\n"},
        {"MSH|^~\\&|A\rADD|more\r", "error hl7-continuation 2 ADD\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        read_wrong(scene, cases[i].text, PARSE_INVALID, cases[i].faults);
    assert_int_equal(read_bytes(scene, SLICE_LITERAL("MSH|^~\\&|A\rPID|1\rOBX|1|\0|x\rOBX|2\r")),
                     PARSE_INVALID);
    char *said = describe_faults(&scene->faults);
    assert_string_equal(said, "error nul-byte 3 OBX[1]-2\n");
    free(said);
}

/* No beginning of a right message is called wrong. */
static void test_every_beginning(void **state)
{
    struct scene *scene = *state;
    static const char *const samples[] = {
        SAMPLE,
        "MSH|^~\\&#|A|||||||||||||||UNICODE UTF-8\r\nPID|1||J\xC3\xBCrgen \xE2\x82\xAC\r\nADD| x\r\n",
        "MSH|^~\\&|A\n\nPID|1\n",
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        size_t whole = strlen(samples[i]);
        for (size_t length = 0; length <= whole; length++) {
            char *copy = malloc(length > 0 ? length : 1);
            assert_non_null(copy);
            memcpy(copy, samples[i], length);
            enum parse_status status = read_bytes(scene, slice_from(copy, length));
            if (status != PARSE_OK && status != PARSE_INCOMPLETE)
                fail_msg("sample %d cut at %d is called wrong", (int)i, (int)length);
            if (length < strlen("MSH|^~\\&|"))
                assert_int_equal(status, PARSE_INCOMPLETE);
            free(copy);
        }
    }
    /* What is followed by something is not about to be written. */
    struct hl7_source source = hl7_source_of(slice_of("MSH|^~\\&|A\rPI"));
    source.last = false;
    assert_int_equal(
        hl7_message_read(source, &scene->settings, &scene->arena, &scene->faults, &scene->message),
        PARSE_INVALID);
}

/* ---- Continuation (2.10.2) ------------------------------------------------------------------------------------ */

static void test_add_continues_the_segment_before(void **state)
{
    struct scene *scene = *state;
    read_good(
        scene,
        "MSH|^~\\&|A\rOBX|1|FT|X||first pa\rADD|rt \\T\rADD|\\ se\rADD\rADD|cond^x||ab\rOBX|2|ST|Y||z\r");
    assert_int_equal(scene->message.segment_count, 3);
    check(scene, "OBX-5.1", "first part & second");
    check(scene, "OBX-5.2", "x");
    check(scene, "OBX-7", "ab");
    check(scene, "OBX[2]-5", "z");
    assert_int_equal(scene->message.segments[2].line, 7);
    check_presence(scene, "ADD-1", HL7_ABSENT);
}

/* A long chain costs no more than its length. */
static void test_long_chain(void **state)
{
    struct scene *scene = *state;
    const size_t links = 100000;
    char *text = malloc(links * 6 + 100);
    assert_non_null(text);
    size_t length = (size_t)snprintf(text, 100, "MSH|^~\\&|A\rOBX|1|TX|||");
    text[length++] = '\r';
    for (size_t i = 0; i < links; i++, length += 6)
        memcpy(text + length, "ADD|x\r", 6);
    assert_int_equal(read_bytes(scene, slice_from(text, length)), PARSE_OK);
    assert_int_equal(get(scene, "OBX-5").raw.len, links);
    assert_int_equal(get(scene, "OBX-6").presence, HL7_ABSENT);
    assert_int_equal(scene->message.segments[1].bytes.len, strlen("OBX|1|TX|||") + links);
    assert_true(scene->arena.used < 8 * length);
    free(text);
}

/* ---- Character sets -------------------------------------------------------------------------------------------- */

#define WITH_SET(set, bytes)                                                                                 \
    "MSH|^~\\&|A||||||ORU^R01|1|P|2.5|||||USA|" set "\rPID|1\rPID|2||x|a~b^" bytes "|c\r"

static void test_charsets(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *text, *value;
        enum hl7_charset setting, charset;
    } cases[] = {
        {WITH_SET("UNICODE UTF-8", "\xC3\xA9"), "\xC3\xA9", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_UTF8},
        {WITH_SET("UNICODE UTF-8~ISO IR87", "\xC3\xA9"), "\xC3\xA9", HL7_CHARSET_BY_MESSAGE,
         HL7_CHARSET_UTF8},
        {WITH_SET("8859/1", "\xE9"), "\xC3\xA9", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_8859_1},
        {WITH_SET("8859/15", "\xA4"), "\xE2\x82\xAC", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_8859_15},
        {WITH_SET("", "\xC3\xA9"), "\xC3\xA9", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_UTF8},
        {WITH_SET("", "\x80"), "\xE2\x82\xAC", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_WINDOWS1252},
        {WITH_SET("ASCII", "\x80"), "\xE2\x82\xAC", HL7_CHARSET_WINDOWS1252, HL7_CHARSET_WINDOWS1252},
        {WITH_SET("8859/1", "\x80"), "\xE2\x82\xAC", HL7_CHARSET_WINDOWS1252, HL7_CHARSET_WINDOWS1252},
        {WITH_SET("ASCII", "e"), "e", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_ASCII},
        {WITH_SET("8859/1", "\\XE9\\"), "\xC3\xA9", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_8859_1},
        /* A set that is not read does no harm where only ASCII stands. */
        {WITH_SET("8859/2", "e"), "e", HL7_CHARSET_BY_MESSAGE, HL7_CHARSET_ASCII},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scene->settings.charset = cases[i].setting;
        read_good(scene, cases[i].text);
        check(scene, "PID[2]-4[2].2", cases[i].value);
        assert_int_equal(scene->message.charset, cases[i].charset);
    }
}

static void test_wrong_charsets(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {WITH_SET("ASCII", "\xC3\xA9"), "error encoding-invalid 3 PID[2]-4\n"},
        {WITH_SET("UNICODE UTF-8", "\xE9"), "error encoding-invalid 3 PID[2]-4\n"},
        {WITH_SET("8859/1", "\x85"), "error encoding-invalid 3 PID[2]-4\n"},
        {WITH_SET("8859/2", "\xE9"), "error hl7-charset 3 PID[2]-4\n"},
        {"MSH|^~\\&||||||||||||||||ASCII\rDOE|\xE9\r",
         "error encoding-invalid 2\n"}, /* three letters, or a name */
        {"MSH|^~\\&||||||||||||||||ASCII\rPID|1\r^\xE9\rOBX|1\r",
         "error hl7-segment-name 3\nerror encoding-invalid 3\n"},
        /* In what ADD brought: the line. */
        {"MSH|^~\\&||||||||||||||||ASCII\rPID|1|2|3\rOBX|1\rADD||\xE9\r", "error encoding-invalid 4\n"},
        {"MSH|^~\\&|\xE9|||||||||||||||ASCII\r", "error encoding-invalid 1 MSH-3\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        read_wrong(scene, cases[i].text, PARSE_INVALID, cases[i].faults);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

static void test_limits(void **state)
{
    struct scene *scene = *state;
    scene->settings.segments = 3;
    read_good(scene, "MSH|^~\\&|A\rPID|1\rOBX|1\r");
    read_wrong(scene, "MSH|^~\\&|A\rPID|1\rOBX|1\rOBX|2\r", PARSE_LIMIT, "error hl7-too-many-segments 4\n");
    scene->settings.message_bytes = 11;
    read_good(scene, "MSH|^~\\&|A\r");
    read_wrong(scene, "MSH|^~\\&|AB\r", PARSE_LIMIT, "error file-too-large 1\n");
}

/* Whatever the memory, the answer is the right one or none. */
static void test_little_memory(void **state)
{
    struct scene *scene = *state;
    static const char text[] = SAMPLE "OBX|4\rADD|more\r";
    size_t limit = 1;
    for (; limit < 20000; limit += limit < 2000 ? 1 : 97) {
        scene->arena.limit = limit;
        enum parse_status status = read_bytes(scene, slice_of(text));
        if (status == PARSE_OK)
            break;
        assert_int_equal(status, PARSE_NO_MEMORY);
    }
    assert_true(limit > 1 && limit < 20000);
    assert_int_equal(scene->message.segment_count, 9);
    scene->arena.limit = 0;
}

/* A message of 100 MB: a document in one field, and a million lines. */
static void test_large_message(void **state)
{
    struct scene *scene = *state;
    const size_t document = (size_t)50 * 1000 * 1000;
    const size_t lines = 800000;
    static const char head[] = "MSH|^~\\&|A\rOBX|1|ED|PDF||^application^PDF^Base64^";
    static const char line[] = "OBX|2|NM|WBC^leukocytes in blood||5.0|10*3/uL|4-10||||F|||2024\r";
    size_t size = sizeof head - 1 + document + 1 + lines * (sizeof line - 1);
    char *text = malloc(size);
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    size_t at = sizeof head - 1;
    memset(text + at, 'J', document);
    at += document;
    text[at++] = '\r';
    for (size_t i = 0; i < lines; i++, at += sizeof line - 1)
        memcpy(text + at, line, sizeof line - 1);
    assert_int_equal(at, size);
    assert_int_equal(read_bytes(scene, slice_from(text, size)), PARSE_OK);
    assert_int_equal(scene->message.segment_count, lines + 2);
    assert_int_equal(get(scene, "OBX-5.5").raw.len, document);
    check(scene, "OBX[800001]-3.1", "WBC");
    /* The index takes less than the message, whatever doubling leaves behind. */
    assert_true(scene->arena.used < 2 * size);
    free(text);
}

int main(void)
{
    test_main_init();
#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCENE(test_paths),
        SCENE(test_numbers_of_the_header),
        SCENE(test_counts_and_occurrences),
        SCENE(test_zero_copy),
        SCENE(test_many_fields),
        SCENE(test_many_names),
        SCENE(test_other_separators),
        SCENE(test_line_ends),
        SCENE(test_wrong_form),
        SCENE(test_every_beginning),
        SCENE(test_add_continues_the_segment_before),
        SCENE(test_long_chain),
        SCENE(test_charsets),
        SCENE(test_wrong_charsets),
        SCENE(test_limits),
        SCENE(test_little_memory),
        SCENE(test_large_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
