#include "cli/clips.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/outputs.h"
#include "cli/progress.h"

/* Exit status 0 to 6 are the program's own. */
#define DIED 100

typedef struct work {
    const char *clip;
    char dir[CLI_MAX_PATH];
    pid_t pid;
    FILE *said; /* its standard output */
    cli_clip_reply reply;
    bool is_over;
    int status;    /* of CLI_DONE ...; DIED: no longer ours to tell */
    char *text;    /* the reply's document; NULL = could not be read */
    char *picture; /* (n_picture) */
    size_t n_picture;
} work;

typedef struct crew {
    const cli_analyze_options *options;
    tread_rules *rules;
    cli_do_clip *do_clip;
    work *works; /* (n) */
    int n, n_started, n_running, n_told;
} crew;

/* ---- where ----------------------------------------------------------------------- */

/* Two clips of one name would write over each other. */
static int find_dirs(const crew *c)
{
    for (int i = 0; i < c->n; i++) {
        work *w = &c->works[i];
        w->clip = c->options->clips[i];
        if (!cli_output_dir(c->options, w->clip, false, w->dir, sizeof w->dir)) {
            fprintf(stderr, "treadscope: %.200s...: path too long\n", w->clip);
            return CLI_USAGE;
        }
        for (int k = 0; k < i; k++)
            if (strcmp(c->works[k].dir, w->dir) == 0) {
                fprintf(stderr,
                        "treadscope: %s, %s: both would write to %s; rename one, or measure them "
                        "one at a time\n",
                        c->works[k].clip, w->clip, w->dir);
                return CLI_USAGE;
            }
    }
    return CLI_DONE;
}

/* Where the page goes: --out, else beside the first clip. */
static void page_dir(const crew *c, char *dir, size_t size)
{
    const char *first = c->works[0].clip, *slash = strrchr(first, '/');
    if (c->options->out)
        snprintf(dir, size, "%s", c->options->out);
    else if (slash)
        snprintf(dir, size, "%.*s", slash == first ? 1 : (int)(slash - first), first);
    else
        snprintf(dir, size, ".");
}

/* ---- processes --------------------------------------------------------------------- */

static FILE *temporary(void)
{
    FILE *f = tmpfile();
    if (!f)
        fprintf(stderr, "treadscope: no room for temporary files (%s); see TMPDIR\n",
                strerror(errno));
    return f;
}

static _Noreturn void be_clip(const crew *c, work *w)
{
    /* Whoever started us may be killed: nobody would read what is left. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (c->options->n_jobs > 1)
        cli_progress_hide();
    if (dup2(fileno(w->said), STDOUT_FILENO) < 0)
        _exit(CLI_FAILED);
    int status = c->do_clip(c->options, c->rules, w->clip, &w->reply);
    bool is_whole =
        fflush(stdout) == 0 && fflush(w->reply.document) == 0 && fflush(w->reply.picture) == 0;
    _exit(is_whole ? status : CLI_OUTPUT);
}

static bool start(crew *c)
{
    work *w = &c->works[c->n_started];
    w->said = temporary();
    w->reply.document = temporary();
    w->reply.picture = temporary();
    if (!w->said || !w->reply.document || !w->reply.picture)
        return false;
    fflush(NULL); /* else both would print what waits */
    w->pid = fork();
    if (w->pid < 0) {
        fprintf(stderr, "treadscope: %s: no process for it (%s)\n", w->clip, strerror(errno));
        return false;
    }
    if (w->pid == 0)
        be_clip(c, w);
    c->n_started++;
    c->n_running++;
    return true;
}

static char *read_all(FILE *f, size_t *size)
{
    char *text = NULL;
    long end = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (end < 0 || !(text = malloc((size_t)end + 1)))
        return NULL;
    rewind(f);
    *size = fread(text, 1, (size_t)end, f);
    text[*size] = '\0';
    return text;
}

static void take_reply(work *w, int status)
{
    w->is_over = true;
    w->status = WIFEXITED(status) ? WEXITSTATUS(status) : DIED;
    if (w->status == DIED)
        fprintf(stderr,
                "treadscope: %s: the program failed on it (%s); the other clips are not touched. "
                "Please report it\n",
                w->clip, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "unknown");
    w->text = read_all(w->reply.document, &(size_t){0});
    w->picture = read_all(w->reply.picture, &w->n_picture);
}

static bool wait_for_one(crew *c)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0)
        return errno == EINTR;
    for (int i = 0; i < c->n_started; i++)
        if (c->works[i].pid == pid && !c->works[i].is_over) {
            take_reply(&c->works[i], status);
            c->n_running--;
        }
    return true;
}

/* What the clips printed, in their order whoever ended first. */
static void tell(crew *c)
{
    for (; c->n_told < c->n_started && c->works[c->n_told].is_over; c->n_told++) {
        work *w = &c->works[c->n_told];
        size_t size = 0;
        char *text = read_all(w->said, &size);
        if (size > 0 && c->n_told > 0 && !c->options->is_json_wanted)
            putchar('\n');
        if (text)
            fwrite(text, 1, size, stdout);
        fflush(stdout);
        free(text);
    }
}

