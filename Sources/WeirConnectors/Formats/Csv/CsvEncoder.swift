// Rows to CSV.

import WeirColumnar
import WeirPlanner

/// Writes fields as Flink's csv format does: quotes where needed, NULL as the null literal.
final class CsvEncoder: RowEncoder {
    private let kinds: [DataType.Kind]
    private let options: CsvOptions
    let preamble: [UInt8]

    init(_ plan: SinkPlan) {
        let options = CsvOptions(plan.options)
        self.options = options
        kinds = plan.columns.map(\.type.kind)
        var header: [UInt8] = []
        if options.hasHeader {
            for (index, column) in plan.columns.enumerated() {
                if index > 0 { header.append(options.delimiter) }
                Self.append(Array(column.name.utf8), options, &header)
            }
            header.append(0x0A)
        }
        preamble = header
    }

    func encode(_ batch: Batch, into bytes: inout [UInt8]) {
        for row in 0..<batch.count {
            for (index, column) in batch.columns.enumerated() {
                if index > 0 { bytes.append(options.delimiter) }
                let scalar = column.scalar(row)
                if scalar == .null {
                    bytes += options.nullLiteral ?? []
                } else {
                    Self.append(ValueText.bytes(scalar, kind: kinds[index]), options, &bytes)
                }
            }
            bytes.append(0x0A)
        }
    }

    private static func append(_ value: [UInt8], _ options: CsvOptions, _ bytes: inout [UInt8]) {
        let needsQuotes =
            options.quote != 0
            && value.contains {
                $0 == options.delimiter || $0 == options.quote || $0 == 0x0A || $0 == 0x0D
                    || $0 == 0x20
            }
        guard needsQuotes else {
            bytes += value
            return
        }
        bytes.append(options.quote)
        for byte in value {
            if byte == options.quote { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(options.quote)
    }
}
