#include "service/windows/rights.h"

#include <aclapi.h>
#include <bcrypt.h>
#include <lm.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "platform/wide_win32.h"
#include "service/windows/scm_api.h"

/* What Explorer calls Read and execute, and Modify. */
enum {
    READ = FILE_GENERIC_READ | FILE_GENERIC_EXECUTE,
    MODIFY = FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE
};

struct platform_status rights_service_sid(const wchar_t *service, struct rights_sid *out)
{
    enum {
        NAME_LIMIT = 256,
        DIGEST_SIZE = 20
    };
    wchar_t name[NAME_LIMIT];
    size_t length = wcslen(service);
    if (length >= NAME_LIMIT)
        return platform_status_from_code(ERROR_INVALID_NAME);
    for (size_t i = 0; i < length; i++)
        name[i] = (wchar_t)towupper(service[i]);

    DWORD digest[DIGEST_SIZE / sizeof(DWORD)];
    BCRYPT_ALG_HANDLE algorithm;
    NTSTATUS failed = BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA1_ALGORITHM, NULL, 0);
    if (failed >= 0) {
        failed = BCryptHash(algorithm, NULL, 0, (PUCHAR)name, (ULONG)(length * sizeof *name), (PUCHAR)digest,
                            DIGEST_SIZE);
        (void)BCryptCloseAlgorithmProvider(algorithm, 0);
    }
    if (failed < 0)
        return platform_status_from_code(ERROR_NOT_SUPPORTED);

    SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
    if (!InitializeSid(&out->sid, &authority, 6))
        return wide_last_status();
    *GetSidSubAuthority(&out->sid, 0) = SECURITY_SERVICE_ID_BASE_RID;
    for (DWORD i = 0; i < 5; i++)
        *GetSidSubAuthority(&out->sid, i + 1) = digest[i];
    return PLATFORM_SUCCESS;
}

struct platform_status rights_account_sid(const char *name, struct rights_sid *out)
{
    struct platform_status status;
    wchar_t *wide = wide_from_text(name, &status);
    if (wide == NULL)
        return status;
    DWORD size = sizeof out->bytes;
    wchar_t domain[256];
    DWORD domain_size = sizeof domain / sizeof *domain;
    SID_NAME_USE use;
    status = PLATFORM_SUCCESS;
    if (!scm_api->lookup_account_name(NULL, wide, &out->sid, &size, domain, &domain_size, &use))
        status = wide_last_status();
    free(wide);
    return status;
}

struct platform_status rights_make_group(const char *name, const char *comment, bool *made)
{
    struct platform_status status;
    LOCALGROUP_INFO_1 info = {wide_from_text(name, &status), wide_from_text(comment, &status)};
    *made = false;
    if (info.lgrpi1_name != NULL && info.lgrpi1_comment != NULL) {
        DWORD error = scm_api->local_group_add(NULL, 1, (LPBYTE)&info, NULL);
        *made = error == NERR_Success;
        /* Both numbers occur: the first from the local security authority, the second from older network code. */
        status = error == ERROR_ALIAS_EXISTS || error == NERR_GroupExists ? PLATFORM_SUCCESS
                                                                          : platform_status_from_code(error);
    }
    free(info.lgrpi1_name);
    free(info.lgrpi1_comment);
    return status;
}

wchar_t *rights_private_sddl(const struct rights_sid *service, const struct rights_group *group)
{
    enum {
        SIZE = 1024
    };
    wchar_t *sddl = NULL;
    wchar_t *service_text = NULL;
    wchar_t *group_text = NULL;
    if (!ConvertSidToStringSidW((PSID)(UINT_PTR)&service->sid, &service_text))
        goto out;
    if (group != NULL && !ConvertSidToStringSidW((PSID)(UINT_PTR)&group->sid->sid, &group_text))
        goto out;
    sddl = LocalAlloc(0, SIZE * sizeof *sddl);
    if (sddl == NULL)
        goto out;
    /* O owner Administrators; D access list, P protected: nothing is inherited; OICI for all below; FA all rights. */
    int length =
        _snwprintf(sddl, SIZE, L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)", service_text);
    if (length > 0 && group != NULL) {
        int more = _snwprintf(sddl + length, SIZE - (size_t)length, L"(A;OICI;0x%lx;;;%ls)",
                              (unsigned long)(group->may_change ? MODIFY : READ), group_text);
        length = more > 0 ? length + more : -1;
    }
    if (length < 0 || length >= SIZE)
        abort(); /* SIDs have at most 184 characters */
out:
    LocalFree(service_text);
    LocalFree(group_text);
    return sddl;
}

