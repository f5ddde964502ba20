// Splits CSV without quotes.
//
// The ends of fields are found 64 bytes at a time and kept until there are many. If the lines
// among them have as many fields as they should, each column is noted in one loop; else the ends
// are looked at one by one.

#include "csv_splitter.h"
#include "scan.h"

#include <string.h>

// Ends of fields between two looks at the lines.
enum { ENDS = 1024 };

// Where a chunk without quotes stands.
typedef struct {
    splitter at;
    size_t position;
    // Whether a line may end with a carriage return.
    int has_returns;
    // Line breaks among the ends.
    uint32_t breaks;
    uint32_t count;
    // Behind the place in front of the first field: the ends of fields found and not yet noted.
    uint32_t found[1 + ENDS + 64];
} plain_splitter;

// Takes the carriage returns off the ends of lines.
static void cut_returns(const uint8_t *bytes, const uint32_t *starts, uint32_t *ends,
                        uint32_t lines) {
    for (uint32_t line = 0; line < lines; line++)
        ends[line] = (uint32_t)without_return(bytes, starts[line], ends[line]);
}

// Notes whole lines that have as many fields as they should.
static void take_lines(plain_splitter *s, const uint32_t *found, uint32_t lines) {
    weir_csv_chunk *c = s->at.chunk;
    const uint32_t fields = c->fields, first = s->at.record, line_number = s->at.line;
    // What ends the field before, or the line before.
    const uint32_t *before = found - 1;
    for (uint32_t field = 0; field < fields; field++) {
        if (c->column_of_field[field] < 0) continue;
        size_t table = (size_t)c->column_of_field[field] * c->capacity + first;
        uint32_t *starts = c->field_start + table, *ends = c->field_end + table;
        for (uint32_t line = 0; line < lines; line++) {
            starts[line] = before[(size_t)line * fields + field] + 1;
            ends[line] = before[(size_t)line * fields + field + 1];
        }
        if (field + 1 == fields && s->has_returns) cut_returns(c->bytes, starts, ends, lines);
    }
    uint32_t *starts = c->record_start + first, *ends = c->record_end + first;
    uint32_t *numbers = c->record_line + first;
    for (uint32_t line = 0; line < lines; line++) {
        starts[line] = before[(size_t)line * fields] + 1;
        ends[line] = before[(size_t)(line + 1) * fields];
        numbers[line] = line_number + line;
    }
    if (s->has_returns) cut_returns(c->bytes, starts, ends, lines);
    memset(c->record_status + first, WEIR_RECORD_OK, lines);
    s->at.record += lines;
    s->at.line += lines;
    s->at.record_start = s->at.field_start = (size_t)before[(size_t)lines * fields] + 1;
}

// How many lines the ends consist of, apart from some behind them; 0 when they are not all as
// they should be.
static uint32_t regular_lines(const plain_splitter *s, const uint32_t *found) {
    const weir_csv_chunk *c = s->at.chunk;
    // A table of computed columns only has no fields.
    if (c->fields == 0) return 0;
    uint32_t lines = s->count / c->fields;
    if (s->at.field != 0 || s->breaks != lines || lines > c->capacity - s->at.record) return 0;
    for (uint32_t line = 1; line <= lines; line++)
        if (c->bytes[found[(size_t)line * c->fields - 1]] != '\n') return 0;
    return lines;
}

// Notes the ends of one field after the other. Returns 0 when the table is full.
static int take_fields(plain_splitter *s, const uint32_t *found, uint32_t count) {
    const uint8_t *bytes = s->at.chunk->bytes;
    for (uint32_t index = 0; index < count; index++) {
        if (bytes[found[index]] == '\n') {
            if (!end_of_line(&s->at, found[index])) return 0;
        } else {
            put_field(&s->at, s->at.field_start, found[index], 0);
            s->at.field_start = (size_t)found[index] + 1;
        }
    }
    return 1;
}

// How many of the ends belong to whole lines; all if what is behind them is no start of a line
// that could be as it should be.
static uint32_t ends_of_lines(const plain_splitter *s, const uint32_t *found) {
    const weir_csv_chunk *c = s->at.chunk;
    uint32_t count = s->count;
    while (count > 0 && c->bytes[found[count - 1]] != '\n') count--;
    uint32_t behind = s->count - count;
    return behind < c->fields && behind < ENDS / 2 ? count : s->count;
}

