#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/hl7_file.h"
#include "tests/unit/parser/parser_test.h"

struct scene {
    struct arena arena;
    struct fault_list faults;
    struct hl7_settings settings;
    struct hl7_file file;
    struct hl7_message message;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    arena_init(&scene->arena, 0);
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
    return hl7_file_read(bytes, &scene->settings, &scene->arena, &scene->faults, &scene->file);
}

static void read_text(struct scene *scene, const char *text, enum parse_status status, const char *faults)
{
    enum parse_status got = read_bytes(scene, slice_of(text));
    char *said = describe_faults(&scene->faults);
    if (got != status || strcmp(said, faults) != 0)
        fail_msg("status %d, not %d:\n%snot\n%s", (int)got, (int)status, said, faults);
    free(said);
}

/* The value at a path of a message of the file, from 1. */
static void check(struct scene *scene, size_t number, const char *path_text, const char *expected)
{
    struct hl7_path path;
    struct hl7_text text;
    assert_true(number <= scene->file.count);
    const struct hl7_file_message *message = &scene->file.messages[number - 1];
    assert_int_equal(message->number, number);
    assert_int_equal(
        hl7_message_read(message->source, &scene->settings, &scene->arena, &scene->faults, &scene->message),
        PARSE_OK);
    assert_true(hl7_path_parse(slice_of(path_text), &path));
    assert_true(hl7_message_text(&scene->message, hl7_message_get(&scene->message, &path), &text));
    assert_slice(text.text, expected);
}

#define HEAD "MSH|^~\\&|LAB|A|||||ORU^R01|"

static void test_one_message(void **state)
{
    struct scene *scene = *state;
    read_text(scene, HEAD "1\rPID|1\r", PARSE_OK, "");
    assert_int_equal(scene->file.count, 1);
    check(scene, 1, "MSH-10", "1");
    check(scene, 1, "PID-1", "1");
    assert_int_equal(scene->file.messages[0].batch, 0);
    assert_int_equal(scene->file.messages[0].pieces, 1);
    assert_true(scene->file.saw_cr && !scene->file.saw_lf && !scene->file.saw_crlf);
    read_text(scene, HEAD "1\r\nPID|1\nOBX|1", PARSE_OK, "warning hl7-last-segment-open 0\n");
    assert_true(!scene->file.saw_cr && scene->file.saw_lf && scene->file.saw_crlf);
}

static void test_several_messages(void **state)
{
    struct scene *scene = *state;
    read_text(scene, "\r\n" HEAD "1\r\nPID|1\r\n\r\n" HEAD "2\r\nPID|2\r\n" HEAD "3\r\n", PARSE_OK, "");
    assert_int_equal(scene->file.count, 3);
    check(scene, 2, "PID-1", "2");
    check(scene, 3, "MSH-10", "3");
    assert_int_equal(scene->file.messages[0].source.line, 2);
    assert_int_equal(scene->file.messages[1].source.line, 5);
    assert_int_equal(scene->file.messages[2].source.line, 7);
    assert_false(scene->file.messages[0].source.last);
    assert_true(scene->file.messages[2].source.last);
    /* Each has its own separators. */
    read_text(scene, HEAD "1\rMSH*%$!@*LAB********2\rPID*a%b\r", PARSE_OK, "");
    check(scene, 2, "PID-1.2", "b");
}

/* ---- Frames and marks ---------------------------------------------------------------------------------------- */

