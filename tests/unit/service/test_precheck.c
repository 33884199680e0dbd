/* The pre-integration check: facts, findings, what is shown of a value; the whole of two folders as golden text. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/limits.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "service/commands/commands.h"
#include "service/precheck/ids.h"
#include "service/precheck/note.h"
#include "service/precheck/precheck.h"
#include "tests/support/pictures.h"
#include "tests/unit/service/capture.h"
#include "tests/unit/service/config_scene.h"

/* 2018-07-01T12:00:00Z */
#define NOW ((instant_us)1530446400 * 1000000)

#define CONFIG                                                                                                   \
    "<corbridge>@DATA@"                                                                                          \
    "<facility code=\"VCSO\" name=\"Valley\" zone=\"US/Pacific\">"                                               \
    "<location housing=\"{pod}-POD\" bed=\"{bed}\"/><location housing=\"B\" block=\"Intake\"/></facility>"       \
    "<facility code=\"EAST\" name=\"East\" zone=\"US/Pacific\"/>"                                                \
    "<feed name=\"jms\" folder=\"@ROOT@/in\"><match pattern=\"DEM*.ini\" format=\"jms-event\"/>"                 \
    "<match pattern=\"LOC*.ini\" format=\"jms-event\"/><match pattern=\"roster*\" format=\"jms-event\"/></feed>" \
    "@PHARMACY@</corbridge>"

#define ROW(patient, booking, housing, bed)                                                                  \
    "Doe,John,," patient ",1980-01-01,,Male,,VCSO,," housing "," bed "," booking ",2018-06-06T12:34,,,\r\n"

static void check_folder(struct precheck *check, const char *folder, const struct precheck_options *options)
{
    struct platform_status status;
    precheck_init(check, options);
    assert_true(precheck_gather(check, folder, &status));
    assert_true(precheck_judge(check));
}

static void put(const char *folder, const char *name, const void *bytes, size_t size)
{
    char *path = path_join(folder, name);
    assert_true(platform_ok(file_store(path, bytes, size)));
    free(path);
}

static void put_text(const char *folder, const char *name, const char *text)
{
    put(folder, name, text, strlen(text));
}

/* The folder "in" of the scene, made anew. */
static char *make_in(const struct scene *scene)
{
    scene_make_folder(scene, "in");
    return path_join(scene->root, "in");
}

static char *load_fixture(const char *name)
{
    char *path = test_fixture_path(name);
    char *text = NULL;
    size_t size;
    assert_true(platform_ok(file_load(path, 1024 * 1024, &text, &size)));
    free(path);
    return text;
}

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

/* Text, JSON and page of a folder, one behind the other. */
static char *everything(const char *fixture, const struct precheck_options *options)
{
    struct precheck check;
    struct output out;
    char *folder = test_fixture_path(fixture);
    check_folder(&check, folder, options);
    output_init(&out);
    precheck_write_text(&check, &out);
    precheck_write_json(&check, &out);
    precheck_write_html(&check, &out);
    assert_false(out.failed);
    precheck_release(&check);
    free(folder);
    return out.text;
}

/* ---- The whole of two folders ---------------------------------------------------------------------------------------- */

static void assert_golden(const char *fixture, const char *golden, const struct precheck_options *options)
{
    struct precheck check;
    struct output out;
    char *folder = test_fixture_path(fixture);
    char *expected = load_fixture(golden);
    check_folder(&check, folder, options);
    output_init(&out);
    precheck_write_text(&check, &out);
    assert_false(out.failed);
    if (strcmp(out.text, expected) != 0) {
        (void)printf("---- it says:\n%s----\n", out.text); /* longer than cmocka's lines may be */
        fail_msg("%s is not what the check says, which is above", golden);
    }
    output_release(&out);
    precheck_release(&check);
    free(expected);
    free(folder);
}

static void test_good_folder(void **state)
{
    (void)state;
    assert_golden("precheck/good", "precheck/good.txt", &(struct precheck_options){.now = NOW});
}

