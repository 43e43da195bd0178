/* activity.fit: the run as watch platforms know it, with running dynamics.
 *
 * FIT 2.0: a header, messages, and a CRC over both. Each kind of message is defined once (which
 * fields, in which order, how long) and then comes as data. Numbers of messages and fields and
 * their scales are the global profile's. All of it little-endian; time counts seconds from
 * 1989-12-31. Cadence counts strides, one leg's cycles, with a fraction of 1/128.
 *
 * It is made of the valid steps and of the belt as it was told; a second without a number has the
 * invalid value of its type there. The distance is the belt's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/report.h"

#define FIT_EPOCH_UNIX_S INT64_C(631065600)

/* Base types of the protocol: the number they go by, and all bits set but for the sign. */
enum base { ENUM8 = 0x00, SINT16 = 0x83, UINT8 = 0x02, UINT16 = 0x84, UINT32 = 0x86 };

/* The profile's message numbers; local ones are the order of `messages`. */
enum { FILE_ID = 0, SESSION = 18, LAP = 19, RECORD = 20, EVENT = 21, ACTIVITY = 34 };

/* Values of the profile's enumerations. */
enum {
    FILE_ACTIVITY = 4,
    MANUFACTURER_DEVELOPMENT = 255,
    EVENT_TIMER = 0,
    EVENT_SESSION = 8,
    EVENT_LAP = 9,
    EVENT_ACTIVITY = 26,
    TYPE_START = 0,
    TYPE_STOP = 1,
    TYPE_STOP_ALL = 4,
    SPORT_RUNNING = 1,
    SUB_SPORT_TREADMILL = 1,
    ACTIVITY_MANUAL = 0,
    LAP_TRIGGER_MANUAL = 0,
    LAP_TRIGGER_SESSION_END = 7,
};

/* A field of a message: its number, its type, and the units that make one of ours. */
typedef struct field {
    uint8_t number;
    enum base base;
    double scale;
} field;

#define TIMESTAMP                                                                                  \
    {                                                                                              \
        253, UINT32, 1                                                                             \
    }
#define MESSAGE_INDEX                                                                              \
    {                                                                                              \
        254, UINT16, 1                                                                             \
    }

static const field file_id_fields[] = {
    {0, ENUM8, 1}, {1, UINT16, 1}, {2, UINT16, 1}, {4, UINT32, 1}, /* type, maker, product, made */
};
static const field event_fields[] = {TIMESTAMP, {0, ENUM8, 1}, {1, ENUM8, 1}};

/* What is said of a second, a lap and the session alike, in the order of `dynamics`. */
enum dynamic {
    CADENCE_WHOLE,    /* strides a minute */
    CADENCE_FRACTION, /* of one */
    OSCILLATION_MM,
    STANCE_PCT,
    STANCE_MS,
    BALANCE_PCT, /* the left foot's share of both stance times */
    RATIO_PCT,
    STEP_MM,
    SPEED_M_S,
    DISTANCE_M,
    N_DYNAMICS
};

static const field record_fields[] = {
    TIMESTAMP,         {4, UINT8, 1},      {53, UINT8, 128},  {39, UINT16, 10},
    {40, UINT16, 100}, {41, UINT16, 10},   {84, UINT16, 100}, {83, UINT16, 100},
    {85, UINT16, 10},  {73, UINT32, 1000}, {5, UINT32, 100},  {9, SINT16, 100}, /* grade, % */
};
/* Laps and the session: message index, end, start, elapsed and timer time, sport, sub-sport,
 * event, its type, trigger, strides, then as above. */
