/* The link a browser opens. */
#ifndef CLI_LINK_H
#define CLI_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CLI_TOKEN_CHARS 32

/** A key nobody can guess. False: the system gives no random numbers. */
bool cli_make_token(char token[CLI_TOKEN_CHARS + 1]);

/** @param address  as served on; NULL = loopback. Of "all" the one others most likely reach.
 *  @param token  NULL = none */
void cli_make_link(char *link, size_t size, const char *address, int port, const char *token);

/** As a QR code made of half blocks. Nothing when it cannot be made. */
void cli_print_code(FILE *f, const char *link);

#endif
