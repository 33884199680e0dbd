/*
 * Access rights of folders (DESIGN promise 5).
 *
 * Ours (data, database, logs, archive …): SYSTEM, Administrators and the service have all rights, nobody else
 * any, nothing is inherited from above. The database folder also lets one group change files, the photos folders let it read them. Folders of others
 * (share, pharmacy): the service is added, nothing else is changed.
 *
 * The service is named by its service SID, which is in the token of its process whatever account it runs under
 * (SERVICE_SID_TYPE_UNRESTRICTED). The SID is a function of the service's name, so rights can be given before
 * it is installed.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_RIGHTS_H
#define CORBRIDGE_SERVICE_WINDOWS_RIGHTS_H

#include <stdbool.h>
#include <windows.h>

#include "platform/status.h"

/* A security identifier with room for the longest. */
struct rights_sid {
    union {
        SID sid;
        BYTE bytes[SECURITY_MAX_SID_SIZE];
    };
};

/* Who besides may use a folder of ours. */
struct rights_group {
    const struct rights_sid *sid;
    bool may_change; /* Modify; else Read and execute */
};

/* S-1-5-80-… of a service: SHA-1 of its name in capitals, UTF-16LE, as five numbers. */
struct platform_status rights_service_sid(const wchar_t *service, struct rights_sid *out);

/* SID of an account or group by name; PLATFORM_OTHER with code 1332 when this machine does not know it. */
struct platform_status rights_account_sid(const char *name, struct rights_sid *out);

/* Makes the local group when it is missing. *made says which it was. */
struct platform_status rights_make_group(const char *name, const char *comment, bool *made);

enum rights_folder {
    RIGHTS_FOLDER_MADE,
    RIGHTS_FOLDER_KEPT,    /* it was there; rights and owner are set where they were others */
    RIGHTS_FOLDER_LINK,    /* refused: a reparse point, which could lead anywhere */
    RIGHTS_FOLDER_STRANGER /* refused: neither Administrators, SYSTEM nor the administrator at work owns it */
};

/*
 * Makes a folder of ours, protected from the first instant, or protects one that is there. `group` (or NULL)
 * gets its rights. The folder above must exist. On PLATFORM_OK *result says what was done; the two refusals change
 * nothing.
 */
struct platform_status rights_protect_folder(const char *path, const struct rights_sid *service,
                                             const struct rights_group *group, enum rights_folder *result);

/*
 * Adds to a folder of others: Modify on it and all below, and Change permissions on files, so that a file moved
 * into the archive can be made to inherit the archive's rights. Keeps every other entry and the owner. *changed
 * is false when the entries were there already.
 */
struct platform_status rights_grant_folder(const char *path, const struct rights_sid *service, bool *changed);

/* The SDDL that rights_protect_folder sets; for tests and messages. Heap (LocalFree); NULL when memory is exhausted. */
wchar_t *rights_private_sddl(const struct rights_sid *service, const struct rights_group *group);

#endif
