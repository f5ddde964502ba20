// TO_CHANGELOG: changes as rows (Flink: queries/changelog.md).

package import WeirColumnar
package import WeirPlanner

/// Puts the code of each change in front of its row; changes are those between two commits.
package final class Changelog: Operator {
    /// By `RowKind`: its place among the codes; -1 for changes that are left out.
    private let places: [Int32]
    private let codes: ByteColumn

    package init(_ codes: ChangeCodes) {
        var texts: [String] = []
        places = ChangeCodes.names.map { kind, _ in
            guard let code = codes[kind] else { return -1 }
            texts.append(code)
            return Int32(texts.count - 1)
        }
        self.codes = ByteColumn(texts)
    }

    package func process(_ batch: Batch, input: Int, into output: inout OperatorOutput) {
        var rows: [Int32] = []
        var found: [Int32] = []
        for row in 0..<batch.count {
            let place = places[Int(batch.kind(row).rawValue)]
            if place < 0 { continue }
            rows.append(Int32(row))
            found.append(place)
        }
        output.count(.passed, rows.count)
        output.count(.filtered, batch.count - rows.count)
        let kept = rows.count == batch.count ? batch : batch.take(rows)
        guard batch.count > 0 || batch.watermark > .min else { return }
        output.batches.append(
            Batch(
                count: rows.count,
                columns: rows.isEmpty ? [] : [Column(.bytes(codes)).take(found)] + kept.columns,
                watermark: batch.watermark, readAt: batch.readAt))
    }
}
