// Columns and batches put one after the other.

extension Column {
    /// The first `counts[i]` rows of each part, in order; all parts have one layout.
    package static func joined(_ parts: [Column], counts: [Int]) -> Column {
        guard let first = parts.first else { return Column(.bool([])) }
        if parts.count == 1, first.count == counts[0] { return first }
        let validity = joinedValidity(parts, counts)
        func gather<Value>(_ values: (ColumnValues) -> [Value]?) -> [Value] {
            var result: [Value] = []
            result.reserveCapacity(counts.reduce(0, +))
            for (part, count) in zip(parts, counts) {
                result += (values(part.values) ?? []).prefix(count)
            }
            return result
        }
        switch first.physical {
        case .bool:
            let values = gather { if case .bool(let values) = $0 { values } else { nil } }
            return Column(.bool(values), validity: validity)
        case .int64:
            let values = gather { if case .int64(let values) = $0 { values } else { nil } }
            return Column(.int64(values), validity: validity)
        case .int128:
            let values = gather { if case .int128(let values) = $0 { values } else { nil } }
            return Column(.int128(values), validity: validity)
        case .float64:
            let values = gather { if case .float64(let values) = $0 { values } else { nil } }
            return Column(.float64(values), validity: validity)
        case .bytes: return Column(.bytes(joinedBytes(parts, counts)), validity: validity)
        }
    }

    private static func joinedValidity(_ parts: [Column], _ counts: [Int]) -> Bitmap? {
        guard parts.contains(where: { $0.validity != nil }) else { return nil }
        var bitmap = Bitmap(count: counts.reduce(0, +), filledWith: true)
        var start = 0
        for (part, count) in zip(parts, counts) {
            if let validity = part.validity {
                for row in 0..<count where !validity[row] { bitmap.clear(start + row) }
            }
            start += count
        }
        return bitmap
    }

    private static func joinedBytes(_ parts: [Column], _ counts: [Int]) -> ByteColumn {
        var result = ByteColumn()
        result.offsets.reserveCapacity(counts.reduce(1, +))
        for (part, count) in zip(parts, counts) {
            guard case .bytes(let values) = part.values else { continue }
            let end = Int(values.offsets[count])
            guard result.bytes.count + end <= Int(Int32.max) else {
                for row in 0..<count { result.append(values[row]) }
                continue
            }
            let shift = Int32(result.bytes.count)
            result.bytes += values.bytes.prefix(end)
            result.offsets += values.offsets[1..<count + 1].lazy.map { $0 + shift }
        }
        return result
    }
}

extension Batch {
    /// The same rows with no watermark behind them.
    package func untimed() -> Batch {
        guard watermark != .min else { return self }
        return Batch(
            count: count, columns: columns, kinds: kinds, watermarks: watermarks, origin: origin,
            readAt: readAt)
    }

    /// The rows of several batches of the same columns, without their origins and with the
    /// watermark of none.
    package static func joined(_ parts: [Batch]) -> Batch {
        if parts.count == 1, let only = parts.first { return only.untimed() }
        let counts = parts.map(\.count)
        let width = parts.first?.columns.count ?? 0
        let hasKinds = parts.contains { $0.kinds != nil }
        let hasWatermarks = parts.contains { $0.watermarks != nil }
        return Batch(
            count: counts.reduce(0, +),
            columns: (0..<width).map { column in
                Column.joined(parts.map { $0.columns[column] }, counts: counts)
            },
            kinds: hasKinds
                ? parts.flatMap { $0.kinds ?? [UInt8](repeating: 0, count: $0.count) } : nil,
            watermarks: hasWatermarks
                ? parts.flatMap { $0.watermarks ?? [Int64](repeating: .min, count: $0.count) }
                : nil,
            readAt: parts.lazy.map(\.readAt).filter { $0 > 0 }.min() ?? 0)
    }
}
