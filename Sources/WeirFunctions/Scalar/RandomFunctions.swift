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
        "RAND", family: .math, usage: "RAND([seed])",
        documentation:
            "A random number from 0 (included) to 1 (not included); the same one for the same seed.",
        examples: [FunctionExample("RAND(7)", "0.7306990420600421")],
        isDeterministic: false,
        resolve: { types in
            guard types.count <= 1, types.allSatisfy({ $0.kind.isInteger }) else { return nil }
            return Resolution(
                types.map { _ in .bigint }, DataType(.double, nullable: Typing.nullable(types)))
        }
    ) { call in
        if call.arguments.count == 1 {
            return call.mapToScalars { row in
                var random = JavaRandom(seed: call.integer(0, row))
                return .float64(random.nextDouble())
            }
        }
        return Column(.float64((0..<call.count).map { _ in Double.random(in: 0..<1) }))
    }

    static let randomInteger = ScalarFunction(
        "RAND_INTEGER", family: .math, usage: "RAND_INTEGER([seed,] bound)",
        documentation:
            "A random integer from 0 (included) to a bound (not included); the same one for the same"
            + " seed.",
        examples: [FunctionExample("RAND_INTEGER(7, 100)", "36")], isDeterministic: false,
        resolve: { types in
            guard (1...2).contains(types.count), types.allSatisfy({ $0.kind.isInteger }) else {
                return nil
            }
            return Resolution(
                types.map { _ in .bigint }, DataType(.int, nullable: Typing.nullable(types)))
        }
    ) { call in
        let hasSeed = call.arguments.count == 2
        return call.mapToInt64 { row in
            let bound = call.integer(hasSeed ? 1 : 0, row)
            guard bound > 0, bound <= Int64(Int32.max) else {
                call.errors.add(row, .badArgument, "the bound of RAND_INTEGER is not positive")
                return nil
            }
            guard hasSeed else { return Int64.random(in: 0..<bound) }
            var random = JavaRandom(seed: call.integer(0, row))
            return Int64(random.nextInt(Int32(bound)))
        }
    }
}

/// java.util.Random, whose algorithm is part of Java's specification.
private struct JavaRandom {
    private var state: UInt64
    private static let mask: UInt64 = 1 << 48 - 1

    init(seed: Int64) { state = (UInt64(bitPattern: seed) ^ 0x5_DEEC_E66D) & Self.mask }

    private mutating func next(_ bits: Int) -> Int32 {
        state = (state &* 0x5_DEEC_E66D &+ 0xB) & Self.mask
        return Int32(truncatingIfNeeded: Int64(bitPattern: state >> UInt64(48 - bits)))
    }

    mutating func nextDouble() -> Double {
        let high = Int64(next(26)) << 27
        return Double(high + Int64(next(27))) / Double(Int64(1) << 53)
    }

    /// - Parameter bound: positive.
    mutating func nextInt(_ bound: Int32) -> Int32 {
        var bits = next(31)
        let last = bound - 1
        if bound & last == 0 {
            return Int32(truncatingIfNeeded: (Int64(bound) * Int64(bits)) >> 31)
        }
        var value = bits % bound
        // Rejects the last, incomplete run of values.
        while bits &- value &+ last < 0 {
            bits = next(31)
            value = bits % bound
        }
        return value
    }
}
