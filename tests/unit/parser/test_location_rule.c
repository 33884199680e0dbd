/* Rules from Housing and Bed to block, pod, cell and bed. */
#include <stdio.h>
#include <string.h>

#include "parser/location_rule.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static struct location_rule rule_of(const char *housing, const char *bed)
{
    return (struct location_rule){.housing = slice_of(housing), .bed = slice_of(bed)};
}

/* "block|pod|cell|bed" of a place, "-" for what the rule does not say; "none" when it does not match. Static. */
static const char *place(struct location_rule rule, const char *housing, const char *bed)
{
    static char text[200];
    struct location location;
    assert_null(location_rule_check(&rule));
    if (!location_rule_match(&rule, slice_of(housing), slice_of(bed), &location))
        return "none";
    size_t used = 0;
    for (int part = 0; part < LOCATION_PART_COUNT; part++) {
        struct slice value = location.parts[part].ptr ? location.parts[part] : SLICE_LITERAL("-");
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", part > 0 ? "|" : "",
                                 (int)value.len, value.ptr);
    }
    return text;
}

static void patterns_take_places_apart(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *bed_pattern, *housing, *bed, *expected;
    } cases[] = {
        {"{pod}-{cell}", NULL, "B2-114", "1", "-|B2|114|-"},
        {"{pod}-{cell}", "{bed}", "B2-114", "1", "-|B2|114|1"},
        {"{pod}-{cell}", NULL, "B2-1-14", "", "-|B2|1-14|-"}, /* up to the first place */
        {"{pod}-{cell}", NULL, "B2", "", "none"},
        {"{pod}-{cell}", NULL, "-114", "", "none"}, /* a part has at least one character */
        {"{pod}-{cell}", NULL, "B2-", "", "none"},
        {"{pod}-{cell}", NULL, " B2 - 114 ", "", "-|B2|114|-"},
        {"{block} block {pod:1}{cell}", NULL, "East BLOCK C12", "", "East|C|12|-"},
        {"{pod:2}{cell:3}", NULL, "AB123", "", "-|AB|123|-"},
        {"{pod:2}{cell:3}", NULL, "AB1234", "", "none"}, /* half a match is none */
        {"{pod:2}{cell:3}", NULL, "AB12", "", "none"},
        {"{pod:2}", NULL, "\xC3\x89\xC3\x89", "", "-|\xC3\x89\xC3\x89|-|-"}, /* code points, not bytes */
        {"{pod} POD", NULL, "A POD POD", "", "-|A POD|-|-"},                 /* the text stands at the end */
        {"{pod} POD", NULL, "A PODS", "", "none"},
        {"*/{cell}", NULL, "whatever/7", "", "-|-|7|-"},
        {"*/{cell}", NULL, "/7", "", "-|-|7|-"}, /* a star may take nothing */
        {"{cell}*", NULL, "7", "", NULL},
        {"ISU", "{bed}", "isu", "12", "-|-|-|12"},
        {"ISU", "{bed}", "isu", "", "none"}, /* no bed is no match for a bed */
        {"ISU", "{bed}", "ISU1", "12", "none"},
        {"*", "L{bed}", "any", "l4", "-|-|-|4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct location_rule rule = rule_of(cases[i].pattern, cases[i].bed_pattern);
        if (!cases[i].expected) {
            assert_non_null(location_rule_check(&rule));
            continue;
        }
        const char *is = place(rule, cases[i].housing, cases[i].bed);
        if (strcmp(is, cases[i].expected) != 0)
            fail_msg("%s of '%s' gives %s and not %s", cases[i].pattern, cases[i].housing, is,
                     cases[i].expected);
    }
}

static void a_rule_may_give_parts_itself(void **state)
{
    (void)state;
    struct location_rule rule = rule_of("INTAKE*", "{bed}");
    rule.fixed[LOCATION_BLOCK] = SLICE_LITERAL("Intake");
    rule.fixed[LOCATION_POD] = SLICE_LITERAL("ISU");
    assert_string_equal(place(rule, "Intake holding", "3"), "Intake|ISU|-|3");
    assert_string_equal(place(rule, "Outtake", "3"), "none");
}

static void a_rule_that_cannot_be_understood_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *housing, *bed, *part_of_reason;
    } cases[] = {
        {"", NULL, "a pattern of Housing is needed"},
        {"ISU", NULL, "says neither block nor pod"},
        {"{pod", NULL, "opened and not closed"},
        {"pod}", NULL, "closed that was not opened"},
        {"{wing}", NULL, "must be {block}, {pod}, {cell} or {bed}"},
        {"{}", NULL, "must be {block}"},
        {"{pod:0}", NULL, "from 1 to 99"},
        {"{pod:}", NULL, "from 1 to 99"},
        {"{pod:x}", NULL, "from 1 to 99"},
        {"{pod:100}", NULL, "from 1 to 99"},
        {"{pod}{cell}", NULL, "where a part ends must be certain"},
        {"{pod}*", NULL, "where a part ends must be certain"},
        {"*{pod}", NULL, "where a part ends must be certain"},
        {"{pod}-{pod}", NULL, "once only"},
        {"{bed}", "{bed}", "once only"},
        {"{pod:1}a{cell:1}a{bed:1}aaaa*a*a*a*a*a*a*a", NULL, "at most 16 pieces"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct location_rule rule = rule_of(cases[i].housing, cases[i].bed);
        const char *reason = location_rule_check(&rule);
        if (!reason || !strstr(reason, cases[i].part_of_reason))
            fail_msg("'%s': %s", cases[i].housing, reason ? reason : "accepted");
    }
    struct location_rule twice = rule_of("{pod}", NULL);
    twice.fixed[LOCATION_POD] = SLICE_LITERAL("A");
    assert_non_null(strstr(location_rule_check(&twice), "once only"));
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_take_places_apart),
        cmocka_unit_test(a_rule_may_give_parts_itself),
        cmocka_unit_test(a_rule_that_cannot_be_understood_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
