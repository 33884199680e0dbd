#include "service/windows/service_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <lm.h>

#include "platform/path.h"
#include "platform/wide_win32.h"
#include "service/windows/scm_api.h"

/* `rest` (which may begin with separators or be empty) below `folder`. */
static char *below(const char *folder, const char *rest)
{
    rest += strspn(rest, "\\/");
    return *rest == '\0' ? _strdup(folder) : path_join(folder, rest);
}

/* The folder behind a substituted letter (`subst S: D:\jail`), or NULL. */
static char *behind_substitute(const char *path)
{
    static const wchar_t mark[] = L"\\??\\";
    enum {
        MARK = 4,
        ROOM = 1024
    };
    if (path[0] == '\0' || path[1] != ':')
        return NULL;
    const wchar_t letter[] = {(wchar_t)(unsigned char)path[0], L':', L'\0'};
    wchar_t target[ROOM];
    DWORD length = scm_api->query_dos_device(letter, target, ROOM);
    /* A volume gives \Device\...; a substituted network folder \??\UNC\..., which is no local path. */
    if (length <= MARK || wcsncmp(target, mark, MARK) != 0 || target[MARK + 1] != L':')
        return NULL;
    char *folder = wide_to_text(target + MARK, wcslen(target + MARK));
    char *whole = folder != NULL ? below(folder, path + 2) : NULL;
    free(folder);
    return whole;
}

static bool is_this_machine(const char *host, size_t length)
{
    static const COMPUTER_NAME_FORMAT kinds[] = {ComputerNameNetBIOS, ComputerNameDnsHostname,
                                                 ComputerNameDnsFullyQualified};
    static const char *const always[] = {"localhost", "127.0.0.1", "::1"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        if (strlen(always[i]) == length && _strnicmp(always[i], host, length) == 0)
            return true;
    }
    bool same = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !same; i++) {
        wchar_t name[256];
        DWORD size = sizeof name / sizeof *name;
        char *text =
            scm_api->get_computer_name(kinds[i], name, &size) ? wide_to_text(name, wcslen(name)) : NULL;
        same = text != NULL && strlen(text) == length && _strnicmp(text, host, length) == 0;
        free(text);
    }
    return same;
}

/* The folder behind a share of this machine, or NULL. */
static char *behind_own_share(const char *path)
{
    if (path[0] != '\\' || path[1] != '\\' || path[2] == '?' || path[2] == '.')
        return NULL;
    const char *host = path + 2;
    size_t host_length = strcspn(host, "\\/");
    const char *share = host + host_length + strspn(host + host_length, "\\/");
    size_t share_length = strcspn(share, "\\/");
    if (share_length == 0 || !is_this_machine(host, host_length))
        return NULL;

    char *whole = NULL;
    char *name = malloc(share_length + 1);
    if (name == NULL)
        return NULL;
    memcpy(name, share, share_length);
    name[share_length] = '\0';
    struct platform_status status;
    wchar_t *wide = wide_from_text(name, &status);
    LPBYTE info = NULL;
    if (wide != NULL && scm_api->share_get_info(NULL, wide, 2, &info) == NERR_Success) {
        const wchar_t *local = ((const SHARE_INFO_2 *)info)->shi2_path;
        char *folder = wide_to_text(local, wcslen(local));
        if (folder != NULL && folder[0] != '\0')
            whole = below(folder, share + share_length);
        free(folder);
        (void)NetApiBufferFree(info);
    }
    free(wide);
    free(name);
    return whole;
}

char *service_path(const char *path)
{
    char *network = NULL;
    char *local = NULL;
    if (!platform_ok(path_resolve_mapped(path, &network))) {
        network = NULL;
        local = behind_substitute(path);
    }
    if (local == NULL)
        local = behind_own_share(network != NULL ? network : path);
    if (local != NULL) {
        free(network);
        return local;
    }
    return network != NULL ? network : _strdup(path);
}
