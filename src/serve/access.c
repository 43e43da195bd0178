#include "serve/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A name has at most 253 characters (RFC 1035, 2.3.4). */
enum { NAME_SIZE = 256 };

static bool is_loopback_4(const char *address)
{
    struct in_addr a;
    return inet_pton(AF_INET, address, &a) == 1 && ntohl(a.s_addr) >> 24 == 127;
}

static bool is_loopback_6(const char *address)
{
    struct in6_addr a;
    return inet_pton(AF_INET6, address, &a) == 1 && IN6_IS_ADDR_LOOPBACK(&a);
}

bool tread_serve__is_loopback(const char *address)
{
    return is_loopback_4(address) || is_loopback_6(address);
}

static bool is_port(const char *text)
{
    return *text && strlen(text) <= 5 && strspn(text, "0123456789") == strlen(text);
}

/* `name` becomes the host without its port, and of an IPv6 address without its brackets.
 * @return false: it is no host */
static bool split_host(const char *host, char name[NAME_SIZE], bool *is_bracketed)
{
    *is_bracketed = host[0] == '[';
    const char *start = host + *is_bracketed;
    size_t length = strcspn(start, *is_bracketed ? "]" : ":");
    if (length == 0 || length >= NAME_SIZE)
        return false;
    memcpy(name, start, length);
    name[length] = '\0';
    const char *rest = start + length;
    if (*is_bracketed && *rest++ != ']')
        return false;
    return *rest == '\0' || (*rest == ':' && is_port(rest + 1));
}

static bool is_own_name(const char *name, const char *hostname)
{
    char local[NAME_SIZE + sizeof ".local"];
    snprintf(local, sizeof local, "%s.local", hostname);
    return hostname[0] && (strcasecmp(name, hostname) == 0 || strcasecmp(name, local) == 0);
}

bool tread_serve__is_host(const char *host, bool is_loopback, const char *hostname)
{
    char name[NAME_SIZE];
    bool is_bracketed;
    if (!host || !split_host(host, name, &is_bracketed))
        return false;
    if (is_bracketed) {
        struct in6_addr a;
        return is_loopback ? is_loopback_6(name) : inet_pton(AF_INET6, name, &a) == 1;
    }
    if (strcasecmp(name, "localhost") == 0 || is_loopback_4(name))
        return true;
    struct in_addr a;
    return !is_loopback && (inet_pton(AF_INET, name, &a) == 1 || is_own_name(name, hostname));
}

bool tread_serve__is_origin(const char *origin, const char *host)
{
    static const char scheme[] = "http://";
    size_t n = sizeof scheme - 1;
    return strncasecmp(origin, scheme, n) == 0 && strcasecmp(origin + n, host) == 0;
}

bool tread_serve__is_token(const char *given, const char *token)
{
    size_t n = strlen(token);
    if (!given || strlen(given) != n)
        return false;
    unsigned difference = 0;
    for (size_t i = 0; i < n; i++)
        difference |= (unsigned char)given[i] ^ (unsigned char)token[i];
    return difference == 0;
}

const char *tread_serve__bearer(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    size_t n = sizeof scheme - 1;
    return authorization && strncasecmp(authorization, scheme, n) == 0 ? authorization + n : NULL;
}

bool tread_serve__is_plain_token(const char *token)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return token[0] && strspn(token, plain) == strlen(token);
}
