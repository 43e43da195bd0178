/* Life of the server: its socket, its thread, its end.
 *
 * The thread runs libmicrohttpd itself and no other ever calls it. Whoever publishes only writes to
 * an eventfd that the thread polls together with libmicrohttpd's epoll descriptor. */
#define _GNU_SOURCE /* POLLRDHUP */
#include "serve/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "serve/access.h"

/* At 60 pictures a second some 7 s of records, half a megabyte. */
const serve_limits tread_serve__usual_limits = {
    .n_ring = 512,
    .heartbeat_ms = 10000,
    .request_timeout_s = 10,
    .stuck_timeout_s = 60,
};

static const char usual_address[] = "127.0.0.1";

/* ---- the socket ----------------------------------------------------------- */

typedef struct endpoint {
    struct sockaddr_storage address;
    socklen_t size;
} endpoint;

/* @return false: not a numeric address */
static bool read_address(endpoint *e, const char *address, int port)
{
    *e = (endpoint){.size = 0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&e->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&e->address;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        e->size = sizeof *v4;
    } else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        e->size = sizeof *v6;
    }
    return e->size > 0;
}

/* @return a listening socket, or -1 and errno */
static int listen_on(const char *address, int port)
{
    endpoint e;
    if (!read_address(&e, address, port)) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(e.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    /* So that a port can be had again right after a server that held it has ended. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (e.address.ss_family == AF_INET6) /* "::" is for all, IPv4 too */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&e.address, e.size) == 0 &&
        listen(fd, SERVE_MAX_CONNECTIONS) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* @return a free port after `port`, or 0 */
static int find_free_port(const char *address, int port)
{
    enum { N_TRIES = 20 };
    for (int p = port + 1; p <= port + N_TRIES && p <= UINT16_MAX; p++) {
        int fd = listen_on(address, p);
        if (fd >= 0) {
            close(fd);
            return p;
        }
    }
    return 0;
}

static int fail_to_listen(const char *address, int port, int reason, tread_error *err)
{
    int other = reason == EADDRINUSE ? find_free_port(address, port) : 0;
    if (other)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "port %d is in use; %d is free: --port %d, or --port 0 for any",
                                port, other, other);
    if (reason == EADDRINUSE)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "port %d is in use; --port 0 takes any that is free", port);
    if (reason == EADDRNOTAVAIL)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "%s: not an address of this machine; --listen 0.0.0.0 takes all",
                                address);
    if (reason == EACCES)
        return tread_error__set(err, TREAD_ERR_OUTPUT,
                                "port %d is not open to you; choose one above 1023 with --port",
                                port);
    return tread_error__set(err, TREAD_ERR_OUTPUT,
                            "%s port %d cannot be listened on (%s); choose another with --listen "
                            "or --port",
                            address, port, strerror(reason));
}

static int port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t size = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &size) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

/* ---- the thread ----------------------------------------------------------- */

static int sooner(int a_ms, int b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 || a_ms < b_ms ? a_ms : b_ms;
}

static int timeout_ms(tread_server *s)
{
    MHD_UNSIGNED_LONG_LONG ms;
    int result = tread_serve__streams_timeout_ms(s);
    if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
        result = sooner(result, ms > INT_MAX ? INT_MAX : (int)ms);
    if (atomic_load(&s->is_stopping)) {
        int64_t left_ns = s->stop_by_ns - tread_clock__now_ns();
        result = sooner(result, left_ns <= 0 ? 0 : (int)(left_ns / 1000000) + 1);
    }
    return result;
}

/* Until libmicrohttpd has something to do, something was published, or a waiting client left,
 * which libmicrohttpd does not notice while a connection is suspended. */
static void wait_for_news(tread_server *s)
{
    struct pollfd fds[2 + SERVE_MAX_CONNECTIONS] = {
        {.fd = s->epoll_fd, .events = POLLIN},
        {.fd = s->wake_fd, .events = POLLIN},
    };
    serve_stream *waiting[SERVE_MAX_CONNECTIONS];
    int n = 0;
    for (int i = 0; i < s->n_streams; i++) {
        if (!s->streams[i]->is_waiting)
            continue;
        fds[2 + n] = (struct pollfd){.fd = s->streams[i]->fd, .events = POLLRDHUP};
        waiting[n++] = s->streams[i];
    }
    if (poll(fds, (nfds_t)(2 + n), timeout_ms(s)) <= 0)
        return;
    uint64_t n_wakes;
    if (fds[1].revents && read(s->wake_fd, &n_wakes, sizeof n_wakes) < 0)
        return; /* EAGAIN: somebody else's wakeup, nothing to do */
    for (int i = 0; i < n; i++)
        waiting[i]->is_gone = fds[2 + i].revents != 0;
}

static void close_streams(tread_server *s)
{
    s->is_closing = true;
    tread_serve__streams_wake(s);
    MHD_run(s->daemon); /* nobody is suspended after it */
}

static void *run(void *server)
{
    tread_server *s = server;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL); /* they are for the main thread */
    bool is_listening = true;
    for (;;) {
        if (atomic_load(&s->is_stopping)) {
            if (is_listening)
                close(MHD_quiesce_daemon(s->daemon));
            is_listening = false;
            if (s->n_requests == 0 || tread_clock__now_ns() >= s->stop_by_ns)
                break;
        }
        wait_for_news(s);
        tread_serve__streams_wake(s);
        MHD_run(s->daemon);
    }
    close_streams(s);
    return NULL;
}

