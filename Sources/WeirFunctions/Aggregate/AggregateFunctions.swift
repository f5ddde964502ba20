// COUNT, SUM, AVG, MIN, MAX and values in the order of arrival (Flink: functions/systemfunctions, aggregate functions).

import WeirColumnar

/// The list of the aggregate functions.
package enum AggregateFunctions {
    package static let all: [AggregateFunction] =
        [count, sum, average, minimum, maximum, firstValue, lastValue]
        + StatisticsFunctions.all + CollectionAggregates.all

    static let count = AggregateFunction(
        name: "COUNT", usage: "COUNT(*), COUNT(value)",
        documentation: "The number of rows, or of rows where the value is not NULL.",
        supportsRetraction: true,
        resolve: { _ in DataType(.bigint, nullable: false) },
        makeAccumulator: { _, _ in CountAccumulator() })

    static let sum = AggregateFunction(
        name: "SUM", usage: "SUM(number)",
        documentation:
            "The sum of the values that are not NULL; NULL if there is none. Integers keep their"
            + " type and wrap; DECIMAL(p, s) gives DECIMAL(38, s).",
        supportsRetraction: true,
        resolve: { type in
            guard let kind = type?.kind, kind.isNumeric else { return nil }
            guard case .decimal(_, let scale) = kind else { return DataType(kind) }
            return DataType(.decimal(precision: 38, scale: scale))
        },
        makeAccumulator: { argument, result in
            makeSum(argument, result, isAverage: false)
        })

    static let average = AggregateFunction(
        name: "AVG", usage: "AVG(number)",
        documentation:
            "The mean of the values that are not NULL; NULL if there is none. Integers keep their"
            + " type and are cut; DECIMAL(p, s) gives DECIMAL(38, max(6, s)).",
        supportsRetraction: true,
        resolve: { type in
            guard let kind = type?.kind, kind.isNumeric else { return nil }
            guard case .decimal(_, let scale) = kind else { return DataType(kind) }
            return DataType(.decimal(precision: 38, scale: max(6, scale)))
        },
        makeAccumulator: { argument, result in
            makeSum(argument, result, isAverage: true)
        })

    private static func makeSum(
        _ argument: DataType.Kind?, _ result: DataType.Kind, isAverage: Bool
    ) -> any Accumulator {
        if result.isFloating { return FloatingSumAccumulator(result: result, isAverage: isAverage) }
        return ExactSumAccumulator(
            argument: argument ?? .bigint, result: result, isAverage: isAverage)
    }

    static let minimum = extreme("MIN", "smallest", isMaximum: false)

    static let maximum = extreme("MAX", "largest", isMaximum: true)

    static let firstValue = edge("FIRST_VALUE", "first", isLast: false)

    static let lastValue = edge("LAST_VALUE", "last", isLast: true)

    private static func edge(_ name: String, _ what: String, isLast: Bool) -> AggregateFunction {
        AggregateFunction(
            name: name, usage: "\(name)(value)",
            documentation:
                "The \(what) of the values that are not NULL, as the rows come; NULL if there is"
                + " none.",
            supportsRetraction: false,
            resolve: { type in
                guard let kind = type?.kind, kind != .null else { return nil }
                return DataType(kind)
            },
            makeAccumulator: { _, result in
                EdgeAccumulator(isLast: isLast, physical: result.physical)
            })
    }

    private static func extreme(
        _ name: String, _ what: String, isMaximum: Bool
    ) -> AggregateFunction {
        AggregateFunction(
            name: name, usage: "\(name)(value)",
            documentation: "The \(what) of the values that are not NULL; NULL if there is none.",
            supportsRetraction: false,
            resolve: { type in
                guard let kind = type?.kind, !kind.isNested, kind != .null else { return nil }
                return DataType(kind)
            },
            makeAccumulator: { _, result in
                switch result.physical {
                case .float64: ExtremeAccumulator<Double>(isMaximum: isMaximum)
                case .int128: ExtremeAccumulator<Int128>(isMaximum: isMaximum)
                case .bytes: TextExtremeAccumulator(isMaximum: isMaximum)
                case .bool: ExtremeAccumulator<UInt8>(isMaximum: isMaximum)
                case .int64: ExtremeAccumulator<Int64>(isMaximum: isMaximum)
                }
            })
    }
}

/// Resizes an array of per-group state, filling with a value.
func resize<Value>(_ values: inout [Value], to count: Int, with value: Value) {
    guard values.count < count else { return }
    values.reserveCapacity(max(count, values.count * 2))
    values.append(contentsOf: repeatElement(value, count: count - values.count))
}

func pick<Value>(_ values: [Value], _ groups: [Int32]) -> [Value] { groups.map { values[Int($0)] } }

/// +1 for rows that come, -1 for rows that are taken back.
@inline(__always)
func direction(_ kinds: [UInt8]?, _ row: Int) -> Int64 {
    guard let kinds else { return 1 }
    return kinds[row] == RowKind.updateBefore.rawValue || kinds[row] == RowKind.delete.rawValue
        ? -1 : 1
}
