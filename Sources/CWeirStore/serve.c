// What connections of an API have: the aggregate `weir_rows`, and limits.

#include "CWeirStore.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t count;
    size_t capacity;
    int failure;
} packed_rows;

static char *packed_room(packed_rows *rows, size_t more) {
    if (rows->count + more > rows->capacity) {
        size_t wanted = rows->capacity ? rows->capacity * 2 : 256;
        while (wanted < rows->count + more) wanted *= 2;
        if (wanted > (size_t)1 << 30) {
            rows->failure = SQLITE_TOOBIG;
            return NULL;
        }
        char *grown = realloc(rows->bytes, wanted);
        if (grown == NULL) {
            rows->failure = SQLITE_NOMEM;
            return NULL;
        }
        rows->bytes = grown;
        rows->capacity = wanted;
    }
    char *place = rows->bytes + rows->count;
    rows->count += more;
    return place;
}

static void pack_value(packed_rows *rows, sqlite3_value *value) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: {
        int64_t number = sqlite3_value_int64(value);
        char *place = packed_room(rows, 9);
        if (place == NULL) return;
        *place = WEIR_CELL_INTEGER;
        memcpy(place + 1, &number, 8);
        break;
    }
    case SQLITE_FLOAT: {
        double number = sqlite3_value_double(value);
        char *place = packed_room(rows, 9);
        if (place == NULL) return;
        *place = WEIR_CELL_REAL;
        memcpy(place + 1, &number, 8);
        break;
    }
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        int is_text = sqlite3_value_type(value) == SQLITE_TEXT;
        const void *bytes = is_text ? (const void *)sqlite3_value_text(value)
                                    : sqlite3_value_blob(value);
        int32_t length = sqlite3_value_bytes(value);
        char *place = packed_room(rows, 5 + (size_t)length);
        if (place == NULL) return;
        *place = is_text ? WEIR_CELL_TEXT : WEIR_CELL_BLOB;
        memcpy(place + 1, &length, 4);
        if (length > 0) memcpy(place + 5, bytes, (size_t)length);
        break;
    }
    default: {
        char *place = packed_room(rows, 1);
        if (place != NULL) *place = WEIR_CELL_NULL;
    }
    }
}

static void rows_step(sqlite3_context *context, int argc, sqlite3_value **argv) {
    packed_rows *rows = sqlite3_aggregate_context(context, sizeof *rows);
    if (rows == NULL) return sqlite3_result_error_nomem(context);
    for (int i = 0; i < argc && rows->failure == 0; i++) pack_value(rows, argv[i]);
}

static void rows_final(sqlite3_context *context) {
    packed_rows *rows = sqlite3_aggregate_context(context, 0);
    if (rows == NULL) return sqlite3_result_null(context);
    if (rows->failure != 0) {
        free(rows->bytes);
        sqlite3_result_error_code(context, rows->failure);
    } else {
        sqlite3_result_blob64(context, rows->bytes, rows->count, free);
    }
}

int weir_rows_register(sqlite3 *db) {
    return sqlite3_create_function_v2(db, "weir_rows", -1, SQLITE_UTF8, NULL, NULL, rows_step,
                                      rows_final, NULL);
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger) {
    (void)context, (void)first, (void)database, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION: return SQLITE_OK;
    // How virtual tables declare their columns; a connection that only reads makes no others.
    case SQLITE_CREATE_TABLE: return SQLITE_OK;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
        return first != NULL && strcmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    // How FTS5 notices that another connection has written; it tells nothing.
    case SQLITE_PRAGMA:
        return first != NULL && strcmp(first, "data_version") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return second != NULL && sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY
                                                                                 : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

void weir_harden(sqlite3 *db) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_set_authorizer(db, authorize, NULL);
}
