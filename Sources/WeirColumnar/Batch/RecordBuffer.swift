// The memory behind raw records: written once by a reader, then shared read-only.

/// A block of bytes that batches point into.
///
/// `@unchecked Sendable` holds because one thread at a time writes, and only before the batch is handed on:
/// the source's thread fills the buffer, then one worker decodes it and puts unescaped text behind
/// the input while the source's thread waits (`Workers.each`); a copy for a tap is filled by who
/// makes it. From then on nobody writes.
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
