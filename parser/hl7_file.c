#include "parser/hl7_file.h"

#include <string.h>

#include "parser/hl7_scan.h"
#include "parser/limits.h"

#define PLACES_AT_ONCE 512
#define ROOM_AT_FIRST  8

#define FRAME_START '\x0B' /* VT: MLLP's start of block */
#define FRAME_END   '\x1C' /* FS: its end, followed by CR */

#define MARK_UTF8 SLICE_LITERAL("\xEF\xBB\xBF")

/* What is known of a message beyond what the caller gets; parallel to the list of messages. */
struct piece {
    size_t begin, end;  /* from its MSH to behind its last line end */
    size_t head_end;    /* where its MSH segment ends, without line end, */
    size_t second_line; /* and behind that */
    size_t last_line;   /* where its last line that is not blank begins, */
    size_t last_end;    /* and where it ends, without line end */
    size_t before_last; /* where the line before that begins */
    uint32_t line;
    size_t batch;
};

struct splitter {
    struct slice text;
    const struct hl7_settings *settings;
    struct arena *arena;
    struct fault_list *faults;
    struct hl7_file *file;
    struct piece *pieces;
    size_t room;
    bool in_message; /* the last piece is open */
    bool in_file, in_batch;
    bool in_frame;
    bool marked_inside;
    bool batch_open;       /* by BHS, or by a message that has none before it */
    size_t batch_messages; /* in it */
    size_t file_batches;   /* since FHS */
    bool outside_reported;
    struct hl7_separators separators; /* of the last header, for the trailers */
    enum parse_status status;
};

static void report(struct splitter *splitter, enum fault_severity severity, enum fault_code code,
                   size_t offset, uint32_t line, const char *path, const char *expected)
{
    fault_add(splitter->faults, severity, code, offset, line, slice_of(path), expected);
    if (severity == FAULT_ERROR)
        splitter->status = PARSE_INVALID;
}

static void wait_for_more(struct splitter *splitter)
{
    if (splitter->status == PARSE_OK)
        splitter->status = PARSE_INCOMPLETE;
}

static bool goes_on(const struct splitter *splitter)
{
    return splitter->status != PARSE_LIMIT && splitter->status != PARSE_NO_MEMORY;
}

static bool begins(struct slice line, const char *name)
{
    return line.len >= 3 && memcmp(line.ptr, name, 3) == 0;
}

/* A batch begins with BHS, or where that is left out with its first message. */
static void open_batch(struct splitter *splitter)
{
    splitter->file_batches += !splitter->batch_open;
    splitter->batch_open = true;
}

/* ---- Messages ---------------------------------------------------------------------------------------------- */

static void begin_message(struct splitter *splitter, size_t at, uint32_t line)
{
    size_t count = splitter->file->count;
    if (count == splitter->settings->messages) {
        fault_add(splitter->faults, FAULT_ERROR, FAULT_HL7_TOO_MANY_MESSAGES, at, line, SLICE_EMPTY, NULL);
        splitter->status = PARSE_LIMIT;
        return;
    }
    if (count == splitter->room) {
        size_t room = count == 0 ? ROOM_AT_FIRST : count * 2;
        struct piece *pieces = arena_take_array(splitter->arena, room, sizeof *pieces);
        if (pieces == NULL) {
            splitter->status = PARSE_NO_MEMORY;
            return;
        }
        if (count > 0)
            memcpy(pieces, splitter->pieces, count * sizeof *pieces);
        splitter->pieces = pieces;
        splitter->room = room;
    }
    splitter->pieces[count] =
        (struct piece){.begin = at, .line = line, .batch = splitter->in_batch ? splitter->file->batches : 0};
    splitter->file->count++;
    splitter->in_message = true;
    open_batch(splitter);
    splitter->batch_messages++;
}

/* Adds a line, which is not blank, to the open message. `next` is behind its line end. */
static void add_line(struct splitter *splitter, size_t at, size_t end, size_t next)
{
    struct piece *piece = &splitter->pieces[splitter->file->count - 1];
    if (piece->end == 0) {
        piece->head_end = end;
        piece->second_line = next;
    }
    piece->before_last = piece->last_line;
    piece->last_line = at;
    piece->last_end = end;
    piece->end = next;
}

