/* Laboratory joints as a camera and a network would give them, with known damage. */
#ifndef ACCURACY_CASE_H
#define ACCURACY_CASE_H

#include "lab.h"
#include "score.h"

/* What changes sides in an exchange. */
enum acc_exchange {
    ACC_EXCHANGE_NONE = 0,
    ACC_EXCHANGE_KNEE,
    ACC_EXCHANGE_FOOT, /* below the knee */
    ACC_EXCHANGE_LEG,  /* knee and below */
    ACC_EXCHANGE_ANY,  /* one of the three each time */
};

typedef struct acc_case {
    const char *name;
    double fps;
    enum tread_view view;       /* LEFT or RIGHT; the analyzer is not told */
    double yaw_deg;             /* camera walks around the runner, + towards behind */
    double noise_px;            /* SD on a runner 600 px tall */
    enum acc_exchange exchange; /* in a tenth of the frames, runs of 2 to 5 */
    bool has_drop_outs;         /* nobody found in 1 frame of 25, a point missing 1 time in 25 */
} acc_case;

extern const acc_case acc_cases[];
extern const size_t acc_n_cases;

/** Through the public analyzer and scored. -1 with a line on stderr. */
int acc_case_run(const acc_case *c, const acc_lab *lab, acc_score *score);

#endif
