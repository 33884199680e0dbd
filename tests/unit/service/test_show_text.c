/* Bytes as what they say: fields, tags, lines, whatever the bytes are. */
#include <stdlib.h>
#include <string.h>

#include "service/commands/show_text.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static struct content take(const char *format, struct slice bytes, bool whole, struct arena *arena)
{
    const struct view_file file = {.format = format};
    const struct content_source source = {.file = &file, .whole = whole};
    struct content out = {.kind = CONTENT_NONE};
    assert_true(content_take_text(&source, bytes, arena, &out));
    return out;
}

/* The items as "1 name=value;…", in the arena. */
static const char *items_of(const char *format, const char *bytes, struct arena *arena)
{
    struct content content = take(format, slice_of(bytes), false, arena);
    struct output out;
    output_init(&out);
    for (size_t i = 0; i < content.count; i++) {
        const struct content_item *item = &content.items[i];
        output_add(&out, "%lu ", (unsigned long)item->number);
        output_add_slice(&out, item->name);
        output_add(&out, "%s", item->name.len > 0 ? "=" : "");
        output_add_slice(&out, item->value);
        output_add(&out, ";");
    }
    const char *text = arena_copy_text(arena, slice_of(out.text != NULL ? out.text : ""));
    output_release(&out);
    return text;
}

static void fields_and_lines_stand_where_they_came(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(items_of("jms-event", "A=\"1\"\r\n\r\n; x\rB=\"a\"\"b\"\nC=\"cut", &arena),
                        "1 A=1;3 ; x;4 B=a\"b;5 C=\"cut;");
    assert_string_equal(items_of("roster-csv", "A=\"1\"\r\n,,\n", &arena), "1 A=\"1\";2 ,,;");
    assert_string_equal(items_of("jms-event", "", &arena), "");
    arena_release(&arena);
}

static void tags_stand_as_deep_as_they_lie(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    assert_string_equal(
        items_of("jms-xml", "<?xml?><!-- x --><a>\n<b c=\"1\"/><d>t</d><e>\nmore</e></a>", &arena),
        "1 <?xml?>;1 <!-- x -->;1 <a>;2   <b c=\"1\"/>;2   <d>t</d>;2   <e>;3     more</e>;3 </a>;");
    /* Not well-formed: nothing is checked, and nothing goes below zero. */
    assert_string_equal(items_of("jms-xml", "<a></b></b></b><c>", &arena),
                        "1 <a>;1 </b>;1 </b>;1 </b>;1 <c>;");
    arena_release(&arena);
}

static void what_is_too_long_is_cut(void **state)
{
    struct arena arena;
    char bytes[2000];
    (void)state;
    arena_init(&arena, 0);
    memset(bytes, '\n', sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i += 4)
        bytes[i] = 'x';
    struct content cut = take("x", slice_from(bytes, sizeof bytes), false, &arena);
    struct content whole = take("x", slice_from(bytes, sizeof bytes), true, &arena);
    assert_true(cut.cut && cut.count < whole.count);
    assert_false(whole.cut);
    assert_int_equal(whole.count, 500);
    assert_int_equal(whole.items[499].number, 499 * 3 + 1);
    arena_release(&arena);
}

static void other_kinds_are_told(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(take("jms-event", slice_of("\vMSH|^~\\&\r"), false, &arena).kind, CONTENT_HL7);
    struct content photo = take("photo", SLICE_LITERAL("\xFF\xD8\xFF\xE0\0\x10JFIF"), false, &arena);
    assert_int_equal(photo.kind, CONTENT_NONE);
    assert_string_equal(photo.why, "its bytes are no text");
    arena_release(&arena);
}

/* Every beginning of some texts, and each of their bytes changed: under a sanitizer nothing is read beside them. */
static void no_bytes_break_it(void **state)
{
    static const char *const texts[] = {"A=\"1\"\r\nB=\"\"\"x\"\n[s]\n; c\rC=\xC3\xBC",
                                        "\xEF\xBB\xBF<a><b>t</b><c/>\r\n</a>", "\vMSH|^~\\&|\rPID|1\x1C\r",
                                        "\xFF\xFE\x41\0=\0\"\0"};
    static const char *const formats[] = {"jms-event", "jms-xml", "roster-csv"};
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        size_t length = t == 3 ? 8 : strlen(texts[t]);
        for (size_t size = 0; size <= length; size++) {
            for (size_t f = 0; f < 3; f++) {
                char *exact = malloc(size > 0 ? size : 1); /* so that a sanitizer knows where it ends */
                assert_non_null(exact);
                memcpy(exact, texts[t], size);
                (void)take(formats[f], slice_from(exact, size), false, &arena);
                for (int c = 0; c < 256 && size > 0; c += 5) {
                    memcpy(exact, texts[t], size);
                    exact[size - 1] = (char)c;
                    (void)take(formats[f], slice_from(exact, size), true, &arena);
                }
                free(exact);
                arena_reset(&arena);
            }
        }
    }
    arena_release(&arena);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_lines_stand_where_they_came),
        cmocka_unit_test(tags_stand_as_deep_as_they_lie),
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(other_kinds_are_told),
        cmocka_unit_test(no_bytes_break_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
