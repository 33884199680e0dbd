/* An HL7 v2 message as a tree for people, or as JSON. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOW_MESSAGE_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOW_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/hl7.h"
#include "service/commands/output.h"

/* Values of more characters are cut in the tree, with their length; JSON has them whole. */
#define SHOW_VALUE_MOST 400

/*
 * Adds the message: a line a segment, below it a line for each value that was sent, with its path (OBX[3]-5.2), what the
 * field is called, and the value with escapes undone. Control characters are shown, not sent to the console; `whole` cuts no
 * value. False: memory is exhausted.
 */
bool show_message_text(struct output *out, struct hl7_message *message, bool whole);

/* Adds one value as the tree does: without control characters, and cut unless `whole`. */
void show_message_value(struct output *out, struct slice value, bool whole);

/* Adds the list of its segments: [{"segment": "PID", "name": ..., "line": 2, "values": [{"path": ..., "name": ...,
 * "value": ...}]}]; instead of a value, "delete": true for `""`. False: memory is exhausted. */
bool show_message_json(struct output *out, struct hl7_message *message);

#endif