static const field lap_fields[] = {
    MESSAGE_INDEX,      TIMESTAMP,          {2, UINT32, 1},    {7, UINT32, 1000},
    {8, UINT32, 1000},  {25, ENUM8, 1},     {39, ENUM8, 1},    {0, ENUM8, 1},
    {1, ENUM8, 1},      {24, ENUM8, 1},     {10, UINT32, 1},   {17, UINT8, 1},
    {80, UINT8, 128},   {77, UINT16, 10},   {78, UINT16, 100}, {79, UINT16, 10},
    {119, UINT16, 100}, {118, UINT16, 100}, {120, UINT16, 10}, {110, UINT32, 1000},
    {9, UINT32, 100},
};
static const field session_fields[] = {
    MESSAGE_INDEX,      TIMESTAMP,          {2, UINT32, 1},    {7, UINT32, 1000},
    {8, UINT32, 1000},  {5, ENUM8, 1},      {6, ENUM8, 1},     {0, ENUM8, 1},
    {1, ENUM8, 1},      {28, ENUM8, 1},     {10, UINT32, 1},   {18, UINT8, 1},
    {92, UINT8, 128},   {89, UINT16, 10},   {90, UINT16, 100}, {91, UINT16, 10},
    {133, UINT16, 100}, {132, UINT16, 100}, {134, UINT16, 10}, {124, UINT32, 1000},
    {9, UINT32, 100},   {25, UINT16, 1},    {26, UINT16, 1}, /* first lap, laps */
};
static const field activity_fields[] = {
    TIMESTAMP,     {0, UINT32, 1000}, {1, UINT16, 1}, /* timer time, sessions */
    {2, ENUM8, 1}, {3, ENUM8, 1},     {4, ENUM8, 1},  /* type, event, its type */
};

#define FIELDS(f) f, sizeof f / sizeof *f
static const struct {
    uint16_t number;
    const field *fields;
    size_t n;
} messages[] = {
    {FILE_ID, FIELDS(file_id_fields)}, {EVENT, FIELDS(event_fields)},
    {RECORD, FIELDS(record_fields)},   {LAP, FIELDS(lap_fields)},
    {SESSION, FIELDS(session_fields)}, {ACTIVITY, FIELDS(activity_fields)},
};
#define N_MESSAGES (sizeof messages / sizeof *messages)
#define MAX_FIELDS 24

/* ---- bytes ------------------------------------------------------------------------ */

/* CRC-16/ARC, the polynomial 0x8005 with bits reversed. */
static uint16_t crc_of(uint16_t crc, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 1 ? (crc >> 1) ^ 0xA001 : crc >> 1);
    }
    return crc;
}

static int size_of(enum base base)
{
    return base == UINT32 ? 4 : base == UINT16 || base == SINT16 ? 2 : 1;
}

static void put_bytes(FILE *f, uint32_t value, int n)
{
    for (int i = 0; i < n; i++)
        putc((int)(value >> 8 * i & 0xFF), f);
}

/* NaN, and what the type cannot hold, become its invalid value. */
static void put_field(FILE *f, const field *to, double value)
{
    int n = size_of(to->base);
    double invalid = to->base == SINT16 ? 0x7FFF : ldexp(1, 8 * n) - 1;
    double low = to->base == SINT16 ? -0x8000 : 0;
    double units = round(value * to->scale);
    if (!(units >= low && units < invalid))
        units = invalid;
    put_bytes(f, (uint32_t)(int64_t)units, n);
}

static void put_definitions(FILE *f)
{
    for (size_t i = 0; i < N_MESSAGES; i++) {
        put_bytes(f, 0x40 | (uint32_t)i, 1); /* a definition of local message i */
        put_bytes(f, 0, 2);                  /* reserved; little-endian */
        put_bytes(f, messages[i].number, 2);
        put_bytes(f, (uint32_t)messages[i].n, 1);
        for (size_t k = 0; k < messages[i].n; k++) {
            put_bytes(f, messages[i].fields[k].number, 1);
            put_bytes(f, (uint32_t)size_of(messages[i].fields[k].base), 1);
            put_bytes(f, messages[i].fields[k].base, 1);
        }
    }
}

