// Where the splitting of a CSV chunk stands, and how records are noted.

#ifndef CWEIR_CSV_SPLITTER_H
#define CWEIR_CSV_SPLITTER_H

#include "CWeirInput.h"

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
    if (status != WEIR_RECORD_OK) c->bad_records++;
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
    if (s->field == 0 && end == s->record_start && c->fields != 1) {
        // A blank line.
    } else {
        put_field(s, s->field_start, end, 0);
        put_record(s, without_return(c->bytes, s->record_start, position), WEIR_RECORD_OK);
    }
    s->line++;
    s->record_start = s->field_start = position + 1;
    return s->record < c->capacity;
}

// Splits a chunk without quotes. Returns 0 when it has one, and sets the chunk's text flags else.
int weir_split_plain(splitter *s);

#endif
