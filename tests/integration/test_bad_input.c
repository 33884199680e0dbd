/*
 * Bad input, the whole way: a file with a fault in what is required, in a key or in its form changes nothing and lies in quarantine with
 * every fault, its line and its field; a fault of an optional field costs that value alone. What is wrong is told, and never a value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

/* A good file. Every value that a sender makes up has QZ in it, which stands nowhere else. */
static const char *const LINES[] = {
    "DataType=\"PatientDemographics\"",    /* 1 */
    "PatientID=\"QZPATIENT\"",             /* 2 */
    "Facility=\"VCSO\"",                   /* 3 */
    "LastName=\"QZLAST\"",                 /* 4 */
    "FirstName=\"QZFIRST\"",               /* 5 */
    "BirthDate=\"03/17/1951\"",            /* 6 */
    "Sex=\"Male\"",                        /* 7 */
    "Housing=\"QZHOUSE\"",                 /* 8 */
    "Booking=\"QZBOOK\"",                  /* 9 */
    "BookingDate=\"2017-06-20 14:32:04\"", /* 10 */
};

enum {
    LINE_COUNT = sizeof LINES / sizeof LINES[0],
    TEXT_SIZE = 2048
};

#define QZ17 "QZ345678901234567"

struct bytes {
    const char *at;
    size_t size;
};
#define BYTES(literal)                                                                                       \
    {                                                                                                        \
        literal, sizeof(literal) - 1                                                                         \
    }
#define LEFT_OUT                                                                                             \
    {                                                                                                        \
        NULL, 0                                                                                              \
    }

struct bad {
    const char *what;     /* names the file, too */
    int line;             /* which line is another one; 0: none */
    struct bytes instead; /* without its line end */
    struct bytes added;   /* at the end; lines of their own */
    const char *faults;   /* "severity code line field", one a line, in the order in which they are told */
};

/* The good file with one line replaced and others added; the length. */
static size_t make_text(const struct bad *bad, char text[TEXT_SIZE])
{
    size_t used = 0;
    for (int i = 1; i <= LINE_COUNT; i++) {
        struct bytes line = {LINES[i - 1], strlen(LINES[i - 1])};
        if (i == bad->line)
            line = bad->instead;
        if (!line.at)
            continue;
        assert_true(used + line.size + 2 < TEXT_SIZE);
        memcpy(text + used, line.at, line.size);
        memcpy(text + used + line.size, "\r\n", 2);
        used += line.size + 2;
    }
    if (bad->added.at) {
        assert_true(used + bad->added.size < TEXT_SIZE);
        memcpy(text + used, bad->added.at, bad->added.size);
        used += bad->added.size;
    }
    return used;
}

static void drop_bad(struct scene *scene, const struct bad *bad)
{
    char text[TEXT_SIZE], name[64];
    (void)snprintf(name, sizeof name, "%s.ini", bad->what);
    size_t size = make_text(bad, text);
    scene_drop_bytes(scene, name, text, size);
}

static void assert_faults(struct scene *scene, const char *what, const char *expected)
{
    char sql[512];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT m.severity || ' ' || m.code || ' ' || coalesce(m.line, '-') || ' ' || coalesce(m.field, '-')"
        " FROM message_fault m JOIN file f ON f.id = m.file WHERE f.name = '%s.ini' ORDER BY m.ordinal",
        what);
    scene_assert_rows(scene, sql, expected);
}

static void assert_no_value(const char *where, const char *text)
{
    if (strstr(text, "QZ") || strstr(text, "1951") || strstr(text, "02/30") || strstr(text, "NOWHERE"))
        fail_msg("%s holds a value:\n%s", where, text);
}

