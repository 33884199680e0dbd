/* The judge itself: it tells right from wrong, in each version. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/outbound/hl7_grammar.h"

#include <stdio.h>
#include <string.h>

static void assert_right(const char *structure, const char *version, const char *text)
{
    const char *wrong = hl7_check(slice_of(text), structure, version);
    if (wrong != NULL)
        fail_msg("%s %s: %s: %s", structure, version, wrong, text);
}

static void assert_wrong(const char *structure, const char *version, const char *text)
{
    if (hl7_check(slice_of(text), structure, version) == NULL)
        fail_msg("%s %s: the grammar let pass: %s", structure, version, text);
}

#define MSH_OF(type, version) "MSH|^~\\&|A|B|C|D|20260101000000+0000||" type "|1|T|" version "\r"
#define MSH                   MSH_OF("RDE^O11^RDE_O11", "2.5.1")
#define PID                   "PID|1||1||DOE\r"
#define PV1                   "PV1|1|I\r"
#define ORC                   "ORC|NW\r"
#define OLD_ORC               "ORC|NW||||||^BID^D5\r"
#define RXE                   "RXE||1|1||TAB\r"
#define OLD_RXE               "RXE|^BID|1|1||TAB\r"
#define RXO                   "RXO|1|1||TAB\r"
#define TQ1                   "TQ1|1\r"
#define RXR                   "RXR|PO\r"
#define RIGHT(text)           assert_right("RDE_O11", "2.5.1", text)
#define WRONG(text)           assert_wrong("RDE_O11", "2.5.1", text)

static void rde_of_2_5_1(void **state)
{
    (void)state;
    RIGHT(MSH PID PV1 ORC RXE TQ1 RXR);
    RIGHT(MSH ORC RXE "NTE|1\r" TQ1 TQ1 RXR RXR ORC TQ1 RXE TQ1 RXR);
    RIGHT(MSH PID PV1 ORC RXE TQ1 RXR "ZRX|any^thing\r");
    WRONG(MSH PID PV1 ORC RXE TQ1);               /* RXR is required */
    WRONG(MSH PID PV1 ORC RXE RXR);               /* TQ1 is required */
    WRONG(MSH PID PV1 ORC TQ1 RXE RXR);           /* it is required after RXE */
    WRONG(MSH PID PV1 RXE TQ1 RXR);               /* ORC is required */
    WRONG(MSH PV1 ORC RXE TQ1 RXR);               /* no PV1 without PID */
    WRONG(MSH PID PV1 ORC RXE TQ1 "NTE|1\r" RXR); /* NTE stands before TQ1 */
    WRONG(MSH PID PV1 ORC RXE RXR TQ1);
    WRONG(MSH PID PV1 PID ORC RXE TQ1 RXR);
    WRONG(MSH PID PV1 ORC RXE TQ1 "RXR|PO"); /* no CR */
    WRONG(MSH PID PV1 ORC RXE TQ1 RXR "DG1|1\r");
    WRONG(MSH PID PV1 ORC RXE TQ1 RXR "ZRX|\r");
    WRONG(MSH PID PV1 ORC "RXE||1|||TAB\r" TQ1 RXR);
    WRONG(MSH PID PV1 ORC "RXE||1|one||TAB\r" TQ1 RXR);
    WRONG(MSH PID PV1 ORC "RXE||1|1||TAB||||||||||||||||||||||||||||||||||||||||||\r" TQ1 RXR);
    WRONG(MSH PID PV1 ORC OLD_RXE TQ1 RXR); /* RXE-1 is empty from 2.5 on */
    WRONG(MSH PID PV1 OLD_ORC RXE TQ1 RXR); /* and ORC-7 */
    WRONG(MSH PID PV1 "ORC|ZZ\r" RXE TQ1 RXR);
    WRONG(MSH "PID|1||1||DOE^\r" PV1 ORC RXE TQ1 RXR);
    WRONG(MSH "PID|1||1||DOE~ROE\r" PV1 ORC RXE TQ1 RXR);
    WRONG(MSH "PID|1||1||D\\Q\\E\r" PV1 ORC RXE TQ1 RXR);
    WRONG(MSH "PID|1||1||D\\F\r" PV1 ORC RXE TQ1 RXR);
    WRONG(MSH "PID|1||1||DOE||1946-07-22\r" PV1 ORC RXE TQ1 RXR);
    WRONG(MSH PID PV1 ORC RXE "NTE|2\r" TQ1 RXR);
    WRONG(MSH_OF("RDE^O11^RDE_O11", "2.5") PID PV1 ORC RXE TQ1 RXR);
    WRONG(MSH_OF("RDE^O11", "2.5.1") PID PV1 ORC RXE TQ1 RXR);
    WRONG(MSH_OF("RDE^O01^RDE_O01", "2.5.1") PID PV1 ORC RXE TQ1 RXR);
}

static void messages_exist_in_their_versions_only(void **state)
{
    (void)state;
    static const struct {
        const char *structure;
        unsigned from, to;
    } known[] = {{"RDE_O01", 0, 1}, {"RDE_O11", 2, 4}, {"ORM_O01", 0, 1}, {"OMP_O09", 2, 4}};
    static const char *const versions[] = {"2.3", "2.3.1", "2.4", "2.5", "2.5.1"};
    for (size_t i = 0; i < 4; i++) {
        for (unsigned version = 0; version < 5; version++) {
            const char *wrong = hl7_check(SLICE_LITERAL("MSH"), known[i].structure, versions[version]);
            assert_non_null(wrong);
            bool there = version >= known[i].from && version <= known[i].to;
            assert_true(there == (strstr(wrong, "no such message") == NULL));
        }
    }
}