static void test_frames(void **state)
{
    struct scene *scene = *state;
    static const char *const cases[] = {
        "\x0B" HEAD "1\rPID|1\r\x1C\r\x0B" HEAD "2\rPID|2\r\x1C\r",
        "\x0B" HEAD "1\rPID|1\r\x1C\x0B" HEAD "2\rPID|2\r\x1C",
        "\x0B" HEAD "1\rPID|1\x1C\r\n\x0B" HEAD "2\rPID|2\x1C\r\n",
        "\x0B\r" HEAD "1\rPID|1\r\x1C\r\r\n\x0B" HEAD "2\rPID|2\r\x1C\r",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_text(scene, cases[i], PARSE_OK, "warning hl7-frame 0\n");
        assert_int_equal(scene->file.count, 2);
        check(scene, 1, "PID-1", "1");
        check(scene, 2, "PID-1", "2");
        assert_int_equal(scene->message.segment_count, 2);
    }
    read_text(scene, "\x0B" HEAD "1\rPID|1\r", PARSE_INCOMPLETE,
              "warning hl7-frame 0\nwarning hl7-trailer-missing 0\n");
    /* Nothing may stand between frames. */
    read_text(scene, "\x0B" HEAD "1\r\x1C\rPID|1\rPID|2\r", PARSE_INVALID,
              "error hl7-no-header 3\nwarning hl7-frame 0\n");
    /* VT inside a line is a character of the value. */
    read_text(scene, HEAD "1\rOBX|1|TX|||one\x0Btwo\r", PARSE_OK, "");
    check(scene, 1, "OBX-5", "one\x0Btwo");
}

static void test_marks(void **state)
{
    struct scene *scene = *state;
    read_text(scene, "\xEF\xBB\xBF" HEAD "1\rPID|\xC3\xA9\r", PARSE_OK, "warning hl7-mark 0\n");
    assert_int_equal(scene->file.encoding, ENCODING_UTF8);
    check(scene, 1, "PID-1", "\xC3\xA9");
    read_text(scene, "\xEF\xBB\xBF" HEAD "1\r\xEF\xBB\xBF" HEAD "2\rPID|2\r", PARSE_OK,
              "warning hl7-mark 0\n");
    assert_int_equal(scene->file.count, 2);
    check(scene, 2, "PID-1", "2");
    /* The mark outweighs MSH-18. */
    read_text(scene, "\xEF\xBB\xBF" HEAD "1|P|2.5||||||8859/1\rPID|\xC3\xA9\r", PARSE_OK,
              "warning hl7-mark 0\n");
    check(scene, 1, "PID-1", "\xC3\xA9");
}

static void test_utf16(void **state)
{
    struct scene *scene = *state;
    static const char text[] = HEAD "1|P|2.5||||||UNICODE UTF-16\rPID|\xE9\r" HEAD "2\r";
    for (int big = 0; big < 2; big++) {
        char bytes[2 * sizeof text];
        size_t length = 0;
        bytes[length++] = big ? (char)0xFE : (char)0xFF;
        bytes[length++] = big ? (char)0xFF : (char)0xFE;
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            bytes[length++] = big ? '\0' : text[i];
            bytes[length++] = big ? text[i] : '\0';
        }
        assert_int_equal(read_bytes(scene, slice_from(bytes, length)), PARSE_OK);
        assert_int_equal(scene->file.count, 2);
        assert_int_equal(scene->file.encoding, big ? ENCODING_UTF16BE : ENCODING_UTF16LE);
        check(scene, 1, "PID-1", "\xC3\xA9");
        assert_int_equal(read_bytes(scene, slice_from(bytes, length - 1)), PARSE_INCOMPLETE);
        assert_int_equal(read_bytes(scene, slice_from(bytes, 1)), PARSE_INCOMPLETE);
    }
}

/* ---- Batches (2.10.3) ------------------------------------------------------------------------------------------ */

static void test_batches(void **state)
{
    struct scene *scene = *state;
    read_text(scene,
              "FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r" HEAD "1\rPID|1\r" HEAD "2\rBTS|2\rBHS|^~\\&\r" HEAD
              "3\rBTS|1|done\rFTS|2\r",
              PARSE_OK, "");
    assert_int_equal(scene->file.count, 3);
    assert_int_equal(scene->file.batches, 2);
    assert_slice(scene->file.header, "FHS|^~\\&|LAB");
    assert_int_equal(scene->file.messages[1].batch, 1);
    assert_int_equal(scene->file.messages[2].batch, 2);
    check(scene, 2, "MSH-10", "2");
    assert_int_equal(scene->message.segment_count, 1);
    /* All of the envelope may be left out. */
    read_text(scene, "BHS|^~\\&\r" HEAD "1\rBTS\r", PARSE_OK, "");
    read_text(scene, HEAD "1\rBTS|1\r", PARSE_OK, "");
    read_text(scene, "FHS|^~\\&\rFTS|0\r", PARSE_OK, "");
    assert_int_equal(scene->file.count, 0);
    read_text(scene, "FHS|^~\\&\r" HEAD "1\r" HEAD "2\rFTS|1\r", PARSE_OK, "");
    read_text(scene, "FHS|^~\\&\r" HEAD "1\rBTS|1\r" HEAD "2\rBTS|1\rFTS|2\r", PARSE_OK, "");
    read_text(scene, "FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r", PARSE_OK, "");
    read_text(scene, "FHS|^~\\&\r" HEAD "1\rFTS|\r" HEAD "2\r", PARSE_OK, "");
    assert_int_equal(scene->file.count, 2);
}

