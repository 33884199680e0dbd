/*
 * The reader against real messages: the collection of files that lies beside the project (CORBRIDGE_HL7_CORPUS), with an
 * INDEX.tsv that says what each is. Where there is none, the tests are skipped and say so.
 *
 * What is refused is decided here a second time, by a plain look at the lines; and each message that was read is put
 * together again from its smallest parts and must be the bytes that were read.
 */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/hl7_file.h"
#include "tests/unit/parser/parser_test.h"

#define INDEX_COLUMNS 10

enum column {
    COLUMN_FILE,
    COLUMN_TYPE,
    COLUMN_VERSION,
    COLUMN_MESSAGES = 5
};

struct entry {
    struct slice columns[INDEX_COLUMNS];
};

struct corpus {
    struct slice index;
    struct entry *entries;
    size_t count;
};

static struct slice load(const char *name)
{
    char path[1024];
    int length = snprintf(path, sizeof path, "%s/%s", CORBRIDGE_HL7_CORPUS, name);
    assert_true(length > 0 && (size_t)length < sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return SLICE_EMPTY;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size > 0);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    char *bytes = malloc((size_t)size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), (size_t)size);
    assert_int_equal(fclose(file), 0);
    return slice_from(bytes, (size_t)size);
}

/* Takes what stands before `separator` off the front of the text. */
static struct slice take(struct slice *text, char separator)
{
    const char *end = text->len > 0 ? memchr(text->ptr, separator, text->len) : NULL;
    struct slice part = slice_from(text->ptr, end != NULL ? (size_t)(end - text->ptr) : text->len);
    *text = slice_after(*text, part.len + (end != NULL));
    return part;
}

static int set_up(void **state)
{
    struct corpus *corpus = calloc(1, sizeof *corpus);
    assert_non_null(corpus);
    corpus->index = load("INDEX.tsv");
    struct slice rest = corpus->index;
    (void)take(&rest, '\n'); /* the names of the columns */
    while (rest.len > 0) {
        struct slice line = take(&rest, '\n');
        corpus->entries = realloc(corpus->entries, (corpus->count + 1) * sizeof *corpus->entries);
        assert_non_null(corpus->entries);
        for (size_t i = 0; i < INDEX_COLUMNS; i++)
            corpus->entries[corpus->count].columns[i] = take(&line, '\t');
        corpus->count++;
    }
    *state = corpus;
    return 0;
}

static int tear_down(void **state)
{
    struct corpus *corpus = *state;
    free((void *)(uintptr_t)corpus->index.ptr);
    free(corpus->entries);
    free(corpus);
    return 0;
}

static struct slice load_entry(const struct entry *entry)
{
    char name[512];
    struct slice file = entry->columns[COLUMN_FILE];
    (void)snprintf(name, sizeof name, "%.*s", (int)file.len, file.ptr);
    struct slice bytes = load(name);
    assert_non_null(bytes.ptr);
    return bytes;
}

#define NEEDS_CORPUS(corpus)                                                                                 \
    do {                                                                                                     \
        if ((corpus)->count == 0) {                                                                          \
            print_message("skipped: there are no messages at '%s'\n", CORBRIDGE_HL7_CORPUS);                 \
            skip();                                                                                          \
        }                                                                                                    \
    } while (0)

/* ---- The second opinion ---------------------------------------------------------------------------------------- */

static bool is_name(struct slice line)
{
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return line.len >= 3 && memchr(capitals, line.ptr[0], 26) != NULL &&
           memchr(letters, line.ptr[1], 36) != NULL && memchr(letters, line.ptr[2], 36) != NULL;
}

/* MSH-2 has four or five characters, each another one. */
static bool separators_are_right(struct slice line)
{
    size_t length = 0;
    while (4 + length < line.len && line.ptr[4 + length] != line.ptr[3])
        length++;
    for (size_t i = 0; i < length; i++) {
        for (size_t j = 0; j < i; j++) {
            if (line.ptr[4 + i] == line.ptr[4 + j])
                return false;
        }
    }
    return length == 4 || length == 5;
}

enum verdict {
    VERDICT_RIGHT,
    VERDICT_SEPARATORS,
    VERDICT_LINE
};

static enum verdict judge(struct slice bytes)
{
    char separator = '\0';
    if (bytes.len > 3 && memcmp(bytes.ptr, "\xEF\xBB\xBF", 3) == 0)
        bytes = slice_after(bytes, 3);
    while (bytes.len > 0) {
        size_t length = 0;
        while (length < bytes.len && bytes.ptr[length] != '\r' && bytes.ptr[length] != '\n')
            length++;
        struct slice line = slice_from(bytes.ptr, length);
        bytes = slice_after(bytes, length + 1);
        if (slice_trim(line).len == 0)
            continue;
        bool header = line.len > 3 && (memcmp(line.ptr, "MSH", 3) == 0 || memcmp(line.ptr + 1, "HS", 2) == 0);
        if (header)
            separator = line.ptr[3];
        if (!is_name(line) || (line.len > 3 && line.ptr[3] != separator))
            return VERDICT_LINE;
        if (header && !separators_are_right(line))
            return VERDICT_SEPARATORS;
    }
    return VERDICT_RIGHT;
}

