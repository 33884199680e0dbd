#include "platform/clock.h"

#include <windows.h>

#include "platform/handle_win32.h"

uint64_t clock_monotonic_ms(void)
{
    return GetTickCount64();
}

uint64_t clock_monotonic_us(void)
{
    /* Neither call can fail since Windows XP, and the frequency is fixed at boot. */
    LARGE_INTEGER frequency;
    LARGE_INTEGER count;
    (void)QueryPerformanceFrequency(&frequency);
    (void)QueryPerformanceCounter(&count);
    uint64_t per_second = (uint64_t)frequency.QuadPart;
    uint64_t ticks = (uint64_t)count.QuadPart;
    /* Seconds and rest apart: ticks × 1,000,000 would overflow after weeks. */
    return ticks / per_second * 1000000 + ticks % per_second * 1000000 / per_second;
}

int64_t clock_utc_us(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return handle_time_us(((int64_t)now.dwHighDateTime << 32) | now.dwLowDateTime);
}
