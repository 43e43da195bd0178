/* cmocka 1.1 compares floats only. Include cmocka.h first. */
#ifndef TESTS_MEDIA_NEAR_H
#define TESTS_MEDIA_NEAR_H

#include <math.h>

/** |a - b| <= tolerance, or fail and print both. */
#define assert_near(a, b, tolerance)                                                               \
    do {                                                                                           \
        double near_a = (a), near_b = (b);                                                         \
        if (!(fabs(near_a - near_b) <= (tolerance)))                                               \
            fail_msg("%s = %.17g, but %s = %.17g", #a, near_a, #b, near_b);                        \
    } while (0)

#endif
