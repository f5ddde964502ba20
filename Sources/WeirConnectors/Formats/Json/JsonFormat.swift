// The format `json`: one object a line (Flink: connectors/table/formats/json).

import WeirColumnar
import WeirPlanner
import WeirRuntime

enum JsonFormat {
    static let format = Format(
        description: FormatDescription(
            name: "json", documentation: "JSON lines: one object on each line.",
            supportsNested: true,
            options: [
                OptionDescription(
                    "json.fail-on-missing-field", .boolean,
                    "whether a record without one of the columns is rejected; by default it is NULL"
                ),
                OptionDescription(
                    "json.timestamp-format.standard", .choice(["SQL", "ISO-8601"]),
                    "how timestamps are written; both are read"),
            ]),
        makeDecoder: { JsonDecoder($0) },
        makeEncoder: { JsonEncoder($0) })
}

/// Writes rows as JSON lines.
final class JsonEncoder: RowEncoder {
    private let fields: [Field]
    private let isISO: Bool
    let preamble: [UInt8] = []

    init(_ plan: SinkPlan) {
        fields = plan.columns
        isISO = plan.options["json.timestamp-format.standard"]?.uppercased() == "ISO-8601"
    }

    func encode(_ batch: Batch, into bytes: inout [UInt8]) {
        for row in 0..<batch.count {
            bytes.append(UInt8(ascii: "{"))
            for (index, field) in fields.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += jsonQuoted(field.name).utf8
                bytes.append(UInt8(ascii: ":"))
                bytes += value(batch.columns[index].scalar(row), field.type.kind).utf8
            }
            bytes.append(UInt8(ascii: "}"))
            bytes.append(0x0A)
        }
    }

    private func value(_ scalar: Scalar, _ kind: DataType.Kind) -> String {
        let text = RowText.value(scalar, kind)
        guard kind.isTimestamp, scalar != .null else { return text }
        let isInstant = if case .timestampLTZ = kind { true } else { false }
        var stamp = ValueText.string(scalar, kind: kind)
        if isISO, let space = stamp.firstIndex(of: " ") {
            stamp.replaceSubrange(space...space, with: "T")
        }
        return "\"\(stamp)\(isInstant ? "Z" : "")\""
    }
}
