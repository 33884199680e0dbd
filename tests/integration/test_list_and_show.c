/*
 * What a person sees of the ledger before deciding: list without a value of a patient, show with them; who looked is written down first, and
 * where that cannot be done nothing is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "platform/file.h"
#include "platform/path.h"
#include "platform/process.h"
#include "service/commands/commands.h"
#include "tests/integration/live_scene.h"
#include "tests/integration/sync_scene.h"
#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/service/capture.h"

static const struct scene_options OPTIONS = {
    .facilities = "<facility code=\"VCSO\" name=\"Ventura\" zone=\"America/Denver\"/>",
    .roster = "ready=\"closed\" lag=\"0 s\"",
    .match = "ready=\"closed\" hold-identity-change=\"yes\"",
};

/* ---- Words ----------------------------------------------------------------------------------------------- */

/* A command with the configuration of the scene behind what is written out. */
#define RUN(capture, scene, ...)                                                                             \
    capture_run(&(capture), (scene)->root,                                                                   \
                (const char *const[]){__VA_ARGS__, "--config", (scene)->config_path, NULL})

#define RUN_WITH_INPUT(capture, scene, input, ...)                                                           \
    capture_run_with_input(&(capture), (scene)->root,                                                        \
                           (const char *const[]){__VA_ARGS__, "--config", (scene)->config_path, NULL},       \
                           input, strlen(input))

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

static const char *const VALUES[] = {
    "DOE",   "JOHN",        "1946",       "333-22-4444", "P00012345", "12345678", "ISU",    "Nguy",   "Ana",
    "P2222", "Housing-Two", "B11",        "P11",         "P12",       "B12",      "P9",     "B9",     "OTHER",
    "DEM",   "LOC",         "people.csv", "07/22",       "RLSE",      "MSH",      "NEEDLE", "SECRET",
};

static void drop(struct scene *scene, const char *name, const char *text)
{
    scene_drop(scene, name, text);
    scene_settle(scene);
}

static void drop_dem(struct scene *scene, const char *name, const char *patient, const char *booking,
                     const char *housing)
{
    char *dem = scene_dem(patient, booking, housing, NULL);
    drop(scene, name, dem);
    free(dem);
}

/*
 * 1 applied, 2 applied (moved), 3 held (the booking of another patient), 4 quarantined with faults, 5 waiting, 6 a roster whose second row is wrong and
 * whose third is held, 7 quarantined: HL7 where an event should be.
 */
static void fill(struct scene *scene)
{
    drop_dem(scene, "DEM1.ini", NULL, NULL, NULL);
    drop_dem(scene, "DEM2.ini", NULL, NULL, "Housing-Two");
    drop_dem(scene, "DEM3.ini", "P2222", NULL, NULL);
    drop(
        scene, "DEM4.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"SECRET\"\r\nLastName=\"\"\r\nFirstName=\"NEEDLE\"\r\n"
        "BirthDate=\"1980-02-30\"\r\nSex=\"Male\"\r\nHousing=\"A\"\r\nBooking=\"B4\"\r\n"
        "BookingDate=\"2018-06-06T12:34\"\r\n");
    drop(
        scene, "LOC5.ini",
        "DataType=\"PatientLocation\"\r\nPatientID=\"P9\"\r\nFacility=\"VCSO\"\r\nHousing=\"X\"\r\nBooking=\"B9\"\r\n");
    drop(
        scene, "people.csv",
        "Smith,Ana,,P11,1990-01-01,,Male,,VCSO,,H,1,B11,2018-06-06T12:34,,,\r\n"
        "Smith,Ana,,P12,1990-13-01,,Male,,VCSO,,H,1,B12,2018-06-06T12:34,,,\r\n"
        "Smith,\"Nguy\xE1\xBB\x85n \"\"X\"\"\",,P2222,1990-01-01,,Male,,VCSO,,H,1,12345678,2018-06-06T12:34,,,\r\n");
    drop(scene, "HL7.ini",
         "MSH|^~\\&|LAB|X|Y|Z|20261123||ORU^R01|1|P|2.5.1\rPID|1||NEEDLE^^^JMS||SECRET^JOHN\r");
}