/* SYSTEM, Administrators, or the user of this process, who is an administrator: installing needs that. */
static bool is_trusted_owner(PSID owner)
{
    if (IsWellKnownSid(owner, WinLocalSystemSid) || IsWellKnownSid(owner, WinBuiltinAdministratorsSid))
        return true;
    bool same = false;
    HANDLE token;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        union {
            TOKEN_USER user;
            BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
        } mine;
        DWORD size;
        if (GetTokenInformation(token, TokenUser, &mine, sizeof mine, &size))
            same = EqualSid(owner, mine.user.User.Sid);
        (void)CloseHandle(token);
    }
    return same;
}

/* Whether two access lists have the same entries, in the same order. */
static bool same_entries(PACL a, PACL b)
{
    if (a == NULL || b == NULL || a->AceCount != b->AceCount)
        return false;
    for (DWORD i = 0; i < a->AceCount; i++) {
        ACE_HEADER *of_a;
        ACE_HEADER *of_b;
        if (!GetAce(a, i, (LPVOID *)&of_a) || !GetAce(b, i, (LPVOID *)&of_b) ||
            of_a->AceSize != of_b->AceSize || memcmp(of_a, of_b, of_a->AceSize) != 0)
            return false;
    }
    return true;
}

/* A folder that exists: whether it may become ours (else *result says why not), and whether it is as wanted already. */
static struct platform_status judge_existing(wchar_t *path, PACL wanted, enum rights_folder *result,
                                             bool *as_wanted)
{
    DWORD attributes = scm_api->get_file_attributes(path);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return wide_last_status();
    if (!(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return platform_status_from_code(ERROR_DIRECTORY);
    if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) {
        *result = RIGHTS_FOLDER_LINK;
        return PLATFORM_SUCCESS;
    }
    PSID owner = NULL;
    PACL dacl = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    DWORD error = scm_api->get_named_security_info(path, SE_FILE_OBJECT,
                                                   OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                                   &owner, NULL, &dacl, NULL, &descriptor);
    if (error == ERROR_SUCCESS) {
        SECURITY_DESCRIPTOR_CONTROL control = 0;
        DWORD revision;
        if (!is_trusted_owner(owner))
            *result = RIGHTS_FOLDER_STRANGER;
        *as_wanted = IsWellKnownSid(owner, WinBuiltinAdministratorsSid) &&
                     GetSecurityDescriptorControl(descriptor, &control, &revision) &&
                     (control & SE_DACL_PROTECTED) && same_entries(dacl, wanted);
    }
    LocalFree(descriptor);
    return platform_status_from_code(error);
}

/* Sets owner and access list of a folder that exists. */
static struct platform_status apply(wchar_t *path, PSID owner, PACL dacl)
{
    DWORD what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
    return platform_status_from_code(
        scm_api->set_named_security_info(path, SE_FILE_OBJECT, what, owner, NULL, dacl, NULL));
}

/* A folder that was there before us. Setting the list is left out where it is right: Windows hands it down to
 * every file below, and an archive of years has millions. */
static struct platform_status protect_existing(wchar_t *path, PSECURITY_DESCRIPTOR wanted,
                                               enum rights_folder *result)
{
    PACL dacl;
    PSID owner;
    BOOL present;
    BOOL defaulted;
    bool as_wanted = false;
    if (!GetSecurityDescriptorDacl(wanted, &present, &dacl, &defaulted) ||
        !GetSecurityDescriptorOwner(wanted, &owner, &defaulted))
        return wide_last_status();
    *result = RIGHTS_FOLDER_KEPT;
    struct platform_status status = judge_existing(path, dacl, result, &as_wanted);
    if (platform_ok(status) && *result == RIGHTS_FOLDER_KEPT && !as_wanted)
        status = apply(path, owner, dacl);
    return status;
}

struct platform_status rights_protect_folder(const char *path, const struct rights_sid *service,
                                             const struct rights_group *group, enum rights_folder *result)
{
    struct platform_status status = platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    wchar_t *sddl = rights_private_sddl(service, group);
    wchar_t *wide = NULL;
    if (sddl == NULL)
        goto out;
    wide = wide_from_path(path, &status);
    if (wide == NULL)
        goto out;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor, NULL)) {
        status = wide_last_status();
        goto out;
    }
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, descriptor, FALSE};
    *result = RIGHTS_FOLDER_MADE;
    if (scm_api->create_directory(wide, &attributes)) {
        status = PLATFORM_SUCCESS;
        goto out;
    }
    status = wide_last_status();
    if (status.kind == PLATFORM_EXISTS)
        status = protect_existing(wide, descriptor, result);
