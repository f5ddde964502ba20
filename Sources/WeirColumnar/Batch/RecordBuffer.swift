// The memory behind raw records: written once by a reader, then shared read-only.

/// A block of bytes that batches point into.
///
/// `@unchecked Sendable` holds because only who made the buffer writes (a source reader, or a copy
/// for a tap), and only before it is handed on; from then on nobody writes.
package final class RecordBuffer: @unchecked Sendable {
    /// Readable bytes past the end, so that kernels may load whole words.
    package static let padding = 64

    package let base: UnsafeMutablePointer<UInt8>
    package let capacity: Int

    package init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity + Self.padding)
        (base + capacity).initialize(repeating: 0, count: Self.padding)
    }

    deinit { base.deallocate() }

    /// A copy of a range; what lies outside the buffer is left out.
    package func copy(from start: Int, to end: Int) -> [UInt8] {
        let lower = min(max(start, 0), capacity)
        let upper = min(max(end, lower), capacity)
        return Array(UnsafeBufferPointer(start: base + lower, count: upper - lower))
    }
}