static const char *access_log(struct scene *scene)
{
    return scene_rows(scene, "SELECT command, number FROM access_log ORDER BY id");
}

/* ---- list ------------------------------------------------------------------------------------------------ */

static void list_shows_each_file_and_no_value(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    RUN(run, &scene, "list");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_string_equal(run.err, "");
    assert_holds(run.out, "test world, times of America/Denver\n");
    assert_holds(run.out, "  demographics  held         the booking is known under another patient\n");
    assert_holds(run.out, "  demographics  quarantined  faults: ");
    assert_holds(run.out, "  location      waiting      the patient is not known yet\n");
    assert_holds(run.out, "  roster-csv    done         3 rows, 1 open, 1 in quarantine\n");
    assert_holds(run.out, "\n7 lines: 2 applied, 1 held, 2 quarantined, 1 waiting, 1 done\n");
    assert_true(strstr(run.out, "       1  jms") < strstr(run.out, "       7  jms")); /* the newest last */
    assert_lacks(run.out, "live world");                                              /* nothing is in it */
    capture_release(&run);
    static const char *const ways[][2] = {{"--json", "--utc"},
                                          {"--state", "open"},
                                          {"--limit", "50"},
                                          {"--cause", "faults"},
                                          {"--test", "--json"}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        RUN(run, &scene, "list", ways[i][0], ways[i][1]);
        assert_int_equal(run.code, COMMANDS_OK);
        for (size_t j = 0; j < sizeof VALUES / sizeof VALUES[0]; j++)
            assert_lacks(run.out, VALUES[j]);
        assert_true(strncmp(run.out, "{", 1) != 0 || capture_is_json(run.out));
        capture_release(&run);
    }
    RUN(run, &scene, "list", "--limit", "2");
    assert_holds(run.out, "\nthe newest 2 lines: 1 done, 1 quarantined; there are older ones: --limit N");
    capture_release(&run);
    RUN(run, &scene, "list", "--state", "open");
    assert_holds(run.out, "  number     row  feed");
    assert_holds(run.out, "       6       3  jms");
    assert_holds(run.out, "\n3 lines: 2 held, 1 waiting\n");
    capture_release(&run);
    RUN(run, &scene, "list", "--date", "yesterday", "--feed", "jms");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_string_equal(run.out, "test world: no lines\n\nlive world: no lines\n");
    capture_release(&run);
    scene_release(&scene);
}

static void list_finds_a_person_by_the_standard_input(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    RUN_WITH_INPUT(run, &scene, "\xEF\xBB\xBF 12345678 \r\n", "list", "--booking", "-");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "\n4 lines: 2 applied, 2 held\n");
    assert_lacks(run.out, "12345678");
    capture_release(&run);
    RUN_WITH_INPUT(run, &scene, "P9", "list", "--patient", "-");
    assert_holds(run.out, "\n1 line: 1 waiting\n");
    capture_release(&run);
    static const char *const wrong[] = {"", " \n", "P9\nP8\n"};
    for (size_t i = 0; i < 3; i++) {
        RUN_WITH_INPUT(run, &scene, wrong[i], "list", "--patient", "-");
        assert_int_equal(run.code, COMMANDS_USAGE);
        assert_string_equal(run.out, "");
        assert_lacks(run.err, "P9");
        capture_release(&run);
    }
    RUN(run, &scene, "list", "--patient", "P9"); /* it would stand in the list of processes */
    assert_int_equal(run.code, COMMANDS_USAGE);
    assert_string_equal(run.out, "");
    assert_lacks(run.err, "P9");
    capture_release(&run);
    scene_release(&scene);
}

