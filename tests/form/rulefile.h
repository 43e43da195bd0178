/* Rule files written for one test: lines put together, one folder, gone at the end. */
#ifndef TESTS_FORM_RULEFILE_H
#define TESTS_FORM_RULEFILE_H

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#include <treadscope/form.h>

static char rulefile_dir[64];

static inline int rulefile_setup(void **state)
{
    (void)state;
    snprintf(rulefile_dir, sizeof rulefile_dir, "/tmp/treadscope-form-XXXXXX");
    return mkdtemp(rulefile_dir) ? 0 : -1;
}

/** Path of a file in the folder. Static buffer, overwritten by the next call. */
static inline const char *rulefile_path(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", rulefile_dir, name);
    return path;
}

/** Write `size` bytes. @return the path, see rulefile_path */
static inline const char *rulefile_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = rulefile_path(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline const char *rulefile(const char *name, const char *text)
{
    return rulefile_bytes(name, text, strlen(text));
}

/** Rules of a text that has to be good. */
static inline tread_rules *rulefile_loaded(const char *text)
{
    tread_rules *rules = NULL;
    tread_error err = {.text = ""};
    if (tread_rules_load(&rules, rulefile("rules.yaml", text), &err) != TREAD_OK)
        fail_msg("%s", err.text);
    assert_non_null(rules);
    return rules;
}

static inline int rulefile_teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"rules.yaml", "other.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(rulefile_path(names[i]));
    return rmdir(rulefile_dir);
}

#endif
