/* Other configurations for a scene: its own text with something put in, loaded as the service loads its file. */
#ifndef TESTS_INTEGRATION_RECONFIGURE_H
#define TESTS_INTEGRATION_RECONFIGURE_H

#include "tests/integration/scene.h"

/* `config` with `text` before the first `mark` in it, which must be there. The caller frees. */
char *reconfigure_insert(const char *config, const char *mark, const char *text);

/* The text of the scene's configuration with a second feed: "second", authority OTHER, ready="closed", whose folder is root/second. The
 * caller frees. */
char *reconfigure_second_feed(struct scene *scene);

/* Loads a text. NULL: refused, with a reason. The caller frees with config_free. */
struct config *reconfigure_load(struct scene *scene, const char *text);

/* The scene has this configuration from now on. The engine must not run; fails the test when the text is refused. */
void reconfigure(struct scene *scene, const char *text);

#endif
