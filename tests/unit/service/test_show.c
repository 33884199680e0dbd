/* corbridge show -: what it prints of messages on the standard input. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service/commands/commands.h"
#include "service/commands/show_message.h"
#include "tests/unit/service/capture.h"
#include "tests/unit/service/config_scene.h"

#define SHOW(capture, scene, input, ...)                                                                     \
    capture_run_with_input(&(capture), (scene)->root, (const char *const[]){"show", __VA_ARGS__, NULL},      \
                           (input), sizeof(input) - 1)

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' is in:\n%s", part, text);
}

#define RESULT                                                                                               \
    "MSH|^~\\&|LAB|ACME|||20240101120000||ORU^R01|77|P|2.5.1\r"                                              \
    "PID|1||P1^^^JMS&1.2&ISO~P2||DOE^JOHN||\"\"\r"                                                           \
    "OBX|1|NM|WBC^leukocytes||5.0|10\\S\\3/uL\r"                                                             \
    "OBX|2|TX|NOTE||one\\.br\\two\r"                                                                         \
    "ZLB|a\r"

static void test_tree(void **state)
{
    struct scene *scene = *state;
    struct capture run;
    SHOW(run, scene, RESULT, "-");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_string_equal(run.err, "");
    assert_string_equal(run.out, "message 1: ORU^R01, version 2.5.1, UNICODE UTF-8, line 1\n"
                                 "MSH  message header\n"
                                 "  MSH-1            field separator                  |\n"
                                 "  MSH-2            encoding characters              ^~\\&\n"
                                 "  MSH-3            sending application              LAB\n"
                                 "  MSH-4            sending facility                 ACME\n"
                                 "  MSH-7            date/time of message             20240101120000\n"
                                 "  MSH-9.1          message type                     ORU\n"
                                 "  MSH-9.2                                           R01\n"
                                 "  MSH-10           message control id               77\n"
                                 "  MSH-11           processing id                    P\n"
                                 "  MSH-12           version id                       2.5.1\n"
                                 "PID  patient identification\n"
                                 "  PID-1            set id                           1\n"
                                 "  PID-3[1].1       patient identifier list          P1\n"
                                 "  PID-3[1].4.1                                      JMS\n"
                                 "  PID-3[1].4.2                                      1.2\n"
                                 "  PID-3[1].4.3                                      ISO\n"
                                 "  PID-3[2]                                          P2\n"
                                 "  PID-5.1          patient name                     DOE\n"
                                 "  PID-5.2                                           JOHN\n"
                                 "  PID-7            date/time of birth               \"\" (delete)\n"
                                 "OBX[1]  observation/result\n"
                                 "  OBX[1]-1         set id                           1\n"
                                 "  OBX[1]-2         value type                       NM\n"
                                 "  OBX[1]-3.1       observation identifier           WBC\n"
                                 "  OBX[1]-3.2                                        leukocytes\n"
                                 "  OBX[1]-5         observation value                5.0\n"
                                 "  OBX[1]-6         units                            10^3/uL\n"
                                 "OBX[2]  observation/result\n"
                                 "  OBX[2]-1         set id                           2\n"
                                 "  OBX[2]-2         value type                       TX\n"
                                 "  OBX[2]-3         observation identifier           NOTE\n"
                                 "  OBX[2]-5         observation value                one\n"
                                 "                                                    two\n"
                                 "ZLB  locally defined\n"
                                 "  ZLB-1                                             a\n");
    capture_release(&run);
}

static void test_json(void **state)
{
    struct scene *scene = *state;
    struct capture run;
    SHOW(run, scene, RESULT, "-", "--json");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_true(capture_is_json(run.out));
    assert_holds(
        run.out,
        "{\"faults\": [], \"messages\": [\n {\"number\": 1, \"line\": 1, \"batch\": 0, \"pieces\": 1, "
        "\"readable\": true, \"faults\": [], \"type\": \"ORU\", \"event\": \"R01\", "
        "\"version\": \"2.5.1\", \"control_id\": \"77\", \"charset\": \"UNICODE UTF-8\"");
    assert_holds(run.out,
                 "{\"segment\": \"OBX[2]\", \"name\": \"observation/result\", \"line\": 4, \"values\": [");
    assert_holds(run.out,
                 "{\"path\": \"PID-3[1].4.2\", \"name\": \"patient identifier list\", \"value\": \"1.2\"}");
    assert_holds(run.out, "{\"path\": \"PID-7\", \"name\": \"date/time of birth\", \"delete\": true}");
    assert_holds(run.out,
                 "{\"path\": \"OBX[2]-5\", \"name\": \"observation value\", \"value\": \"one\\ntwo\"}");
    assert_holds(run.out, "{\"path\": \"ZLB-1\", \"name\": null, \"value\": \"a\"}");
    capture_release(&run);
}

/* Several messages are numbered; what is passed over is told, and is no failure. */
static void test_batch(void **state)
{
    struct scene *scene = *state;
    struct capture run;
    static const char input[] = "\xEF\xBB\xBF"
                                "BHS|^~\\&\r\n"
                                "MSH|^~\\&|||||||ADT^A01|1|P|2.3\r\n"
                                "MSH*%$!@|||\r\nMSH|^~\\&|||||||ADT^A03|3|P|2.3\r\nBTS|3\r\n";
    static const char frames[] = "\x0BMSH|^~\\&|||||||ACK|1\r\x1C\r\x0BMSH|^~\\&\r\x1C\r";
    SHOW(run, scene, input, "-");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_holds(run.out, "message 1: ADT^A01, version 2.3, UNICODE UTF-8, line 2, batch 1\n");
    assert_holds(run.out, "\nmessage 2, line 3: cannot be read\n");
    assert_holds(run.out, "\nmessage 3: ADT^A03, version 2.3, UNICODE UTF-8, line 4, batch 1\n");
    assert_holds(run.err,
                 "corbridge show: error: message 2, line 3, MSH-2: separators are not as HL7 declares them; "
                 "expected a field separator");
    assert_holds(run.err, "corbridge show: warning: byte order mark was passed over\n");
    capture_release(&run);
    SHOW(run, scene, input, "-", "--json");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "\"readable\": false, \"faults\": [\n   {\"severity\": \"error\", \"code\": "
                          "\"hl7-separators\", \"line\": 3, \"path\": \"MSH-2\"");
    capture_release(&run);
    SHOW(run, scene, frames, "-");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "message 1: ACK, ");
    assert_holds(run.out, "\nmessage 2: no message type, ");
    assert_string_equal(run.err,
                        "corbridge show: warning: frame bytes of a connection (MLLP) were passed over\n");
    capture_release(&run);
}

