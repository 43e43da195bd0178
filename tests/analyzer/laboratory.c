#include "analyzer/laboratory.h"

#include <string.h>

#include "motion/motion.h"

#define MARKERS_HZ 150.0
#define MAX_COLUMNS 200
#define MAX_CONTACTS 200
#define TRUNK_MM 480.0
#define TRUNK_DEG 8.0
#define HALF_SHOULDERS_MM 180.0
#define PI 3.14159265358979323846

typedef struct vec {
    double x, y, z;
} vec;

/* A tab-separated file of numbers with a header line. */
typedef struct sheet {
    char *header;
    char *names[MAX_COLUMNS];
    size_t n_columns, n_rows;
    double *values; /* (n_rows, n_columns) */
} sheet;

/* Points of one instant, per side where it applies. */
enum lab_point { HIP, KNEE, ANKLE, HEEL, TOE, N_LAB_POINTS };

struct laboratory {
    vec *points; /* (n, N_LAB_POINTS, sides) */
    size_t n;
    laboratory_contact contacts[MAX_CONTACTS];
    size_t n_contacts;
    vec middle; /* of the hips over the whole recording */
};

/* ---- reading --------------------------------------------------------------- */

static char *read_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        long size = ftell(f);
        rewind(f);
        text = size >= 0 ? malloc((size_t)size + 1) : NULL;
        if (text)
            text[fread(text, 1, (size_t)size, f)] = 0;
    }
    fclose(f);
    return text;
}

static void sheet_free(sheet *s)
{
    free(s->header);
    free(s->values);
    *s = (sheet){0};
}

static bool sheet_read(const char *path, sheet *s)
{
    *s = (sheet){.header = read_text(path)};
    char *body = s->header ? strchr(s->header, '\n') : NULL;
    if (!body)
        return false;
    *body++ = 0;
    char *rest = NULL;
    for (char *name = strtok_r(s->header, "\t\r", &rest); name && s->n_columns < MAX_COLUMNS;
         name = strtok_r(NULL, "\t\r", &rest))
        s->names[s->n_columns++] = name;
    size_t n_lines = 1;
    for (const char *p = body; *p; p++)
        n_lines += *p == '\n';
    s->values = calloc(n_lines * s->n_columns + 1, sizeof *s->values);
    if (!s->values || s->n_columns == 0)
        return false;
    size_t n = 0;
    for (char *p = body, *end; n < n_lines * s->n_columns; p = end) {
        double v = strtod(p, &end);
        if (end == p)
            break;
        s->values[n++] = v;
    }
    s->n_rows = n / s->n_columns;
    return s->n_rows > 1 && n % s->n_columns == 0;
}

static int column_of(const sheet *s, const char *side, const char *marker)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%sX", side, marker);
    for (size_t i = 0; i < s->n_columns; i++)
        if (strcmp(s->names[i], name) == 0)
            return (int)i;
    fail_msg("no column %s in the laboratory data", name);
    return -1;
}

static vec marker(const sheet *s, size_t row, const char *side, const char *name)
{
    const double *v = s->values + row * s->n_columns + column_of(s, side, name);
    return (vec){v[0], v[1], v[2]};
}

/* ---- geometry -------------------------------------------------------------- */

static vec sum(vec a, double k, vec b)
{
    return (vec){a.x + k * b.x, a.y + k * b.y, a.z + k * b.z};
}