/* @param values  one for each of the message's fields */
static void put_message(FILE *f, int number, const double *values)
{
    size_t i = 0;
    while (messages[i].number != number)
        i++;
    put_bytes(f, (uint32_t)i, 1);
    for (size_t k = 0; k < messages[i].n; k++)
        put_field(f, &messages[i].fields[k], values[k]);
}

/* ---- the run ------------------------------------------------------------------------ */

typedef struct fit {
    FILE *f;
    const tread_run *run;
    double start; /* second 0 of the run, FIT time */
    double first_s, last_s;
    int n_laps;
} fit;

static tread_belt belt_at(const tread_run *run, double time_s)
{
    const tread_analyzer_opts *o = &run->opts->analyzer;
    tread_belt belt = {-INFINITY, o->speed_kmh, o->incline_pct};
    for (int i = 0; i < o->n_changes && o->changes[i].from_s <= time_s; i++)
        belt = o->changes[i];
    return belt;
}

/* Metres the belt has run between two times; NaN when its speed was not told throughout. */
static double distance_between(const tread_run *run, double from_s, double to_s)
{
    const tread_analyzer_opts *o = &run->opts->analyzer;
    double m = 0, speed_kmh = o->speed_kmh;
    for (int i = 0; i <= o->n_changes && from_s < to_s; i++) {
        double until_s = i < o->n_changes ? fmin(o->changes[i].from_s, to_s) : to_s;
        if (until_s > from_s) {
            m += speed_kmh > 0 ? speed_kmh / 3.6 * (until_s - from_s) : (double)NAN;
            from_s = until_s;
        }
        if (i < o->n_changes)
            speed_kmh = o->changes[i].speed_kmh;
    }
    return m;
}

static void set_cadence(double *d, double strides_per_min)
{
    /* In whole 128ths, so that the fraction never rounds up to 1. */
    double units = round(128 * strides_per_min);
    d[CADENCE_WHOLE] = floor(units / 128);
    d[CADENCE_FRACTION] = units / 128 - d[CADENCE_WHOLE];
}

static double balance(double left, double right)
{
    return 100 * left / (left + right);
}

/* Means over steps [from, to), the valid ones. @param side  BOTH: of either */
static double mean_of(const tread_run *run, size_t from, size_t to, enum tread_measure_id id,
                      enum tread_side side)
{
    double sum = 0;
    int n = 0;
    for (size_t i = from; i < to; i++) {
        const tread_step *s = &run->steps[i];
        if (!s->is_valid || (side != TREAD_BOTH && s->side != side) || !isfinite(s->value[id]))
            continue;
        sum += s->value[id];
        n++;
    }
    return n > 0 ? sum / n : (double)NAN;
}

static void dynamics_of_steps(const fit *t, size_t from, size_t to, double *d)
{
    const tread_run *run = t->run;
    set_cadence(d, 30000 / mean_of(run, from, to, TREAD_MEASURE_STEP_TIME, TREAD_BOTH));
    d[OSCILLATION_MM] = 10 * mean_of(run, from, to, TREAD_MEASURE_VERTICAL_OSCILLATION, TREAD_BOTH);
    d[STANCE_PCT] = 100 * mean_of(run, from, to, TREAD_MEASURE_DUTY_FACTOR, TREAD_BOTH);
    d[STANCE_MS] = mean_of(run, from, to, TREAD_MEASURE_CONTACT, TREAD_BOTH);
    d[BALANCE_PCT] = balance(mean_of(run, from, to, TREAD_MEASURE_CONTACT, TREAD_LEFT),
                             mean_of(run, from, to, TREAD_MEASURE_CONTACT, TREAD_RIGHT));
    d[RATIO_PCT] = mean_of(run, from, to, TREAD_MEASURE_VERTICAL_RATIO, TREAD_BOTH);
    d[STEP_MM] = 1000 * mean_of(run, from, to, TREAD_MEASURE_STEP_LENGTH, TREAD_BOTH);
}

