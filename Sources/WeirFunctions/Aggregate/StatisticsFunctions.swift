// STDDEV, VARIANCE and aggregates that collect (Flink: aggregate functions).

import WeirColumnar

/// The list of these functions.
enum StatisticsFunctions {
    static let all: [AggregateFunction] = [
        variance(
            "STDDEV_POP", "The standard deviation of all values.", isSample: false, isRoot: true),
        variance(
            "STDDEV_SAMP", "The standard deviation of a sample; NULL for fewer than two values.",
            isSample: true, isRoot: true),
        variance(
            "STDDEV", "The standard deviation of a sample; NULL for fewer than two values.",
            isSample: true, isRoot: true),
        variance("VAR_POP", "The variance of all values.", isSample: false, isRoot: false),
        variance(
            "VAR_SAMP", "The variance of a sample; NULL for fewer than two values.",
            isSample: true, isRoot: false),
        variance(
            "VARIANCE", "The variance of a sample; NULL for fewer than two values.",
            isSample: true, isRoot: false), arrayAggregate, jsonArrayAggregate,
    ]

    /// Flink's result has the type of the argument; DECIMAL(p, s) gives DECIMAL(38, max(6, s)).
    private static func variance(
        _ name: String, _ documentation: String, isSample: Bool, isRoot: Bool
    ) -> AggregateFunction {
        AggregateFunction(
            name: name, usage: "\(name)(number)", documentation: documentation,
            supportsRetraction: true,
            resolve: { type in
                guard let kind = type?.kind, kind.isNumeric else { return nil }
                guard case .decimal(_, let scale) = kind else { return DataType(kind) }
                return DataType(.decimal(precision: 38, scale: max(6, scale)))
            },
            makeAccumulator: { argument, result in
                VarianceAccumulator(
                    isSample: isSample, isRoot: isRoot, scale: argument?.scale ?? 0,
                    result: result)
            })
    }

    static let arrayAggregate = AggregateFunction(
        name: "ARRAY_AGG", usage: "ARRAY_AGG(value)",
        documentation: "All values as an array, NULLs too, as the rows come.",
        supportsRetraction: false,
        resolve: { type in
            guard let type, type.kind != .null else { return nil }
            return DataType(.array(type))
        },
        makeAccumulator: { argument, _ in
            CollectAccumulator(kind: argument ?? .bigint, keepsNulls: true, emptyIsNull: true)
        })

    static let jsonArrayAggregate = AggregateFunction(
        name: "JSON_ARRAYAGG", usage: "JSON_ARRAYAGG(value)",
        documentation: "All values that are not NULL as the text of a JSON array.",
        supportsRetraction: false,
        resolve: { type in
            guard let type, type.kind != .null else { return nil }
            return DataType(.varchar(.max), nullable: false)
        },
        makeAccumulator: { argument, _ in
            CollectAccumulator(kind: argument ?? .bigint, keepsNulls: false, emptyIsNull: false)
        })
}
