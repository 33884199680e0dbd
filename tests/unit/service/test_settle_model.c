/*
 * The settle state machine against a naive one, over random histories: scans, hints, looks of every result, ends, and the clock in steps from
 * nothing to minutes. Both must agree on what is next, on every count, and on what was called gone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"
#include "tests/unit/service/settle_bench.h"

enum {
    MODEL_NAMES = 24
};

struct model_file {
    bool known, seen;
    enum settle_state state;
    struct file_marks marks;
    uint64_t changed, due;
    uint64_t hold_until; /* the end of its 100 ms; 0: it has had none */
    uint32_t backoff;
    bool found_busy; /* by its last look */
    bool holds;      /* and its pause is a short one: until then it holds back those behind it */
    bool replaced;
};

struct model {
    struct model_file files[MODEL_NAMES];
    size_t gone;
    bool strict;
    uint64_t hold_limit; /* 0: nobody was held back since the last claim */
    uint64_t random;
};

static uint32_t draw(struct model *model, uint32_t below)
{
    model->random = model->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(model->random >> 33) % below;
}

static void model_name(size_t index, char out[16])
{
    (void)snprintf(out, 16, "%s%zu.ini", index % 3 == 0 ? "q" : index % 3 == 1 ? "c" : "x", index);
}

static bool model_quiet(size_t index)
{
    return index % 3 == 0;
}

static void model_settle_anew(struct model *model, size_t i, uint64_t now)
{
    model->files[i].state = SETTLE_WAITING;
    model->files[i].changed = now;
    model->files[i].backoff = 250;
    model->files[i].holds = model->files[i].found_busy = false;
    model->files[i].due = model_quiet(i) ? now + QUIET_MS : now;
}

static void model_observe(struct model *model, size_t i, const struct file_marks *marks, uint64_t now)
{
    struct model_file *file = &model->files[i];
    file->seen = true;
    if (!file->known) {
        *file =
            (struct model_file){.known = true, .seen = true, .marks = *marks, .state = SETTLE_UNRECOGNISED};
        if (i % 3 != 2)
            model_settle_anew(model, i, now);
        return;
    }
    if (file_marks_equal(&file->marks, marks))
        return;
    if (file->state == SETTLE_IN_FLIGHT) {
        file->replaced = true;
        return;
    }
    if (file->state != SETTLE_UNRECOGNISED) {
        if (!file_identity_equal(&file->marks.identity, &marks->identity)) {
            model->gone++;
            file->hold_until = 0;
        }
        model_settle_anew(model, i, now);
    }
    file->marks = *marks;
}

static void model_lose(struct model *model, size_t i)
{
    struct model_file *file = &model->files[i];
    if (!file->known || file->state == SETTLE_IN_FLIGHT)
        return;
    model->gone += file->state != SETTLE_UNRECOGNISED;
    file->known = false;
}

static bool model_before(const struct model *model, size_t a, size_t b)
{
    char left[16], right[16];
    model_name(a, left);
    model_name(b, right);
    int64_t first = model->files[a].marks.written_us, second = model->files[b].marks.written_us;
    return first != second ? first < second : path_compare_natural(left, right) < 0;
}

/* MODEL_NAMES: none. Where nothing is due nobody is held back. */
static size_t model_next(struct model *model, uint64_t now)
{
    size_t best = MODEL_NAMES;
    for (size_t i = 0; i < MODEL_NAMES; i++) {
        const struct model_file *file = &model->files[i];
        if (file->known && file->state == SETTLE_WAITING && file->due <= now &&
            (best == MODEL_NAMES || model_before(model, i, best)))
            best = i;
    }
    if (best == MODEL_NAMES)
        model->hold_limit = 0;
    for (size_t i = 0; best < MODEL_NAMES && i < MODEL_NAMES; i++) {
        const struct model_file *file = &model->files[i];
        if ((model->strict || file->holds) && file->known && file->state == SETTLE_WAITING &&
            file->due > now && model_before(model, i, best))
            return MODEL_NAMES;
    }
    return best;
}

