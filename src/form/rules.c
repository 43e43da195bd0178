/* Rule files: YAML in, checked rules out. What is wrong is said with file, line and key. */
#include "form/rules.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cyaml/cyaml.h>
#include <yaml.h>

#include "base/error.h"

#define VERSION 1
#define MAX_FILE_BYTES 1000000
#define MAX_RULES 200
#define MAX_TEXT 500
#define MAX_CUE_WORDS 8

/* ---- the file as libcyaml reads it --------------------------------------------------- */

typedef struct file_part {
    char *measure;
    enum form_take take;
    double *usual, *high, *low;
    unsigned usual_count, high_count, low_count;
    bool incline;
    double hysteresis, sdd;
} file_part;

typedef struct file_rule {
    char *id, *title, *source, *cue, *meaning, *why, *advice;
    unsigned view;
    bool side;
    enum form_phase phase;
    file_part *parts;
    unsigned parts_count;
    char **only_with;
    unsigned only_with_count;
    double *min_speed_kmh, *min_incline_pct, *max_incline_pct, *min_fps, *dwell_s, *clear_s;
    unsigned *need, *min_steps;
} file_rule;

typedef struct rule_file {
    unsigned version;
    file_rule *rules;
    unsigned rules_count;
} rule_file;

#define N_OF(a) ((unsigned)(sizeof(a) / sizeof *(a)))

static const cyaml_strval_t takes[] = {
    {"step", FORM_STEP}, {"mean", FORM_MEAN}, {"drift", FORM_DRIFT}, {"symmetry", FORM_SYMMETRY}};
static const cyaml_strval_t views[] = {{"side", TREAD_MEASURED_FROM_SIDE},
                                       {"rear", TREAD_MEASURED_FROM_REAR},
                                       {"front", TREAD_MEASURED_FROM_FRONT}};
static const cyaml_strval_t sides[] = {{"both", 0}, {"near", 1}};
static const cyaml_strval_t phases[] = {{"contact", FORM_CONTACT},
                                        {"midstance", FORM_MIDSTANCE},
                                        {"toe_off", FORM_TOE_OFF},
                                        {"stride", FORM_STRIDE}};

#define NEEDED CYAML_FLAG_POINTER
#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t number = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};
static const cyaml_schema_field_t part_fields[] = {
    CYAML_FIELD_STRING_PTR("measure", NEEDED, file_part, measure, 1, 64),
    CYAML_FIELD_ENUM("take", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, file_part, take, takes,
                     N_OF(takes)),
    CYAML_FIELD_SEQUENCE("usual", NEEDED, file_part, usual, &number, 2, 2),
    CYAML_FIELD_SEQUENCE("high", OPTIONAL, file_part, high, &number, 1, FORM_MAX_LEVELS),
    CYAML_FIELD_SEQUENCE("low", OPTIONAL, file_part, low, &number, 1, FORM_MAX_LEVELS),
    CYAML_FIELD_BOOL("incline", CYAML_FLAG_OPTIONAL, file_part, incline),
    CYAML_FIELD_FLOAT("hysteresis", CYAML_FLAG_OPTIONAL, file_part, hysteresis),
    CYAML_FIELD_FLOAT("sdd", CYAML_FLAG_OPTIONAL, file_part, sdd),
    CYAML_FIELD_END};
