// Numbers as text and back, as Flink casts them.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

package enum NumberText {
    /// A decimal number as an unscaled integer at a scale, rounded half away from zero.
    ///
    /// Accepts what Java's BigDecimal does: sign, digits, point, exponent; nil otherwise or when
    /// it does not fit in 38 digits.
    package static func parseDecimal(
        _ text: some BidirectionalCollection<UInt8>, scale: Int
    ) -> Int128? {
        var digits: Int128 = 0
        var fraction = 0
        var seenDigits = 0
        var seenPoint = false
        var isNegative = false
        var exponent = 0
        var rest = trimmed(text)[...]
        if let sign = rest.first, sign == 0x2D || sign == 0x2B {
            isNegative = sign == 0x2D
            rest = rest.dropFirst()
        }
        while let byte = rest.first {
            if byte &- 0x30 <= 9 {
                let (shifted, overflow) = digits.multipliedReportingOverflow(by: 10)
                seenDigits += 1
                if overflow || digits >= DecimalMath.powers[37] {
                    if !seenPoint { return nil }
                } else {
                    digits = shifted + Int128(byte - 0x30)
                    if seenPoint { fraction += 1 }
                }
            } else if byte == 0x2E, !seenPoint {
                seenPoint = true
            } else if byte | 0x20 == 0x65, seenDigits > 0 {
                guard
                    let value = Int(String(decoding: rest.dropFirst(), as: UTF8.self)),
                    abs(value) < 1000
                else { return nil }
                exponent = value
                break
            } else {
                return nil
            }
            rest = rest.dropFirst()
        }
        guard seenDigits > 0 else { return nil }
        guard let value = rescaled(digits, from: fraction - exponent, to: scale) else { return nil }
        return isNegative ? -value : value
    }

    private static func rescaled(_ digits: Int128, from: Int, to: Int) -> Int128? {
        if digits == 0 { return 0 }
        if to - from > 38 { return nil }
        return DecimalMath.rescale(digits, from: from, to: to)
    }

    /// An integer; a fraction is cut as Flink's CAST does when asked, otherwise refused.
    package static func parseInteger(
        _ text: some BidirectionalCollection<UInt8>, cutsFraction: Bool
    ) -> Int64? {
        var value: Int64 = 0
        var isNegative = false
        var rest = trimmed(text)[...]
        if let sign = rest.first, sign == 0x2D || sign == 0x2B {
            isNegative = sign == 0x2D
            rest = rest.dropFirst()
        }
        guard !rest.isEmpty else { return nil }
        var seen = 0
        while let byte = rest.first, byte &- 0x30 <= 9 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) = product.subtractingReportingOverflow(Int64(byte - 0x30))
            if overflow || carry { return nil }
            value = next
            seen += 1
            rest = rest.dropFirst()
        }
        if rest.first == 0x2E, cutsFraction {
            rest = rest.dropFirst()
            while let byte = rest.first, byte &- 0x30 <= 9 {
                rest = rest.dropFirst()
                seen += 1
            }
        }
        guard rest.isEmpty, seen > 0 else { return nil }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// A floating-point number as Java's Double.parseDouble reads it.
    package static func parseDouble(_ text: some BidirectionalCollection<UInt8>) -> Double? {
        let bytes = trimmed(text)
        guard !bytes.isEmpty, bytes.count < 400 else { return nil }
        let word = String(decoding: bytes, as: UTF8.self)
        switch word {
        case "NaN": return .nan
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        let allowed = bytes.allSatisfy {
            $0 &- 0x30 <= 9 || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B || $0 | 0x20 == 0x65
        }
        guard allowed else { return nil }
        return word.withCString { start -> Double? in
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            guard let end, end.pointee == 0 else { return nil }
            return value
        }
    }

    /// An unscaled integer with all digits of its scale.
    package static func decimal(_ value: Int128, scale: Int) -> String {
        var digits = String(value.magnitude)
        if scale > 0 {
            if digits.utf8.count <= scale {
                digits = String(repeating: "0", count: scale - digits.utf8.count + 1) + digits
            }
            let point = digits.index(digits.endIndex, offsetBy: -scale)
            digits = digits[..<point] + "." + digits[point...]
        }
        return value < 0 ? "-" + digits : digits
    }

    /// A double as Java's Double.toString (JDK 19 and later) writes it.
    package static func double(_ value: Double) -> String {
        javaStyle(value, shortest: "\(value.magnitude)", isNegative: value.sign == .minus)
    }

    /// A float as Java's Float.toString writes it.
    package static func float(_ value: Double) -> String {
        javaStyle(value, shortest: "\(Float(value).magnitude)", isNegative: value.sign == .minus)
    }

    private static func javaStyle(
        _ value: Double, shortest: String, isNegative: Bool
    ) -> String {
        if value.isNaN { return "NaN" }
        let sign = isNegative ? "-" : ""
        if value.isInfinite { return sign + "Infinity" }
        if value == 0 { return sign + "0.0" }
        var digits = ""
        var pointPosition = 0
        var seenPoint = false
        let parts = shortest.split(separator: "e")
        for character in parts[0] {
            if character == "." {
                seenPoint = true
            } else {
                digits.append(character)
                if !seenPoint { pointPosition += 1 }
            }
        }
        if parts.count > 1 { pointPosition += Int(parts[1]) ?? 0 }
        while digits.hasPrefix("0") {
            digits.removeFirst()
            pointPosition -= 1
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        let magnitude = value.magnitude
        if magnitude >= 1e-3, magnitude < 1e7 {
            return sign + plain(digits, pointPosition)
        }
        let fraction = digits.dropFirst().isEmpty ? "0" : String(digits.dropFirst())
        return "\(sign)\(digits.prefix(1)).\(fraction)E\(pointPosition - 1)"
    }

    private static func plain(_ digits: String, _ pointPosition: Int) -> String {
        if pointPosition <= 0 {
            return "0." + String(repeating: "0", count: -pointPosition) + digits
        }
        if digits.count <= pointPosition {
            return digits + String(repeating: "0", count: pointPosition - digits.count) + ".0"
        }
        let point = digits.index(digits.startIndex, offsetBy: pointPosition)
        return digits[..<point] + "." + digits[point...]
    }

    private static func trimmed(_ text: some BidirectionalCollection<UInt8>) -> [UInt8] {
        var bytes = Array(text)[...]
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return Array(bytes)
    }
}