// Notes what was found, but for the start of a line. Returns 0 when the table is full.
static int settle(plain_splitter *s) {
    uint32_t *found = s->found + 1;
    s->found[0] = (uint32_t)s->at.field_start - 1;
    uint32_t lines = regular_lines(s, found);
    uint32_t taken = lines * s->at.chunk->fields;
    if (lines > 0) {
        take_lines(s, found, lines);
    } else {
        taken = ends_of_lines(s, found);
        if (!take_fields(s, found, taken)) return 0;
    }
    s->count -= taken;
    for (uint32_t index = 0; index < s->count; index++) found[index] = found[taken + index];
    s->breaks = 0;
    return s->at.record < s->at.chunk->capacity;
}

// The bytes behind the last 64, one by one. Returns whether there is a quote.
static int split_rest(plain_splitter *s) {
    weir_csv_chunk *c = s->at.chunk;
    int has_quote = 0;
    c->text_flags |= (uint8_t)weir_text_flags(c->bytes + s->position, c->length - s->position);
    for (; s->position < c->length; s->position++) {
        uint8_t byte = c->bytes[s->position];
        if (c->quote != 0 && byte == c->quote) has_quote = 1;
        if (byte != c->delimiter && byte != '\n') continue;
        s->breaks += byte == '\n';
        s->found[1 + s->count++] = (uint32_t)s->position;
        if (s->count >= ENDS && !settle(s)) break;
    }
    return has_quote;
}

#if WEIR_HAS_BLOCKS
// Eight ends at a time, whether or not there are as many: a branch for each would often be
// guessed wrong.
WEIR_BLOCKS_INLINE void put_ends(plain_splitter *s, uint64_t mask) {
    uint32_t *out = s->found + 1 + s->count;
    uint32_t position = (uint32_t)s->position;
    uint32_t count = (uint32_t)__builtin_popcountll(mask);
    for (uint32_t done = 0; done < count; done += 8) {
        for (int index = 0; index < 8; index++) {
            out[done + index] = position + (uint32_t)_tzcnt_u64(mask);
            mask = _blsr_u64(mask);
        }
    }
    s->count += count;
}

// Returns 0 when there is a quote.
WEIR_BLOCKS static int split_blocks(plain_splitter *s) {
    weir_csv_chunk *c = s->at.chunk;
    const __m256i delimiter = _mm256_set1_epi8((char)c->delimiter);
    const __m256i line_break = _mm256_set1_epi8('\n');
    const __m256i carriage_return = _mm256_set1_epi8('\r');
    const __m256i quote = _mm256_set1_epi8((char)c->quote);
    const __m256i zero = _mm256_setzero_si256();
    __m256i all = zero, zeros = zero, quotes = zero, returns = zero;
    int has_room = 1;
    for (; has_room && s->position + 64 <= c->length; s->position += 64) {
        byte_block block = load_block(c->bytes + s->position);
        uint64_t breaks = equal_mask(block, line_break);
        all = _mm256_or_si256(all, _mm256_or_si256(block.low, block.high));
        zeros = add_equal(zeros, block, zero);
        quotes = add_equal(quotes, block, quote);
        returns = add_equal(returns, block, carriage_return);
        put_ends(s, breaks | equal_mask(block, delimiter));
        s->breaks += (uint32_t)__builtin_popcountll(breaks);
        if (s->count < ENDS) continue;
        if (c->quote != 0 && any_high(quotes)) return 0;
        s->has_returns = any_high(returns);
        has_room = settle(s);
    }
    if (any_high(all)) c->text_flags |= WEIR_TEXT_NON_ASCII;
    if (any_high(zeros)) c->text_flags |= WEIR_TEXT_NUL;
    s->has_returns = 1;
    return c->quote == 0 || !any_high(quotes);
}
#endif

int weir_split_plain(splitter *at) {
    weir_csv_chunk *c = at->chunk;
    plain_splitter s = {.at = *at, .has_returns = 1};
    c->text_flags = 0;
#if WEIR_HAS_BLOCKS
    if (has_blocks() && !split_blocks(&s)) return 0;
#endif
    if (s.at.record < c->capacity && split_rest(&s)) return 0;
    // What is left then is the start of a line.
    if (s.at.record < c->capacity && settle(&s)) take_fields(&s, s.found + 1, s.count);
    *at = s.at;
    return 1;
}
