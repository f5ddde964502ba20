// The decimal digits of a number, rounded as Java rounds them.

/// A number as digits and a power of ten: 0.digits × 10^exponent.
struct DecimalDigits {
    private var digits: [UInt8]
    private var exponent: Int

    /// The shortest digits that read back as the number, without its sign.
    init(_ number: Double) {
        let text = "\(number.magnitude)"
        let parts = text.split(separator: "e")
        let mantissa = parts.first ?? "0"
        let whole = mantissa.prefix { $0 != "." }
        digits = mantissa.utf8.filter { $0 != 0x2E }.map { $0 - 0x30 }
        exponent = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits[0] == 0 {
            digits.removeFirst()
            exponent -= 1
        }
    }

    private var isZero: Bool { digits.allSatisfy { $0 == 0 } }

    /// Keeps some leading digits; half is rounded up.
    private mutating func keep(_ count: Int) {
        guard count < digits.count else { return }
        let roundsUp = count >= 0 && digits[max(0, count)] >= 5
        digits = Array(digits.prefix(max(0, count)))
        guard roundsUp else { return }
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            exponent += 1
        }
    }

    /// `123.46`
    func fixed(places: Int) -> String {
        var copy = self
        copy.keep(exponent + places)
        let all = copy.digits.map { Character(Unicode.Scalar($0 + 0x30)) }
        let zeros = { (count: Int) in String(repeating: "0", count: max(0, count)) }
        var text = copy.exponent > 0 ? String(all.prefix(copy.exponent)) : "0"
        text += zeros(copy.exponent - all.count)
        if places == 0 { return text }
        let fraction =
            copy.exponent >= 0
            ? String(all.dropFirst(copy.exponent))
            : zeros(min(places, -copy.exponent)) + String(all)
        let cut = fraction.prefix(places)
        return text + "." + cut + zeros(places - cut.count)
    }

    /// `1.23e+02`
    func scientific(places: Int) -> String {
        var copy = self
        copy.keep(places + 1)
        let all = copy.digits.map { Character(Unicode.Scalar($0 + 0x30)) }
        let power = copy.isZero ? 0 : copy.exponent - 1
        let rest = String(all.dropFirst())
        let fraction = rest + String(repeating: "0", count: max(0, places - rest.count))
        let size = String(power.magnitude)
        return String(all.prefix(1)) + (places > 0 ? "." + fraction.prefix(places) : "") + "e"
            + (power < 0 ? "-" : "+") + (size.count < 2 ? "0" : "") + size
    }
}