static void test_what_cannot_be_read(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *input, *said;
    } cases[] = {
        {"",
         "corbridge show: the standard input is empty: give it a message, as in corbridge show - < FILE\n"},
        {"MSH|^~", "cannot be read\n"},
        {"Name=\"x\"\r\n", "it must begin with MSH, or with FHS or BHS of a batch\n"},
        {"FHS|^~\\&\rMSH|^~\\&|A\r",
         "corbridge show: warning: trailer has not come; expected FTS, which ends the file\n"},
        {"\xFF\xFEM", "the input ends before the end of the message: see that all of it is there\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture run;
        capture_run_with_input(&run, scene->root, (const char *const[]){"show", "-", NULL}, cases[i].input,
                               strlen(cases[i].input));
        assert_int_equal(run.code, COMMANDS_FAILED);
        assert_holds(i == 1 ? run.out : run.err, cases[i].said);
        capture_release(&run);
    }
}

static void test_command_line(void **state)
{
    struct scene *scene = *state;
    static const char *const cases[][4] = {{"show", NULL},
                                           {"show", "x12", NULL},
                                           {"show", "-", "-", NULL},
                                           {"show", "-", "--encoding", "ebcdic"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture run;
        const char *const arguments[] = {cases[i][0], cases[i][1], cases[i][1] != NULL ? cases[i][2] : NULL,
                                         i == 3 ? cases[i][3] : NULL, NULL};
        capture_run_with_input(&run, scene->root, arguments, RESULT, sizeof RESULT - 1);
        assert_int_equal(run.code, COMMANDS_USAGE);
        assert_string_equal(run.out, "");
        assert_holds(run.err, "corbridge show: ");
        capture_release(&run);
    }
}

static void test_encoding(void **state)
{
    struct scene *scene = *state;
    struct capture run;
    static const char input[] = "MSH|^~\\&|||||||ORU|1||||||||ASCII\rPID|\x80\r";
    SHOW(run, scene, input, "-");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_holds(
        run.err,
        "line 2, PID-1: bytes are not valid in the encoding of the file; expected ASCII, as MSH-18 says");
    assert_lacks(run.err, "\x80");
    capture_release(&run);
    SHOW(run, scene, input, "-", "--encoding", "windows-1252");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "  PID-1            set id                           \xE2\x82\xAC\n");
    capture_release(&run);
}

/* Nothing that a sender writes moves the cursor of a console. */
static void test_control_characters(void **state)
{
    struct scene *scene = *state;
    struct capture run;
    static const char input[] = "MSH|^~\\&\rNTE|\x1B[2J\\X0D0A\\x\\X00\\y\\XC285\\z\x7F\r";
    SHOW(run, scene, input, "-");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "<1B>[2J\n                                                    x<00>y<85>z<7F>\n");
    capture_release(&run);
    SHOW(run, scene, input, "-", "--json");
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "\"value\": \"\\u001b[2J\\u000d\\nx\\u0000y\xC2\x85z\\u007f\"");
    capture_release(&run);
}

static void test_long_values(void **state)
{
    struct scene *scene = *state;
    char input[2000];
    char value[1001];
    struct capture run;
    memset(value, 'J', 1000);
    value[1000] = '\0';
    int length = snprintf(input, sizeof input, "MSH|^~\\&\rOBX|||||%s\r", value);
    value[SHOW_VALUE_MOST] = '\0';
    char cut[1100];
    (void)snprintf(cut, sizeof cut, " %s... (1000 bytes; --whole prints them)\n", value);
    static const char *const options[] = {NULL, "--whole", "--json"};
    for (size_t i = 0; i < 3; i++) {
        capture_run_with_input(&run, scene->root, (const char *const[]){"show", "-", options[i], NULL}, input,
                               (size_t)length);
        assert_int_equal(run.code, COMMANDS_OK);
        value[SHOW_VALUE_MOST] = i == 0 ? '\0' : 'J';
        assert_holds(run.out, i == 0 ? cut : value);
        capture_release(&run);
    }
}

int main(void)
{
    test_main_init();
#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        SCENE(test_tree),
        SCENE(test_json),
        SCENE(test_batch),
        SCENE(test_what_cannot_be_read),
        SCENE(test_command_line),
        SCENE(test_encoding),
        SCENE(test_control_characters),
        SCENE(test_long_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
