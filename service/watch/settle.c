/*
 * Settling: see settle.h. Three structures hold the same entries: a hash table by name, a heap of what waits by
 * its due time, and an array of what is due in the order of taking. A backlog of 20,000 files costs a heap step
 * and an array step each, not a walk over all. Of what waits, the few that hold back those behind them are also in a
 * list in that order: its first one is all that settle_next need ask.
 */
#include "service/watch/settle.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"

#define BACKOFF_FIRST_MS 250u
#define BACKOFF_LAST_MS  5000u
#define NOT_IN_HEAP      SIZE_MAX

/* Whoever renames a file into place has it open a moment longer than its new name is seen (observed: MoveFileEx under
 * Wine, some milliseconds). What is busy only for such a moment must not be overtaken. */
#define HOLD_LOOK_MS  15u
#define HOLD_MS       100u
#define HOLD_LIMIT_MS 1000u /* all of them together, until a file is claimed or none is due */

struct settle {
    const struct config_feed *feed;
    settle_gone_function gone;
    void *context;

    struct settle_entry **buckets;
    size_t bucket_count; /* a power of two */
    size_t entry_count;

    struct settle_entry **heap; /* state WAITING, earliest due first */
    size_t heap_count;

    struct settle_entry **due; /* state DUE, in the order of taking; live from due_head on */
    size_t due_head, due_count;

    struct settle_entry *first_holder; /* of those that hold back, in the order of taking; NULL: none does */
    uint64_t
        hold_limit; /* none holds back any longer than this; 0: nobody was held back since the last claim */

    size_t capacity; /* of heap and due: at least entry_count */
    uint64_t generation;
    size_t in_flight, unrecognised;
};

/* ---- the order of taking ---- */

static int order_compare(const struct settle_entry *a, const struct settle_entry *b)
{
    if (a->marks.written_us != b->marks.written_us)
        return a->marks.written_us < b->marks.written_us ? -1 : 1;
    return path_compare_natural(a->name, b->name);
}

/* ---- the heap of what waits ---- */

static void heap_put(struct settle *settle, size_t index, struct settle_entry *entry)
{
    settle->heap[index] = entry;
    entry->heap_index = index;
}

static void heap_up(struct settle *settle, size_t index)
{
    struct settle_entry *entry = settle->heap[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (settle->heap[parent]->due <= entry->due)
            break;
        heap_put(settle, index, settle->heap[parent]);
        index = parent;
    }
    heap_put(settle, index, entry);
}

static void heap_down(struct settle *settle, size_t index)
{
    struct settle_entry *entry = settle->heap[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= settle->heap_count)
            break;
        if (child + 1 < settle->heap_count && settle->heap[child + 1]->due < settle->heap[child]->due)
            child++;
        if (entry->due <= settle->heap[child]->due)
            break;
        heap_put(settle, index, settle->heap[child]);
        index = child;
    }
    heap_put(settle, index, entry);
}

static void heap_add(struct settle *settle, struct settle_entry *entry)
{
    heap_put(settle, settle->heap_count++, entry);
    heap_up(settle, entry->heap_index);
}

static void heap_remove(struct settle *settle, struct settle_entry *entry)
{
    size_t index = entry->heap_index;
    entry->heap_index = NOT_IN_HEAP;
    settle->heap_count--;
    if (index == settle->heap_count)
        return;
    heap_put(settle, index, settle->heap[settle->heap_count]);
    heap_down(settle, index);
    heap_up(settle, index);
}

/* ---- the array of what is due ---- */

