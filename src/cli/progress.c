#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 30

static bool is_hidden;

bool cli_progress_is_shown(void)
{
    return !is_hidden && isatty(STDERR_FILENO);
}

void cli_progress_hide(void)
{
    is_hidden = true;
}

void cli_progress_share(const char *label, double share, double elapsed_s)
{
    if (!(share >= 0))
        share = 0;
    if (share > 1)
        share = 1;
    char bar[BAR_WIDTH + 1];
    int n_full = (int)lround(share * BAR_WIDTH);
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)n_full);
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%-9s [%s] %3d %%", label, bar, (int)(share * 100));
    if (share > 0.02 && elapsed_s > 0.5)
        fprintf(stderr, "  %d s left ", (int)ceil(elapsed_s / share - elapsed_s));
    fputs("\033[K", stderr);
}

bool cli_progress(void *user, const tread_progress *p)
{
    if (p->duration_s > 0)
        cli_progress_share(user, p->time_s / p->duration_s, p->elapsed_s);
    else
        fprintf(stderr, "\r%-9s %lld frames\033[K", (const char *)user, (long long)p->n_frames);
    return true;
}

void cli_progress_end(void)
{
    fputs("\r\033[K", stderr);
}
