// Where the whole lines at the start of a text end.

#include "CWeirInput.h"
#include "scan.h"

#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t length;
    uint32_t most;
    uint8_t quote;
    size_t position;
    // Behind the last line break.
    size_t end;
    uint32_t count;
} line_counter;

#if WEIR_HAS_BLOCKS
// Returns 0 when there is a quote.
WEIR_BLOCKS static int count_blocks(line_counter *lines) {
    const __m256i line_break = _mm256_set1_epi8('\n');
    const __m256i quote = _mm256_set1_epi8((char)lines->quote);
    __m256i quotes = _mm256_setzero_si256();
    for (; lines->position + 64 <= lines->length && lines->count + 64 <= lines->most;
         lines->position += 64) {
        byte_block block = load_block(lines->bytes + lines->position);
        uint64_t mask = equal_mask(block, line_break);
        quotes = add_equal(quotes, block, quote);
        if (mask == 0) continue;
        lines->count += (uint32_t)__builtin_popcountll(mask);
        lines->end = lines->position + 64 - (size_t)__builtin_clzll(mask);
    }
    return lines->quote == 0 || !any_high(quotes);
}
#endif

size_t weir_whole_lines(const uint8_t *bytes, size_t length, uint32_t most, uint8_t quote,
                        uint32_t *count) {
    line_counter lines = {.bytes = bytes, .length = length, .most = most, .quote = quote};
    *count = 0;
#if WEIR_HAS_BLOCKS
    if (has_blocks() && !count_blocks(&lines)) return 0;
#endif
    size_t looked_at = lines.position;
    while (lines.count < most && lines.position < length) {
        const uint8_t *found = memchr(bytes + lines.position, '\n', length - lines.position);
        if (found == NULL) break;
        lines.position = lines.end = (size_t)(found - bytes) + 1;
        lines.count++;
    }
    if (quote != 0 && memchr(bytes + looked_at, quote, length - looked_at) != NULL) return 0;
    *count = lines.count;
    return lines.end;
}