static void wrong_command_lines_are_refused(void **state)
{
    (void)state;
    struct scene scene;
    static const char *const lines[][4] = {
        {"list", "--state", "lost", NULL},    {"list", "--limit", "0", NULL},
        {"list", "--limit", "many", NULL},    {"list", "--date", "2026-02-30", NULL},
        {"list", "--since", "noon", NULL},    {"list", "--feed", "nobody", NULL},
        {"list", "--live", "--test", NULL},   {"list", "7", NULL, NULL},
        {"show", NULL, NULL, NULL},           {"show", "0", NULL, NULL},
        {"show", "1x", NULL, NULL},           {"show", "99999999999999999999", NULL, NULL},
        {"show", "1", "--row", "0"},          {"show", "1", "--live", "--test"},
        {"show", "1", "--encoding", "utf-8"}, {"show", "-", "--row", "1"},
    };
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct capture run;
        const char *arguments[7] = {NULL};
        size_t count = 0;
        while (count < 4 && lines[i][count] != NULL) {
            arguments[count] = lines[i][count];
            count++;
        }
        arguments[count++] = "--config";
        arguments[count] = scene.config_path;
        capture_run(&run, scene.root, arguments);
        assert_int_equal(run.code, COMMANDS_USAGE);
        assert_string_equal(run.out, "");
        assert_holds(run.err, "corbridge ");
        capture_release(&run);
    }
    struct capture run;
    RUN(run, &scene, "show", "1");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_holds(run.err, "there is no file of ledger number 1");
    capture_release(&run);
    scene_assert_rows(&scene, "SELECT count(*) FROM access_log", "0"); /* nothing was seen */
    scene_release(&scene);
}

/* ---- show ------------------------------------------------------------------------------------------------ */

static void show_tells_all_of_a_held_message(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    RUN(run, &scene, "show", "3");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_string_equal(run.err, "");
    assert_holds(run.out, "file 3, test world, times of America/Denver\n  name        DEM3.ini\n");
    assert_holds(run.out, "\nmessage 1: demographics, held\n");
    assert_holds(run.out, "  remark      the booking is known under another patient\n");
    assert_holds(run.out, "  booking of  DOE, JOHN, born 1946-07-22, PatientID P00012345\n");
    assert_holds(run.out, "\n      2  PatientID    P2222\n");
    assert_holds(run.out, "\n      8  SSN          333-22-4444\n");
    assert_holds(run.out, "\n  corbridge release 3 --test  has it applied\n"
                          "  corbridge reject 3 --test --reason \"why\"  ends it without\n");
    assert_holds(run.out, "hold");
    capture_release(&run);
    RUN(run, &scene, "show", "3", "--json");
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "{\"line\": 2, \"name\": \"PatientID\", \"value\": \"P2222\"}");
    capture_release(&run);
    assert_string_equal(access_log(&scene), "show|3\nshow|3");
    char *user = process_user();
    scene_assert_rows(&scene, "SELECT DISTINCT windows_user FROM access_log", user);
    free(user);

    RUN(run, &scene, "release", "3", "--reason", "asked the jail");
    assert_int_equal(run.code, COMMANDS_OK);
    capture_release(&run);
    wait_rows(&scene, "SELECT substr(stored, 1, 7) FROM file WHERE id = 3", "archive");
    RUN(run, &scene, "show", "3");
    assert_holds(run.out, ": release, \"asked the jail\"\n");
    assert_holds(run.out, "  carried out: ");
    assert_holds(run.out, "\nmessage 1: demographics, applied\n");
    assert_holds(run.out, "      patient            \"1\" -> \"");
    assert_holds(run.out, "\n      2  PatientID    P2222\n"); /* from the archive now */
    assert_lacks(run.out, "what to do next");
    capture_release(&run);
    scene_release(&scene);
}