/* The first place in due[] whose entry does not come before `entry`. */
static size_t due_place(const struct settle *settle, const struct settle_entry *entry)
{
    size_t low = settle->due_head, high = settle->due_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order_compare(settle->due[middle], entry) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void due_add(struct settle *settle, struct settle_entry *entry)
{
    if (settle->due_head > 0 && settle->due_count == settle->capacity) {
        memmove(settle->due, settle->due + settle->due_head,
                (settle->due_count - settle->due_head) * sizeof settle->due[0]);
        settle->due_count -= settle->due_head;
        settle->due_head = 0;
    }
    size_t place = due_place(settle, entry);
    memmove(settle->due + place + 1, settle->due + place,
            (settle->due_count - place) * sizeof settle->due[0]);
    settle->due[place] = entry;
    settle->due_count++;
}

static void due_remove(struct settle *settle, const struct settle_entry *entry)
{
    size_t place = due_place(settle, entry);
    if (place == settle->due_head) { /* the usual case: the one that settle_next gave */
        settle->due_head++;
    } else {
        memmove(settle->due + place, settle->due + place + 1,
                (settle->due_count - place - 1) * sizeof settle->due[0]);
        settle->due_count--;
    }
    if (settle->due_head == settle->due_count)
        settle->due_head = settle->due_count = 0;
}

/* ---- the list of those that hold back ---- */

/* What settle_next gives comes before all who hold back: the place is the first one, unless a look was out of turn
 * (recover_rows). */
static void hold_add(struct settle *settle, struct settle_entry *entry)
{
    struct settle_entry *before = NULL, *after = settle->first_holder;
    while (after && order_compare(after, entry) < 0) {
        before = after;
        after = after->next_holder;
    }
    entry->previous_holder = before;
    entry->next_holder = after;
    if (after)
        after->previous_holder = entry;
    if (before)
        before->next_holder = entry;
    else
        settle->first_holder = entry;
    entry->holds_back = true;
}

static void hold_remove(struct settle *settle, struct settle_entry *entry)
{
    if (!entry->holds_back)
        return;
    if (entry->next_holder)
        entry->next_holder->previous_holder = entry->previous_holder;
    if (entry->previous_holder)
        entry->previous_holder->next_holder = entry->next_holder;
    else
        settle->first_holder = entry->next_holder;
    entry->holds_back = false;
}

/* It was found busy: whether this is still the moment in which it may hold back those behind it. */
static bool may_hold(struct settle *settle, struct settle_entry *entry, uint64_t now)
{
    if (entry->hold_until == 0) {
        if (settle->hold_limit == 0)
            settle->hold_limit = now + HOLD_LIMIT_MS;
        entry->hold_until = now + HOLD_MS < settle->hold_limit ? now + HOLD_MS : settle->hold_limit;
    }
    return now < entry->hold_until;
}

/* ---- states ---- */

/* Takes an entry out of the structure of its present state. */
static void state_leave(struct settle *settle, struct settle_entry *entry)
{
    switch (entry->state) {
    case SETTLE_WAITING:
        hold_remove(settle, entry);
        heap_remove(settle, entry);
        break;
    case SETTLE_DUE: due_remove(settle, entry); break;
    case SETTLE_IN_FLIGHT: settle->in_flight--; break;
    case SETTLE_UNRECOGNISED: settle->unrecognised--; break;
    }
}

static void state_enter(struct settle *settle, struct settle_entry *entry, enum settle_state state)
{
    entry->state = state;
    switch (state) {
    case SETTLE_WAITING: heap_add(settle, entry); break;
    case SETTLE_DUE: due_add(settle, entry); break;
    case SETTLE_IN_FLIGHT: settle->in_flight++; break;
    case SETTLE_UNRECOGNISED: settle->unrecognised++; break;
    }
}

/* When a file may first be looked at, counted from the last change of its marks. */
static uint64_t first_look(const struct settle_entry *entry)
{
    return entry->match->ready == CONFIG_READY_QUIET ? entry->changed + entry->match->quiet_ms
                                                     : entry->changed;
}

/* Begins (anew) to wait for readiness. */
static void start_settling(struct settle *settle, struct settle_entry *entry, uint64_t now)
{
    entry->changed = now;
    entry->trouble = SETTLE_NO_TROUBLE;
    entry->trouble_since = 0;
    entry->backoff = BACKOFF_FIRST_MS;
    entry->due = first_look(entry);
    state_enter(settle, entry, SETTLE_WAITING);
}

/* ---- the table of names ---- */

static size_t hash_name(const char *name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        hash = (hash ^ *p) * 1099511628211u;
    return (size_t)(hash ^ (hash >> 32));
}

static bool table_grow(struct settle *settle)
{
    size_t capacity = settle->capacity ? settle->capacity * 2 : 64;
    struct settle_entry **heap = realloc(settle->heap, capacity * sizeof *heap);
    if (!heap)
        return false;
    settle->heap = heap;
    struct settle_entry **due = realloc(settle->due, capacity * sizeof *due);
    if (!due)
        return false;
    settle->due = due;
    struct settle_entry **buckets = calloc(capacity * 2, sizeof *buckets);
    if (!buckets)
        return false;
    for (size_t i = 0; i < settle->bucket_count; i++) {
        for (struct settle_entry *entry = settle->buckets[i], *next; entry; entry = next) {
            next = entry->bucket_next;
            size_t bucket = hash_name(entry->name) & (capacity * 2 - 1);
            entry->bucket_next = buckets[bucket];
            buckets[bucket] = entry;
        }
    }
    free(settle->buckets);
    settle->buckets = buckets;
    settle->bucket_count = capacity * 2;
    settle->capacity = capacity;
    return true;
}

static struct settle_entry *table_add(struct settle *settle, const char *name)
{
    if (settle->entry_count == settle->capacity && !table_grow(settle))
        return NULL;
    size_t length = strlen(name);
    struct settle_entry *entry = calloc(1, sizeof *entry + length + 1);
    if (!entry)
        return NULL;
    entry->name = (char *)(entry + 1);
    memcpy(entry->name, name, length + 1);
    entry->heap_index = NOT_IN_HEAP;
    size_t bucket = hash_name(name) & (settle->bucket_count - 1);
    entry->bucket_next = settle->buckets[bucket];
    settle->buckets[bucket] = entry;
    settle->entry_count++;
    return entry;
}

/* Takes the entry out of everything and frees it. */
static void table_remove(struct settle *settle, struct settle_entry *entry)
{
    state_leave(settle, entry);
    struct settle_entry **link = &settle->buckets[hash_name(entry->name) & (settle->bucket_count - 1)];
    while (*link != entry)
        link = &(*link)->bucket_next;
    *link = entry->bucket_next;
    settle->entry_count--;
    free(entry);
}

/* Gone before it could be claimed: said, except for files that no rule matches. */
static void entry_gone(struct settle *settle, struct settle_entry *entry)
{
    if (entry->state != SETTLE_UNRECOGNISED)
        settle->gone(settle->context, entry);
    table_remove(settle, entry);
}

/* ---- life cycle ---- */

struct settle *settle_new(const struct config_feed *feed, settle_gone_function gone, void *context)
{
    struct settle *settle = calloc(1, sizeof *settle);
    if (!settle)
        return NULL;
    settle->feed = feed;
    settle->gone = gone;
    settle->context = context;
    if (!table_grow(settle)) {
        settle_free(settle);
        return NULL;
    }
    return settle;
}

void settle_free(struct settle *settle)
{
    if (!settle)
        return;
    for (size_t i = 0; i < settle->bucket_count; i++) {
        for (struct settle_entry *entry = settle->buckets[i], *next; entry; entry = next) {
            next = entry->bucket_next;
            free(entry);
        }
    }
    free(settle->buckets);
    free(settle->heap);
    free(settle->due);
    free(settle);
}

bool settle_ignores(const char *name)
{
    return path_matches(name, "*.tmp") || path_matches(name, "*.part") || path_matches(name, "*.filepart") ||
           strncmp(name, "~$", 2) == 0;
}

/* ---- observing ---- */

void settle_scan_begin(struct settle *settle)
{
    settle->generation++;
}

/* A listing may leave out the identity (then opening tells); what it leaves out is no difference. */
static bool is_another(const struct settle_entry *entry, const struct file_marks *marks, bool has_identity)
{
    return has_identity && entry->has_identity &&
           !file_identity_equal(&entry->marks.identity, &marks->identity);
}

static bool marks_differ(const struct settle_entry *entry, const struct file_marks *marks, bool has_identity)
{
    return entry->marks.size != marks->size || entry->marks.written_us != marks->written_us ||
           entry->marks.created_us != marks->created_us || is_another(entry, marks, has_identity);
}

bool settle_observe(struct settle *settle, const char *name, const struct file_marks *marks,
                    bool has_identity, uint64_t now)
{
    struct settle_entry *entry = settle_find(settle, name);
    if (!entry) {
        if (settle_ignores(name))
            return true;
        entry = table_add(settle, name);
        if (!entry)
            return false;
        entry->match = config_match_find(settle->feed, name);
        entry->marks = *marks;
        entry->has_identity = has_identity;
        entry->first_seen = now;
        entry->generation = settle->generation;
        if (entry->match)
            start_settling(settle, entry, now);
        else
            state_enter(settle, entry, SETTLE_UNRECOGNISED);
        return true;
    }
    entry->generation = settle->generation;
    if (!marks_differ(entry, marks, has_identity))
        return true;
    if (entry->state == SETTLE_IN_FLIGHT) {
        entry->replaced = true;
        return true;
    }
    if (entry->state == SETTLE_UNRECOGNISED) {
        entry->marks = *marks;
        return true;
    }
    /* Another file under the name: the one that was waiting can no longer be had. */
    if (is_another(entry, marks, has_identity)) {
        settle->gone(settle->context, entry);
        entry->first_seen = now;
        entry->hold_until = 0;
    }
    state_leave(settle, entry);
    entry->marks = *marks;
    entry->has_identity = has_identity;
    start_settling(settle, entry, now);
    return true;
}

void settle_scan_end(struct settle *settle)
{
    for (size_t i = 0; i < settle->bucket_count; i++) {
        for (struct settle_entry *entry = settle->buckets[i], *next; entry; entry = next) {
            next = entry->bucket_next;
            if (entry->generation != settle->generation && entry->state != SETTLE_IN_FLIGHT)
                entry_gone(settle, entry);
        }
    }
}

void settle_hinted(struct settle *settle, const char *name, uint64_t now)
{
    struct settle_entry *entry = settle_find(settle, name);
    if (!entry || entry->state != SETTLE_WAITING || entry->trouble != SETTLE_BUSY)
        return;
    heap_remove(settle, entry);
    entry->due = now;
    heap_add(settle, entry);
}

void settle_lost(struct settle *settle, const char *name)
{
    struct settle_entry *entry = settle_find(settle, name);
    if (entry && entry->state != SETTLE_IN_FLIGHT)
        entry_gone(settle, entry);
}

/* ---- taking ---- */

static void collect_due(struct settle *settle, uint64_t now)
{
    while (settle->heap_count > 0 && settle->heap[0]->due <= now) {
        struct settle_entry *entry = settle->heap[0];
        state_leave(settle, entry);
        state_enter(settle, entry, SETTLE_DUE);
    }
}

struct settle_entry *settle_next(struct settle *settle, uint64_t now)
{
    collect_due(settle, now);
    if (settle->due_head == settle->due_count) {
        settle->hold_limit = 0; /* nobody is held back */
        return NULL;
    }
    struct settle_entry *first = settle->due[settle->due_head];
    /* Who holds back is looked at again before its time is over: then it is due itself, and first. */
    if (settle->first_holder && order_compare(settle->first_holder, first) < 0)
        return NULL;
    if (settle->feed->order == CONFIG_ORDER_STRICT) {
        for (size_t i = 0; i < settle->heap_count; i++)
            if (order_compare(settle->heap[i], first) < 0)
                return NULL;
    }
    return first;
}

void settle_claimed(struct settle *settle, struct settle_entry *entry, const struct file_marks *marks)
{
    state_leave(settle, entry);
    entry->marks = *marks;
    entry->has_identity = true;
    entry->replaced = false;
    entry->hold_until = settle->hold_limit = 0;
    state_enter(settle, entry, SETTLE_IN_FLIGHT);
}

void settle_changed(struct settle *settle, struct settle_entry *entry, const struct file_marks *marks,
                    uint64_t now)
{
    state_leave(settle, entry);
    if (is_another(entry, marks, true))
        entry->hold_until = 0;
    entry->marks = *marks;
    entry->has_identity = true;
    start_settling(settle, entry, now);
}

bool settle_again(struct settle *settle, struct settle_entry *entry, enum settle_trouble trouble,
                  uint64_t now)
{
    if (trouble == SETTLE_INCOMPLETE && now - entry->changed >= entry->match->give_up_ms)
        return true;
    if (entry->trouble != trouble) {
        entry->trouble = trouble;
        entry->trouble_since = now;
    }
    state_leave(settle, entry);
    if (trouble == SETTLE_BUSY && may_hold(settle, entry, now)) {
        entry->due = now + HOLD_LOOK_MS < entry->hold_until ? now + HOLD_LOOK_MS : entry->hold_until;
        state_enter(settle, entry, SETTLE_WAITING);
        hold_add(settle, entry);
        return false;
    }
    entry->due = now + entry->backoff;
    if (trouble == SETTLE_INCOMPLETE && entry->due > entry->changed + entry->match->give_up_ms)
        entry->due = entry->changed + entry->match->give_up_ms;
    entry->backoff = entry->backoff * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : entry->backoff * 2;
    state_enter(settle, entry, SETTLE_WAITING);
    return false;
}

void settle_vanished(struct settle *settle, struct settle_entry *entry)
{
    entry_gone(settle, entry);
}

void settle_forget(struct settle *settle, struct settle_entry *entry)
{
    table_remove(settle, entry);
}

bool settle_finished(struct settle *settle, const char *name, bool again, uint64_t now)
{
    struct settle_entry *entry = settle_find(settle, name);
    if (!entry || entry->state != SETTLE_IN_FLIGHT)
        return false;
    if (!again) {
        bool replaced = entry->replaced;
        table_remove(settle, entry);
        return replaced;
    }
    state_leave(settle, entry);
    start_settling(settle, entry, now);
    heap_remove(settle, entry);
    entry->due = now + BACKOFF_FIRST_MS;
    heap_add(settle, entry);
    return false;
}

uint32_t settle_due_in(struct settle *settle, uint64_t now)
{
    if (settle_next(settle, now))
        return 0;
    if (settle->heap_count == 0)
        return UINT32_MAX;
    uint64_t due = settle->heap[0]->due;
    if (due <= now)
        return 1;
    return due - now < UINT32_MAX ? (uint32_t)(due - now) : UINT32_MAX - 1;
}

/* ---- looking things up ---- */

struct settle_entry *settle_find(struct settle *settle, const char *name)
{
    struct settle_entry *entry = settle->buckets[hash_name(name) & (settle->bucket_count - 1)];
    while (entry && strcmp(entry->name, name) != 0)
        entry = entry->bucket_next;
    return entry;
}

void settle_count(const struct settle *settle, struct settle_counts *out)
{
    out->waiting = settle->heap_count;
    out->due = settle->due_count - settle->due_head;
    out->in_flight = settle->in_flight;
    out->unrecognised = settle->unrecognised;
}

void settle_each(struct settle *settle, settle_each_function function, void *context)
{
    for (size_t i = 0; i < settle->bucket_count; i++) {
        for (struct settle_entry *entry = settle->buckets[i], *next; entry; entry = next) {
            next = entry->bucket_next;
            function(context, entry);
        }
    }
}
