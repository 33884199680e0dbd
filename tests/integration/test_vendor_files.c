/*
 * Files as vendors write them, the whole way: marks, line ends and letters of every kind; what Excel makes of a roster that was opened and saved in it;
 * headers and columns that are nearly right. What can be read exactly is read; what cannot is set aside with words that say what happened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/wait.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static const struct scene_options USUAL = {.roster = "ready=\"closed\" lag=\"0 s\""};

static void drop_bytes(struct scene *scene, const char *name, const void *bytes, size_t size)
{
    scene_drop_bytes(scene, name, bytes, size);
    scene_settle(scene);
}

static void drop(struct scene *scene, const char *name, const char *text)
{
    drop_bytes(scene, name, text, strlen(text));
}

/* What the reason of a file that was set aside says: each of `words` stands in it. */
static void assert_reason(struct scene *scene, const char *ending, const char *const *words)
{
    char *reason = scene_read(scene_find_file(scene_world_path(scene, "quarantine"), ending));
    for (; *words; words++)
        if (!strstr(reason, *words))
            fail_msg("'%s' is not in the reason:\n%s", *words, reason);
    free(reason);
}

/* ---- event files ---- */

#define DEM_OF(patient, last, first, end)                                                                    \
    "DataType=\"PatientDemographics\"" end "PatientID=\"" patient "\"" end "Facility=\"VCSO\"" end           \
    "LastName=\"" last "\"" end "FirstName=\"" first "\"" end "BirthDate=\"07/22/1946\"" end                 \
    "Sex=\"Male\"" end "Housing=\"A\"" end "Booking=\"B" patient "\"" end                                    \
    "BookingDate=\"2017-06-20 14:32:04\""

static const char NAMES[] = "SELECT patient_id, last_name, first_name FROM patient ORDER BY id";

static void marks_and_line_ends_of_every_kind_say_the_same(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(&scene, "1.ini", DEM_OF("P1", "DOE", "JOHN", "\r\n") "\r\n");
    drop(&scene, "2.ini", DEM_OF("P2", "DOE", "JOHN", "\n"));
    drop(&scene, "3.ini", DEM_OF("P3", "DOE", "JOHN", "\r") "\r");
    drop(&scene, "4.ini", "\xEF\xBB\xBF" DEM_OF("P4", "DOE", "JOHN", "\r\n") "\r\n\r\n");
    drop(
        &scene, "5.ini",
        "DataType=\"PatientDemographics\"\r\nPatientID=\"P5\"\nFacility=\"VCSO\"\rLastName=\"DOE\"\r\n"
        "FirstName=\"JOHN\"\n\nBirthDate=\"07/22/1946\"\r\nSex=\"Male\"  \rHousing=\"A\"\nBooking=\"BP5\"\r\n"
        "BookingDate=\"2017-06-20 14:32:04\"");
    scene_assert_rows(&scene,
                      "SELECT patient_id FROM patient WHERE last_name = 'DOE' AND first_name = 'JOHN'",
                      "P1\nP2\nP3\nP4\nP5");
    scene_assert_rows(&scene,
                      "SELECT DISTINCT birth_date, sex, housing, booking_date FROM patient JOIN booking b"
                      " ON b.patient = patient.id",
                      "1946-07-22|Male|A|2017-06-20T21:32:04.000000Z");
    /* Only the blank lines are worth a word. */
    scene_assert_rows(&scene, "SELECT file, code, severity, line FROM message_fault",
                      "4|line-passed-over|warning|11\n5|line-passed-over|warning|6");
    scene_release(&scene);
}