/* The reason of a file names each fault of the list by line and field. */
static void assert_reason_lists(struct scene *scene, const char *what, const char *faults)
{
    char ending[96];
    (void)snprintf(ending, sizeof ending, "_%s.ini.reason.txt", what);
    const char *path = scene_find_file(scene_path(scene, "data/test/quarantine"), ending);
    if (!path)
        fail_msg("%s has no reason", what);
    char *reason = scene_read(path);
    assert_no_value(what, reason);
    const char *at = faults;
    while (*at) {
        char severity[16], code[64], line[16], field[64], place[128];
        int length = 0;
        assert_int_equal(sscanf(at, "%15s %63s %15s %63s%n", severity, code, line, field, &length), 4);
        if (line[0] == '-')
            (void)snprintf(place, sizeof place, "  %s: ", field);
        else
            (void)snprintf(place, sizeof place, field[0] == '-' ? "  line %s: " : "  line %s, %s: ", line,
                           field);
        if (!strstr(reason, place))
            fail_msg("%s: '%s' is not in its reason:\n%s", what, place, reason);
        at += length;
        at += *at == '\n';
    }
    free(reason);
}

static void no_value_was_told(struct scene *scene)
{
    char *events = scene_event_all();
    assert_no_value("an event", events);
    free(events);
    scene_stop(scene);
    char *log = scene_read(scene_find_file(scene->data, "corbridge.log"));
    assert_no_value("the log", log);
    free(log);
}

static void each_bad_file_lies_in_quarantine_with_every_fault(void **state)
{
    (void)state;
    static const struct bad BAD[] = {
        {"missing", 4, LEFT_OUT, LEFT_OUT, "error required-missing - LastName"},
        {"empty-value", 4, BYTES("LastName=\"  \""), LEFT_OUT, "error required-empty 4 LastName"},
        {"over-long", 2, BYTES("PatientID=\"" QZ17 "8\""), LEFT_OUT, "error too-long 2 PatientID"},
        {"no-such-day", 10, BYTES("BookingDate=\"02/30/2017 14:32:04\""), LEFT_OUT,
         "error date-not-in-calendar 10 BookingDate"},
        {"facility", 3, BYTES("Facility=\"NOWHERE\""), LEFT_OUT, "error facility-unknown 3 Facility"},
        {"twice", 0, LEFT_OUT, BYTES("LastName=\"QZOTHER\"\r\n"), "error name-twice-different 11 LastName"},
        {"behind-the-quote", 4, BYTES("LastName=\"QZLAST\" QZMORE"), LEFT_OUT,
         "error text-after-value 4 LastName"},
        {"inner-quote", 4, BYTES("LastName=\"QZ\"LAST\""), LEFT_OUT, "error quote-not-doubled 4 LastName"},
        {"no-quotes", 4, BYTES("LastName=QZLAST"), LEFT_OUT, "error value-not-quoted 4 LastName"},
        {"lower-case", 4, BYTES("lastname=\"QZLAST\""), LEFT_OUT,
         "error required-missing - LastName\nwarning name-other-case 4 LastName"},
        {"no-form", 0, LEFT_OUT, BYTES("QZWORDS without any form\r\n"), "error line-without-equals 11 -"},
        {"nul", 4, BYTES("LastName=\"QZ\0LAST\""), LEFT_OUT, "error nul-byte 4 -"},
        {"tab", 4, BYTES("LastName=\"QZ\tLAST\""), LEFT_OUT, "error control-character 4 LastName"},
        {"many", 10, BYTES("BookingDate=\"2017-02-30\""),
         BYTES(
             "SSN=\"333-22-444455\"\r\nFirstName=\"QZOTHER\"\r\nQZFIELD=\"1\"\r\nHeight=\"QZ\"\r\nBed=QZ\r\n"),
         "error date-not-in-calendar 10 BookingDate\nwarning too-long 11 SSN\n"
         "error name-twice-different 12 FirstName\nwarning name-unknown 13 -\nwarning not-a-number 14 Height\n"
         "error value-not-quoted 15 Bed"},
    };
    enum {
        COUNT = sizeof BAD / sizeof BAD[0]
    };
    struct scene scene;
    char expected[32];
    scene_init(&scene, NULL);
    scene_start(&scene);
    for (size_t i = 0; i < COUNT; i++)
        drop_bad(&scene, &BAD[i]);
    scene_settle(&scene);
    for (size_t i = 0; i < COUNT; i++) {
        assert_faults(&scene, BAD[i].what, BAD[i].faults);
        assert_reason_lists(&scene, BAD[i].what, BAD[i].faults);
    }
    (void)snprintf(expected, sizeof expected, "quarantined|0|%d", (int)COUNT);
    scene_assert_rows(&scene, "SELECT state, in_place, count(*) FROM file GROUP BY 1, 2", expected);
    /* Without a required field it may also be that the file was cut between two lines. */
    scene_assert_rows(&scene, "SELECT name, reason FROM file WHERE reason <> 'faults' ORDER BY name",
                      "lower-case.ini|incomplete\nmissing.ini|incomplete");
    (void)snprintf(expected, sizeof expected, "quarantined|%d", (int)COUNT);
    scene_assert_rows(&scene, "SELECT state, count(*) FROM message GROUP BY 1", expected);
    scene_assert_rows(&scene, "SELECT (SELECT count(*) FROM patient) + (SELECT count(*) FROM booking)", "0");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), COUNT);
    assert_int_equal(scene_count_files(scene.share), 0);
    assert_int_equal(scene_count_files(scene_path(&scene, "data/test")), 2 * COUNT);
    no_value_was_told(&scene);
    scene_release(&scene);
}

