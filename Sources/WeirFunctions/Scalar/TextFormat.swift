// A subset of java.util.Formatter, for PRINTF and FORMAT.

import WeirColumnar

enum TextFormat {
    /// The text; nil where Java's Formatter would throw.
    static func format(_ format: String, _ values: [(Scalar, DataType.Kind)]) -> String? {
        var result = ""
        var next = 0
        var rest = format[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            guard let directive = Directive(&rest) else { return nil }
            switch directive.conversion {
            case "%": result += directive.padded("%")
            case "n": result += "\n"
            default:
                let index = directive.position.map { $0 - 1 } ?? next
                if directive.position == nil { next += 1 }
                guard values.indices.contains(index),
                    let text = directive.text(values[index].0, values[index].1)
                else { return nil }
                result += directive.padded(text)
            }
        }
        return result + rest
    }

    /// `%[position$][flags][width][.precision]conversion`
    private struct Directive {
        var position: Int?
        private var flags: Set<Character> = []
        private var width = 0
        private var precision: Int?
        let conversion: Character
        private static let maximumWidth = 10_000

        init?(_ rest: inout Substring) {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            if !digits.isEmpty, rest.dropFirst(digits.count).first == "$" {
                position = Int(digits)
                rest = rest.dropFirst(digits.count + 1)
            }
            while let flag = rest.first, "-#+ 0,(".contains(flag) {
                flags.insert(flag)
                rest = rest.dropFirst()
            }
            let size = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(size.count)
            width = Int(size) ?? 0
            if rest.first == "." {
                let places = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
                guard let value = Int(places) else { return nil }
                precision = value
                rest = rest.dropFirst(places.count + 1)
            }
            guard let last = rest.first, "sSdxXofeEcCbBn%".contains(last),
                width <= Self.maximumWidth, precision ?? 0 <= Self.maximumWidth
            else { return nil }
            conversion = last
            rest = rest.dropFirst()
        }

        /// The value by the conversion; nil when it does not fit.
        func text(_ value: Scalar, _ kind: DataType.Kind) -> String? {
            switch conversion {
            case "s", "S":
                let text = value == .null ? "null" : shown(value, kind)
                let cut = precision.map { String(text.prefix($0)) } ?? text
                return conversion == "S" ? cut.uppercased() : cut
            case "b", "B":
                let text =
                    if case .bool(let flag) = value { flag ? "true" : "false" } else {
                        value == .null ? "false" : "true"
                    }
                return conversion == "B" ? text.uppercased() : text
            case "d": return integer(value, kind).map { signed(String($0.magnitude), $0 < 0) }
            case "x", "X", "o":
                guard let number = integer(value, kind) else { return nil }
                let bits =
                    kind == .bigint
                    ? UInt64(bitPattern: number)
                    : UInt64(UInt32(truncatingIfNeeded: number))
                let text = String(bits, radix: conversion == "o" ? 8 : 16)
                return conversion == "X" ? text.uppercased() : text
            case "c", "C":
                // A code point: Java's Formatter takes no texts here.
                guard let number = integer(value, kind), let code = UInt32(exactly: number),
                    let scalar = Unicode.Scalar(code)
                else { return nil }
                return String(scalar)
            case "f", "e", "E": return real(value, kind)
            default: return nil
            }
        }

        private func shown(_ value: Scalar, _ kind: DataType.Kind) -> String {
            if case .bool(let flag) = value { return flag ? "true" : "false" }
            return ValueText.string(value, kind: kind)
        }

        private func integer(_ value: Scalar, _ kind: DataType.Kind) -> Int64? {
            guard kind.isInteger, case .int64(let number) = value else { return nil }
            return number
        }

        private func real(_ value: Scalar, _ kind: DataType.Kind) -> String? {
            let number: Double
            switch (value, kind) {
            case (.float64(let double), _): number = double
            case (.int64, .decimal), (.int128, .decimal):
                guard let double = Double(ValueText.string(value, kind: kind)) else { return nil }
                number = double
            default: return nil
            }
            guard number.isFinite else { return number.isNaN ? "NaN" : "Infinity" }
            let digits = DecimalDigits(number)
            guard conversion != "f" else {
                return signed(digits.fixed(places: precision ?? 6), number < 0)
            }
            let text = signed(digits.scientific(places: precision ?? 6), number < 0)
            return conversion == "E" ? text.uppercased() : text
        }

        private func signed(_ digits: String, _ isNegative: Bool) -> String {
            var text = digits
            if flags.contains(",") {
                let whole = text.prefix { $0 != "." }
                var grouped = ""
                for (index, digit) in whole.enumerated() {
                    if index > 0, (whole.count - index) % 3 == 0 { grouped += "," }
                    grouped.append(digit)
                }
                text = grouped + text.dropFirst(whole.count)
            }
            if isNegative { return flags.contains("(") ? "(\(text))" : "-" + text }
            if flags.contains("+") { return "+" + text }
            return flags.contains(" ") ? " " + text : text
        }

        func padded(_ text: String) -> String {
            let missing = width - text.unicodeScalars.count
            guard missing > 0 else { return text }
            if flags.contains("-") { return text + String(repeating: " ", count: missing) }
            guard flags.contains("0"), conversion != "s" else {
                return String(repeating: " ", count: missing) + text
            }
            let sign = text.prefix { "+-( ".contains($0) }
            return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
        }
    }
}
