/* The other end of the wire, on bare sockets: asks one thing, or reads a stream bit by bit. */
#ifndef TESTS_SERVE_CLIENT_H
#define TESTS_SERVE_CLIENT_H

#include "support.h"

#include <stdbool.h>

#include "serve/serve.h"

/** An answer in full. */
typedef struct client_answer {
    int status;       /* 0: none, the connection was closed */
    char text[65536]; /* all of it, terminated */
    const char *body; /* in text */
} client_answer;

/** A server with these options (port: any), which has to start. */
tread_server *client_start_server(const tread_server_opts *opts);

/** Connected to 127.0.0.1. @param receive_buffer  bytes; 0 = usual */
int client_connect(int port, int receive_buffer);

/** Send what the other end takes. */
void client_send(int fd, const void *bytes, size_t size);

/** Send `request` and read the answer until the connection is closed. Static buffer. */
const client_answer *client_ask(int port, const char *request);

/** The same for "METHOD PATH" and header lines (each with \r\n, or ""), with a Host that is let
 *  through, and Connection: close. */
const client_answer *client_get(int port, const char *method_and_path, const char *headers);

/** Value of a header of the answer, "" when it is not there. Static buffer. */
const char *client_header(const client_answer *a, const char *name);

/** A stream that is being read; waits at most 10 s for every byte. */
typedef struct client_stream {
    int fd;
    bool is_chunked, has_ended, has_failed;
    size_t chunk_left;
    unsigned char bytes[4096];
    size_t n, at;
    int n_comments; /* of /events, seen so far */
} client_stream;

typedef struct client_event {
    char type[32];
    unsigned long long id;
    char data[8192];
} client_event;

/** Ask for a stream and read up to its first byte. @param version  "1.1" or "1.0" */
void client_open(client_stream *s, int port, const char *path, const char *version,
                 int receive_buffer);
/** @return false: the stream has ended (well), or failed */
bool client_read(client_stream *s, void *out, size_t size);
bool client_read_event(client_stream *s, client_event *e);
/** Read until a comment. */
bool client_read_comment(client_stream *s);
void client_close(client_stream *s);

double client_now_s(void);
/** @return does `*s` come to be (un)watched within 5 s? */
bool client_wait_watched(const tread_server *s, bool is_watched);

#endif
