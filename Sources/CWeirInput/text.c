// What kinds of bytes a text has.

#include "CWeirInput.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

int weir_text_flags(const uint8_t *bytes, size_t length) {
    int flags = 0;
    size_t position = 0;
#if defined(__SSE2__)
    __m128i high = _mm_setzero_si128();
    __m128i zeros = _mm_setzero_si128();
    const __m128i zero = _mm_setzero_si128();
    for (; position + 16 <= length; position += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(bytes + position));
        high = _mm_or_si128(high, block);
        zeros = _mm_or_si128(zeros, _mm_cmpeq_epi8(block, zero));
    }
    if (_mm_movemask_epi8(high)) flags |= WEIR_TEXT_NON_ASCII;
    if (_mm_movemask_epi8(zeros)) flags |= WEIR_TEXT_NUL;
#endif
    for (; position < length; position++) {
        if (bytes[position] >= 0x80) flags |= WEIR_TEXT_NON_ASCII;
        if (bytes[position] == 0) flags |= WEIR_TEXT_NUL;
    }
    return flags;
}

int weir_is_utf8(const uint8_t *bytes, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint8_t first = bytes[i];
        size_t extra;
        uint32_t least, value;
        if (first < 0x80) {
            i++;
            continue;
        } else if ((first & 0xE0) == 0xC0) {
            extra = 1, least = 0x80, value = first & 0x1F;
        } else if ((first & 0xF0) == 0xE0) {
            extra = 2, least = 0x800, value = first & 0x0F;
        } else if ((first & 0xF8) == 0xF0) {
            extra = 3, least = 0x10000, value = first & 0x07;
        } else {
            return 0;
        }
        if (i + extra >= length) return 0;
        for (size_t k = 1; k <= extra; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) return 0;
            value = value << 6 | (bytes[i + k] & 0x3F);
        }
        if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
        i += extra + 1;
    }
    return 1;
}