static void test_folder_with_trouble(void **state)
{
    struct scene *scene = *state;
    scene_load(scene, CONFIG);
    assert_non_null(scene->config);
    struct precheck_options options = {.now = NOW, .config = scene->config};
    assert_golden("precheck/trouble", "precheck/trouble.txt", &options);
    options.with_patients = true;
    assert_golden("precheck/trouble", "precheck/trouble-patients.txt", &options);
}

/* ---- What is shown --------------------------------------------------------------------------------------------------- */

static void test_nothing_of_a_file_is_shown_unasked(void **state)
{
    struct scene *scene = *state;
    static const char *const values[] = {"P00000002", "10000001",      "20000020", "A-POD",
                                         "a-pod",     "XYZ",           "WHT",      "Martian",
                                         "DEM1",      "_unknown_type", "alert(1)"};
    static const char *const never[] = {"SMITH", "RICHARD", "Tiny", "Fred", "http://h", "heavy"};
    scene_load(scene, CONFIG);
    struct precheck_options options = {.now = NOW, .config = scene->config};
    char *masked = everything("precheck/trouble", &options);
    options.with_patients = true;
    char *plain = everything("precheck/trouble", &options);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(values[i], "DEM1") != 0)
            assert_lacks(masked, values[i]);
        assert_holds(plain, values[i]);
    }
    assert_lacks(masked, "DEM10000"); /* DEM12345678 is an example in a sentence */
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        assert_lacks(masked, never[i]);
        assert_lacks(plain, never[i]); /* names are never needed */
    }
    assert_holds(masked, "VCSO"); /* the configuration says it */
    assert_holds(plain, "&lt;script&gt;alert(1)&lt;/script&gt;");
    free(masked);
    free(plain);
}

static void test_json_and_page_are_whole(void **state)
{
    (void)state;
    struct precheck check;
    struct output out;
    char *folder = test_fixture_path("precheck/trouble");
    check_folder(&check, folder, &(struct precheck_options){.now = NOW, .with_patients = true});
    output_init(&out);
    precheck_write_json(&check, &out);
    assert_true(capture_is_json(out.text));
    output_release(&out);
    precheck_write_html(&check, &out);
    assert_holds(
        out.text,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
    static const char *const nowhere[] = {"<script", "src=",   "url(",   "@import",
                                          "<link",   "style=", "onload", "<img"};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        assert_lacks(out.text, nowhere[i]);
    output_release(&out);
    precheck_release(&check);
    free(folder);
}

/* ---- Facts ----------------------------------------------------------------------------------------------------------- */

static void test_places_written_in_two_ways(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "roster.csv",
             ROW("1", "1", "A-POD", "1") ROW("2", "2", "a pod", "02") ROW("3", "3", "APOD", "2")
                 ROW("4", "4", "B-1-11", "1") ROW("5", "5", "B-11-1", "1") ROW("6", "6", "C10", "0")
                     ROW("7", "7", "C1", "00"));
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.locations.count, 7);
    assert_int_equal(check.near_count, 2);
    assert_false(check.near[0]->of_bed);
    assert_int_equal(check.near[0]->count, 3);
    assert_true(check.near[1]->of_bed);
    assert_int_equal(check.near[1]->count, 2);
    assert_int_equal(check.near[1]->spellings[0]->first.line, 2);
    precheck_release(&check);
    free(in);
}

