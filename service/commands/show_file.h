/* One file of the ledger for a person: what it is, its history, what was in it, what it changed, what it says. Inside service/commands/ only. */
#ifndef CORBRIDGE_SERVICE_COMMANDS_SHOW_FILE_H
#define CORBRIDGE_SERVICE_COMMANDS_SHOW_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "service/config.h"

struct show_file {
    int64_t number; /* ledger number */
    int row;        /* of a file of many messages; 0: the file */
    bool live, test, utc, json, whole;
};

/* Writes down who looks, commits that, and prints it. An enum commands_exit. */
int show_file(const struct show_file *show, const struct config *config);

#endif
