/* Crashes on purpose: its exit code proves the exception filter of test_main_init(). */
#include "tests/support/test_main.h"

#include <stddef.h>

int main(void)
{
    volatile int *volatile nowhere = NULL;
    test_main_init();
    *nowhere = 1;
    return 0;
}
