/* Private to motion: somebody who stands, beside the belt or astride it. Their frames teach
 * nothing about a stride, and what is known of one does not hold for them. */
#ifndef MOTION_STILL_H
#define MOTION_STILL_H

#include <stdbool.h>
#include <stddef.h>

#include <treadscope/landmarks.h>

/** Do the feet keep their distance around frame i? An exchange of the feet does not change
 *  it. False where too little was seen.
 *  @param lm      (n) times increasing
 *  @param leg_px  > 0 */
bool motion_is_still(const tread_landmarks *lm, size_t n, size_t i, double leg_px);

#endif