/* One a second, of the steps that began in it. */
static void put_records(const fit *t)
{
    size_t from = 0, to = 0;
    for (double second = floor(t->first_s); second <= t->last_s; second++) {
        double v[MAX_FIELDS], time_s = fmax(second, t->first_s);
        tread_belt belt = belt_at(t->run, time_s);
        for (from = to; to < t->run->n_steps; to++)
            if (!(t->run->steps[to].initial_contact_s < second + 1))
                break;
        dynamics_of_steps(t, from, to, v + 1);
        v[0] = t->start + second;
        v[1 + SPEED_M_S] = belt.speed_kmh > 0 ? belt.speed_kmh / 3.6 : (double)NAN;
        v[1 + DISTANCE_M] = distance_between(t->run, t->first_s, time_s);
        /* 0 is also what an incline is that nobody told. */
        bool is_told = belt.speed_kmh > 0 || belt.incline_pct < 0 || belt.incline_pct > 0;
        v[1 + N_DYNAMICS] = is_told ? belt.incline_pct : (double)NAN;
        put_message(t->f, RECORD, v);
    }
}

static double summary_of(const fit *t, enum tread_measure_id id, enum tread_side side,
                         double from_s, double to_s)
{
    tread_measure m;
    tread_analyzer_measure_between(t->run->analyzer, id, side, from_s, to_s, &m);
    return m.reason ? (double)NAN : m.value;
}

/* The summary's own numbers, as session.json has them. */
static void dynamics_between(const fit *t, double from_s, double to_s, double *d)
{
    const tread_run *run = t->run;
#define SUMMARY(id, side) summary_of(t, TREAD_MEASURE_##id, TREAD_##side, from_s, to_s)
    set_cadence(d, SUMMARY(CADENCE, BOTH) / 2);
    d[OSCILLATION_MM] = 10 * SUMMARY(VERTICAL_OSCILLATION, BOTH);
    d[STANCE_PCT] = 100 * SUMMARY(DUTY_FACTOR, BOTH);
    d[STANCE_MS] = SUMMARY(CONTACT, BOTH);
    d[BALANCE_PCT] = balance(SUMMARY(CONTACT, LEFT), SUMMARY(CONTACT, RIGHT));
    d[RATIO_PCT] = SUMMARY(VERTICAL_RATIO, BOTH);
    d[STEP_MM] = 1000 * SUMMARY(STEP_LENGTH, BOTH);
#undef SUMMARY
    from_s = fmax(from_s, t->first_s);
    to_s = fmin(to_s, t->last_s);
    d[DISTANCE_M] = distance_between(run, from_s, to_s);
    d[SPEED_M_S] = d[DISTANCE_M] / (to_s - from_s);
}

/* Of half the valid steps. */
static double strides_between(const fit *t, double from_s, double to_s)
{
    int n = 0;
    for (size_t i = 0; i < t->run->n_steps; i++) {
        const tread_step *s = &t->run->steps[i];
        n += s->is_valid && s->initial_contact_s >= from_s && s->initial_contact_s < to_s;
    }
    return floor(n / 2.0);
}

/* A lap, or the session. @param from_s, to_s  may be infinite
 * @param v  (MAX_FIELDS) all but the session's last two */
static void fill_span(const fit *t, double from_s, double to_s, double *v)
{
    double begin_s = fmax(from_s, t->first_s), end_s = fmin(to_s, t->last_s);
    v[0] = 0;
    v[1] = t->start + round(end_s);
    v[2] = t->start + round(begin_s);
    v[3] = v[4] = end_s - begin_s;
    v[5] = SPORT_RUNNING;
    v[6] = SUB_SPORT_TREADMILL;
    v[7] = EVENT_SESSION;
    v[8] = TYPE_STOP;
    v[9] = 0; /* the session's trigger: the activity ended */
    v[10] = strides_between(t, from_s, to_s);
    dynamics_between(t, from_s, to_s, v + 11);
}

