#include "tests/unit/service/capture.h"

#include "tests/support/cb_cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

#include "platform/file.h"
#include "platform/path.h"
#include "service/commands/commands.h"

#define ARGUMENTS_MAX 12
#define OUTPUT_MAX    ((size_t)4 * 1024 * 1024)

/* One stream that leads to a file for a while. */
struct redirected {
    char *path;
#ifdef _WIN32
    DWORD stream;
    HANDLE before, file;
#else
    int stream, before;
#endif
};

#ifdef _WIN32
static void redirect(struct redirected *to, const char *folder, bool error)
{
    to->path = path_join(folder, error ? "captured-err" : "captured-out");
    to->stream = error ? STD_ERROR_HANDLE : STD_OUTPUT_HANDLE;
    to->before = GetStdHandle(to->stream);
    to->file = CreateFileA(to->path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                           FILE_ATTRIBUTE_NORMAL, NULL);
    assert_true(to->file != INVALID_HANDLE_VALUE);
    assert_true(SetStdHandle(to->stream, to->file));
}

static void give_back(struct redirected *to)
{
    assert_true(SetStdHandle(to->stream, to->before));
    assert_true(CloseHandle(to->file));
}
#else
static void redirect(struct redirected *to, const char *folder, bool error)
{
    to->path = path_join(folder, error ? "captured-err" : "captured-out");
    to->stream = error ? STDERR_FILENO : STDOUT_FILENO;
    (void)fflush(NULL);
    to->before = dup(to->stream);
    int file = open(to->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0 && to->before >= 0);
    assert_int_equal(dup2(file, to->stream), to->stream);
    (void)close(file);
}

static void give_back(struct redirected *to)
{
    (void)fflush(NULL);
    assert_int_equal(dup2(to->before, to->stream), to->stream);
    (void)close(to->before);
}
#endif

static char *take_text(struct redirected *from)
{
    char *text = NULL;
    size_t size = 0;
    assert_true(platform_ok(file_load(from->path, OUTPUT_MAX, &text, &size)));
    assert_true(platform_ok(file_remove(from->path)));
    assert_int_equal(strlen(text), size);
    free(from->path);
    return text;
}

void capture_run(struct capture *capture, const char *folder, const char *const *arguments)
{
    char *argv[ARGUMENTS_MAX + 1] = {strdup("corbridge")};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        assert_true(argc < ARGUMENTS_MAX);
        argv[argc] = strdup(arguments[argc - 1]);
    }
    struct redirected out;
    struct redirected err;
    redirect(&out, folder, false);
    redirect(&err, folder, true);
    capture->code = commands_main(argc, argv);
    give_back(&err);
    give_back(&out);
    capture->out = take_text(&out);
    capture->err = take_text(&err);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
}

/* Leads the standard input to a file; gives back what it led to before. */
#ifdef _WIN32
static void *lead_input(const char *path)
{
    HANDLE before = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    assert_true(file != INVALID_HANDLE_VALUE && SetStdHandle(STD_INPUT_HANDLE, file));
    return before;
}

static void give_input_back(void *before)
{
    HANDLE file = GetStdHandle(STD_INPUT_HANDLE);
    assert_true(SetStdHandle(STD_INPUT_HANDLE, before) && CloseHandle(file));
}
#else
static int lead_input(const char *path)
{
    int before = dup(STDIN_FILENO);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(before >= 0 && file >= 0);
    assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
    (void)close(file);
    return before;
}

static void give_input_back(int before)
{
    assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
    (void)close(before);
}
#endif

void capture_run_with_input(struct capture *capture, const char *folder, const char *const *arguments,
                            const char *input, size_t size)
{
    char *path = path_join(folder, "captured-in");
    assert_non_null(path);
    assert_true(platform_ok(file_store(path, input, size)));
#ifdef _WIN32
    void *before = lead_input(path);
#else
    int before = lead_input(path);
#endif
    capture_run(capture, folder, arguments);
    give_input_back(before);
    assert_true(platform_ok(file_remove(path)));
    free(path);
}

void capture_release(struct capture *capture)
{
    free(capture->out);
    free(capture->err);
    capture->out = capture->err = NULL;
}

/* ---- JSON: each function steps over one thing, or returns NULL ---------------------------------------------------------- */

static const char *json_value(const char *at, int depth);

static const char *blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *json_text(const char *at)
{
    if (*at++ != '"')
        return NULL;
    while (*at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at == '\\') {
            at++;
            if (*at == 'u') {
                if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                    return NULL;
                at += 4;
            } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
                return NULL;
            }
        }
        at++;
    }
    return at + 1;
}

static const char *json_number(const char *at)
{
    if (*at == '-')
        at++;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || (digits > 1 && *at == '0'))
        return NULL;
    return at + digits; /* no command prints fractions */
}

/* Members between `open` and `close`; `named` for objects. */
static const char *json_list(const char *at, char end, bool named, int depth)
{
    at = blanks(at + 1);
    if (*at == end)
        return at + 1;
    for (;;) {
        if (named) {
            at = json_text(at);
            at = at != NULL ? blanks(at) : NULL;
            if (at == NULL || *at != ':')
                return NULL;
            at = blanks(at + 1);
        }
        at = json_value(at, depth + 1);
        if (at == NULL)
            return NULL;
        at = blanks(at);
        if (*at == end)
            return at + 1;
        if (*at != ',')
            return NULL;
        at = blanks(at + 1);
    }
}

static const char *json_value(const char *at, int depth)
{
    static const char *const words[] = {"true", "false", "null"};
    if (depth > 20)
        return NULL;
    for (size_t i = 0; i < 3; i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    }
    switch (*at) {
    case '{': return json_list(at, '}', true, depth);
    case '[': return json_list(at, ']', false, depth);
    case '"': return json_text(at);
    default: return json_number(at);
    }
}

bool capture_is_json(const char *text)
{
    const char *end = json_value(blanks(text), 0);
    return end != NULL && *blanks(end) == '\0';
}
