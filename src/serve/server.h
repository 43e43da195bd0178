/* server: what the parts of the running server share. Private to the room and its tests. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "serve/records.h"
#include "serve/serve.h"

enum {
    SERVE_MAX_CONNECTIONS = 64,
    /* A browser opens up to 6; on loopback everybody has the same address. */
    SERVE_MAX_CONNECTIONS_PER_IP = 32,
    SERVE_MAX_BODY = 4096,
};

/* What a test wants smaller. */
typedef struct serve_limits {
    size_t n_ring;         /* records kept for those who are behind */
    int heartbeat_ms;      /* a silent /events gets a comment this often */
    int request_timeout_s; /* a connection without a request is closed */
    int stuck_timeout_s;   /* a listener that takes not one byte in this time has left */
} serve_limits;

extern const serve_limits tread_serve__usual_limits;

/* One listener to /events or /pictures. Serve thread only. */
typedef struct serve_stream {
    tread_server *server;
    struct MHD_Connection *connection;
    int fd; /* the connection's */
    bool is_pictures, wants_frames;
    serve_position at;
    uint64_t picture_id;
    serve_message *current; /* going out */
    size_t n_sent;          /* of current */
    const char *note;       /* static text to go out before the next message */
    int64_t last_sent_ns;
    bool is_waiting; /* suspended, nothing to send */
    bool is_gone;    /* the client has left */
} serve_stream;

struct tread_server {
    tread_server_opts opts; /* address and token: not to be used, see below */
    serve_limits limits;
    char *token; /* NULL = none */
    bool is_loopback;
    char hostname[HOST_NAME_MAX + 1];
    int port;
    serve_records *records;
    struct MHD_Daemon *daemon;
    int epoll_fd; /* libmicrohttpd's */
    int wake_fd;  /* eventfd: something was published, or stop */
    pthread_t thread;
    bool has_thread;

    atomic_int n_watchers;  /* of /pictures */
    atomic_int n_listeners; /* to /events */
    atomic_bool is_stopping;
    int64_t stop_by_ns; /* written before is_stopping */

    /* Serve thread only. */
    serve_stream *streams[SERVE_MAX_CONNECTIONS];
    int n_streams;
    int n_requests;  /* not yet answered in full, streams included */
    bool is_closing; /* streams end where they are */
};

/** As tread_serve__start, with other limits. */
TREAD_WARN_UNUSED int tread_serve__start_limited(tread_server **out, const tread_server_opts *opts,
                                                 const serve_limits *limits, tread_error *err);

/* ---- stream.c; serve thread only --------------------------------------------------------- */

/** A response that goes on until the client leaves or the server stops. The stream belongs to
 *  the response. NULL: out of memory or too many. */
struct MHD_Response *tread_serve__stream_response(tread_server *s,
                                                  struct MHD_Connection *connection,
                                                  bool is_pictures, bool wants_frames);

/** Resume every waiting stream that has something to send or to end for. */
void tread_serve__streams_wake(tread_server *s);

/** Milliseconds until the next heartbeat; -1: none is to come. */
int tread_serve__streams_timeout_ms(const tread_server *s);

/* ---- requests.c; serve thread only ------------------------------------------------------- */

/** libmicrohttpd's access handler and its notice that a request is over; the server is the
 *  closure of both. */
enum MHD_Result tread_serve__handle(void *server, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *upload, size_t *upload_size, void **request);
void tread_serve__completed(void *server, struct MHD_Connection *connection, void **request,
                            enum MHD_RequestTerminationCode how);

#endif
