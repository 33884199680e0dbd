/*
 * Takes a file apart into HL7 v2 messages (v2.5.1, section 2.10.3, batches; 2.10.2, continuation).
 *
 *   file  = [ FHS ] *( [ BHS ] *message [ BTS ] ) [ FTS ]
 *   message = MSH segment, then what follows up to the next MSH, FHS, BHS, BTS or FTS at the beginning of a line
 *
 * Passed over, with a warning: a byte order mark, also before later messages of files that were put together (UTF-16 is
 * brought to UTF-8); the frame bytes VT and FS of MLLP. Passed over without: blank lines. A message that ends in DSC with
 * style F or none is joined with the next one, whose MSH-14 names it.
 *
 * Nothing is looked at inside a message but its first and last line: hl7_message_read does that. All slices borrow from
 * the bytes or the arena.
 */
#ifndef CORBRIDGE_PARSER_HL7_FILE_H
#define CORBRIDGE_PARSER_HL7_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/arena.h"
#include "parser/encoding.h"
#include "parser/fault.h"
#include "parser/hl7.h"
#include "parser/slice.h"

struct hl7_file_message {
    struct hl7_source
        source;      /* for hl7_message_read; in a joined one, lines and places count from its first piece */
    size_t number;   /* from 1, in the order of the file */
    size_t batch;    /* from 1: the BHS before it; 0: none */
    size_t pieces;   /* 1; more: so many messages were joined (DSC) */
    bool unfinished; /* it ends in DSC, and what continues it is not in this file */
};

struct hl7_file {
    struct slice text;      /* without mark, in UTF-8 when it was UTF-16; places count from its start */
    enum encoding encoding; /* ENCODING_AUTO: not marked, each message says it in MSH-18 */
    struct hl7_file_message *messages;
    size_t count;
    size_t batches;      /* how many BHS */
    struct slice header; /* the first FHS segment; empty: none */
    bool framed;         /* MLLP bytes were passed over */
    bool saw_cr, saw_lf,
        saw_crlf; /* which line ends occur outside of messages' values: each segment end is one */
};

/*
 * PARSE_OK: there may be warnings. PARSE_INVALID: something belongs to no message, or a header's separators are wrong, or
 * a continuation fits nothing; the messages that were found are listed all the same. PARSE_INCOMPLETE: empty, or the end
 * of a file, batch, frame or continuation has not come. PARSE_LIMIT, PARSE_NO_MEMORY. A text that is no HL7 at all is
 * PARSE_INVALID without messages.
 */
enum parse_status hl7_file_read(struct slice bytes, const struct hl7_settings *settings, struct arena *arena,
                                struct fault_list *faults, struct hl7_file *out);

#endif
