// Physical columns as people read them, in plain SQLite: no function of ours is needed.

import WeirColumnar

enum ViewExpression {
    /// ISO times, exact decimals; everything else as it is stored.
    static func sql(_ name: String, _ kind: DataType.Kind) -> String {
        switch kind {
        case .date: "date(\(name) * 86400, 'unixepoch')"
        case .time(let precision): clock(name, "%H:%M:%S", precision, suffix: "")
        case .timestamp(let precision): clock(name, "%Y-%m-%d %H:%M:%S", precision, suffix: "")
        case .timestampLTZ(let precision): clock(name, "%Y-%m-%d %H:%M:%S", precision, suffix: "Z")
        case .decimal(_, let scale): decimal(name, scale)
        default: name
        }
    }

    private static func clock(
        _ name: String, _ pattern: String, _ precision: Int, suffix: String
    ) -> String {
        // Floor division, so that times before 1970 come out right.
        let micros = "((\(name) % 1000000 + 1000000) % 1000000)"
        let seconds = "((\(name) - \(micros)) / 1000000)"
        var text = "strftime('\(pattern)', \(seconds), 'unixepoch')"
        if precision > 0 {
            let step = TimeText.stepMicros(precision)
            text += " || printf('.%0\(precision)d', \(micros) / \(step))"
        }
        return suffix.isEmpty ? text : text + " || '\(suffix)'"
    }

    /// A number while a double shows all digits (15), otherwise text with all digits.
    private static func decimal(_ name: String, _ scale: Int) -> String {
        if scale == 0 { return name }
        let sign = "CASE WHEN \(name) < 0 THEN '-' ELSE '' END"
        let digits = "printf('%0\(scale + 1)d', abs(\(name)))"
        let fromInteger = point("\(digits)", scale)
        let fromText = point("ltrim(\(name), '-')", scale)
        let textSign = "CASE WHEN \(name) LIKE '-%' THEN '-' ELSE '' END"
        return """
            CASE WHEN \(name) IS NULL THEN NULL \
            WHEN typeof(\(name)) = 'text' THEN \(textSign) || \(fromText) \
            WHEN \(name) BETWEEN -999999999999999 AND 999999999999999 \
            THEN \(name) / 1\(String(repeating: "0", count: scale)).0 \
            ELSE \(sign) || \(fromInteger) END
            """
    }

    private static func point(_ digits: String, _ scale: Int) -> String {
        "substr(\(digits), 1, length(\(digits)) - \(scale)) || '.' || substr(\(digits), -\(scale))"
    }
}
