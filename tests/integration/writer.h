/*
 * A sender on a thread of its own: writes files into the share under a name that is never taken and renames them into place, one after
 * the other, while the engine is started, stopped and asked for other things.
 */
#ifndef TESTS_INTEGRATION_WRITER_H
#define TESTS_INTEGRATION_WRITER_H

#include "tests/integration/scene.h"

/* Name and content of file `number`: the name goes to name[48], the text (heap) is freed by the writer. On the writer's thread: no
 * assertion of cmocka may fail in it. */
typedef char *(*writer_text_function)(int number, char name[48]);

struct writer; /* opaque, heap */

/* Starts a writer of files 0, 1, 2, ...; it writes none until it is allowed to. Fails the test when there is no thread. */
struct writer *writer_start(struct scene *scene, writer_text_function text);

/* Lets it go on until `limit` files are written. */
void writer_allow(struct writer *writer, int limit);

/* Waits until at least `count` files are written: more must have been allowed. Fails the test when the writer failed, or after
 * SCENE_WAIT_MS. */
void writer_await(struct writer *writer, int count);

/* Ends the thread, after what it was allowed; frees. */
void writer_end(struct writer *writer);

#endif
