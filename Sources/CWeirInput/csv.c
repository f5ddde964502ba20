// Splits CSV (RFC 4180) into fields.
//
// A chunk without quotes goes through `weir_split_plain`. One with quotes goes through a byte-wise
// state machine that also recovers from broken quotes: the line where a broken field begins is a
// bad record, and the next line is a new one.

#include "csv_splitter.h"

#include <string.h>

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
    c->bad_records = 0;
    c->has_quotes = !weir_split_plain(&s);
    if (c->has_quotes) {
        s = (splitter){.chunk = c};
        c->bad_records = 0;
        split_quoted(&s);
        c->text_flags = (uint8_t)weir_text_flags(c->bytes, c->length);
    } else {
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