static void test_a_marriage_is_no_second_person(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "roster.csv",
             "Doe,Ann,,1,1980-01-01,,Female,,VCSO,,A,,1,2018-06-06T12:34,,,\n"
             "DOE ,ann,,1,01/01/1980,,Female,,VCSO,,A,,2,2018-06-06T12:34,,,\n"
             "Roe,Ann,,1,1980-01-01,,Female,,VCSO,,A,,3,2018-06-06T12:34,,,\n"
             "Doe,Bob,,2,1980-01-01,,Male,,VCSO,,A,,4,2018-06-06T12:34,,,\n"
             "Doe,Bob,,2,1980-01-02,,Male,,VCSO,,A,,5,2018-06-06T12:34,,,\n"
             "Doe,Bob,,3,1980-01-02,,Male,,VCSO,,A,,5,2018-06-06T12:34,,,\n");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.patients.count, 3);
    assert_int_equal(check.two_people, 1);
    const struct precheck_patient *two = table_find(&check.patients, SLICE_LITERAL("2"));
    assert_true(two->birth_differs);
    assert_false(two->names_differ);
    assert_int_equal(two->first.line, 4);
    assert_int_equal(two->other.line, 5);
    assert_int_equal(check.two_bookings, 1);
    assert_false(check.ready);
    precheck_release(&check);
    free(in);
}

/* A PatientID for each booking makes a chart for each: the sender is asked. */
static void test_one_person_under_two_ids(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "roster_1.csv",
             "Doe,Ann,,1,1980-01-01,,Female,,VCSO,,A,,1,2018-06-06T12:34,,,\n"
             "DOE,Ann ,Marie,2,01/01/1980,,Female,,VCSO,,A,,2,2018-06-06T12:34,,,\n"
             "Doe,Ann,,3,1980-01-02,,Female,,VCSO,,A,,3,2018-06-06T12:34,,,\n"
             "Doe,Bob,,4,1980-01-01,,Male,,VCSO,,A,,4,2018-06-06T12:34,,,\n");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.one_person.count, 1);
    assert_int_equal(check.one_person.first[0].first.line, 1);
    assert_int_equal(check.one_person.first[0].second.line, 2);
    assert_int_equal(check.two_people, 0);
    assert_true(check.ready);
    precheck_release(&check);
    free(in);
}

/* Its dates are a cause of their own, and not birth dates that cannot be. */
static void test_what_excel_did_is_told_as_such(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "roster_1.csv",
             "Doe,Ann,,0012,7/22/1946,,Female,,VCSO,,A,,2.01806E+12,6/6/2018 12:34,,,\n"
             "Doe,Bob,,12,1946-07-22,,Male,,VCSO,,A,,2.01806E+12,2018-06-06T12:34,,,\n"
             "Doe,Cid,,13,17005,,Male,,VCSO,,A,,77,2018-06-06T12:34,6/7/2018,,\n");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.excel_dates, 4);
    assert_int_equal(check.impossible_births, 0);
    assert_int_equal(check.rounded[PRECHECK_BOOKING].count, 2);
    assert_int_equal(check.rounded[PRECHECK_PATIENT_ID].count, 0);
    assert_int_equal(check.twins[PRECHECK_PATIENT_ID].count, 1);
    assert_int_equal(check.twins[PRECHECK_BOOKING].count, 0);
    assert_int_equal(check.twins[PRECHECK_PATIENT_ID].first[0].second.line, 2);
    assert_holds(check.findings[0].what, "4 dates look as if Excel had saved them");
    assert_holds(check.findings[1].what, "2 booking numbers were rounded by Excel");
    assert_false(check.ready);
    precheck_release(&check);
    free(in);
}

static void test_ids_that_were_rounded(void **state)
{
    (void)state;
    static const char *const rounded[] = {"2.01806E+12", "2E+12", "1.1e+09", "9.99999E+100"};
    static const char *const whole[] = {"",       "2",      "2E12",        "2.E+12",    "22.1E+12", "E+12",
                                        "2.01E+", "2.01+2", "x2.01806E+1", "2.01E+12x", "2.0-1E+2"};
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++)
        if (!ids_is_rounded(slice_of(rounded[i])))
            fail_msg("%s", rounded[i]);
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (ids_is_rounded(slice_of(whole[i])))
            fail_msg("%s", whole[i]);
}