/* ---- Put together again ------------------------------------------------------------------------------------------ */

struct writer {
    char *bytes;
    size_t length, room;
};

static void put(struct writer *writer, struct slice bytes)
{
    assert_true(bytes.len <= writer->room - writer->length);
    if (bytes.len > 0)
        memcpy(writer->bytes + writer->length, bytes.ptr, bytes.len);
    writer->length += bytes.len;
}

static void put_separator(struct writer *writer, bool wanted, char separator)
{
    if (wanted)
        put(writer, slice_from(&separator, 1));
}

static void put_field(struct writer *writer, const struct hl7_separators *separators, struct hl7_part field)
{
    struct hl7_part repetition;
    struct hl7_cursor repetitions = hl7_cursor_over(field, separators->repetition);
    for (size_t r = 1; hl7_cursor_next(&repetitions, &repetition); r++) {
        put_separator(writer, r > 1, separators->repetition);
        struct hl7_part component;
        struct hl7_part same = hl7_part_repetition(separators, field, r);
        assert_true(same.raw.ptr == repetition.raw.ptr && same.raw.len == repetition.raw.len);
        struct hl7_cursor components = hl7_cursor_over(repetition, separators->component);
        for (size_t c = 1; hl7_cursor_next(&components, &component); c++) {
            put_separator(writer, c > 1, separators->component);
            size_t parts = hl7_part_count(component, separators->subcomponent);
            for (size_t s = 1; s <= parts; s++) {
                put_separator(writer, s > 1, separators->subcomponent);
                put(writer, hl7_part_subcomponent(separators, component, s).raw);
            }
        }
    }
}

static void put_segment(struct writer *writer, struct hl7_message *message, struct hl7_segment *segment)
{
    size_t fields = hl7_segment_field_count(message, segment);
    bool header = hl7_is_header(segment->bytes);
    put(writer, slice_of(segment->name));
    for (size_t i = 1; i <= fields; i++) {
        put_separator(writer, !(header && i <= 2), message->separators.field);
        put_field(writer, &message->separators, hl7_segment_field(message, segment, i));
    }
}

/* The message written anew from its parts, with what stands between its segments, is the bytes that were read. */
static void check_written(struct hl7_message *message)
{
    struct writer writer = {malloc(message->bytes.len), 0, message->bytes.len};
    assert_non_null(writer.bytes);
    for (size_t i = 0; i < message->segment_count; i++) {
        struct hl7_segment *segment = &message->segments[i];
        size_t at = (size_t)(segment->bytes.ptr - message->bytes.ptr);
        while (writer.length < at) {
            const char *between = message->bytes.ptr + writer.length;
            assert_true(*between == '\r' || *between == '\n' || *between == ' ');
            put(&writer, slice_from(between, 1));
        }
        put_segment(&writer, message, segment);
    }
    assert_memory_equal(writer.bytes, message->bytes.ptr, writer.length);
    for (; writer.length < message->bytes.len; writer.length++)
        assert_true(message->bytes.ptr[writer.length] == '\r' || message->bytes.ptr[writer.length] == '\n');
    free(writer.bytes);
}

/* Every value decodes to UTF-8, and encoded again reads as the same. */
static void check_values(struct hl7_message *message, struct hl7_segment *segment)
{
    size_t fields = hl7_segment_field_count(message, segment);
    for (size_t i = 1; i <= fields; i++) {
        struct hl7_text text;
        struct hl7_text again;
        struct slice raw;
        assert_true(hl7_message_text(message, hl7_segment_field(message, segment, i), &text));
        assert_true(utf8_is_valid(text.text));
        assert_true(hl7_escape_encode(text.text, &message->separators, message->arena, &raw));
        assert_true(hl7_escape_decode(raw, &message->separators, HL7_CHARSET_UTF8, message->arena, &again));
        assert_int_equal(again.text.len, text.text.len);
        assert_true(text.text.len == 0 || memcmp(again.text.ptr, text.text.ptr, text.text.len) == 0);
    }
}

static struct slice value_at(struct hl7_message *message, const char *text)
{
    struct hl7_path path;
    assert_true(hl7_path_parse(slice_of(text), &path));
    return hl7_message_get(message, &path).raw;
}

