/*
 * The scan below the HL7 reader: where bytes of a few kinds stand. Sixteen bytes at a time with SSE2, which every x64
 * processor has; one at a time elsewhere. Both give the same places (a test holds them against each other).
 *
 * Places count from the start of the slice. No slice here may be longer than UINT32_MAX bytes (LIMIT_HL7_FILE_BYTES is
 * below that). No function needs memory or keeps state.
 */
#ifndef CORBRIDGE_PARSER_HL7_SCAN_H
#define CORBRIDGE_PARSER_HL7_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "parser/slice.h"

#if defined(__SSE2__) || defined(_M_X64)
#define HL7_SCAN_SSE2 1
#else
#define HL7_SCAN_SSE2 0
#endif

/* Bytes that are looked for. Who looks for fewer names one of them again. */
struct hl7_needles {
    char bytes[3];
};

#define HL7_NEEDLE(byte)             ((struct hl7_needles){{(byte), (byte), (byte)}})
#define HL7_NEEDLES(one, two, three) ((struct hl7_needles){{(one), (two), (three)}})

/* Writes the places of needles from *at on into `places`, in order, at most `room` of them, and returns how many. *at
 * becomes the place where the search goes on: bytes.len when all was seen. Room below 64 makes it slow, never wrong. */
size_t hl7_scan_plain(struct slice bytes, size_t *at, struct hl7_needles needles, uint32_t *places,
                      size_t room);

/* How often one byte occurs. */
size_t hl7_scan_count_plain(struct slice bytes, char needle);

/* The place of the first byte from 0x80 on; bytes.len: all is ASCII. */
size_t hl7_scan_high_plain(struct slice bytes);

#if HL7_SCAN_SSE2
size_t hl7_scan_sse2(struct slice bytes, size_t *at, struct hl7_needles needles, uint32_t *places,
                     size_t room);
size_t hl7_scan_count_sse2(struct slice bytes, char needle);
size_t hl7_scan_high_sse2(struct slice bytes);
#define hl7_scan       hl7_scan_sse2
#define hl7_scan_count hl7_scan_count_sse2
#define hl7_scan_high  hl7_scan_high_sse2
#else
#define hl7_scan       hl7_scan_plain
#define hl7_scan_count hl7_scan_count_plain
#define hl7_scan_high  hl7_scan_high_plain
#endif

#endif