#define DEM_WITH_PHOTO(n, path)                                                                              \
    "DataType=\"PatientDemographics\"\nPatientID=\"P" n "\"\nFacility=\"VCSO\"\nLastName=\"Doe" n "\"\n"     \
    "FirstName=\"Ann\"\nBirthDate=\"1980-01-01\"\nSex=\"Female\"\nHousing=\"A\"\nBooking=\"B" n "\"\n"       \
    "BookingDate=\"2018-06-06\"\nPhotoPath=\"" path "\"\n"

static void test_photos_beside_the_events(void **state)
{
    struct scene *scene = *state;
    static const char *const paths[] = {
        DEM_WITH_PHOTO("1", "P1.jpg"),         DEM_WITH_PHOTO("2", ".\\p1.JPG"),
        DEM_WITH_PHOTO("3", "P3.jpg"),         DEM_WITH_PHOTO("4", "P4.png"),
        DEM_WITH_PHOTO("5", "photos/P5.jpg"),  DEM_WITH_PHOTO("6", "P6.jpeg"),
        DEM_WITH_PHOTO("7", "\\\\s\\p\\7.jpg")};
    char *in = make_in(scene);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "DEM%zu_20180606123400.ini", i + 1);
        put_text(in, name, paths[i]);
    }
    put(in, "P1.jpg", picture_jpeg, picture_jpeg_size);
    put(in, "P8.png", picture_png, picture_png_size - 20);
    put(in, "P9", picture_png, picture_png_size);
    put_text(in, "P4.png", "<html>404 not found</html>");
    put_text(in, "P6.jpeg", "");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.photos[PRECHECK_PHOTO_BESIDE].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_REFUSED].count, 1); /* with a "." in it */
    assert_int_equal(check.photos[PRECHECK_PHOTO_MISSING].count, 2);
    assert_int_equal(check.photos[PRECHECK_PHOTO_UNUSABLE].count, 2);
    assert_int_equal(check.photos[PRECHECK_PHOTO_UNC].count, 1);
    assert_int_equal(check.kind_files[PRECHECK_PHOTO], 2);
    assert_int_equal(check.kind_files[PRECHECK_BAD_PHOTO], 3);
    static const char *const remarks[] = {
        "jpeg, 16 x 8", "bytes are no picture of a kind that is read; expected a JPEG or PNG file",
        "picture has no end", "picture has no end", "png, 12 x 10"};
    assert_int_equal(check.file_count, 12);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(check.files[7 + i].remark, remarks[i]);
    assert_true(check.ready); /* a photo never stops its event */
    assert_int_equal(check.level_count[PRECHECK_SHOULD], 4);
    precheck_release(&check);
    free(in);
}

/* With <photos> a path is read from its roots, and an address compared with its hosts; nothing is fetched. */
static void test_photos_in_configured_places(void **state)
{
    struct scene *scene = *state;
    static const char *const paths[] = {DEM_WITH_PHOTO("1", "one.jpg"),
                                        DEM_WITH_PHOTO("2", "sub/two.png"),
                                        DEM_WITH_PHOTO("3", "three.jpg"),
                                        DEM_WITH_PHOTO("4", "../one.jpg"),
                                        DEM_WITH_PHOTO("5", "https://a.example/5.jpg"),
                                        DEM_WITH_PHOTO("6", "https://b.example/6.jpg"),
                                        DEM_WITH_PHOTO("7", "C:\\elsewhere\\7.jpg"),
                                        DEM_WITH_PHOTO("8", "cut.png")};
    char *in = make_in(scene);
    scene_make_folder(scene, "mugs");
    char *mugs = path_join(scene->root, "mugs");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "DEM%zu_20180606123400.ini", i + 1);
        put_text(in, name, paths[i]);
    }
    put(mugs, "one.jpg", picture_jpeg, picture_jpeg_size);
    put(mugs, "cut.png", picture_png, picture_png_size / 2);
    put(in, "two.png", picture_png, picture_png_size); /* the name is what counts beside the events */
    scene_load(scene, "<corbridge>@DATA@@FACILITY@@FEED@@PHARMACY@<photos><root folder=\"@ROOT@/mugs\"/>"
                      "<host name=\"a.example\"/></photos></corbridge>");
    assert_non_null(scene->config);
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_int_equal(check.photos[PRECHECK_PHOTO_READ].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_READ].first[0].file, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_BESIDE].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_MISSING].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_REFUSED].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_HTTPS].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_NO_HOST].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_OUTSIDE].count, 1);
    assert_int_equal(check.photos[PRECHECK_PHOTO_UNUSABLE].count, 1);
    precheck_release(&check);
    free(mugs);
    free(in);
}

