/*
 * The SSE2 forms look at 64 bytes and make one word of 64 bits of what they find, a bit a byte; the places are its set
 * bits. The end of a slice is looked at together with what stands before it; slices below 16 bytes, and what might not fit
 * into `places`, the plain forms do. Loads are unaligned and never reach beyond the slice.
 */
#include "parser/hl7_scan.h"

#include <stdbool.h>

static bool is_needle(char byte, struct hl7_needles needles)
{
    return byte == needles.bytes[0] || byte == needles.bytes[1] || byte == needles.bytes[2];
}

size_t hl7_scan_plain(struct slice bytes, size_t *at, struct hl7_needles needles, uint32_t *places,
                      size_t room)
{
    size_t count = 0;
    size_t i = *at;
    for (; i < bytes.len && count < room; i++) {
        if (is_needle(bytes.ptr[i], needles))
            places[count++] = (uint32_t)i;
    }
    *at = i;
    return count;
}

size_t hl7_scan_count_plain(struct slice bytes, char needle)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++)
        count += bytes.ptr[i] == needle;
    return count;
}

size_t hl7_scan_high_plain(struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.len && (unsigned char)bytes.ptr[i] < 0x80)
        i++;
    return i;
}

#if HL7_SCAN_SSE2

#include <emmintrin.h>

#define BLOCK ((size_t)64)
#define PIECE ((size_t)16)

static __m128i load(const char *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

struct wanted {
    __m128i one, two, three;
};

static inline uint64_t find_in_16(const char *from, const struct wanted *wanted)
{
    __m128i bytes = load(from);
    __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, wanted->one),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, wanted->two), _mm_cmpeq_epi8(bytes, wanted->three)));
    return (unsigned)_mm_movemask_epi8(found);
}

static inline uint64_t find_in_64(const char *from, const struct wanted *wanted)
{
    return find_in_16(from, wanted) | find_in_16(from + 16, wanted) << 16 |
           find_in_16(from + 32, wanted) << 32 | find_in_16(from + 48, wanted) << 48;
}

/* What is found in the last `left` bytes, 1 to 63, of a slice of 16 or more. Bytes before them may be loaded with them. */
static uint64_t find_in_rest(struct slice bytes, size_t left, const struct wanted *wanted)
{
    const char *end = bytes.ptr + bytes.len;
    if (bytes.len >= BLOCK)
        return find_in_64(end - BLOCK, wanted) >> (BLOCK - left);
    if (left < PIECE)
        return find_in_16(end - PIECE, wanted) >> (PIECE - left);
    uint64_t found = find_in_16(end - PIECE, wanted) << (left - PIECE);
    for (size_t i = 0; i + PIECE < left; i += PIECE)
        found |= find_in_16(end - left + i, wanted) << i;
    return found;
}

/* Writes the place of each set bit; bit 0 stands for `base`. */
static size_t write_places(uint64_t found, size_t base, uint32_t *places)
{
    size_t count = 0;
    for (; found != 0; found &= found - 1)
        places[count++] = (uint32_t)(base + (size_t)__builtin_ctzll(found));
    return count;
}

size_t hl7_scan_sse2(struct slice bytes, size_t *at, struct hl7_needles needles, uint32_t *places,
                     size_t room)
{
    const struct wanted wanted = {_mm_set1_epi8(needles.bytes[0]), _mm_set1_epi8(needles.bytes[1]),
                                  _mm_set1_epi8(needles.bytes[2])};
    size_t count = 0;
    size_t i = *at;
    while (bytes.len - i >= BLOCK && room - count >= BLOCK) {
        count += write_places(find_in_64(bytes.ptr + i, &wanted), i, places + count);
        i += BLOCK;
    }
    size_t left = bytes.len - i;
    if (left > 0 && left < BLOCK && bytes.len >= PIECE && room - count >= BLOCK) {
        count += write_places(find_in_rest(bytes, left, &wanted), i, places + count);
        i = bytes.len;
    }
    *at = i;
    return count + hl7_scan_plain(bytes, at, needles, places + count, room - count);
}

/* Each of the 16 counters of `found` holds at most 255: that many rounds, then they are added up. */
size_t hl7_scan_count_sse2(struct slice bytes, char needle)
{
    const __m128i wanted = _mm_set1_epi8(needle);
    const __m128i zero = _mm_setzero_si128();
    size_t count = 0;
    size_t i = 0;
    while (bytes.len - i >= 16) {
        __m128i found = zero;
        for (int round = 0; round < 255 && bytes.len - i >= 16; round++, i += 16)
            found = _mm_sub_epi8(found, _mm_cmpeq_epi8(load(bytes.ptr + i), wanted));
        __m128i sums = _mm_sad_epu8(found, zero);
        count += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
    }
    return count + hl7_scan_count_plain(slice_after(bytes, i), needle);
}

size_t hl7_scan_high_sse2(struct slice bytes)
{
    size_t i = 0;
    while (bytes.len - i >= BLOCK) {
        const char *from = bytes.ptr + i;
        __m128i all = _mm_or_si128(_mm_or_si128(load(from), load(from + 16)),
                                   _mm_or_si128(load(from + 32), load(from + 48)));
        if (_mm_movemask_epi8(all) != 0)
            break;
        i += BLOCK;
    }
    return i + hl7_scan_high_plain(slice_after(bytes, i));
}

#endif