static void test_wrong_counts_are_told(void **state)
{
    struct scene *scene = *state;
    static const char *const counts[] = {"2", "0", "x", "1x", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "BHS|^~\\&\r%s\rBTS|%s\r", HEAD "1", counts[i]);
        read_text(scene, text, PARSE_OK, "warning hl7-count 3 BTS-1\n");
        (void)snprintf(text, sizeof text, "FHS|^~\\&\rBHS|^~\\&\r%s\rBTS|1\rFTS|%s\r", HEAD "1", counts[i]);
        read_text(scene, text, PARSE_OK, "warning hl7-count 5 FTS-1\n");
    }
}

static void test_an_end_that_has_not_come(void **state)
{
    struct scene *scene = *state;
    read_text(scene, "FHS|^~\\&\r" HEAD "1\r", PARSE_INCOMPLETE, "warning hl7-trailer-missing 0\n");
    read_text(scene, "BHS|^~\\&\r" HEAD "1\r", PARSE_INCOMPLETE, "warning hl7-trailer-missing 0\n");
    read_text(scene, "FHS|^~\\&\rBHS|^~\\&\r" HEAD "1\rBTS|1\r", PARSE_INCOMPLETE,
              "warning hl7-trailer-missing 0\n");
    assert_int_equal(scene->file.count, 1);
    read_text(scene, "", PARSE_INCOMPLETE, "");
    read_text(scene, "\r\n\r\n", PARSE_INCOMPLETE, "");
}

static void test_what_belongs_to_no_message(void **state)
{
    struct scene *scene = *state;
    read_text(scene, "DataType=\"x\"\r\nName=\"y\"\r\n", PARSE_INVALID, "error hl7-no-header 1\n");
    assert_int_equal(scene->file.count, 0);
    read_text(scene, "PID|0\rPID|1\r" HEAD "1\rPID|2\rBTS|1\rOBX|1\r" HEAD "2\r", PARSE_INVALID,
              "error hl7-no-header 1\nerror hl7-no-header 6\n");
    assert_int_equal(scene->file.count, 2); /* the good ones are listed all the same */
    check(scene, 1, "PID-1", "2");
    read_text(scene, "BHS|^^\r" HEAD "1\rBTS|1\r", PARSE_INVALID, "error hl7-separators 1 BHS-2\n");
}

/* ---- Continuation (2.10.2) --------------------------------------------------------------------------------------- */

#define PIECE(id, pointer) HEAD id "|P|2.5||" pointer "\r"

static void test_continued_message(void **state)
{
    struct scene *scene = *state;
    read_text(scene,
              PIECE("1", "") "OBX|1|TX|||first \rADD\rDSC|k1|F\r" PIECE(
                  "2", "k1") "ADD|second\rOBX|2\rDSC|k2\r" PIECE("3", "k2") "OBX|3\r" HEAD "4\r",
              PARSE_OK, "");
    assert_int_equal(scene->file.count, 2);
    assert_int_equal(scene->file.messages[0].pieces, 3);
    check(scene, 1, "OBX-5", "first second");
    check(scene, 1, "OBX[3]-1", "3");
    check(scene, 1, "MSH-10", "1");
    assert_int_equal(hl7_message_count(&scene->message, "DSC"), 0);
    check(scene, 2, "MSH-10", "4");
}

