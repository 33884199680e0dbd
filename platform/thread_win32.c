#include "platform/thread.h"

#include <process.h>
#include <stdlib.h>
#include <windows.h>

#include "platform/inject.h"
#include "platform/wide_win32.h"

_Static_assert(sizeof(struct mutex) == sizeof(SRWLOCK), "struct mutex holds an SRWLOCK");
_Static_assert(sizeof(struct condition) == sizeof(CONDITION_VARIABLE),
               "struct condition holds a CONDITION_VARIABLE");

struct thread {
    HANDLE handle;
    thread_function function;
    void *context;
};

static unsigned __stdcall run(void *argument)
{
    struct thread *thread = argument;
    thread->function(thread->context);
    return 0;
}

/* SetThreadDescription came with Windows 10 1607; a name helps to read a dump, no more. */
static void set_name(HANDLE handle, const char *name)
{
    typedef HRESULT(WINAPI * set_description)(HANDLE, PCWSTR);
    struct platform_status status;
    HMODULE module = GetModuleHandleW(L"kernel32.dll");
    set_description set =
        module == NULL ? NULL
                       : (set_description)(void (*)(void))GetProcAddress(module, "SetThreadDescription");
    wchar_t *wide = set == NULL ? NULL : wide_from_text(name, &status);
    if (wide != NULL)
        (void)set(handle, wide);
    free(wide);
}

struct platform_status thread_start(struct thread **out, const char *name, thread_function function,
                                    void *context)
{
    enum {
        STACK_SIZE = 1 << 20
    };
    struct platform_status status = platform_inject(PLATFORM_CALL_THREAD, "");
    if (!platform_ok(status))
        return status;
    struct thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return platform_status_from_code(ERROR_NOT_ENOUGH_MEMORY);
    thread->function = function;
    thread->context = context;
    /* Started suspended, so that the struct is complete and named before the thread can see it. */
    uintptr_t handle = _beginthreadex(NULL, STACK_SIZE, run, thread,
                                      STACK_SIZE_PARAM_IS_A_RESERVATION | CREATE_SUSPENDED, NULL);
    if (handle == 0) {
        DWORD error = GetLastError();
        free(thread);
        return platform_status_from_code(error != 0 ? error : ERROR_NOT_ENOUGH_MEMORY);
    }
    thread->handle = (HANDLE)handle;
    set_name(thread->handle, name);
    if (ResumeThread(thread->handle) == (DWORD)-1)
        abort();
    *out = thread;
    return PLATFORM_SUCCESS;
}

void thread_join(struct thread *thread)
{
    if (thread == NULL)
        return;
    if (WaitForSingleObject(thread->handle, INFINITE) != WAIT_OBJECT_0 || !CloseHandle(thread->handle))
        abort();
    free(thread);
}

void thread_cancel_io(struct thread *thread)
{
    /* ERROR_NOT_FOUND: the thread is in no blocking call just now. */
    (void)CancelSynchronousIo(thread->handle);
}

unsigned thread_processor_count(void)
{
    DWORD count = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
    return count < 1 ? 1 : (unsigned)count;
}

static SRWLOCK *lock_of(struct mutex *mutex)
{
    return (SRWLOCK *)&mutex->lock;
}

static CONDITION_VARIABLE *condition_of(struct condition *condition)
{
    return (CONDITION_VARIABLE *)&condition->cond;
}

void mutex_init(struct mutex *mutex)
{
    InitializeSRWLock(lock_of(mutex));
}

void mutex_release(struct mutex *mutex)
{
    /* Nothing is held for it, but it must not be locked: that would be found natively too. */
    if (!TryAcquireSRWLockExclusive(lock_of(mutex)))
        abort();
    ReleaseSRWLockExclusive(lock_of(mutex));
}

void mutex_lock(struct mutex *mutex)
{
    AcquireSRWLockExclusive(lock_of(mutex));
}

void mutex_unlock(struct mutex *mutex)
{
    ReleaseSRWLockExclusive(lock_of(mutex));
}

void condition_init(struct condition *condition)
{
    InitializeConditionVariable(condition_of(condition));
}

void condition_release(struct condition *condition)
{
    (void)condition; /* a CONDITION_VARIABLE needs no destruction */
}

bool condition_wait(struct condition *condition, struct mutex *mutex, uint32_t milliseconds)
{
    _Static_assert(INFINITE == UINT32_MAX, "for ever is the same number");
    if (SleepConditionVariableSRW(condition_of(condition), lock_of(mutex), milliseconds, 0))
        return true;
    if (GetLastError() != ERROR_TIMEOUT)
        abort();
    return false;
}

void condition_signal(struct condition *condition)
{
    WakeConditionVariable(condition_of(condition));
}

void condition_broadcast(struct condition *condition)
{
    WakeAllConditionVariable(condition_of(condition));
}
