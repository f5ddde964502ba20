// SQRL's library stdlib.math: functions of Java's Math, and cumulative distributions.

import WeirColumnar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The list of these functions.
enum MathLibrary {
    static let all: [ScalarFunction] = [
        of("CBRT", "CBRT(x)", "The cube root.", "CBRT(27)", "3.0") { arguments in
            // The C library may be off by one unit in the last place; a step of Newton's is not.
            let root = cbrt(arguments[0])
            guard root != 0, root.isFinite else { return root }
            return root - (root * root * root - arguments[0]) / (3 * root * root)
        },
        of("EXPM1", "EXPM1(x)", "e to the power of x, less one.", "EXPM1(0)", "0.0") {
            expm1($0[0])
        },
        of("LOG1P", "LOG1P(x)", "The natural logarithm of x plus one.", "LOG1P(0)", "0.0") {
            log1p($0[0])
        },
        of(
            "ULP", "ULP(x)", "The distance to the next larger number.", "ULP(1)",
            "2.220446049250313E-16"
        ) {
            abs($0[0]).ulp
        },
        of("HYPOT", "HYPOT(x, y)", "The root of x² + y².", "HYPOT(3, 4)", "5.0", count: 2) {
            hypot($0[0], $0[1])
        },
        of(
            "COPY_SIGN", "COPY_SIGN(x, y)", "x with the sign of y.", "COPY_SIGN(3, -1)", "-3.0",
            count: 2
        ) { copysign($0[0], $0[1]) },
        of(
            "NEXT_AFTER", "NEXT_AFTER(x, y)", "The number beside x in the direction of y.",
            "NEXT_AFTER(1, 2)", "1.0000000000000002", count: 2
        ) { nextafter($0[0], $0[1]) },
        of("SCALB", "SCALB(x, n)", "x times 2 to the power of n.", "SCALB(3, 2)", "12.0", count: 2)
        {
            scalbn($0[0], Int32(clamping: Int64(exactly: $0[1].rounded()) ?? 0))
        },
        of(
            "NORMAL_DISTRIBUTION", "NORMAL_DISTRIBUTION(mean, deviation, x)",
            "How likely a normally distributed number is at most x.",
            "NORMAL_DISTRIBUTION(0, 1, 0)", "0.5", count: 3
        ) { arguments in
            guard arguments[1] > 0 else { return .nan }
            return 0.5 * erfc(-(arguments[2] - arguments[0]) / (arguments[1] * 2.0.squareRoot()))
        },
        of(
            "EXPONENTIAL_DISTRIBUTION", "EXPONENTIAL_DISTRIBUTION(mean, x)",
            "How likely an exponentially distributed number is at most x.",
            "EXPONENTIAL_DISTRIBUTION(1, 0)", "0.0", count: 2
        ) { arguments in
            guard arguments[0] > 0 else { return .nan }
            return arguments[1] <= 0 ? 0 : -expm1(-arguments[1] / arguments[0])
        },
        of(
            "POISSON_DISTRIBUTION", "POISSON_DISTRIBUTION(mean, k)",
            "How likely a Poisson distributed number is at most k.",
            "POISSON_DISTRIBUTION(1, 0)", "0.36787944117144233", count: 2
        ) { arguments in
            cumulated(arguments[1]) { k in
                -arguments[0] + k * log(arguments[0]) - lgamma(k + 1)
            }
        },
        of(
            "BINOMIAL_DISTRIBUTION", "BINOMIAL_DISTRIBUTION(n, p, k)",
            "How likely at most k of n trials succeed, each with the chance p.",
            "BINOMIAL_DISTRIBUTION(2, 0.5, 0)", "0.25", count: 3
        ) { arguments in
            let (trials, chance) = (arguments[0], arguments[1])
            if arguments[2] >= trials { return 1 }
            if chance <= 0 || chance >= 1 { return chance <= 0 ? 1 : 0 }
            return cumulated(arguments[2]) { k in
                lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(chance)
                    + (trials - k) * log1p(-chance)
            }
        },
    ]

    /// Terms that a sum may have.
    private static let maximumTerms = 1_000_000.0

    /// The sum of e to the logarithms of the terms 0…k.
    private static func cumulated(_ last: Double, _ logarithm: (Double) -> Double) -> Double {
        guard last >= 0, last <= maximumTerms else { return last < 0 ? 0 : .nan }
        var sum = 0.0
        var k = 0.0
        while k <= last.rounded(.down) {
            sum += exp(logarithm(k))
            k += 1
        }
        return min(1, sum)
    }

    private static func of(
        _ name: String, _ usage: String, _ documentation: String, _ example: String,
        _ result: String, count: Int = 1, _ body: @escaping @Sendable ([Double]) -> Double
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .math, usage: usage, documentation: documentation,
            examples: [FunctionExample(example, result)], resolve: Typing.doubles(count...count)
        ) { call in
            let columns = call.arguments.map(\.float64Values)
            var arguments = [Double](repeating: 0, count: count)
            var results = [Double](repeating: 0, count: call.count)
            for row in 0..<call.count {
                for index in 0..<count { arguments[index] = columns[index][row] }
                results[row] = body(arguments)
            }
            return Column(.float64(results), validity: call.strictValidity)
        }
    }
}
