/* Where a rigid body went: least-squares rotation and shift between two sets of points. */
#ifndef ACCURACY_RIGID_H
#define ACCURACY_RIGID_H

#include <stddef.h>

typedef struct acc_vec {
    double x, y, z;
} acc_vec;

typedef struct acc_rigid {
    double rotation[3][3];
    acc_vec from, to; /* the sets' centres */
} acc_rigid;

acc_vec acc_vec_mix(acc_vec a, acc_vec b, double share_of_b);

/** Horn 1987 (J Opt Soc Am A 4:629): unit quaternion of the best rotation of `from`
 *  onto `to`. At least 3 points, not in a line.
 *  @return 0; -1 with fewer points, or with NaN among them */
int acc_rigid_fit(acc_rigid *fit, const acc_vec *from, const acc_vec *to, size_t n);

acc_vec acc_rigid_move(const acc_rigid *fit, acc_vec p);

#endif
