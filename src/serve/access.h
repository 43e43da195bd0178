/* access: who may ask. Pure functions of what a request says; any thread.
 *
 * A web page of anybody can make the browser of this machine send requests here. `Host` tells them
 * from ours where a foreign name was pointed at this machine (DNS rebinding), `Origin` where they
 * are sent from another page, the token keeps out other machines. */
#ifndef SERVE_ACCESS_H
#define SERVE_ACCESS_H

#include <stdbool.h>

/** Is the numeric address one that only this machine reaches: 127.0.0.0/8 or ::1? */
bool tread_serve__is_loopback(const char *address);

/** May `host`, the value of a Host header or NULL, be a name of this server? The port is not
 *  looked at: a tunnel changes it.
 *  @param is_loopback  only localhost, 127.0.0.0/8 and [::1] are; else any address,
 *                      localhost, and the machine's name
 *  @param hostname     of this machine, without .local */
bool tread_serve__is_host(const char *host, bool is_loopback, const char *hostname);

/** Does `origin`, the value of an Origin header, name the server that `host` names? */
bool tread_serve__is_origin(const char *origin, const char *host);

/** Is the token given (or NULL) the right one? Takes equally long wherever they differ. */
bool tread_serve__is_token(const char *given, const char *token);

/** The token in an Authorization header (or NULL), or NULL. Points into it. */
const char *tread_serve__bearer(const char *authorization);

/** Can the token be written into a link and a cookie as it is: [A-Za-z0-9_-]+? */
bool tread_serve__is_plain_token(const char *token);

#endif
