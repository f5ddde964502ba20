// How the allocator treats the buffers of batches.

#include "CWeirInput.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void weir_keep_memory(void) {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}