static void rde_before_2_5(void **state)
{
    (void)state;
    static const struct {
        const char *structure, *version, *msh;
    } cases[] = {
        {"RDE_O01", "2.3", MSH_OF("RDE^O01", "2.3")},
        {"RDE_O01", "2.3.1", MSH_OF("RDE^O01^RDE_O01", "2.3.1")},
        {"RDE_O11", "2.4", MSH_OF("RDE^O11^RDE_O11", "2.4")},
    };
    static const struct {
        bool right;
        const char *body;
    } bodies[] = {
        {true, PID PV1 OLD_ORC OLD_RXE RXR},
        {true, PID PV1 OLD_ORC RXO "NTE|1\r" RXR OLD_RXE RXR},
        {false, PID PV1 OLD_ORC OLD_RXE "NTE|1\r" RXR}, /* no NTE after RXE */
        {false, PID PV1 OLD_ORC OLD_RXE TQ1 RXR},       /* no TQ1 */
        {false, PID PV1 OLD_ORC RXE RXR},               /* RXE-1 is required */
        {false, PID PV1 OLD_ORC RXO "NTE|1\r" OLD_RXE RXR},
        {false, PID PV1 OLD_ORC RXO RXR},
        {false, PID PV1 OLD_ORC "RXE|^BID^14|1|1||TAB\r" RXR},
        {false, PID PV1 OLD_ORC "RXE|^BID^^monday|1|1||TAB\r" RXR},
        {false, PID PV1 OLD_ORC "RXE|^BID|1|1||TAB||||||||||||||||||||||||||||||II\r" RXR}, /* no RXE-35 */
    };
    for (size_t i = 0; i < 3; i++) {
        for (size_t body = 0; body < sizeof bodies / sizeof bodies[0]; body++) {
            char text[512];
            (void)snprintf(text, sizeof text, "%s%s", cases[i].msh, bodies[body].body);
            if (bodies[body].right)
                assert_right(cases[i].structure, cases[i].version, text);
            else
                assert_wrong(cases[i].structure, cases[i].version, text);
        }
    }
    /* 2.3 requires ORC-7, gives race no components and DEA a CN. */
    assert_wrong("RDE_O01", "2.3", MSH_OF("RDE^O01", "2.3") PID PV1 ORC OLD_RXE RXR);
    assert_right("RDE_O01", "2.3.1", MSH_OF("RDE^O01^RDE_O01", "2.3.1") PID PV1 ORC OLD_RXE RXR);
    assert_wrong("RDE_O01", "2.3",
                 MSH_OF("RDE^O01", "2.3") "PID|1||1||DOE|||||1^A\r" PV1 OLD_ORC OLD_RXE RXR);
    assert_wrong("RDE_O01", "2.3",
                 MSH_OF("RDE^O01", "2.3") PID PV1 OLD_ORC "RXE|1|1|1||TAB||||||||1^2^3^4^5^6^7^8^9\r" RXR);
    assert_wrong("RDE_O01", "2.3", MSH_OF("RDE^O01^RDE_O01", "2.3") PID PV1 OLD_ORC OLD_RXE RXR);
}

static void orm_and_omp(void **state)
{
    (void)state;
    assert_right("ORM_O01", "2.3", MSH_OF("ORM^O01", "2.3") PID PV1 OLD_ORC RXO "NTE|1\r" RXR);
    assert_wrong("ORM_O01", "2.3", MSH_OF("ORM^O01", "2.3") PID PV1 OLD_ORC RXO);
    assert_wrong("ORM_O01", "2.3", MSH_OF("ORM^O01", "2.3") PID PV1 OLD_ORC OLD_RXE RXR);
    assert_right("OMP_O09", "2.4", MSH_OF("OMP^O09^OMP_O09", "2.4") PID PV1 OLD_ORC RXO RXR);
    assert_wrong("OMP_O09", "2.4", MSH_OF("OMP^O09^OMP_O09", "2.4") PID PV1 OLD_ORC TQ1 RXO RXR);
    assert_right("OMP_O09", "2.5", MSH_OF("OMP^O09^OMP_O09", "2.5") PID PV1 ORC TQ1 RXO "NTE|1\r" RXR);
    assert_wrong("OMP_O09", "2.5", MSH_OF("OMP^O09^OMP_O09", "2.5") PID PV1 ORC RXO TQ1 RXR);
    assert_wrong("OMP_O09", "2.5", MSH_OF("OMP^O09^OMP_O09", "2.5") PID PV1 ORC TQ1 RXR);
    assert_wrong("OMP_O09", "2.5", MSH_OF("OMP^O09^OMP_O09", "2.5") PID PV1 ORC TQ1 "RXO|1|1\r" RXR);
}

static void marks_are_those_of_the_message(void **state)
{
    (void)state;
    RIGHT("MSH#$*@!#A#B#C#D#20260101000000+0000##RDE$O11$RDE_O11#1#T#2.5.1\rPID#1##1##D|@F@E$^\rPV1#1#I\r"
          "ORC#NW\rRXE##1#1##TAB\rTQ1#1\rRXR#PO\r");
    WRONG("MSH#$*@$#A#B#C#D#20260101000000+0000##RDE$O11$RDE_O11#1#T#2.5.1\rPID#1##1##DOE\rPV1#1#I\r"
          "ORC#NW\rRXE##1#1##TAB\rTQ1#1\rRXR#PO\r");
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rde_of_2_5_1),
        cmocka_unit_test(messages_exist_in_their_versions_only),
        cmocka_unit_test(rde_before_2_5),
        cmocka_unit_test(orm_and_omp),
        cmocka_unit_test(marks_are_those_of_the_message),
    };
    return cmocka_run_group_tests_name("hl7_grammar", tests, NULL, NULL);
}