static const cyaml_schema_value_t part_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, file_part, part_fields)};
static const cyaml_schema_value_t name = {CYAML_VALUE_STRING(NEEDED, char, 1, 64)};
static const cyaml_schema_field_t rule_fields[] = {
    CYAML_FIELD_STRING_PTR("id", NEEDED, file_rule, id, 1, 64),
    CYAML_FIELD_STRING_PTR("title", NEEDED, file_rule, title, 1, 100),
    CYAML_FIELD_FLAGS("view", CYAML_FLAG_STRICT, file_rule, view, views, N_OF(views)),
    CYAML_FIELD_ENUM("side", CYAML_FLAG_STRICT, file_rule, side, sides, N_OF(sides)),
    CYAML_FIELD_ENUM("phase", CYAML_FLAG_STRICT, file_rule, phase, phases, N_OF(phases)),
    CYAML_FIELD_SEQUENCE("parts", NEEDED, file_rule, parts, &part_value, 1, FORM_MAX_PARTS),
    CYAML_FIELD_UINT_PTR("need", OPTIONAL, file_rule, need),
    CYAML_FIELD_SEQUENCE("only_with", OPTIONAL, file_rule, only_with, &name, 1,
                         FORM_MAX_COMPANIONS),
    CYAML_FIELD_FLOAT_PTR("min_speed_kmh", OPTIONAL, file_rule, min_speed_kmh),
    CYAML_FIELD_FLOAT_PTR("min_incline_pct", OPTIONAL, file_rule, min_incline_pct),
    CYAML_FIELD_FLOAT_PTR("max_incline_pct", OPTIONAL, file_rule, max_incline_pct),
    CYAML_FIELD_FLOAT_PTR("min_fps", OPTIONAL, file_rule, min_fps),
    CYAML_FIELD_UINT_PTR("min_steps", OPTIONAL, file_rule, min_steps),
    CYAML_FIELD_FLOAT_PTR("dwell_s", OPTIONAL, file_rule, dwell_s),
    CYAML_FIELD_FLOAT_PTR("clear_s", OPTIONAL, file_rule, clear_s),
    CYAML_FIELD_STRING_PTR("source", NEEDED, file_rule, source, 1, MAX_TEXT),
    CYAML_FIELD_STRING_PTR("cue", NEEDED, file_rule, cue, 1, 80),
    CYAML_FIELD_STRING_PTR("meaning", NEEDED, file_rule, meaning, 1, MAX_TEXT),
    CYAML_FIELD_STRING_PTR("why", NEEDED, file_rule, why, 1, MAX_TEXT),
    CYAML_FIELD_STRING_PTR("advice", NEEDED, file_rule, advice, 1, MAX_TEXT),
    CYAML_FIELD_END};
static const cyaml_schema_value_t rule_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, file_rule, rule_fields)};
static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, rule_file, version),
    CYAML_FIELD_SEQUENCE("rules", NEEDED, rule_file, rules, &rule_value, 1, MAX_RULES),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, rule_file, file_fields)};

/* What libcyaml says while it reads: the complaint, then where, from the inside out. */
typedef struct complaint {
    char text[200], key[64];
    int line;
} complaint;

static void take_complaint(cyaml_log_t level, void *context, const char *format, va_list args)
{
    complaint *c = context;
    char text[256];
    (void)level;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    char *said = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
    const char *at = strstr(said, "(line: ");
    if (at && c->line == 0)
        c->line = atoi(at + 7);
    const char *key = strstr(said, "in mapping field '");
    if (key && !c->key[0])
        sscanf(key, "in mapping field '%63[^']", c->key);
    if (!at && !c->text[0] && strncmp(said, "Backtrace", 9) != 0)
        snprintf(c->text, sizeof c->text, "%.190s", said);
}

static cyaml_config_t config_of(complaint *c)
{
    return (cyaml_config_t){.log_fn = take_complaint,
                            .log_ctx = c,
                            .log_level = CYAML_LOG_WARNING,
                            .mem_fn = cyaml_mem,
                            .flags = CYAML_CFG_NO_ALIAS};
}

/* ---- a source text and places in it ---------------------------------------------------- */

typedef struct source {
    const char *path;
    char *text; /* zero-terminated */
    size_t size;
    yaml_document_t document; /* where everything stands */
    bool has_document;
} source;

static void free_source(source *s)
{
    if (s->has_document)
        yaml_document_delete(&s->document);
    free(s->text);
}

static int read_source(source *s, const char *path, tread_error *err)
{
    *s = (source){.path = path};
    FILE *f = fopen(path, "rb");
    if (!f)
        return tread_error__set(err, TREAD_ERR_MODEL, "%.300s: cannot be read; is the name right?",
                                path);
    s->text = malloc(MAX_FILE_BYTES + 2);
    if (s->text)
        s->size = fread(s->text, 1, MAX_FILE_BYTES + 1, f);
    bool is_read = !ferror(f); /* a folder can be opened, not read */
    fclose(f);
    if (!s->text)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    if (!is_read)
        return tread_error__set(err, TREAD_ERR_MODEL, "%.300s: cannot be read; is it a file?",
                                path);
    s->text[s->size] = '\0';
    if (s->size > MAX_FILE_BYTES)
        return tread_error__set(err, TREAD_ERR_MODEL, "%.300s: over 1 MB; no rule file is so long",
                                path);
    return TREAD_OK;
}

