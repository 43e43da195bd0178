#include "media/clips.h"

#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test program is one thread and makes one folder. */
static char folder[CLIPS_PATH_MAX];

int clips_setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/treadscope-media-XXXXXX", base ? base : "/tmp");
    tread_media__quiet();
    return mkdtemp(folder) ? 0 : -1;
}

int clips_teardown(void **state)
{
    (void)state;
    return clips_run("rm -rf '%s'", folder);
}

void clips_require_ffmpeg(void)
{
    if (clips_run("ffmpeg -version >/dev/null 2>&1 && ffprobe -version >/dev/null 2>&1") == 0)
        return;
    fprintf(stderr, "skipped: the ffmpeg and ffprobe programs are needed to make clips\n");
    exit(CLIPS_SKIP);
}

const char *clips_path(const char *name)
{
    static char path[64][CLIPS_PATH_MAX * 2];
    static int next;
    char *p = path[next++ % 64];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

int clips_run(const char *format, ...)
{
    char command[8192];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof command)
        return -1;
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *clips_make(const char *name, const char *args)
{
    const char *path = clips_path(name);
    if (clips_run("ffmpeg -nostdin -v error -y %s '%s' 2>'%s/ffmpeg.log'", args, path, folder)) {
        clips_run("cat '%s/ffmpeg.log' >&2", folder);
        fail_msg("ffmpeg %s %s failed", args, name);
    }
    return path;
}

bool clips_has_encoder(const char *encoder)
{
    return clips_run("ffmpeg -v quiet -encoders | grep -q ' %s '", encoder) == 0;
}

const char *clips_shared(const char *name)
{
    static char path[CLIPS_PATH_MAX];
    const char *shared = getenv("TREAD_SHARED_DIR");
    snprintf(path, sizeof path, "%s/%s", shared ? shared : "", name);
    struct stat st;
    return shared && stat(path, &st) == 0 ? path : NULL;
}

size_t clips_probe_times(const char *path, double times_s[CLIPS_TIMES_MAX])
{
    char command[2048];
    snprintf(command, sizeof command,
             "ffprobe -v quiet -select_streams v:0 -show_entries "
             "frame=best_effort_timestamp_time -of csv=p=0 '%s'",
             path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = 0;
    char line[256];
    while (fgets(line, sizeof line, pipe)) {
        char *end;
        double t = strtod(line, &end);
        if (end != line && n < CLIPS_TIMES_MAX)
            times_s[n++] = t;
    }
    pclose(pipe);
    return n;
}

uint8_t *clips_load(const char *path, size_t *size)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    uint8_t *data = malloc((size_t)st.st_size + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(data);
    assert_non_null(file);
    *size = fread(data, 1, (size_t)st.st_size, file);
    assert_int_equal(*size, st.st_size);
    fclose(file);
    return data;
}

void clips_save(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

uint64_t clips_hash(const tread_picture *picture)
{
    uint64_t h = 14695981039346656037U;
    for (int p = 0; p < 3; p++) {
        int sx = p ? picture->chroma_shift_x : 0;
        int sy = p ? picture->chroma_shift_y : 0;
        int width = (picture->width_px + (1 << sx) - 1) >> sx;
        int height = (picture->height_px + (1 << sy) - 1) >> sy;
        int n = width * (picture->bits > 8 ? 2 : 1);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < n; x++)
                h = (h ^ picture->plane[p][y * picture->stride_bytes[p] + x]) * 1099511628211U;
    }
    return h;
}

int clips_sample(const tread_picture *picture, int p, double xu, double yu)
{
    const double *m = picture->stored_from_upright;
    int x = (int)floor(m[0] * xu + m[1] * yu + m[2]);
    int y = (int)floor(m[3] * xu + m[4] * yu + m[5]);
    assert_in_range(x, 0, picture->width_px - 1);
    assert_in_range(y, 0, picture->height_px - 1);
    if (p) {
        x >>= picture->chroma_shift_x;
        y >>= picture->chroma_shift_y;
    }
    const uint8_t *row = picture->plane[p] + y * picture->stride_bytes[p];
    if (picture->bits == 8)
        return row[x];
    uint16_t v;
    memcpy(&v, row + 2 * x, sizeof v);
    return v >> (picture->bits - 8);
}

tread_reader *clips_open(const char *path, const tread_reader_opts *opts)
{
    tread_reader *reader;
    tread_error err = {0};
    if (tread_media__reader_open(&reader, path, opts, &err) != TREAD_OK)
        fail_msg("%s", err.text);
    return reader;
}

clips_reading *clips_read(const char *path, const tread_reader_opts *opts)
{
    tread_reader *reader = clips_open(path, opts);
    clips_reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    tread_frame *frame;
    while ((r->status = tread_media__reader_next(reader, &frame, &r->error)) == TREAD_OK) {
        assert_int_equal(frame->index, r->n_frames);
        assert_true(r->n_frames < CLIPS_TIMES_MAX);
        if (r->n_frames > 0)
            assert_true(frame->time_s > r->frame[r->n_frames - 1].time_s);
        r->frame[r->n_frames++] =
            (clips_frame){frame->time_s, frame->picture.width_px, frame->picture.height_px,
                          clips_hash(&frame->picture)};
        tread_media__frame_unref(&frame);
        assert_null(frame);
    }
    assert_null(frame);
    /* The end stays the end. */
    assert_int_equal(tread_media__reader_next(reader, &frame, NULL), r->status);
    r->stats = tread_media__reader_stats(reader);
    r->info = *tread_media__reader_info(reader);
    assert_int_equal(r->stats.n_frames, r->n_frames);
    tread_media__reader_close(&reader);
    assert_null(reader);
    return r;
}
