/* Text: pango shapes and cairo renders each glyph once per size and weight; from
 * then on text is copied from coverage kept in a table. */
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "vision/canvas.h"

/* Slots of the table, a power of two, and how many may be taken. A clip needs some
 * fifty; past the bound the table starts over, so that memory stays bounded. */
#define N_SLOTS 1024
#define MAX_GLYPHS 768
#define MIN_SIZE_PX 4.0
#define MAX_SIZE_PX 512.0
/* Width of the halo on each side of a stroke, in ems, and at least in px. */
#define HALO_EM 0.07
#define MIN_HALO_PX 1.25

typedef struct glyph {
    uint64_t key;      /* 0 = free slot */
    uint8_t *coverage; /* (2, height, width): letter, then letter with halo; NULL = blank */
    int width, height;
    int left, top; /* of the coverage, from the pen on the baseline */
    int advance;
} glyph;

struct vision_font {
    PangoFontMap *map;
    PangoContext *context;
    PangoLayout *layout;
    PangoFontDescription *description;
    size_t n_glyphs;
    glyph slots[N_SLOTS];
};

/* ---- fonts ----------------------------------------------------------------- */

static void set_font_options(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
}

int vision_font_create(vision_font **out, tread_error *err)
{
    *out = NULL;
    vision_font *f = calloc(1, sizeof *f);
    if (!f)
        return tread_error__set(err, TREAD_ERR_NOMEM, "out of memory for fonts");
    f->map = pango_cairo_font_map_new();
    f->context = pango_font_map_create_context(f->map);
    set_font_options(f->context);
    f->description = pango_font_description_from_string("DejaVu Sans, sans-serif");
    pango_font_description_set_absolute_size(f->description, 16 * PANGO_SCALE);
    PangoFont *font = pango_font_map_load_font(f->map, f->context, f->description);
    if (!font) {
        vision_font_destroy(&f);
        return tread_error__set(err, TREAD_ERR_INTERNAL,
                                "no font found to write with: install one, for example the "
                                "package fonts-dejavu-core");
    }
    g_object_unref(font);
    f->layout = pango_layout_new(f->context);
    *out = f;
    return TREAD_OK;
}

static void forget_glyphs(vision_font *f)
{
    for (size_t i = 0; i < N_SLOTS; i++) {
        free(f->slots[i].coverage);
        f->slots[i] = (glyph){0};
    }
    f->n_glyphs = 0;
}

void vision_font_destroy(vision_font **f)
{
    if (!f || !*f)
        return;
    forget_glyphs(*f);
    if ((*f)->layout)
        g_object_unref((*f)->layout);
    if ((*f)->description)
        pango_font_description_free((*f)->description);
    if ((*f)->context)
        g_object_unref((*f)->context);
    if ((*f)->map)
        g_object_unref((*f)->map);
    free(*f);
    *f = NULL;
}

/* ---- one glyph ------------------------------------------------------------- */

/* Size in quarter pixels. */
static unsigned size_quarters(double size_px)
{
    return (unsigned)lround(4 * fmax(fmin(size_px, MAX_SIZE_PX), MIN_SIZE_PX));
}

static uint64_t glyph_key(const tread_text_style *style, gunichar code_point)
{
    return (uint64_t)1 << 63 | (uint64_t)size_quarters(style->size_px) << 32 |
           (uint64_t)style->is_bold << 31 | code_point;
}

static void copy_rows(uint8_t *to, cairo_surface_t *surface, int width, int height)
{
    cairo_surface_flush(surface);
    const uint8_t *from = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < height; y++)
        memcpy(to + (ptrdiff_t)y * width, from + (ptrdiff_t)y * stride, (size_t)width);
}

/* The letter and its halo, drawn with the layout's corner at (x, y). */
static bool render(PangoLayout *layout, glyph *g, int x, int y, double halo)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, g->width, g->height);
    cairo_t *cr = cairo_create(surface);
    size_t n = (size_t)g->width * (size_t)g->height;
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    bool is_done = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    if (is_done) {
        copy_rows(g->coverage, surface, g->width, g->height);
        cairo_move_to(cr, x, y);
        pango_cairo_layout_path(cr, layout);
        cairo_set_line_width(cr, 2 * halo);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        is_done = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    }
    if (is_done)
        copy_rows(g->coverage + n, surface, g->width, g->height);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return is_done;
}

