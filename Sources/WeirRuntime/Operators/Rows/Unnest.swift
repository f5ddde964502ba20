// The elements of a collection beside their row.

package import WeirColumnar
package import WeirPlanner

/// One row for each element of an ARRAY, a MULTISET or a MAP; kinds go with the rows.
package final class Unnest: Operator {
    private let plan: UnnestPlan

    private let stage: String

    package init(_ plan: UnnestPlan, stage: String) {
        self.plan = plan
        self.stage = stage
    }

    private func reject(_ batch: Batch, _ row: Int, _ output: inout OperatorOutput) {
        output.rejects.append(
            .row(
                row, of: batch, fields: [], stage: stage, column: nil, value: nil,
                rule: "UNNEST", code: .outOfRange,
                message: "a MULTISET of more than \(CollectionElements.limit) elements"))
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        guard batch.count > 0 else {
            if batch.watermark > .min { output.batches.append(batch.replacing(columns: [])) }
            return
        }
        var refused = 0
        var rows: [Int32] = []
        let fields = plan.fields.count - (plan.withOrdinality ? 1 : 0)
        var builders = plan.fields.prefix(fields).map { ColumnBuilder($0.type.kind.physical) }
        var ordinals = ColumnBuilder(.int64)
        let column = batch.columns[plan.operand]
        let bytes = column.byteValues
        for row in 0..<batch.count {
            guard
                let elements = column.isNull(row)
                    ? [] : CollectionElements.of(bytes[row], kind: plan.kind, fields: fields)
            else {
                refused += 1
                reject(batch, row, &output)
                continue
            }
            for (number, element) in elements.enumerated() {
                rows.append(Int32(row))
                for (index, value) in element.enumerated() {
                    builders[index].append(
                        NestedValue.scalar(value, plan.fields[index].type.kind))
                }
                ordinals.append(.int64(Int64(number + 1)))
            }
            if elements.isEmpty, plan.keepsUnmatched {
                rows.append(Int32(row))
                for index in builders.indices { builders[index].appendNull() }
                ordinals.appendNull()
            }
        }
        output.count(.rejected, refused)
        output.count(.passed, batch.count - refused)
        let taken = batch.take(rows)
        let added = builders.map { $0.build() } + (plan.withOrdinality ? [ordinals.build()] : [])
        output.batches.append(
            Batch(
                count: rows.count, columns: taken.columns + added, kinds: taken.kinds,
                watermarks: taken.watermarks, watermark: batch.watermark, readAt: batch.readAt))
    }
}

/// A collection's elements as the values of their columns.
enum CollectionElements {
    /// Elements of one MULTISET; more would fill the memory.
    static let limit = 1_000_000

    /// Nil when there are too many.
    static func of(
        _ text: ArraySlice<UInt8>, kind: DataType.Kind, fields: Int
    ) -> [[JsonValue]]? {
        switch kind {
        case .array(let element):
            let items = NestedValue.elements(text) ?? []
            guard case .row(let names) = element.kind else { return items.map { [$0] } }
            return items.map { item in
                guard case .object(let members) = item else {
                    return [JsonValue](repeating: .null, count: fields)
                }
                return names.map { name in
                    members.first { $0.isCalled(name.name) }?.value ?? .null
                }
            }
        case .multiset:
            var elements: [[JsonValue]] = []
            for member in NestedValue.members(text) ?? [] {
                let count = max(0, Int(clamping: Int64(member.value.text) ?? 0))
                guard count <= limit - elements.count else { return nil }
                elements += [[JsonValue]](repeating: [.string(member.key)], count: count)
            }
            return elements
        case .map:
            return (NestedValue.members(text) ?? []).map { [.string($0.key), $0.value] }
        default: return []
        }
    }
}