static void test_broken_continuation(void **state)
{
    struct scene *scene = *state;
    read_text(scene, PIECE("1", "") "DSC|k1|F\r" PIECE("2", "k9") "OBX|2\r", PARSE_INVALID,
              "error hl7-continuation 1 DSC-1\n");
    assert_int_equal(scene->file.count, 2);
    assert_true(scene->file.messages[0].unfinished);
    assert_false(scene->file.messages[1].unfinished);
    read_text(scene, PIECE("1", "") "DSC|k1|F\r", PARSE_INCOMPLETE, "warning hl7-continuation 1 DSC-1\n");
    /* The answer to a query that is to be asked again is whole. */
    read_text(scene, PIECE("1", "") "DSC|k1|I\r" PIECE("2", "k1") "\r", PARSE_OK, "");
    assert_int_equal(scene->file.count, 2);
    read_text(scene, PIECE("1", "") "DSC\r" HEAD "2\r", PARSE_OK, "");
}

/* ---- Every beginning, little memory, limits ----------------------------------------------------------------------- */

static void test_every_beginning(void **state)
{
    struct scene *scene = *state;
    static const char *const samples[] = {
        "\xEF\xBB\xBF" HEAD "1\r\nPID|1\r\n",
        "\x0B" HEAD "1\rPID|1\r\x1C\r\x0B" HEAD "2\rPID|2\r\x1C\r",
        "FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r" HEAD "1\rPID|1\r" HEAD "2\rBTS|2\rFTS|1\r",
        PIECE("1", "") "OBX|1|TX|||first \rADD\rDSC|k1|F\r" PIECE("2", "k1") "ADD|second\r",
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        for (size_t length = 0; length <= strlen(samples[i]); length++) {
            char *copy = malloc(length > 0 ? length : 1);
            assert_non_null(copy);
            memcpy(copy, samples[i], length);
            enum parse_status status = read_bytes(scene, slice_from(copy, length));
            for (size_t m = 0; m < scene->file.count && status == PARSE_OK; m++)
                status = hl7_message_read(scene->file.messages[m].source, &scene->settings, &scene->arena,
                                          &scene->faults, &scene->message);
            if (status != PARSE_OK && status != PARSE_INCOMPLETE)
                fail_msg("sample %d cut at %d is called wrong", (int)i, (int)length);
            free(copy);
        }
    }
}

static void test_little_memory(void **state)
{
    struct scene *scene = *state;
    static const char text[] =
        "\xEF\xBB\xBF" PIECE("1", "") "DSC|k1\r" PIECE("2", "k1") "OBX|1\rDSC|k\r" HEAD "3\rPID|1";
    size_t limit = 1;
    for (; limit < 20000; limit++) {
        scene->arena.limit = limit;
        enum parse_status status = read_bytes(scene, slice_of(text));
        if (status == PARSE_INVALID)
            break;
        assert_int_equal(status, PARSE_NO_MEMORY);
    }
    assert_int_equal(scene->file.count, 2);
    scene->arena.limit = 0;
}

static void test_limits(void **state)
{
    struct scene *scene = *state;
    scene->settings.messages = 2;
    read_text(scene, HEAD "1\r" HEAD "2\r", PARSE_OK, "");
    read_text(scene, HEAD "1\r" HEAD "2\r" HEAD "3\r", PARSE_LIMIT, "error hl7-too-many-messages 3\n");
    scene->settings.file_bytes = 10;
    read_text(scene, HEAD "1\r", PARSE_LIMIT, "error file-too-large 0\n");
}

int main(void)
{
    test_main_init();
#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCENE(test_one_message),
        SCENE(test_several_messages),
        SCENE(test_frames),
        SCENE(test_marks),
        SCENE(test_utf16),
        SCENE(test_batches),
        SCENE(test_wrong_counts_are_told),
        SCENE(test_an_end_that_has_not_come),
        SCENE(test_what_belongs_to_no_message),
        SCENE(test_continued_message),
        SCENE(test_broken_continuation),
        SCENE(test_every_beginning),
        SCENE(test_little_memory),
        SCENE(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
