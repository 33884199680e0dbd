/* What the parser's tests share. Everything that is returned is freed by the caller with free(). */
#ifndef TESTS_UNIT_PARSER_PARSER_TEST_H
#define TESTS_UNIT_PARSER_PARSER_TEST_H

#include "parser/fault.h"
#include "parser/slice.h"

/* The bytes of tests/fixtures/jms/`name`. Aborts when it cannot be read. */
struct slice load_fixture(const char *name);
void free_fixture(struct slice bytes);

/* One fault a line: "error required-missing 0 LastName\n" (severity, code, line, field where there is one). */
char *describe_faults(const struct fault_list *faults);

/* One fault a line as people see it. */
char *format_faults(const struct fault_list *faults);

#define assert_slice(slice_value, text)                                                                      \
    do {                                                                                                     \
        struct slice slice_ = (slice_value);                                                                 \
        assert_int_equal(slice_.len, strlen(text));                                                          \
        if (slice_.len > 0)                                                                                  \
            assert_memory_equal(slice_.ptr, (text), slice_.len);                                             \
    } while (0)

#endif