static bool is_word(const yaml_node_t *node, const char *word)
{
    return node && node->type == YAML_SCALAR_NODE &&
           strcmp((const char *)node->data.scalar.value, word) == 0;
}

static int line_of(const yaml_node_t *node)
{
    return node ? (int)node->start_mark.line + 1 : 1;
}

/* What stands under a key of a mapping, and the key's line: the mapping's when there is none. */
static yaml_node_t *value_of(source *s, const yaml_node_t *map, const char *key, int *line)
{
    *line = line_of(map);
    if (!map || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
         p++) {
        const yaml_node_t *at = yaml_document_get_node(&s->document, p->key);
        if (is_word(at, key)) {
            *line = line_of(at);
            return yaml_document_get_node(&s->document, p->value);
        }
    }
    return NULL;
}

static yaml_node_t *item_of(source *s, const yaml_node_t *list, unsigned i)
{
    if (!list || list->type != YAML_SEQUENCE_NODE ||
        i >= (size_t)(list->data.sequence.items.top - list->data.sequence.items.start))
        return NULL;
    return yaml_document_get_node(&s->document, list->data.sequence.items.start[i]);
}

static yaml_node_t *rule_node(source *s, unsigned i)
{
    int line;
    return item_of(s, value_of(s, yaml_document_get_root_node(&s->document), "rules", &line), i);
}

static int not_yaml(const source *s, const yaml_parser_t *parser, tread_error *err)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    return tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%lu: not YAML: %.100s", s->path,
                            (unsigned long)parser->problem_mark.line + 1,
                            parser->problem ? parser->problem : "broken");
}

/* Syntax first: libcyaml does not say where it is broken. */
static int check_syntax(const source *s, tread_error *err)
{
    yaml_parser_t parser;
    int status = TREAD_OK;
    if (!yaml_parser_initialize(&parser))
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)s->text, s->size);
    for (bool is_over = false; status == TREAD_OK && !is_over;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = not_yaml(s, &parser, err);
            break;
        }
        is_over = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_ALIAS_EVENT)
            status = tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%lu: aliases (*) are not taken",
                                      s->path, (unsigned long)event.start_mark.line + 1);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

/* Then what stands where: libcyaml's lines are those of what it read before. */
static int locate(source *s, tread_error *err)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)s->text, s->size);
    s->has_document = yaml_parser_load(&parser, &s->document);
    int status = s->has_document ? TREAD_OK : not_yaml(s, &parser, err);
    yaml_parser_delete(&parser);
    return status;
}

/* What libcyaml takes for a number or a yes though it is more or none. */
static const char *what_is_wrong_with(const char *text, cyaml_type_e type)
{
    static const char *const words[] = {"yes", "no", "true", "false"};
    char *end;
    switch ((int)type) {
    case CYAML_FLOAT: {
        double v = strtod(text, &end);
        return end == text || *end || !isfinite(v) ? "not a number" : NULL;
    }
    case CYAML_UINT: return text[strspn(text, "0123456789")] ? "not a whole number" : NULL;
    case CYAML_BOOL:
        for (unsigned i = 0; i < N_OF(words); i++)
            if (strcmp(text, words[i]) == 0)
                return NULL;
        return "neither yes nor no";
    default: return NULL;
    }
}

/* Keys that are none or stand twice, and numbers that are none; the rest libcyaml sees. `key`:
 * what the node stands under. */
