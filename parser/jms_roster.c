#include "parser/jms_roster.h"

/* clang-format off */

/* COREMR-INTERFACES §3, in its order: number, documented name, field. */
#define COLUMNS(X)                              \
    X( 1, "Last Name",      JMS_LAST_NAME)      \
    X( 2, "First Name",     JMS_FIRST_NAME)     \
    X( 3, "Middle Name",    JMS_MIDDLE_NAME)    \
    X( 4, "Patient ID",     JMS_PATIENT_ID)     \
    X( 5, "Birth Date",     JMS_BIRTH_DATE)     \
    X( 6, "SSN",            JMS_SSN)            \
    X( 7, "Sex",            JMS_SEX)            \
    X( 8, "Race",           JMS_RACE)           \
    X( 9, "Facility",       JMS_FACILITY)       \
    X(10, "Agency",         JMS_AGENCY)         \
    X(11, "Housing",        JMS_HOUSING)        \
    X(12, "Bed",            JMS_BED)            \
    X(13, "Booking Number", JMS_BOOKING)        \
    X(14, "Booking Date",   JMS_BOOKING_DATE)   \
    X(15, "Release Date",   JMS_RELEASE_DATE)   \
    X(16, "Height",         JMS_HEIGHT)         \
    X(17, "Photo Path",     JMS_PHOTO_PATH)

#define LABEL(number, name) "column " #number ", " name

#define AS_COLUMN(number, name, field)   {name, LABEL(number, name)},
#define AS_FIELD(number, name, field)    field,
#define AS_NAME(number, name, field)     [field] = LABEL(number, name),

static const struct csv_column columns[JMS_ROSTER_COLUMN_COUNT] = {COLUMNS(AS_COLUMN)};
static const enum jms_field fields[JMS_ROSTER_COLUMN_COUNT] = {COLUMNS(AS_FIELD)};

/* By field: what struct jms_event calls its fields in faults. */
static const char *const names[JMS_FIELD_COUNT] = {COLUMNS(AS_NAME)};

/* clang-format on */

const struct csv_columns jms_roster_columns = {
    columns, JMS_ROSTER_COLUMN_COUNT, "17 columns",
    "Last Name, First Name, Middle Name, Patient ID, Birth Date, SSN, Sex, Race, Facility, Agency, Housing, "
    "Bed, Booking Number, Booking Date, Release Date, Height, Photo Path"};

enum jms_field jms_roster_field(size_t column)
{
    return fields[column];
}

struct slice jms_roster_field_name(enum jms_field field)
{
    return slice_of(names[field]);
}

struct context {
    const struct jms_settings *settings;
    struct arena *arena;
    struct fault_list *faults;
    struct jms_roster_row *row;
    bool invalid;
    bool no_memory;
};

static bool is_required(const struct context *context, enum jms_field field)
{
    if (field == JMS_FACILITY && !context->settings->facility_required)
        return false;
    return jms_field_rule(field)->required[JMS_DEMOGRAPHICS];
}

static void add(struct context *context, enum fault_severity severity, enum fault_code code,
                enum jms_field field, const char *expected)
{
    const struct jms_value *value = &context->row->event.fields[field];
    context->invalid |= severity == FAULT_ERROR;
    fault_add(context->faults, severity, code, value->offset, value->line, jms_roster_field_name(field),
              expected);
}

/* A value that cannot be read: an error where the field is required, else a warning, and it is left as it was. */
static void drop(struct context *context, enum fault_code code, enum jms_field field, const char *expected)
{
    jms_value_drop(&context->row->event.fields[field]);
    add(context, is_required(context, field) ? FAULT_ERROR : FAULT_WARNING, code, field, expected);
}

static void take_cell(struct context *context, size_t column)
{
    const struct csv_cell *cell = &context->row->csv.record.cells[column];
    enum jms_field field = fields[column];
    const struct jms_field_rule *rule = jms_field_rule(field);
    struct jms_value *value = &context->row->event.fields[field];
    struct slice text;
    value->line = cell->line;
    value->offset = (size_t)cell->offset;
    enum fault_code code =
        csv_row_text(&context->row->csv, column, context->arena, &text, &context->no_memory);
    if (code != FAULT_NONE) {
        drop(context, code, field, csv_text_expected(code));
        return;
    }
    value->presence = text.len == 0 ? JMS_EMPTY : JMS_GIVEN;
    if (text.len == 0) {
        if (is_required(context, field))
            add(context, FAULT_ERROR, FAULT_REQUIRED_EMPTY, field, rule->expected);
        return;
    }
    code = jms_value_read(text, rule, context->arena, value, &context->no_memory);
    if (code != FAULT_NONE)
        drop(context, code, field, jms_value_expected(code, rule));
}

static enum parse_status read_row(struct context *context)
{
    struct jms_roster_row *row = context->row;
    row->event =
        (struct jms_event){.kind = JMS_DEMOGRAPHICS, .encoding = row->csv.record.encoding, .names = names};
    enum parse_status form = csv_row_form(&row->csv, &jms_roster_columns, context->faults);
    if (form != PARSE_OK)
        return form;
    for (size_t i = 0; i < JMS_ROSTER_COLUMN_COUNT; i++)
        take_cell(context, i);
    row->booking = row->event.fields[JMS_BOOKING].text;
    if (jms_event_release_is_early(&row->event))
        add(context, FAULT_ERROR, FAULT_RELEASE_BEFORE_BOOKING, JMS_RELEASE_DATE,
            "a time not before Booking Date");
    fault_list_sort(context->faults);
    if (context->no_memory || fault_list_lost_memory(context->faults))
        return PARSE_NO_MEMORY;
    return context->invalid ? PARSE_INVALID : PARSE_OK;
}

enum csv_got jms_roster_next(struct csv_rows *rows, const struct jms_settings *settings, struct arena *arena,
                             struct fault_list *faults, struct jms_roster_row *out)
{
    struct csv_row row;
    enum csv_got got = csv_rows_next(rows, &row);
    if (got != CSV_RECORD)
        return got;
    *out = (struct jms_roster_row){.csv = row};
    struct context context = {.settings = settings, .arena = arena, .faults = faults, .row = out};
    out->status = read_row(&context);
    return CSV_RECORD;
}
