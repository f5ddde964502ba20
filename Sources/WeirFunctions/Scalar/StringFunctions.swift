// String functions, part one: case, length, cutting, trimming (Flink: functions/systemfunctions).

import WeirColumnar

/// The list of the string functions.
enum StringFunctions {
    static let all: [ScalarFunction] = [
        upper, lower, initcap, characterLength, substring, left, right, trimBoth, trimLeading,
        trimTrailing, concat, concatWithSeparator, replace, reverse, repeated, padLeft, padRight,
        position, locate, instr, startsWith, endsWith, splitIndex, ascii, chr,
    ]

    static let upper = ScalarFunction(
        "UPPER", family: .string, usage: "UPPER(text)",
        documentation: "The text in upper case.",
        examples: [FunctionExample("UPPER('weir')", "WEIR")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        changedCase(call, { $0 &- 0x61 < 26 ? $0 - 32 : $0 }, { $0.uppercased() })
    }

    static let lower = ScalarFunction(
        "LOWER", family: .string, usage: "LOWER(text)",
        documentation: "The text in lower case.",
        examples: [FunctionExample("LOWER('WEIR')", "weir")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        changedCase(call, { $0 &- 0x41 < 26 ? $0 + 32 : $0 }, { $0.lowercased() })
    }

    /// The first argument with each letter changed; a column of ASCII at once.
    @inline(__always)
    private static func changedCase(
        _ call: FunctionCall, _ letter: (UInt8) -> UInt8, _ text: (String) -> String
    ) -> Column {
        if case .bytes(let texts) = call.arguments[0].values, texts.count == call.count,
            texts.isASCII
        {
            return Column(
                .bytes(ByteColumn(offsets: texts.offsets, bytes: texts.bytes.map(letter))),
                validity: call.strictValidity)
        }
        return call.mapToBytes { row, output in
            let bytes = call.bytes(0, row)
            if isASCII(bytes) {
                for byte in bytes { output.append(letter(byte)) }
            } else {
                output.append(text: text(String(decoding: bytes, as: UTF8.self)))
            }
            return true
        }
    }

    static let initcap = ScalarFunction(
        "INITCAP", family: .string, usage: "INITCAP(text)",
        documentation:
            "The text with the first letter of each word in upper case, the rest in lower case."
            + " Words are runs of letters and digits.",
        examples: [FunctionExample("INITCAP('new york')", "New York")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            var isInWord = false
            for scalar in scalars(call.bytes(0, row)) {
                let text = String(scalar)
                output.append(text: isInWord ? text.lowercased() : text.uppercased())
                isInWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            }
            return true
        }
    }

    static let characterLength = ScalarFunction(
        "CHAR_LENGTH", "CHARACTER_LENGTH", family: .string, usage: "CHAR_LENGTH(text)",
        documentation: "The number of characters.",
        examples: [FunctionExample("CHAR_LENGTH('weir')", "4")],
        resolve: Typing.strings(1...1, to: .int)
    ) { call in
        call.mapToInt64 { row in Int64(codePointCount(call.bytes(0, row))) }
    }

    static let substring = ScalarFunction(
        "SUBSTRING", "SUBSTR", family: .string,
        usage: "SUBSTRING(text, start[, length])",
        documentation:
            "Characters from a position, which counts from 1 and from the end when negative.",
        examples: [
            FunctionExample("SUBSTRING('weir', 2)", "eir"),
            FunctionExample("SUBSTRING('weir' FROM 2 FOR 2)", "ei"),
            FunctionExample("SUBSTRING('weir', -2)", "ir"),
        ],
        resolve: Typing.parameters(
            .string, .integer, .integer, optional: 1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = scalars(call.bytes(0, row))
            let start = call.integer(1, row)
            let length = call.arguments.count > 2 ? call.integer(2, row) : .max
            guard length >= 0 else { return false }
            // Flink: BinaryStringDataUtil.substringSQL.
            var first: Int64 = start > 0 ? start - 1 : start < 0 ? Int64(text.count) &+ start : 0
            var end = length == .max ? Int64(text.count) : first &+ length
            if length != .max, end < first { end = .max }
            if first < 0 { first = 0 }
            end = min(end, Int64(text.count))
            if first < end { output.append(scalars: text[Int(first)..<Int(end)]) }
            return true
        }
    }

    static let left = ScalarFunction(
        "LEFT", family: .string, usage: "LEFT(text, length)",
        documentation: "The first characters; empty when the length is negative.",
        examples: [FunctionExample("LEFT('weir', 2)", "we")],
        resolve: Typing.parameters(.string, .integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = scalars(call.bytes(0, row))
            output.append(scalars: text.prefix(Int(clamping: max(0, call.integer(1, row)))))
            return true
        }
    }

    static let right = ScalarFunction(
        "RIGHT", family: .string, usage: "RIGHT(text, length)",
        documentation: "The last characters; empty when the length is negative.",
        examples: [FunctionExample("RIGHT('weir', 2)", "ir")],
        resolve: Typing.parameters(.string, .integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = scalars(call.bytes(0, row))
            output.append(scalars: text.suffix(Int(clamping: max(0, call.integer(1, row)))))
            return true
        }
    }

    static let trimBoth = trimming(
        "BTRIM", "Removes characters (spaces by default) from both ends.",
        FunctionExample("TRIM(BOTH 'x' FROM 'xweirx')", "weir"), leading: true, trailing: true)

    static let trimLeading = trimming(
        "LTRIM", "Removes characters (spaces by default) from the front.",
        FunctionExample("LTRIM('  weir')", "weir"), leading: true, trailing: false)

    static let trimTrailing = trimming(
        "RTRIM", "Removes characters (spaces by default) from the end.",
        FunctionExample("RTRIM('weir  ')", "weir"), leading: false, trailing: true)

    private static func trimming(
        _ name: String, _ documentation: String, _ example: FunctionExample, leading: Bool,
        trailing: Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .string, usage: "\(name)(text[, characters])",
            documentation: documentation, examples: [example],
            resolve: Typing.strings(1...2, to: .varchar(.max))
        ) { call in
            call.mapToBytes { row, output in
                var text = scalars(call.bytes(0, row))[...]
                let removed =
                    call.arguments.count > 1 ? Set(scalars(call.bytes(1, row))) : [" "]
                if leading { text = text.drop { removed.contains($0) } }
                while trailing, let last = text.last, removed.contains(last) { text.removeLast() }
                output.append(scalars: text)
                return true
            }
        }
    }
}