/* MSH-9 and MSH-12 of a first message are what the index says, where it says something; of a file with several it lists
 * all kinds, A/B. */
static void check_header(struct hl7_message *message, const struct entry *entry)
{
    struct slice types = entry->columns[COLUMN_TYPE];
    struct slice versions = entry->columns[COLUMN_VERSION];
    struct slice type = take(&types, '/');
    struct slice version = take(&versions, '/');
    char written[64];
    if (type.len == 0 || type.ptr[0] < 'A' || type.ptr[0] > 'Z')
        return;
    struct slice code = value_at(message, "MSH-9.1");
    struct slice event = value_at(message, "MSH-9.2");
    (void)snprintf(written, sizeof written, "%.*s%s%.*s", (int)code.len, code.ptr != NULL ? code.ptr : "",
                   event.len > 0 ? "^" : "", (int)event.len, event.ptr != NULL ? event.ptr : "");
    if (!slice_equal(type, slice_of(written)) || !slice_equal(value_at(message, "MSH-12.1"), version))
        fail_msg("%.*s: type '%s', the index says '%.*s'", (int)entry->columns[COLUMN_FILE].len,
                 entry->columns[COLUMN_FILE].ptr, written, (int)type.len, type.ptr);
}

/* ---- The tests --------------------------------------------------------------------------------------------------- */

struct count {
    size_t files, messages, right, separators, lines;
};

static enum parse_status read_all(struct slice bytes, const struct entry *entry, struct count *count)
{
    struct arena arena;
    struct fault_list faults;
    struct hl7_file file;
    struct hl7_settings settings = hl7_settings_default();
    arena_init(&arena, 0);
    fault_list_init(&faults, &arena);
    enum parse_status status = hl7_file_read(bytes, &settings, &arena, &faults, &file);
    for (size_t i = 0; i < file.count && status == PARSE_OK; i++) {
        struct hl7_message message;
        status = hl7_message_read(file.messages[i].source, &settings, &arena, &faults, &message);
        if (status != PARSE_OK || entry == NULL)
            continue;
        check_written(&message);
        if (i == 0)
            check_header(&message, entry);
        for (size_t s = 0; s < message.segment_count; s++)
            check_values(&message, &message.segments[s]);
        count->messages++;
    }
    if (status == PARSE_OK && entry != NULL) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lu", (unsigned long)file.count);
        assert_true(slice_equal(entry->columns[COLUMN_MESSAGES], slice_of(number)));
    }
    arena_release(&arena);
    return status;
}

static void test_every_file(void **state)
{
    struct corpus *corpus = *state;
    struct count count = {0};
    NEEDS_CORPUS(corpus);
    for (size_t i = 0; i < corpus->count; i++) {
        const struct entry *entry = &corpus->entries[i];
        struct slice bytes = load_entry(entry);
        enum verdict verdict = judge(bytes);
        enum parse_status status = read_all(bytes, entry, &count);
        if (status != (verdict == VERDICT_RIGHT ? PARSE_OK : PARSE_INVALID))
            fail_msg("%.*s: status %d, verdict %d", (int)entry->columns[COLUMN_FILE].len,
                     entry->columns[COLUMN_FILE].ptr, (int)status, (int)verdict);
        count.files++;
        count.right += verdict == VERDICT_RIGHT;
        count.separators += verdict == VERDICT_SEPARATORS;
        count.lines += verdict == VERDICT_LINE;
        free((void *)(uintptr_t)bytes.ptr);
    }
    print_message(
        "%lu files: %lu read, with %lu messages; refused: %lu for their separators, %lu for a line that is "
        "no segment\n",
        (unsigned long)count.files, (unsigned long)count.right, (unsigned long)count.messages,
        (unsigned long)count.separators, (unsigned long)count.lines);
    assert_true(count.right > 0);
}

/* No beginning of a file that is read is called wrong. Of large files only some are tried. */
static void test_every_beginning(void **state)
{
    struct corpus *corpus = *state;
    NEEDS_CORPUS(corpus);
    for (size_t i = 0; i < corpus->count; i++) {
        struct slice bytes = load_entry(&corpus->entries[i]);
        size_t step = bytes.len / 150 + 1;
        for (size_t length = 0; length < bytes.len && judge(bytes) == VERDICT_RIGHT; length += step) {
            enum parse_status status = read_all(slice_from(bytes.ptr, length), NULL, NULL);
            if (status != PARSE_OK && status != PARSE_INCOMPLETE)
                fail_msg("%.*s: cut at %lu it is called wrong",
                         (int)corpus->entries[i].columns[COLUMN_FILE].len,
                         corpus->entries[i].columns[COLUMN_FILE].ptr, (unsigned long)length);
        }
        free((void *)(uintptr_t)bytes.ptr);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_beginning, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