/* What is no text at all. The same bytes lie in quarantine. */
static void a_binary_file_is_told_without_its_bytes(void **state)
{
    (void)state;
    unsigned char bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    memcpy(bytes, "\x89PNG\r\n\x1A\n", 8);
    memcpy(bytes + sizeof bytes - 2, "\r\n", 2);
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    scene_drop_bytes(&scene, "picture.ini", bytes, sizeof bytes);
    scene_settle(&scene);
    scene_assert_rows(&scene, "SELECT state, reason, size FROM file", "quarantined|faults|4096");
    scene_assert_rows(&scene,
                      "SELECT min(severity) <> 'warning' AND count(*) BETWEEN 1 AND 1000 FROM message_fault"
                      " WHERE severity = 'error' AND field IS NULL",
                      "1");
    char *kept = scene_read(scene_find_file(scene.data, "_picture.ini"));
    assert_memory_equal(kept, bytes, sizeof bytes);
    free(kept);
    char *reason = scene_read(scene_find_file(scene.data, "_picture.ini.reason.txt"));
    assert_null(strstr(reason, "PNG"));
    for (const char *c = reason; *c; c++)
        assert_true((*c >= ' ' && *c <= '~') || *c == '\r' || *c == '\n');
    free(reason);
    scene_release(&scene);
}

/* A feed that names its encoding gets no guess; one that names none gets what the bytes are. */
static void another_encoding_than_the_named_one_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct bad WINDOWS_1252 = {"accent", 4, BYTES("LastName=\"QZ\xC9LAST\""), LEFT_OUT,
                                            "error encoding-invalid 4 -"};
    static const struct {
        const char *match, *state, *name;
    } CASES[] = {
        {"ready=\"closed\" encoding=\"utf-8\"", "quarantined", NULL},
        {"ready=\"closed\"", "done", "QZ\xC3\x89LAST"},
        {"ready=\"closed\" encoding=\"windows-1252\"", "done", "QZ\xC3\x89LAST"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scene scene;
        scene_init(&scene, &(struct scene_options){.match = CASES[i].match});
        scene_start(&scene);
        drop_bad(&scene, &WINDOWS_1252);
        scene_settle(&scene);
        scene_assert_rows(&scene, "SELECT state FROM file", CASES[i].state);
        if (CASES[i].name) {
            scene_assert_rows(&scene, "SELECT last_name FROM patient", CASES[i].name);
        } else {
            assert_faults(&scene, WINDOWS_1252.what, WINDOWS_1252.faults);
            assert_reason_lists(&scene, WINDOWS_1252.what, WINDOWS_1252.faults);
            scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
        }
        scene_release(&scene);
    }
}

