/* treadscope doctor: what is here, what is missing, how to get it. */
#include <stdio.h>

#include <treadscope/session.h>
#include <treadscope/version.h>

#include "cli/cli.h"
#include "linalg/linalg.h"
#include "media/media.h"
#include "pose/pose.h"

int cli_doctor(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        fputs("usage: treadscope doctor\n", stderr);
        return CLI_USAGE;
    }
    printf("treadscope  %s\n", tread_version_string());
    printf("libav       %s\n", tread_media__versions());
    printf("OpenBLAS    %s\n", tread_linalg__version());
    printf("weights in  %s\n", tread_models_dir());
    int n_bad = 0;
    for (int m = TREAD_POSE_LITE; m <= TREAD_POSE_HEAVY; m++) {
        tread_pose_weights *weights = NULL;
        tread_error err;
        int status =
            tread_pose__weights_load(&weights, tread_models_dir(), (enum tread_pose_model)m, &err);
        printf("  %-9s %s\n", tread_pose__model_name((enum tread_pose_model)m),
               status == TREAD_OK ? "good" : err.text);
        n_bad += status != TREAD_OK;
        tread_pose__weights_free(&weights);
    }
    return n_bad ? CLI_MODEL : CLI_DONE;
}