static void wake(tread_server *s)
{
    /* It fails only when 2^64 wakeups wait, and then one is as good. */
    ssize_t n = write(s->wake_fd, &(uint64_t){1}, sizeof(uint64_t));
    (void)n;
}

/* ---- life ----------------------------------------------------------------- */

static int check(const tread_server_opts *o, const char *address, tread_error *err)
{
    endpoint e;
    if (!read_address(&e, address, 0))
        return tread_error__set(err, TREAD_ERR_ARG,
                                "%s: not a numeric address; give one such as 0.0.0.0", address);
    if (o->port < 0 || o->port > UINT16_MAX)
        return tread_error__set(err, TREAD_ERR_ARG, "port %d: has to be 0 to 65535", o->port);
    if (o->token && !tread_serve__is_plain_token(o->token))
        return tread_error__set(err, TREAD_ERR_ARG,
                                "the token may have letters, digits, - and _ only");
    if (!o->token && !tread_serve__is_loopback(address))
        return tread_error__set(err, TREAD_ERR_ARG,
                                "%s: other machines may ask there, so a token is needed", address);
    return TREAD_OK;
}

static int prepare(tread_server *s, const tread_server_opts *opts, const serve_limits *limits)
{
    s->opts = *opts;
    s->opts.address = s->opts.token = NULL; /* need not outlive the call */
    s->limits = *limits;
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (opts->token && !(s->token = strdup(opts->token)))
        return TREAD_ERR_NOMEM;
    if (gethostname(s->hostname, sizeof s->hostname - 1) != 0)
        s->hostname[0] = '\0';
    if (s->wake_fd < 0)
        return TREAD_ERR_NOMEM;
    return tread_serve__records_create(&s->records, limits->n_ring);
}

/* @param fd  listening; libmicrohttpd's from now on, also when it fails */
static int start_daemon(tread_server *s, int fd, bool is_ipv6)
{
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (is_ipv6 ? MHD_USE_IPv6 : 0), (uint16_t)s->port,
        NULL, NULL, tread_serve__handle, s, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_NOTIFY_COMPLETED, tread_serve__completed, s, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)SERVE_MAX_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)SERVE_MAX_CONNECTIONS_PER_IP, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)s->limits.request_timeout_s, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!s->daemon)
        return TREAD_ERR_NOMEM;
    s->epoll_fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    MHD_run(s->daemon); /* puts the listening socket into the epoll set */
    int status = tread_thread__start(&s->thread, "serve", run, s);
    s->has_thread = status == TREAD_OK;
    return status;
}

int tread_serve__start_limited(tread_server **out, const tread_server_opts *opts,
                               const serve_limits *limits, tread_error *err)
{
    *out = NULL;
    const char *address = opts->address ? opts->address : usual_address;
    int status = check(opts, address, err);
    if (status != TREAD_OK)
        return status;
    tread_server *s = calloc(1, sizeof *s);
    if (!s)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    s->is_loopback = tread_serve__is_loopback(address);
    status = prepare(s, opts, limits);
    if (status != TREAD_OK) {
        tread_error__set(err, status, "out of memory");
        goto fail;
    }
    int fd = listen_on(address, opts->port);
    if (fd < 0) {
        status = fail_to_listen(address, opts->port, errno, err);
        goto fail;
    }
    s->port = port_of(fd);
    status = start_daemon(s, fd, strchr(address, ':') != NULL);
    if (status != TREAD_OK) {
        tread_error__set(err, status, "out of memory");
        goto fail;
    }
    *out = s;
    return TREAD_OK;

fail:
    tread_serve__stop(&s, 0);
    return status;
}

int tread_serve__start(tread_server **out, const tread_server_opts *opts, tread_error *err)
{
    return tread_serve__start_limited(out, opts, &tread_serve__usual_limits, err);
}

int tread_serve__port(const tread_server *s)
{
    return s->port;
}

void tread_serve__publish(tread_server *s, const char *type, bool is_retained, const char *json)
{
    tread_serve__records_add(s->records, type, is_retained, json);
    wake(s);
}

void tread_serve__picture(tread_server *s, const char *frame_json, const uint8_t *jpeg,
                          size_t jpeg_size)
{
    tread_serve__records_set_picture(s->records, frame_json, jpeg, jpeg_size);
    wake(s);
}

bool tread_serve__is_watched(const tread_server *s)
{
    return atomic_load(&s->n_watchers) > 0;
}

int tread_serve__n_listeners(const tread_server *s)
{
    return atomic_load(&s->n_listeners);
}

void tread_serve__stop(tread_server **server, int ms)
{
    tread_server *s = *server;
    if (!s)
        return;
    if (s->has_thread) {
        s->stop_by_ns = tread_clock__now_ns() + (ms > 0 ? ms : 0) * INT64_C(1000000);
        atomic_store(&s->is_stopping, true);
        wake(s);
        pthread_join(s->thread, NULL);
    }
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    if (s->wake_fd >= 0)
        close(s->wake_fd);
    tread_serve__records_destroy(&s->records);
    free(s->token);
    free(s);
    *server = NULL;
}
