// A virtual table over the columns of a batch, so that one INSERT … SELECT loads a whole batch.

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
};

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

#endif
