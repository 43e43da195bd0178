/* What one listener is given. libmicrohttpd asks for bytes when the socket takes some; with none
 * to give the connection is suspended until tread_serve__streams_wake. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "serve/server.h"

/* What the kernel holds back for a client that reads slowly is old when it arrives. The kernel
 * doubles it: about one picture (socket(7), SO_SNDBUF). */
enum { SEND_BUFFER_BYTES = 64 * 1024 };

/* Bytes libmicrohttpd asks for at once where it does not use chunks (HTTP/1.0). */
enum { BLOCK_BYTES = 16 * 1024 };

static const char greeting[] = "retry: 1000\n\n"; /* a browser asks again after 1 s */
static const char heartbeat[] = ":\n\n";

static bool take_next(serve_stream *s)
{
    if (s->current)
        return true;
    serve_records *records = s->server->records;
    s->current = s->is_pictures ? tread_serve__records_picture(records, &s->picture_id)
                                : tread_serve__records_next(records, &s->at, s->wants_frames);
    s->n_sent = 0;
    return s->current != NULL;
}

static size_t fill(serve_stream *s, char *out, size_t size)
{
    size_t n = 0;
    if (s->note && strlen(s->note) <= size) {
        n = strlen(s->note);
        memcpy(out, s->note, n);
        s->note = NULL;
    }
    while (n < size && take_next(s)) {
        size_t left = s->current->size - s->n_sent;
        size_t part = left < size - n ? left : size - n;
        memcpy(out + n, s->current->bytes + s->n_sent, part);
        n += part;
        s->n_sent += part;
        if (part == left)
            tread_serve__message_unref(&s->current);
    }
    return n;
}

static ssize_t read_stream(void *stream, uint64_t offset, char *out, size_t size)
{
    (void)offset;
    serve_stream *s = stream;
    if (s->is_gone || s->server->is_closing)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = fill(s, out, size);
    if (n > 0) {
        s->last_sent_ns = tread_clock__now_ns();
        return (ssize_t)n;
    }
    if (atomic_load(&s->server->is_stopping))
        return MHD_CONTENT_READER_END_OF_STREAM;
    s->is_waiting = true;
    MHD_suspend_connection(s->connection);
    return 0;
}

static void free_stream(void *stream)
{
    serve_stream *s = stream;
    tread_server *server = s->server;
    int i = 0;
    while (server->streams[i] != s)
        i++;
    server->streams[i] = server->streams[--server->n_streams];
    atomic_fetch_sub(s->is_pictures ? &server->n_watchers : &server->n_listeners, 1);
    tread_serve__message_unref(&s->current);
    free(s);
}

static void tune_socket(serve_stream *s)
{
    s->fd = MHD_get_connection_info(s->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &(int){SEND_BUFFER_BYTES}, sizeof(int));
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    MHD_set_connection_option(s->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                              (unsigned)s->server->limits.stuck_timeout_s);
}

struct MHD_Response *tread_serve__stream_response(tread_server *server,
                                                  struct MHD_Connection *connection,
                                                  bool is_pictures, bool wants_frames)
{
    if (server->n_streams == SERVE_MAX_CONNECTIONS)
        return NULL;
    serve_stream *s = malloc(sizeof *s);
    if (!s)
        return NULL;
    *s = (serve_stream){
        .server = server,
        .connection = connection,
        .is_pictures = is_pictures,
        .wants_frames = wants_frames,
        .at = tread_serve__records_begin(server->records),
        .note = is_pictures ? NULL : greeting,
    };
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES,
                                                                      read_stream, s, free_stream);
    if (!response) {
        free(s);
        return NULL;
    }
    server->streams[server->n_streams++] = s;
    atomic_fetch_add(is_pictures ? &server->n_watchers : &server->n_listeners, 1);
    tune_socket(s);
    return response;
}

static int64_t heartbeat_due_ns(const serve_stream *s)
{
    return s->last_sent_ns + s->server->limits.heartbeat_ms * INT64_C(1000000);
}

void tread_serve__streams_wake(tread_server *server)
{
    bool is_ending = server->is_closing || atomic_load(&server->is_stopping);
    int64_t now_ns = tread_clock__now_ns();
    for (int i = 0; i < server->n_streams; i++) {
        serve_stream *s = server->streams[i];
        if (!s->is_waiting)
            continue;
        if (!s->is_pictures && now_ns >= heartbeat_due_ns(s))
            s->note = heartbeat;
        if (take_next(s) || s->note || s->is_gone || is_ending) {
            s->is_waiting = false;
            MHD_resume_connection(s->connection);
        }
    }
}

int tread_serve__streams_timeout_ms(const tread_server *server)
{
    int64_t soonest_ns = INT64_MAX;
    for (int i = 0; i < server->n_streams; i++) {
        const serve_stream *s = server->streams[i];
        if (s->is_waiting && !s->is_pictures && heartbeat_due_ns(s) < soonest_ns)
            soonest_ns = heartbeat_due_ns(s);
    }
    if (soonest_ns == INT64_MAX)
        return -1;
    int64_t left_ns = soonest_ns - tread_clock__now_ns();
    return left_ns <= 0 ? 0 : (int)(left_ns / 1000000) + 1;
}
