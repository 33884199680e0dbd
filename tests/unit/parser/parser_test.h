/* What the parser's tests share. Everything that is returned is freed by the caller with free(). */
#ifndef TESTS_UNIT_PARSER_PARSER_TEST_H
#define TESTS_UNIT_PARSER_PARSER_TEST_H

#include <stdbool.h>

#include "parser/csv.h"
#include "parser/fault.h"
#include "parser/slice.h"

/* The bytes of tests/fixtures/jms/`name`. Aborts when it cannot be read. */
struct slice load_fixture(const char *name);
void free_fixture(struct slice bytes);

/* One fault a line: "error required-missing 0 LastName\n" (severity, code, line, field where there is one). */
char *describe_faults(const struct fault_list *faults);

/* One fault a line as people see it. */
char *format_faults(const struct fault_list *faults);

/* A file that is fed chunk by chunk. */
struct feed {
    struct slice rest;
    size_t chunk; /* bytes at most; 0: as many as there is room for */
};

/* Puts the next chunk into the reader's space, or tells it that the file ends. False when it was told so before. */
bool feed_next(struct feed *feed, struct csv *csv);

/* Puts the next chunk there and returns its size; 0 at the end. */
size_t feed_into(struct feed *feed, struct csv_space space);

/* `text`, of ASCII and without a mark, in UTF-16, or a copy of it; freed with free_fixture. */
struct slice as_encoding(struct slice text, enum encoding encoding);

#define assert_slice(slice_value, text)                                                                      \
    do {                                                                                                     \
        struct slice slice_ = (slice_value);                                                                 \
        assert_int_equal(slice_.len, strlen(text));                                                          \
        if (slice_.len > 0)                                                                                  \
            assert_memory_equal(slice_.ptr, (text), slice_.len);                                             \
    } while (0)

#endif
