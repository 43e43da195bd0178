/* Keypoints in CSV: a header that names the columns, then one row a frame.
 *
 *     frame,time_s,left_knee_x,left_knee_y,left_knee_score,...
 *     x_0,y_0,z_0,v_0,...      x1,y1,z1,v1,...      0_x,0_y,...
 *
 * A column is a quantity (x, y, score and what tools call them) of a keypoint, named or
 * numbered from 0 or 1; or a time; or a frame's number; or it is passed over. Separated
 * by commas, semicolons or tabs, whichever the header has first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "landfile/formats.h"
#include "landfile/keypoints.h"

enum quantity { OTHER, X, Y, SCORE, FRAME, TIME, TIME_MS, WIDTH, HEIGHT };

typedef struct column {
    enum quantity what;
    int point;  /* a landmark */
    int number; /* of the keypoint; -1 = it has a name */
} column;

typedef struct sheet {
    column *columns; /* (n) */
    size_t n;
    char separator;
    bool has_time;
} sheet;

static const struct {
    const char *name;
    enum quantity what;
} words[] = {
    {"x", X},
    {"x_px", X},
    {"y", Y},
    {"y_px", Y},
    {"score", SCORE},
    {"s", SCORE},
    {"c", SCORE},
    {"conf", SCORE},
    {"confidence", SCORE},
    {"likelihood", SCORE},
    {"v", SCORE},
    {"vis", SCORE},
    {"visibility", SCORE},
};

static const struct {
    const char *name;
    enum quantity what;
} whole_words[] = {
    {"frame", FRAME},          {"frame_id", FRAME},   {"frame_index", FRAME},
    {"frame_number", FRAME},   {"time_s", TIME},      {"time", TIME},
    {"timestamp", TIME},       {"timestamp_s", TIME}, {"t", TIME},
    {"time_ms", TIME_MS},      {"width", WIDTH},      {"width_px", WIDTH},
    {"timestamp_ms", TIME_MS}, {"height", HEIGHT},    {"height_px", HEIGHT},
};

static enum quantity quantity_of(landfile_text word)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (landfile_is(word, words[i].name))
            return words[i].what;
    return OTHER;
}

/* Which keypoint a part of a column's name is. */
static bool take_point(column *c, landfile_text part)
{
    double number;
    c->point = landfile_point_named(part.s, part.n);
    c->number = -1;
    if (c->point != LANDFILE_NO_POINT)
        return true;
    bool is_digits = part.n > 0 && part.n < 6;
    for (size_t i = 0; i < part.n; i++)
        is_digits = is_digits && part.s[i] >= '0' && part.s[i] <= '9';
    if (!is_digits || !landfile_last_digits(part, &number))
        return false;
    c->number = (int)number;
    return true;
}

static bool is_joint(char c)
{
    return c == '_' || c == '.' || c == ' ' || c == '-';
}

/* A column from its name: a word, keypoint and quantity, or quantity and keypoint. */
static column column_of(landfile_text name)
{
    column c = {OTHER, LANDFILE_NO_POINT, -1};
    for (size_t i = 0; i < sizeof whole_words / sizeof *whole_words; i++)
        if (landfile_is(name, whole_words[i].name)) {
            c.what = whole_words[i].what;
            return c;
        }
    for (size_t i = 1; i < name.n; i++) {
        size_t gap = is_joint(name.s[i]);
        bool is_digit_next = name.s[i] >= '0' && name.s[i] <= '9'; /* x1 */
        if (!gap && !is_digit_next)
            continue;
        landfile_text head = {name.s, i}, tail = {name.s + i + gap, name.n - i - gap};
        c.what = quantity_of(tail);
        if (c.what != OTHER && take_point(&c, head))
            return c;
        c.what = quantity_of(head);
        if (c.what != OTHER && take_point(&c, tail))
            return c;
    }
    c.what = OTHER;
    return c;
}

/* Numbered keypoints: which set they are, from how many there are. */
static int resolve_numbers(const landfile_table *t, sheet *s)
{
    int low = -1, high = -1;
    for (size_t i = 0; i < s->n; i++) {
        int number = s->columns[i].number;
        if (number >= 0 && (low < 0 || number < low))
            low = number;
        if (number > high)
            high = number;
    }
    if (high < 0)
        return TREAD_OK;
    low = low > 1 ? 0 : low;
    const int8_t *points = landfile_points_of((size_t)(high - low + 1));
    if (!points)
        return landfile_refuse(t, "keypoints numbered %d to %d; known sets have 17, 25, 26 or 33",
                               low, high);
    for (size_t i = 0; i < s->n; i++)
        if (s->columns[i].number >= low)
            s->columns[i].point = points[s->columns[i].number - low];
    return TREAD_OK;
}

