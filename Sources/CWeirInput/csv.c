// Splits CSV (RFC 4180) into fields.
//
// Chunks without a quote are scanned 64 bytes at a time with SSE2 where it exists; a chunk with
// quotes goes through a byte-wise state machine that also recovers from broken quotes: the line
// where a broken field begins is a bad record, and the next line is a new one.

#include "CWeirInput.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef struct {
    weir_csv_chunk *chunk;
    uint32_t record;
    uint32_t field;
    uint32_t line;
    size_t record_start;
    size_t field_start;
} splitter;

static inline void put_field(splitter *s, size_t start, size_t end, uint8_t quoted) {
    weir_csv_chunk *c = s->chunk;
    if (s->field < c->fields) {
        int32_t column = c->column_of_field[s->field];
        if (column >= 0) {
            size_t index = (size_t)column * c->capacity + s->record;
            c->field_start[index] = (uint32_t)start;
            c->field_end[index] = (uint32_t)end;
            c->field_quoted[index] = quoted;
        }
    }
    s->field++;
}

static inline void put_record(splitter *s, size_t end, uint8_t status) {
    weir_csv_chunk *c = s->chunk;
    c->record_start[s->record] = (uint32_t)s->record_start;
    c->record_end[s->record] = (uint32_t)end;
    c->record_line[s->record] = s->line;
    c->record_fields[s->record] = s->field;
    if (status == WEIR_RECORD_OK && s->field != c->fields)
        status = s->field < c->fields ? WEIR_RECORD_TOO_FEW : WEIR_RECORD_TOO_MANY;
    c->record_status[s->record] = status;
    s->record++;
    s->field = 0;
}

static inline size_t without_return(const uint8_t *bytes, size_t start, size_t end) {
    return end > start && bytes[end - 1] == '\r' ? end - 1 : end;
}

// One line break at `position` outside quotes. Returns 0 when the table is full.
static inline int end_of_line(splitter *s, size_t position) {
    weir_csv_chunk *c = s->chunk;
    size_t end = without_return(c->bytes, s->field_start, position);
    if (s->field == 0 && end == s->record_start && c->fields > 1) {
        // A blank line.
    } else {
        put_field(s, s->field_start, end, 0);
        put_record(s, without_return(c->bytes, s->record_start, position), WEIR_RECORD_OK);
    }
    s->line++;
    s->record_start = s->field_start = position + 1;
    return s->record < c->capacity;
}

// Where a chunk without quotes stands, and its tables. It stays in registers: only `split_plain`
// has it, so that what is written to the tables cannot change it.
typedef struct {
    const uint8_t *bytes;
    // By field: the tables of its column; NULL for fields that nobody reads.
    uint32_t **starts;
    uint32_t **ends;
    uint32_t fields;
    uint32_t capacity;
    splitter at;
} plain_splitter;

static inline void plain_field(plain_splitter *s, size_t end) {
    uint32_t field = s->at.field++;
    if (field >= s->fields) return;
    uint32_t *starts = s->starts[field];
    if (starts == NULL) return;
    starts[s->at.record] = (uint32_t)s->at.field_start;
    s->ends[field][s->at.record] = (uint32_t)end;
}

// One delimiter or line break at `position`. Returns 0 when the table is full.
static inline int plain_structural(plain_splitter *s, size_t position) {
    if (s->bytes[position] != '\n') {
        plain_field(s, position);
        s->at.field_start = position + 1;
        return 1;
    }
    size_t end = without_return(s->bytes, s->at.field_start, position);
    // A line without anything is no record, unless records have one field.
    if (s->at.field > 0 || end > s->at.record_start || s->fields == 1) {
        plain_field(s, end);
        put_record(&s->at, without_return(s->bytes, s->at.record_start, position), WEIR_RECORD_OK);
    }
    s->at.line++;
    s->at.record_start = s->at.field_start = position + 1;
    return s->at.record < s->capacity;
}