/* Where a rule takes the file, its feed's map says which codes are known. */
static void test_codes_of_alerts(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(
        in, "alerts_1.csv",
        "1,1,2018-06-06T13:00:00,,HIGHCAL,,\n2,2,2018-06-06T13:00:00,,odd,,\n3,3,2018-06-06T13:00:00,,highcal,,\n");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.alert_codes.count, 2);
    assert_int_equal(check.unmapped_codes, 0);
    assert_true(check.ready);
    precheck_release(&check);
    scene_load(scene, "<corbridge>@DATA@@FACILITY@<feed name=\"jms\" folder=\"@ROOT@/in\">"
                      "<match pattern=\"alerts*.csv\" format=\"alerts-csv\"/>"
                      "<alerts><alert code=\"HIGHCAL\"/></alerts></feed>@PHARMACY@</corbridge>");
    assert_non_null(scene->config);
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_int_equal(check.unmapped_codes, 1);
    assert_int_equal(check.errors, 1);
    assert_int_equal(check.fault_order[0]->code, FAULT_ALERT_CODE_UNMAPPED);
    assert_int_equal(check.fault_order[0]->places.first[0].line, 2);
    assert_false(check.ready);
    precheck_release(&check);
    free(in);
}

static void test_names_that_windows_holds_for_one(void **state)
{
    (void)state;
    struct precheck check;
    precheck_init(&check, &(struct precheck_options){.now = NOW});
    assert_true(note_file_name(&check, "DEM1_0400.ini", 1));
    assert_true(note_file_name(&check, "DEM1_0401.ini", 1));
    assert_false(note_file_name(&check, "dem1_0400.INI", 1));
    precheck_release(&check);
}

static void test_how_files_are_written(void **state)
{
    struct scene *scene = *state;
    static const char wide[] = "\xFF\xFE"
                               "D\0a\0t\0a\0T\0y\0p\0e\0=\0\"\0X\0\"\0\r\0\n\0";
    char *in = make_in(scene);
    put(in, "a.ini", wide, sizeof wide - 1);
    put_text(in, "b.csv", "\xEF\xBB\xBF" ROW("1", "1", "A", "1"));
    put_text(in, "c.csv", "Mu\xF1oz,J,,4,1980-01-01,,Male,,VCSO,,A,,4,2018-06-06T12:34,,,\r");
    put_text(in, "d.csv", "Mu\xC3\xB1oz,J,,5,1980-01-01,,Male,,VCSO,,A,,5,2018-06-06T12:34,,,\n");
    put_text(in, "e.ini", "  \r\n\r\n");
    put_text(in, "f.tmp", "unfinished");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    static const struct {
        enum precheck_kind kind;
        enum precheck_charset charset;
        enum precheck_line_end line_end;
    } expected[] = {
        {PRECHECK_EVENT, PRECHECK_UTF16LE, PRECHECK_CRLF},
        {PRECHECK_ROSTER, PRECHECK_UTF8_MARK, PRECHECK_CRLF},
        {PRECHECK_ROSTER, PRECHECK_WINDOWS1252, PRECHECK_CR},
        {PRECHECK_ROSTER, PRECHECK_UTF8, PRECHECK_LF},
        {PRECHECK_EMPTY, PRECHECK_ASCII, PRECHECK_NO_LINE_END},
    };
    assert_int_equal(check.file_count, 5);
    assert_int_equal(check.passed_over, 1);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(check.files[i].kind, expected[i].kind);
        assert_int_equal(check.files[i].charset, expected[i].charset);
        assert_int_equal(check.files[i].line_end, expected[i].line_end);
    }
    precheck_release(&check);
    free(in);
}

