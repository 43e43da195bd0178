#include "report/fixed.h"

#include <assert.h>
#include <math.h>
#include <string.h>

char *report_put_fixed(char *p, double value, int n_decimals)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    assert(n_decimals >= 0 && n_decimals <= 6 && fabs(value) <= 1e12);
    char digits[REPORT_FIXED_BYTES];
    int n = 0;
    long long units = llround(value * powers[n_decimals]);
    if (units < 0) {
        *p++ = '-';
        units = -units;
    }
    for (; n <= n_decimals || units > 0; units /= 10)
        digits[n++] = (char)('0' + units % 10);
    while (n > n_decimals)
        *p++ = digits[--n];
    if (n_decimals > 0)
        *p++ = '.';
    while (n > 0)
        *p++ = digits[--n];
    return p;
}

char *report_put_text(char *p, const char *text)
{
    size_t n = strlen(text);
    memcpy(p, text, n);
    return p + n;
}
