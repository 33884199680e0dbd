/* A file of the ledger as `show` has gathered it, and its two forms. For show_file*.c only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOWN_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOWN_H

#include "service/commands/access.h"
#include "service/commands/output.h"
#include "service/commands/show_content.h"
#include "service/commands/show_file.h"
#include "service/commands/when.h"

#define SHOWN_MESSAGES_MOST 100  /* of one file */
#define SHOWN_READ_MOST     1000 /* faults, changes, commands of one message or file */

/* One message with what belongs to it. */
struct message {
    const struct view_message *row;
    struct view_fault *faults;
    size_t fault_count;
    struct view_change *changes;
    size_t change_count;
};

struct shown {
    const struct show_file *show;
    const struct config *config;
    struct access access;
    enum database_world world;
    struct when when;
    struct arena arena;
    struct view_file file;
    struct view_count *counts;
    size_t count_count;
    struct message *messages; /* that of the file as a whole first */
    size_t message_count;
    bool one; /* a file of many rows is one message, such as a sync roster: its ordinal is behind theirs */
    struct view_fault *faults; /* of the file as a whole */
    size_t fault_count;
    struct view_command *commands;
    size_t command_count;
    char *path; /* where its bytes lie, heap; NULL: not in a folder of ours */
    struct content content;
};

/* Whether the message is that of such a file as a whole. */
bool shown_is_whole(const struct shown *shown, const struct view_message *row);

/* Print it; an enum commands_exit. */
int shown_print_text(const struct shown *shown);
int shown_print_json(const struct shown *shown);

/* What to do next, one line or more, each with its end; nothing where there is nothing to do. */
void shown_add_next(struct output *out, const struct shown *shown);

/* Hex digits of the hash; "" when there is none. */
void shown_format_hash(const struct view_file *file, char out[SHA256_SIZE * 2 + 1]);

/* Content that is HL7, as text or JSON. An enum commands_exit. */
int shown_print_hl7(const struct shown *shown);

#endif