static bool make_glyph(vision_font *f, glyph *g, const tread_text_style *style, gunichar code_point)
{
    char utf8[6];
    int n_bytes = g_unichar_to_utf8(code_point, utf8);
    double size = size_quarters(style->size_px) / 4.0;
    pango_font_description_set_absolute_size(f->description, size * PANGO_SCALE);
    pango_font_description_set_weight(f->description,
                                      style->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(f->layout, f->description);
    pango_layout_set_text(f->layout, utf8, n_bytes);

    PangoRectangle ink, logical;
    pango_layout_get_pixel_extents(f->layout, &ink, &logical);
    int baseline = PANGO_PIXELS(pango_layout_get_baseline(f->layout));
    g->advance = logical.width;
    if (ink.width <= 0 || ink.height <= 0)
        return true; /* a space */
    double halo = fmax(HALO_EM * size, MIN_HALO_PX);
    int pad = (int)ceil(halo) + 1;
    g->width = ink.width + 2 * pad;
    g->height = ink.height + 2 * pad;
    g->left = ink.x - pad;
    g->top = ink.y - baseline - pad;
    g->coverage = malloc(2 * (size_t)g->width * (size_t)g->height);
    if (g->coverage && render(f->layout, g, pad - ink.x, pad - ink.y, halo))
        return true;
    free(g->coverage);
    *g = (glyph){0};
    return false;
}

/* The glyph from the table, made when it is new; NULL when memory ran out. */
static const glyph *find_glyph(vision_font *f, const tread_text_style *style, gunichar code_point)
{
    uint64_t key = glyph_key(style, code_point);
    size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> 40) & (N_SLOTS - 1);
    for (; f->slots[at].key; at = (at + 1) & (N_SLOTS - 1))
        if (f->slots[at].key == key)
            return &f->slots[at];
    if (f->n_glyphs >= MAX_GLYPHS) {
        forget_glyphs(f);
        return find_glyph(f, style, code_point);
    }
    glyph made = {0};
    if (!make_glyph(f, &made, style, code_point))
        return NULL;
    made.key = key;
    f->slots[at] = made;
    f->n_glyphs++;
    return &f->slots[at];
}

/* ---- lines of text --------------------------------------------------------- */

/* The next code point of a terminated string; false at its end or where it is not UTF-8. */
static bool next_code_point(const char **utf8, gunichar *code_point)
{
    gunichar u = **utf8 ? g_utf8_get_char_validated(*utf8, -1) : 0;
    if (u == 0 || u == (gunichar)-1 || u == (gunichar)-2)
        return false;
    *code_point = u;
    *utf8 = g_utf8_next_char(*utf8);
    return true;
}

double tread_vision__canvas_text_width(tread_canvas *c, const tread_text_style *style,
                                       const char *utf8)
{
    double width = 0;
    gunichar code_point;
    while (next_code_point(&utf8, &code_point)) {
        const glyph *g = find_glyph(c->font, style, code_point);
        width += g ? g->advance : 0;
    }
    return width;
}

double tread_vision__canvas_cap_height(tread_canvas *c, const tread_text_style *style)
{
    const glyph *g = find_glyph(c->font, style, 'H');
    if (!g || !g->coverage)
        return 0;
    int pad = (int)ceil(fmax(HALO_EM * size_quarters(style->size_px) / 4.0, MIN_HALO_PX)) + 1;
    return -g->top - pad;
}

/* One pass over the text: halos before letters, so that none lies on its neighbour. */
static void draw_pass(tread_canvas *c, int pen, int baseline, const tread_text_style *style,
                      const char *utf8, bool is_halo)
{
    gunichar code_point;
    while (next_code_point(&utf8, &code_point)) {
        const glyph *g = find_glyph(c->font, style, code_point);
        if (!g)
            continue;
        if (g->coverage)
            vision_blend_glyph(
                c, g->coverage + (is_halo ? (size_t)g->width * (size_t)g->height : 0), g->width,
                g->height, pen + g->left, baseline + g->top, is_halo ? style->halo : style->colour);
        pen += g->advance;
    }
}

void tread_vision__canvas_text(tread_canvas *c, tread_canvas_point at, enum tread_anchor anchor,
                               const tread_text_style *style, const char *utf8)
{
    double width = tread_vision__canvas_text_width(c, style, utf8);
    double x = at.x - (anchor == TREAD_ANCHOR_RIGHT    ? width
                       : anchor == TREAD_ANCHOR_CENTRE ? 0.5 * width
                                                       : 0);
    if (!c->target.plane[0] || !isfinite(at.y) || !(fabs(at.y) < 4.0 * TREAD_CANVAS_MAX_PX) ||
        !isfinite(x) || !(fabs(x) < 1e8) || !(width < 1e8))
        return;
    int pen = (int)lround(x), baseline = (int)lround(at.y);
    if (style->halo.alpha)
        draw_pass(c, pen, baseline, style, utf8, true);
    draw_pass(c, pen, baseline, style, utf8, false);
}

size_t tread_vision__canvas_n_glyphs(const tread_canvas *c)
{
    return c->font->n_glyphs;
}