static void show_tells_what_changed_and_what_is_wrong(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    RUN(run, &scene, "show", "2");
    assert_holds(run.out, "    booking 1\n      housing            \"ISU\" -> \"Housing-Two\"\n");
    capture_release(&run);
    RUN(run, &scene, "show", "4");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "  state       quarantined: faults\n");
    assert_holds(run.out,
                 "    error    line 3, LastName: required field is empty; expected 1 to 255 characters\n");
    assert_holds(run.out, " !    3  LastName\n");
    assert_holds(run.out, " !    5  BirthDate    1980-02-30\n");
    assert_holds(run.out, "      4  FirstName    NEEDLE\n");
    assert_holds(run.out, "ask the sender to mend what is wrong, and to send it again as a new file\n");
    capture_release(&run);
    RUN(run, &scene, "show", "5");
    assert_holds(run.out, "  about       PatientID P9, booking B9\n  waits until ");
    capture_release(&run);
    RUN(run, &scene, "show", "7"); /* HL7 as a tree */
    assert_holds(run.out, "  PID-5.1          patient name                     SECRET\n");
    capture_release(&run);
    for (int i = 1; i <= 7; i++) {
        char number[8];
        (void)snprintf(number, sizeof number, "%d", i);
        RUN(run, &scene, "show", number, "--json");
        assert_int_equal(run.code, COMMANDS_OK);
        assert_true(capture_is_json(run.out));
        capture_release(&run);
    }
    scene_release(&scene);
}

static void show_prints_a_row_of_a_roster_by_its_columns(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    RUN(run, &scene, "show", "6");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "  rows        3: 1 applied, 1 held, 1 quarantined\n");
    assert_holds(run.out,
                 "       2  demographics, quarantined: faults\n    error    line 2, column 5, Birth Date: ");
    assert_holds(run.out, "       3  demographics, held: the booking is known under another patient\n");
    assert_holds(run.out, "corbridge release 6 --row R --test");
    assert_lacks(run.out, "P12");
    assert_lacks(run.out, "--whole");
    capture_release(&run);
    RUN(run, &scene, "show", "6", "--row", "2");
    assert_holds(run.out, "\nrow 2: demographics, quarantined\n");
    assert_holds(run.out, " !    5  Birth Date      1990-13-01\n");
    assert_holds(run.out, "      4  Patient ID      P12\n");
    capture_release(&run);
    RUN(run, &scene, "show", "6", "--row", "3");
    assert_holds(run.out, "      2  First Name      Nguy\xE1\xBB\x85n \"X\"\n");
    assert_holds(run.out, "corbridge reject 6 --row 3 --test --reason");
    capture_release(&run);
    RUN(run, &scene, "show", "6", "--row", "4");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_holds(run.err, "file 6 has 3 rows");
    capture_release(&run);
    RUN(run, &scene, "show", "1", "--row", "1");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    capture_release(&run);
    scene_drop(&scene, "again.csv", "Smith,Ana,,P11,1990-01-01,,Male,,VCSO,,H,1,B11,2018-06-06T12:34,,,\r\n");
    scene_settle(&scene);
    RUN(run, &scene, "show", "8", "--row", "1");
    assert_holds(run.out, "\nrow 1: it brought nothing new, and left nothing\n");
    assert_holds(run.out, "      4  Patient ID      P11\n");
    capture_release(&run);
    scene_release(&scene);
}

static void bytes_that_are_gone_or_changed_are_said_so(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    char *path = strdup(scene_find_file(scene_path(&scene, "data/test/hold"), "_DEM3.ini"));
    char *bytes = scene_read(path);
    *strstr(bytes, "P2222") = 'Q'; /* of the same length */
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, bytes, strlen(bytes)).kind, PLATFORM_OK);
    RUN(run, &scene, "show", "3");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "its bytes are not those that came");
    assert_lacks(run.out, "2222");
    assert_holds(run.out, "message 1: demographics, held\n");
    capture_release(&run);
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    RUN(run, &scene, "show", "3", "--json");
    assert_true(capture_is_json(run.out));
    assert_holds(run.out, "its bytes are gone");
    capture_release(&run);
    free(bytes);
    free(path);
    scene_release(&scene);
}

