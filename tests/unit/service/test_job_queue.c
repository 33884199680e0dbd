/* Queues of jobs, and what a job owns. */
#include <stdlib.h>
#include <string.h>

#include "service/pipeline/pipeline.h"
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

static void first_in_first_out(void **state)
{
    (void)state;
    struct job jobs[3] = {0};
    struct job_queue queue = {0};
    assert_null(job_queue_take(&queue));
    for (int round = 0; round < 2; round++) { /* a queue that was empty again works as a new one */
        for (size_t i = 0; i < 3; i++) {
            job_queue_add(&queue, &jobs[i]);
            assert_int_equal(queue.count, i + 1);
        }
        for (size_t i = 0; i < 3; i++) {
            assert_ptr_equal(job_queue_take(&queue), &jobs[i]);
            assert_null(jobs[i].next);
        }
        assert_null(job_queue_take(&queue));
        assert_int_equal(queue.count, 0);
        assert_null(queue.first);
        assert_null(queue.last);
    }
}

static void adding_and_taking_in_turn(void **state)
{
    (void)state;
    struct job jobs[3] = {0};
    struct job_queue queue = {0};
    job_queue_add(&queue, &jobs[0]);
    job_queue_add(&queue, &jobs[1]);
    assert_ptr_equal(job_queue_take(&queue), &jobs[0]);
    job_queue_add(&queue, &jobs[0]); /* the same one again, behind */
    assert_ptr_equal(job_queue_take(&queue), &jobs[1]);
    job_queue_add(&queue, &jobs[2]);
    assert_ptr_equal(job_queue_take(&queue), &jobs[0]);
    assert_ptr_equal(job_queue_take(&queue), &jobs[2]);
    assert_null(job_queue_take(&queue));
}

static void moving_puts_all_behind_and_leaves_nothing(void **state)
{
    (void)state;
    for (size_t before = 0; before <= 2; before++) {
        for (size_t moved = 0; moved <= 2; moved++) {
            struct job jobs[5] = {0};
            struct job_queue to = {0}, from = {0};
            for (size_t i = 0; i < before; i++)
                job_queue_add(&to, &jobs[i]);
            for (size_t i = 0; i < moved; i++)
                job_queue_add(&from, &jobs[before + i]);
            job_queue_move(&to, &from);
            assert_int_equal(to.count, before + moved);
            assert_int_equal(from.count, 0);
            assert_null(from.first);
            assert_null(from.last);
            job_queue_add(&to, &jobs[4]);
            for (size_t i = 0; i < before + moved; i++)
                assert_ptr_equal(job_queue_take(&to), &jobs[i]);
            assert_ptr_equal(job_queue_take(&to), &jobs[4]);
            assert_null(job_queue_take(&to));
        }
    }
}

static void a_job_takes_its_path_and_knows_its_name(void **state)
{
    (void)state;
    struct line line = {0};
    char *path = malloc(32);
    assert_non_null(path);
    memcpy(path, "/share/in/DEM1.ini", sizeof "/share/in/DEM1.ini");
    struct job *job = job_new(&line, NULL, path);
    assert_non_null(job);
    assert_string_equal(job->name, "DEM1.ini");
    assert_ptr_equal(job->path, path);
    assert_ptr_equal(job->line, &line);
    assert_int_equal(job->work, JOB_PARSE);
    assert_int_equal(job->stage, JOB_NEW);
    assert_null(job->handle);
    job->bytes = malloc(1); /* freed with the job: the leak checker looks */
    job->marker = malloc(1);
    job->stored = malloc(1);
    job_free(job);
    job_free(NULL);
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out),
        cmocka_unit_test(adding_and_taking_in_turn),
        cmocka_unit_test(moving_puts_all_behind_and_leaves_nothing),
        cmocka_unit_test(a_job_takes_its_path_and_knows_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
