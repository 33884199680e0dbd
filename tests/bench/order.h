/* What another program feels that writes into the database while files stream in. */
#ifndef TESTS_BENCH_ORDER_H
#define TESTS_BENCH_ORDER_H

/* A process of its own inserts orders, one a transaction, until the engine has put 20,000 files away. */
void order_measure(void);

#endif