static bool run(crew *c)
{
    bool is_good = true;
    while (is_good && c->n_told < c->n) {
        while (is_good && c->n_started < c->n && c->n_running < c->options->n_jobs)
            is_good = start(c);
        is_good = is_good && wait_for_one(c);
        tell(c);
    }
    while (c->n_running > 0 && wait_for_one(c))
        tell(c);
    return is_good;
}

/* ---- the page ------------------------------------------------------------------------- */

/* As seen from the page: below its folder where that is so, else from the root. */
static char *link_to(const work *w, const char *dir)
{
    char path[CLI_MAX_PATH + 32], here[CLI_MAX_PATH] = "", *link = NULL;
    size_t n = strlen(dir), size;
    snprintf(path, sizeof path, "%s/report.html", w->dir);
    if (strcmp(dir, ".") == 0 && *path != '/')
        return strdup(path);
    if (strncmp(path, dir, n) == 0 && path[n] == '/')
        return strdup(path + n + 1);
    if (*path != '/' && !getcwd(here, sizeof here))
        return NULL;
    size = strlen(here) + strlen(path) + 2;
    if ((link = malloc(size)))
        snprintf(link, size, "%s%s%s", here, *here ? "/" : "", path);
    return link;
}

/* Why it failed, without its name, which stands above. */
static const char *failure_of(const work *w)
{
    size_t n = strlen(w->clip);
    if (w->status == DIED || !w->text || !*w->text)
        return "the program failed on it";
    return strncmp(w->text, w->clip, n) == 0 && w->text[n] == ':'
               ? w->text + n + 1 + strspn(w->text + n + 1, " ")
               : w->text;
}

static int write_page(const crew *c, const char *dir, const char *name, tread_error *err)
{
    tread_outfile *file = NULL;
    tread_index_entry *entries = calloc((size_t)c->n, sizeof *entries);
    char **links = calloc((size_t)c->n, sizeof *links);
    int status =
        entries && links ? TREAD_OK : tread_error__set(err, TREAD_ERR_NOMEM, "out of memory");
    for (int i = 0; status == TREAD_OK && i < c->n; i++) {
        const work *w = &c->works[i];
        bool is_done = w->status == CLI_DONE;
        if (is_done && c->options->formats & CLI_FORMAT_HTML)
            links[i] = link_to(w, dir);
        entries[i] = (tread_index_entry){
            .clip = w->clip,
            .report = links[i],
            .document = is_done ? w->text : NULL,
            .failure = is_done ? NULL : failure_of(w),
            .jpeg = is_done && w->n_picture > 0 ? (const uint8_t *)w->picture : NULL,
            .jpeg_size = w->n_picture};
    }
    bool was_made;
    if (status == TREAD_OK)
        status = cli_make_dir(dir, &was_made, err);
    if (status == TREAD_OK)
        status = tread_report__outfile_open(&file, dir, name, err);
    if (status == TREAD_OK)
        status = tread_report__index_html(tread_report__outfile_stream(file), entries, (size_t)c->n,
                                          c->rules, err);
    if (status == TREAD_OK)
        status = tread_report__outfile_commit(&file, err);
    tread_report__outfile_abandon(&file);
    for (int i = 0; links && i < c->n; i++)
        free(links[i]);
    free(links);
    free(entries);
    return status;
}

static int compare(const crew *c)
{
    char dir[CLI_MAX_PATH];
    tread_error err = {.code = TREAD_ERR_INTERNAL};
    const char *name = c->options->out ? "index.html" : "treadscope.html";
    page_dir(c, dir, sizeof dir);
    err.code = write_page(c, dir, name, &err);
    if (err.code != TREAD_OK)
        return cli_fail(&err);
    if (!c->options->is_json_wanted)
        printf("\nCompared in %s/%s\n", dir, name);
    return CLI_DONE;
}

int cli_do_clips(const cli_analyze_options *o, tread_rules *rules, cli_do_clip *do_clip)
{
    crew c = {.options = o, .rules = rules, .do_clip = do_clip, .n = o->n_clips};
    c.works = calloc((size_t)c.n, sizeof *c.works);
    if (!c.works) {
        fputs("treadscope: out of memory\n", stderr);
        return CLI_FAILED;
    }
    int worst = find_dirs(&c);
    if (worst == CLI_DONE) {
        bool is_good = run(&c);
        for (int i = 0; i < c.n && worst == CLI_DONE; i++)
            worst = c.works[i].status == DIED ? CLI_FAILED : c.works[i].status;
        if (!is_good)
            worst = CLI_FAILED;
        else if (o->formats & CLI_FORMAT_HTML && compare(&c) != CLI_DONE && worst == CLI_DONE)
            worst = CLI_OUTPUT;
    }
    for (int i = 0; i < c.n; i++) {
        work *w = &c.works[i];
        FILE *const files[] = {w->said, w->reply.document, w->reply.picture};
        for (size_t k = 0; k < sizeof files / sizeof *files; k++)
            if (files[k])
                fclose(files[k]);
        free(w->text);
        free(w->picture);
    }
    free(c.works);
    return worst;
}
