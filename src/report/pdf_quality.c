/* The end of report.pdf: what is missing and why, how well it could be measured, and who says
 * what is usual. */
#include "report/pdf.h"

#include <stdlib.h>
#include <string.h>

/* One entry after the other, in two columns. */
#define MOST_ENTRIES (2 * TREAD_N_MEASURES)
typedef struct entries {
    char *name[MOST_ENTRIES], *words[MOST_ENTRIES];
    size_t n;
} entries;

/* The name is taken, the words are the note's. */
static void add(pdf *p, entries *e, char *name)
{
    e->name[e->n] = name;
    e->words[e->n] = strdup(note_end(&p->note));
    if (e->name[e->n] && e->words[e->n]) {
        e->n++;
        return;
    }
    free(e->name[e->n]);
    free(e->words[e->n]);
    p->is_short = true;
}

static pdf_style name_style(void)
{
    return (pdf_style){.size_pt = 7.4, .colour = PDF_INK, .is_bold = true, .most_lines = 3};
}

static pdf_style words_style(const pdf *p)
{
    int most_lines = p->ease == 1 ? 9 : p->ease > 0.7 ? 4 : 2;
    return (pdf_style){.size_pt = 7.2, .colour = PDF_MUTED, .most_lines = most_lines};
}

#define COLUMN ((PDF_WIDTH - 1.6 * PDF_GAP) / 2)
#define BELOW 3.5 /* an entry */

static double entry_height(pdf *p, const entries *e, size_t i)
{
    return pdf_text_height(p, COLUMN, name_style(), e->name[i]) +
           pdf_text_height(p, COLUMN, words_style(p), e->words[i]) + BELOW;
}

static void draw_entry(pdf *p, const entries *e, size_t i, double x)
{
    p->y += pdf_text(p, x, p->y, COLUMN, name_style(), e->name[i]);
    p->y += pdf_text(p, x, p->y, COLUMN, words_style(p), e->words[i]) + BELOW;
}

/* From the `first` on, as many as this page takes: half of them to the left, the rest beside it.
 * @return the first that is left over */
static size_t draw_columns(pdf *p, const entries *e, size_t first)
{
    double top = p->y + 2, below = top, all = 0;
    size_t i = first;
    for (size_t k = first; k < e->n; k++)
        all += entry_height(p, e, k);
    for (int column = 0; column < 2; column++) {
        double x = PDF_LEFT + column * (COLUMN + 1.6 * PDF_GAP);
        bool is_empty = true;
        p->y = top;
        while (i < e->n && (column == 1 || p->y < top + 0.5 * all) &&
               (is_empty || p->y + entry_height(p, e, i) <= PDF_BOTTOM)) {
            draw_entry(p, e, i++, x);
            is_empty = false;
        }
        below = p->y > below ? p->y : below;
    }
    p->y = below;
    return i;
}

static void draw_entries(pdf *p, const char *heading, entries *e)
{
    if (e->n > 0)
        pdf_heading(p, heading, entry_height(p, e, 0));
    for (size_t i = 0; i < e->n;) {
        i = draw_columns(p, e, i);
        if (i < e->n)
            pdf_need(p, PDF_PAGE_HEIGHT);
    }
    for (size_t i = 0; i < e->n; i++) {
        free(e->name[i]);
        free(e->words[i]);
    }
}

static void draw_missing(pdf *p)
{
    bool is_told[TREAD_N_MEASURES] = {false}, is_of_reason[TREAD_N_MEASURES];
    entries e = {.n = 0};
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        if (is_told[id] || !story_is_listed(&p->s, id, false))
            continue;
        const char *reason = story_missing(&p->s, id, is_told, is_of_reason);
        FILE *f = note_begin(&p->note);
        say_sentence(f, reason);
        char *name = strdup(note_end(&p->note));
        f = note_begin(&p->note);
        for (int k = id; k < TREAD_N_MEASURES; k++)
            if (is_of_reason[k]) {
                fputs(k == id ? "" : "; ", f);
                story_measure_name(f, &p->s, (size_t)k);
            }
        add(p, &e, name);
    }
    draw_entries(p, "Not measured, and why", &e);
}

/* Measures that have their range from the same source as `first`, from there on; each once. */
static void say_measures_of(FILE *f, const story *s, int first, const char *source, bool *is_told)
{
    double low, high;
    const char *other;
    for (int id = first; id < TREAD_N_MEASURES; id++) {
        if (is_told[id] || !story_is_listed(s, id, true) ||
            !story_usual(s, (enum tread_measure_id)id, &low, &high, &other) ||
            strcmp(other, source) != 0)
            continue;
        is_told[id] = true;
        fprintf(f, "%s%s", id == first ? "" : "; ",
                tread_measure_describe((enum tread_measure_id)id)->title);
    }
}

static void draw_sources(pdf *p)
{
    bool is_told[TREAD_N_MEASURES] = {false};
    entries e = {.n = 0};
    for (int id = 0; id < TREAD_N_MEASURES; id++) {
        double low, high;
        const char *source;
        if (is_told[id] || !story_is_listed(&p->s, id, true) ||
            !story_usual(&p->s, (enum tread_measure_id)id, &low, &high, &source))
            continue;
        say_measures_of(note_begin(&p->note), &p->s, id, source, is_told);
        char *name = strdup(note_end(&p->note));
        say_sentence(note_begin(&p->note), source);
        add(p, &e, name);
    }
    draw_entries(p, "Where the usual ranges come from", &e);
}

static void draw_qualities(pdf *p)
{
    entries e = {.n = 0};
    for (size_t i = 0; i < STORY_N_QUALITIES; i++) {
        if (!story_quality_name(&p->s, i))
            continue;
        char *name = strdup(story_quality_name(&p->s, i));
        story_quality(note_begin(&p->note), &p->s, i);
        add(p, &e, name);
    }
    draw_entries(p, "How well it could be measured", &e);
}

void pdf_quality(pdf *p)
{
    draw_missing(p);
    draw_qualities(p);
    draw_sources(p);
}
