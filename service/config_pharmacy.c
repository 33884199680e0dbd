#include "service/config_pharmacy.h"

#include "service/config_form.h"
#include "service/config_read.h"
#include "service/config_rules.h"

/* Defaults; docs/configuration.md lists them. */
static const char DEFAULT_APPLICATION[] = "CorEMR";
static const char DEFAULT_FILE_PATTERN[] = "%Y%m%d%H%M%S_%N_%C.hl7";

void config_read_pharmacy(struct config_reading *reading, const struct config_element *element,
                          struct config_pharmacy *pharmacy)
{
    char subject[CONFIG_SUBJECT_SIZE];
    (void)config_element_subject(element, subject, sizeof subject);
    pharmacy->line = element->line;
    pharmacy->name = config_attribute_value(element, "name");
    pharmacy->test_folder = config_read_folder(reading, element, "test-folder");
    pharmacy->live_folder = config_read_folder(reading, element, "live-folder");
    const char *facilities = config_attribute_value(element, "facilities");
    pharmacy->facilities = facilities != NULL ? config_split_codes(reading, facilities) : NULL;
    pharmacy->sending_application = config_value_or(element, "sending-application", DEFAULT_APPLICATION);
    pharmacy->sending_facility = config_value_or(element, "sending-facility", "");
    pharmacy->receiving_application = config_value_or(element, "receiving-application", "");
    pharmacy->receiving_facility = config_value_or(element, "receiving-facility", "");
    pharmacy->file_pattern = config_value_or(element, "file-pattern", DEFAULT_FILE_PATTERN);
    (void)config_check_file_pattern(reading, config_attribute_line(element, "file-pattern"), subject,
                                    pharmacy->file_pattern);
    config_read_form(reading, element, subject, &pharmacy->form);
}
