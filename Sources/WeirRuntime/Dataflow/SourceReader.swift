// What the runtime needs from sources and sinks; connectors implement it.

package import WeirColumnar

/// Where a source stands: everything before it has been read.
package struct SourcePosition: Sendable, Equatable {
    /// The file, by its position in the sorted list of the source's files.
    package var file: Int
    /// The next byte of the (decompressed) file.
    package var byteOffset: Int64
    /// The line that begins there, from 1.
    package var line: Int64

    package init(file: Int = 0, byteOffset: Int64 = 0, line: Int64 = 1) {
        self.file = file
        self.byteOffset = byteOffset
        self.line = line
    }
}

/// A piece of decoded input.
package struct DecodedBatch: Sendable {
    /// Rows that could be decoded; their origin names their records.
    package let batch: Batch
    package let rejects: [Reject]
    /// Records in the piece: rows plus rejects.
    package let records: Int
    /// Behind the last record.
    package let end: SourcePosition
    /// Whether nothing follows.
    package let isLast: Bool

    package init(
        batch: Batch, rejects: [Reject], records: Int, end: SourcePosition, isLast: Bool
    ) {
        self.batch = batch
        self.rejects = rejects
        self.records = records
        self.end = end
        self.isLast = isLast
    }
}

/// A failure outside Weir that ends the pipeline: a file that cannot be read or written.
package struct ConnectorError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Reads one source piece by piece; belongs to the source's thread.
package protocol SourceReader: AnyObject {
    /// The next piece; nil at the end of the input.
    ///
    /// - Throws: `ConnectorError` when the input cannot be read.
    func next() throws -> DecodedBatch?

    /// Bytes of the input in all, as far as known, and bytes read; for progress.
    var progress: (read: Int64, total: Int64?) { get }
}

/// Writes the rows of a sink; belongs to the writer thread.
package protocol SinkWriter: AnyObject {
    /// Takes rows.
    ///
    /// - Throws: `ConnectorError` when they cannot be written.
    func write(_ batch: Batch) throws

    /// Makes everything written durable and says where the sink stands, for the commit.
    func commit() throws -> Int64

    func close() throws
}
