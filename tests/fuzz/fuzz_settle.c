/*
 * The settle state machine against a plain model of it: a table of names that is searched from end to end. The bytes of
 * the input are what happens to a folder: files appear, change and go, time passes, looks end in one way or another.
 *
 * The model holds what settle.h promises: nothing is due before its quiet time; what is due comes in the order of
 * last-write time and name; nothing overtakes a file that has been busy for less than 100 ms; a file that was claimed does not come again before it is finished; what is gone is said once.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/watch/settle.h"

#define NAME_COUNT     ((size_t)100) /* more than the table first has room for */
#define OPERATIONS_MAX 300

static const struct config_match matches[] = {
    {.pattern = "q*.ini", .ready = CONFIG_READY_QUIET, .quiet_ms = 1000, .give_up_ms = 20000},
    {.pattern = "c*.ini", .ready = CONFIG_READY_CLOSED, .quiet_ms = 1000, .give_up_ms = 3000},
};

/* One name of the model. */
struct file {
    bool known, in_flight, recognised;
    bool replaced;   /* in flight: another one was seen under its name */
    bool given_back; /* it has been claimed before: 250 ms take the place of the quiet time */
    const struct config_match *match;
    struct file_marks marks;
    bool has_identity;
    uint64_t first_seen, changed, due;
    bool found_busy_before; /* this very file, and it was not claimed since */
    uint64_t held_until;    /* then: the end of the 100 ms from that on, or of the second of all */
    bool holds;             /* those behind it, until it is due */
    uint32_t backoff;
    enum settle_trouble trouble;
    uint64_t trouble_since;
    bool seen; /* by the present scan */
    unsigned gone;
};

struct model {
    struct file files[NAME_COUNT];
    bool strict;
    uint64_t now;
    bool holding; /* somebody has held back since the last claim, and nobody found nothing due since */
    uint64_t holding_since;
    unsigned gone_said[NAME_COUNT]; /* by settle */
};

static char names[NAME_COUNT][16];

/* A few names of every kind; "q7.ini" and "q07.ini" are told apart only by their bytes. */
static void name_files(void)
{
    static const char *const heads[] = {"q", "q0", "c", "x", "q"};
    static const char *const tails[] = {".ini", ".ini", ".ini", ".txt", ".tmp"};
    for (size_t i = 0; i < NAME_COUNT; i++)
        (void)snprintf(names[i], sizeof names[i], "%s%zu%s", heads[i % 5], i / 5, tails[i % 5]);
}

static bool is_ignored(size_t index)
{
    return index % 5 == 4;
}

static const struct config_match *match_of(size_t index)
{
    return index % 5 <= 1 ? &matches[0] : index % 5 == 2 ? &matches[1] : NULL;
}

static size_t index_of(const char *name)
{
    size_t index = 0;
    while (index < NAME_COUNT && strcmp(names[index], name) != 0)
        index++;
    FUZZ_MUST(index < NAME_COUNT);
    return index;
}

static void hear_gone(void *context, const struct settle_entry *entry)
{
    struct model *model = context;
    FUZZ_MUST(entry->state == SETTLE_WAITING || entry->state == SETTLE_DUE);
    model->gone_said[index_of(entry->name)]++;
}

/* ---- what the model does ---- */

static bool same_identity(const struct file_marks *a, const struct file_marks *b)
{
    return memcmp(&a->identity, &b->identity, sizeof a->identity) == 0;
}

static void model_settle(struct model *model, struct file *file)
{
    file->changed = model->now;
    file->given_back = file->holds = false;
    file->trouble = SETTLE_NO_TROUBLE;
    file->trouble_since = 0;
    file->backoff = 250;
    file->due = model->now + (file->match->ready == CONFIG_READY_QUIET ? file->match->quiet_ms : 0);
}

