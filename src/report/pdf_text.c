/* Text of report.pdf: pango lays it out, cairo embeds the font. */
#include "report/pdf.h"

#include <stdlib.h>

void pdf_colour(cairo_t *cr, enum pdf_colour colour, double alpha)
{
    static const unsigned rgb[] = {
        [PDF_INK] = 0x10161b,   [PDF_MUTED] = 0x47535d,      [PDF_LINE] = 0xcfd6dc,
        [PDF_FAINT] = 0xe6eaed, [PDF_BLUE] = 0x0072b2,       [PDF_ORANGE] = 0xc65400,
        [PDF_USUAL] = 0xcfe8df, [PDF_USUAL_EDGE] = 0x00735a, [PDF_OUT] = 0xb34700,
        [PDF_WHITE] = 0xffffff, [PDF_TONE1] = 0xf0e442,      [PDF_TONE2] = 0xe69f00,
        [PDF_TONE3] = 0xe0641a};
    unsigned c = rgb[colour];
    cairo_set_source_rgba(cr, (c >> 16) / 255.0, (c >> 8 & 255) / 255.0, (c & 255) / 255.0, alpha);
}

/* Outlines as they are in the font, whatever this machine's screen is. */
static void set_font_options(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72); /* a point is a point */
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_destroy(options);
}

int pdf_text_open(pdf *p)
{
    if (note_open(&p->note) != TREAD_OK || note_open(&p->clean) != TREAD_OK)
        return TREAD_ERR_NOMEM;
    p->fonts = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(p->fonts);
    set_font_options(context);
    p->layout = pango_layout_new(context);
    /* A name in Arabic stands where others stand. */
    pango_layout_set_auto_dir(p->layout, FALSE);
    g_object_unref(context);
    return TREAD_OK;
}

void pdf_text_close(pdf *p)
{
    if (p->layout)
        g_object_unref(p->layout);
    if (p->fonts)
        g_object_unref(p->fonts);
    note_close(&p->note);
    note_close(&p->clean);
}

/* width < 0: as wide as it is. */
static void lay_out(pdf *p, double width, pdf_style style, const char *text)
{
    static const PangoAlignment aligns[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                            PANGO_ALIGN_RIGHT};
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans, sans-serif");
    pango_font_description_set_size(font, (int)(style.size_pt * PANGO_SCALE));
    pango_font_description_set_weight(font,
                                      style.is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(p->layout, font);
    pango_font_description_free(font);
    say_clean(note_begin(&p->clean), text);
    pango_layout_set_width(p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_single_paragraph_mode(p->layout, style.most_lines > 0);
    pango_layout_set_height(p->layout, style.most_lines > 0 ? -style.most_lines : -1000);
    pango_layout_set_ellipsize(
        p->layout, style.most_lines > 0 && width >= 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_alignment(p->layout, aligns[style.align]);
    pango_layout_set_text(p->layout, note_end(&p->clean), -1);
}

static double height_of(const pdf *p)
{
    PangoRectangle box;
    pango_layout_get_extents(p->layout, NULL, &box);
    return (double)box.height / PANGO_SCALE;
}

double pdf_text(pdf *p, double x, double y, double width, pdf_style style, const char *text)
{
    if (!text || !*text)
        return 0;
    lay_out(p, width, style, text);
    pdf_colour(p->cr, style.colour, 1);
    cairo_move_to(p->cr, x, y);
    pango_cairo_show_layout(p->cr, p->layout);
    cairo_new_path(p->cr);
    return height_of(p);
}

double pdf_text_height(pdf *p, double width, pdf_style style, const char *text)
{
    if (!text || !*text)
        return 0;
    lay_out(p, width, style, text);
    return height_of(p);
}

double pdf_text_width(pdf *p, pdf_style style, const char *text)
{
    PangoRectangle box;
    lay_out(p, -1, style, text);
    pango_layout_get_extents(p->layout, NULL, &box);
    return (double)box.width / PANGO_SCALE;
}

const char *pdf_saying(pdf *p, saying *say, size_t i)
{
    say(note_begin(&p->note), &p->s, i);
    return note_end(&p->note);
}

void pdf_paragraph(pdf *p, pdf_style style, const char *text)
{
    pdf_need(p, pdf_text_height(p, PDF_WIDTH, style, text));
    p->y += pdf_text(p, PDF_LEFT, p->y, PDF_WIDTH, style, text);
}
