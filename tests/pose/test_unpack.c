/* Half precision and compressed rows, as they come out of the files. */
#include "support.h"

#include <string.h>

#include "pose/unpack.h"

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* By the definition in IEEE 754, with arithmetic instead of bits. */
static float half_by_definition(unsigned half)
{
    int exponent = (int)(half >> 10 & 31);
    double fraction = (double)(half & 1023) / 1024;
    double magnitude = exponent == 31  ? INFINITY
                       : exponent == 0 ? ldexp(fraction, -14)
                                       : ldexp(1 + fraction, exponent - 15);
    return (float)(half & 0x8000 ? -magnitude : magnitude);
}

static void every_half_is_exact(void **state)
{
    (void)state;
    for (unsigned half = 0; half < 65536; half++) {
        float value = tread_pose__half_to_float((uint16_t)half);
        int is_nan = (half & 0x7c00) == 0x7c00 && (half & 0x3ff);
        if (is_nan ? !isnan(value) : bits_of(value) != bits_of(half_by_definition(half)))
            fail_msg("half 0x%04x became %a, expected %a", half, value, half_by_definition(half));
    }
}

/* Rows {., 5, ., 7}, {}, {1, 2, 3, 4}, {., ., ., 9}. */
static const float expected[16] = {0, 5, 0, 7, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 9};
static const float values[] = {5, 7, 1, 2, 3, 4, 9};
static const uint16_t starts[] = {0, 2, 2, 6, 7};
static const uint8_t columns[] = {1, 3, 0, 1, 2, 3, 3};

static pose_tensor rows(void)
{
    return (pose_tensor){
        .element = POSE_ELEMENT_F32,
        .n_dims = 2,
        .dims = {4, 4},
        .n_elements = 16,
        .data = values,
        .n_bytes = sizeof values,
        .is_sparse = 1,
        .row_starts = {starts, 2, 5},
        .columns = {columns, 1, 7},
    };
}

static void rows_are_filled_in(void **state)
{
    (void)state;
    float dense[16];
    memset(dense, 0xee, sizeof dense);
    pose_tensor tensor = rows();
    assert_true(tread_pose__densify(&tensor, dense));
    assert_memory_equal(dense, expected, sizeof dense);
}

static void contradictions_are_noticed(void **state)
{
    (void)state;
    static const uint16_t falling[] = {0, 6, 2, 6, 7}, late[] = {1, 2, 2, 6, 7};
    static const uint16_t beyond[] = {0, 2, 2, 6, 8}, wild[] = {0, 60000, 2, 6, 7};
    static const uint8_t outside[] = {1, 4, 0, 1, 2, 3, 3}, twice[] = {1, 1, 0, 1, 2, 3, 3};
    const uint16_t *bad_starts[] = {falling, late, beyond, wild};
    const uint8_t *bad_columns[] = {outside, twice};
    float dense[16];
    for (size_t i = 0; i < 4; i++) {
        pose_tensor tensor = rows();
        tensor.row_starts.data = bad_starts[i];
        assert_false(tread_pose__densify(&tensor, dense));
    }
    for (size_t i = 0; i < 2; i++) {
        pose_tensor tensor = rows();
        tensor.columns.data = bad_columns[i];
        assert_false(tread_pose__densify(&tensor, dense));
    }
    /* Rows that overlap although each of them is in order. */
    static const uint16_t overlapping[] = {0, 2, 1, 3, 7};
    static const uint8_t rising[] = {0, 1, 2, 0, 1, 2, 3};
    pose_tensor tensor = rows();
    tensor.row_starts.data = overlapping;
    tensor.columns.data = rising;
    assert_false(tread_pose__densify(&tensor, dense));
    tensor = rows();
    tensor.row_starts.n = 4;
    assert_false(tread_pose__densify(&tensor, dense));
    tensor = rows();
    tensor.n_bytes -= 4;
    assert_false(tread_pose__densify(&tensor, dense));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_is_exact),
        cmocka_unit_test(rows_are_filled_in),
        cmocka_unit_test(contradictions_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
