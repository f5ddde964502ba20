// The virtual table `weir_batch` (https://www.sqlite.org/vtab.html, eponymous-only).

#include "CWeirStore.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct weir_batch_slot {
    const weir_batch *batch;
};

typedef struct {
    sqlite3_vtab base;
    weir_batch_slot *slot;
} batch_table;

typedef struct {
    sqlite3_vtab_cursor base;
    const weir_batch *batch;
    int64_t position;
} batch_cursor;

static int batch_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **table, char **error) {
    (void)argc, (void)argv, (void)error;
    size_t size = 32 + (size_t)WEIR_BATCH_MAX_COLUMNS * 8;
    char *sql = malloc(size);
    if (sql == NULL) return SQLITE_NOMEM;
    sqlite3_snprintf((int)size, sql, "CREATE TABLE x(c0");
    size_t used = strlen(sql);
    for (int i = 1; i < WEIR_BATCH_MAX_COLUMNS; i++) {
        sqlite3_snprintf((int)(size - used), sql + used, ",c%d", i);
        used += strlen(sql + used);
    }
    sqlite3_snprintf((int)(size - used), sql + used, ")");
    int result = sqlite3_declare_vtab(db, sql);
    free(sql);
    if (result != SQLITE_OK) return result;
    batch_table *made = sqlite3_malloc(sizeof *made);
    if (made == NULL) return SQLITE_NOMEM;
    memset(made, 0, sizeof *made);
    made->slot = aux;
    *table = &made->base;
    return SQLITE_OK;
}

static int batch_disconnect(sqlite3_vtab *table) {
    sqlite3_free(table);
    return SQLITE_OK;
}

static int batch_best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
    const weir_batch *batch = ((batch_table *)table)->slot->batch;
    info->estimatedCost = 1;
    info->estimatedRows = batch ? batch->rows : 1;
    return SQLITE_OK;
}

static int batch_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor) {
    (void)table;
    batch_cursor *made = sqlite3_malloc(sizeof *made);
    if (made == NULL) return SQLITE_NOMEM;
    memset(made, 0, sizeof *made);
    *cursor = &made->base;
    return SQLITE_OK;
}

static int batch_close(sqlite3_vtab_cursor *cursor) {
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int batch_filter(sqlite3_vtab_cursor *base, int number, const char *name, int argc,
                        sqlite3_value **argv) {
    (void)number, (void)name, (void)argc, (void)argv;
    batch_cursor *cursor = (batch_cursor *)base;
    cursor->batch = ((batch_table *)base->pVtab)->slot->batch;
    cursor->position = 0;
    return SQLITE_OK;
}

static int batch_next(sqlite3_vtab_cursor *base) {
    ((batch_cursor *)base)->position++;
    return SQLITE_OK;
}

static int batch_eof(sqlite3_vtab_cursor *base) {
    batch_cursor *cursor = (batch_cursor *)base;
    return cursor->batch == NULL || cursor->position >= cursor->batch->rows;
}

static void result_int128(sqlite3_context *context, __int128 value, int digits) {
    if (value >= INT64_MIN && value <= INT64_MAX) {
        sqlite3_result_int64(context, (int64_t)value);
        return;
    }
    char text[48];
    int at = (int)sizeof text;
    int written = 0;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    while (rest > 0 || written < digits) {
        text[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        written++;
    }
    if (value < 0) text[--at] = '-';
    sqlite3_result_text(context, text + at, (int)sizeof text - at, SQLITE_TRANSIENT);
}

static int batch_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
    batch_cursor *cursor = (batch_cursor *)base;
    const weir_batch *batch = cursor->batch;
    if (index >= batch->columns) return SQLITE_OK;
    const weir_column *column = &batch->column[index];
    int64_t row = batch->selection ? batch->selection[cursor->position] : cursor->position;
    if (column->validity && !(column->validity[row >> 6] >> (row & 63) & 1)) return SQLITE_OK;
    switch (column->kind) {
    case WEIR_COLUMN_BOOL:
        sqlite3_result_int(context, ((const uint8_t *)column->values)[row]);
        break;
    case WEIR_COLUMN_INT64:
        sqlite3_result_int64(context, ((const int64_t *)column->values)[row]);
        break;
    case WEIR_COLUMN_INT128: {
        __int128 value;
        memcpy(&value, (const char *)column->values + row * 16, 16);
        result_int128(context, value, column->digits);
        break;
    }
    case WEIR_COLUMN_FLOAT64:
        sqlite3_result_double(context, ((const double *)column->values)[row]);
        break;
    case WEIR_COLUMN_CELL: {
        const weir_cell *cell = (const weir_cell *)column->values + row;
        switch (cell->kind) {
        case WEIR_CELL_INTEGER: sqlite3_result_int64(context, cell->bits); break;
        case WEIR_CELL_REAL: {
            double value;
            memcpy(&value, &cell->bits, 8);
            sqlite3_result_double(context, value);
            break;
        }
        case WEIR_CELL_TEXT:
            sqlite3_result_text(context, column->bytes + cell->bits, cell->length, SQLITE_STATIC);
            break;
        case WEIR_CELL_BLOB:
            sqlite3_result_blob(context, column->bytes + cell->bits, cell->length, SQLITE_STATIC);
            break;
        }
        break;
    }
    default: {
        int32_t start = column->offsets[row];
        int length = column->offsets[row + 1] - start;
        const char *bytes = (const char *)column->values + start;
        if (column->kind == WEIR_COLUMN_BLOB)
            sqlite3_result_blob(context, bytes, length, SQLITE_STATIC);
        else
            sqlite3_result_text(context, bytes, length, SQLITE_STATIC);
    }
    }
    return SQLITE_OK;
}

static int batch_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
    *rowid = ((batch_cursor *)base)->position;
    return SQLITE_OK;
}

static sqlite3_module batch_module = {
    .xConnect = batch_connect,
    .xBestIndex = batch_best_index,
    .xDisconnect = batch_disconnect,
    .xDestroy = batch_disconnect,
    .xOpen = batch_open,
    .xClose = batch_close,
    .xFilter = batch_filter,
    .xNext = batch_next,
    .xEof = batch_eof,
    .xColumn = batch_column,
    .xRowid = batch_rowid,
};

weir_batch_slot *weir_batch_register(sqlite3 *db) {
    weir_batch_slot *slot = calloc(1, sizeof *slot);
    if (slot == NULL) return NULL;
    if (sqlite3_create_module_v2(db, "weir_batch", &batch_module, slot, free) != SQLITE_OK)
        return NULL;
    return slot;
}

void weir_batch_set(weir_batch_slot *slot, const weir_batch *batch) { slot->batch = batch; }
