#include "platform/marks_posix.h"

#include <sys/stat.h>

static int64_t microseconds(const struct statx_timestamp *time)
{
    return time->tv_sec * 1000000 + time->tv_nsec / 1000;
}

void marks_from_statx(const struct statx *info, struct file_marks *out)
{
    out->size = info->stx_size;
    out->created_us = info->stx_mask & STATX_BTIME ? microseconds(&info->stx_btime) : 0;
    out->written_us = microseconds(&info->stx_mtime);
    out->identity.volume = ((uint64_t)info->stx_dev_major << 32) | info->stx_dev_minor;
    out->identity.id_high = 0;
    out->identity.id_low = info->stx_ino;
}
