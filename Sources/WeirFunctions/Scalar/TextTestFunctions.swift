// What a text consists of, and texts inside of texts (Flink: functions/systemfunctions).

import Foundation
import WeirColumnar

/// The list of these functions.
enum TextTestFunctions {
    static let all: [ScalarFunction] = [isAlpha, isDigit, isDecimal, overlay, elt, translate]

    static let isAlpha = ScalarFunction(
        "IS_ALPHA", family: .string, usage: "IS_ALPHA(text)",
        documentation: "Whether all characters are letters; FALSE for an empty text.",
        examples: [FunctionExample("IS_ALPHA('weir')", "TRUE")],
        resolve: Typing.strings(1...1, to: .boolean)
    ) { call in
        call.mapToBool { row in
            let text = scalars(call.bytes(0, row))
            return !text.isEmpty && text.allSatisfy(\.properties.isAlphabetic)
        }
    }

    static let isDigit = ScalarFunction(
        "IS_DIGIT", family: .string, usage: "IS_DIGIT(text)",
        documentation: "Whether all characters are digits; FALSE for an empty text.",
        examples: [FunctionExample("IS_DIGIT('12a')", "FALSE")],
        resolve: Typing.strings(1...1, to: .boolean)
    ) { call in
        call.mapToBool { row in
            let text = scalars(call.bytes(0, row))
            return !text.isEmpty
                && text.allSatisfy { $0.properties.generalCategory == .decimalNumber }
        }
    }

    static let isDecimal = ScalarFunction(
        "IS_DECIMAL", family: .string, usage: "IS_DECIMAL(text)",
        documentation: "Whether the text can be read as a number.",
        examples: [
            FunctionExample("IS_DECIMAL('-1.5')", "TRUE"),
            FunctionExample("IS_DECIMAL('x')", "FALSE"),
        ],
        resolve: Typing.strings(1...1, to: .boolean)
    ) { call in
        call.mapToBool { row in
            NumberText.parseDouble(Array(call.bytes(0, row))) != nil
        }
    }

    static let overlay = ScalarFunction(
        "OVERLAY", family: .string,
        usage: "OVERLAY(text PLACING replacement FROM start [FOR length])",
        documentation:
            "The text with characters from a position on replaced; as many as the replacement has"
            + " if no length is given.",
        examples: [
            FunctionExample(
                "OVERLAY('This is an old string' PLACING ' new' FROM 10 FOR 5)",
                "This is a new string")
        ],
        resolve: Typing.parameters(
            .string, .string, .integer, .integer, optional: 1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = scalars(call.bytes(0, row))
            let replacement = scalars(call.bytes(1, row))
            let start = call.integer(2, row)
            let length =
                call.arguments.count > 3 ? call.integer(3, row) : Int64(replacement.count)
            // Flink: SqlFunctionUtils.overlay gives the text itself where the start is outside.
            guard start >= 1, start <= Int64(text.count) else {
                output.append(scalars: text)
                return true
            }
            let first = Int(start - 1)
            output.append(scalars: text[..<first])
            output.append(scalars: replacement)
            let (end, overflow) = Int64(first).addingReportingOverflow(length)
            if !overflow, length > 0, end <= Int64(text.count) {
                output.append(scalars: text[Int(end)...])
            }
            return true
        }
    }

    static let elt = ScalarFunction(
        "ELT", family: .string, usage: "ELT(index, text, …)",
        documentation: "The text at a position, from 1; NULL outside.",
        examples: [
            FunctionExample("ELT(2, 'a', 'b')", "b"), FunctionExample("ELT(3, 'a', 'b')", "NULL"),
        ],
        isStrict: false,
        resolve: { types in
            guard types.count >= 2, types[0].kind.isInteger,
                types.dropFirst().allSatisfy({ $0.kind.isString || $0.kind == .null })
            else { return nil }
            return Resolution(
                [.bigint] + types.dropFirst().map { _ in .varchar(.max) }, .string)
        }
    ) { call in
        var builder = ColumnBuilder(.bytes, capacity: call.count)
        for row in 0..<call.count {
            let index = call.arguments[0].isNull(row) ? 0 : call.integer(0, row)
            guard index >= 1, index < Int64(call.arguments.count),
                !call.arguments[Int(index)].isNull(row)
            else {
                builder.appendNull()
                continue
            }
            builder.append(.bytes(Array(call.bytes(Int(index), row))))
        }
        return builder.build()
    }

    static let translate = ScalarFunction(
        "TRANSLATE", family: .string, usage: "TRANSLATE(text, from, to)",
        documentation:
            "The text with each character of `from` replaced by the one at its place in `to`, and"
            + " left out where `to` is shorter.",
        examples: [FunctionExample("TRANSLATE('hello', 'el', 'ip')", "hippo")],
        resolve: Typing.strings(3...3, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let from = scalars(call.bytes(1, row))
            let to = scalars(call.bytes(2, row))
            var table: [Unicode.Scalar: Unicode.Scalar?] = [:]
            for (index, scalar) in from.enumerated() where table[scalar] == nil {
                table[scalar] = .some(index < to.count ? to[index] : nil)
            }
            output.append(
                scalars: scalars(call.bytes(0, row)).compactMap { scalar in
                    table[scalar] ?? scalar
                })
            return true
        }
    }
}
