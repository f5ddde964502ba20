// Texts by a format, and texts as bytes (Flink: string functions).

import Foundation
import WeirColumnar

/// The list of these functions.
enum TextFormatFunctions {
    static let all: [ScalarFunction] = [printf, encode, decode, unhex, similar, extractAll]

    static let printf = ScalarFunction(
        "PRINTF", "FORMAT", family: .string, usage: "PRINTF(format, value, …)",
        documentation:
            "The values in a format of Java's Formatter: %s %d %f %e %x %X %o %c %b %n %% with flags,"
            + " width and precision.",
        examples: [FunctionExample("PRINTF('%s has %05d', 'x', 42)", "x has 00042")],
        isStrict: false,
        resolve: { types in
            guard let first = types.first, first.kind.isString else { return nil }
            return Resolution(
                [.varchar(.max)] + types.dropFirst().map(\.kind), DataType(.varchar(.max)))
        }
    ) { call in
        var builder = ColumnBuilder(.bytes, capacity: call.count)
        for row in 0..<call.count {
            guard !call.arguments[0].isNull(row) else {
                builder.appendNull()
                continue
            }
            let values = call.arguments.indices.dropFirst().map {
                (call.arguments[$0].scalar(row), call.types[$0])
            }
            let format = String(decoding: call.bytes(0, row), as: UTF8.self)
            let text = TextFormat.format(format, values)
            // Flink gives NULL where Java's Formatter would throw.
            builder.append(text.map { .string($0) } ?? .null)
        }
        return builder.build()
    }

    private static func encoding(_ name: String) -> String.Encoding? {
        switch name.uppercased() {
        case "UTF-8", "UTF8": .utf8
        case "UTF-16": .utf16
        case "UTF-16BE": .utf16BigEndian
        case "UTF-16LE": .utf16LittleEndian
        case "US-ASCII", "ASCII": .ascii
        case "ISO-8859-1": .isoLatin1
        default: nil
        }
    }

    static let encode = ScalarFunction(
        "ENCODE", family: .string, usage: "ENCODE(text, charset)",
        documentation:
            "The bytes of a text in US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE or UTF-16LE.",
        examples: [FunctionExample("DECODE(ENCODE('ab', 'UTF-8'), 'UTF-8')", "ab")],
        resolve: Typing.strings(2...2, to: .varbinary(.max))
    ) { call in
        call.mapToBytes { row, output in
            let name = String(decoding: call.bytes(1, row), as: UTF8.self)
            guard let encoding = encoding(name) else {
                call.errors.add(row, .badArgument, "there is no charset \(name)")
                return false
            }
            let text = String(decoding: call.bytes(0, row), as: UTF8.self)
            output += text.data(using: encoding, allowLossyConversion: true) ?? Data()
            return true
        }
    }

    static let decode = ScalarFunction(
        "DECODE", family: .string, usage: "DECODE(bytes, charset)",
        documentation: "The text of bytes in a charset.",
        examples: [FunctionExample("DECODE(UNHEX('4142'), 'US-ASCII')", "AB")],
        resolve: { types in
            guard types.count == 2, case .varbinary = types[0].kind, types[1].kind.isString else {
                return nil
            }
            return Resolution(
                [.varbinary(.max), .varchar(.max)],
                DataType(.varchar(.max), nullable: Typing.nullable(types)))
        }
    ) { call in
        call.mapToBytes { row, output in
            let name = String(decoding: call.bytes(1, row), as: UTF8.self)
            guard let encoding = encoding(name) else {
                call.errors.add(row, .badArgument, "there is no charset \(name)")
                return false
            }
            let bytes = call.bytes(0, row)
            output.append(
                text: encoding == .utf8
                    ? String(decoding: bytes, as: UTF8.self)
                    : String(data: Data(bytes), encoding: encoding) ?? "\u{FFFD}")
            return true
        }
    }

    static let unhex = ScalarFunction(
        "UNHEX", family: .string, usage: "UNHEX(text)",
        documentation: "The bytes of hexadecimal digits; NULL when they are none.",
        examples: [FunctionExample("DECODE(UNHEX('4D7953514C'), 'UTF-8')", "MySQL")],
        resolve: Typing.strings(1...1, to: .varbinary(.max)),
        refine: { _, _ in DataType(.varbinary(.max)) }
    ) { call in
        call.mapToBytes { row, output in
            var digits = Array(call.bytes(0, row))
            if digits.count % 2 == 1 { digits.insert(0x30, at: 0) }
            for index in stride(from: 0, to: digits.count, by: 2) {
                let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
                guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else {
                    return false
                }
                output.append(byte)
            }
            return true
        }
    }

    /// SIMILAR_TO(text, pattern): SQL's regular expressions.
    static let similar = ScalarFunction(
        "SIMILAR_TO", family: .regex, usage: "text [NOT] SIMILAR TO pattern",
        documentation:
            "Whether the whole text matches a pattern of SQL: % is any text, _ any character, and"
            + " | ( ) [ ] * + ? {n} are those of regular expressions.",
        examples: [FunctionExample("'a5' SIMILAR TO 'a[0-9]'", "TRUE")],
        resolve: Typing.strings(2...2, to: .boolean)
    ) { call in
        var patterns = PatternCache()
        return call.mapToBool { row in
            let pattern = Array(translated(call.bytes(1, row)).utf8)
            guard let regex = patterns.pattern(pattern[...]) else {
                call.errors.add(row, .badArgument, "the pattern of SIMILAR TO is broken")
                return false
            }
            return regex.first(in: call.text(0, row)) != nil
        }
    }

    static func translated(_ pattern: ArraySlice<UInt8>) -> String {
        var result = "^(?:"
        for scalar in String(decoding: pattern, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "%": result += "(?s:.*)"
            case "_": result += "(?s:.)"
            case "^", "$", "\\": result += "\\" + String(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + ")$"
    }

    static let extractAll = ScalarFunction(
        "REGEXP_EXTRACT_ALL", family: .regex, usage: "REGEXP_EXTRACT_ALL(text, pattern[, group])",
        documentation:
            "A group of all matches as an array, by default the first; NULL when the pattern has no"
            + " such group.",
        examples: [FunctionExample("REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2)", "[1, 2]")],
        resolve: { types in
            let base = Typing.parameters(
                .string, .string, .integer, optional: 1,
                to: .array(DataType(.varchar(.max), nullable: false)))(types)
            return base
        },
        refine: { _, _ in DataType(.array(DataType(.varchar(.max), nullable: false))) }
    ) { call in
        var patterns = PatternCache()
        return call.mapToJson { row in
            let group = call.arguments.count > 2 ? call.integer(2, row) : 1
            let text = call.text(0, row)
            guard let regex = patterns.pattern(call.bytes(1, row)), group >= 0,
                group <= Int64(regex.groups)
            else { return nil }
            let found = regex.all(in: text).map { match -> JsonValue in
                let range = match.range(at: Int(group))
                return range.location == NSNotFound
                    ? .string("") : .string(text.substring(with: range))
            }
            return .array(found)
        }
    }
}
