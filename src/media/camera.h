/* Cameras: what one offers, and how libav's V4L2 device is asked for it. */
#ifndef MEDIA_CAMERA_H
#define MEDIA_CAMERA_H

#include "media/media.h"

/** What the camera at `path` offers.
 *  @param[out] camera  `modes` is the caller's to free; blank unless 0
 *  @return 0, or an errno: ENOENT, ENODEV, EACCES ...; ENOTTY when it is no camera */
int tread_media__camera_query(tread_camera *camera, const char *path);

/** libav's name of a V4L2 format, as its `input_format` option wants it; NULL when
 *  libav cannot decode it. */
const char *tread_media__camera_format(const char fourcc[5]);

#endif
