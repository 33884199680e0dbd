/* The HL7 reader alone, in memory. */
#ifndef TESTS_BENCH_HL7_H
#define TESTS_BENCH_HL7_H

/* FIGURE_HL7_INDEX_MB_PER_S, on the collection of real messages where it lies beside the project. */
void hl7_measure_index(void);

#endif
