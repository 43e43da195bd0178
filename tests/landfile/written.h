/* A text that a test writes piece by piece, and what becomes of it when it is parsed. */
#ifndef TESTS_LANDFILE_WRITTEN_H
#define TESTS_LANDFILE_WRITTEN_H

#include <string.h>

#include "base/compiler.h"
#include "landfile/landfile.h"
#include "support.h"

typedef struct written {
    char text[1 << 16];
    size_t n;
} written;

static inline void BASE_PRINTF(2, 3) write_more(written *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(w->text + w->n, sizeof w->text - w->n, fmt, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof w->text - w->n);
    w->n += (size_t)n;
}

/* From memory of exactly the size, so that a sanitizer sees a byte read behind it. */
static inline int parse_bytes(tread_landfile **f, const void *bytes, size_t n, double fps,
                              tread_error *err)
{
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    err->text[0] = '\0';
    int status = tread_landfile__parse(f, "test", copy, n, fps, err);
    free(copy);
    return status;
}

static inline int parse_text(tread_landfile **f, const char *text, double fps, tread_error *err)
{
    return parse_bytes(f, text, strlen(text), fps, err);
}

static inline tread_landfile *must_parse(const char *text, double fps)
{
    tread_landfile *f;
    tread_error err;
    int status = parse_text(&f, text, fps, &err);
    if (status != TREAD_OK)
        fail_msg("%d, %s: %.200s", status, err.text, text);
    return f;
}

static inline tread_landmarks must_next(tread_landfile *f)
{
    tread_landmarks lm;
    assert_int_equal(tread_landfile__next(f, &lm), TREAD_OK);
    return lm;
}

static inline void must_end(tread_landfile **f)
{
    tread_landmarks lm;
    assert_int_equal(tread_landfile__next(*f, &lm), TREAD_EOF);
    tread_landfile__close(f);
    assert_null(*f);
}

#endif
