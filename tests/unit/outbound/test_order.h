/* An order with every column filled, and the pharmacy it goes to. All persons are invented. */
#ifndef TESTS_UNIT_OUTBOUND_TEST_ORDER_H
#define TESTS_UNIT_OUTBOUND_TEST_ORDER_H

#include "database/order.h"
#include "outbound/partner.h"

/* 2026-11-23T18:05:09Z, and other UTC times. */
instant_us test_instant(int year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                        unsigned second);

struct medication_order test_order_full(void);

/* Only what a message cannot be without. */
struct medication_order test_order_minimal(void);

/* The full order, stopped in two ways. */
struct medication_order test_order_cancel(void);
struct medication_order test_order_discontinue(void);

/* Names and texts as they come: other alphabets, separators, line ends. */
struct medication_order test_order_foreign(void);

extern const struct partner test_partner;

#endif
