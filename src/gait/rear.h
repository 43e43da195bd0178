/* Private to gait: a runner seen from behind or in front. */
#ifndef GAIT_REAR_H
#define GAIT_REAR_H

#include "gait/frame.h"

/** tread_gait__events for these views. */
void gait_rear_events(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_stride *stride, double from_s, double to_s, tread_events *out);

/** The values of step `i` that these views have.
 *  @param same_s  next contact of the foot; NaN = not yet */
void gait_rear_values(const tread_gait_setting *setting, const tread_skeleton *s, size_t n,
                      const tread_events *events, size_t i, double same_s, tread_step *out);

#endif