/* One for each setting of the belt. */
static void put_laps(fit *t)
{
    const tread_analyzer_opts *o = &t->run->opts->analyzer;
    for (int i = 0; i <= o->n_changes; i++) {
        double v[MAX_FIELDS];
        double from_s = i ? o->changes[i - 1].from_s : -INFINITY;
        double to_s = i < o->n_changes ? o->changes[i].from_s : INFINITY;
        if (to_s <= t->first_s || from_s >= t->last_s)
            continue;
        fill_span(t, from_s, to_s, v);
        v[0] = t->n_laps++;
        v[7] = EVENT_LAP;
        v[9] = to_s < t->last_s ? LAP_TRIGGER_MANUAL : LAP_TRIGGER_SESSION_END;
        put_message(t->f, LAP, v);
    }
}

static void put_event(const fit *t, double time_s, int type)
{
    put_message(t->f, EVENT, (double[]){t->start + time_s, EVENT_TIMER, type});
}

static void put_all(fit *t)
{
    double v[MAX_FIELDS], end_s = round(t->last_s);
    put_definitions(t->f);
    put_message(
        t->f, FILE_ID,
        (double[]){FILE_ACTIVITY, MANUFACTURER_DEVELOPMENT, 0, t->start + floor(t->first_s)});
    put_event(t, floor(t->first_s), TYPE_START);
    put_records(t);
    put_event(t, end_s, TYPE_STOP_ALL);
    put_laps(t);
    fill_span(t, -INFINITY, INFINITY, v);
    v[11 + N_DYNAMICS] = 0;
    v[12 + N_DYNAMICS] = t->n_laps;
    put_message(t->f, SESSION, v);
    put_message(t->f, ACTIVITY,
                (double[]){t->start + end_s, t->last_s - t->first_s, 1, ACTIVITY_MANUAL,
                           EVENT_ACTIVITY, TYPE_STOP});
}

/* 14 bytes with a CRC of their own, the data, and the CRC of all. */
static void put_file(FILE *f, const uint8_t *data, size_t n)
{
    const uint32_t size = (uint32_t)n;
    const unsigned profile = 2132; /* 21.32; all fields used are older */
    const uint8_t header[12] = {14,
                                0x20, /* protocol 2.0 */
                                profile & 0xFF,
                                profile >> 8,
                                (uint8_t)size,
                                (uint8_t)(size >> 8),
                                (uint8_t)(size >> 16),
                                (uint8_t)(size >> 24),
                                '.',
                                'F',
                                'I',
                                'T'};
    uint16_t header_crc = crc_of(0, header, sizeof header);
    const uint8_t crc_bytes[2] = {(uint8_t)header_crc, (uint8_t)(header_crc >> 8)};
    uint16_t crc = crc_of(crc_of(crc_of(0, header, sizeof header), crc_bytes, 2), data, n);
    fwrite(header, 1, sizeof header, f);
    fwrite(crc_bytes, 1, 2, f);
    fwrite(data, 1, n, f);
    put_bytes(f, crc, 2);
}

int tread_report__fit(FILE *f, const tread_run *run, int64_t start_unix_s, tread_error *err)
{
    tread_overview v;
    char *data = NULL;
    size_t n = 0;
    tread_analyzer_overview(run->analyzer, &v);
    fit t = {.f = open_memstream(&data, &n),
             .run = run,
             .start = (double)(start_unix_s - FIT_EPOCH_UNIX_S),
             .first_s = v.first_s,
             .last_s = v.last_s};
    if (!t.f)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    put_all(&t);
    bool is_good = !ferror(t.f);
    is_good = fclose(t.f) == 0 && is_good; /* `data` is there from here on */
    if (is_good)
        put_file(f, (const uint8_t *)data, n);
    free(data);
    return is_good ? TREAD_OK : tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
}
