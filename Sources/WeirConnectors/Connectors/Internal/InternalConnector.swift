// Tables that the API writes. Nothing serves the API yet, so there is nothing to read.

import WeirPlanner
import WeirRuntime

enum InternalConnector {
    static let connector = Connector(
        description: ConnectorDescription(
            name: "internal", documentation: "Rows that come in through the API.",
            isSource: true, isSink: false, acceptsUpdates: false, needsFormat: false, options: []),
        makeReader: { _, _, _ in EmptySource() },
        makeWriter: nil)
}

/// A source that has ended.
private final class EmptySource: SourceReader {
    func next() throws -> DecodedBatch? { nil }

    var progress: (read: Int64, total: Int64?) { (0, 0) }
}
