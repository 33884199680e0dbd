#include "tests/bench/sample.h"

#include <stdio.h>

#include "tests/bench/bench.h"

/* Like a real folder: the same shape with values that differ, and booking numbers in no order (the indexes of the
 * database feel the difference). The multiplier is odd and prime to 10^8, so that no number comes twice. */
static unsigned scattered(size_t number)
{
    return (unsigned)(number * 61803399u % 100000000u);
}

size_t sample_dem(char out[SAMPLE_SIZE], size_t number)
{
    static const char *const LAST[] = {"ABBOTT",  "BAKER",      "CARDENAS", "DELGADO",
                                       "EVERETT", "FITZGERALD", "GREEN"};
    static const char *const FIRST[] = {"ALAN", "BERNADETTE", "CARL", "DIANA", "ESTEBAN"};
    unsigned person = scattered(number);
    int length = snprintf(out, SAMPLE_SIZE,
                          "DataType=\"PatientDemographics\"\r\n"
                          "PatientID=\"P%08u\"\r\n"
                          "Facility=\"VCSO\"\r\n"
                          "LastName=\"%s%u\"\r\n"
                          "FirstName=\"%s\"\r\n"
                          "MI=\"D\"\r\n"
                          "BirthDate=\"07/%02u/19%02u\"\r\n"
                          "SSN=\"900-%02u-%04u\"\r\n"
                          "Sex=\"Male\"\r\n"
                          "Race=\"White\"\r\n"
                          "Housing=\"A%u\"\r\n"
                          "Bed=\"%u\"\r\n"
                          "Booking=\"%08u\"\r\n"
                          "BookingDate=\"2017-06-20 14:32:%02u\"\r\n"
                          "Agency=\"ICE\"\r\n"
                          "Height=\"%u\"\r\n"
                          "Weight=\"%u\"\r\n",
                          person, LAST[person % 7], person % 1000, FIRST[person % 5], person % 28 + 1,
                          person % 50 + 40, person % 100, person % 10000, person % 20, person % 64, person,
                          person % 60, person % 24 + 56, person % 150 + 100);
    if (length < 0 || length >= SAMPLE_SIZE)
        bench_fail("a sample file does not fit");
    return (size_t)length;
}

void sample_name(char out[40], size_t number)
{
    (void)snprintf(out, 40, "DEM%08u_%04u.ini", scattered(number), (unsigned)(number % 2400));
}

void sample_booking(char out[16], size_t number)
{
    (void)snprintf(out, 16, "%08u", scattered(number));
}
