/*
 * What the parts of a message share. Private to render*.c. Each function below begins its own segment; columns and the
 * fields they go into are docs/pharmacy.md.
 */
#ifndef CORBRIDGE_OUTBOUND_RENDER_PART_H
#define CORBRIDGE_OUTBOUND_RENDER_PART_H

#include <stdbool.h>

#include "outbound/hl7_writer.h"
#include "outbound/render.h"
#include "parser/zone.h"

struct rendering {
    struct hl7_writer writer;
    const struct medication_order *order;
    const struct form *form;
    const struct zone *zone; /* of the facility; NULL: UTC */
};

/* render_type.c: data types that stand in several segments. A NULL or INSTANT_NONE leaves the field empty. */
void render_time(struct rendering *rendering, instant_us instant); /* a TS in the time of the facility */
void render_time_field(struct rendering *rendering, unsigned field, instant_us instant);
/* A CX: identifier, who gave it, what kind it is (table 0203). */
void render_cx(struct rendering *rendering, unsigned field, const char *id, const char *authority,
               const char *kind);
/* The provider by a number that a national registry gave: an XCN. */
void render_provider(struct rendering *rendering, unsigned field, const char *number, const char *registry,
                     const char *registry_oid);
/* The DEA number: a CN in 2.3, which has no place for the registry; an XCN later. */
void render_dea(struct rendering *rendering, unsigned field);
void render_ce_text(struct rendering *rendering, unsigned field,
                    const char *text); /* a CE that is text alone */

/* render_patient.c */
void render_pid(struct rendering *rendering);
void render_pv1(struct rendering *rendering);

/* render_timing.c: when. Before 2.5 a field of ORC and RXE, then a segment. */
void render_quantity_timing(struct rendering *rendering, unsigned field); /* a TQ */
void render_tq1(struct rendering *rendering);

/* render_drug.c: what and how. */
void render_rxo(struct rendering *rendering);
void render_rxe(struct rendering *rendering);
void render_rxr(struct rendering *rendering);

/* render_note.c: what no field takes. */
bool render_has_notes(const struct rendering *rendering);
void render_notes(struct rendering *rendering); /* none or several NTE */
void render_z_segments(struct rendering *rendering);

/* "20 mg" → "20" and "mg". False when it is anything else ("5 mg/5 mL"): the fields are a number and its unit. */
bool render_split_strength(const char *strength, struct slice *amount, struct slice *units);

/* Whether the message has RXE, and so the fields that only RXE has. */
bool render_has_rxe(const struct rendering *rendering);
/* RXE-35 came with 2.5; RXO has nothing like it. */
bool render_has_schedule_field(const struct rendering *rendering);

#endif