static double dot(vec a, vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static vec cross(vec a, vec b)
{
    return (vec){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static vec unit(vec a)
{
    return sum((vec){0, 0, 0}, 1 / sqrt(dot(a, a)), a);
}

static vec mid(vec a, vec b)
{
    return sum(sum((vec){0, 0, 0}, 0.5, a), 0.5, b);
}

/* A segment's own axes. */
typedef struct frame {
    vec origin, e[3];
} frame;

static frame frame_of(vec origin, vec along, vec aside)
{
    frame f = {.origin = origin};
    f.e[0] = unit(along);
    f.e[1] = unit(sum(aside, -dot(aside, f.e[0]), f.e[0]));
    f.e[2] = cross(f.e[0], f.e[1]);
    return f;
}

/* From the four markers of a cluster on thigh or shank. */
static frame cluster(const sheet *s, size_t row, const char *side, const char *segment)
{
    static const char *const corners[4] = {"Top.Lateral", "Bottom.Lateral", "Top.Medial",
                                           "Bottom.Medial"};
    vec p[4];
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.%s", segment, corners[i]);
        p[i] = marker(s, row, side, name);
    }
    vec top = mid(p[0], p[2]), bottom = mid(p[1], p[3]);
    return frame_of(mid(top, bottom), sum(top, -1, bottom),
                    sum(mid(p[0], p[1]), -1, mid(p[2], p[3])));
}

static vec to_local(const frame *f, vec p)
{
    vec d = sum(p, -1, f->origin);
    return (vec){dot(d, f->e[0]), dot(d, f->e[1]), dot(d, f->e[2])};
}

static vec from_local(const frame *f, vec q)
{
    return sum(sum(sum(f->origin, q.x, f->e[0]), q.y, f->e[1]), q.z, f->e[2]);
}

/* Hip joint centre from the pelvis: 14 % of the ASIS breadth in, 30 % down, 19 % back
 * (Bell, Brand & Pedersen 1989). */
static vec hip_centre(const sheet *s, size_t row, int side)
{
    vec right = marker(s, row, "R", "ASIS"), left = marker(s, row, "L", "ASIS");
    vec back = mid(marker(s, row, "R", "PSIS"), marker(s, row, "L", "PSIS"));
    vec aside = sum(right, -1, left);
    frame f = frame_of(side == TREAD_RIGHT ? right : left, aside, sum(mid(right, left), -1, back));
    double breadth = sqrt(dot(aside, aside));
    double inward = side == TREAD_RIGHT ? -0.14 : 0.14;
    /* e: to the right, forward, up */
    return from_local(&f, (vec){inward * breadth, -0.19 * breadth, -0.30 * breadth});
}

static const char *const side_letter[TREAD_N_SIDES] = {"L", "R"};

/* Where knee and ankle centres sit in thigh and shank, from the standing trial. */
typedef struct anatomy {
    vec knee_in_shank, ankle_in_shank;
} anatomy;

static anatomy stand(const sheet *s, const char *side)
{
    anatomy a = {{0, 0, 0}, {0, 0, 0}};
    for (size_t row = 0; row < s->n_rows; row++) {
        frame shank = cluster(s, row, side, "Shank");
        vec knee = mid(marker(s, row, side, "Knee"), marker(s, row, side, "Knee.Medial"));
        vec ankle = mid(marker(s, row, side, "Ankle"), marker(s, row, side, "Ankle.Medial"));
        double share = 1 / (double)s->n_rows;
        a.knee_in_shank = sum(a.knee_in_shank, share, to_local(&shank, knee));
        a.ankle_in_shank = sum(a.ankle_in_shank, share, to_local(&shank, ankle));
    }
    return a;
}

static void join(laboratory *lab, const sheet *run, const sheet *standing)
{
    anatomy a[TREAD_N_SIDES];
    vec total = {0, 0, 0};
    double n = 0;
    for (int side = 0; side < TREAD_N_SIDES; side++)
        a[side] = stand(standing, side_letter[side]);
    for (size_t row = 0; row < run->n_rows; row++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            const char *letter = side_letter[side];
            vec *p = lab->points + row * N_LAB_POINTS * TREAD_N_SIDES + side;
            frame shank = cluster(run, row, letter, "Shank");
            p[HIP * TREAD_N_SIDES] = hip_centre(run, row, side);
            p[KNEE * TREAD_N_SIDES] = from_local(&shank, a[side].knee_in_shank);
            p[ANKLE * TREAD_N_SIDES] = from_local(&shank, a[side].ankle_in_shank);
            p[HEEL * TREAD_N_SIDES] = marker(run, row, letter, "Heel.Bottom");
            p[TOE * TREAD_N_SIDES] =
                mid(marker(run, row, letter, "MT1"), marker(run, row, letter, "MT5"));
            if (isfinite(p[HIP * TREAD_N_SIDES].x)) /* a marker lost for a moment is NaN */
                total = sum(total, 1, p[HIP * TREAD_N_SIDES]), n += 1;
        }
    lab->middle = sum((vec){0, 0, 0}, 1 / n, total);
}

static bool read_contacts(laboratory *lab, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256];
    if (!f)
        return false;
    while (fgets(line, sizeof line, f) && lab->n_contacts < MAX_CONTACTS) {
        laboratory_contact *c = &lab->contacts[lab->n_contacts];
        char side;
        if (sscanf(line, "%lf,%lf,%*f,%*f,%c", &c->contact_s, &c->off_s, &side) != 3)
            continue; /* the header, or a last line without a flight */
        c->side = side == 'L' ? TREAD_LEFT : TREAD_RIGHT;
        lab->n_contacts++;
    }
    fclose(f);
    return lab->n_contacts > 0;
}

laboratory *laboratory_open(void)
{
#define FOLDER "truth/rbds001_2.5ms/"
    sheet run = {0}, standing = {0};
    laboratory *lab = calloc(1, sizeof *lab);
    const char *path = support_shared(FOLDER "RBDS001runT25markers.txt");
    bool is_good = lab && path && sheet_read(path, &run);
    path = is_good ? support_shared(FOLDER "RBDS001static.txt") : NULL;
    is_good = path && sheet_read(path, &standing);
    path = is_good ? support_shared(FOLDER "RBDS001runT25.contacts.csv") : NULL;
    is_good = path && read_contacts(lab, path);
    if (is_good) {
        lab->n = run.n_rows;
        lab->points = calloc(lab->n * N_LAB_POINTS * TREAD_N_SIDES, sizeof *lab->points);
        is_good = lab->points != NULL;
    }
    if (is_good)
        join(lab, &run, &standing);
    sheet_free(&run);
    sheet_free(&standing);
    if (!is_good) {
        laboratory_close(lab);
        return NULL;
    }
    return lab;
}

void laboratory_close(laboratory *lab)
{
    if (lab)
        free(lab->points);
    free(lab);
}

double laboratory_span_s(const laboratory *lab)
{
    return (double)(lab->n - 1) / MARKERS_HZ;
}

const laboratory_contact *laboratory_contacts(const laboratory *lab, size_t *n)
{
    *n = lab->n_contacts;
    return lab->contacts;
}

/* ---- the camera ------------------------------------------------------------- */

typedef struct shot {
    const laboratory_camera *camera;
    vec middle;
    support_random *random;
    tread_landmarks *lm;
} shot;

static void take(const shot *s, enum tread_joint joint, vec p)
{
    /* From the left the runner goes image-left, and his right is further away. */
    double sign = s->camera->view == TREAD_VIEW_LEFT ? -1 : 1;
    double towards_m = sign * (p.z - s->middle.z) / 1000;
    double scale = s->camera->px_per_m;
    if (isfinite(s->camera->distance_m))
        scale *= s->camera->distance_m / (s->camera->distance_m - towards_m);
    enum tread_landmark k = tread_motion__landmark_of(joint);
    double noise = s->camera->noise_px;
    double dx = noise > 0 ? noise * support_normal(s->random) : 0;
    double dy = noise > 0 ? noise * support_normal(s->random) : 0;
    s->lm->x_px[k] = (float)(960 + sign * scale * (p.x - s->middle.x) / 1000 + dx);
    s->lm->y_px[k] = (float)(540 - scale * (p.y - s->middle.y) / 1000 + dy);
    s->lm->confidence[k] = 1;
}

static void take_trunk(const shot *s, vec hips)
{
    vec up = {sin(TRUNK_DEG * PI / 180), cos(TRUNK_DEG * PI / 180), 0};
    vec shoulders = sum(hips, TRUNK_MM, up), head = sum(hips, TRUNK_MM + 220, up);
    for (int side = 0; side < TREAD_N_SIDES; side++) {
        vec aside = {0, 0, side == TREAD_RIGHT ? HALF_SHOULDERS_MM : -HALF_SHOULDERS_MM};
        vec shoulder = sum(shoulders, 1, aside);
        take(s, (enum tread_joint)(TREAD_LEFT_SHOULDER + side), shoulder);
        take(s, (enum tread_joint)(TREAD_LEFT_EAR + side), sum(head, 0.4, aside));
        take(s, (enum tread_joint)(TREAD_LEFT_ELBOW + side), sum(shoulder, -300, (vec){0, 1, 0}));
        take(s, (enum tread_joint)(TREAD_LEFT_WRIST + side),
             sum(sum(shoulder, -300, (vec){0, 1, 0}), 250, (vec){1, 0, 0}));
    }
    take(s, TREAD_NOSE, sum(head, 110, (vec){1, 0, 0}));
}

void laboratory_landmarks(const laboratory *lab, const laboratory_camera *camera, double time_s,
                          support_random *random, tread_landmarks *lm)
{
    *lm = (tread_landmarks){.time_s = time_s, .presence = 1};
    for (int k = 0; k < TREAD_N_LANDMARKS; k++)
        lm->x_px[k] = lm->y_px[k] = lm->z_px[k] = NAN;
    double at = fmax(0, fmin((double)(lab->n - 1), time_s * MARKERS_HZ));
    size_t row = (size_t)at;
    if (row + 1 >= lab->n)
        row = lab->n - 2;
    double share = at - (double)row;
    shot s = {camera, lab->middle, random, lm};
    vec hips = {0, 0, 0};
    static const enum tread_joint joints[N_LAB_POINTS] = {
        [HIP] = TREAD_LEFT_HIP,   [KNEE] = TREAD_LEFT_KNEE, [ANKLE] = TREAD_LEFT_ANKLE,
        [HEEL] = TREAD_LEFT_HEEL, [TOE] = TREAD_LEFT_TOE,
    };
    for (int point = 0; point < N_LAB_POINTS; point++)
        for (int side = 0; side < TREAD_N_SIDES; side++) {
            size_t i = (row * N_LAB_POINTS + (size_t)point) * TREAD_N_SIDES + (size_t)side;
            vec a = lab->points[i], b = lab->points[i + N_LAB_POINTS * TREAD_N_SIDES];
            vec p = sum(a, share, sum(b, -1, a));
            take(&s, (enum tread_joint)((int)joints[point] + side), p);
            if (point == HIP)
                hips = sum(hips, 0.5, p);
        }
    take_trunk(&s, hips);
}
