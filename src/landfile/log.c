/* Our own log: every number of every frame, exactly.
 *
 *     # treadscope-landmarks/2 width_px=1280 height_px=720
 *     frame,time_s,presence,nose_x_px,nose_y_px,nose_z_px,nose_confidence,left_eye_inner_...
 *     0,0,1,640.5,...
 *
 * and after the landmarks the second places of the legs, left_knee_second_x_px and so on.
 * Nine digits make a float exact, seventeen a double. An empty cell is NaN. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "landfile/formats.h"
#include "landfile/keypoints.h"

#define VERSION "2"
#define FIRST_SECOND (3 + 4 * (size_t)TREAD_N_LANDMARKS)
#define N_FIELDS (FIRST_SECOND + 3 * (size_t)TREAD_N_LEG_LANDMARKS)

static const char *const quantities[] = {"x_px", "y_px", "z_px", "confidence"};

void tread_landfile__log_header(FILE *f, double width_px, double height_px)
{
    fprintf(f, LANDFILE_LOG_MAGIC VERSION " width_px=%.17g height_px=%.17g\n", width_px, height_px);
    fputs("frame,time_s,presence", f);
    for (int p = 0; p < TREAD_N_LANDMARKS; p++)
        for (int q = 0; q < 4; q++)
            fprintf(f, ",%s_%s", landfile_point_name(p), quantities[q]);
    for (int p = TREAD_LM_FIRST_LEG; p < TREAD_N_LANDMARKS; p++)
        fprintf(f, ",%s_second_x_px,%s_second_y_px,%s_second_confidence", landfile_point_name(p),
                landfile_point_name(p), landfile_point_name(p));
    putc('\n', f);
}

static void cell(FILE *f, float value)
{
    putc(',', f);
    if (isfinite(value))
        fprintf(f, "%.9g", (double)value);
}

void tread_landfile__log_row(FILE *f, const tread_landmarks *lm)
{
    fprintf(f, "%" PRId64 ",%.17g", lm->frame, lm->time_s);
    cell(f, lm->presence);
    for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
        cell(f, lm->x_px[p]);
        cell(f, lm->y_px[p]);
        cell(f, lm->z_px[p]);
        cell(f, lm->confidence[p]);
    }
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++) {
        cell(f, lm->second[i].x_px);
        cell(f, lm->second[i].y_px);
        cell(f, lm->second[i].confidence);
    }
    putc('\n', f);
}

static float share(double value)
{
    return isnan(value) ? NAN : (float)fmax(0, fmin(1, value));
}

static int take_row(const landfile_table *t, landfile_text line, size_t n_line, tread_landmarks *lm)
{
    double v[N_FIELDS];
    landfile_text field;
    size_t n = 0;
    for (landfile_text rest = line; landfile_next_field(&rest, ',', &field); n++)
        if (n < N_FIELDS && !landfile_number(field, &v[n]))
            return landfile_refuse(t, "line %zu: '%.*s' is no number", n_line,
                                   field.n < 40 ? (int)field.n : 40, field.s);
    if (n != N_FIELDS)
        return landfile_refuse(t, "line %zu has %zu fields, not %zu; is the file complete?", n_line,
                               n, N_FIELDS);
    *lm = (tread_landmarks){.frame = landfile_frame_number(v[0], (int64_t)t->n),
                            .time_s = v[1],
                            .presence = v[2] > 0 ? (float)fmin(v[2], 1) : 0};
    for (int p = 0; p < TREAD_N_LANDMARKS; p++) {
        const double *of = v + 3 + 4 * p;
        for (int q = 0; q < 3; q++)
            if (fabs(of[q]) > LANDFILE_MAX_PX)
                return landfile_refuse(t, "line %zu: %g is no position in a picture", n_line,
                                       of[q]);
        lm->x_px[p] = (float)of[0];
        lm->y_px[p] = (float)of[1];
        lm->z_px[p] = (float)of[2];
        lm->confidence[p] = share(of[3]);
    }
    for (int i = 0; i < TREAD_N_LEG_LANDMARKS; i++) {
        const double *of = v + FIRST_SECOND + 3 * i;
        for (int q = 0; q < 2; q++)
            if (fabs(of[q]) > LANDFILE_MAX_PX)
                return landfile_refuse(t, "line %zu: %g is no position in a picture", n_line,
                                       of[q]);
        lm->second[i] = (tread_place){(float)of[0], (float)of[1], share(of[2])};
    }
    return TREAD_OK;
}

/* Version and picture size. */
static int take_first_line(landfile_table *t, landfile_text line)
{
    const char *const keys[] = {"width_px=", "height_px="};
    double *values[] = {&t->info.width_px, &t->info.height_px};
    landfile_text rest = {line.s + strlen(LANDFILE_LOG_MAGIC), line.n - strlen(LANDFILE_LOG_MAGIC)};
    landfile_text word;
    (void)landfile_next_field(&rest, ' ', &word);
    if (!landfile_is(word, VERSION))
        return landfile_refuse(t,
                               "version %.*s of the landmark log; this treadscope reads " VERSION,
                               word.n < 40 ? (int)word.n : 40, word.s);
    while (landfile_next_field(&rest, ' ', &word))
        for (int i = 0; i < 2; i++)
            if (landfile_starts_with(word, keys[i])) {
                size_t n = strlen(keys[i]);
                double v;
                bool is_sane = landfile_number((landfile_text){word.s + n, word.n - n}, &v) &&
                               v >= 0 && v <= LANDFILE_MAX_PX;
                *values[i] = is_sane ? v : 0;
            }
    return TREAD_OK;
}

/* The log of a live session that was killed ends within a line, whose last number may be cut
 * without showing it: that frame is lost. */
static landfile_text whole_lines(landfile_text text)
{
    while (text.n > 0 && text.s[text.n - 1] != '\n')
        text.n--;
    return text;
}

int landfile_parse_log(landfile_table *t, landfile_text text)
{
    landfile_text line;
    t->info.format = "log";
    (void)landfile_next_line(&text, &line);
    int status = take_first_line(t, line);
    if (status != TREAD_OK)
        return status;
    if (!landfile_next_line(&text, &line) || landfile_count_fields(line, ',') != N_FIELDS)
        return landfile_refuse(t, "the header of the log is cut short; is the file complete?");
    text = whole_lines(text);
    for (size_t n_line = 3; status == TREAD_OK && landfile_next_line(&text, &line); n_line++) {
        tread_landmarks lm;
        status = take_row(t, line, n_line, &lm);
        if (status == TREAD_OK)
            status = landfile_add(t, &lm);
    }
    return status;
}
