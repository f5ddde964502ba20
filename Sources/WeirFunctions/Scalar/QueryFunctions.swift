// What the planner puts around the values of queries in expressions.

import WeirColumnar

enum QueryFunctions {
    static let all: [ScalarFunction] = [single]

    /// WEIR_SINGLE(value, rows): the value of a scalar subquery with so many rows; more than one are
    /// an error (SQL:2016, 7.19; Flink: SingleValueAggFunction).
    static let single = ScalarFunction(
        "WEIR_SINGLE", family: .conditional, usage: "", documentation: "", examples: [],
        isStrict: false, refusesNulls: true,
        resolve: { types in
            guard types.count == 2 else { return nil }
            return Resolution([types[0].kind, .bigint], types[0].nullable(true))
        }
    ) { call in
        let rows = call.arguments[1].int64Values
        for row in 0..<call.count where rows[row] > 1 {
            call.errors.add(
                row, .severalRows, "a scalar subquery gave \(rows[row]) rows instead of one")
        }
        return call.arguments[0]
    }
}
