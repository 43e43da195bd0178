/* What is asked for, whether it may be, and the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/access.h"
#include "serve/assets.h"
#include "serve/server.h"

enum target {
    TARGET_NONE = 0,
    TARGET_ASSET,
    TARGET_EVENTS,
    TARGET_PICTURES,
    TARGET_SESSION,
    TARGET_REPORT,
    TARGET_COMMAND,
};

typedef struct request {
    enum target target;
    const serve_asset *asset;
    size_t size; /* of body */
    char body[SERVE_MAX_BODY];
} request;

static const char cookie_name[] = "tread_token";

/* ---- answers -------------------------------------------------------------- */

/* On every answer: nothing is run, shown or sent to that does not come from here. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/* report.html carries all it needs in itself, and a stricter policy: its own script and style by
 * their hashes. */
static const char report_policy[] =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* @param response  NULL (out of memory): the connection is closed */
static enum MHD_Result reply_under(struct MHD_Connection *c, unsigned status,
                                   struct MHD_Response *response, const char *security_policy)
{
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Content-Security-Policy", security_policy);
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    enum MHD_Result result = MHD_queue_response(c, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result reply(struct MHD_Connection *c, unsigned status,
                             struct MHD_Response *response)
{
    return reply_under(c, status, response, policy);
}

static struct MHD_Response *with(struct MHD_Response *response, const char *header,
                                 const char *value)
{
    if (response)
        MHD_add_response_header(response, header, value);
    return response;
}

static struct MHD_Response *copied(const char *bytes, const char *type)
{
    /* libmicrohttpd takes no const here; it copies. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(bytes), (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
    return with(with(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"),
                MHD_HTTP_HEADER_CONTENT_TYPE, type);
}

static struct MHD_Response *sentence(const char *text)
{
    return copied(text, "text/plain; charset=utf-8");
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static const char *argument(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, name);
}

/* ---- may it be asked? ----------------------------------------------------- */

static enum target find_target(const char *path, const serve_asset **asset)
{
    static const struct {
        const char *path;
        enum target target;
    } targets[] = {
        {"/events", TARGET_EVENTS},        {"/pictures", TARGET_PICTURES},
        {"/session.json", TARGET_SESSION}, {"/report", TARGET_REPORT},
        {"/command", TARGET_COMMAND},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(path, targets[i].path) == 0)
            return targets[i].target;
    *asset = tread_serve__asset_find(path);
    return *asset ? TARGET_ASSET : TARGET_NONE;
}

static bool has_token(const tread_server *s, struct MHD_Connection *c)
{
    const char *cookie = MHD_lookup_connection_value(c, MHD_COOKIE_KIND, cookie_name);
    const char *bearer = tread_serve__bearer(header(c, MHD_HTTP_HEADER_AUTHORIZATION));
    bool is_in_link = tread_serve__is_token(argument(c, "token"), s->token);
    bool is_in_cookie = tread_serve__is_token(cookie, s->token);
    return is_in_link || is_in_cookie || tread_serve__is_token(bearer, s->token);
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof json - 1;
    return type && strncasecmp(type, json, n) == 0 && strchr("; \t", type[n]);
}

/* libmicrohttpd refuses a length that is no number. */
static bool is_too_long(struct MHD_Connection *c)
{
    const char *length = header(c, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length && strtoull(length, NULL, 10) > SERVE_MAX_BODY;
}

/* @return MHD_HTTP_OK, or the status to refuse with and the sentence why */
static unsigned refuse_stranger(const tread_server *s, struct MHD_Connection *c, const char **why)
{
    const char *host = header(c, MHD_HTTP_HEADER_HOST);
    const char *origin = header(c, MHD_HTTP_HEADER_ORIGIN);
    if (!tread_serve__is_host(host, s->is_loopback, s->hostname)) {
        *why = "This server answers only to an address of the machine it runs on.\n";
        return MHD_HTTP_FORBIDDEN;
    }
    if (origin && !tread_serve__is_origin(origin, host)) {
        *why = "This server does not answer to pages of other servers.\n";
        return MHD_HTTP_FORBIDDEN;
    }
    if (s->token && !has_token(s, c)) {
        *why = "Open the link that treadscope printed: it carries the token that is missing or "
               "wrong here.\n";
        return MHD_HTTP_UNAUTHORIZED;
    }
    return MHD_HTTP_OK;
}

static unsigned refuse_request(struct MHD_Connection *c, const request *r, const char *method,
                               const char **why)
{
    bool is_post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
    bool is_get =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    if (r->target == TARGET_NONE) {
        *why = "There is nothing here of this name.\n";
        return MHD_HTTP_NOT_FOUND;
    }
    if (r->target == TARGET_COMMAND ? !is_post : !is_get) {
        *why = "This name is not to be asked for in this way; see the Allow header.\n";
        return MHD_HTTP_METHOD_NOT_ALLOWED;
    }
    if (header(c, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        *why = "A body has to say its length (Content-Length).\n";
        return MHD_HTTP_LENGTH_REQUIRED;
    }
    if (is_too_long(c)) {
        *why = "A body may have 4096 bytes at most.\n";
        return MHD_HTTP_CONTENT_TOO_LARGE;
    }
    if (r->target == TARGET_COMMAND && !is_json(header(c, MHD_HTTP_HEADER_CONTENT_TYPE))) {
        *why = "A command is JSON: send Content-Type: application/json.\n";
        return MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }
    return MHD_HTTP_OK;
}

static enum MHD_Result refuse(struct MHD_Connection *c, const request *r, unsigned status,
                              const char *why)
{
    struct MHD_Response *response = sentence(why);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        with(response, MHD_HTTP_HEADER_ALLOW, r->target == TARGET_COMMAND ? "POST" : "GET, HEAD");
    if (status == MHD_HTTP_UNAUTHORIZED)
        with(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    return reply(c, status, response);
}

/* Only the headers are there: what is refused now is not read. */
static enum MHD_Result begin(tread_server *s, struct MHD_Connection *c, request *r,
                             const char *path, const char *method)
{
    const char *why = NULL;
    unsigned status = refuse_stranger(s, c, &why);
    if (status == MHD_HTTP_OK) {
        r->target = find_target(path, &r->asset);
        status = refuse_request(c, r, method, &why);
    }
    return status == MHD_HTTP_OK ? MHD_YES : refuse(c, r, status, why);
}

/* ---- answering ------------------------------------------------------------ */

/* From the printed link to the page: the token goes into a cookie no script can read, and out of
 * the address, where it would be seen. */
static enum MHD_Result answer_link(tread_server *s, struct MHD_Connection *c, const char *path)
{
    char cookie[512];
    int n = snprintf(cookie, sizeof cookie, "%s=%s; HttpOnly; SameSite=Lax; Path=/", cookie_name,
                     s->token);
    if (n < 0 || (size_t)n >= sizeof cookie)
        return MHD_NO;
    struct MHD_Response *response = sentence("");
    with(response, MHD_HTTP_HEADER_LOCATION, path);
    with(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    return reply(c, MHD_HTTP_SEE_OTHER, response);
}

static enum MHD_Result answer_asset(tread_server *s, struct MHD_Connection *c,
                                    const serve_asset *asset, const char *path)
{
    if (s->token && argument(c, "token"))
        return answer_link(s, c, path);
    const char *known = header(c, MHD_HTTP_HEADER_IF_NONE_MATCH);
    bool is_known = known && strstr(known, asset->etag);
    /* libmicrohttpd takes no const here; it only reads. */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        is_known ? 0 : asset->size, (void *)(uintptr_t)asset->data, MHD_RESPMEM_PERSISTENT);
    with(response, MHD_HTTP_HEADER_CONTENT_TYPE, tread_serve__asset_type(asset));
    with(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    with(response, MHD_HTTP_HEADER_ETAG, asset->etag);
    return reply(c, is_known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
}

static enum MHD_Result answer_stream(tread_server *s, struct MHD_Connection *c, bool is_pictures)
{
    const char *frames = argument(c, "frames");
    bool wants_frames = !frames || strcmp(frames, "0") != 0;
    struct MHD_Response *response = tread_serve__stream_response(s, c, is_pictures, wants_frames);
    with(response, MHD_HTTP_HEADER_CONTENT_TYPE,
         is_pictures ? "application/octet-stream" : "text/event-stream");
    with(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply(c, MHD_HTTP_OK, response);
}

static enum MHD_Result answer_document(tread_server *s, struct MHD_Connection *c,
                                       enum tread_serve_document which)
{
    bool is_report = which == TREAD_DOCUMENT_REPORT;
    if (is_report && s->token && argument(c, "token"))
        return answer_link(s, c, "/report");
    char *text = s->opts.on_document ? s->opts.on_document(s->opts.user, which) : NULL;
    if (!text)
        return reply(c, MHD_HTTP_NOT_FOUND,
                     sentence("There is none yet: it is made when the session is over.\n"));
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(text);
    with(response, MHD_HTTP_HEADER_CONTENT_TYPE,
         is_report ? "text/html; charset=utf-8" : "application/json");
    with(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply_under(c, MHD_HTTP_OK, response, is_report ? report_policy : policy);
}

/* `text` as the inside of a JSON string; what does not fit is cut. */
static void escape(char *out, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text && n + sizeof "\\u0000" <= size; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20)
            n += (size_t)sprintf(out + n, "\\u%04x", byte);
        else if (byte == '"' || byte == '\\')
            n += (size_t)sprintf(out + n, "\\%c", byte);
        else
            out[n++] = *text;
    }
    out[n] = '\0';
}

static enum MHD_Result answer_command(tread_server *s, struct MHD_Connection *c, const request *r)
{
    char why[256] = "No commands are taken here.";
    if (s->opts.on_command && s->opts.on_command(s->opts.user, r->body, r->size, why, sizeof why))
        return reply(c, MHD_HTTP_NO_CONTENT,
                     MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
    char escaped[6 * sizeof why], json[sizeof escaped + sizeof "{\"error\":\"\"}\n"];
    escape(escaped, sizeof escaped, why);
    snprintf(json, sizeof json, "{\"error\":\"%s\"}\n", escaped);
    return reply(c, MHD_HTTP_BAD_REQUEST, copied(json, "application/json"));
}

static enum MHD_Result answer(tread_server *s, struct MHD_Connection *c, const request *r,
                              const char *path)
{
    switch (r->target) {
    case TARGET_ASSET: return answer_asset(s, c, r->asset, path);
    case TARGET_EVENTS: return answer_stream(s, c, false);
    case TARGET_PICTURES: return answer_stream(s, c, true);
    case TARGET_SESSION: return answer_document(s, c, TREAD_DOCUMENT_SESSION);
    case TARGET_REPORT: return answer_document(s, c, TREAD_DOCUMENT_REPORT);
    case TARGET_COMMAND: return answer_command(s, c, r);
    case TARGET_NONE: break;
    }
    return MHD_NO;
}

/* ---- libmicrohttpd's calls ------------------------------------------------ */

enum MHD_Result tread_serve__handle(void *server, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *upload, size_t *upload_size, void **request_ptr)
{
    (void)version;
    tread_server *s = server;
    request *r = *request_ptr;
    if (!r) {
        if (atomic_load(&s->is_stopping) || !(r = calloc(1, sizeof *r)))
            return MHD_NO;
        *request_ptr = r;
        s->n_requests++;
        return begin(s, connection, r, path, method);
    }
    if (*upload_size == 0)
        return answer(s, connection, r, path);
    if (*upload_size > sizeof r->body - r->size)
        return MHD_NO; /* more than it said */
    memcpy(r->body + r->size, upload, *upload_size);
    r->size += *upload_size;
    *upload_size = 0;
    return MHD_YES;
}

void tread_serve__completed(void *server, struct MHD_Connection *connection, void **request_ptr,
                            enum MHD_RequestTerminationCode how)
{
    (void)connection;
    (void)how;
    tread_server *s = server;
    if (!*request_ptr)
        return;
    free(*request_ptr);
    *request_ptr = NULL;
    s->n_requests--;
}
