/* Lines, fields and numbers of a text that need not end in a zero. */
#ifndef LANDFILE_TEXT_H
#define LANDFILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** A stretch of text; borrowed. */
typedef struct landfile_text {
    const char *s;
    size_t n;
} landfile_text;

/** Take the next line off `rest`, without its end (LF or CRLF). False at the end. */
bool landfile_next_line(landfile_text *rest, landfile_text *line);

/** Take the next field off `rest`, without quotes and white space around it. A field
 *  follows every separator, an empty one too; false when there is none left, and
 *  `rest->s` is NULL then. */
bool landfile_next_field(landfile_text *rest, char separator, landfile_text *field);

size_t landfile_count_fields(landfile_text line, char separator);

bool landfile_starts_with(landfile_text t, const char *start);
/** Equal but for the case of ASCII letters. */
bool landfile_is(landfile_text t, const char *word);

/** The whole field as a number; NaN for an empty field and for what is not finite.
 *  @return false: something that is no number */
bool landfile_number(landfile_text t, double *out);

/** The last run of digits in a text, as in "run_000000000012_keypoints.json".
 *  @return false: none, or longer than a number holds exactly */
bool landfile_last_digits(landfile_text t, double *out);

#endif
