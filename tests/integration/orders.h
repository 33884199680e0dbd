/* Orders of another program, and what the pharmacy gets of them. */
#ifndef TESTS_INTEGRATION_ORDERS_H
#define TESTS_INTEGRATION_ORDERS_H

#include "tests/integration/scene.h"

/* Provider and drug, which every order needs besides patient 1 and booking 1. */
void orders_prepare(struct scene *scene);

/* `count` orders in one transaction; `group` makes their numbers differ from those of other calls. */
void orders_insert(struct scene *scene, int group, int count);

/* Each of `orders` orders (or alerts) has one outbox row, sent; the pharmacy's folder holds exactly those files, with those bytes. */
void orders_assert_sent_once(struct scene *scene, int orders);

#endif
