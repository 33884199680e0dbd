/* Reads one sample file: what it is, its records, how it is written. Inside service/precheck/ only. */
#ifndef CORBRIDGE_SERVICE_PRECHECK_READ_FILE_H
#define CORBRIDGE_SERVICE_PRECHECK_READ_FILE_H

#include "service/precheck/precheck.h"

/* What reading needs again and again; a few hundred KB, whatever the size of a file. */
struct read_work {
    struct precheck *check;
    struct arena arena; /* of one event file, or one row */
    char *window;       /* LIMIT_CSV_WINDOW bytes */
    uint64_t told_ms;   /* when progress was told */
};

/* False when memory is exhausted. */
bool read_work_init(struct read_work *work, struct precheck *check);
void read_work_release(struct read_work *work);

/* Reads the file of that number (from 1) into check->files and the rest of the report. */
void read_file(struct read_work *work, uint32_t number, const char *path);

#endif
