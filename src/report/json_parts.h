/* Private to report: how numbers and texts become JSON. */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include <jansson.h>

/** NaN is null. */
json_t *report_real_or_null(double value);
/** A setting the user may have left out: 0 says so. */
json_t *report_told_or_null(double value);
/** A file name may hold any bytes, JSON holds UTF-8: others become '?'. NULL is null. */
json_t *report_text_or_null(const char *s);

#endif
