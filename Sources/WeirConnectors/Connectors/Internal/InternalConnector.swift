// Tables that the API writes: their rows come from the log of writes.

import WeirColumnar
package import WeirPlanner
package import WeirRuntime

enum InternalConnector {
    static let connector = Connector(
        description: ConnectorDescription(
            name: "internal", documentation: "Rows that come in through the API.",
            isSource: true, isSink: false, acceptsUpdates: false, needsFormat: false, options: []),
        makeReader: { plan, position, context in
            WriteSource(plan, position: position, feed: context.writes)
        },
        makeWriter: nil)
}

/// Reads the records of a table from the log; a position is the number of a record.
private final class WriteSource: SourceReader {
    private let name: String
    private let decoder: RecordTexts
    private let feed: (any WriteFeed)?
    private var position: SourcePosition
    private static let mostRecords = 4096

    init(_ plan: SourcePlan, position: SourcePosition, feed: (any WriteFeed)?) {
        name = plan.name
        decoder = RecordTexts(plan)
        self.feed = feed
        self.position = position
    }

    var progress: (read: Int64, total: Int64?) {
        (position.byteOffset, max(position.byteOffset, feed?.last ?? 0))
    }

    func next() throws -> DecodedBatch? {
        guard
            let records = try feed?.next(
                table: name, after: position.byteOffset, most: Self.mostRecords)
        else { return nil }
        guard let last = records.last else {
            return DecodedBatch(
                batch: Batch(count: 0, columns: []), rejects: [], records: 0, end: position,
                isLast: false)
        }
        position = SourcePosition(
            file: 0, byteOffset: last.number, line: position.line + Int64(records.count))
        return decoder.decode(records.map(\.text), end: position)
    }
}

/// Decodes JSON objects that are not in a file.
package final class RecordTexts {
    private let name: String
    private let decoder: JsonDecoder

    /// - Parameter plan: the columns of the records.
    package init(_ plan: SourcePlan) {
        name = plan.name
        decoder = JsonDecoder(plan)
    }

    /// The rows of some records; those that are none are rejects.
    ///
    /// - Parameter records: JSON objects without line breaks.
    package func decode(_ records: [[UInt8]], end: SourcePosition) -> DecodedBatch {
        let length = records.reduce(0) { $0 + $1.count + 1 }
        let buffer = RecordBuffer(capacity: length * 2 + 256)
        var at = 0
        for record in records {
            for byte in record {
                buffer.base[at] = byte
                at += 1
            }
            buffer.base[at] = 0x0A
            at += 1
        }
        let piece = RawPiece(
            buffer: buffer, length: length, isLast: true, path: "", source: name,
            start: SourcePosition(
                file: 0, byteOffset: 0, line: max(1, end.line - Int64(records.count))))
        let decoded = decoder.decode(piece)
        return DecodedBatch(
            batch: Batch(
                count: decoded.rows.count, columns: decoded.columns,
                origin: Origin(chunk: decoded.chunk, records: decoded.rows),
                readAt: MonotonicClock.now()),
            rejects: decoded.rejects, records: decoded.records, end: end, isLast: false)
    }
}
