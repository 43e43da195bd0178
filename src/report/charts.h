/* Private to report: charts before they are drawn. What is shown, its ends and ticks, in units
 * that chart_svg.c and pdf_charts.c share: a chart is CHART_WIDTH by CHART_HEIGHT of them, x to
 * the right, y down. */
#ifndef REPORT_CHARTS_H
#define REPORT_CHARTS_H

#include "report/story.h"

#define CHART_WIDTH 360.0
#define CHART_HEIGHT 216.0
#define CHART_LEFT 38.0 /* of the plot, as are the next three */
#define CHART_RIGHT 352.0
#define CHART_TOP 12.0
#define CHART_BOTTOM 186.0

/* From data to chart. */
typedef struct axis {
    double low, high; /* of the data */
    double from, to;  /* in the chart */
    double step;      /* between ticks */
    int n_decimals;   /* of a tick */
} axis;

double axis_at(const axis *a, double value);

/* ---- bars ------------------------------------------------------------------------------ */

/** A value and its interval over the usual range, between two ends of a bar. */
typedef struct range_chart {
    double left, right; /* of what is usual */
    double low, high;   /* of the interval; NaN = not drawn */
    double at;
    bool is_out;
} range_chart;

/** @return false: there is nothing to draw */
bool chart_range(double low, double high, double usual_low, double usual_high, double value,
                 double from, double to, range_chart *out);
/** A difference with its interval, zero in the middle; left and right are there. */
bool chart_difference(double low, double high, double value, double from, double to,
                      range_chart *out);

/* ---- the mean stride ----------------------------------------------------------------------- */

typedef struct curve_chart {
    tread_curve c[TREAD_N_SIDES];
    bool is_drawn[TREAD_N_SIDES];
    const char *reason; /* why there is nothing to draw; NULL = there is */
    axis x, y;
} curve_chart;

#define CHART_N_CURVES 4
typedef struct curve_words {
    enum tread_curve_id id;
    const char *title, *up, *down;
} curve_words;
extern const curve_words chart_curves[CHART_N_CURVES];

void chart_curve(const story *s, enum tread_curve_id id, curve_chart *out);
/** "12 left strides, right not measured" */
void say_strides(FILE *f, const curve_chart *c);

/* ---- over time ----------------------------------------------------------------------------- */

/** True: the session is long enough for charts over time. */
bool chart_is_long(const story *s);

typedef struct strike_chart {
    int n[TREAD_STRIKE_FOREFOOT + 1], n_all; /* steps of each kind */
    int every;                               /* one step in so many is drawn */
    const char *reason;                      /* why there are none; NULL = there are */
    axis x, y;
} strike_chart;

void chart_strikes(const story *s, enum tread_side side, strike_chart *out);
/** This step is among those of a side and kind. @param[out] deg  of its foot */
bool chart_is_strike(const tread_step *step, enum tread_side side, enum tread_foot_strike kind,
                     double *deg);
void say_strikes(FILE *f, const strike_chart *c); /* how many of each kind */

#define CHART_N_BINS 40
#define CHART_N_TRENDS 4
extern const enum tread_measure_id chart_trends[CHART_N_TRENDS];
typedef struct trend_chart {
    double value[CHART_N_BINS], time_s[CHART_N_BINS]; /* NaN: a gap */
    double low, high;                                 /* of the values */
    double usual_top, usual_bottom;                   /* in the chart; NaN = nothing to see */
    axis x, y;
} trend_chart;

/** @return false: nothing was measured over time */
bool chart_trend(const story *s, enum tread_measure_id id, trend_chart *out);

/** When a fault was, as shares of the session. */
void chart_fault(const story *s, const tread_fault *fault, double *from, double *to);

#endif