/* A file whose bytes end inside a row: that row is told once, the rows before it count. */
static void test_cut_roster(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "roster.csv", ROW("1", "1", "A", "1") ROW("2", "2", "A", "2") "Doe,John,,3,1980");
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.files[0].kind, PRECHECK_ROSTER);
    assert_int_equal(check.rows, 3);
    assert_int_equal(check.errors, 1);
    assert_int_equal(check.fault_order[0]->code, FAULT_LAST_LINE_CUT);
    assert_int_equal(check.patients.count, 2);
    precheck_release(&check);
    free(in);
}

/* Columns in another order: the file is set aside as it is, with all its rows. */
static void test_roster_in_another_order(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(
        in, "roster.csv",
        "First Name,Last Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,"
        "Booking Number,Booking Date,Release Date,Height,Photo Path\n" ROW("1", "1", "A", "1")
            ROW("2", "2", "A", "2"));
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.files[0].kind, PRECHECK_ROSTER);
    assert_int_equal(check.rows, 2);
    assert_int_equal(check.bad_rows, 2);
    assert_int_equal(check.errors, 1);
    assert_int_equal(check.fault_order[0]->code, FAULT_COLUMN_ORDER);
    assert_int_equal(check.patients.count, 0);
    assert_false(check.ready);
    precheck_release(&check);
    free(in);
}

/* With several facilities a code that is not one of them is an error; with one it is not used. */
static void test_unknown_facilities(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(
        in, "DEM1_20180606123400.ini",
        "DataType=\"PatientLocation\"\nPatientID=\"1\"\nBooking=\"1\"\nFacility=\"WEST\"\nHousing=\"A-POD\"\n"
        "Bed=\"1\"\n");
    struct precheck check;
    scene_load(scene, CONFIG);
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_false(check.ready);
    assert_int_equal(check.unknown_facilities, 1);
    assert_int_equal(check.bad_rows, 1);
    assert_int_equal(check.fault_order[0]->code, FAULT_FACILITY_UNKNOWN);
    assert_int_equal(check.location_order[0]->placed, APPLY_NO_RULES);
    precheck_release(&check);

    scene_load(scene, "<corbridge>@DATA@<facility code=\"VCSO\" name=\"Valley\" zone=\"US/Pacific\">"
                      "<location housing=\"{pod}-POD\"/></facility>@FEED@@PHARMACY@</corbridge>");
    assert_non_null(scene->config);
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_true(check.ready);
    assert_int_equal(check.errors, 0);
    assert_int_equal(check.location_order[0]->placed, APPLY_PLACED);
    assert_true(slice_equal(check.location_order[0]->parts[LOCATION_POD], SLICE_LITERAL("A")));
    precheck_release(&check);
    free(in);
}

static void test_size_limit_of_a_match_rule(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    char text[2000];
    memset(text, '\n', sizeof text);
    memcpy(text, "PatientID=\"1\"", 13);
    put(in, "DEM1.ini", text, sizeof text);
    scene_load(
        scene,
        "<corbridge>@DATA@@FACILITY@<feed name=\"jms\" folder=\"@ROOT@/in\">"
        "<match pattern=\"*.ini\" format=\"jms-event\" size-limit=\"1KB\"/></feed>@PHARMACY@</corbridge>");
    assert_non_null(scene->config);
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .config = scene->config});
    assert_int_equal(check.errors, 1);
    assert_int_equal(check.fault_order[0]->code, FAULT_FILE_TOO_LARGE);
    precheck_release(&check);
    free(in);
}

