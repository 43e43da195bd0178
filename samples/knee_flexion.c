/* Read a clip, print the knee flexion of both legs, one line a frame.
 *
 *     cc knee_flexion.c $(pkg-config --cflags --libs treadscope) -o knee_flexion
 *     ./knee_flexion runner.mp4 > knee.tsv
 *
 * An empty field means the knee was not seen. */
#include <math.h>
#include <stdio.h>

#include <treadscope/treadscope.h>

static void print_angle(double deg)
{
    if (isfinite(deg))
        printf("\t%.1f", deg);
    else
        putchar('\t');
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: knee_flexion CLIP\n");
        return 1;
    }
    tread_session *session = NULL;
    tread_error err = {0};
    int status = tread_session_create(&session, NULL, &err);
    if (status == TREAD_OK)
        status = tread_session_open(session, argv[1], &err);
    if (status == TREAD_OK)
        status = tread_session_run(session, &err);
    if (status != TREAD_OK) {
        fprintf(stderr, "%s\n", err.text);
        tread_session_destroy(&session);
        return 1;
    }

    puts("time_s\tleft_deg\tright_deg");
    tread_frame_result frame;
    while (tread_analyzer_next_frame(tread_session_results(session), &frame) == TREAD_OK) {
        printf("%.4f", frame.time_s);
        print_angle(frame.knee_flexion_deg[TREAD_LEFT]);
        print_angle(frame.knee_flexion_deg[TREAD_RIGHT]);
        putchar('\n');
    }
    tread_session_destroy(&session);
    return 0;
}
