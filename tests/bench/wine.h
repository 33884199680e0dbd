/* The Windows program under Wine: information only, for Wine's file system and locks are not those of Windows. */
#ifndef TESTS_BENCH_WINE_H
#define TESTS_BENCH_WINE_H

/*
 * `corbridge run` of the Windows build, in the prefix that WINEPREFIX names, started by CORBRIDGE_WINE (cmake/wine-run.sh). The files are dropped
 * and the rows are read natively. Without a prefix or a build the figures stay null.
 */
void wine_measure(void);

#endif