static int check_node(source *s, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                      const char *key, tread_error *err)
{
    int status = TREAD_OK;
    if (!node)
        return TREAD_OK;
    if (schema->type == CYAML_SEQUENCE && node->type == YAML_SEQUENCE_NODE) {
        const yaml_node_t *item;
        for (unsigned i = 0; status == TREAD_OK && (item = item_of(s, node, i)); i++)
            status = check_node(s, item, schema->sequence.entry, key, err);
    } else if (schema->type == CYAML_MAPPING && node->type == YAML_MAPPING_NODE) {
        yaml_node_pair_t *start = node->data.mapping.pairs.start;
        for (yaml_node_pair_t *p = start; status == TREAD_OK && p < node->data.mapping.pairs.top;
             p++) {
            const yaml_node_t *at = yaml_document_get_node(&s->document, p->key);
            const cyaml_schema_field_t *field = schema->mapping.fields;
            bool is_twice = false;
            if (!at || at->type != YAML_SCALAR_NODE)
                continue;
            const char *name_of = (const char *)at->data.scalar.value;
            while (field->key && strcmp(field->key, name_of) != 0)
                field++;
            for (yaml_node_pair_t *q = start; q < p; q++)
                is_twice =
                    is_twice || is_word(yaml_document_get_node(&s->document, q->key), name_of);
            status = !field->key || is_twice
                         ? tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%d: %.60s: %s", s->path,
                                            line_of(at), name_of,
                                            is_twice ? "stands here twice" : "no such key")
                         : check_node(s, yaml_document_get_node(&s->document, p->value),
                                      &field->value, field->key, err);
        }
    } else if (node->type == YAML_SCALAR_NODE) {
        const char *text = (const char *)node->data.scalar.value;
        const char *what = what_is_wrong_with(text, schema->type);
        if (what)
            status = tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%d: %s: '%.40s' is %s", s->path,
                                      line_of(node), key, text, what);
    }
    return status;
}

/* ---- from the file to rules -------------------------------------------------------------- */

/* A complaint about a key of a rule or part. */
static int wrong(source *s, const yaml_node_t *map, const char *key, tread_error *err,
                 const char *what)
{
    int line;
    (void)value_of(s, map, key, &line);
    return tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%d: %s: %s", s->path, line, key, what);
}

static bool find_measure(const char *key, enum tread_measure_id *out)
{
    for (int id = 0; id < TREAD_N_MEASURES; id++)
        if (strcmp(tread_measure_describe((enum tread_measure_id)id)->key, key) == 0) {
            *out = (enum tread_measure_id)id;
            return true;
        }
    return false;
}

/* Levels go away from the usual range, one after the other. */
static bool is_ladder(const double *levels, unsigned n, int direction)
{
    for (unsigned i = 0; i < n; i++)
        if (!isfinite(levels[i]) || (i > 0 && !(direction * (levels[i] - levels[i - 1]) > 0)))
            return false;
    return true;
}

static int take_part(source *s, const yaml_node_t *node, const file_part *in,
                     unsigned views_of_rule, form_part *out, tread_error *err)
{
    if (!find_measure(in->measure, &out->measure))
        return wrong(s, node, "measure", err,
                     "no such measure; `treadscope rules --measures` lists "
                     "them");
    const tread_measure_info *info = tread_measure_describe(out->measure);
    /* What no view sees waits for a network that does. */
    if (info->views && !(info->views & views_of_rule))
        return wrong(s, node, "measure", err,
                     "not to be seen in the rule's view; `treadscope rules --measures` says in "
                     "which");
    if (in->take == FORM_SYMMETRY && !info->is_per_side)
        return wrong(s, node, "take", err, "symmetry needs a measure that has a left and a right");
    if (in->take == FORM_STEP && (out->measure == TREAD_MEASURE_STRIDE_CV))
        return wrong(s, node, "take", err, "no number of a single step; take: mean");
    if (!(in->usual[0] < in->usual[1]))
        return wrong(s, node, "usual", err, "the first number must be the smaller");
    if (in->high_count + in->low_count == 0)
        return wrong(s, node, "measure", err, "needs levels: high, low or both");
    if (!is_ladder(in->high, in->high_count, 1))
        return wrong(s, node, "high", err, "levels must rise");
    if (!is_ladder(in->low, in->low_count, -1))
        return wrong(s, node, "low", err, "levels must fall");
    if (in->high_count > 0 && in->low_count > 0 && !(in->low[0] < in->high[0]))
        return wrong(s, node, "low", err, "must lie under high");
    if (!(in->hysteresis >= 0) || !(in->sdd >= 0))
        return wrong(s, node, in->hysteresis >= 0 ? "sdd" : "hysteresis", err,
                     "cannot be less than 0");
    out->take = in->take;
    memcpy(out->usual, in->usual, sizeof out->usual);
    out->n_high = (int)in->high_count;
    out->n_low = (int)in->low_count;
    for (unsigned k = 0; k < in->high_count; k++)
        out->high[k] = in->high[k];
    for (unsigned k = 0; k < in->low_count; k++)
        out->low[k] = in->low[k];
    out->is_inclined = in->incline;
    out->hysteresis = in->hysteresis;
    out->sdd = in->sdd;
    return TREAD_OK;
}

