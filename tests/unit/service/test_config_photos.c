/* <photos>: its defaults, and every setting. Its faults stand in tests/fixtures/config/faults.txt. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/config.h"
#include "service/photo/fetcher.h"
#include "tests/unit/service/config_scene.h"

#define MB ((size_t)1024 * 1024)

static const struct config *load(struct scene *scene, const char *text)
{
    scene_load(scene, text);
    if (scene->faults.count > 0)
        fail_msg("refused: %s", scene->faults.items[0].text);
    assert_non_null(scene->config);
    return scene->config;
}

static void test_without_it_nothing_is_fetched(void **state)
{
    const struct config *config = load(*state, "<corbridge>@DATA@@FACILITY@@FEED@</corbridge>");
    assert_false(config->photos.configured);
    assert_int_equal(config->photos.root_count + config->photos.http.host_count, 0);
    assert_true(config->photos.pixels == 50000000); /* of files beside events */
    assert_false(fetcher_is_needed(config));
}

static void test_a_rule_for_photos_needs_none(void **state)
{
    const struct config *config =
        load(*state, "<corbridge>@DATA@@FACILITY@<feed name='jms' folder='@ROOT@/in'>"
                     "<match pattern='*.jpg' format='photo'/></feed></corbridge>");
    const struct config_match *match = &config->feeds[0].matches[0];
    assert_int_equal(match->format, CONFIG_FORMAT_PHOTO);
    assert_string_equal(config_format_name(match->format), "photo");
    assert_int_equal(match->size_limit, 10 * MB);
    assert_int_equal(match->waiting_ms, 24 * 3600 * 1000);
    assert_true(fetcher_is_needed(config));
    assert_true(fetcher_feed_has_photos(&config->feeds[0]));
}

static void test_defaults(void **state)
{
    const struct config *config = load(
        *state, "<corbridge>@DATA@@FACILITY@@FEED@<photos><host name='p.example'/></photos></corbridge>");
    const struct config_photos *photos = &config->photos;
    assert_true(photos->configured);
    assert_true(fetcher_is_needed(config));
    assert_int_equal(photos->http.host_count, 1);
    assert_string_equal(photos->http.hosts[0].name, "p.example");
    assert_int_equal(photos->http.hosts[0].port, 443);
    assert_false(photos->http.hosts[0].plain || photos->http.hosts[0].allow_private);
    assert_int_equal(photos->http.connect_ms, 10000);
    assert_int_equal(photos->http.total_ms, 60000);
    assert_int_equal(photos->http.size, 10 * MB);
    assert_null(photos->http.certificates);
    assert_true(photos->pixels == 50000000);
    assert_int_equal(photos->retry_ms, 5 * 60 * 1000);
    assert_int_equal(photos->give_up_ms, 72 * 3600 * 1000);
    assert_false(photos->refetch);
}

static void test_every_setting(void **state)
{
    struct scene *scene = *state;
    const struct config *config = load(
        scene,
        "<corbridge>@DATA@@FACILITY@@FEED@"
        "<photos connect='2 s' time-out='3 s' size-limit='1 MB' megapixels='8' retry='1 min' give-up='5 h'"
        " refetch='yes' certificates='@ROOT@/ca.pem'><root folder='@ROOT@/one'/>"
        "<host name='p.example' scheme='http'/><root folder='@ROOT@/two'/>"
        "<host name='[fd00::1]' port='8443' private-addresses='yes'/></photos></corbridge>");
    const struct config_photos *photos = &config->photos;
    char *one = path_join(scene->root, "one");
    char *two = path_join(scene->root, "two");
    assert_int_equal(photos->root_count, 2);
    assert_string_equal(photos->roots[0], one);
    assert_string_equal(photos->roots[1], two);
    assert_int_equal(photos->http.host_count, 2);
    assert_true(photos->http.hosts[0].plain);
    assert_int_equal(photos->http.hosts[0].port, 80);
    assert_string_equal(photos->http.hosts[1].name, "[fd00::1]");
    assert_int_equal(photos->http.hosts[1].port, 8443);
    assert_true(photos->http.hosts[1].allow_private && !photos->http.hosts[1].plain);
    assert_int_equal(photos->http.connect_ms, 2000);
    assert_int_equal(photos->http.total_ms, 3000);
    assert_int_equal(photos->http.size, MB);
    assert_non_null(strstr(photos->http.certificates, "ca.pem"));
    assert_true(photos->pixels == 8000000);
    assert_int_equal(photos->retry_ms, 60000);
    assert_int_equal(photos->give_up_ms, 5 * 3600 * 1000);
    assert_true(photos->refetch);
    free(one);
    free(two);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        IN_SCENE(test_without_it_nothing_is_fetched),
        IN_SCENE(test_a_rule_for_photos_needs_none),
        IN_SCENE(test_defaults),
        IN_SCENE(test_every_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
