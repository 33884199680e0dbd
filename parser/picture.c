#include "parser/picture.h"

/* What is left of the bytes. */
struct reader {
    const unsigned char *at;
    size_t left;
};

static uint32_t big_endian(const unsigned char *at, size_t size)
{
    uint32_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}

static void skip(struct reader *reader, size_t size)
{
    reader->at += size;
    reader->left -= size;
}

/* The size is there, and within the limit. */
static enum picture_verdict judge_size(const struct picture *picture, uint64_t pixel_limit)
{
    if (picture->width == 0 || picture->height == 0)
        return PICTURE_DAMAGED;
    return (uint64_t)picture->width * picture->height > pixel_limit ? PICTURE_TOO_LARGE : PICTURE_GOOD;
}

/* ---- JPEG ---- */

enum marker {
    MARKER_TEM = 0x01,
    MARKER_SOF0 = 0xC0,
    MARKER_DHT = 0xC4, /* 0xC4, 0xC8 and 0xCC stand among the frame headers and are none */
    MARKER_JPG = 0xC8,
    MARKER_DAC = 0xCC,
    MARKER_SOF15 = 0xCF,
    MARKER_RST0 = 0xD0,
    MARKER_RST7 = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA
};

static bool is_frame_header(unsigned char marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT && marker != MARKER_JPG &&
           marker != MARKER_DAC;
}

/* The coded data behind a scan header: up to the next marker that is no restart (a 0xFF in the data is followed by 0). */
static bool skip_coded_data(struct reader *reader)
{
    while (reader->left >= 2) {
        unsigned char next = reader->at[1];
        bool marker =
            reader->at[0] == 0xFF && next != 0 && next != 0xFF && (next < MARKER_RST0 || next > MARKER_RST7);
        if (marker)
            return true;
        skip(reader, 1);
    }
    return false;
}

/* The next marker, without the bytes that may fill the room before it. */
static enum picture_verdict next_marker(struct reader *reader, unsigned char *marker)
{
    if (reader->left > 0 && reader->at[0] != 0xFF)
        return PICTURE_DAMAGED;
    while (reader->left > 0 && reader->at[0] == 0xFF)
        skip(reader, 1);
    if (reader->left == 0)
        return PICTURE_CUT;
    *marker = reader->at[0];
    skip(reader, 1);
    return PICTURE_GOOD;
}

/* One marker segment: its length counts its own two bytes. */
static enum picture_verdict read_segment(struct reader *reader, unsigned char marker, struct picture *picture)
{
    if (reader->left < 2)
        return PICTURE_CUT;
    size_t length = big_endian(reader->at, 2);
    if (length < 2)
        return PICTURE_DAMAGED;
    if (reader->left < length)
        return PICTURE_CUT;
    if (is_frame_header(marker)) {
        if (length < 8 || picture->width != 0) /* a second frame: no photo of a person */
            return PICTURE_DAMAGED;
        picture->height = big_endian(reader->at + 3, 2);
        picture->width = big_endian(reader->at + 5, 2);
        if (picture->width == 0 || picture->height == 0)
            return PICTURE_DAMAGED;
    }
    skip(reader, length);
    return PICTURE_GOOD;
}

static enum picture_verdict read_jpeg(struct reader reader, uint64_t pixel_limit, struct picture *picture)
{
    bool scanned = false;
    picture->kind = PICTURE_JPEG;
    skip(&reader, 2); /* SOI */
    for (;;) {
        unsigned char marker;
        enum picture_verdict verdict = next_marker(&reader, &marker);
        if (verdict != PICTURE_GOOD)
            return verdict;
        if (marker == MARKER_EOI)
            return scanned ? judge_size(picture, pixel_limit) : PICTURE_DAMAGED;
        if (marker == 0 || marker == MARKER_SOI)
            return PICTURE_DAMAGED;
        if (marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_RST7))
            continue; /* these have no segment */
        if (marker == MARKER_SOS && picture->width == 0)
            return PICTURE_DAMAGED;
        verdict = read_segment(&reader, marker, picture);
        if (verdict == PICTURE_GOOD && is_frame_header(marker))
            verdict = judge_size(picture, pixel_limit);
        if (verdict != PICTURE_GOOD)
            return verdict;
        if (marker == MARKER_SOS) {
            scanned = true;
            if (!skip_coded_data(&reader))
                return PICTURE_CUT;
        }
    }
}

/* ---- PNG ---- */

#define PNG_HEADER_SIZE 13u

static const unsigned char png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

/* CRC-32 of PNG section 5.6, bit by bit: it is asked of 17 bytes. */
static uint32_t checksum(const unsigned char *at, size_t size)
{
    uint32_t sum = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++) {
        sum ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            sum = (sum & 1u) != 0 ? 0xEDB88320u ^ (sum >> 1) : sum >> 1;
    }
    return sum ^ 0xFFFFFFFFu;
}

static bool is_chunk(const unsigned char *type, const char *name)
{
    return memcmp(type, name, 4) == 0;
}

