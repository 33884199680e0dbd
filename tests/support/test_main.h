/* What every test program starts with, and the folders it works in. */
#ifndef TESTS_SUPPORT_TEST_MAIN_H
#define TESTS_SUPPORT_TEST_MAIN_H

/*
 * First call of every test main. Output is unbuffered from here on, so that nothing is lost in a crash. Under Windows
 * an unhandled exception prints its code and ends the process with code 99: without that, Wine 8 lets a
 * crashed program end with code 0 in up to half of the runs. Natively a crash ends by its signal anyway.
 */
void test_main_init(void);

/*
 * Makes a new, empty folder in the system's temporary folder and returns its absolute path in UTF-8. `tag` (ASCII
 * letters, digits, '-', '_') becomes part of the name. The caller frees the string and removes the folder with
 * test_temp_remove(). Aborts when no folder can be made: no test could go on. May be called from any thread.
 */
char *test_temp_dir(const char *tag);

/*
 * Removes the folder `path` with all that is in it. Symbolic links are removed, never followed. NULL does nothing.
 * Read-only files are removed too. Prints what could not be removed and goes on.
 */
void test_temp_remove(const char *path);

/*
 * Absolute path (UTF-8, the caller frees it) of tests/fixtures/`name`; `name` is written with '/'. Under Windows it
 * is a path of drive Z:, which is where Wine shows the machine's root folder.
 */
char *test_fixture_path(const char *name);

#endif
