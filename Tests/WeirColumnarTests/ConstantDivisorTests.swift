// Division by the same number again and again.

import TestSupport
import Testing

@testable import WeirColumnar

/// Division by multiplying gives what the processor's division gives.
@Suite struct ConstantDivisorTests {
    private static let edges: [Int64] = [
        0, 1, -1, 2, -2, 3, 9, 10, 1000, 1 << 31, 1 << 32 - 1, .max, .max - 1, .min, .min + 1,
    ]

    @Test func quotientsAndRemaindersAreThoseOfTheProcessor() throws {
        var random = SeededRandom(seed: .random(in: 0 ... .max))
        var divisors = Self.edges.filter { $0.magnitude > 1 }
        for _ in 0..<2000 {
            divisors.append(
                Int64.random(in: .min ... .max, using: &random)
                    >> Int64.random(in: 0...62, using: &random))
        }
        for divisor in divisors where divisor.magnitude > 1 {
            let constant = try #require(ConstantDivisor([divisor, divisor], 2))
            let near = (-2...2).map {
                divisor.multipliedReportingOverflow(by: 7).partialValue &+ $0
            }
            let any = (0..<20).map { _ in Int64.random(in: .min ... .max, using: &random) }
            for value in Self.edges + near + any {
                let expected = value.dividedReportingOverflow(by: divisor).partialValue
                let rest = value.remainderReportingOverflow(dividingBy: divisor).partialValue
                // A call of #expect each would take minutes.
                if constant.quotient(value) == expected, constant.remainder(value) == rest {
                    continue
                }
                Issue.record("\(value) by \(divisor), seed \(random.seed)")
            }
        }
    }

    @Test func otherDivisorsAreLeftToTheProcessor() {
        #expect(ConstantDivisor([], 0) == nil)
        #expect(ConstantDivisor([0, 0], 2) == nil)
        #expect(ConstantDivisor([1, 1], 2) == nil)
        #expect(ConstantDivisor([-1, -1], 2) == nil)
        #expect(ConstantDivisor([7, 8], 2) == nil)
        #expect(ConstantDivisor([7, 8], 1) != nil)
    }
}