static void names_keep_their_letters(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(&scene, "1252.ini",
         DEM_OF("P1", "Mu\xF1oz",
                "Ren\xE9"
                "e",
                "\r\n"));
    drop(&scene, "1252-quote.ini",
         DEM_OF("P2",
                "O\x92"
                "Brien",
                "Zo\xEB", "\r\n"));
    drop(&scene, "utf-8.ini", DEM_OF("P3", "Nguy\xE1\xBB\x85n", "V\xC4\x83n", "\r\n"));
    drop(&scene, "utf-8-mark.ini", "\xEF\xBB\xBF" DEM_OF("P4", "Mu\xC3\xB1oz", "Jos\xC3\xA9", "\r\n"));
    drop(&scene, "plain.ini", DEM_OF("P5", "O'Brien", "D'Arcy \"\"Bud\"\"", "\r\n"));
    drop(&scene, "combining.ini", DEM_OF("P6", "Mun\xCC\x83oz", "Ana  Maria", "\r\n"));
    scene_assert_rows(&scene, NAMES,
                      "P1|Mu\xC3\xB1oz|Ren\xC3\xA9"
                      "e\n"
                      "P2|O\xE2\x80\x99"
                      "Brien|Zo\xC3\xAB\n"
                      "P3|Nguy\xE1\xBB\x85n|V\xC4\x83n\n"
                      "P4|Mu\xC3\xB1oz|Jos\xC3\xA9\n"
                      "P5|O'Brien|D'Arcy \"Bud\"\n"
                      "P6|Mun\xCC\x83oz|Ana  Maria");
    scene_assert_rows(&scene, "SELECT count(*) FROM message_fault", "0");
    scene_release(&scene);
}

/* A whole file in UTF-16, as "Unicode" of Windows Notepad and of some reporting tools. */
static void utf16_with_a_mark_is_read(void **state)
{
    (void)state;
    static const char TEXT[] = DEM_OF("P1", "DOE", "JOHN", "\r\n") "\r\n";
    char wide[2 * sizeof TEXT];
    wide[0] = '\xFF';
    wide[1] = '\xFE';
    for (size_t i = 0; i < sizeof TEXT - 1; i++) {
        wide[2 * i + 2] = TEXT[i];
        wide[2 * i + 3] = 0;
    }
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop_bytes(&scene, "1.ini", wide, 2 * sizeof TEXT);
    scene_assert_rows(&scene, NAMES, "P1|DOE|JOHN");
    scene_release(&scene);
}

/* ---- rosters ---- */

#define ROW(patient, last, first, born, booking, booked, rest)                                               \
    last "," first ",," patient "," born ",,Male,,VCSO,,A,1," booking "," booked "," rest

#define GOOD_ROW(n, end) ROW("P" n, "Doe", "John", "1980-01-31", "B" n, "2018-06-06T12:34", ",," end)

static void a_roster_keeps_quotes_commas_and_letters(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(
        &scene, "1.csv",
        "\xEF\xBB\xBF"
        "\"O'Brien, Jr.\",\"Anne \"\"Red\"\"\",\"\",\"P1\",\"1980-01-31\",\"\",\"Female\",\"\",\"VCSO\",\"\",\"A\",\"1\","
        "\"B1\",\"2018-06-06T12:34\",\"\",\"\",\"\"\r\n"
        "Nguy\xE1\xBB\x85n,V\xC4\x83n,,P2,1980-01-31,,Male,,VCSO,,A,1,B2,2018-06-06T12:34,,,\n"
        "  Doe ,\tJohn ,, P3 , 01/31/1980 ,, MALE ,white,vcso,, A , 1 , B3 ,2018-06-06 12:34:00,,72,\r"
        "Mu\xC3\xB1oz, \"Jos\xC3\xA9\" ,,P4,19800131,,male,,VCSO,,A,1,B4,20180606T1234Z,,,\r\n");
    scene_assert_rows(&scene, NAMES,
                      "P1|O'Brien, Jr.|Anne \"Red\"\nP2|Nguy\xE1\xBB\x85n|V\xC4\x83n\nP3|Doe|John");
    scene_assert_rows(&scene, "SELECT birth_date, sex, race, height FROM patient WHERE patient_id = 'P3'",
                      "1980-01-31|Male|White|72");
    /* A time without its colon is none; the row alone is set aside. */
    scene_assert_rows(
        &scene,
        "SELECT m.ordinal, f.code, f.line, f.field FROM message m JOIN message_fault f ON f.message = m.id",
        "4|not-a-time|4|column 14, Booking Date");
    scene_release(&scene);
}