/* A sync roster is one message: it is shown, and decided, as that, and not as a row behind its last one. */
static void a_sync_roster_is_shown_as_one_message(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    struct roster_text text = {0};
    sync_begin(&scene, &sync_scene_usual, 40);
    sync_drop_people(&scene, DAY_2, 1, 20);
    RUN(run, &scene, "show", "2");
    assert_holds(run.out, "\nroster as a whole: held\n");
    assert_holds(run.out, "\n  corbridge release 2 --test  has it applied\n");
    assert_holds(run.out, "\n  corbridge reject 2 --test --reason ");
    assert_lacks(run.out, "--row 21");
    capture_release(&run);
    RUN(run, &scene, "list", "--state", "held");
    assert_holds(run.out, "  number  feed  arrived"); /* no row among them */
    assert_holds(run.out, "  roster  held   0 of 20 rows, ");
    capture_release(&run);
    assert_string_equal(sync_decide_held(&scene, "reject", 2), "done: ledger number 2 was rejected");
    roster_add_full(&text, 1, 1, "VCSO", "MOVED", "");
    roster_add(&text, "Doe2,John,,P2,1980-01-31,,Q,,VCSO,,A,1,B2,2018-06-06T12:34,,,\r\n");
    roster_add_people(&text, 3, 39, "VCSO");
    sync_drop(&scene, DAY_3, &text);
    RUN(run, &scene, "show", "3");
    assert_holds(run.out, "\nroster as a whole: applied\n");
    assert_holds(run.out, "    error    line 2, column 7, Sex: ");
    assert_holds(run.out, "\"A\" -> \"MOVED\"\n");
    assert_holds(run.out, "      released_at        (nothing) -> ");
    capture_release(&run);
    RUN(run, &scene, "show", "3", "--row", "2");
    assert_holds(run.out, "\nrow 2: it is part of the one message ");
    assert_lacks(run.out, "left nothing");
    capture_release(&run);
    scene_release(&scene);
}