/* ---- Headers and trailers ---------------------------------------------------------------------------------- */

static void read_header(struct splitter *splitter, struct slice line, size_t at, uint32_t number,
                        const char *path)
{
    bool whole;
    const char *expected = hl7_separators_read(line, &splitter->separators, &whole);
    bool at_end = at + line.len == splitter->text.len;
    if (at_end && !whole && line.len < HL7_HEADER_LEAST)
        wait_for_more(splitter);
    else if (expected != NULL)
        report(splitter, FAULT_ERROR, FAULT_HL7_SEPARATORS, at, number, path, expected);
}

/* Field 1 of a trailer against what was counted. An empty one says nothing. */
static void check_count(struct splitter *splitter, struct slice line, size_t counted, size_t at,
                        uint32_t number, const char *path)
{
    size_t value = 0;
    size_t i = 4;
    if (line.len <= 4 || line.ptr[3] != splitter->separators.field)
        return;
    for (; i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9' && value <= counted; i++)
        value = value * 10 + (size_t)(line.ptr[i] - '0');
    bool ends = i == line.len || line.ptr[i] == splitter->separators.field;
    if ((i > 4 || !ends) && (!ends || value != counted))
        report(splitter, FAULT_WARNING, FAULT_HL7_COUNT, at, number, path,
               path[0] == 'B' ? "the number of messages in the batch" : "the number of batches in the file");
}

static void end_batch(struct splitter *splitter)
{
    splitter->in_batch = splitter->batch_open = false;
    splitter->batch_messages = 0;
}

/* FHS, BHS, BTS, FTS; false: it is none of them. */
static bool read_envelope(struct splitter *splitter, struct slice line, size_t at, uint32_t number)
{
    if (begins(line, "FHS")) {
        read_header(splitter, line, at, number, "FHS-2");
        if (splitter->file->header.len == 0)
            splitter->file->header = line;
        splitter->in_file = true;
        splitter->file_batches = 0;
        end_batch(splitter);
    } else if (begins(line, "BHS")) {
        read_header(splitter, line, at, number, "BHS-2");
        end_batch(splitter);
        splitter->in_batch = true;
        splitter->file->batches++;
        open_batch(splitter);
    } else if (begins(line, "BTS")) {
        check_count(splitter, line, splitter->batch_messages, at, number, "BTS-1");
        open_batch(splitter); /* one without messages */
        end_batch(splitter);
    } else if (begins(line, "FTS")) {
        check_count(splitter, line, splitter->file_batches, at, number, "FTS-1");
        end_batch(splitter);
        splitter->in_file = false;
    } else {
        return false;
    }
    splitter->in_message = false;
    splitter->outside_reported = false;
    return true;
}

/* ---- Lines ------------------------------------------------------------------------------------------------- */

/* Steps over frame bytes, and over a mark before a header, at the beginning of a line. */
static size_t skip_frame(struct splitter *splitter, size_t at, size_t end)
{
    for (;;) {
        struct slice rest = slice_from(splitter->text.ptr + at, end - at);
        if (rest.len > 0 && rest.ptr[0] == FRAME_START) {
            splitter->file->framed = splitter->in_frame = true;
            splitter->in_message = false;
            at++;
        } else if (rest.len >= 6 && slice_equal(slice_from(rest.ptr, 3), MARK_UTF8) &&
                   hl7_is_header(slice_after(rest, 3))) {
            splitter->marked_inside = true;
            at += 3;
        } else {
            return at;
        }
    }
}

/* The name that is cut at the end of the file may become one that begins something. */
static bool may_become_header(struct slice line)
{
    static const char *const names[] = {"MSH", "FHS", "BHS", "BTS", "FTS"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (line.len < 3 && memcmp(line.ptr, names[i], line.len) == 0)
            return true;
    }
    return false;
}

/* One line, from `at` to `end`; `next` is behind what ended it, the same as `end` at the end of the file. */
static void read_line(struct splitter *splitter, size_t at, size_t end, size_t next, uint32_t number)
{
    at = skip_frame(splitter, at, end);
    struct slice line = slice_from(splitter->text.ptr + at, end - at);
    if (line.len == 0 || (line.ptr[0] <= ' ' && slice_trim(line).len == 0))
        return;
    if (read_envelope(splitter, line, at, number))
        return;
    if (begins(line, "MSH")) {
        bool whole;
        (void)hl7_separators_read(line, &splitter->separators,
                                  &whole); /* hl7_message_read finds its faults */
        begin_message(splitter, at, number);
        splitter->outside_reported = false;
        if (!goes_on(splitter))
            return;
    }
    if (splitter->in_message) {
        add_line(splitter, at, end, next);
    } else if (next == end && may_become_header(line)) {
        wait_for_more(splitter);
    } else if (!splitter->outside_reported) {
        /* Once for all lines that stand together. */
        report(splitter, FAULT_ERROR, FAULT_HL7_NO_HEADER, at, number, NULL,
               "a line that begins with MSH, FHS or BHS");
        splitter->outside_reported = true;
    }
}

/* What ends a line at `end`, and how much that adds to the number of lines. */
static uint32_t note_line_end(struct splitter *splitter, size_t end)
{
    struct slice text = splitter->text;
    struct hl7_file *file = splitter->file;
    if (text.ptr[end] == FRAME_END) {
        file->framed = true;
        splitter->in_frame = false;
        splitter->in_message = false;
        return 0;
    }
    bool after_cr = end > 0 && text.ptr[end - 1] == '\r';
    if (text.ptr[end] == '\r')
        file->saw_cr = file->saw_cr || end + 1 == text.len || text.ptr[end + 1] != '\n';
    else if (after_cr)
        file->saw_crlf = true;
    else
        file->saw_lf = true;
    return text.ptr[end] == '\r' || !after_cr;
}

static void read_lines(struct splitter *splitter)
{
    const struct hl7_needles needles = HL7_NEEDLES('\r', '\n', FRAME_END);
    struct slice text = splitter->text;
    uint32_t ends[PLACES_AT_ONCE];
    uint32_t number = 1;
    size_t seen = 0;
    size_t begin = 0;
    while (seen < text.len && goes_on(splitter)) {
        size_t count = hl7_scan(text, &seen, needles, ends, PLACES_AT_ONCE);
        for (size_t i = 0; i < count && goes_on(splitter); i++) {
            /* The LF of CR LF belongs to the line before. */
            size_t end = ends[i];
            bool pair = text.ptr[end] == '\r' && end + 1 < text.len && text.ptr[end + 1] == '\n';
            if (end > begin)
                read_line(splitter, begin, end, text.ptr[end] == FRAME_END ? end : end + 1 + pair, number);
            begin = end + 1;
            number += note_line_end(splitter, end);
        }
    }
    if (begin < text.len && goes_on(splitter))
        read_line(splitter, begin, text.len, text.len, number);
}

/* ---- Continuation ------------------------------------------------------------------------------------------ */

/* Field `number` of a line that is no header, or of MSH by its own count. */
static struct slice field_of(struct slice line, char separator, size_t number)
{
    struct hl7_cursor cursor = hl7_cursor_over(hl7_part_of(line), separator);
    struct hl7_part part = HL7_PART_ABSENT;
    for (size_t i = 0; i <= number - (size_t)hl7_is_header(line); i++) {
        if (!hl7_cursor_next(&cursor, &part))
            return SLICE_EMPTY;
    }
    return part.raw;
}

static struct slice between(const struct splitter *splitter, size_t begin, size_t end)
{
    return slice_from(splitter->text.ptr + begin, end - begin);
}

/* The continuation pointer when the piece says that its message goes on in another one; else empty. */
static struct slice pointer_of(const struct splitter *splitter, const struct piece *piece)
{
    struct slice last = between(splitter, piece->last_line, piece->last_end);
    struct hl7_separators separators;
    bool whole;
    if (!begins(last, "DSC") ||
        hl7_separators_read(between(splitter, piece->begin, piece->head_end), &separators, &whole) != NULL)
        return SLICE_EMPTY;
    /* DSC-2 (table 0398): I is the answer to a query, which the asker has continued by asking again. */
    if (slice_equal(field_of(last, separators.field, 2), SLICE_LITERAL("I")))
        return SLICE_EMPTY;
    return field_of(last, separators.field, 1);
}

static bool continues(const struct splitter *splitter, const struct piece *piece, const struct piece *next)
{
    struct slice head = between(splitter, piece->begin, piece->head_end);
    struct slice next_head = between(splitter, next->begin, next->head_end);
    struct hl7_separators one;
    struct hl7_separators two;
    bool whole;
    return hl7_separators_read(head, &one, &whole) == NULL &&
           hl7_separators_read(next_head, &two, &whole) == NULL && memcmp(&one, &two, sizeof one) == 0 &&
           slice_equal(pointer_of(splitter, piece), field_of(next_head, one.field, 14));
}

/* What a piece gives to the joined message: not the MSH of a later one, not its DSC, and not the empty ADD before that,
 * which only says that the segment goes on. */
static struct slice share_of(const struct splitter *splitter, const struct piece *piece, bool first,
                             bool last)
{
    size_t begin = first ? piece->begin : piece->second_line;
    size_t end = piece->end;
    if (!last) {
        end = piece->last_line;
        struct slice before = between(splitter, piece->before_last, end);
        if (piece->before_last > piece->begin && begins(before, "ADD") &&
            (before.len == 3 || before.ptr[3] == '\r' || before.ptr[3] == '\n'))
            end = piece->before_last;
    }
    return begin < end ? between(splitter, begin, end) : SLICE_EMPTY;
}

/* Joins the pieces from `from` to `to`. ptr is NULL when memory is exhausted. */
static struct slice join(const struct splitter *splitter, size_t from, size_t to)
{
    size_t size = 0;
    for (size_t i = from; i <= to; i++)
        size += share_of(splitter, &splitter->pieces[i], i == from, i == to).len;
    char *joined = arena_take(splitter->arena, size);
    if (joined == NULL)
        return SLICE_EMPTY;
    size_t length = 0;
    for (size_t i = from; i <= to; i++) {
        struct slice share = share_of(splitter, &splitter->pieces[i], i == from, i == to);
        if (share.len > 0)
            memcpy(joined + length, share.ptr, share.len);
        length += share.len;
    }
    return slice_from(joined, size);
}

/* What continues the message may still be written: nothing stands behind it, or a header that is not at its end. */
static void report_unfinished(struct splitter *splitter, size_t index, size_t pieces)
{
    const struct piece *piece = &splitter->pieces[index];
    bool may_come = index + 1 == pieces ||
                    (index + 2 == pieces && splitter->pieces[index + 1].head_end == splitter->text.len);
    report(splitter, may_come ? FAULT_WARNING : FAULT_ERROR, FAULT_HL7_CONTINUATION, piece->last_line,
           piece->line, "DSC-1", "the next message of the file with the same value in MSH-14");
    if (may_come)
        wait_for_more(splitter);
}

/* Makes the list of messages out of the pieces. */
static void list_messages(struct splitter *splitter)
{
    struct hl7_file *file = splitter->file;
    size_t pieces = file->count;
    file->count = 0;
    file->messages = arena_take_array(splitter->arena, pieces, sizeof *file->messages);
    if (file->messages == NULL) {
        splitter->status = PARSE_NO_MEMORY;
        return;
    }
    for (size_t from = 0; from < pieces; from++) {
        const struct piece *piece = &splitter->pieces[from];
        size_t to = from;
        while (to + 1 < pieces && pointer_of(splitter, &splitter->pieces[to]).len > 0 &&
               continues(splitter, &splitter->pieces[to], &splitter->pieces[to + 1]))
            to++;
        struct hl7_file_message *message = &file->messages[file->count];
        *message = (struct hl7_file_message){
            .source = {.bytes = from == to ? between(splitter, piece->begin, piece->end)
                                           : join(splitter, from, to),
                       .offset = piece->begin,
                       .line = piece->line,
                       .last = to + 1 == pieces && splitter->pieces[to].end == splitter->text.len,
                       .decoded = file->encoding != ENCODING_AUTO},
            .number = ++file->count,
            .batch = piece->batch,
            .pieces = to - from + 1};
        if (message->source.bytes.ptr == NULL) {
            splitter->status = PARSE_NO_MEMORY;
            return;
        }
        if (pointer_of(splitter, &splitter->pieces[to]).len > 0) {
            message->unfinished = true;
            report_unfinished(splitter, to, pieces);
        }
        from = to;
    }
}

/* ------------------------------------------------------------------------------------------------------------ */

/* The file may be cut inside its mark. */
static bool is_cut_mark(struct slice bytes)
{
    const char *const marks[] = {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (bytes.len > 0 && bytes.len < strlen(marks[i]) && memcmp(bytes.ptr, marks[i], bytes.len) == 0)
            return true;
    }
    return false;
}

/* A mark names the encoding of the whole file. UTF-8 stays where it is and is proved message by message. */
static bool read_mark(struct splitter *splitter, struct slice bytes)
{
    struct hl7_file *file = splitter->file;
    splitter->text = bytes;
    file->encoding = ENCODING_AUTO;
    if (bytes.len >= 3 && slice_equal(slice_from(bytes.ptr, 3), MARK_UTF8)) {
        file->encoding = ENCODING_UTF8;
        splitter->text = slice_after(bytes, 3);
    } else if (bytes.len >= 2 &&
               (memcmp(bytes.ptr, "\xFF\xFE", 2) == 0 || memcmp(bytes.ptr, "\xFE\xFF", 2) == 0)) {
        struct decoded decoded;
        splitter->status = encoding_decode(bytes, ENCODING_AUTO, splitter->arena, splitter->faults, &decoded);
        if (splitter->status != PARSE_OK)
            return false;
        file->encoding = decoded.encoding;
        splitter->text = decoded.text;
    } else if (is_cut_mark(bytes)) {
        wait_for_more(splitter);
        return false;
    }
    file->text = splitter->text;
    return true;
}

static void report_whole(struct splitter *splitter)
{
    const struct hl7_file *file = splitter->file;
    if (file->encoding != ENCODING_AUTO || splitter->marked_inside)
        report(splitter, FAULT_WARNING, FAULT_HL7_MARK, 0, 0, NULL, NULL);
    if (file->framed)
        report(splitter, FAULT_WARNING, FAULT_HL7_FRAME, 0, 0, NULL, NULL);
    if (splitter->in_frame || splitter->in_batch || splitter->in_file) {
        report(splitter, FAULT_WARNING, FAULT_HL7_TRAILER_MISSING, splitter->text.len, 0, NULL,
               splitter->in_frame   ? "the byte FS, which ends the frame of a connection (MLLP)"
               : splitter->in_batch ? "BTS, which ends the batch"
                                    : "FTS, which ends the file");
        wait_for_more(splitter);
    }
    if (file->count > 0 && splitter->in_message) {
        const struct piece *piece = &splitter->pieces[file->count - 1];
        if (piece->last_end == splitter->text.len)
            report(splitter, FAULT_WARNING, FAULT_HL7_LAST_SEGMENT_OPEN, piece->last_line, 0, NULL, NULL);
    }
}

enum parse_status hl7_file_read(struct slice bytes, const struct hl7_settings *settings, struct arena *arena,
                                struct fault_list *faults, struct hl7_file *out)
{
    *out = (struct hl7_file){0};
    struct splitter splitter = {.settings = settings, .arena = arena, .faults = faults, .file = out};
    if (bytes.len > settings->file_bytes || bytes.len > LIMIT_HL7_FILE_BYTES) {
        fault_add(faults, FAULT_ERROR, FAULT_FILE_TOO_LARGE, 0, 0, SLICE_EMPTY, NULL);
        return fault_list_lost_memory(faults) ? PARSE_NO_MEMORY : PARSE_LIMIT;
    }
    if (read_mark(&splitter, bytes)) {
        read_lines(&splitter);
        if (goes_on(&splitter)) {
            report_whole(&splitter);
            if (out->count == 0 && !splitter.in_file && !splitter.in_batch && out->header.len == 0)
                wait_for_more(&splitter); /* nothing at all, or line ends only */
            list_messages(&splitter);
        }
    }
    if (fault_list_lost_memory(faults))
        return PARSE_NO_MEMORY;
    return splitter.status;
}
