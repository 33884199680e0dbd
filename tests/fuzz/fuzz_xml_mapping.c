/* A mapping, whatever it is: loaded whole, and then a document can be read by it; or refused with faults that say where and what. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "parser/date_form.h"
#include "parser/xml_records.h"

static void check_text(const char *text)
{
    size_t count;
    FUZZ_MUST(text != NULL && text[0] != '\0' && strchr(text, '\n') == NULL);
    (void)fuzz_utf8(slice_of(text), NULL, &count);
}

static void check_value(const struct xml_mapping *mapping, const struct xml_value *value)
{
    FUZZ_MUST(value->name != NULL);
    FUZZ_MUST((value->xpath != NULL) + (value->header != NULL) + (value->fixed != NULL) == 1);
    FUZZ_MUST(value->xpath == NULL || xml_xpath_fault(value->xpath, &mapping->namespaces) == NULL);
    FUZZ_MUST(value->header == NULL || (value->header >= mapping->headers &&
                                        value->header < mapping->headers + mapping->header_count));
    FUZZ_MUST(value->date == NULL || date_form_fault(value->date) == NULL);
}

static void check_mapping(const struct xml_mapping *mapping)
{
    bool makes = false;
    FUZZ_MUST(mapping->record.count > 0 && !mapping->record.has_attribute);
    FUZZ_MUST(mapping->header_count <= LIMIT_XML_HEADERS);
    for (enum jms_event_kind kind = 0; kind < JMS_EVENT_KIND_COUNT; kind++)
        makes = makes || xml_mapping_makes(mapping, kind);
    FUZZ_MUST(makes);
    for (size_t i = 0; i < mapping->header_count; i++)
        FUZZ_MUST(mapping->headers[i].number == i && mapping->headers[i].path.count > 0);
    for (enum jms_field field = 0; field < JMS_FIELD_COUNT; field++)
        if (mapping->fields[field] != NULL)
            check_value(mapping, mapping->fields[field]);
    for (size_t i = 0; i < mapping->extra_count; i++)
        check_value(mapping, &mapping->extras[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct jms_event event;
    struct fault_list list;
    struct jms_settings settings = jms_settings_default();
    arena_init(&arena, 0);
    struct xml_mapping_faults faults = {.arena = &arena};
    const struct xml_mapping *mapping = xml_mapping_load(slice_from(data, size), &arena, &faults);
    FUZZ_MUST((mapping == NULL) == (faults.count > 0));
    for (size_t i = 0; i < faults.count; i++) {
        check_text(faults.items[i].text);
        FUZZ_MUST(i == 0 || faults.items[i - 1].line <= faults.items[i].line);
    }
    if (mapping != NULL) {
        check_mapping(mapping);
        /* The mapping itself is as good a document as any. */
        fault_list_init(&list, &arena);
        enum parse_status status =
            xml_event_parse(slice_from(data, size), mapping, &settings, &arena, &list, &event);
        FUZZ_MUST(status != PARSE_NO_MEMORY && (status == PARSE_OK) == (list.errors == 0));
    }
    arena_release(&arena);
    return 0;
}