#if defined(__SSE2__)
// One bit for each of 64 bytes that ends a field.
static inline uint64_t structural_mask(const uint8_t *bytes, __m128i delimiters, __m128i breaks) {
    uint64_t mask = 0;
    for (int part = 0; part < 4; part++) {
        __m128i block = _mm_loadu_si128((const __m128i *)(bytes + part * 16));
        uint64_t found = (unsigned)_mm_movemask_epi8(_mm_or_si128(
            _mm_cmpeq_epi8(block, delimiters), _mm_cmpeq_epi8(block, breaks)));
        mask |= found << (part * 16);
    }
    return mask;
}
#endif

static splitter split_plain(splitter start) {
    weir_csv_chunk *c = start.chunk;
    uint32_t *starts[c->fields + 1], *ends[c->fields + 1];
    for (uint32_t field = 0; field < c->fields; field++) {
        int32_t column = c->column_of_field[field];
        starts[field] = column < 0 ? NULL : c->field_start + (size_t)column * c->capacity;
        ends[field] = column < 0 ? NULL : c->field_end + (size_t)column * c->capacity;
    }
    plain_splitter s = {
        .bytes = c->bytes, .starts = starts, .ends = ends, .fields = c->fields,
        .capacity = c->capacity, .at = start};
    size_t length = c->length;
    uint8_t delimiter = c->delimiter;
    size_t position = 0;
#if defined(__SSE2__)
    const __m128i delimiters = _mm_set1_epi8((char)delimiter);
    const __m128i breaks = _mm_set1_epi8('\n');
    for (; position + 64 <= length; position += 64) {
        uint64_t mask = structural_mask(s.bytes + position, delimiters, breaks);
        for (; mask != 0; mask &= mask - 1) {
            if (!plain_structural(&s, position + (size_t)__builtin_ctzll(mask))) return s.at;
        }
    }
#endif
    for (; position < length; position++) {
        uint8_t byte = s.bytes[position];
        if (byte == delimiter || byte == '\n') {
            if (!plain_structural(&s, position)) return s.at;
        }
    }
    return s.at;
}

static size_t find_break(const weir_csv_chunk *c, size_t from) {
    const uint8_t *found = memchr(c->bytes + from, '\n', c->length - from);
    return found ? (size_t)(found - c->bytes) : c->length;
}

// A quoted field at `position` (its opening quote). Returns the position behind the closing
// quote, `length` when the field does not end in the chunk, and SIZE_MAX when it is broken.
static size_t quoted_field(splitter *s, size_t position, size_t *start, size_t *end,
                           uint32_t *lines) {
    weir_csv_chunk *c = s->chunk;
    size_t next = position + 1;
    size_t escapes = 0;
    *lines = 0;
    for (; next < c->length; next++) {
        uint8_t byte = c->bytes[next];
        if (byte == '\n') (*lines)++;
        if (byte != c->quote) continue;
        if (next + 1 < c->length && c->bytes[next + 1] == c->quote) {
            escapes++;
            next++;
            continue;
        }
        break;
    }
    if (next >= c->length) return c->length;
    *start = position + 1;
    *end = next;
    size_t behind = next + 1;
    if (behind < c->length) {
        uint8_t byte = c->bytes[behind];
        int is_return = byte == '\r' && (behind + 1 >= c->length || c->bytes[behind + 1] == '\n');
        if (byte != c->delimiter && byte != '\n' && !is_return) return SIZE_MAX;
    }
    if (escapes > 0) {
        size_t length = *end - *start - escapes;
        if (c->arena + length > c->arena_end) return SIZE_MAX;
        size_t out = c->arena;
        for (size_t in = *start; in < *end; in++) {
            c->bytes[out++] = c->bytes[in];
            if (c->bytes[in] == c->quote) in++;
        }
        *start = c->arena;
        *end = out;
        c->arena = out;
    }
    return behind;
}

