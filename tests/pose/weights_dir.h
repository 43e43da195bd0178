/* Where `npm ci` puts the network weights. */
#ifndef TESTS_POSE_WEIGHTS_DIR_H
#define TESTS_POSE_WEIGHTS_DIR_H

#include <stdio.h>
#include <stdlib.h>

/** The folder, or NULL with the reason printed. Static buffer. */
static inline const char *weights_dir(void)
{
    static char dir[4096];
    char file[4200];
    const char *source = getenv("TREAD_SOURCE_DIR");
    snprintf(dir, sizeof dir, "%s/models/pose/node_modules/@mediapipe/pose", source ? source : ".");
    snprintf(file, sizeof file, "%s/pose_landmark_full.tflite", dir);
    FILE *f = fopen(file, "rb");
    if (!f) {
        printf("skipped: no network weights; run tools/setup, or npm ci in models/pose\n");
        return NULL;
    }
    fclose(f);
    return dir;
}

#endif
