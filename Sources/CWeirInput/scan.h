// What 64 bytes hold, for processors with AVX2 (since 2013); others look at one byte at a time.

#ifndef CWEIR_SCAN_H
#define CWEIR_SCAN_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define WEIR_HAS_BLOCKS 1
#define WEIR_BLOCKS __attribute__((target("avx2,bmi,popcnt")))
#define WEIR_BLOCKS_INLINE static inline __attribute__((always_inline, target("avx2,bmi,popcnt")))

// Whether this processor can run functions marked `WEIR_BLOCKS`.
static inline int has_blocks(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
        && __builtin_cpu_supports("popcnt");
}

// 64 bytes in two registers.
typedef struct {
    __m256i low;
    __m256i high;
} byte_block;

WEIR_BLOCKS_INLINE byte_block load_block(const uint8_t *bytes) {
    return (byte_block){_mm256_loadu_si256((const __m256i *)bytes),
                        _mm256_loadu_si256((const __m256i *)(bytes + 32))};
}

// One bit for each of the 64 bytes that equals a byte.
WEIR_BLOCKS_INLINE uint64_t equal_mask(byte_block block, __m256i byte) {
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.low, byte));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.high, byte));
    return low | high << 32;
}

// Adds to `seen` where a byte of the block equals a byte.
WEIR_BLOCKS_INLINE __m256i add_equal(__m256i seen, byte_block block, __m256i byte) {
    return _mm256_or_si256(seen, _mm256_or_si256(_mm256_cmpeq_epi8(block.low, byte),
                                                 _mm256_cmpeq_epi8(block.high, byte)));
}

// Whether any byte has its highest bit set.
WEIR_BLOCKS_INLINE int any_high(__m256i bytes) { return _mm256_movemask_epi8(bytes) != 0; }
#endif

#endif