/* The lines of an extract are its own: those that the faults name are the document's. */
static void a_row_of_xml_is_shown_from_its_extract(void **state)
{
    (void)state;
    static const struct scene_options options = {
        .roster = "ready=\"closed\" lag=\"0 s\"",
        .rules = "<match pattern=\"*.xml\" format=\"jms-xml\" mapping=\"flat-roster.xml\"/>"
                 "<match pattern=\"*.jpg\" format=\"photo\" ready=\"closed\"/>",
        .mappings = "flat-roster.xml",
    };
    static const unsigned char png[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
        0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
        0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78,
        0x9c, 0x63, 0xf8, 0xff, 0xff, 0x3f, 0x00, 0x05, 0xfe, 0x02, 0xfe, 0x0d, 0xef, 0x46,
        0xb8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    struct scene scene;
    struct capture run;
    scene_init(&scene, &options);
    scene_start(&scene);
    drop(&scene, "r.xml",
         "<ActiveRoster facility=\"VCSO\">\n<Inmate>\n"
         "<JacketNo>P1</JacketNo><LName>Doe</LName><FName>John</FName>\n<DOB>01/31/1980</DOB>\n"
         "<Gender>Q</Gender>\n<Block>A</Block><BookNo>B1</BookNo>\n<BookDt>01/01/2020 00:00</BookDt>\n"
         "</Inmate>\n</ActiveRoster>\n");
    RUN(run, &scene, "show", "1", "--row", "1");
    assert_holds(run.out, "\nrow 1: demographics, quarantined\n");
    assert_holds(run.out, "<Gender>Q</Gender>\n");
    assert_lacks(run.out, "\n ! ");
    capture_release(&run);
    scene_drop_bytes(&scene, "P7.jpg", (const char *)png, sizeof png);
    scene_settle(&scene);
    RUN(run, &scene, "show", "2");
    assert_holds(run.out, "\nmessage 1: photo, waiting\n");
    assert_holds(run.out, "  nothing: it is filed when an event whose PhotoPath names it comes");
    capture_release(&run);
    scene_release(&scene);
}

/* What is not what it should be is shown as it came: a roster with its columns in another order, an event in UTF-16. */
static void what_cannot_be_read_is_shown_as_it_came(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    char wide[400] = {'\xFF', '\xFE'};
    static const char EVENT[] = "DataType=\"PatientDemographics\"\r\nLastName=\"DOE\" \"X\r\n\x1B[2J\r\n";
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    drop(&scene, "people.csv",
         "First Name,Last Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,"
         "Booking Number,Booking Date,Release Date,Height,Photo Path\r\nAna,Smith,,,,,,,,,,,,,,,\r\n");
    for (size_t i = 0; i < sizeof EVENT - 1; i++)
        wide[2 + 2 * i] = EVENT[i];
    scene_drop_bytes(&scene, "DEM.ini", wide, 2 + 2 * (sizeof EVENT - 1));
    scene_settle(&scene);
    drop(&scene, "DEM2.ini",
         "<?xml version=\"1.0\"?><a><b>\r\n  <Name>Nguy\xE1\xBB\x85n</Name><c x=\"1\"/>\r\n</b></a>\r\n");
    RUN(run, &scene, "show", "1");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "      2  Ana,Smith,,,,,,,,,,,,,,,\n");
    capture_release(&run);
    RUN(run, &scene, "show", "1", "--row", "1");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "  no rows can be told apart in it\n");
    capture_release(&run);
    RUN(run, &scene, "show", "2");
    assert_holds(
        run.out,
        "what it says: utf-16le\n      1  DataType  PatientDemographics\n !    2  LastName=\"DOE\" \"X\n");
    assert_holds(run.out, " !    3  <1B>[2J\n"); /* nothing moves the cursor of a console */
    capture_release(&run);
    RUN(run, &scene, "show", "3"); /* XML as a tree */
    assert_holds(run.out, "1    <b>\n");
    assert_holds(run.out, "2      <Name>Nguy\xE1\xBB\x85n</Name>\n");
    assert_holds(run.out, "2      <c x=\"1\"/>\n");
    assert_holds(run.out, "3    </b>\n");
    assert_holds(run.out, "3  </a>\n");
    capture_release(&run);
    RUN(run, &scene, "show", "2", "--row", "1");
    assert_int_equal(run.code, COMMANDS_NOT_FOUND);
    assert_holds(run.err, "file 2 is one message");
    capture_release(&run);
    scene_release(&scene);
}

/* ---- Who looked ------------------------------------------------------------------------------------------ */

static void nothing_is_shown_when_it_cannot_be_written_down(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    scene_stop(&scene);
    scene_execute(
        &scene,
        "CREATE TRIGGER full BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'not today'); END");
    static const char *const lines[][3] = {{"show", "3", "--test"},
                                           {"show", "3", "--json"},
                                           {"show", "7", "--whole"},
                                           {"list", "--test", "--utc"},
                                           {"list", "--json", "--utc"}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct capture run;
        RUN(run, &scene, lines[i][0], lines[i][1], lines[i][2]);
        assert_int_equal(run.code, COMMANDS_FAILED);
        assert_string_equal(run.out, "");
        assert_holds(run.err, "nothing is shown, since it cannot be written down who looked");
        assert_holds(run.err, "not today");
        capture_release(&run);
    }
    scene_execute(&scene, "DROP TRIGGER full");
    scene_release(&scene);
}

