/* Bytes as what they say: fields, tags, lines. What show_content.c and show_text.c share; for them only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOW_TEXT_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOW_TEXT_H

#include "platform/status.h"
#include "service/commands/show_content.h"

/* There is nothing to show, for `text`, and where the system said so its number. */
void content_say(struct content *out, const char *text, struct platform_status status);

/* False: memory is exhausted. *capacity is 0 at first. */
bool content_add_item(struct arena *arena, struct content *out, size_t *capacity, struct content_item item);

/* What the bytes of a file or of an extract say: HL7 messages, the fields of an event, XML tag by tag, else lines. Items borrow from the bytes and
 * the arena. False: memory is exhausted. */
bool content_take_text(const struct content_source *source, struct slice bytes, struct arena *arena,
                       struct content *out);

#endif