static void test_large_files(void **state)
{
    struct scene *scene = *state;
    enum {
        ROWS = 20000
    };
    char *in = make_in(scene);
    struct output text;
    output_init(&text);
    for (int i = 0; i < ROWS; i++)
        output_add(&text, "Doe,N%d,,P%07d,1980-01-01,,%s,,VCSO,,POD-%d,%d,B%07d,2018-06-06T12:34,,,\r\n", i,
                   i, i % 10 == 0 ? "m" : "Male", i % 100, i % 50, i);
    put(in, "roster.csv", text.text, text.length);
    output_release(&text);
    char *much = malloc(LIMIT_EVENT_FILE_BYTES + 1);
    memset(much, 'x', LIMIT_EVENT_FILE_BYTES + 1);
    memcpy(much, "PatientID=", 10);
    put(in, "DEM1.ini", much, LIMIT_EVENT_FILE_BYTES + 1);
    free(much);
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW});
    assert_int_equal(check.kind_rows[PRECHECK_ROSTER], ROWS);
    assert_int_equal(check.patients.count, ROWS);
    assert_int_equal(check.bookings.count, ROWS);
    assert_int_equal(check.locations.count, 100);
    assert_int_equal(check.errors, ROWS / 10 + 1);
    assert_int_equal(check.codes.count, 1);
    assert_int_equal(((struct precheck_code *)(void *)check.codes.records[0])->places.count, ROWS / 10);
    assert_int_equal(check.fault_order[0]->places.count, ROWS / 10);
    assert_int_equal(check.fault_order[1]->code, FAULT_FILE_TOO_LARGE);
    precheck_release(&check);
    free(in);
}

/* ---- While it runs --------------------------------------------------------------------------------------------------- */

static const char *to_remove;
static int told;

/* Is told after each file; then the next one goes away. */
static void remove_next(const char *line)
{
    assert_holds(line, " of 2, ");
    if (told++ == 0)
        assert_true(platform_ok(file_remove(to_remove)));
}

static void test_progress_and_a_file_that_goes_away(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    char *second = path_join(in, "b.csv");
    put_text(in, "a.csv", ROW("1", "1", "A", "1"));
    put_text(in, "b.csv", ROW("2", "2", "A", "1"));
    to_remove = second;
    told = 0;
    struct precheck check;
    check_folder(&check, in, &(struct precheck_options){.now = NOW, .progress = remove_next});
    assert_int_equal(told, 2);
    assert_int_equal(check.files[0].kind, PRECHECK_ROSTER);
    assert_int_equal(check.files[1].kind, PRECHECK_UNREADABLE);
    assert_true(check.files[1].remark[0] != '\0');
    assert_false(check.ready);
    precheck_release(&check);
    free(second);
    free(in);
}

/* ---- The command ----------------------------------------------------------------------------------------------------- */

#define RUN(capture, scene, ...)                                                                             \
    capture_run(&(capture), (scene)->root, (const char *const[]){"precheck", __VA_ARGS__, NULL})

