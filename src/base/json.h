/* Reading members of JSON objects that may be missing or null. For rooms that link jansson. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <math.h>

/** NaN where there is no number. */
static inline double base_json_real(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

/** "" where there is no text; lives as long as the object. */
static inline const char *base_json_text(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

#endif
