/*
 * Photos that are asked for, and how far each is: what the fetcher (service/photo/) reads, and what the committer writes of
 * what it did.
 *
 *   waiting → fetched    photo_end_request: the picture's file is stored; it is the present photo of the patient
 *   waiting → waiting    photo_end_request: not yet; tried again later
 *   waiting → failed     photo_end_request: refused, or given up
 *   fetched, failed → waiting    photo.h: another path, or the same again after it failed; photo_requests_again
 */
#ifndef CORBRIDGE_DATABASE_PHOTO_REQUEST_H
#define CORBRIDGE_DATABASE_PHOTO_REQUEST_H

#include "database/database.h"
#include "parser/arena.h"
#include "parser/datetime.h"
#include "parser/picture.h"
#include "platform/sha256.h"

#define PHOTO_REASON_SIZE 64

/* A request whose time has come; texts in the arena. */
struct photo_request {
    int64_t patient;
    const char *authority, *patient_id; /* of the patient */
    const char *path;
    const char *feed;
    int64_t file;   /* ledger number that named the path */
    int64_t beside; /* ledger number of the picture; 0: it is fetched from path */
    int64_t
        copied_from; /* test world: number in live of the file that named it, or that is it, where it is a copy; 0: none */
    const char *
        stored; /* of `beside`: where it lies below the world's folder; NULL: not put away yet, or nowhere of this world */
    int64_t attempts;
    instant_us asked_at;
};

/* Those that are due, the longest waiting first, at most `limit`. Any connection. */
enum database_kind photo_requests_due(struct database *db, instant_us now, size_t limit, struct arena *arena,
                                      struct photo_request **rows, size_t *count);

/* When the next one is due; INSTANT_NONE: none waits. Any connection. */
enum database_kind photo_request_next(struct database *db, instant_us *next);

/* For status. Any connection. */
struct photo_counts {
    int64_t waiting, failed;
};
enum database_kind photo_request_counts(struct database *db, struct photo_counts *out);

/* Whether any request stands with that reason. Any connection. */
enum database_kind photo_request_reason_stands(struct database *db, const char *reason, bool *stands);

/* A picture as it is stored. */
struct photo_stored {
    uint8_t sha256[SHA256_SIZE];
    struct picture picture;
    uint64_t size;
};

/* What another world has made of the same request: the live one's connection, asked by the test world. */
enum photo_elsewhere {
    PHOTO_ELSEWHERE_UNKNOWN, /* it has no such request */
    PHOTO_ELSEWHERE_WAITING,
    PHOTO_ELSEWHERE_FETCHED, /* *stored says what */
    PHOTO_ELSEWHERE_FAILED   /* `reason` says why */
};
enum database_kind photo_look_elsewhere(struct database *db, const struct photo_request *request,
                                        enum photo_elsewhere *answer, struct photo_stored *stored,
                                        char reason[PHOTO_REASON_SIZE]);

/* Where a file lies below the folder of its world; *stored in the arena, NULL when it is nowhere or not put away yet. Any connection. */
enum database_kind photo_file_stored(struct database *db, int64_t file, struct arena *arena,
                                     const char **stored);

enum photo_end {
    PHOTO_END_FETCHED,
    PHOTO_END_LATER,
    PHOTO_END_FAILED
};

/* What the fetcher did about a request. */
struct photo_result {
    enum photo_end end;
    int64_t patient;
    char path[1024]; /* as in the request: if that has another by now, nothing is written */
    int64_t beside;
    struct photo_stored stored;     /* FETCHED */
    char reason[PHOTO_REASON_SIZE]; /* else: one stable word */
    instant_us next_at;             /* LATER */
    bool attempted;                 /* LATER: it counts as an attempt */
};

/* Writes it. DATABASE_NONE: the request is another one by now. *changed: the patient has another present photo. Inside a transaction. */
enum database_kind photo_end_request(struct database *db, const struct photo_result *result, instant_us now,
                                     bool *changed);

/* Requests that failed for this reason wait anew: what refused them may have been mended. Inside a transaction. */
enum database_kind photo_requests_again(struct database *db, const char *reason, instant_us now);

#endif