static struct file_marks draw_marks(struct model *model)
{
    return marks_of(draw(model, 3), (int64_t)draw(model, 4), 1 + draw(model, 3));
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void model_again(struct model *model, size_t i, bool busy, uint64_t now)
{
    struct model_file *file = &model->files[i];
    if (busy && model->hold_limit == 0 && file->hold_until == 0)
        model->hold_limit = now + 1000;
    if (busy && file->hold_until == 0)
        file->hold_until = least(now + 100, model->hold_limit);
    file->found_busy = busy;
    file->holds = busy && now < file->hold_until;
    if (file->holds) {
        file->due = least(now + 15, file->hold_until);
        return;
    }
    file->due = now + file->backoff;
    if (!busy)
        file->due = least(file->due, file->changed + GIVE_UP_MS);
    file->backoff = file->backoff >= 2500 ? 5000 : file->backoff * 2;
}

/* One look at whatever is next: both must agree on which, and on what follows. */
static void look_in_both(struct model *model, struct bench *bench, uint64_t now)
{
    char name[16] = "-";
    size_t i = model_next(model, now);
    if (i < MODEL_NAMES)
        model_name(i, name);
    assert_string_equal(next_name(bench, now), name);
    if (i == MODEL_NAMES)
        return;
    struct model_file *file = &model->files[i];
    struct settle_entry *entry = settle_next(bench->settle, now);
    struct file_marks marks = draw_marks(model);
    switch (draw(model, 8)) { /* busy most often: that has the most to go wrong */
    case 0:
    case 1:
        settle_claimed(bench->settle, entry, &marks);
        file->state = SETTLE_IN_FLIGHT;
        file->marks = marks;
        file->replaced = file->holds = file->found_busy = false;
        file->hold_until = model->hold_limit = 0;
        break;
    case 2:
        settle_changed(bench->settle, entry, &marks, now);
        if (!file_identity_equal(&file->marks.identity, &marks.identity))
            file->hold_until = 0;
        model_settle_anew(model, i, now);
        file->marks = marks;
        break;
    case 3:
        settle_vanished(bench->settle, entry);
        model_lose(model, i);
        break;
    case 4: {
        bool give_up = now - file->changed >= GIVE_UP_MS;
        assert_int_equal(settle_again(bench->settle, entry, SETTLE_INCOMPLETE, now), give_up);
        if (!give_up)
            model_again(model, i, false, now);
        break;
    }
    default:
        assert_false(settle_again(bench->settle, entry, SETTLE_BUSY, now));
        model_again(model, i, true, now);
        break;
    }
}

static void scan_in_both(struct model *model, struct bench *bench, uint64_t now)
{
    char name[16];
    settle_scan_begin(bench->settle);
    for (size_t i = 0; i < MODEL_NAMES; i++)
        model->files[i].seen = false;
    for (size_t i = 0; i < MODEL_NAMES; i++) {
        uint32_t what = draw(model, 8);
        if (what < 2)
            continue; /* not in this listing */
        struct file_marks marks =
            what < 5 && model->files[i].known ? model->files[i].marks : draw_marks(model);
        model_name(i, name);
        assert_true(settle_observe(bench->settle, name, &marks, true, now));
        model_observe(model, i, &marks, now);
    }
    settle_scan_end(bench->settle);
    for (size_t i = 0; i < MODEL_NAMES; i++)
        if (!model->files[i].seen)
            model_lose(model, i);
}

static void finish_in_both(struct model *model, struct bench *bench, uint64_t now)
{
    char name[16];
    size_t i = draw(model, MODEL_NAMES);
    struct model_file *file = &model->files[i];
    bool again = draw(model, 4) == 0, in_flight = file->known && file->state == SETTLE_IN_FLIGHT;
    model_name(i, name);
    bool replaced = settle_finished(bench->settle, name, again, now);
    assert_int_equal(replaced, in_flight && !again && file->replaced);
    if (!in_flight)
        return;
    if (again) {
        model_settle_anew(model, i, now);
        file->due = now + 250;
    } else {
        file->known = false;
    }
}

static void compare_both(struct model *model, struct bench *bench, uint64_t now)
{
    size_t waiting = 0, in_flight = 0, unrecognised = 0;
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < MODEL_NAMES; i++) {
        const struct model_file *file = &model->files[i];
        char name[16];
        model_name(i, name);
        assert_int_equal(settle_find(bench->settle, name) != NULL, file->known);
        if (!file->known)
            continue;
        waiting += file->state == SETTLE_WAITING;
        in_flight += file->state == SETTLE_IN_FLIGHT;
        unrecognised += file->state == SETTLE_UNRECOGNISED;
        if (file->state == SETTLE_WAITING && file->due > now && file->due < first)
            first = file->due;
    }
    struct settle_counts counts;
    settle_count(bench->settle, &counts);
    assert_int_equal(counts.waiting + counts.due, waiting);
    assert_int_equal(counts.in_flight, in_flight);
    assert_int_equal(counts.unrecognised, unrecognised);
    assert_int_equal(bench->gone, model->gone);
    uint32_t expected = model_next(model, now) < MODEL_NAMES ? 0
                        : first == UINT64_MAX                ? UINT32_MAX
                                                             : (uint32_t)(first - now);
    assert_int_equal(settle_due_in(bench->settle, now), expected);
}

static void random_histories_go_as_in_a_naive_machine(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct bench bench;
        struct model model = {.random = seed, .strict = seed % 2 == 0};
        begin(&bench, model.strict ? CONFIG_ORDER_STRICT : CONFIG_ORDER_FREE);
        uint64_t now = 1000;
        for (int step = 0; step < 3000; step++) {
            static const uint32_t STEPS[] = {0, 0, 0, 1, 5, 10, 15, 100, 249, 250, 999, 1000, 4000, 300000};
            now += STEPS[draw(&model, sizeof STEPS / sizeof STEPS[0])];
            uint32_t what = draw(&model, 20);
            size_t i = draw(&model, MODEL_NAMES);
            char name[16];
            model_name(i, name);
            if (what < 2) {
                scan_in_both(&model, &bench, now);
            } else if (what < 6) { /* a hint */
                struct file_marks marks = draw_marks(&model);
                assert_true(settle_observe(bench.settle, name, &marks, true, now));
                model_observe(&model, i, &marks, now);
            } else if (what < 7) {
                settle_lost(bench.settle, name);
                model_lose(&model, i);
            } else if (what < 8) {
                settle_hinted(bench.settle, name, now);
                if (model.files[i].known && model.files[i].state == SETTLE_WAITING &&
                    model.files[i].found_busy && model.files[i].due > now)
                    model.files[i].due = now;
            } else if (what < 12) {
                finish_in_both(&model, &bench, now);
            } else {
                look_in_both(&model, &bench, now);
            }
            compare_both(&model, &bench, now);
        }
        end(&bench);
    }
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories_go_as_in_a_naive_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
