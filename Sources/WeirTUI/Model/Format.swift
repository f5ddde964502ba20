// Numbers and times for narrow columns.

/// Text of fixed width for numbers that change all the time.
package enum Format {
    /// Three significant digits with k, M, G: `212k`, `1.10M`; `-` for nothing.
    package static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0.05 else { return "-" }
        return compact(value)
    }

    package static func compact(_ value: Double) -> String {
        let units: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (size, unit) in units where value >= size * 0.9995 {
            return digits(value / size) + unit
        }
        return value < 10 && value != value.rounded()
            ? digits(value) : String(Int64(value.rounded()))
    }

    private static func digits(_ value: Double) -> String {
        if value >= 99.95 { return String(Int64(value.rounded())) }
        let places: Double = value >= 9.995 ? 10 : 100
        let scaled = Int64((value * places).rounded())
        let whole = scaled / Int64(places)
        let rest = String(scaled % Int64(places))
        let width = places == 10 ? 1 : 2
        return "\(whole)." + String(repeating: "0", count: width - rest.count) + rest
    }

    /// `0.4ms`, `48ms`, `1.2s`
    package static func millis(_ value: Double) -> String {
        if value <= 0 { return "-" }
        if value < 10 { return tenths(value) + "ms" }
        if value < 1000 { return "\(Int(value.rounded()))ms" }
        return (value < 100_000 ? tenths(value / 1000) : compact(value / 1000)) + "s"
    }

    /// One digit after the point.
    private static func tenths(_ value: Double) -> String {
        let scaled = Int64((value * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }

    /// `00:14:07`
    package static func duration(_ seconds: Double) -> String {
        let total = Int(max(0, seconds))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(total / 3600)):\(two(total / 60 % 60)):\(two(total % 60))"
    }

    /// `14.9 MB`
    package static func bytes(_ value: Int64) -> String {
        value < 1000 ? "\(value) B" : compact(Double(value)) + "B"
    }

    package static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))%" }
}
