// Reading and writing gzip with zlib.

#include "CWeirInput.h"

#include <string.h>
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

size_t weir_gzip_bound(size_t count) { return compressBound(count) + 32; }

size_t weir_gzip_pack(const uint8_t *input, size_t count, uint8_t *output, size_t room) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (count > UINT32_MAX || room > UINT32_MAX) return 0;
    // 15 bits of window, and 16 for the head and tail of gzip; the fastest level that looks back.
    if (deflateInit2(&stream, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)count;
    stream.next_out = output;
    stream.avail_out = (uInt)room;
    int result = deflate(&stream, Z_FINISH);
    size_t written = room - stream.avail_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : 0;
}