static int take_header(const landfile_table *t, sheet *s, landfile_text line)
{
    const char *first = line.s;
    landfile_text field;
    bool has_x = false, has_y = false;
    while (!strchr(",;\t", *first)) /* there is one: that is how CSV was recognised */
        first++;
    s->separator = *first;
    size_t n = landfile_count_fields(line, s->separator);
    if (n > LANDFILE_MAX_COLUMNS)
        return landfile_refuse(t, "more than %d columns", LANDFILE_MAX_COLUMNS);
    s->columns = calloc(n, sizeof *s->columns);
    if (!s->columns)
        return landfile_no_memory(t);
    while (landfile_next_field(&line, s->separator, &field))
        s->columns[s->n++] = column_of(field);
    int status = resolve_numbers(t, s);
    for (size_t i = 0; i < s->n; i++) {
        const column *c = &s->columns[i];
        has_x = has_x || (c->what == X && c->point != LANDFILE_NO_POINT);
        has_y = has_y || (c->what == Y && c->point != LANDFILE_NO_POINT);
        s->has_time = s->has_time || c->what == TIME || c->what == TIME_MS;
    }
    if (status == TREAD_OK && !(has_x && has_y))
        return landfile_refuse(t,
                               "no columns of keypoints in the header; wanted are x_0,y_0,... or "
                               "left_knee_x,left_knee_y,...");
    return status;
}

typedef struct row {
    double frame, time_s;
    double x[TREAD_N_LANDMARKS], y[TREAD_N_LANDMARKS], score[TREAD_N_LANDMARKS];
} row;

static void take_cell(landfile_table *t, const column *c, double value, row *r)
{
    int p = c->point < 0 ? 0 : c->point;
    bool is_point = c->point >= 0;
    switch (c->what) {
    case X: r->x[p] = is_point ? value : r->x[p]; break;
    case Y: r->y[p] = is_point ? value : r->y[p]; break;
    case SCORE: r->score[p] = is_point ? value : r->score[p]; break;
    case FRAME: r->frame = value; break;
    case TIME: r->time_s = value; break;
    case TIME_MS: r->time_s = value / 1000; break;
    case WIDTH: t->info.width_px = value > 0 && value <= LANDFILE_MAX_PX ? value : 0; break;
    case HEIGHT: t->info.height_px = value > 0 && value <= LANDFILE_MAX_PX ? value : 0; break;
    case OTHER: break;
    }
}

static int take_row(landfile_table *t, const sheet *s, landfile_text line, size_t n_line,
                    size_t n_row)
{
    row r = {.frame = (double)n_row, .time_s = (double)NAN};
    landfile_text field;
    size_t n = 0;
    for (int p = 0; p < TREAD_N_LANDMARKS; p++)
        r.x[p] = r.y[p] = r.score[p] = (double)NAN;
    for (landfile_text rest = line; landfile_next_field(&rest, s->separator, &field); n++) {
        double value;
        if (n >= s->n || s->columns[n].what == OTHER)
            continue;
        if (!landfile_number(field, &value))
            return landfile_refuse(t, "line %zu: '%.*s' is no number", n_line,
                                   field.n < 40 ? (int)field.n : 40, field.s);
        take_cell(t, &s->columns[n], value, &r);
    }
    if (n != s->n)
        return landfile_refuse(t, "line %zu has %zu fields, the header %zu; is the file complete?",
                               n_line, n, s->n);
    int64_t frame = landfile_frame_number(r.frame, (int64_t)n_row);
    if (!s->has_time) {
        int status = landfile_frame_time(t, (double)frame, &r.time_s);
        if (status != TREAD_OK)
            return status;
    }
    tread_landmarks lm;
    landfile_clear(&lm, frame, r.time_s);
    for (int p = 0; p < TREAD_N_LANDMARKS; p++)
        landfile_put(&lm, p, r.x[p], r.y[p], r.score[p]);
    landfile_settle(&lm);
    return landfile_add(t, &lm);
}

int landfile_parse_csv(landfile_table *t, landfile_text text)
{
    sheet s = {.n = 0};
    landfile_text line;
    size_t n_row = 0;
    t->info.format = "csv";
    (void)landfile_next_line(&text, &line);
    int status = take_header(t, &s, line);
    for (size_t n_line = 2; status == TREAD_OK && landfile_next_line(&text, &line); n_line++)
        if (line.n > 0)
            status = take_row(t, &s, line, n_line, n_row++);
    free(s.columns);
    return status == TREAD_OK ? landfile_scale_shares(t) : status;
}
