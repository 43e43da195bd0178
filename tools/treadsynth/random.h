/* Repeatable random numbers: SplitMix64 (Steele, Lea, Flood 2014). */
#ifndef TREADSYNTH_RANDOM_H
#define TREADSYNTH_RANDOM_H

#include <math.h>
#include <stdint.h>

typedef struct synth_random {
    uint64_t state;
} synth_random;

static inline uint64_t synth_random_next(synth_random *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* An independent stream for one purpose of one seed. */
static inline synth_random synth_random_stream(uint64_t seed, uint64_t purpose)
{
    synth_random r = {seed * 0xd1342543de82ef95u + purpose};
    (void)synth_random_next(&r);
    return r;
}

/* 0 <= result < 1 */
static inline double synth_random_uniform(synth_random *r)
{
    return (double)(synth_random_next(r) >> 11) * (1.0 / 9007199254740992.0);
}

/* Mean 0, SD 1, never beyond 2.5: a runner's steps have no outliers that far. */
static inline double synth_random_normal(synth_random *r)
{
    for (;;) {
        double u = 1.0 - synth_random_uniform(r), v = synth_random_uniform(r);
        double n = sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
        if (fabs(n) <= 2.5)
            return n;
    }
}

#endif
