#include "platform/inject.h"

#include <stddef.h>

static struct {
    platform_injector injector;
    void *context;
} current;

void platform_inject_set(platform_injector injector, void *context)
{
    current.injector = injector;
    current.context = context;
}

struct platform_status platform_inject(enum platform_call call, const char *path)
{
    if (current.injector == NULL)
        return PLATFORM_SUCCESS;
    return current.injector(current.context, call, path);
}
