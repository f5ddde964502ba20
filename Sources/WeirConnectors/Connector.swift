// What a connector and a format are.

import WeirColumnar
package import WeirPlanner
package import WeirRuntime

/// What a connector may need to know about where it runs.
package struct ConnectorContext: Sendable {
    /// Relative paths begin here: the folder of the script.
    package let baseDirectory: String
    /// Bytes read at once from a file.
    package let chunkBytes: Int
    /// Who decodes.
    package let workers: Workers
    /// Where tables that the API writes have their rows from; nil for none.
    package let writes: (any WriteFeed)?

    package init(
        baseDirectory: String, chunkBytes: Int = 512 << 10, workers: Workers = .cores,
        writes: (any WriteFeed)? = nil
    ) {
        self.writes = writes
        self.baseDirectory = baseDirectory
        self.chunkBytes = chunkBytes
        self.workers = workers
    }
}

/// A way to read or write rows outside the store.
package struct Connector: Sendable {
    package let description: ConnectorDescription
    /// Opens a source at a position; nil for connectors that are only sinks.
    package let makeReader:
        (@Sendable (SourcePlan, SourcePosition, ConnectorContext) throws -> any SourceReader)?
    /// Opens a sink, cut back to what was committed; nil for connectors that are only sources.
    package let makeWriter:
        (@Sendable (SinkPlan, _ committed: Int64?, ConnectorContext) throws -> any SinkWriter)?
}

/// A way to lay rows out as bytes.
package struct Format: Sendable {
    package let description: FormatDescription
    /// A decoder for a source's columns and options.
    let makeDecoder: @Sendable (SourcePlan) -> any RecordDecoder
    /// An encoder for a sink's columns and options.
    let makeEncoder: @Sendable (SinkPlan) -> any RowEncoder
}

/// What a decoder made of a piece.
struct DecodedPiece {
    let columns: [Column]
    /// Indices of the records that became rows.
    let rows: [Int32]
    let rejects: [Reject]
    let chunk: RecordChunk
    let records: Int
    /// Bytes and lines taken; the rest comes again with more behind it.
    let consumedBytes: Int
    let consumedLines: Int
}

/// Turns bytes into rows; works on one piece at a time.
protocol RecordDecoder: AnyObject {
    /// Reads what stands in front of the first record, such as a header line.
    ///
    /// - Returns: bytes and lines to pass over, or nil when more bytes are needed.
    /// - Throws: `ConnectorError` when the file does not fit the table.
    func readPreamble(_ piece: RawPiece) throws -> (bytes: Int, lines: Int)?

    /// Bytes and lines at the start of a piece that `decode` would take; nil when only decoding
    /// tells.
    func wholeRecords(_ piece: RawPiece) -> (bytes: Int, lines: Int)?

    /// Decodes the whole records of a piece.
    func decode(_ piece: RawPiece) -> DecodedPiece
}

/// Turns rows into bytes; belongs to the writer thread.
protocol RowEncoder: AnyObject {
    /// Bytes at the start of a new file.
    var preamble: [UInt8] { get }

    func encode(_ batch: Batch, into bytes: inout [UInt8])
}
