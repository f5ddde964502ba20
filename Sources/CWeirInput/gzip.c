// Reading gzip with zlib.

#include "CWeirInput.h"

#include <zlib.h>

void *weir_gzip_open(const char *path) {
    gzFile file = gzopen(path, "rb");
    if (file != NULL) gzbuffer(file, 256 * 1024);
    return file;
}

long weir_gzip_read(void *file, void *bytes, unsigned length) {
    long got = gzread((gzFile)file, bytes, length);
    if (got != 0) return got;
    // At the end zlib says by its error whether the data was complete.
    int code = Z_OK;
    gzerror((gzFile)file, &code);
    return code == Z_OK || code == Z_STREAM_END ? 0 : -1;
}

int64_t weir_gzip_offset(void *file) { return gzoffset((gzFile)file); }

const char *weir_gzip_error(void *file) {
    int code = 0;
    return gzerror((gzFile)file, &code);
}

void weir_gzip_close(void *file) { gzclose((gzFile)file); }
