// JSON records to fields, with simdjson behind a C face.

#ifndef CWEIR_JSON_H
#define CWEIR_JSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a field of a record holds.
enum weir_json_kind {
    WEIR_JSON_MISSING = 0,
    WEIR_JSON_NULL = 1,
    /// Text, unescaped, in the arena.
    WEIR_JSON_STRING = 2,
    /// Number or boolean, as written, in the arena.
    WEIR_JSON_SCALAR = 3,
    /// Object or array, as written, in the arena.
    WEIR_JSON_NESTED = 4,
};

typedef struct weir_json_parser weir_json_parser;

weir_json_parser *weir_json_create(void);

void weir_json_destroy(weir_json_parser *parser);

/// The names of the fields to read, in the order of the columns.
void weir_json_set_fields(weir_json_parser *parser, const char *const *names,
                          const size_t *lengths, size_t count);

/// Reads one record.
///
/// `record` has `length` bytes and 64 more that may be read. For each field its kind and its place
/// in `arena` (which has `arena_size` bytes from `*arena_used` on) are written. Returns NULL, or
/// what is wrong with the record.
const char *weir_json_read(weir_json_parser *parser, const char *record, size_t length,
                           char *arena, size_t arena_size, size_t *arena_used,
                           uint8_t *kinds, uint32_t *starts, uint32_t *ends);

/// What a record is made of, for those who do not know its fields.
///
/// Writes events to `out` (which has `out_size` bytes; twice the record and 64 are enough): `{` `}`
/// `[` `]`, `k` and `s` with a length (4 bytes, little endian) and that many bytes of a key or of
/// the start of a string, `i` for a 64-bit integer, `d` for another number, `b` and `z` for booleans
/// and null. Returns the bytes written, or -1 when the record is not one JSON object.
ptrdiff_t weir_json_events(weir_json_parser *parser, const char *record, size_t length, char *out,
                           size_t out_size);

#ifdef __cplusplus
}
#endif

#endif
