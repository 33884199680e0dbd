/* cmocka.h needs these four headers before it and does not include them itself. */
#ifndef TESTS_SUPPORT_CB_CMOCKA_H
#define TESTS_SUPPORT_CB_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
