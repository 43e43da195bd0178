/* serve: the live page over HTTP. Knows records as text and pictures as JPEG, not what is in
 * them; STREAM.md says what goes over the wire.
 *
 * Threads: one, named "serve", which runs libmicrohttpd: it reads and writes every connection and
 * waits for none of them. Publishing copies and returns at once, from any thread. Start and stop on
 * one thread, with nobody publishing any more at stop. */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <treadscope/status.h>

typedef struct tread_server tread_server;

/* What there is when the session is over. */
enum tread_serve_document { TREAD_DOCUMENT_SESSION, TREAD_DOCUMENT_REPORT };

typedef struct tread_server_opts {
    const char *address; /* to listen on, numeric, "0.0.0.0" or "::" for all; NULL = 127.0.0.1 */
    int port;            /* 0 = any that is free */
    const char *token;   /* [A-Za-z0-9_-]+, every request needs it; NULL = none, and only loopback
                            is allowed */
    /** POST /command: its body, at most 4096 bytes, not terminated by anything.
     *  @param[out] why  (why_size) one sentence when it is refused
     *  @return was it taken? Called on the serve thread; must not block */
    bool (*on_command)(void *user, const char *json, size_t size, char *why, size_t why_size);
    /** GET /session.json and /report: malloc'd text, freed by the server; NULL = none yet (404).
     * Called on the serve thread. */
    char *(*on_document)(void *user, enum tread_serve_document which);
    void *user;
} tread_server_opts;

/** Start serving. Options are copied, `user` has to live until stop.
 *  @return TREAD_OK; TREAD_ERR_OUTPUT: the port is in use (the text offers a free one) or the
 *          address is not one of this machine; TREAD_ERR_ARG; TREAD_ERR_NOMEM */
TREAD_WARN_UNUSED int tread_serve__start(tread_server **out, const tread_server_opts *opts,
                                         tread_error *err);
int tread_serve__port(const tread_server *s);

/** Give a record to whoever listens to /events. Out of memory, it is missed by all.
 *  @param type  static text, [a-z]+
 *  @param is_retained  whoever comes later gets the newest of this type first
 *  @param json  one line, copied */
void tread_serve__publish(tread_server *s, const char *type, bool is_retained, const char *json);

/** The newest picture; takes the place of one not sent yet. All copied. */
void tread_serve__picture(tread_server *s, const char *frame_json, const uint8_t *jpeg,
                          size_t jpeg_size);

/** Does anybody watch /pictures, so that it is worth drawing them? Any thread. */
bool tread_serve__is_watched(const tread_server *s);

/** How many listen to /events. Any thread. */
int tread_serve__n_listeners(const tread_server *s);

/** Give what is published up to `ms` to go out, then close every connection; returns sooner when
 *  all is out. NULL-safe, sets NULL. */
void tread_serve__stop(tread_server **s, int ms);

#endif
