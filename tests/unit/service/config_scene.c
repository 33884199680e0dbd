#include "tests/unit/service/config_scene.h"

#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"

int scene_set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->root = test_temp_dir("config");
    config_faults_init(&scene->faults);
    *state = scene;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *scene = *state;
    config_free(scene->config);
    config_faults_release(&scene->faults);
    test_temp_remove(scene->root);
    free(scene->root);
    free(scene);
    return 0;
}

static const struct {
    const char *name, *text;
} WORDS[] = {
    {"@DATA@", "<data folder=\"@ROOT@/data\"/>"},
    {"@FACILITY@", "<facility code=\"VCSO\" name=\"Valley County\" zone=\"America/Los_Angeles\"/>"},
    {"@FEED@",
     "<feed name=\"jms\" folder=\"@ROOT@/in\"><match pattern=\"*.ini\" format=\"jms-event\"/></feed>"},
    {"@PHARMACY@", "<pharmacy name=\"diamond\" test-folder=\"@ROOT@/out\"/>"},
#ifdef _WIN32
    {"@EXAMPLE@", "D:\\Interface\\in or \\\\server\\share\\in"},
#else
    {"@EXAMPLE@", "/srv/interface/in"},
#endif
};

/* All `name` replaced by `with`; frees `text`. */
static char *replace(char *text, const char *name, const char *with)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += strlen(name))
        count++;
    char *out = malloc(strlen(text) + count * strlen(with) + 1);
    assert_non_null(out);
    char *end = out;
    const char *from = text;
    for (const char *at; (at = strstr(from, name)) != NULL; from = at + strlen(name)) {
        memcpy(end, from, (size_t)(at - from));
        end += at - from;
        memcpy(end, with, strlen(with));
        end += strlen(with);
    }
    memcpy(end, from, strlen(from) + 1);
    free(text);
    return out;
}

char *scene_expand(const struct scene *scene, const char *text)
{
    char *out = strdup(text);
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        out = replace(out, WORDS[i].name, WORDS[i].text);
    for (char *at = out; (at = strstr(at, "@ROOT@")) != NULL;) {
        for (at += strlen("@ROOT@"); *at != '"' && *at != '\'' && *at != '\0'; at++) {
            if (*at == '/')
                *at = PATH_SEPARATOR;
        }
    }
    return replace(out, "@ROOT@", scene->root);
}

void scene_load_bytes(struct scene *scene, const void *bytes, size_t size)
{
    char *path = path_join(scene->root, "corbridge.xml");
    bool exists = false;
    assert_true(platform_ok(file_exists(path, &exists)));
    if (exists)
        assert_true(platform_ok(file_remove(path)));
    assert_true(platform_ok(file_store(path, bytes, size)));
    config_free(scene->config);
    config_faults_release(&scene->faults);
    config_faults_init(&scene->faults);
    scene->config = config_load(path, NULL, &scene->faults);
    assert_true((scene->config == NULL) == (scene->faults.count > 0));
    free(path);
}

void scene_load(struct scene *scene, const char *text)
{
    char *expanded = scene_expand(scene, text);
    scene_load_bytes(scene, expanded, strlen(expanded));
    free(expanded);
}

void scene_make_folder(const struct scene *scene, const char *name)
{
    char *path = path_join(scene->root, name);
    assert_true(platform_ok(folder_make(path)));
    free(path);
}
