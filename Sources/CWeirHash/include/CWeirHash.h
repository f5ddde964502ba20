// Message digests of OpenSSL's libcrypto.

#ifndef CWEIR_HASH_H
#define CWEIR_HASH_H

#include <stddef.h>

/// Computes a digest (`MD5`, `SHA1`, `SHA224`, `SHA256`, `SHA384`, `SHA512`).
///
/// `digest` has room for 64 bytes. Returns the bytes written, or 0 when there is no such digest.
size_t weir_hash(const char *name, const unsigned char *bytes, size_t length,
                 unsigned char *digest);

#endif
