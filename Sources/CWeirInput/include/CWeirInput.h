// Byte-level work under the CSV source: finding fields, and reading gzip.

#ifndef CWEIR_INPUT_H
#define CWEIR_INPUT_H

#include <stddef.h>
#include <stdint.h>

/// What a record of a CSV chunk is like.
enum weir_record_status {
    WEIR_RECORD_OK = 0,
    WEIR_RECORD_TOO_FEW = 1,
    WEIR_RECORD_TOO_MANY = 2,
    WEIR_RECORD_BAD_QUOTES = 3,
};

/// A chunk to split and where its fields go.
///
/// Field tables are column-major: field `c` of record `r` is at `c * capacity + r`. Offsets count
/// from `bytes`. Unescaped text is appended behind the chunk, from `arena` on.
typedef struct {
    uint8_t *bytes;
    /// Bytes of the chunk; 64 more may be read.
    size_t length;
    /// Where unescaped text may be written, and where that space ends.
    size_t arena;
    size_t arena_end;
    uint8_t delimiter;
    /// 0 when quotes have no meaning.
    uint8_t quote;
    /// Whether no more bytes follow, so that the last record needs no line break.
    uint8_t is_last;
    /// Fields of a record in the file.
    uint32_t fields;
    /// For each field of the file its table column, or -1.
    const int32_t *column_of_field;
    /// Table columns.
    uint32_t columns;
    /// Most records to take.
    uint32_t capacity;
    uint32_t *field_start;
    uint32_t *field_end;
    /// 1 where a field was in quotes; same shape as the field tables.
    uint8_t *field_quoted;
    uint32_t *record_start;
    uint32_t *record_end;
    /// Line breaks before the record, counted from the start of the chunk.
    uint32_t *record_line;
    uint8_t *record_status;
    /// Number of fields found; set for records with too few or too many.
    uint32_t *record_fields;

    /// Results: records taken, bytes they cover, line breaks in those bytes, whether there is a
    /// quote, and what `weir_text_flags` says of those bytes or of more.
    uint32_t records;
    size_t consumed;
    uint32_t lines;
    uint8_t has_quotes;
    uint8_t text_flags;
    /// Records whose status is not `WEIR_RECORD_OK`.
    uint32_t bad_records;
} weir_csv_chunk;

/// Splits a chunk into records and fields. Blank lines are passed over, unless records have one
/// field.
void weir_csv_split(weir_csv_chunk *chunk);

/// Bytes of the whole lines at the start of a text, at most `most` of them, and their number; 0
/// when there is none, and when the text has the byte `quote` (if that is not 0).
size_t weir_whole_lines(const uint8_t *bytes, size_t length, uint32_t most, uint8_t quote,
                        uint32_t *lines);

/// Bits of `weir_text_flags`.
enum { WEIR_TEXT_NON_ASCII = 1, WEIR_TEXT_NUL = 2 };

/// Whether a text has bytes beyond ASCII, and whether it has NUL bytes.
int weir_text_flags(const uint8_t *bytes, size_t length);

/// Whether a text is valid UTF-8 (RFC 3629).
int weir_is_utf8(const uint8_t *bytes, size_t length);

/// A gzip (or plain) file opened for reading; NULL when it cannot be opened.
void *weir_gzip_open(const char *path);

/// Reads up to `length` bytes; 0 at the end, -1 on an error or when the file is cut off.
long weir_gzip_read(void *file, void *bytes, unsigned length);

/// Bytes of the compressed file read so far.
int64_t weir_gzip_offset(void *file);

/// What went wrong last.
const char *weir_gzip_error(void *file);

void weir_gzip_close(void *file);

/// Bytes that a body of some size takes at most when it is compressed.
size_t weir_gzip_bound(size_t count);

/// Compresses a body; gives the bytes written, 0 when there was no memory for it.
size_t weir_gzip_pack(const uint8_t *input, size_t count, uint8_t *output, size_t room);

/// Keeps freed buffers of a few hundred KiB in the process: they are used again for the next
/// batch, and pages given back would fault anew each time.
void weir_keep_memory(void);

#endif
