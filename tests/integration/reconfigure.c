#include "tests/integration/reconfigure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "tests/support/cb_cmocka.h"

char *reconfigure_insert(const char *config, const char *mark, const char *text)
{
    const char *at = strstr(config, mark);
    assert_non_null(at);
    size_t size = strlen(config) + strlen(text) + 1;
    char *changed = malloc(size);
    assert_non_null(changed);
    (void)snprintf(changed, size, "%.*s%s%s", (int)(at - config), config, text, at);
    return changed;
}

char *reconfigure_second_feed(struct scene *scene)
{
    char feed[1400];
    (void)snprintf(feed, sizeof feed,
                   "<feed name=\"second\" folder=\"%s\" authority=\"OTHER\">"
                   "<match pattern=\"*.ini\" format=\"jms-event\" ready=\"closed\"/></feed>\n  ",
                   scene_path(scene, "second"));
    char *config = scene_read(scene->config_path);
    char *changed = reconfigure_insert(config, "<limits", feed);
    free(config);
    return changed;
}

struct config *reconfigure_load(struct scene *scene, const char *text)
{
    const char *path = scene_path(scene, "changed.xml");
    bool exists = false;
    assert_int_equal(file_exists(path, &exists).kind, PLATFORM_OK);
    if (exists)
        assert_int_equal(file_remove(path).kind, PLATFORM_OK);
    assert_int_equal(file_store(path, text, strlen(text)).kind, PLATFORM_OK);
    struct config_faults faults;
    config_faults_init(&faults);
    struct config *config = config_load(path, NULL, &faults);
    assert_int_equal(config != NULL, faults.count == 0);
    config_faults_release(&faults);
    return config;
}

void reconfigure(struct scene *scene, const char *text)
{
    struct config *fresh = reconfigure_load(scene, text);
    if (!fresh)
        fail_msg("a right configuration was refused:\n%s", text);
    assert_null(scene->engine);
    config_free(scene->config);
    scene->config = fresh;
}