static void test_exit_codes(void **state)
{
    struct scene *scene = *state;
    char *good = test_fixture_path("precheck/good");
    char *trouble = test_fixture_path("precheck/trouble");
    char *nowhere = path_join(scene->root, "nowhere");
    char *refused = path_join(scene->root, "refused.xml");
    put_text(scene->root, "refused.xml", "<corbridge/>");
    const struct {
        const char *arguments[5];
        int code;
    } cases[] = {
        {{"precheck", good}, COMMANDS_OK},
        {{"precheck", good, "--json"}, COMMANDS_OK},
        {{"precheck", trouble}, COMMANDS_NOT_READY},
        {{"precheck", trouble, "--json"}, COMMANDS_NOT_READY},
        {{"precheck"}, COMMANDS_USAGE},
        {{"precheck", good, "--frob"}, COMMANDS_USAGE},
        {{"precheck", nowhere}, COMMANDS_NOT_FOUND},
        {{"precheck", good, "--config", nowhere}, COMMANDS_NOT_FOUND},
        {{"precheck", good, "--config", refused}, COMMANDS_REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture run;
        capture_run(&run, scene->root, cases[i].arguments);
        assert_int_equal(run.code, cases[i].code);
        bool answered = run.code == COMMANDS_OK || run.code == COMMANDS_NOT_READY;
        assert_int_equal(run.out[0] != '\0', answered);
        assert_int_equal(run.err[0] == '\0', answered);
        capture_release(&run);
    }
    free(good);
    free(trouble);
    free(nowhere);
    free(refused);
}

static void test_page_file(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    char *page = path_join(scene->root, "page.html");
    char *inside = path_join(in, "page.html");
    char *astray = path_join(inside, "page.html");
    put_text(in, "roster.csv", ROW("1", "1", "A", "1"));
    struct capture run;
    RUN(run, scene, in, "--html", page);
    assert_int_equal(run.code, COMMANDS_OK);
    capture_release(&run);
    char *text = NULL;
    size_t size;
    assert_true(platform_ok(file_load(page, 1024 * 1024, &text, &size)));
    assert_holds(text, "READY");
    free(text);

    const char *const refused[] = {page, inside, astray};
    static const char *const said[] = {"is there already", "not written into the folder that is checked",
                                       "is not there: make it"};
    for (size_t i = 0; i < 3; i++) {
        RUN(run, scene, in, "--html", refused[i]);
        assert_int_equal(run.code, COMMANDS_FAILED);
        assert_string_equal(run.out, "");
        assert_holds(run.err, said[i]);
        capture_release(&run);
    }
    free(in);
    free(page);
    free(inside);
    free(astray);
}

static void test_nothing_is_changed(void **state)
{
    struct scene *scene = *state;
    char *in = make_in(scene);
    put_text(in, "DEM1.ini", "DataType=\"PatientDemographics\"\n");
    put_text(in, "roster.csv", ROW("1", "1", "A", "1"));
    struct folder_listing before;
    struct folder_listing after;
    struct capture run;
    assert_true(platform_ok(folder_list(in, &before)));
    RUN(run, scene, in, "--with-patients");
    capture_release(&run);
    assert_true(platform_ok(folder_list(in, &after)));
    assert_int_equal(before.count, after.count);
    for (size_t i = 0; i < before.count; i++) {
        assert_string_equal(before.entries[i].name, after.entries[i].name);
        assert_true(file_marks_equal(&before.entries[i].marks, &after.entries[i].marks));
    }
    folder_listing_release(&before);
    folder_listing_release(&after);
    free(in);
}

int main(void)
{
    test_main_init();
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_folder),
        WITH_SCENE(test_folder_with_trouble),
        WITH_SCENE(test_nothing_of_a_file_is_shown_unasked),
        cmocka_unit_test(test_json_and_page_are_whole),
        WITH_SCENE(test_places_written_in_two_ways),
        WITH_SCENE(test_a_marriage_is_no_second_person),
        WITH_SCENE(test_one_person_under_two_ids),
        WITH_SCENE(test_what_excel_did_is_told_as_such),
        cmocka_unit_test(test_ids_that_were_rounded),
        WITH_SCENE(test_photos_beside_the_events),
        WITH_SCENE(test_photos_in_configured_places),
        WITH_SCENE(test_codes_of_alerts),
        cmocka_unit_test(test_names_that_windows_holds_for_one),
        WITH_SCENE(test_how_files_are_written),
        WITH_SCENE(test_cut_roster),
        WITH_SCENE(test_roster_in_another_order),
        WITH_SCENE(test_unknown_facilities),
        WITH_SCENE(test_size_limit_of_a_match_rule),
        WITH_SCENE(test_large_files),
        WITH_SCENE(test_progress_and_a_file_that_goes_away),
        WITH_SCENE(test_exit_codes),
        WITH_SCENE(test_page_file),
        WITH_SCENE(test_nothing_is_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
