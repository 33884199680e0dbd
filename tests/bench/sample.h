/* The files that are measured with: CorEMR's documented DEM example with other numbers and names, all invented. */
#ifndef TESTS_BENCH_SAMPLE_H
#define TESTS_BENCH_SAMPLE_H

#include <stddef.h>

#define SAMPLE_SIZE 600

/* Writes the DEM file number `number` (from 1): a patient and a booking of their own. Returns its length. */
size_t sample_dem(char out[SAMPLE_SIZE], size_t number);

/* Its file name and its booking number. */
void sample_name(char out[40], size_t number);
void sample_booking(char out[16], size_t number);

#endif