static void split_quoted(splitter *s) {
    weir_csv_chunk *c = s->chunk;
    size_t position = 0;
    uint32_t lines_in_record = 0;
    while (position < c->length) {
        if (position == s->field_start && c->bytes[position] == c->quote) {
            size_t start, end;
            uint32_t lines;
            size_t arena = c->arena;
            size_t behind = quoted_field(s, position, &start, &end, &lines);
            // The closing quote may come with the next chunk.
            if (behind == c->length && !c->is_last) return;
            int is_open = behind == c->length
                && (c->length < position + 2 || c->bytes[c->length - 1] != c->quote
                    || c->length == position + 1);
            if (behind == SIZE_MAX || is_open) {
                c->arena = arena;
                size_t line_end = find_break(c, s->record_start);
                if (line_end == c->length && !c->is_last) return;
                put_record(s, without_return(c->bytes, s->record_start, line_end),
                           WEIR_RECORD_BAD_QUOTES);
                s->line++;
                lines_in_record = 0;
                position = line_end < c->length ? line_end + 1 : c->length;
                s->record_start = s->field_start = position;
                if (s->record == c->capacity) return;
                continue;
            }
            put_field(s, start, end, 1);
            lines_in_record += lines;
            position = behind;
            if (position < c->length && c->bytes[position] == '\r') position++;
            int at_end = position >= c->length;
            if (at_end || c->bytes[position] == '\n') {
                put_record(s, without_return(c->bytes, s->record_start, position),
                           WEIR_RECORD_OK);
                s->line += 1 + lines_in_record;
                lines_in_record = 0;
                s->record_start = s->field_start = position + (at_end ? 0 : 1);
                position = s->record_start;
                if (s->record == c->capacity) return;
            } else {
                s->field_start = ++position;
                if (position >= c->length && c->is_last) break;
            }
            continue;
        }
        uint8_t byte = c->bytes[position];
        if (byte == c->delimiter) {
            put_field(s, s->field_start, position, 0);
            s->field_start = position + 1;
        } else if (byte == '\n') {
            uint32_t extra = lines_in_record;
            lines_in_record = 0;
            int has_room = end_of_line(s, position);
            s->line += extra;
            if (!has_room) return;
        }
        position++;
    }
}

void weir_csv_split(weir_csv_chunk *c) {
    splitter s = {.chunk = c};
    c->has_quotes =
        c->quote != 0 && memchr(c->bytes, c->quote, c->length) != NULL;
    if (c->has_quotes) {
        split_quoted(&s);
    } else {
        s = split_plain(s);
        for (uint32_t column = 0; column < c->columns; column++)
            memset(c->field_quoted + (size_t)column * c->capacity, 0, s.record);
    }
    if (c->is_last && s.record < c->capacity && s.record_start < c->length) {
        // The last line has no line break.
        size_t end = without_return(c->bytes, s.field_start, c->length);
        put_field(&s, s.field_start, end, 0);
        put_record(&s, without_return(c->bytes, s.record_start, c->length), WEIR_RECORD_OK);
        s.line++;
        s.record_start = c->length;
    }
    c->records = s.record;
    c->consumed = s.record_start;
    c->lines = s.line;
}

size_t weir_whole_lines(const uint8_t *bytes, size_t length, uint32_t most, uint32_t *lines) {
    uint32_t count = 0;
    size_t end = 0;
    size_t position = 0;
#if defined(__SSE2__)
    const __m128i breaks = _mm_set1_epi8('\n');
    for (; position + 64 <= length && count + 64 <= most; position += 64) {
        uint64_t mask = structural_mask(bytes + position, breaks, breaks);
        if (mask == 0) continue;
        count += (uint32_t)__builtin_popcountll(mask);
        end = position + 64 - (size_t)__builtin_clzll(mask);
    }
#endif
    while (count < most && position < length) {
        const uint8_t *found = memchr(bytes + position, '\n', length - position);
        if (found == NULL) break;
        position = end = (size_t)(found - bytes) + 1;
        count++;
    }
    *lines = count;
    return end;
}

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