static void a_roster_of_another_number_of_columns_is_told_with_what_it_should_have(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    /* A comma at the end of each row, as some report writers leave it: 18 columns. */
    drop(&scene, "eighteen.csv", GOOD_ROW("1", ",\r\n") GOOD_ROW("2", ",\r\n") GOOD_ROW("3", ",\r\n"));
    drop(&scene, "sixteen.csv",
         "Doe,John,,P1,1980-01-31,,Male,,VCSO,,A,1,B1,2018-06-06T12:34,,\r\n"
         "Doe,John,,P2,1980-01-31,,Male,,VCSO,,A,1,B2,2018-06-06T12:34,,\r\n");
    drop(&scene, "semicolons.csv",
         "Doe;John;;P1;1980-01-31;;Male;;VCSO;;A;1;B1;2018-06-06T12:34;;;\r\n"
         "Doe;John;;P2;1980-01-31;;Male;;VCSO;;A;1;B2;2018-06-06T12:34;;;\r\n");
    scene_assert_rows(&scene, "SELECT state, reason, stored LIKE 'quarantine%' FROM file",
                      "quarantined|faults|1\nquarantined|faults|1\nquarantined|faults|1");
    scene_assert_rows(&scene, "SELECT file, code, severity, line, expected FROM message_fault ORDER BY file",
                      "1|column-count|error|1|17 columns\n2|column-count|error|1|17 columns\n"
                      "3|column-count|error|1|17 columns");
    assert_reason(
        &scene, "_eighteen.csv.reason.txt",
        (const char *const[]){"row does not have the documented number of columns", "17 columns", NULL});
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
    /* One such row among good ones costs itself only. */
    drop(&scene, "one.csv", GOOD_ROW("1", "\r\n") GOOD_ROW("2", ",\r\n") GOOD_ROW("3", "\r\n"));
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 4",
                      "1|applied\n2|quarantined\n3|applied");
    scene_assert_rows(&scene, "SELECT patient_id FROM patient", "P1\nP3");
    scene_release(&scene);
}

#define NAMES_OF_COLUMNS                                                                                       \
    "Last Name,First Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,Booking " \
    "Number,Booking Date,Release Date,Height,Photo Path\r\n"

static void headers_are_known_in_any_case_and_with_any_blanks(void **state)
{
    (void)state;
    static const char *const HEADERS[] = {
        NAMES_OF_COLUMNS,
        "\xEF\xBB\xBF" NAMES_OF_COLUMNS,
        "\r\n,,,,,,,,,,,,,,,,\r\n" NAMES_OF_COLUMNS,
        "\"Last Name\",\"First Name\",\"Middle Name\",\"Patient ID\",\"Birth Date\",\"SSN\",\"Sex\",\"Race\",\"Facility\","
        "\"Agency\",\"Housing\",\"Bed\",\"Booking Number\",\"Booking Date\",\"Release Date\",\"Height\",\"Photo Path\"\n",
        "LASTNAME,FIRSTNAME,MIDDLENAME,PATIENTID,BIRTHDATE,SSN,SEX,RACE,FACILITY,AGENCY,HOUSING,BED,BOOKINGNUMBER,"
        "BOOKINGDATE,RELEASEDATE,HEIGHT,PHOTOPATH\r",
        " last  name , First Name,MIDDLE NAME,patient id,birth date,ssn,sex,race,facility,agency,housing,bed,"
        "booking number,booking date,release date,height,photo path\r\n",
        "", /* and none at all */
    };
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        char text[1024], name[16], sql[128];
        (void)snprintf(text, sizeof text, "%s%s", HEADERS[i], GOOD_ROW("1", "\r\n"));
        (void)snprintf(name, sizeof name, "%zu.csv", i);
        drop(&scene, name, text);
        (void)snprintf(
            sql, sizeof sql,
            "SELECT row_count, applied + unchanged, quarantined FROM file_progress WHERE file = %zu", i + 1);
        scene_assert_rows(&scene, sql, "1|1|0");
    }
    scene_assert_rows(&scene, "SELECT count(*) FROM message_fault", "0");
    scene_release(&scene);
}

