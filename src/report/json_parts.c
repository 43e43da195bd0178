#include "report/json_parts.h"

#include <math.h>
#include <string.h>

json_t *report_real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *report_told_or_null(double value)
{
    return value > 0 ? json_real(value) : json_null();
}

json_t *report_text_or_null(const char *s)
{
    if (!s)
        return json_null();
    json_t *j = json_string(s);
    if (j)
        return j;
    char ascii[512];
    size_t n = strlen(s) < sizeof ascii - 1 ? strlen(s) : sizeof ascii - 1;
    for (size_t i = 0; i < n; i++)
        ascii[i] = (unsigned char)s[i] < 0x80 ? s[i] : '?';
    ascii[n] = '\0';
    return json_string(ascii);
}
