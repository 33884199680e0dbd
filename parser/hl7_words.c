#include "parser/hl7_words.h"

#include <string.h>

/* `fields` are the names of the fields from 1 on, with a semicolon between; NULL: by number only. */
static const struct {
    char name[4];
    const char *words;
    const char *fields;
} segments[] = {
    {"MSH", "message header",
     "field separator;encoding characters;sending application;sending facility;receiving application;"
     "receiving facility;date/time of message;security;message type;message control id;processing id;version id;"
     "sequence number;continuation pointer;accept acknowledgment type;application acknowledgment type;country code;"
     "character set;principal language;alternate character set handling;message profile identifier;"
     "sending responsible organization;receiving responsible organization;sending network address;"
     "receiving network address"},
    {"PID", "patient identification",
     "set id;patient id;patient identifier list;alternate patient id;patient name;mother's maiden name;"
     "date/time of birth;administrative sex;patient alias;race;patient address;county code;phone number, home;"
     "phone number, business;primary language;marital status;religion;patient account number;SSN number;"
     "driver's license number;mother's identifier;ethnic group;birth place;multiple birth indicator;birth order;"
     "citizenship;veterans military status;nationality;patient death date/time;patient death indicator;"
     "identity unknown indicator;identity reliability code;last update date/time;last update facility;species code;"
     "breed code;strain;production class code;tribal citizenship"},
    {"PV1", "patient visit",
     "set id;patient class;assigned patient location;admission type;preadmit number;prior patient location;"
     "attending doctor;referring doctor;consulting doctor;hospital service;temporary location;"
     "preadmit test indicator;re-admission indicator;admit source;ambulatory status;VIP indicator;admitting doctor;"
     "patient type;visit number;financial class;charge price indicator;courtesy code;credit rating;contract code;"
     "contract effective date;contract amount;contract period;interest code;transfer to bad debt code;"
     "transfer to bad debt date;bad debt agency code;bad debt transfer amount;bad debt recovery amount;"
     "delete account indicator;delete account date;discharge disposition;discharged to location;diet type;"
     "servicing facility;bed status;account status;pending location;prior temporary location;admit date/time;"
     "discharge date/time;current patient balance;total charges;total adjustments;total payments;"
     "alternate visit id;visit indicator;other healthcare provider"},
    {"ORC", "common order",
     "order control;placer order number;filler order number;placer group number;order status;response flag;"
     "quantity/timing;parent;date/time of transaction;entered by;verified by;ordering provider;enterer's location;"
     "call back phone number;order effective date/time;order control code reason;entering organization;"
     "entering device;action by;advanced beneficiary notice code;ordering facility name;"
     "ordering facility address;ordering facility phone number;ordering provider address;order status modifier;"
     "advanced beneficiary notice override reason;filler's expected availability;confidentiality code;order type;"
     "enterer authorization mode"},
    {"OBR", "observation request",
     "set id;placer order number;filler order number;universal service identifier;priority;requested date/time;"
     "observation date/time;observation end date/time;collection volume;collector identifier;specimen action code;"
     "danger code;relevant clinical information;specimen received date/time;specimen source;ordering provider;"
     "order callback phone number;placer field 1;placer field 2;filler field 1;filler field 2;"
     "results report/status change;charge to practice;diagnostic service section;result status;parent result;"
     "quantity/timing;result copies to;parent;transportation mode;reason for study;principal result interpreter;"
     "assistant result interpreter;technician;transcriptionist;scheduled date/time;number of sample containers;"
     "transport logistics;collector's comment;transport arrangement responsibility;transport arranged;"
     "escort required;planned patient transport comment;procedure code;procedure code modifier;"
     "placer supplemental service information;filler supplemental service information;"
     "medically necessary duplicate reason;result handling;parent universal service identifier"},
    {"OBX", "observation/result",
     "set id;value type;observation identifier;observation sub-id;observation value;units;reference range;"
     "abnormal flags;probability;nature of abnormal test;observation result status;"
     "effective date of reference range;user defined access checks;date/time of observation;producer's id;"
     "responsible observer;observation method;equipment instance identifier;date/time of analysis;"
     "observation site;observation instance identifier;mood code;performing organization name;"
     "performing organization address;performing medical director"},
    {"NTE", "notes and comments",
     "set id;source of comment;comment;comment type;entered by;entered date/time;effective start date;"
     "expiration date"},
    {"RXE", "pharmacy encoded order",
     "quantity/timing;give code;give amount, minimum;give amount, maximum;give units;give dosage form;"
     "administration instructions;deliver-to location;substitution status;dispense amount;dispense units;"
     "number of refills;ordering provider's DEA number;pharmacist's verifier id;prescription number;"
     "refills remaining;refills/doses dispensed;most recent refill or dose;total daily dose;needs human review;"
     "special dispensing instructions;give per (time unit);give rate amount;give rate units;give strength;"
     "give strength units;give indication;dispense package size;dispense package size unit;"
     "dispense package method;supplementary code;original order date/time;give drug strength volume;"
     "give drug strength volume units;controlled substance schedule;formulary status;"
     "pharmaceutical substance alternative;pharmacy of most recent fill;initial dispense amount;"
     "dispensing pharmacy;dispensing pharmacy address;deliver-to patient location;deliver-to address;"
     "pharmacy order type"},
    {"RXO", "pharmacy prescription order",
     "requested give code;requested give amount, minimum;requested give amount, maximum;requested give units;"
     "requested dosage form;pharmacy instructions;administration instructions;deliver-to location;"
     "allow substitutions;requested dispense code;requested dispense amount;requested dispense units;"
     "number of refills;ordering provider's DEA number"},
    {"RXR", "pharmacy route",
     "route;administration site;administration device;administration method;routing instruction"},
    {"TQ1", "timing/quantity",
     "set id;quantity;repeat pattern;explicit time;relative time and units;service duration;start date/time;"
     "end date/time;priority;condition text;text instruction;conjunction;occurrence duration;total occurrences"},
    {"EVN", "event type",
     "event type code;recorded date/time;planned date/time;event reason code;operator id;event occurred;"
     "event facility"},
    {"MSA", "message acknowledgment",
     "acknowledgment code;message control id;text message;expected sequence number;delayed acknowledgment type;"
     "error condition"},
    {"ERR", "error",
     "error code and location;error location;HL7 error code;severity;application error code;"
     "application error parameter;diagnostic information;user message"},
    {"SPM", "specimen",
     "set id;specimen id;specimen parent ids;specimen type;specimen type modifier;specimen additives;"
     "specimen collection method;specimen source site;specimen source site modifier;specimen collection site;"
     "specimen role;specimen collection amount;grouped specimen count;specimen description;"
     "specimen handling code;specimen risk code;specimen collection date/time;specimen received date/time"},
    {"AL1", "patient allergy information",
     "set id;allergen type code;allergen code;allergy severity code;allergy reaction code;identification date"},
    {"DG1", "diagnosis",
     "set id;diagnosis coding method;diagnosis code;diagnosis description;diagnosis date/time;diagnosis type"},
    {"NK1", "next of kin/associated parties",
     "set id;name;relationship;address;phone number;business phone number;contact role"},
    {"MRG", "merge patient information",
     "prior patient identifier list;prior alternate patient id;prior patient account number;prior patient id;"
     "prior visit number;prior alternate visit id;prior patient name"},
    {"TXA", "transcription document header",
     "set id;document type;document content presentation;activity date/time;primary activity provider;"
     "origination date/time;transcription date/time;edit date/time;originator;assigned document authenticator;"
     "transcriptionist;unique document number;parent document number;placer order number;filler order number;"
     "unique document file name;document completion status;document confidentiality status;"
     "document availability status;document storage status;document change reason;authentication;"
     "distributed copies"},
    {"FHS", "file header", NULL},
    {"FTS", "file trailer", NULL},
    {"BHS", "batch header", NULL},
    {"BTS", "batch trailer", NULL},
    {"DSC", "continuation pointer", "continuation pointer;continuation style"},
    {"ACC", "accident", NULL},
    {"AIG", "appointment, general resource", NULL},
    {"AIL", "appointment, location resource", NULL},
    {"AIP", "appointment, personnel resource", NULL},
    {"AIS", "appointment, service", NULL},
    {"ARV", "access restriction", NULL},
    {"AUT", "authorization information", NULL},
    {"BLG", "billing", NULL},
    {"CON", "consent", NULL},
    {"CTD", "contact data", NULL},
    {"CTI", "clinical trial identification", NULL},
    {"DB1", "disability", NULL},
    {"DSP", "display data", NULL},
    {"FT1", "financial transaction", NULL},
    {"GOL", "goal detail", NULL},
    {"GT1", "guarantor", NULL},
    {"IAM", "patient adverse reaction", NULL},
    {"IN1", "insurance", NULL},
    {"IN2", "insurance additional information", NULL},
    {"IN3", "insurance certification", NULL},
    {"INV", "inventory detail", NULL},
    {"MFE", "master file entry", NULL},
    {"MFI", "master file identification", NULL},
    {"NDS", "notification detail", NULL},
    {"NPU", "bed status update", NULL},
    {"ODS", "dietary orders, supplements and preferences", NULL},
    {"PD1", "patient additional demographic", NULL},
    {"PDA", "patient death and autopsy", NULL},
    {"PR1", "procedures", NULL},
    {"PRB", "problem details", NULL},
    {"PRD", "provider data", NULL},
    {"PRT", "participation information", NULL},
    {"PV2", "patient visit, additional information", NULL},
    {"QAK", "query acknowledgment", NULL},
    {"QPD", "query parameter definition", NULL},
    {"QRD", "original-style query definition", NULL},
    {"QRF", "original-style query filter", NULL},
    {"RCP", "response control parameter", NULL},
    {"RF1", "referral information", NULL},
    {"RGS", "resource group", NULL},
    {"ROL", "role", NULL},
    {"RQ1", "requisition detail 1", NULL},
    {"RQD", "requisition detail", NULL},
    {"RXA", "pharmacy administration", NULL},
    {"RXC", "pharmacy component order", NULL},
    {"RXD", "pharmacy dispense", NULL},
    {"RXG", "pharmacy give", NULL},
    {"SAC", "specimen container detail", NULL},
    {"SCH", "scheduling activity information", NULL},
    {"SFT", "software", NULL},
    {"STF", "staff identification", NULL},
    {"TQ2", "timing/quantity relationship", NULL},
    {"UB1", "uniform billing", NULL},
    {"UB2", "uniform billing data", NULL},
    {"VAR", "variance", NULL},
};

#define COUNT (sizeof segments / sizeof segments[0])

static size_t find(const char *name)
{
    size_t i = 0;
    while (i < COUNT && strcmp(segments[i].name, name) != 0)
        i++;
    return i;
}

struct slice hl7_words_segment(const char *name)
{
    size_t at = find(name);
    if (at < COUNT)
        return slice_of(segments[at].words);
    return name[0] == 'Z' ? SLICE_LITERAL("locally defined") : SLICE_EMPTY;
}

struct slice hl7_words_field(const char *name, size_t number)
{
    size_t at = find(name);
    struct slice rest = at < COUNT ? slice_of(segments[at].fields) : SLICE_EMPTY;
    for (; number > 0 && rest.len > 0; number--) {
        const char *end = memchr(rest.ptr, ';', rest.len);
        size_t length = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
        if (number == 1)
            return slice_from(rest.ptr, length);
        rest = slice_after(rest, length + 1);
    }
    return SLICE_EMPTY;
}
