/* Any bytes as a clip: opened, read, sought, turned into BGRA. The last byte of
 * the input chooses how. libav itself is not instrumented, so what is found here
 * is in our own code, in what we pass to libav, or a plain crash. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "media/media.h"

enum {
    MAX_INPUT_BYTES = 64 * 1024,
    MAX_FRAMES = 40,
    WIDTH_PX = 48,
    HEIGHT_PX = 36,
};

static const int64_t MAX_PIXELS = 4 * 1024 * 1024; /* of all frames together */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    tread_media__quiet();
    return 0;
}

/* What the contract promises of every frame. */
static void check_frame(const tread_frame *frame, const tread_frame *before)
{
    const tread_picture *p = &frame->picture;
    const double *m = p->stored_from_upright;
    if (before && !(frame->time_s > before->time_s && frame->index == before->index + 1))
        abort();
    if (p->width_px < 1 || p->height_px < 1 || p->bits < 8 || p->bits > 16)
        abort();
    if (!(p->upright_width_px > 0.0 && p->upright_height_px > 0.0))
        abort();
    double x = m[0] * p->upright_width_px / 2 + m[1] * p->upright_height_px / 2 + m[2];
    double y = m[3] * p->upright_width_px / 2 + m[4] * p->upright_height_px / 2 + m[5];
    if (!(x > 0.0 && x < p->width_px && y > 0.0 && y < p->height_px))
        abort();
    /* Every corner of every plane can be read. */
    volatile uint8_t sink = 0;
    for (int c = 0; c < 3; c++) {
        int w = c ? (p->width_px + (1 << p->chroma_shift_x) - 1) >> p->chroma_shift_x : p->width_px;
        int h =
            c ? (p->height_px + (1 << p->chroma_shift_y) - 1) >> p->chroma_shift_y : p->height_px;
        ptrdiff_t last = (p->bits > 8 ? 2 : 1) * (ptrdiff_t)w - 1;
        sink = p->plane[c][0] ^ p->plane[c][last];
        sink = p->plane[c][(h - 1) * p->stride_bytes[c]] ^
               p->plane[c][(h - 1) * p->stride_bytes[c] + last];
    }
    (void)sink;
}

static void read_frames(tread_reader *reader)
{
    static uint8_t bgra[WIDTH_PX * HEIGHT_PX * 4];
    tread_converter *conv;
    if (tread_media__converter_create(&conv, WIDTH_PX, HEIGHT_PX, NULL) != TREAD_OK)
        return;
    const tread_surface to = tread_surface__bgra(bgra, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
    int64_t n_pixels = 0;
    tread_frame *before = NULL;
    tread_frame *frame;
    tread_error err = {0};
    int status = TREAD_OK;
    for (int i = 0; i < MAX_FRAMES && n_pixels < MAX_PIXELS; i++) {
        status = tread_media__reader_next(reader, &frame, &err);
        if (status != TREAD_OK)
            break;
        check_frame(frame, before);
        if (tread_media__converter_run(conv, frame, &to, NULL) == TREAD_OK &&
            bgra[sizeof bgra - 1] != 255)
            abort();
        n_pixels += (int64_t)frame->picture.width_px * frame->picture.height_px;
        tread_media__frame_unref(&before);
        before = frame;
    }
    if (status < 0 && (err.code != status || err.text[0] == '\0'))
        abort();
    tread_media__frame_unref(&before);
    tread_media__converter_destroy(&conv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > MAX_INPUT_BYTES)
        return 0;
    uint8_t choice = data[size - 1];
    uint8_t *copy = malloc(size - 1); /* of the exact size, so that over-reads show */
    if (!copy)
        return 0;
    memcpy(copy, data, size - 1);
    const tread_reader_opts opts = {
        .n_threads = choice & 1 ? 2 : 1,
        .from_s = choice & 2 ? (choice >> 3) * 0.02 : 0.0,
        .to_s = choice & 4 ? 2.0 : 0.0,
    };
    tread_reader *reader;
    tread_error err = {0};
    int status = tread_media__reader_open_memory(&reader, copy, size - 1, "input", &opts, &err);
    if (status == TREAD_OK)
        read_frames(reader);
    else if (reader || err.code != status || err.text[0] == '\0')
        abort();
    tread_media__reader_close(&reader);
    free(copy);
    return 0;
}
