// Texts for other systems: URLs, JSON, Base64, digits of other bases.

import Foundation
import WeirColumnar

/// The list of these functions.
enum EncodingFunctions {
    static let all: [ScalarFunction] = [
        urlEncode, urlDecode, jsonQuote, jsonUnquote, toBase64, fromBase64, hex, bin,
    ]

    /// What `java.net.URLEncoder` leaves as it is.
    private static let plain: Set<UInt8> = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-*_".utf8)

    static let urlEncode = ScalarFunction(
        "URL_ENCODE", family: .string, usage: "URL_ENCODE(text)",
        documentation: "The text as application/x-www-form-urlencoded in UTF-8.",
        examples: [FunctionExample("URL_ENCODE('a b&c')", "a+b%26c")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        let digits = Array("0123456789ABCDEF".utf8)
        return call.mapToBytes { row, output in
            for byte in call.bytes(0, row) {
                if plain.contains(byte) {
                    output.append(byte)
                } else if byte == 0x20 {
                    output.append(UInt8(ascii: "+"))
                } else {
                    output += [
                        UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
                    ]
                }
            }
            return true
        }
    }

    static let urlDecode = ScalarFunction(
        "URL_DECODE", family: .string, usage: "URL_DECODE(text)",
        documentation:
            "The text that was encoded as application/x-www-form-urlencoded; NULL when it cannot"
            + " be.",
        examples: [FunctionExample("URL_DECODE('a+b%26c')", "a b&c")],
        resolve: Typing.strings(1...1, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        call.mapToBytes { row, output in
            let text = Array(call.bytes(0, row))
            var index = 0
            while index < text.count {
                if text[index] == UInt8(ascii: "%") {
                    guard index + 2 < text.count, let high = nibble(text[index + 1]),
                        let low = nibble(text[index + 2])
                    else { return false }
                    output.append(high << 4 | low)
                    index += 3
                } else {
                    output.append(text[index] == UInt8(ascii: "+") ? 0x20 : text[index])
                    index += 1
                }
            }
            return true
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    static let jsonQuote = ScalarFunction(
        "JSON_QUOTE", family: .string, usage: "JSON_QUOTE(text)",
        documentation: "The text as a JSON string.",
        examples: [FunctionExample("JSON_QUOTE('a\"b')", "\"a\\\"b\"")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            output.append(text: javaJsonQuoted(String(decoding: call.bytes(0, row), as: UTF8.self)))
            return true
        }
    }

    /// As Flink writes it: a slash has a backslash in front, and what is no ASCII is `\\uXXXX`.
    private static func javaJsonQuoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x2F: result += "\\/"
            case 0x08: result += "\\b"
            case 0x0C: result += "\\f"
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let hex = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result + "\""
    }

    static let jsonUnquote = ScalarFunction(
        "JSON_UNQUOTE", family: .string, usage: "JSON_UNQUOTE(text)",
        documentation: "The text of a JSON string; anything else as it is.",
        examples: [FunctionExample("JSON_UNQUOTE('\"weir\"')", "weir")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let bytes = Array(call.bytes(0, row))
            let isQuoted = bytes.count >= 2 && bytes.first == 0x22 && bytes.last == 0x22
            let parsed =
                isQuoted
                ? try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed) as? String : nil
            output.append(contentsOf: parsed.map { Array($0.utf8) } ?? bytes)
            return true
        }
    }

    static let toBase64 = ScalarFunction(
        "TO_BASE64", family: .string, usage: "TO_BASE64(text)",
        documentation: "The bytes of the text in Base64 (RFC 4648).",
        examples: [FunctionExample("TO_BASE64('weir')", "d2Vpcg==")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            output.append(text: Data(call.bytes(0, row)).base64EncodedString())
            return true
        }
    }

    static let fromBase64 = ScalarFunction(
        "FROM_BASE64", family: .string, usage: "FROM_BASE64(text)",
        documentation: "The text behind its Base64 form; NULL when it is none.",
        examples: [FunctionExample("FROM_BASE64('d2Vpcg==')", "weir")],
        resolve: Typing.strings(1...1, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        call.mapToBytes { row, output in
            var text = String(decoding: call.bytes(0, row), as: UTF8.self)
            // Java takes it without its padding too.
            while text.utf8.count % 4 != 0, text.utf8.count % 4 != 1 { text += "=" }
            guard let data = Data(base64Encoded: text) else { return false }
            output.append(contentsOf: data)
            return true
        }
    }

    static let hex = ScalarFunction(
        "HEX", family: .string, usage: "HEX(number or text)",
        documentation: "A whole number, or the bytes of a text, in hexadecimal digits.",
        examples: [FunctionExample("HEX(255)", "FF"), FunctionExample("HEX('weir')", "77656972")],
        resolve: { types in
            guard types.count == 1 else { return nil }
            let kind = types[0].kind
            guard kind.isInteger || kind.isString else { return nil }
            return Resolution(
                [kind.isInteger ? .bigint : .varchar(.max)],
                DataType(.varchar(.max), nullable: types[0].isNullable))
        }
    ) { call in
        let isNumber = call.types[0] == .bigint
        return call.mapToBytes { row, output in
            if isNumber {
                let bits = UInt64(bitPattern: call.integer(0, row))
                output.append(text: String(bits, radix: 16, uppercase: true))
                return true
            }
            for byte in call.bytes(0, row) {
                let digits = String(byte, radix: 16, uppercase: true)
                output.append(text: digits.count == 1 ? "0" + digits : digits)
            }
            return true
        }
    }

    static let bin = ScalarFunction(
        "BIN", family: .string, usage: "BIN(number)",
        documentation: "A whole number in binary digits.",
        examples: [FunctionExample("BIN(5)", "101")],
        resolve: Typing.parameters(.integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            output.append(text: String(UInt64(bitPattern: call.integer(0, row)), radix: 2))
            return true
        }
    }
}