static void names_that_are_not_the_documented_ones_are_no_header(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    /* In another order nothing can be believed. */
    drop(
        &scene, "order.csv",
        "First Name,Last Name,Middle Name,Patient ID,Birth Date,SSN,Sex,Race,Facility,Agency,Housing,Bed,Booking "
        "Number,Booking Date,Release Date,Height,Photo Path\r\n" GOOD_ROW("1", "\r\n"));
    scene_assert_rows(&scene, "SELECT state FROM file", "quarantined");
    assert_reason(&scene, "_order.csv.reason.txt",
                  (const char *const[]){"header names the columns in another order",
                                        "expected Last Name, First Name", NULL});
    scene_assert_rows(&scene, "SELECT count(*) FROM patient", "0");
    /* Other words are a row like any other, and one that is wrong. */
    drop(
        &scene, "words.csv",
        "Surname,Given,Middle,ID,DOB,SSN,Gender,Ethnicity,Site,Payer,Block,Bunk,BookNo,Booked,Released,Ht,Mug\r\n" GOOD_ROW(
            "1", "\r\n"));
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message WHERE file = 2",
                      "1|quarantined\n2|applied");
    scene_release(&scene);
}

/* ---- what Excel leaves behind ---- */

/* 1946-07-22 and 2018-06-06 12:34 as Excel shows and saves them, column by column. */
static void a_roster_saved_by_excel_is_told_so_row_by_row(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(&scene, "excel.csv",
         ROW("P1", "Doe", "John", "7/22/1946", "B1", "2018-06-06T12:34",
             ",,\r\n") ROW("P2", "Doe", "John", "7/22/1946 0:00", "B2", "2018-06-06T12:34", ",,\r\n")
             ROW("P3", "Doe", "John", "1946-07-22", "B3", "6/6/2018 12:34", ",,\r\n")
                 ROW("P4", "Doe", "John", "17005", "B4", "43257.5236", ",,\r\n")
                     ROW("P5", "Doe", "John", "1946-07-22", "B5", "2018-06-06T12:34", "6/7/2018 9:05,,\r\n")
                         ROW("P6", "Doe", "John", "12/22/1946", "B6", "12/20/2017 14:32", ",,\r\n"));
    scene_assert_rows(&scene,
                      "SELECT m.ordinal, m.state, f.code, f.severity, f.field FROM message m"
                      " LEFT JOIN message_fault f ON f.message = m.id ORDER BY m.ordinal, f.ordinal",
                      "1|quarantined|date-spreadsheet|error|column 5, Birth Date\n"
                      "2|quarantined|date-spreadsheet|error|column 5, Birth Date\n"
                      "3|quarantined|date-spreadsheet|error|column 14, Booking Date\n"
                      "4|quarantined|date-spreadsheet|error|column 5, Birth Date\n"
                      "4|quarantined|date-spreadsheet|error|column 14, Booking Date\n"
                      "5|applied|date-spreadsheet|warning|column 15, Release Date\n"
                      /* two digits each: this is the documented form, whoever wrote it */
                      "6|applied|-|-|-");
    scene_assert_rows(&scene, "SELECT patient_id, birth_date FROM patient", "P5|1946-07-22\nP6|1946-12-22");
    scene_assert_rows(&scene, "SELECT released_at FROM booking WHERE booking_number = 'B5'", "-");
    assert_reason(
        &scene, "_r1_excel.csv.reason.txt",
        (const char *const[]){"line 1, column 5, Birth Date: value looks like a date that Excel saved",
                              "expected YYYY-MM-DD", "export again without opening the file in Excel", NULL});
    assert_reason(&scene, "_r3_excel.csv.reason.txt", (const char *const[]){"YYYY-MM-DD HH:MM", NULL});
    scene_release(&scene);
}

