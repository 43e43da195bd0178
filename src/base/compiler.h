/* The only place where compiler extensions are spelled out. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#if defined(__GNUC__)
#define BASE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define BASE_PRINTF(fmt, args)
#endif

/* Whether every block of memory is to be one of malloc's, so that what is read beside it is found.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BASE_HAS_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(BASE_HAS_ASAN)
#define BASE_HAS_ASAN 1
#endif
#ifndef BASE_HAS_ASAN
#define BASE_HAS_ASAN 0
#endif

/* A function compiled twice with all it calls: for any processor, and for those with AVX2; the
 * loader picks. Without contraction (-ffp-contract=off) both give the same bits. Sanitizers are
 * not ready yet when the loader asks. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define BASE_FAST __attribute__((flatten, target_clones("avx2", "default")))
#else
#define BASE_FAST
#endif

/* A function for processors with AVX2 only, with all it calls, and whether this is one. */
#if defined(__x86_64__) && defined(__GNUC__)
#define BASE_AVX2 __attribute__((flatten, target("avx2")))
#define BASE_AVX2_INLINE __attribute__((always_inline, target("avx2"))) inline
#define BASE_HAS_AVX2() __builtin_cpu_supports("avx2")
#endif

#endif
