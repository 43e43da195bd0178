/* Frames on other threads, after their reader is gone. Made for ThreadSanitizer;
 * counts and contents are checked as well. */
#include "media/clips.h"

#include <pthread.h>

enum { N_WORKERS = 3, QUEUE_SIZE = 8 };

/* A bounded queue of frames from the reading thread to the workers. */
typedef struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* protected by lock */
    tread_frame *frame[QUEUE_SIZE];
    int n;
    bool is_closed;
    uint64_t sum; /* of the hashes seen */
} queue;

static void *work(void *arg)
{
    queue *q = arg;
    for (;;) {
        pthread_mutex_lock(&q->lock);
        while (q->n == 0 && !q->is_closed)
            pthread_cond_wait(&q->changed, &q->lock);
        tread_frame *frame = q->n > 0 ? q->frame[--q->n] : NULL;
        pthread_cond_broadcast(&q->changed);
        pthread_mutex_unlock(&q->lock);
        if (!frame)
            return NULL;
        tread_frame *again = tread_media__frame_ref(frame);
        assert_ptr_equal(again, frame);
        uint64_t h = clips_hash(&frame->picture);
        tread_media__frame_unref(&frame);
        pthread_mutex_lock(&q->lock);
        q->sum += h;
        pthread_mutex_unlock(&q->lock);
        tread_media__frame_unref(&again);
        assert_null(again);
    }
}

static void put(queue *q, tread_frame *frame)
{
    pthread_mutex_lock(&q->lock);
    while (q->n == QUEUE_SIZE)
        pthread_cond_wait(&q->changed, &q->lock);
    q->frame[q->n++] = frame;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static void spread_frames(const char *path)
{
    clips_reading *whole = clips_read(path, NULL);
    uint64_t sum = 0;
    for (size_t i = 0; i < whole->n_frames; i++)
        sum += whole->frame[i].hash;
    free(whole);

    queue q = {.n = 0};
    pthread_mutex_init(&q.lock, NULL);
    pthread_cond_init(&q.changed, NULL);
    tread_reader *reader = clips_open(path, &(tread_reader_opts){.n_threads = 4});
    pthread_t worker[N_WORKERS];
    for (int i = 0; i < N_WORKERS; i++)
        assert_int_equal(pthread_create(&worker[i], NULL, work, &q), 0);
    tread_frame *frame;
    while (tread_media__reader_next(reader, &frame, NULL) == TREAD_OK)
        put(&q, frame);
    tread_media__reader_close(&reader); /* some frames are still out */
    pthread_mutex_lock(&q.lock);
    q.is_closed = true;
    pthread_cond_broadcast(&q.changed);
    pthread_mutex_unlock(&q.lock);
    for (int i = 0; i < N_WORKERS; i++)
        pthread_join(worker[i], NULL);
    assert_true(q.sum == sum);
    pthread_cond_destroy(&q.changed);
    pthread_mutex_destroy(&q.lock);
}

static void frames_on_other_threads(void **state)
{
    (void)state;
    spread_frames(clips_make("a.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 "
                                      "-preset veryfast -bf 0"));
    spread_frames(clips_make("b.mkv", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx265 "
                                      "-preset ultrafast -x265-params log-level=none"));
    spread_frames(clips_make("c.nut", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v rawvideo "
                                      "-pix_fmt nv12"));
}

static void frames_outlive_the_reader(void **state)
{
    (void)state;
    static const char *const files[] = {"a.mp4", "c.nut"};
    for (size_t i = 0; i < 2; i++) {
        tread_reader *reader = clips_open(clips_path(files[i]), NULL);
        tread_frame *held[20];
        uint64_t hash[20];
        for (int k = 0; k < 20; k++) {
            assert_int_equal(tread_media__reader_next(reader, &held[k], NULL), TREAD_OK);
            hash[k] = clips_hash(&held[k]->picture);
        }
        tread_media__reader_close(&reader);
        for (int k = 0; k < 20; k++)
            assert_true(clips_hash(&held[k]->picture) == hash[k]);
        for (int k = 0; k < 20; k++)
            tread_media__frame_unref(&held[k]);
    }
    tread_frame *nothing = NULL;
    tread_media__frame_unref(&nothing);
    tread_media__frame_unref(NULL);
}

/* Two readers of one clip, each on its own thread. */
static void *read_alone(void *arg)
{
    return clips_read(arg, &(tread_reader_opts){.n_threads = 2, .from_s = 1.0});
}

static void readers_side_by_side(void **state)
{
    (void)state;
    char path[CLIPS_PATH_MAX];
    snprintf(path, sizeof path, "%s", clips_path("a.mp4"));
    pthread_t thread[2];
    clips_reading *r[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, read_alone, path), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], (void **)&r[i]);
    assert_int_equal(r[0]->n_frames, 75);
    assert_memory_equal(r[0]->frame, r[1]->frame, 75 * sizeof r[0]->frame[0]);
    free(r[0]);
    free(r[1]);
}

int main(void)
{
    clips_require_ffmpeg();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_on_other_threads),
        cmocka_unit_test(frames_outlive_the_reader),
        cmocka_unit_test(readers_side_by_side),
    };
    return cmocka_run_group_tests(tests, clips_setup, clips_teardown);
}