static void model_observe(struct model *model, size_t index, const struct file_marks *marks,
                          bool has_identity)
{
    struct file *file = &model->files[index];
    if (is_ignored(index))
        return;
    file->seen = true;
    if (!file->known) {
        *file = (struct file){.known = true,
                              .seen = true,
                              .match = match_of(index),
                              .marks = *marks,
                              .has_identity = has_identity,
                              .first_seen = model->now,
                              .gone = file->gone};
        file->recognised = file->match != NULL;
        if (file->recognised)
            model_settle(model, file);
        return;
    }
    bool replaced = has_identity && file->has_identity && !same_identity(&file->marks, marks);
    bool differs = file->marks.size != marks->size || file->marks.written_us != marks->written_us ||
                   file->marks.created_us != marks->created_us || replaced;
    if (!differs)
        return;
    if (file->in_flight) {
        file->replaced = true;
        return;
    }
    if (!file->recognised) {
        file->marks = *marks;
        return;
    }
    if (replaced) {
        file->gone++;
        file->first_seen = model->now;
        file->found_busy_before = false;
    }
    file->marks = *marks;
    file->has_identity = has_identity;
    model_settle(model, file);
}

static void model_lose(struct file *file)
{
    if (!file->known || file->in_flight)
        return;
    file->known = false;
    file->gone += file->recognised;
}

static bool waits(const struct file *file)
{
    return file->known && file->recognised && !file->in_flight;
}

static bool comes_before(const struct model *model, size_t a, size_t b)
{
    int64_t first = model->files[a].marks.written_us, second = model->files[b].marks.written_us;
    if (first != second)
        return first < second;
    return path_compare_natural(names[a], names[b]) < 0;
}

/* The file that must come next; NAME_COUNT: none. */
static size_t model_next(struct model *model)
{
    size_t next = NAME_COUNT;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const struct file *file = &model->files[i];
        if (waits(file) && file->due <= model->now && (next == NAME_COUNT || comes_before(model, i, next)))
            next = i;
    }
    if (next == NAME_COUNT)
        model->holding = false;
    for (size_t i = 0; next < NAME_COUNT && i < NAME_COUNT; i++) {
        const struct file *file = &model->files[i];
        if (waits(file) && file->due > model->now && (model->strict || file->holds) &&
            comes_before(model, i, next))
            return NAME_COUNT;
    }
    return next;
}

static uint32_t model_due_in(struct model *model)
{
    uint64_t least = UINT64_MAX;
    if (model_next(model) < NAME_COUNT)
        return 0;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const struct file *file = &model->files[i];
        if (waits(file) && file->due > model->now && file->due - model->now < least)
            least = file->due - model->now;
    }
    return least == UINT64_MAX ? UINT32_MAX : (uint32_t)least;
}

/* ---- both side by side ---- */

static struct file_marks read_marks(struct fuzz_supply *supply)
{
    uint8_t byte = fuzz_byte(supply);
    struct file_marks marks = {
        .size = byte & 3, .created_us = (byte >> 2) & 1, .written_us = (byte >> 3) & 7};
    marks.identity = (struct file_identity){1, 0, 1 + (byte >> 6)};
    return marks;
}

static void observe(struct model *model, struct settle *settle, size_t index, const struct file_marks *marks,
                    bool has_identity)
{
    FUZZ_MUST(settle_observe(settle, names[index], marks, has_identity, model->now));
    model_observe(model, index, marks, has_identity);
}

/* A listing of some of the files that are known, and of new ones. */
static void scan(struct model *model, struct settle *settle, struct fuzz_supply *supply)
{
    uint8_t step = fuzz_byte(supply), start = fuzz_byte(supply), count = fuzz_byte(supply);
    for (size_t i = 0; i < NAME_COUNT; i++)
        model->files[i].seen = false;
    settle_scan_begin(settle);
    for (size_t i = 0, at = start; i < count && i < NAME_COUNT; i++, at += 1 + step % 8) {
        size_t index = at % NAME_COUNT;
        struct file_marks marks = model->files[index].marks;
        if (!model->files[index].known || step >= 0xE0)
            marks = read_marks(supply);
        observe(model, settle, index, &marks, (step & 0x10) != 0);
    }
    settle_scan_end(settle);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (!model->files[i].seen)
            model_lose(&model->files[i]);
    }
}