/* Long numbers that Excel rounds all become one. The first booking of that number stands; those of other people are held, not mixed up. */
static void booking_numbers_that_excel_rounded_mix_nobody_up(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(&scene, "excel.csv",
         ROW("P1", "Doe", "John", "1980-01-31", "2.01806E+12", "2018-06-06T12:34", ",,\r\n")
             ROW("P2", "Roe", "Jane", "1981-01-31", "2.01806E+12", "2018-06-06T12:40", ",,\r\n"));
    scene_assert_rows(
        &scene, "SELECT p.patient_id, b.booking_number FROM booking b JOIN patient p ON p.id = b.patient",
        "P1|2.01806E+12");
    scene_assert_rows(&scene, "SELECT ordinal, state FROM message", "1|applied\n2|held");
    scene_release(&scene);
}

/* A number that lost its zeros is another number: nothing is guessed. */
static void a_lost_leading_zero_is_another_person(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, &USUAL);
    scene_start(&scene);
    drop(&scene, "1.csv", ROW("0012345", "Doe", "John", "1980-01-31", "0077", "2018-06-06T12:34", ",,\r\n"));
    drop(&scene, "2.csv", ROW("12345", "Doe", "John", "1980-01-31", "77", "2018-06-06T12:34", ",,\r\n"));
    scene_assert_rows(
        &scene, "SELECT p.patient_id, b.booking_number FROM booking b JOIN patient p ON p.id = b.patient",
        "0012345|0077\n12345|77");
    scene_release(&scene);
}

/* ---- files that are not whole ---- */

static bool has_grown(void *context)
{
    return strcmp(scene_rows(context, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0"),
                  "1") == 0;
}

/* Empty, or ending inside a row or value: it may still be written on. What it was given up on is in test_settle and test_lasting. */
static void what_is_empty_or_cut_is_waited_for_and_changes_nothing(void **state)
{
    (void)state;
    static const char ROWS[] = GOOD_ROW("1", "\r\n") GOOD_ROW("2", "\r\n");
    static const size_t CUTS[] = {0, 1, 40, sizeof ROWS / 2 + 10, sizeof ROWS - 10};
    for (size_t i = 0; i < sizeof CUTS / sizeof CUTS[0]; i++) {
        struct scene scene;
        scene_init(&scene, &USUAL);
        char part[sizeof ROWS];
        memcpy(part, ROWS, CUTS[i]);
        part[CUTS[i]] = '\0';
        write_in_place(&scene, "1.csv", "wb", part);
        scene_start(&scene);
        wait_waiting(&scene, 1);
        scene_assert_rows(&scene, "SELECT (SELECT count(*) FROM patient) + (SELECT count(*) FROM file)", "0");
        write_in_place(&scene, "1.csv", "ab", ROWS + CUTS[i]);
        wait_until("the whole roster", has_grown, &scene);
        scene_assert_rows(&scene, "SELECT patient_id FROM patient", "P1\nP2");
        scene_release(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_line_ends_of_every_kind_say_the_same),
        cmocka_unit_test(names_keep_their_letters),
        cmocka_unit_test(utf16_with_a_mark_is_read),
        cmocka_unit_test(a_roster_keeps_quotes_commas_and_letters),
        cmocka_unit_test(a_roster_of_another_number_of_columns_is_told_with_what_it_should_have),
        cmocka_unit_test(headers_are_known_in_any_case_and_with_any_blanks),
        cmocka_unit_test(names_that_are_not_the_documented_ones_are_no_header),
        cmocka_unit_test(a_roster_saved_by_excel_is_told_so_row_by_row),
        cmocka_unit_test(booking_numbers_that_excel_rounded_mix_nobody_up),
        cmocka_unit_test(a_lost_leading_zero_is_another_person),
        cmocka_unit_test(what_is_empty_or_cut_is_waited_for_and_changes_nothing),
    };
    test_main_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