/* The header's data: width, height, bit depth, colour type, compression, filter, interlace (section 11.2.1). */
static enum picture_verdict read_header(const unsigned char *data, uint64_t pixel_limit,
                                        struct picture *picture)
{
    static const unsigned char depths[7] = {1 | 2 | 4 | 8 | 16, 0, 8 | 16, 1 | 2 | 4 | 8, 8 | 16, 0, 8 | 16};
    unsigned char depth = data[8], colour = data[9];
    bool one_bit = depth != 0 && (depth & (depth - 1)) == 0;
    if (colour > 6 || !one_bit || (depths[colour] & depth) == 0 || data[10] != 0 || data[11] != 0 ||
        data[12] > 1)
        return PICTURE_DAMAGED;
    picture->width = big_endian(data, 4);
    picture->height = big_endian(data + 4, 4);
    if (picture->width > INT32_MAX || picture->height > INT32_MAX)
        return PICTURE_DAMAGED;
    return judge_size(picture, pixel_limit);
}

static enum picture_verdict read_png(struct reader reader, uint64_t pixel_limit, struct picture *picture)
{
    bool header = false, data = false;
    picture->kind = PICTURE_PNG;
    skip(&reader, sizeof png_signature);
    for (;;) {
        if (reader.left < 8)
            return PICTURE_CUT;
        size_t length = big_endian(reader.at, 4);
        const unsigned char *type = reader.at + 4;
        if (length > INT32_MAX || is_chunk(type, "IHDR") == header || (!header && length != PNG_HEADER_SIZE))
            return PICTURE_DAMAGED; /* the header comes first, and once */
        if (reader.left - 8 < length + 4)
            return PICTURE_CUT;
        if (!header) {
            if (checksum(type, 4 + length) != big_endian(type + 4 + length, 4))
                return PICTURE_DAMAGED;
            enum picture_verdict verdict = read_header(type + 4, pixel_limit, picture);
            if (verdict != PICTURE_GOOD)
                return verdict;
            header = true;
        }
        data = data || (is_chunk(type, "IDAT") && length > 0);
        if (is_chunk(type, "IEND"))
            return data && length == 0 ? PICTURE_GOOD : PICTURE_DAMAGED;
        skip(&reader, 8 + length + 4);
    }
}

/* ---- both ---- */

/* Whether the bytes begin so, as far as they go. */
static bool begins(struct slice bytes, const unsigned char *with, size_t size)
{
    size_t shorter = bytes.len < size ? bytes.len : size;
    return shorter == 0 || memcmp(bytes.ptr, with, shorter) == 0;
}

enum picture_verdict picture_read(struct slice bytes, uint64_t pixel_limit, struct picture *out)
{
    static const unsigned char jpeg_start[3] = {0xFF, MARKER_SOI, 0xFF};
    struct reader reader = {(const unsigned char *)bytes.ptr, bytes.len};
    struct picture picture = {.kind = PICTURE_JPEG};
    enum picture_verdict verdict;
    if (begins(bytes, jpeg_start, sizeof jpeg_start))
        verdict = bytes.len < sizeof jpeg_start ? PICTURE_CUT : read_jpeg(reader, pixel_limit, &picture);
    else if (begins(bytes, png_signature, sizeof png_signature))
        verdict = bytes.len < sizeof png_signature ? PICTURE_CUT : read_png(reader, pixel_limit, &picture);
    else
        verdict = PICTURE_UNKNOWN;
    if (verdict == PICTURE_GOOD)
        *out = picture;
    return verdict;
}

bool picture_is_whole(struct slice bytes)
{
    struct picture picture;
    return picture_read(bytes, PICTURE_PIXELS_MAX, &picture) != PICTURE_CUT;
}

const char *picture_kind_name(enum picture_kind kind)
{
    return kind == PICTURE_PNG ? "png" : "jpeg";
}

const char *picture_verdict_name(enum picture_verdict verdict)
{
    switch (verdict) {
    case PICTURE_GOOD: return "good";
    case PICTURE_CUT: return "picture-cut";
    case PICTURE_UNKNOWN: return "not-a-picture";
    case PICTURE_DAMAGED: return "picture-damaged";
    case PICTURE_TOO_LARGE: return "picture-too-large";
    }
    return "not-a-picture";
}

enum parse_status picture_report(enum picture_verdict verdict, struct fault_list *faults)
{
    static const struct {
        enum fault_code code;
        enum parse_status status;
        const char *expected;
    } reports[] = {
        [PICTURE_CUT] = {FAULT_PICTURE_CUT, PARSE_INCOMPLETE, NULL},
        [PICTURE_UNKNOWN] = {FAULT_NOT_A_PICTURE, PARSE_INVALID, "a JPEG or PNG file"},
        [PICTURE_DAMAGED] = {FAULT_PICTURE_DAMAGED, PARSE_INVALID, NULL},
        [PICTURE_TOO_LARGE] = {FAULT_PICTURE_TOO_LARGE, PARSE_LIMIT, NULL},
    };
    if (verdict == PICTURE_GOOD)
        return PARSE_OK;
    fault_add(faults, FAULT_ERROR, reports[verdict].code, 0, 0, SLICE_EMPTY, reports[verdict].expected);
    return reports[verdict].status;
}
