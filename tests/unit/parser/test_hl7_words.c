#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "parser/hl7_words.h"
#include "tests/unit/parser/parser_test.h"

static void test_segments(void **state)
{
    (void)state;
    assert_slice(hl7_words_segment("MSH"), "message header");
    assert_slice(hl7_words_segment("PID"), "patient identification");
    assert_slice(hl7_words_segment("VAR"), "variance");
    assert_slice(hl7_words_segment("ZPI"), "locally defined");
    assert_slice(hl7_words_segment("QQQ"), "");
    assert_slice(hl7_words_segment(""), "");
}

/* Numbers that a shifted list would get wrong: the last ones of each, and those that others of our pages name. */
static void test_fields(void **state)
{
    (void)state;
    static const struct {
        const char *segment;
        size_t number;
        const char *words;
    } cases[] = {
        {"MSH", 1, "field separator"},
        {"MSH", 9, "message type"},
        {"MSH", 18, "character set"},
        {"MSH", 25, "receiving network address"},
        {"PID", 5, "patient name"},
        {"PID", 18, "patient account number"},
        {"PID", 39, "tribal citizenship"},
        {"PV1", 19, "visit number"},
        {"PV1", 44, "admit date/time"},
        {"PV1", 52, "other healthcare provider"},
        {"ORC", 12, "ordering provider"},
        {"ORC", 30, "enterer authorization mode"},
        {"OBR", 4, "universal service identifier"},
        {"OBR", 22, "results report/status change"},
        {"OBR", 25, "result status"},
        {"OBR", 50, "parent universal service identifier"},
        {"OBX", 5, "observation value"},
        {"OBX", 11, "observation result status"},
        {"OBX", 25, "performing medical director"},
        {"RXE", 2, "give code"},
        {"RXE", 13, "ordering provider's DEA number"},
        {"RXE", 27, "give indication"},
        {"RXE", 35, "controlled substance schedule"},
        {"RXE", 44, "pharmacy order type"},
        {"NTE", 3, "comment"},
        {"TQ1", 14, "total occurrences"},
        {"SPM", 18, "specimen received date/time"},
        {"TXA", 23, "distributed copies"},
        {"TXA", 24, ""},
        {"MSH", 26, ""},
        {"MSH", 0, ""},
        {"IN1", 1, ""},
        {"ZZZ", 1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_slice(hl7_words_field(cases[i].segment, cases[i].number), cases[i].words);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
