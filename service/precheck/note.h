/* Facts of one record, noted in a struct precheck. Inside service/precheck/ only; check->no_memory is set when memory ends. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_NOTE_H
#define CORBRIDGE_SERVICE_PRECHECK_NOTE_H

#include "parser/jms_alert.h"
#include "parser/jms_event.h"
#include "service/precheck/precheck.h"

/* One more, at that place. */
void note_place(struct precheck_places *places, struct precheck_place place);

/* A copy in the arena; at most 512 bytes of it, for keys made of values that broke their limit. */
struct slice note_copy(struct precheck *check, struct slice value);

/* All faults of one record of a file of `kind`; counts them in `file` too. */
void note_faults(struct precheck *check, struct precheck_file *file, enum precheck_kind kind, uint32_t number,
                 const struct fault_list *faults);

/* The values of a DEM, a Location or a roster row. `file` is its number, `line` where the record begins. */
void note_event(struct precheck *check, uint32_t file, uint32_t line, const struct jms_event *event);

/* `unmapped`: its code stands for none of CorEMR's. */
void note_alert(struct precheck *check, uint32_t file, const struct jms_alert *alert, bool unmapped);

/* The folder has a file of that name, the one with this number. False: it had one already that is equal but for the case of ASCII letters. All
 * names are noted before the first record, whose PhotoPath may name one. */
bool note_file_name(struct precheck *check, const char *name, uint32_t number);

/* A value that is not of the set of its field. */
void note_code(struct precheck *check, struct precheck_place place, const char *field, const char *expected,
               struct slice value);

#endif
