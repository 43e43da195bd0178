/* Rule files: refused with a line that says where, or good to judge by. Extended by themselves
 * they stay what they were.
 *
 * Seeds: tests/fuzz/corpus/rules, each kind of key and value once. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <treadscope/form.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int is_so)
{
    if (!is_so)
        abort();
}

/* A file without a name, opened by its number: one for the whole run. */
static const char *written(const uint8_t *data, size_t size)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        char name[] = "/tmp/treadscope-fuzz-XXXXXX";
        fd = mkstemp(name);
        require(fd >= 0);
        unlink(name);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

static void check(const tread_rules *rules)
{
    require(tread_rules_count(rules) > 0);
    for (size_t i = 0; i < tread_rules_count(rules); i++) {
        tread_rule_info r;
        tread_rules_describe(rules, i, &r);
        require(strlen(r.id) > 0 && strlen(r.title) > 0 && strlen(r.cue) > 0 &&
                strlen(r.meaning) > 0 && strlen(r.why) > 0 && strlen(r.advice) > 0 &&
                strlen(r.source) > 0);
        require(r.measure >= 0 && r.measure < TREAD_N_MEASURES && r.views > 0 && r.views < 8);
        require(r.n_levels >= 1 && r.n_levels <= 3);
        require(isfinite(r.usual_low) && isfinite(r.usual_high) && r.usual_low < r.usual_high);
    }
}

static void require_complaint(const tread_error *err, const char *path)
{
    size_t length = strlen(path);
    require(err->code == TREAD_ERR_MODEL && strncmp(err->text, path, length) == 0 &&
            err->text[length] == ':' && err->text[length + 1] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 14)
        return 0;
    const char *path = written(data, size);
    tread_rules *rules = NULL;
    tread_form *form = NULL;
    tread_error err = {.text = ""};
    if (tread_rules_load(&rules, path, &err) != TREAD_OK) {
        require(!rules);
        require_complaint(&err, path);
        return 0;
    }
    check(rules);
    size_t n = tread_rules_count(rules);
    require(tread_rules_extend(rules, path, &err) == TREAD_OK && tread_rules_count(rules) == n);
    check(rules);
    if (tread_form_create(&form, rules) == TREAD_OK)
        tread_form_destroy(&form);
    tread_rules_destroy(&rules);
    return 0;
}
