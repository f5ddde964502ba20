// The connector `blackhole`: rows are taken and forgotten (Flink: connectors/table/blackhole).

import WeirColumnar
import WeirPlanner
import WeirRuntime

enum BlackholeConnector {
    static let connector = Connector(
        description: ConnectorDescription(
            name: "blackhole", documentation: "Takes rows and forgets them, to measure the rest.",
            isSource: false, isSink: true, acceptsUpdates: true, needsFormat: false, options: []),
        makeReader: nil,
        makeWriter: { _, _, _ in BlackholeSink() })
}

/// Counts and forgets.
final class BlackholeSink: SinkWriter {
    private var rows: Int64 = 0

    func write(_ batch: Batch) throws { rows += Int64(batch.count) }

    func commit() throws -> Int64 { rows }

    func close() throws {}
}
