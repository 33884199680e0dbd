#include "tests/bench/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/sample.h"
#include "tests/bench/site.h"

#define STARTS    5
#define FILES     2000
#define IDLE_S    20
#define CALM_US   (UINT64_C(5) * 1000 * 1000) /* until the last checkpoint and the last scan are over */
#define LIMIT_US  (UINT64_C(60) * 1000 * 1000)
#define RUNS_WORD "CorBridge runs"

extern char **environ;

pid_t process_start(char *const arguments[], FILE **errors)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    if (pipe(ends) != 0 || posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO) != 0 ||
        posix_spawn_file_actions_addclose(&actions, ends[0]) != 0 ||
        posix_spawn_file_actions_addclose(&actions, ends[1]) != 0)
        bench_fail("no process can be started: %s", strerror(errno));
    int error = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
    if (error != 0)
        bench_fail("%s: %s", arguments[0], strerror(error));
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    *errors = fdopen(ends[0], "r");
    char line[1000];
    while (*errors != NULL && fgets(line, sizeof line, *errors) != NULL)
        if (strncmp(line, RUNS_WORD, sizeof RUNS_WORD - 1) == 0)
            return child;
    bench_fail("%s did not say that it runs", arguments[0]);
}

static pid_t start_program(const struct site *site, FILE **errors)
{
    char program[] = BENCH_PROGRAM, run[] = "run", option[] = "--config";
    char *arguments[] = {program, run, option, site->config_path, NULL};
    return process_start(arguments, errors);
}

static void stop_program(pid_t child, FILE *errors)
{
    int status = 0;
    if (kill(child, SIGTERM) != 0 || waitpid(child, &status, 0) != child || status != 0)
        bench_fail("the program did not end well (status %d)", status);
    (void)fclose(errors);
}

void process_measure_start(void)
{
    double milliseconds[STARTS];
    struct site site;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    for (size_t i = 0; i < STARTS; i++) {
        FILE *errors = NULL;
        uint64_t begun = clock_monotonic_us();
        pid_t child = start_program(&site, &errors);
        milliseconds[i] = (double)(clock_monotonic_us() - begun) / 1000;
        stop_program(child, errors);
    }
    site_remove(&site);
    figure_set(FIGURE_START_RUNNING_MS, bench_median(milliseconds, STARTS));
}

static double processor_seconds(pid_t child)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0)
        bench_fail("the processor time of the program cannot be read");
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

double process_resident_megabytes(pid_t process)
{
    char path[64], line[200];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    long kibibytes = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kibibytes = strtol(line + 6, NULL, 10);
    if (kibibytes == 0)
        bench_fail("%s does not say how much memory is resident", path);
    (void)fclose(file);
    return (double)kibibytes * 1024 / 1e6;
}

void process_measure_idle(void)
{
    struct site site;
    FILE *errors = NULL;
    site_make(&site, "ready=\"closed\"");
    site_prepare(&site);
    site_fill(&site, 1, FILES);
    pid_t child = start_program(&site, &errors);
    uint64_t begun = clock_monotonic_us();
    while (site_count(&site, "SELECT count(*) FROM file WHERE state = 'done' AND in_place = 0") < FILES) {
        if (clock_monotonic_us() - begun > LIMIT_US)
            bench_fail("the program did not put all files away");
        bench_sleep_us(100000);
    }
    bench_sleep_us(CALM_US);
    double before = processor_seconds(child);
    bench_sleep_us((uint64_t)IDLE_S * 1000000);
    figure_set(FIGURE_IDLE_CPU_PERCENT, (processor_seconds(child) - before) / IDLE_S * 100);
    figure_set(FIGURE_IDLE_RSS_MB, process_resident_megabytes(child));
    stop_program(child, errors);
    site_remove(&site);
}

static bool read_line(const char *folder, const char *task, const char *name, char *line, int size)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, task, name);
    FILE *file = fopen(path, "r");
    bool read = file != NULL && fgets(line, size, file) != NULL;
    if (file != NULL)
        (void)fclose(file);
    if (read)
        line[strcspn(line, "\n")] = '\0';
    return read;
}

void process_say_threads(size_t files)
{
    static const char FOLDER[] = "/proc/self/task";
    DIR *folder = opendir(FOLDER);
    char own[24]; /* the benchmark's first thread, which only waits now */
    (void)snprintf(own, sizeof own, "%d", (int)getpid());
    const struct dirent *task;
    while (folder != NULL && (task = readdir(folder)) != NULL) {
        char name[64], times[200];
        /* schedstat: nanoseconds on a processor, nanoseconds of waiting for one, times that it was given one. */
        if (task->d_name[0] == '.' || strcmp(task->d_name, own) == 0 ||
            !read_line(FOLDER, task->d_name, "comm", name, sizeof name) ||
            !read_line(FOLDER, task->d_name, "schedstat", times, sizeof times))
            continue;
        char *rest = times;
        double ran = strtod(rest, &rest), waited = strtod(rest, &rest), turns = strtod(rest, NULL);
        double each = (double)files * 1000;
        bench_say("  %-16s ran %6.1f us a file, waited for a processor %6.1f us, %.2f turns", name,
                  ran / each, waited / each, turns / (double)files);
    }
    if (folder != NULL)
        (void)closedir(folder);
}

static void measure_size(enum figure figure, const char *folder, const char *name)
{
    char path[1024];
    struct stat info;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length > 0 && (size_t)length < sizeof path && stat(path, &info) == 0)
        figure_set(figure, (double)info.st_size);
    else
        figure_missing(figure, "the Windows build is not there: ./dev build mingw-release");
}

const char *process_windows_build(void)
{
    const char *folder = getenv("CORBRIDGE_BUILD_WINDOWS");
    return folder != NULL ? folder : BENCH_WINDOWS_BUILD;
}

void process_measure_sizes(void)
{
    const char *folder = process_windows_build();
    measure_size(FIGURE_EXE_BYTES, folder, "installer/corbridge.exe"); /* as it is shipped: stripped */
    measure_size(FIGURE_INSTALLER_BYTES, folder, "corbridge-setup.exe");
}
