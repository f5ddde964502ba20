// SQRL's vector functions (flink-sql-runner, system functions).

import Foundation
import WeirColumnar

/// The list of these functions.
enum VectorFunctions {
    static let all: [ScalarFunction] = [
        toVector, toArray, similarity, distance, euclidean,
    ]

    static let toVector = ScalarFunction(
        "DOUBLE_TO_VECTOR", family: .vector, usage: "DOUBLE_TO_VECTOR(array)",
        documentation: "An array of numbers as VECTOR; one with NULLs is refused.",
        examples: [
            FunctionExample(
                "EUCLIDEAN_DISTANCE(DOUBLE_TO_VECTOR(ARRAY[1.0, 2.0]), DOUBLE_TO_VECTOR(ARRAY[4.0, 6.0]))",
                "5.0")
        ],
        resolve: { types in
            guard types.count == 1, case .array(let element) = types[0].kind,
                element.kind.isNumeric
            else { return nil }
            return Resolution(
                types.map(\.kind), DataType(.vector, nullable: types[0].isNullable))
        }
    ) { call in
        call.mapToJson { row in
            let bytes = call.bytes(0, row)
            guard NestedValue.numbers(bytes) != nil else {
                call.errors.add(row, .badArgument, "a VECTOR has no NULLs")
                return nil
            }
            return JsonValue.parse(bytes)
        }
    }

    static let toArray = ScalarFunction(
        "VECTOR_TO_DOUBLE", family: .vector, usage: "VECTOR_TO_DOUBLE(vector)",
        documentation: "The numbers of a VECTOR as ARRAY<DOUBLE>.",
        examples: [
            FunctionExample("VECTOR_TO_DOUBLE(DOUBLE_TO_VECTOR(ARRAY[1.5, 2.0]))", "[1.5, 2.0]")
        ],
        resolve: { types in
            guard types.count == 1, types[0].kind == .vector else { return nil }
            return Resolution(
                [.vector],
                DataType(.array(DataType(.double, nullable: false)), nullable: types[0].isNullable))
        }
    ) { call in call.arguments[0] }

    static let similarity = pair(
        "COSINE_SIMILARITY",
        "The cosine of the angle between two vectors; NaN when one of them has no length.",
        "COSINE_SIMILARITY(DOUBLE_TO_VECTOR(ARRAY[1.0, 0.0]), DOUBLE_TO_VECTOR(ARRAY[2.0, 0.0]))",
        "1.0", cosine)

    static let distance = pair(
        "COSINE_DISTANCE", "1 less the cosine of the angle between two vectors.",
        "COSINE_DISTANCE(DOUBLE_TO_VECTOR(ARRAY[1.0, 0.0]), DOUBLE_TO_VECTOR(ARRAY[0.0, 3.0]))",
        "1.0"
    ) { 1 - cosine($0, $1) }

    static let euclidean = pair(
        "EUCLIDEAN_DISTANCE", "The length of the difference of two vectors.",
        "EUCLIDEAN_DISTANCE(DOUBLE_TO_VECTOR(ARRAY[0.0, 0.0]), DOUBLE_TO_VECTOR(ARRAY[3.0, 4.0]))",
        "5.0"
    ) { zip($0, $1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() }

    private static func cosine(_ left: [Double], _ right: [Double]) -> Double {
        var product = 0.0
        var (first, second) = (0.0, 0.0)
        for (one, other) in zip(left, right) {
            product += one * other
            first += one * one
            second += other * other
        }
        return product / (first.squareRoot() * second.squareRoot())
    }

    private static func pair(
        _ name: String, _ documentation: String, _ example: String, _ result: String,
        _ body: @escaping @Sendable ([Double], [Double]) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .vector, usage: "\(name)(vector, vector)",
            documentation: documentation, examples: [FunctionExample(example, result)],
            resolve: { types in
                guard types.count == 2, types.allSatisfy({ $0.kind == .vector }) else { return nil }
                return Resolution(
                    [.vector, .vector], DataType(.double, nullable: Typing.nullable(types)))
            }
        ) { call in
            call.mapToScalars { row in
                guard let left = NestedValue.numbers(call.bytes(0, row)),
                    let right = NestedValue.numbers(call.bytes(1, row))
                else { return .null }
                guard left.count == right.count else {
                    call.errors.add(
                        row, .badArgument,
                        "vectors of \(left.count) and \(right.count) numbers are not compared")
                    return .null
                }
                return .float64(body(left, right))
            }
        }
    }
}
