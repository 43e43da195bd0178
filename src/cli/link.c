#define _DEFAULT_SOURCE /* getifaddrs, IFF_UP */
#include "cli/link.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <qrencode.h>
#include <string.h>
#include <sys/random.h>

bool cli_make_token(char token[CLI_TOKEN_CHARS + 1])
{
    unsigned char bytes[CLI_TOKEN_CHARS / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* This machine's first address that is up and not loopback. */
static bool find_own_address(char *text, size_t size)
{
    struct ifaddrs *all;
    bool is_found = false;
    if (getifaddrs(&all) != 0)
        return false;
    for (const struct ifaddrs *i = all; i && !is_found; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !(i->ifa_flags & IFF_UP) ||
            i->ifa_flags & IFF_LOOPBACK)
            continue;
        struct sockaddr_in in;
        memcpy(&in, i->ifa_addr, sizeof in);
        is_found = inet_ntop(AF_INET, &in.sin_addr, text, (socklen_t)size) != NULL;
    }
    freeifaddrs(all);
    return is_found;
}

void cli_make_link(char *link, size_t size, const char *address, int port, const char *token)
{
    char own[INET6_ADDRSTRLEN];
    if (!address)
        address = "127.0.0.1";
    else if ((strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0) &&
             find_own_address(own, sizeof own))
        address = own;
    bool is_v6 = strchr(address, ':') != NULL;
    snprintf(link, size, "http://%s%s%s:%d/%s%s", is_v6 ? "[" : "", address, is_v6 ? "]" : "", port,
             token ? "?token=" : "", token ? token : "");
}

/* Two rows of modules in one of text; light on dark terminals too, because light modules are
 * painted and dark ones are made black. */
void cli_print_code(FILE *f, const char *link)
{
    enum { QUIET = 2 };
    QRcode *code = QRcode_encodeString8bit(link, 0, QR_ECLEVEL_L);
    if (!code)
        return;
    int n = code->width;
    for (int y = -QUIET; y < n + QUIET; y += 2) {
        fputs("  \033[30;107m", f);
        for (int x = -QUIET; x < n + QUIET; x++) {
            bool is_inside = x >= 0 && x < n;
            bool top = is_inside && y >= 0 && y < n && code->data[y * n + x] & 1;
            bool low = is_inside && y + 1 >= 0 && y + 1 < n && code->data[(y + 1) * n + x] & 1;
            fputs(top && low ? "█" : top ? "▀" : low ? "▄" : " ", f);
        }
        fputs("\033[0m\n", f);
    }
    QRcode_free(code);
}