/* Bytes of the white space a text begins with, of Unicode's White_Space in UTF-8; 0 = none. */
static size_t space_length(const char *text)
{
    static const char *const wide[] = {
        "\xc2\x85",                     /* next line */
        "\xc2\xa0",                     /* no-break */
        "\xe1\x9a\x80",                 /* Ogham */
        "\xe2\x80\xa8",                 /* line and paragraph separators */
        "\xe2\x80\xa9", "\xe2\x80\xaf", /* narrow no-break */
        "\xe2\x81\x9f",                 /* of formulas */
        "\xe3\x80\x80",                 /* ideographic */
    };
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    for (unsigned i = 0; i < N_OF(wide); i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    /* en quad to hair space */
    return strncmp(text, "\xe2\x80", 2) == 0 && (unsigned char)text[2] >= 0x80 &&
                   (unsigned char)text[2] <= 0x8a
               ? 3
               : 0;
}

static int count_words(const char *s)
{
    int n = 0;
    for (bool was_space = true; *s;) {
        size_t space = space_length(s);
        n += was_space && !space;
        was_space = space > 0;
        s += space ? space : 1;
    }
    return n;
}

static double or_else(const double *told, double otherwise)
{
    return told ? *told : otherwise;
}

/* Spaces alone tell nobody anything. */
static int check_texts(source *s, const yaml_node_t *node, const file_rule *in, tread_error *err)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"id", in->id},        {"title", in->title},     {"source", in->source},
                 {"cue", in->cue},      {"meaning", in->meaning}, {"why", in->why},
                 {"advice", in->advice}};
    for (unsigned i = 0; i < N_OF(texts); i++)
        if (count_words(texts[i].text) == 0)
            return wrong(s, node, texts[i].key, err, "says nothing");
    if (count_words(in->cue) > MAX_CUE_WORDS)
        return wrong(s, node, "cue", err, "at most eight words, for somebody who is running");
    return TREAD_OK;
}