/* What the first file stated stays; what is right in the second one is applied. */
static void a_fault_of_an_optional_field_costs_that_value_alone(void **state)
{
    (void)state;
    static const struct bad FIRST = {
        "first", 0, LEFT_OUT,
        BYTES(
            "SSN=\"333-22-4444\"\r\nRace=\"White\"\r\nAgency=\"QZAGENCY\"\r\nHeight=\"72\"\r\nWeight=\"140\"\r\n"),
        ""};
    static const struct bad SECOND = {
        "second", 5, BYTES("FirstName=\"QZNEW\""),
        BYTES(
            "SSN=\"333-22-444455\"\r\nRace=\"QZ\"\r\nAgency=\"QZ\x01\"\r\nHeight=\"QZ\"\r\nWeight=\"1401\"\r\n"
            "ReleaseDate=\"QZ soon\"\r\n"),
        "warning too-long 11 SSN\nwarning not-in-set 12 Race\nwarning control-character 13 Agency\n"
        "warning not-a-number 14 Height\nwarning out-of-range 15 Weight\nwarning not-a-time 16 ReleaseDate"};
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_bad(&scene, &FIRST);
    scene_settle(&scene);
    drop_bad(&scene, &SECOND);
    scene_settle(&scene);
    scene_assert_rows(
        &scene, "SELECT f.name, f.state, m.state FROM file f JOIN message m ON m.file = f.id ORDER BY f.id",
        "first.ini|done|applied\nsecond.ini|done|applied");
    assert_faults(&scene, "first", "");
    assert_faults(&scene, "second", SECOND.faults);
    scene_assert_rows(&scene, "SELECT first_name, ssn, race, height, weight FROM patient",
                      "QZNEW|333-22-4444|White|72|140");
    scene_assert_rows(&scene, "SELECT agency, released_at FROM booking", "QZAGENCY|-");
    assert_int_equal(scene_event_count(EVENT_QUARANTINED), 0);
    no_value_was_told(&scene);
    scene_release(&scene);
}

/* A Location event requires less, and is judged as strictly. */
static void location_events_are_judged_alike(void **state)
{
    (void)state;
    static const struct bad GOOD = {"good", 0, LEFT_OUT, LEFT_OUT, ""};
    struct scene scene;
    scene_init(&scene, NULL);
    scene_start(&scene);
    drop_bad(&scene, &GOOD);
    scene_settle(&scene);
    scene_drop(&scene, "no-booking.ini",
               "DataType=\"PatientLocation\"\r\nPatientID=\"QZPATIENT\"\r\nHousing=\"QZ2\"\r\n");
    scene_drop(
        &scene, "no-day.ini",
        "DataType=\"PatientLocation\"\r\nPatientID=\"QZPATIENT\"\r\nBooking=\"QZBOOK\"\r\nHousing=\"QZ3\"\r\n"
        "MoveDate=\"2017-02-29\"\r\n");
    scene_settle(&scene);
    assert_faults(&scene, "no-booking", "error required-missing - Booking");
    assert_faults(&scene, "no-day", "warning date-not-in-calendar 5 MoveDate");
    scene_assert_rows(&scene, "SELECT name, state FROM file ORDER BY name",
                      "good.ini|done\nno-booking.ini|quarantined\nno-day.ini|done");
    scene_assert_rows(&scene, "SELECT housing FROM booking", "QZ3");
    no_value_was_told(&scene);
    scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bad_file_lies_in_quarantine_with_every_fault),
        cmocka_unit_test(a_binary_file_is_told_without_its_bytes),
        cmocka_unit_test(another_encoding_than_the_named_one_is_told_with_its_line),
        cmocka_unit_test(a_fault_of_an_optional_field_costs_that_value_alone),
        cmocka_unit_test(location_events_are_judged_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