out:
    LocalFree(descriptor);
    LocalFree(sddl);
    free(wide);
    return status;
}

/* Whether the list has an entry of its own (not inherited) that allows `sid` exactly this, at least. */
static bool has_entry(PACL dacl, PSID sid, DWORD mask, BYTE inheritance)
{
    enum {
        INHERITANCE = OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE | INHERIT_ONLY_ACE | NO_PROPAGATE_INHERIT_ACE
    };
    for (DWORD i = 0; dacl != NULL && i < dacl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry;
        if (!GetAce(dacl, i, (LPVOID *)&entry) || entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE)
            continue;
        if ((entry->Header.AceFlags & INHERITANCE) == inheritance && (entry->Mask & mask) == mask &&
            EqualSid((PSID)&entry->SidStart, sid))
            return true;
    }
    return false;
}

static EXPLICIT_ACCESSW grant(PSID sid, DWORD mask, DWORD inheritance)
{
    return (EXPLICIT_ACCESSW){
        .grfAccessPermissions = mask,
        .grfAccessMode = GRANT_ACCESS,
        .grfInheritance = inheritance,
        .Trustee = {.TrusteeForm = TRUSTEE_IS_SID,
                    .TrusteeType = TRUSTEE_IS_UNKNOWN,
                    .ptstrName = (LPWSTR)sid},
    };
}

struct platform_status rights_grant_folder(const char *path, const struct rights_sid *service, bool *changed)
{
    /* Modify for the folder and everything below; Change permissions for files only: never for the folder itself. */
    enum {
        ALL_BELOW = OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE,
        FILES_BELOW = OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE
    };
    PSID sid = (PSID)(UINT_PTR)&service->sid;
    struct platform_status status;
    PACL dacl = NULL;
    PACL wider = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    *changed = false;
    wchar_t *wide = wide_from_path(path, &status);
    if (wide == NULL)
        return status;
    DWORD error = scm_api->get_named_security_info(wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                                   NULL, &dacl, NULL, &descriptor);
    if (error != ERROR_SUCCESS)
        goto out;
    if (dacl == NULL) /* no list at all: everybody may do everything already; a list would take that away */
        goto out;
    EXPLICIT_ACCESSW entries[2];
    ULONG count = 0;
    if (!has_entry(dacl, sid, MODIFY, ALL_BELOW))
        entries[count++] = grant(sid, MODIFY, ALL_BELOW);
    if (!has_entry(dacl, sid, WRITE_DAC, FILES_BELOW))
        entries[count++] = grant(sid, WRITE_DAC, FILES_BELOW);
    if (count == 0)
        goto out;
    error = SetEntriesInAclW(count, entries, dacl, &wider);
    /* Neither owner nor protection is named, so both stay. */
    if (error == ERROR_SUCCESS)
        error = scm_api->set_named_security_info(wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                                                 wider, NULL);
    *changed = error == ERROR_SUCCESS;
out:
    LocalFree(wider);
    LocalFree(descriptor);
    free(wide);
    return platform_status_from_code(error);
}
