// A virtual table over the columns of a batch, so that one INSERT … SELECT loads a whole batch, and
// what the connections of an API need besides.

#ifndef CWEIR_STORE_H
#define CWEIR_STORE_H

#include <stdint.h>

struct sqlite3;

enum weir_column_kind {
    WEIR_COLUMN_BOOL = 0,
    WEIR_COLUMN_INT64 = 1,
    WEIR_COLUMN_INT128 = 2,
    WEIR_COLUMN_FLOAT64 = 3,
    WEIR_COLUMN_TEXT = 4,
    WEIR_COLUMN_BLOB = 5,
    /// The values are `weir_cell`s, each with a type of its own.
    WEIR_COLUMN_CELL = 6,
};

enum weir_cell_kind {
    WEIR_CELL_NULL = 0,
    WEIR_CELL_INTEGER = 1,
    WEIR_CELL_REAL = 2,
    WEIR_CELL_TEXT = 3,
    WEIR_CELL_BLOB = 4,
};

/// A value of SQLite.
typedef struct {
    /// The integer, the bits of the number, or where the text begins among the bytes.
    int64_t bits;
    /// Bytes of a text or blob.
    int32_t length;
    int32_t kind;
} weir_cell;

typedef struct {
    int32_t kind;
    /// Least number of digits of a 128-bit integer that does not fit in 64 bits.
    int32_t digits;
    /// The values; for texts and blobs the bytes.
    const void *values;
    /// For texts and blobs: rows + 1 offsets.
    const int32_t *offsets;
    /// A bit a row, set where there is a value; NULL when all have one.
    const uint64_t *validity;
    /// For cells: the bytes of their texts.
    const char *bytes;
} weir_column;

typedef struct {
    int64_t rows;
    int32_t columns;
    const weir_column *column;
    /// Row numbers to give, in order; NULL for 0, 1, 2 …
    const int32_t *selection;
} weir_batch;

/// Columns that the virtual table has: c0, c1, …
enum { WEIR_BATCH_MAX_COLUMNS = 500 };

/// The place that a connection's virtual table reads from.
typedef struct weir_batch_slot weir_batch_slot;

/// Registers the table `weir_batch` with a connection; NULL when that fails. The slot lives as
/// long as the connection.
weir_batch_slot *weir_batch_register(struct sqlite3 *db);

/// Sets the batch that the next statement reads; it must live until the statement is done.
void weir_batch_set(weir_batch_slot *slot, const weir_batch *batch);

/// Registers the aggregate `weir_rows(values …)`, which packs rows into one blob: of each value its
/// kind in a byte, then nothing, eight bytes (of this machine's order), or four bytes with a length
/// and so many more. NULL for no rows. Returns a result code of SQLite.
int weir_rows_register(struct sqlite3 *db);

/// Makes a connection refuse what queries of an API never do: writing, other files, settings.
void weir_harden(struct sqlite3 *db);

#endif
