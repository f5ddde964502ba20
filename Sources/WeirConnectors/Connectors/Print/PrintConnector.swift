// The connector `print`: rows on standard output, with their kind (Flink: connectors/table/print).

import WeirColumnar
import WeirPlanner
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum PrintConnector {
    static let connector = Connector(
        description: ConnectorDescription(
            name: "print", documentation: "Writes rows to standard output as `+I[a, b]`.",
            isSource: false, isSink: true, acceptsUpdates: true, needsFormat: false,
            options: [OptionDescription("print-identifier", .text, "text in front of each row")]),
        makeReader: nil,
        makeWriter: { plan, _, _ in PrintSink(plan) })
}

/// Prints each row; what was printed after the last commit is printed again on resume.
final class PrintSink: SinkWriter {
    private let kinds: [DataType.Kind]
    private let prefix: String
    private var rows: Int64 = 0

    init(_ plan: SinkPlan) {
        kinds = plan.columns.map(\.type.kind)
        prefix = plan.options["print-identifier"].map { "\($0)> " } ?? ""
    }

    func write(_ batch: Batch) throws {
        var text = ""
        for row in 0..<batch.count {
            let values = zip(kinds, batch.columns).map { kind, column in
                let scalar = column.scalar(row)
                return scalar == .null ? "null" : ValueText.string(scalar, kind: kind)
            }
            text += "\(prefix)\(batch.kind(row).symbol)[\(values.joined(separator: ", "))]\n"
        }
        rows += Int64(batch.count)
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Glibc.write(1, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw ConnectorError(
                    "cannot write to standard output: \(String(cString: strerror(errno)))")
            }
            start += written
        }
    }

    func commit() throws -> Int64 { rows }

    func close() throws {}
}