static void again(struct model *model, struct settle *settle, struct settle_entry *entry, struct file *file,
                  enum settle_trouble trouble)
{
    uint64_t limit = file->changed + file->match->give_up_ms;
    bool give_up = trouble == SETTLE_INCOMPLETE && model->now >= limit;
    FUZZ_MUST(settle_again(settle, entry, trouble, model->now) == give_up);
    if (give_up)
        return;
    if (file->trouble != trouble) {
        file->trouble = trouble;
        file->trouble_since = model->now;
    }
    if (trouble == SETTLE_BUSY && !file->found_busy_before) {
        if (!model->holding)
            model->holding_since = model->now;
        model->holding = file->found_busy_before = true;
        uint64_t left = model->holding_since + 1000;
        file->held_until = left < model->now + 100 ? left : model->now + 100;
    }
    file->holds = trouble == SETTLE_BUSY && model->now < file->held_until;
    if (file->holds) {
        file->due = file->held_until - model->now < 15 ? file->held_until : model->now + 15;
        return;
    }
    file->due = model->now + file->backoff;
    if (trouble == SETTLE_INCOMPLETE && file->due > limit)
        file->due = limit;
    file->backoff = file->backoff >= 2500 ? 5000 : file->backoff * 2;
}

/* Looks at the next file, and the look ends in some way. */
static void look(struct model *model, struct settle *settle, struct fuzz_supply *supply)
{
    struct settle_entry *entry = settle_next(settle, model->now);
    size_t next = model_next(model);
    FUZZ_MUST((entry == NULL) == (next == NAME_COUNT));
    if (entry == NULL)
        return;
    FUZZ_MUST(strcmp(entry->name, names[next]) == 0);
    struct file *file = &model->files[next];
    FUZZ_MUST(!file->in_flight && entry->state == SETTLE_DUE);
    FUZZ_MUST(entry->due <= model->now && entry->due == file->due);
    if (file->match->ready == CONFIG_READY_QUIET && !file->given_back)
        FUZZ_MUST(model->now - file->changed >= file->match->quiet_ms);
    uint8_t way = fuzz_byte(supply);
    switch (way % 8) {
    case 0:
    case 1:
    case 2: {
        /* The marks by handle: as listed, or with the identity that the listing left out. */
        struct file_marks marks = file->marks;
        if (!file->has_identity)
            marks.identity = (struct file_identity){1, 0, 1 + (way >> 6)};
        settle_claimed(settle, entry, &marks);
        file->marks = marks;
        file->has_identity = file->in_flight = true;
        file->replaced = file->holds = file->found_busy_before = model->holding = false;
        break;
    }
    case 3: {
        struct file_marks marks = read_marks(supply);
        settle_changed(settle, entry, &marks, model->now);
        if (file->has_identity && !same_identity(&file->marks, &marks))
            file->found_busy_before = false;
        file->marks = marks;
        file->has_identity = true;
        model_settle(model, file);
        break;
    }
    case 4: again(model, settle, entry, file, SETTLE_BUSY + (enum settle_trouble)(way / 8 % 4)); break;
    case 5: again(model, settle, entry, file, SETTLE_BUSY); break;
    case 6:
        settle_vanished(settle, entry);
        model_lose(file);
        break;
    default:
        settle_forget(settle, entry);
        file->known = false;
        break;
    }
}

static void finish(struct model *model, struct settle *settle, size_t index, bool once_more)
{
    struct file *file = &model->files[index];
    bool look_now = settle_finished(settle, names[index], once_more, model->now);
    FUZZ_MUST(look_now == (file->known && file->in_flight && !once_more && file->replaced));
    if (!file->known || !file->in_flight)
        return;
    file->in_flight = false;
    if (!once_more) {
        file->known = false;
        return;
    }
    model_settle(model, file);
    file->due = model->now + 250;
    file->given_back = true;
}

