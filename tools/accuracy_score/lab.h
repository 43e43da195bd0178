/* A laboratory runner: joints rebuilt from markers, events from force plates.
 *
 * Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298 (CC-BY 4.0), subject 1 at 2.5 m/s.
 * The only truth here that no renderer of ours made. */
#ifndef ACCURACY_LAB_H
#define ACCURACY_LAB_H

#include "rigid.h"
#include "run.h"

#define LAB_MARKER_HZ 150.0
#define LAB_SPEED_M_S 2.5

/* Metres; x forward, y up, z to the runner's right. */
typedef struct acc_lab_frame {
    acc_vec point[ACC_N_LEG_POINTS][TREAD_N_SIDES];
} acc_lab_frame;

typedef struct acc_lab {
    acc_lab_frame *frame; /* at LAB_MARKER_HZ from time 0 */
    size_t n_frames;
    double leg_m;                        /* standing, hip to floor */
    double foot_rest_deg[TREAD_N_SIDES]; /* heel to toe when standing */
    acc_run run;                         /* steps and clip values; no frames */
} acc_lab;

/** @param folder  of RBDS001static.txt, RBDS001runT25markers.txt and ...contacts.csv
 *  @return 0; -1 with a line on stderr */
int acc_lab_read(acc_lab *lab, const char *folder);
void acc_lab_free(acc_lab *lab);

/** Joints at any time, by cubics through the four nearest frames. */
acc_lab_frame acc_lab_at(const acc_lab *lab, double time_s);

/** True angles in the sagittal plane; the trunk is not known (no shoulder markers). */
void acc_lab_angles(const acc_lab *lab, const acc_lab_frame *at, acc_frame *out);

#endif
