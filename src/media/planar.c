/* Plain loops over blocks of fixed length, that compilers turn into vectors: swscale has nothing
 * quick for this way round, and it runs for every picture that is written. */
#include "media/planar.h"

#include <math.h>
#include <string.h>

#include "base/compiler.h"

#define BLOCK 64 /* pixels */

/* Y = 16 + 219 (Kr R + Kg G + Kb B), Cb = 128 + 112 (B - Y) / (1 - Kb) and so for Cr, of 0 to 1
 * (ITU-R BT.601, BT.709, BT.2020). As shares of 65536, to be multiplied with bytes in the upper
 * half of 16 bits; what is summed are 256ths, which never leave 16 bits. */
typedef struct conversion {
    uint16_t y_red, y_green, y_blue;
    uint16_t cb_red, cb_green, cr_green, cr_blue; /* taken off */
    uint16_t chroma;                              /* of Cb's blue, Cr's red */
} conversion;

static uint16_t share(double v)
{
    return (uint16_t)lround(65536 * v);
}

static conversion conversion_of(enum tread_colour_matrix matrix)
{
    double kr = matrix == TREAD_MATRIX_BT709    ? 0.2126
                : matrix == TREAD_MATRIX_BT2020 ? 0.2627
                                                : 0.299;
    double kb = matrix == TREAD_MATRIX_BT709    ? 0.0722
                : matrix == TREAD_MATRIX_BT2020 ? 0.0593
                                                : 0.114;
    double luma = 219 / 255.0, half = 112 / 255.0;
    conversion c = {.y_red = share(luma * kr),
                    .y_blue = share(luma * kb),
                    .cb_red = share(half * kr / (1 - kb)),
                    .cr_blue = share(half * kb / (1 - kr)),
                    .chroma = share(half)};
    /* Grey stays grey. */
    c.y_green = (uint16_t)(share(luma) - c.y_red - c.y_blue);
    c.cb_green = (uint16_t)(c.chroma - c.cb_red);
    c.cr_green = (uint16_t)(c.chroma - c.cr_blue);
    return c;
}

/* The upper half of the product. */
static inline uint16_t times(uint16_t a, uint16_t b)
{
    return (uint16_t)((uint32_t)a * b >> 16);
}

static void convert_luma(const conversion *c, const uint8_t *bgra, uint8_t *y)
{
    /* 16.5, and half of what three products lose on the average */
    const uint16_t offset = 16 * 256 + 128 + 1;
    uint32_t pixels[BLOCK];
    memcpy(pixels, bgra, sizeof pixels);
    for (int i = 0; i < BLOCK; i++) {
        uint16_t blue = (uint16_t)(pixels[i] << 8), green = (uint16_t)(pixels[i] & 0xFF00);
        uint16_t red = (uint16_t)(pixels[i] >> 8 & 0xFF00);
        uint16_t sum = (uint16_t)(times(red, c->y_red) + times(green, c->y_green) +
                                  times(blue, c->y_blue) + offset);
        y[i] = (uint8_t)(sum >> 8);
    }
}

/* Every second byte of eight, each in 16 bits. */
#define EVEN_BYTES UINT64_C(0x00FF00FF00FF00FF)

/* Of two rows: pairs of pixels, one above the other. */
static void convert_chroma(const conversion *c, const uint8_t *above, const uint8_t *below,
                           uint8_t *cb, uint8_t *cr)
{
    const uint16_t offset = 128 * 256 + 128;
    uint64_t up[BLOCK / 2], down[BLOCK / 2];
    memcpy(up, above, sizeof up);
    memcpy(down, below, sizeof down);
    for (int i = 0; i < BLOCK / 2; i++) {
        uint64_t blue_red = (up[i] & EVEN_BYTES) + (down[i] & EVEN_BYTES);
        uint64_t greens = (up[i] >> 8 & EVEN_BYTES) + (down[i] >> 8 & EVEN_BYTES);
        uint32_t four = (uint32_t)(blue_red + (blue_red >> 32));
        /* sums of four bytes have 10 bits */
        uint16_t blue = (uint16_t)(four << 6), red = (uint16_t)(four >> 10 & 0xFFC0);
        uint16_t green = (uint16_t)((greens + (greens >> 32)) << 6);
        uint16_t b = (uint16_t)(offset + times(blue, c->chroma) - times(red, c->cb_red) -
                                times(green, c->cb_green));
        uint16_t r = (uint16_t)(offset + times(red, c->chroma) - times(green, c->cr_green) -
                                times(blue, c->cr_blue));
        cb[i] = (uint8_t)(b >> 8);
        cr[i] = (uint8_t)(r >> 8);
    }
}

/* Two rows of a block: 2 * BLOCK of Y, BLOCK / 2 each of Cb and Cr. */
static void convert_block(const conversion *c, const uint8_t *above, const uint8_t *below,
                          uint8_t *y_above, uint8_t *y_below, uint8_t *cb, uint8_t *cr)
{
    convert_luma(c, above, y_above);
    convert_luma(c, below, y_below);
    convert_chroma(c, above, below, cb, cr);
}

/* What is left of a row beside whole blocks. */
static void convert_rest(const conversion *c, const uint8_t *above, const uint8_t *below, int n,
                         uint8_t *y_above, uint8_t *y_below, uint8_t *cb, uint8_t *cr)
{
    uint8_t rows[2][4 * BLOCK] = {{0}}, y[2][BLOCK], chroma[2][BLOCK / 2];
    memcpy(rows[0], above, (size_t)n * 4);
    memcpy(rows[1], below, (size_t)n * 4);
    convert_block(c, rows[0], rows[1], y[0], y[1], chroma[0], chroma[1]);
    memcpy(y_above, y[0], (size_t)n);
    memcpy(y_below, y[1], (size_t)n);
    memcpy(cb, chroma[0], (size_t)n / 2);
    memcpy(cr, chroma[1], (size_t)n / 2);
}

BASE_FAST
void tread_media__planar_from_bgra(const uint8_t *bgra, ptrdiff_t bgra_stride_bytes, int width_px,
                                   int height_px, enum tread_colour_matrix matrix,
                                   uint8_t *const plane[3], const int stride_bytes[3])
{
    const conversion c = conversion_of(matrix);
    for (int y = 0; y < height_px; y += 2) {
        const uint8_t *above = bgra + y * bgra_stride_bytes, *below = above + bgra_stride_bytes;
        uint8_t *y_above = plane[0] + (ptrdiff_t)y * stride_bytes[0];
        uint8_t *y_below = y_above + stride_bytes[0];
        uint8_t *cb = plane[1] + (ptrdiff_t)(y / 2) * stride_bytes[1];
        uint8_t *cr = plane[2] + (ptrdiff_t)(y / 2) * stride_bytes[2];
        int x = 0;
        for (; x + BLOCK <= width_px; x += BLOCK)
            convert_block(&c, above + (ptrdiff_t)4 * x, below + (ptrdiff_t)4 * x, y_above + x,
                          y_below + x, cb + x / 2, cr + x / 2);
        if (x < width_px)
            convert_rest(&c, above + (ptrdiff_t)4 * x, below + (ptrdiff_t)4 * x, width_px - x,
                         y_above + x, y_below + x, cb + x / 2, cr + x / 2);
    }
}
