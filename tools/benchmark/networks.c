/* What the networks cost on this machine, as ratios that travel better than
 * milliseconds: against its single-thread matrix-multiply rate in the same
 * minute, and beside what the design was made with. Prints records for tools/bench_table.js.
 *
 * Everything runs on this one thread and is timed by its CPU time. Rounds of all
 * candidates take turns, so that a change of clock rate meets them all. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cblas.h>

#include "base/clock.h"
#include "base/thread.h"
#include "pose/crop.h"
#include "pose/detector.h"
#include "pose/graph.h"
#include "pose/landmark_net.h"
#include "pose/pose.h"
#include "pose/weights.h"

enum {
    GEMM_SIZE = 1024,
    PICTURE_WIDTH = 1920,
    PICTURE_HEIGHT = 1080,
    N_WARM_UP = 3,
    MAX_SAMPLES = 4096,
};

/* What candidates work on. */
typedef struct material {
    float *a, *b, *c; /* (GEMM_SIZE, GEMM_SIZE) */
    uint8_t *planes;
    tread_picture picture, small_picture; /* 1080p, 720p */
    float *rgb;
} material;

/* One thing that is timed. */
typedef struct candidate {
    const char *name;
    void (*run)(struct candidate *);
    material *material;
    double multiply_adds;  /* 0: not counted */
    double expected_ratio; /* its rate over sgemm's where the design was made; 0: none */
    pose_graph *graph;
    double seconds[MAX_SAMPLES];
    size_t n;
} candidate;

enum { GEMM, LAYER, LITE, FULL, HEAVY, DETECTOR, CROP_720, CROP, N_CANDIDATES };

static void run_gemm(candidate *self)
{
    material *m = self->material;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.0f,
                m->a, GEMM_SIZE, m->b, GEMM_SIZE, 0.0f, m->c, GEMM_SIZE);
}

static void run_graph(candidate *self)
{
    tread_error err;
    if (tread_pose__graph_run(self->graph, &err) != TREAD_OK) {
        fprintf(stderr, "bench_networks: %s\n", err.text);
        exit(1);
    }
}

/* A person of two thirds of the picture's height, leaning a little. */
static void crop(material *m, const tread_picture *picture)
{
    const double x = picture->width_px / 2.0, y = picture->height_px / 2.0;
    const pose_region region = tread_pose__region_from_points(x, y, x + picture->height_px / 60.0,
                                                              y - picture->height_px / 3.0);
    tread_pose__crop(m->rgb, picture, &region, POSE_LANDMARK_SIZE_PX, 0, 1, POSE_BORDER_REPLICATE);
}

static void run_crop(candidate *self)
{
    crop(self->material, &self->material->picture);
}

static void run_small_crop(candidate *self)
{
    crop(self->material, &self->material->small_picture);
}

static void sample(candidate *c)
{
    int64_t start_ns = tread_clock__thread_cpu_ns();
    c->run(c);
    if (c->n < MAX_SAMPLES)
        c->seconds[c->n++] = (double)(tread_clock__thread_cpu_ns() - start_ns) * 1e-9;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const candidate *c, double share)
{
    return c->seconds[(size_t)(share * (double)(c->n - 1))];
}

/* Until the time is up, everything in turn. */
static void measure(candidate *candidates, size_t n, double seconds)
{
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < N_WARM_UP; k++)
            candidates[i].run(&candidates[i]);
    }
    int64_t end_ns = tread_clock__now_ns() + (int64_t)(seconds * 1e9);
    while (tread_clock__now_ns() < end_ns) {
        for (size_t i = 0; i < n; i++)
            sample(&candidates[i]);
    }
    for (size_t i = 0; i < n; i++)
        qsort(candidates[i].seconds, candidates[i].n, sizeof(double), compare_doubles);
}

/* The same network on every core at once, in processes that share nothing: what the machine itself
 * makes of more workers than one. */
static void measure_together(candidate *c, double seconds)
{
    pid_t children[64];
    int n = tread_thread__n_cores() - 1;
    n = n < 64 ? n : 64;
    for (int i = 0; i < n; i++) {
        children[i] = fork();
        if (children[i] == 0)
            for (;;)
                c->run(c);
    }
    measure(c, 1, seconds);
    for (int i = 0; i < n; i++)
        if (children[i] > 0) {
            kill(children[i], SIGKILL);
            waitpid(children[i], NULL, 0);
        }
}

static double rate(const candidate *c)
{
    return 2e-9 * c->multiply_adds / quantile(c, 0.5);
}