static int take_rule(source *s, const yaml_node_t *node, const file_rule *in, form_rule *out,
                     tread_error *err)
{
    *out = (form_rule){.is_near = in->side,
                       .phase = in->phase,
                       .n_parts = (int)in->parts_count,
                       .need = in->need ? (int)*in->need : 1,
                       .n_companions = (int)in->only_with_count,
                       .min_speed_kmh = or_else(in->min_speed_kmh, 0),
                       .min_incline_pct = or_else(in->min_incline_pct, -INFINITY),
                       .max_incline_pct = or_else(in->max_incline_pct, INFINITY),
                       .min_fps = or_else(in->min_fps, 0),
                       .min_steps = in->min_steps ? (int)*in->min_steps : 7,
                       .dwell_s = or_else(in->dwell_s, 5),
                       .clear_s = or_else(in->clear_s, 5)};
    if (in->view == 0)
        return wrong(s, node, "view", err, "needs side, rear or front");
    if (in->need && *in->need == 0)
        return wrong(s, node, "need", err, "at least one part must agree");
    if (in->need && *in->need > in->parts_count)
        return wrong(s, node, "need", err, "more parts than there are");
    if (out->min_steps < 2 || out->min_steps > FORM_WINDOW_STEPS)
        return wrong(s, node, "min_steps", err, "2 to 10, which are judged together");
    if (!(out->dwell_s >= 0 && out->dwell_s <= 600))
        return wrong(s, node, "dwell_s", err, "0 to 600 seconds");
    if (!(out->clear_s >= 0 && out->clear_s <= 600))
        return wrong(s, node, "clear_s", err, "0 to 600 seconds");
    if (!(out->min_incline_pct <= out->max_incline_pct))
        return wrong(s, node, "min_incline_pct", err, "must not lie over max_incline_pct");
    int status = check_texts(s, node, in, err);
    if (status != TREAD_OK)
        return status;
    int n_levels = 0, line;
    const yaml_node_t *parts = value_of(s, node, "parts", &line);
    for (unsigned k = 0; k < in->parts_count; k++) {
        status = take_part(s, item_of(s, parts, k), &in->parts[k], in->view, &out->parts[k], err);
        if (status != TREAD_OK)
            return status;
        n_levels = (int)fmax(n_levels, fmax(out->parts[k].n_high, out->parts[k].n_low));
    }
    for (unsigned k = 0; k < in->only_with_count; k++)
        out->companion_ids[k] = in->only_with[k];
    out->info = (tread_rule_info){.id = in->id,
                                  .title = in->title,
                                  .cue = in->cue,
                                  .meaning = in->meaning,
                                  .why = in->why,
                                  .advice = in->advice,
                                  .source = in->source,
                                  .measure = out->parts[0].measure,
                                  .unit = form_unit(&out->parts[0]),
                                  .views = in->view,
                                  .n_levels = n_levels,
                                  .usual_low = out->parts[0].usual[0],
                                  .usual_high = out->parts[0].usual[1]};
    return TREAD_OK;
}

/* ---- rules --------------------------------------------------------------------------------- */

#define MAX_FILES 8

struct tread_rules {
    form_rule *rules; /* (n) */
    size_t n;
    rule_file *files[MAX_FILES]; /* whose strings they point to */
    int n_files;
};

static void free_file(rule_file *file)
{
    complaint unheard = {.line = 0};
    cyaml_config_t config = config_of(&unheard);
    cyaml_free(&config, &file_value, file, 0);
}

static int parse(source *s, rule_file **out, tread_error *err)
{
    complaint c = {.line = 0};
    cyaml_config_t config = config_of(&c);
    *out = NULL;
    int status = check_syntax(s, err);
    if (status == TREAD_OK)
        status = locate(s, err);
    if (status == TREAD_OK)
        status =
            check_node(s, yaml_document_get_root_node(&s->document), &file_value, "rules", err);
    if (status != TREAD_OK)
        return status;
    cyaml_err_t result = cyaml_load_data((const uint8_t *)s->text, s->size, &config, &file_value,
                                         (cyaml_data_t **)out, NULL);
    if (result == CYAML_ERR_OOM)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    if (result != CYAML_OK)
        return tread_error__set(err, TREAD_ERR_MODEL, "%.300s:%d: %s%s%s", s->path,
                                c.line ? c.line : 1, c.key, c.key[0] ? ": " : "",
                                c.text[0] ? c.text : cyaml_strerror(result));
    if (!*out)
        return tread_error__set(err, TREAD_ERR_MODEL, "%.300s:1: rules: the file is empty",
                                s->path);
    if ((*out)->version != VERSION)
        return wrong(s, yaml_document_get_root_node(&s->document), "version", err,
                     "this program reads version 1");
    return TREAD_OK;
}

static size_t find_rule(const form_rule *rules, size_t n, const char *id)
{
    size_t i = 0;
    while (i < n && strcmp(rules[i].info.id, id) != 0)
        i++;
    return i;
}

/* Every companion is a rule. Those of older files were found then: no rule ever goes. */
static int find_companions(source *s, const rule_file *file, form_rule *rules, size_t n,
                           tread_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < rules[i].n_companions; k++) {
            unsigned in_file = 0;
            int line;
            rules[i].companions[k] = find_rule(rules, n, rules[i].companion_ids[k]);
            if (rules[i].companions[k] < n)
                continue;
            while (in_file + 1 < file->rules_count &&
                   strcmp(file->rules[in_file].id, rules[i].info.id) != 0)
                in_file++;
            (void)value_of(s, rule_node(s, in_file), "only_with", &line);
            return tread_error__set(err, TREAD_ERR_MODEL,
                                    "%.300s:%d: only_with: no rule is called %s", s->path, line,
                                    rules[i].companion_ids[k]);
        }
    return TREAD_OK;
}

