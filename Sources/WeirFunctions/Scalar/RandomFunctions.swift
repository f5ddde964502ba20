// Values that differ from call to call (Flink: UUID, RAND, RAND_INTEGER).

import Foundation
import WeirColumnar

/// The list of these functions.
enum RandomFunctions {
    static let all: [ScalarFunction] = [uuid, random, randomInteger]

    static let uuid = ScalarFunction(
        "UUID", family: .string, usage: "UUID()",
        documentation: "A random UUID (RFC 9562, version 4).", examples: [],
        isDeterministic: false,
        resolve: { types in
            types.isEmpty ? Resolution([], DataType(.char(36), nullable: false)) : nil
        }
    ) { call in
        call.mapToBytes { _, output in
            output.append(text: Foundation.UUID().uuidString.lowercased())
            return true
        }
    }

    static let random = ScalarFunction(
        "RAND", family: .math, usage: "RAND()",
        documentation: "A random number from 0 (included) to 1 (not included).", examples: [],
        isDeterministic: false,
        resolve: { types in
            types.isEmpty ? Resolution([], DataType(.double, nullable: false)) : nil
        }
    ) { call in
        Column(.float64((0..<call.count).map { _ in Double.random(in: 0..<1) }))
    }

    static let randomInteger = ScalarFunction(
        "RAND_INTEGER", family: .math, usage: "RAND_INTEGER(bound)",
        documentation: "A random integer from 0 (included) to a bound (not included).",
        examples: [], isDeterministic: false,
        resolve: Typing.parameters(.integer, to: .int)
    ) { call in
        call.mapToInt64 { row in
            let bound = call.integer(0, row)
            guard bound > 0, bound <= Int64(Int32.max) else {
                call.errors.add(row, .badArgument, "the bound of RAND_INTEGER is not positive")
                return nil
            }
            return Int64.random(in: 0..<bound)
        }
    }
}