static void hint(struct model *model, struct settle *settle, size_t index)
{
    struct file *file = &model->files[index];
    settle_hinted(settle, names[index], model->now);
    if (waits(file) && file->trouble == SETTLE_BUSY && file->due > model->now)
        file->due = model->now;
}

static void check_counts(struct model *model, struct settle *settle)
{
    struct settle_counts counts;
    size_t due = 0, waiting = 0, in_flight = 0, unrecognised = 0;
    FUZZ_MUST(settle_due_in(settle, model->now) ==
              model_due_in(model)); /* also collects what has become due */
    settle_count(settle, &counts);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const struct file *file = &model->files[i];
        in_flight += file->known && file->in_flight;
        unrecognised += file->known && !file->recognised;
        due += waits(file) && file->due <= model->now;
        waiting += waits(file) && file->due > model->now;
    }
    FUZZ_MUST(counts.due == due && counts.waiting == waiting && counts.in_flight == in_flight &&
              counts.unrecognised == unrecognised);
}

static void check_entries(const struct model *model, struct settle *settle)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const struct file *file = &model->files[i];
        const struct settle_entry *entry = settle_find(settle, names[i]);
        FUZZ_MUST(model->gone_said[i] == file->gone);
        FUZZ_MUST((entry != NULL) == file->known);
        if (entry == NULL)
            continue;
        FUZZ_MUST((entry->state == SETTLE_IN_FLIGHT) == file->in_flight);
        FUZZ_MUST((entry->state == SETTLE_UNRECOGNISED) == !file->recognised && entry->match == file->match);
        FUZZ_MUST(file_marks_equal(&entry->marks, &file->marks) && entry->first_seen == file->first_seen);
        if (waits(file))
            FUZZ_MUST(entry->due == file->due && entry->changed == file->changed &&
                      entry->trouble == file->trouble && entry->trouble_since == file->trouble_since);
    }
}

static void step(struct model *model, struct settle *settle, struct fuzz_supply *supply)
{
    uint8_t operation = fuzz_byte(supply);
    size_t index = operation >> 4; /* of the few names that most of the time is spent with */
    struct file_marks marks;
    switch (operation & 15) {
    case 0:
    case 1: model->now += (uint64_t)fuzz_byte(supply) * 10; break;
    case 2: model->now += 5 * ((uint64_t)operation >> 4); break;
    case 3: model->now += fuzz_number(supply, 2); break;
    case 4:
    case 5:
        marks = read_marks(supply);
        observe(model, settle, index, &marks, (operation & 1) != 0);
        break;
    case 6:
        index = fuzz_byte(supply) % NAME_COUNT;
        marks = read_marks(supply);
        observe(model, settle, index, &marks, true);
        break;
    case 7: scan(model, settle, supply); break;
    case 8:
        settle_lost(settle, names[index]);
        model_lose(&model->files[index]);
        break;
    case 9: finish(model, settle, index, false); break;
    case 10: finish(model, settle, index, true); break;
    case 11: finish(model, settle, fuzz_byte(supply) % NAME_COUNT, false); break;
    case 13: hint(model, settle, index); break;
    default: look(model, settle, supply); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model model;
    struct fuzz_supply supply = {data, size};
    model = (struct model){.now = 1000000};
    if (names[0][0] == '\0')
        name_files();
    model.strict = (fuzz_byte(&supply) & 1) != 0;
    const struct config_feed feed = {.name = "jms",
                                     .order = model.strict ? CONFIG_ORDER_STRICT : CONFIG_ORDER_FREE,
                                     .matches = matches,
                                     .match_count = sizeof matches / sizeof matches[0]};
    struct settle *settle = settle_new(&feed, hear_gone, &model);
    FUZZ_MUST(settle != NULL);
    for (size_t i = 0; i < OPERATIONS_MAX && supply.left > 0; i++) {
        step(&model, settle, &supply);
        check_counts(&model, settle);
    }
    check_entries(&model, settle);
    settle_free(settle);
    return 0;
}
