#include "parser/jms_alert.h"

static const char a_datetime[] = "a date and time as YYYY-MM-DDTHH:MM:SS";
static const char an_id[] = "a whole number";

/* The rule of a column is that of a field of which nothing but the value is asked here. */
struct alert_column {
    bool required;
    struct jms_field_rule rule;
};

#define TEXT(max, words)                                                                                     \
    {                                                                                                        \
        .type = JMS_STRING, .max_length = (max), .expected = (words)                                         \
    }
#define TIME                                                                                                 \
    {                                                                                                        \
        .type = JMS_DATETIME, .minimum = 1950, .maximum = 2100, .expected = a_datetime                       \
    }
#define USER                                                                                                 \
    {                                                                                                        \
        .type = JMS_INTEGER, .minimum = 0, .maximum = INT32_MAX, .expected = an_id                           \
    }

/* clang-format off */

/* COREMR-INTERFACES §4 */
static const struct alert_column rules[JMS_ALERT_FIELD_COUNT] = {
    [JMS_ALERT_JACKET]     = {true,  TEXT(50, "1 to 50 characters")},
    [JMS_ALERT_BOOKING]    = {true,  TEXT(32, "1 to 32 characters")},
    [JMS_ALERT_ADDED]      = {true,  TIME},
    [JMS_ALERT_REMOVED]    = {false, TIME},
    [JMS_ALERT_CODE]       = {true,  TEXT(32, "1 to 32 characters")},
    [JMS_ALERT_ADDED_BY]   = {false, USER},
    [JMS_ALERT_REMOVED_BY] = {false, USER},
};

static const struct csv_column columns[JMS_ALERT_FIELD_COUNT] = {
    [JMS_ALERT_JACKET]     = {"Jacket / Permanent Number", "column 1, Jacket / Permanent Number"},
    [JMS_ALERT_BOOKING]    = {"Booking Number",            "column 2, Booking Number"},
    [JMS_ALERT_ADDED]      = {"Date Added",                "column 3, Date Added"},
    [JMS_ALERT_REMOVED]    = {"Date Removed",              "column 4, Date Removed"},
    [JMS_ALERT_CODE]       = {"Alert Code",                "column 5, Alert Code"},
    [JMS_ALERT_ADDED_BY]   = {"Added User Id",             "column 6, Added User Id"},
    [JMS_ALERT_REMOVED_BY] = {"Removed User Id",           "column 7, Removed User Id"},
};

/* clang-format on */

const struct csv_columns jms_alert_columns = {columns, JMS_ALERT_FIELD_COUNT, "7 columns",
                                              "Jacket / Permanent Number, Booking Number, Date Added, "
                                              "Date Removed, Alert Code, Added User Id, Removed User Id"};

struct context {
    struct arena *arena;
    struct fault_list *faults;
    struct jms_alert *alert;
    bool invalid;
    bool no_memory;
};

static void add(struct context *context, enum fault_severity severity, enum fault_code code,
                enum jms_alert_field field, const char *expected)
{
    const struct jms_value *value = &context->alert->fields[field];
    context->invalid |= severity == FAULT_ERROR;
    fault_add(context->faults, severity, code, value->offset, value->line, slice_of(columns[field].label),
              expected);
}

static void drop(struct context *context, enum fault_code code, enum jms_alert_field field,
                 const char *expected)
{
    jms_value_drop(&context->alert->fields[field]);
    add(context, rules[field].required ? FAULT_ERROR : FAULT_WARNING, code, field, expected);
}

/* No date of an alert depends on the moment of arrival: its range is judged here. */
static void check_range(struct context *context, enum jms_alert_field field)
{
    const struct jms_field_rule *rule = &rules[field].rule;
    const struct jms_value *value = &context->alert->fields[field];
    if (rule->type != JMS_DATETIME ||
        (value->time.year >= rule->minimum && value->time.year <= rule->maximum))
        return;
    bool none = !rules[field].required && jms_value_stands_for_none(value);
    drop(context, none ? FAULT_DATE_STANDS_FOR_NONE : FAULT_OUT_OF_RANGE, field, "1950 to 2100");
}

static void take_cell(struct context *context, enum jms_alert_field field)
{
    const struct csv_cell *cell = &context->alert->csv.record.cells[field];
    const struct jms_field_rule *rule = &rules[field].rule;
    struct jms_value *value = &context->alert->fields[field];
    struct slice text;
    value->line = cell->line;
    value->offset = (size_t)cell->offset;
    enum fault_code code =
        csv_row_text(&context->alert->csv, field, context->arena, &text, &context->no_memory);
    if (code != FAULT_NONE) {
        drop(context, code, field, csv_text_expected(code));
        return;
    }
    value->presence = text.len == 0 ? JMS_EMPTY : JMS_GIVEN;
    if (text.len == 0) {
        if (rules[field].required)
            add(context, FAULT_ERROR, FAULT_REQUIRED_EMPTY, field, rule->expected);
        return;
    }
    code = jms_value_read(text, rule, context->arena, value, &context->no_memory);
    if (code != FAULT_NONE)
        drop(context, code, field, jms_value_expected(code, rule));
    else
        check_range(context, field);
}

static void check_removal(struct context *context)
{
    const struct jms_value *added = &context->alert->fields[JMS_ALERT_ADDED];
    const struct jms_value *removed = &context->alert->fields[JMS_ALERT_REMOVED];
    if (added->presence == JMS_GIVEN && removed->presence == JMS_GIVEN && jms_value_is_before(removed, added))
        add(context, FAULT_ERROR, FAULT_REMOVED_BEFORE_ADDED, JMS_ALERT_REMOVED,
            "a time not before Date Added");
}

static enum parse_status read_alert(struct context *context)
{
    enum parse_status form = csv_row_form(&context->alert->csv, &jms_alert_columns, context->faults);
    if (form != PARSE_OK)
        return form;
    for (enum jms_alert_field field = 0; field < JMS_ALERT_FIELD_COUNT; field++)
        take_cell(context, field);
    check_removal(context);
    fault_list_sort(context->faults);
    if (context->no_memory || fault_list_lost_memory(context->faults))
        return PARSE_NO_MEMORY;
    return context->invalid ? PARSE_INVALID : PARSE_OK;
}

enum csv_got jms_alert_next(struct csv_rows *rows, struct arena *arena, struct fault_list *faults,
                            struct jms_alert *out)
{
    struct csv_row row;
    enum csv_got got = csv_rows_next(rows, &row);
    if (got != CSV_RECORD)
        return got;
    *out = (struct jms_alert){.csv = row};
    struct context context = {.arena = arena, .faults = faults, .alert = out};
    out->status = read_alert(&context);
    return CSV_RECORD;
}