/* The rules of a file over those there are. */
static int merge(const tread_rules *old, source *s, const rule_file *file, form_rule **out,
                 size_t *n, tread_error *err)
{
    *out = malloc((old->n + file->rules_count) * sizeof **out);
    if (!*out)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    if (old->n)
        memcpy(*out, old->rules, old->n * sizeof **out);
    *n = old->n;
    for (unsigned i = 0; i < file->rules_count; i++) {
        for (unsigned k = 0; k < i; k++)
            if (strcmp(file->rules[k].id, file->rules[i].id) == 0)
                return wrong(s, rule_node(s, i), "id", err, "there is a rule of that name already");
        size_t at = find_rule(*out, *n, file->rules[i].id);
        int status = take_rule(s, rule_node(s, i), &file->rules[i], &(*out)[at], err);
        if (status != TREAD_OK)
            return status;
        *n += at == *n;
    }
    return find_companions(s, file, *out, *n, err);
}

int tread_rules_extend(tread_rules *rules, const char *path, tread_error *err)
{
    source s;
    rule_file *file = NULL;
    form_rule *merged = NULL;
    size_t n = 0;
    if (!rules || !path || rules->n_files == MAX_FILES)
        return tread_error__set(err, TREAD_ERR_ARG, "no rules to extend, or too many files");
    int status = read_source(&s, path, err);
    if (status == TREAD_OK)
        status = parse(&s, &file, err);
    if (status == TREAD_OK)
        status = merge(rules, &s, file, &merged, &n, err);
    free_source(&s);
    if (status != TREAD_OK) {
        free(merged);
        free_file(file);
        return status;
    }
    free(rules->rules);
    rules->rules = merged;
    rules->n = n;
    rules->files[rules->n_files++] = file;
    return TREAD_OK;
}

int tread_rules_load(tread_rules **out, const char *path, tread_error *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    int status = tread_rules_extend(*out, path ? path : tread_rules_path(), err);
    if (status != TREAD_OK)
        tread_rules_destroy(out);
    return status;
}

void tread_rules_destroy(tread_rules **rules)
{
    if (!rules || !*rules)
        return;
    for (int i = 0; i < (*rules)->n_files; i++)
        free_file((*rules)->files[i]);
    free((*rules)->rules);
    free(*rules);
    *rules = NULL;
}

size_t tread_rules_count(const tread_rules *rules)
{
    return rules ? rules->n : 0;
}

void tread_rules_describe(const tread_rules *rules, size_t i, tread_rule_info *out)
{
    *out = rules->rules[i].info;
}

bool tread_rules_usual(const tread_rules *rules, enum tread_measure_id measure, double *low,
                       double *high, const char **said_by)
{
    for (size_t i = 0; i < tread_rules_count(rules); i++) {
        const form_rule *rule = &rules->rules[i];
        for (int k = 0; k < rule->n_parts; k++) {
            const form_part *part = &rule->parts[k];
            if (part->measure != measure || (part->take != FORM_STEP && part->take != FORM_MEAN))
                continue;
            *low = part->usual[0];
            *high = part->usual[1];
            *said_by = rule->info.source;
            return true;
        }
    }
    return false;
}

const char *form_unit(const form_part *part)
{
    return part->take == FORM_SYMMETRY ? "%" : tread_measure_describe(part->measure)->unit;
}

const form_rule *form_rules_get(const tread_rules *rules, size_t i)
{
    return &rules->rules[i];
}

const char *tread_rules_path(void)
{
    const char *told = getenv("TREADSCOPE_RULES");
    if (told && *told)
        return told;
    /* Both are absolute paths the build knows: the installed place counts first. */
    return access(TREADSCOPE_INSTALLED_RULES, R_OK) == 0 ? TREADSCOPE_INSTALLED_RULES
                                                         : TREADSCOPE_SOURCE_RULES;
}
