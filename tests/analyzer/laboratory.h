/* Marker data of a runner on an instrumented treadmill (Fukuchi, Fukuchi & Duarte
 * 2017, PeerJ 5:e3298, CC-BY 4.0) as landmarks of a virtual camera. The data is not
 * part of the tree: TREAD_SHARED_DIR/truth/rbds001_2.5ms.
 *
 * Laboratory axes: X running direction, Y up, Z to the runner's right, mm. */
#ifndef TESTS_ANALYZER_LABORATORY_H
#define TESTS_ANALYZER_LABORATORY_H

#include <stdbool.h>
#include <stddef.h>

#include <treadscope/analyzer.h>

#include "support.h"

typedef struct laboratory laboratory;

/** NULL when the data is not there (the reason is printed) or not as expected. */
laboratory *laboratory_open(void);
void laboratory_close(laboratory *lab);

/** Seconds of marker data. */
double laboratory_span_s(const laboratory *lab);

/** A contact timed by the force plate, 50 N. */
typedef struct laboratory_contact {
    enum tread_side side;
    double contact_s, off_s;
} laboratory_contact;

/** Contacts in order of time; owned by `lab`. */
const laboratory_contact *laboratory_contacts(const laboratory *lab, size_t *n);

/** A camera beside the treadmill at hip height. */
typedef struct laboratory_camera {
    enum tread_view view; /* LEFT or RIGHT: on which side of the runner it stands */
    double distance_m;    /* from the runner's middle; INFINITY = orthographic */
    double px_per_m;      /* at the runner's middle */
    double noise_px;      /* standard deviation of each coordinate */
} laboratory_camera;

/** What a perfect network would say at `time_s`, plus noise from `random`.
 *  The trunk is made up: upright on the pelvis, leaning by 8 degrees. */
void laboratory_landmarks(const laboratory *lab, const laboratory_camera *camera, double time_s,
                          support_random *random, tread_landmarks *lm);

#endif
