/* Inside of the gait plan, shared by its solver (plan.c) and by what reads poses
 * out of it (gait.c). */
#ifndef TREADSYNTH_PLAN_H
#define TREADSYNTH_PLAN_H

#include "gait.h"

/* A cubic Hermite curve through a few knots. */
typedef struct synth_curve {
    int n;
    double t[5], value[5], slope[5];
} synth_curve;

/* Sagittal angles of one leg, as BIOMECHANICS section 0 has them. */
typedef struct synth_leg_angles {
    double thigh, knee; /* rad */
    double abduction;   /* turn of the leg's plane about the x axis, + to the right */
} synth_leg_angles;

typedef struct synth_step {
    enum synth_side side;
    double ic, to;      /* exact times, s */
    double p[P_COUNT];  /* this step's own parameters */
    double incline_rad; /* at contact */
    /* mid-hip height, world */
    double h_ic, v_ic, h_to, v_to;
    double force[3];            /* stance: amplitudes of the sine series, m/s^2 */
    double brake;               /* stance: fore-aft amplitude, m/s^2 */
    double low_time, low, rise; /* walking: lowest moment, height then, rise to midstance */
    /* foot on the belt */
    double heel_x, z; /* flat heel edge in the belt frame at contact */
    double flat_time, heel_off_time, pitch_to;
    /* swing from this toe-off to the same foot's next contact */
    synth_curve thigh, knee, abduction, ankle;
    double bend_to, bend_ic;
} synth_step;

struct synth_plan {
    synth_params params;
    synth_figure figure;
    synth_step *step;
    int n_steps;
    int n_solved; /* steps with a complete swing */
    bool is_walk;
    double midstance;  /* share of a step at which the load is highest */
    double fore_speed; /* mid-hip's forward speed in flight, m/s */
    /* belt travel, tabulated each millisecond from t0 */
    double belt_t0;
    int n_belt;
    double *belt_m;
};

/* The pelvis at one moment. */
typedef struct synth_hips {
    vec3 mid;
    vec3 hip[2];
    vec3 axis; /* unit, from left to right */
} synth_hips;

/* Ankle and sole of one foot, belt frame. */
typedef struct synth_sole {
    double x, y;        /* heel edge */
    double pitch, bend; /* rad */
} synth_sole;

double synth_belt_at(const synth_plan *plan, double t_s);
double synth_incline_at(const synth_plan *plan, double t_s);
int synth_find_step(const synth_plan *plan, double t_s);

/* Mid-hip and hips during step k when mid-hip is `height` above the world's zero. */
void synth_hips_at_height(const synth_plan *plan, int k, double t_s, double height,
                          synth_hips *hips);
double synth_hip_height(const synth_plan *plan, int k, double t_s);
void synth_hips_at(const synth_plan *plan, double t_s, synth_hips *hips);

/* The sole in stance, and where the ankle is (world). */
synth_sole synth_stance_sole(const synth_plan *plan, const synth_step *s, double t_s);
synth_sole synth_place_sole(const synth_figure *f, double heel_x, double pitch);
vec3 synth_sole_point(const synth_sole *s, double u, double w, double z, double incline);

/* Leg from hip to ankle, knee forward. @return 0, or -1 when it is too far */
int synth_solve_leg(const synth_figure *f, vec3 hip, vec3 ankle, synth_leg_angles *angles);
vec3 synth_leg_point(vec3 from, double angle, double abduction, double length_m);

double synth_curve_at(const synth_curve *c, double t);

/* Foot in swing. */
synth_sole synth_swing_sole(const synth_plan *plan, const synth_step *s, double t_s, vec3 hip,
                            vec3 *knee, vec3 *ankle);

#endif
