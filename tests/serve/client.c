#include "serve/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

tread_server *client_start_server(const tread_server_opts *opts)
{
    tread_server *s;
    tread_error err = {0};
    if (tread_serve__start(&s, opts, &err) != TREAD_OK)
        fail_msg("no server: %s", err.text);
    assert_true(tread_serve__port(s) > 0);
    return s;
}

int client_connect(int port, int receive_buffer)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    struct sockaddr_in a = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
        fail_msg("port %d: %s", port, strerror(errno));
    return fd;
}

void client_send(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        at += n;
        size -= (size_t)n;
    }
}

const client_answer *client_ask(int port, const char *request)
{
    static client_answer a;
    int fd = client_connect(port, 0);
    client_send(fd, request, strlen(request));
    size_t n = 0;
    ssize_t got;
    while (n < sizeof a.text - 1 && (got = recv(fd, a.text + n, sizeof a.text - 1 - n, 0)) > 0)
        n += (size_t)got;
    close(fd);
    a.text[n] = '\0';
    a.status = 0;
    sscanf(a.text, "HTTP/1.%*d %d", &a.status);
    const char *end = strstr(a.text, "\r\n\r\n");
    a.body = end ? end + 4 : a.text + n;
    return &a;
}

const client_answer *client_get(int port, const char *method_and_path, const char *headers)
{
    char request[16384];
    snprintf(request, sizeof request,
             "%s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s\r\n", method_and_path,
             port, headers);
    return client_ask(port, request);
}

const char *client_header(const client_answer *a, const char *name)
{
    static char value[1024];
    char start[128];
    snprintf(start, sizeof start, "\r\n%s: ", name);
    const char *found = strstr(a->text, start);
    if (!found || found > a->body)
        return "";
    found += strlen(start);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(found, "\r"), found);
    return value;
}

/* ---- streams -------------------------------------------------------------- */

static bool raw(client_stream *s, unsigned char *byte)
{
    if (s->at == s->n) {
        ssize_t got = recv(s->fd, s->bytes, sizeof s->bytes, 0);
        s->has_failed |= got < 0;
        if (got <= 0)
            return false;
        s->n = (size_t)got;
        s->at = 0;
    }
    *byte = s->bytes[s->at++];
    return true;
}

/* A line without its end. */
static bool raw_line(client_stream *s, char *out, size_t size)
{
    size_t n = 0;
    unsigned char byte;
    while (raw(s, &byte)) {
        if (byte == '\n') {
            out[n > 0 && out[n - 1] == '\r' ? n - 1 : n] = '\0';
            return true;
        }
        if (n < size - 1)
            out[n++] = (char)byte;
    }
    return false;
}

/* @return false: no more, and has_ended tells whether it was said so */
static bool next_chunk(client_stream *s)
{
    char line[64];
    if (!raw_line(s, line, sizeof line))
        return false;
    if (!*line && !raw_line(s, line, sizeof line)) /* the end of the chunk before */
        return false;
    s->chunk_left = strtoul(line, NULL, 16);
    s->has_ended = s->chunk_left == 0;
    return !s->has_ended;
}

static bool byte_of(client_stream *s, unsigned char *byte)
{
    if (s->is_chunked) {
        if (s->chunk_left == 0 && !next_chunk(s))
            return false;
        s->chunk_left--;
    }
    return raw(s, byte);
}

void client_open(client_stream *s, int port, const char *path, const char *version,
                 int receive_buffer)
{
    *s = (client_stream){.fd = client_connect(port, receive_buffer)};
    char line[1024];
    snprintf(line, sizeof line, "GET %s HTTP/%s\r\nHost: 127.0.0.1:%d\r\n\r\n", path, version,
             port);
    client_send(s->fd, line, strlen(line));
    assert_true(raw_line(s, line, sizeof line));
    if (!strstr(line, " 200 "))
        fail_msg("%s: %s", path, line);
    while (raw_line(s, line, sizeof line) && *line)
        s->is_chunked |= strcmp(line, "Transfer-Encoding: chunked") == 0;
}

bool client_read(client_stream *s, void *out, size_t size)
{
    unsigned char *bytes = out;
    for (size_t i = 0; i < size; i++)
        if (!byte_of(s, &bytes[i]))
            return false;
    return true;
}

static bool line_of(client_stream *s, char *out, size_t size)
{
    size_t n = 0;
    char byte;
    while (client_read(s, &byte, 1)) {
        if (byte == '\n') {
            out[n] = '\0';
            return true;
        }
        if (n < size - 1)
            out[n++] = byte;
    }
    return false;
}

bool client_read_event(client_stream *s, client_event *e)
{
    char line[sizeof e->data];
    *e = (client_event){.id = 0};
    while (line_of(s, line, sizeof line)) {
        if (!*line && e->type[0])
            return true;
        s->n_comments += line[0] == ':';
        sscanf(line, "event: %31s", e->type);
        sscanf(line, "id: %llu", &e->id);
        if (strncmp(line, "data: ", 6) == 0)
            snprintf(e->data, sizeof e->data, "%s", line + 6);
    }
    return false;
}

bool client_read_comment(client_stream *s)
{
    char line[256];
    while (line_of(s, line, sizeof line))
        if (line[0] == ':')
            return true;
    return false;
}

void client_close(client_stream *s)
{
    close(s->fd);
}

double client_now_s(void)
{
    return 1e-9 * (double)tread_clock__now_ns();
}

bool client_wait_watched(const tread_server *s, bool is_watched)
{
    for (double until_s = client_now_s() + 5.0; client_now_s() < until_s;) {
        if (tread_serve__is_watched(s) == is_watched)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return false;
}