/* Another program that does not let go of the database: 5 s, then a refusal. */
static void nothing_is_shown_while_the_database_is_locked(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    sqlite3 *other = NULL;
    scene_init(&scene, &OPTIONS);
    scene_start(&scene);
    fill(&scene);
    scene_stop(&scene);
    assert_int_equal(sqlite3_open(scene_path(&scene, "data/database/corbridge-test.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    RUN(run, &scene, "show", "3");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_string_equal(run.out, "");
    assert_holds(run.err, "another program has the test database locked; try again in a moment\n");
    capture_release(&run);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    RUN(run, &scene, "show", "3");
    assert_int_equal(run.code, COMMANDS_OK);
    capture_release(&run);
    scene_release(&scene);
}

/* ---- Two worlds ------------------------------------------------------------------------------------------ */

static void both_worlds_are_told_apart(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    live_scene_init(&scene);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", NULL, NULL, NULL);
    live_scene_assert_followed(&scene, 1);
    RUN(run, &scene, "list");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_true(strstr(run.out, "test world") < strstr(run.out, "live world"));
    assert_holds(run.out, "times of UTC\n"); /* the facilities are in two zones */
    capture_release(&run);
    RUN(run, &scene, "list", "--live");
    assert_lacks(run.out, "test world");
    assert_holds(run.out, "1 line: 1 applied\n");
    capture_release(&run);
    RUN(run, &scene, "show", "1");
    assert_int_equal(run.code, COMMANDS_USAGE);
    assert_string_equal(run.out, "");
    assert_holds(run.err, "both worlds have a file of ledger number 1: add --live or --test");
    capture_release(&run);
    RUN(run, &scene, "show", "1", "--live");
    assert_holds(run.out, "LastName     DOE\n");
    capture_release(&run);
    RUN(run, &scene, "show", "1", "--test");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out,
                 "it is a copy of file 1 of the live world, where its bytes lie: corbridge show 1 --live\n");
    capture_release(&run);
    assert_string_equal(access_log(&scene), "list|-\nlist|-\nshow|1");
    scene.world = DATABASE_TEST;
    assert_string_equal(access_log(&scene), "list|-\nshow|1");
    live_scene_release(&scene);
}

/* One database that cannot be read does not hide the other. */
static void a_world_that_is_damaged_leaves_the_other(void **state)
{
    (void)state;
    struct scene scene;
    struct capture run;
    live_scene_init(&scene);
    scene_start(&scene);
    drop_dem(&scene, "DEM1.ini", NULL, NULL, NULL);
    live_scene_assert_followed(&scene, 1);
    scene_stop(&scene);
    char *path = strdup(scene_path(&scene, "data/database/corbridge-test.db"));
    assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, "no database", 11).kind, PLATFORM_OK);
    RUN(run, &scene, "list");
    assert_int_equal(run.code, COMMANDS_FAILED);
    assert_string_equal(run.out, "");
    assert_holds(run.err, "corbridge list: the test world: the database: it is no SQLite database");
    assert_holds(run.err, "corbridge list: --live looks into the other world alone\n");
    capture_release(&run);
    RUN(run, &scene, "list", "--live");
    assert_int_equal(run.code, COMMANDS_OK);
    assert_holds(run.out, "1 line: 1 applied\n");
    capture_release(&run);
    free(path);
    live_scene_release(&scene);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_shows_each_file_and_no_value),
        cmocka_unit_test(list_finds_a_person_by_the_standard_input),
        cmocka_unit_test(wrong_command_lines_are_refused),
        cmocka_unit_test(show_tells_all_of_a_held_message),
        cmocka_unit_test(show_tells_what_changed_and_what_is_wrong),
        cmocka_unit_test(show_prints_a_row_of_a_roster_by_its_columns),
        cmocka_unit_test(a_sync_roster_is_shown_as_one_message),
        cmocka_unit_test(a_row_of_xml_is_shown_from_its_extract),
        cmocka_unit_test(bytes_that_are_gone_or_changed_are_said_so),
        cmocka_unit_test(what_cannot_be_read_is_shown_as_it_came),
        cmocka_unit_test(nothing_is_shown_when_it_cannot_be_written_down),
        cmocka_unit_test(nothing_is_shown_while_the_database_is_locked),
        cmocka_unit_test(both_worlds_are_told_apart),
        cmocka_unit_test(a_world_that_is_damaged_leaves_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
