/* treadscope doctor: what is here, what is missing, how to get it. */
#include <stdio.h>

#include <treadscope/session.h>
#include <treadscope/version.h>

#include "cli/cli.h"
#include "linalg/linalg.h"
#include "media/media.h"
#include "pose/pose.h"

/* Which cameras there are, what they can do, and which mode live would pick. */
static void list_cameras(void)
{
    tread_camera *cameras = NULL;
    size_t n = 0;
    tread_error err;
    char text[64];
    if (tread_media__cameras(&cameras, &n, &err) != TREAD_OK) {
        printf("cameras     %s\n", err.text);
        return;
    }
    printf("cameras%s\n",
           n ? "" : "     none: plug one in, or give `treadscope live` an address or a clip");
    for (size_t i = 0; i < n; i++) {
        const tread_camera *c = &cameras[i];
        if (c->is_forbidden) {
            printf("  %-11s may not be opened by you: add yourself to the group `video`\n",
                   c->path);
            continue;
        }
        const tread_camera_mode *best = tread_media__best_mode(c->modes, c->n_modes, false);
        printf("  %-11s %s%s\n", c->path, c->name, best ? "" : ": no mode that can be used");
        for (size_t m = 0; m < c->n_modes; m++) {
            tread_media__mode_text(&c->modes[m], text, sizeof text);
            printf("              %s%s\n", text,
                   &c->modes[m] == best ? "   <- what `treadscope live` picks" : "");
        }
    }
    tread_media__cameras_free(&cameras, n);
}

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
    list_cameras();
    return n_bad ? CLI_MODEL : CLI_DONE;
}