static void print_record(const candidate *c, const candidate *gemm)
{
    printf("{\"table\":\"networks\",\"what\":\"%s\",\"rounds\":%zu,\"ms\":%.4f,\"ms_p10\":%.4f,"
           "\"ms_p90\":%.4f",
           c->name, c->n, 1e3 * quantile(c, 0.5), 1e3 * quantile(c, 0.1), 1e3 * quantile(c, 0.9));
    if (c->multiply_adds > 0)
        printf(",\"million_multiply_adds\":%.1f,\"gflop_s\":%.1f,\"of_sgemm\":%.3f",
               c->multiply_adds * 1e-6, rate(c), rate(c) / rate(gemm));
    if (c->expected_ratio > 0)
        printf(",\"of_sgemm_designed\":%.3f", c->expected_ratio);
    puts("}");
}

static void print_records(const candidate *candidates, size_t n)
{
    for (size_t i = 0; i < n; i++)
        print_record(&candidates[i], &candidates[GEMM]);
    fflush(stdout);
}

static double resident_mib(void)
{
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%ld %ld", &ignored, &pages) != 2)
            pages = 0;
        fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* Random numbers that are the same everywhere. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int make_material(material *m)
{
    size_t n_gemm = (size_t)GEMM_SIZE * GEMM_SIZE, n_luma = (size_t)PICTURE_WIDTH * PICTURE_HEIGHT;
    m->a = malloc(n_gemm * sizeof(float));
    m->b = malloc(n_gemm * sizeof(float));
    m->c = malloc(n_gemm * sizeof(float));
    m->planes = malloc(n_luma * 3 / 2);
    m->rgb = malloc((size_t)3 * POSE_LANDMARK_SIZE_PX * POSE_LANDMARK_SIZE_PX * sizeof(float));
    if (!m->a || !m->b || !m->c || !m->planes || !m->rgb)
        return 0;
    uint32_t state = 1;
    for (size_t i = 0; i < n_gemm; i++) {
        m->a[i] = (float)next_random(&state) * 0x1p-24f;
        m->b[i] = (float)next_random(&state) * 0x1p-24f;
    }
    for (size_t i = 0; i < n_luma * 3 / 2; i++)
        m->planes[i] = (uint8_t)next_random(&state);
    m->picture = (tread_picture){
        .plane = {m->planes, m->planes + n_luma, m->planes + n_luma * 5 / 4},
        .stride_bytes = {PICTURE_WIDTH, PICTURE_WIDTH / 2, PICTURE_WIDTH / 2},
        .width_px = PICTURE_WIDTH,
        .height_px = PICTURE_HEIGHT,
        .chroma_shift_x = 1,
        .chroma_shift_y = 1,
        .bits = 8,
        .matrix = TREAD_MATRIX_BT709,
        .upright_width_px = PICTURE_WIDTH,
        .upright_height_px = PICTURE_HEIGHT,
        .stored_from_upright = {1, 0, 0, 0, 1, 0},
    };
    m->small_picture = m->picture;
    m->small_picture.width_px = 1280;
    m->small_picture.height_px = 720;
    m->small_picture.upright_width_px = 1280;
    m->small_picture.upright_height_px = 720;
    return 1;
}

static void free_material(material *m)
{
    free(m->a);
    free(m->b);
    free(m->c);
    free(m->planes);
    free(m->rgb);
}

static int add_network(candidate *c, const char *name, const pose_network *network,
                       double expected_ratio, tread_error *err)
{
    c->name = name;
    c->run = run_graph;
    c->multiply_adds = (double)tread_pose__network_multiply_adds(network);
    c->expected_ratio = expected_ratio;
    int status = tread_pose__graph_create(&c->graph, network, 1, err);
    if (status != TREAD_OK)
        return status;
    /* Zeros would be as fast, and say nothing. */
    uint32_t state = 7;
    float *input = tread_pose__graph_input(c->graph);
    for (size_t i = 0; i < network->tensors[network->inputs[0]].n_elements; i++)
        input[i] = (float)next_random(&state) * 0x1p-24f;
    return TREAD_OK;
}

/* The one operator that has most to do, alone: what XNNPACK makes of this processor. */
static int add_largest_layer(candidate *c, const pose_network *network, tread_error *err)
{
    static pose_network alone;
    static pose_op op;
    uint64_t most = 0;
    for (size_t i = 0; i < network->n_ops; i++) {
        pose_network one = *network;
        one.ops = &network->ops[i];
        one.n_ops = 1;
        if (network->ops[i].kind == POSE_OP_CONV_2D &&
            tread_pose__network_multiply_adds(&one) > most) {
            most = tread_pose__network_multiply_adds(&one);
            op = network->ops[i];
        }
    }
    alone = *network;
    alone.ops = &op;
    alone.n_ops = alone.n_inputs = alone.n_outputs = 1;
    alone.inputs[0] = op.inputs[0];
    alone.outputs[0] = op.output;
    return add_network(c, "XNNPACK, largest layer of full", &alone, 0, err);
}

/* What weights and a tracker take of memory, in a process of their own so that
 * nothing freed before is counted as free. */
static void report_memory(const char *dir, enum tread_pose_model model, const material *m)
{
    fflush(stdout);
    pid_t child = fork();
    if (child != 0) {
        waitpid(child, NULL, 0);
        return;
    }
    tread_pose_weights *weights;
    tread_pose_tracker *tracker = NULL;
    tread_landmarks landmarks;
    tread_error err;
    double before = resident_mib();
    int status = tread_pose__weights_load(&weights, dir, model, &err);
    double loaded = resident_mib();
    if (status == TREAD_OK)
        status = tread_pose__tracker_create(&tracker, weights, 1, &err);
    if (status == TREAD_OK)
        status = tread_pose__tracker_run(tracker, &m->picture, 0, 0, &landmarks, &err);
    if (status == TREAD_OK)
        printf("{\"table\":\"network memory\",\"model\":\"%s\",\"weights_mib\":%.1f,"
               "\"tracker_mib\":%.1f}\n",
               tread_pose__model_name(model), loaded - before, resident_mib() - loaded);
    fflush(stdout);
    _exit(0);
}

/* 2 multiply-adds over the time without segmentation, over 123 GFLOP/s: what was
 * measured when the design was made. */
static const struct {
    enum tread_pose_model model;
    const char *name;
    double expected_ratio;
} models[] = {
    {TREAD_POSE_LITE, "landmarks, lite", 2 * 0.166 / 2.9e-3 / 123},
    {TREAD_POSE_FULL, "landmarks, full", 2 * 0.351 / 5.4e-3 / 123},
    {TREAD_POSE_HEAVY, "landmarks, heavy", 2 * 1.890 / 26.9e-3 / 123},
};
enum { N_MODELS = sizeof models / sizeof *models };
#define DETECTOR_RATIO (2 * 0.430 / 5.9e-3 / 123)

static int make_candidates(candidate *candidates, tread_pose_weights **weights, const char *dir,
                           tread_error *err)
{
    int status = TREAD_OK;
    for (int i = 0; status == TREAD_OK && i < N_MODELS; i++) {
        status = tread_pose__weights_load(&weights[i], dir, models[i].model, err);
        if (status == TREAD_OK)
            status = add_network(&candidates[LITE + i], models[i].name, &weights[i]->landmark,
                                 models[i].expected_ratio, err);
    }
    if (status == TREAD_OK)
        status = add_network(&candidates[DETECTOR], "detector", &weights[0]->detector,
                             DETECTOR_RATIO, err);
    if (status == TREAD_OK)
        status = add_largest_layer(&candidates[LAYER], &weights[1]->landmark, err);
    candidates[GEMM].name = "sgemm 1024 x 1024";
    candidates[GEMM].run = run_gemm;
    candidates[GEMM].multiply_adds = (double)GEMM_SIZE * GEMM_SIZE * GEMM_SIZE;
    candidates[CROP].name = "crop from 1080p";
    candidates[CROP].run = run_crop;
    candidates[CROP_720].name = "crop from 720p";
    candidates[CROP_720].run = run_small_crop;
    return status;
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[2]) : 20;
    if (argc < 2 || argc > 3 || !(seconds > 0 && seconds < 3600)) {
        fputs("usage: bench_networks FOLDER_OF_WEIGHTS [SECONDS]\n", stderr);
        return 1;
    }
    openblas_set_num_threads(1);
    tread_error err = {0, "out of memory"};
    tread_pose_weights *weights[N_MODELS] = {NULL};
    material m = {0};
    candidate *candidates = calloc(N_CANDIDATES, sizeof *candidates);
    int status = candidates && make_material(&m) ? TREAD_OK : TREAD_ERR_NOMEM;
    for (int i = 0; status == TREAD_OK && i < N_MODELS; i++)
        report_memory(argv[1], models[i].model, &m);
    if (status == TREAD_OK)
        status = make_candidates(candidates, weights, argv[1], &err);
    if (status == TREAD_OK) {
        for (int i = 0; i < N_CANDIDATES; i++)
            candidates[i].material = &m;
        measure(candidates, N_CANDIDATES, seconds);
        print_records(candidates, N_CANDIDATES);
        candidate together = candidates[FULL];
        together.n = 0;
        together.expected_ratio = 0;
        together.name = "landmarks, full, on every core at once";
        measure_together(&together, 0.25 * seconds);
        print_record(&together, &candidates[GEMM]);
    } else {
        fprintf(stderr, "bench_networks: %s\n", err.text);
    }
    for (int i = 0; candidates && i < N_CANDIDATES; i++)
        tread_pose__graph_destroy(&candidates[i].graph);
    for (int i = 0; i < N_MODELS; i++)
        tread_pose__weights_free(&weights[i]);
    free(candidates);
    free_material(&m);
    return status == TREAD_OK ? 0 : 1;
}
