// String functions, part two: putting together, searching, codes.

import WeirColumnar

extension StringFunctions {
    static let concat = ScalarFunction(
        "CONCAT", family: .string, usage: "CONCAT(text, …)",
        documentation: "The texts one after the other; NULL if any is NULL.",
        examples: [
            FunctionExample("CONCAT('we', 'ir')", "weir"),
            FunctionExample("CONCAT('we', CAST(NULL AS STRING))", "NULL"),
        ],
        resolve: Typing.strings(1...255, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            for index in call.arguments.indices {
                output.append(contentsOf: call.bytes(index, row))
            }
            return true
        }
    }

    static let concatWithSeparator = ScalarFunction(
        "CONCAT_WS", family: .string, usage: "CONCAT_WS(separator, text, …)",
        documentation: "The texts that are not NULL with a separator between them.",
        examples: [FunctionExample("CONCAT_WS('-', 'a', CAST(NULL AS STRING), 'b')", "a-b")],
        isStrict: false, resolve: Typing.strings(2...255, to: .varchar(.max))
    ) { call in
        var output = ByteColumn()
        for row in 0..<call.count {
            var isFirst = true
            for index in call.arguments.indices.dropFirst()
            where !call.arguments[index].isNull(row) && !call.arguments[0].isNull(row) {
                if !isFirst { output.bytes.append(contentsOf: call.bytes(0, row)) }
                output.bytes.append(contentsOf: call.bytes(index, row))
                isFirst = false
            }
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return Column(
            .bytes(output), validity: strictValidity([call.arguments[0]], count: call.count))
    }

    static let replace = ScalarFunction(
        "REPLACE", family: .string, usage: "REPLACE(text, search, replacement)",
        documentation: "The text with each occurrence of another replaced.",
        examples: [FunctionExample("REPLACE('hello world', 'world', 'weir')", "hello weir")],
        resolve: Typing.strings(3...3, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = Array(call.bytes(0, row))
            let search = call.bytes(1, row)
            if search.isEmpty {
                output.append(contentsOf: text)
                return true
            }
            var start = 0
            while let found = find(search, in: text[...], from: start) {
                output.append(contentsOf: text[start..<found])
                output.append(contentsOf: call.bytes(2, row))
                start = found + search.count
            }
            output.append(contentsOf: text[start...])
            return true
        }
    }

    static let reverse = ScalarFunction(
        "REVERSE", family: .string, usage: "REVERSE(text)",
        documentation: "The characters in reverse order.",
        examples: [FunctionExample("REVERSE('weir')", "riew")],
        resolve: Typing.strings(1...1, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            output.append(scalars: scalars(call.bytes(0, row)).reversed())
            return true
        }
    }

    static let repeated = ScalarFunction(
        "REPEAT", family: .string, usage: "REPEAT(text, times)",
        documentation: "The text several times; empty when the number is not positive.",
        examples: [FunctionExample("REPEAT('ab', 3)", "ababab")],
        resolve: Typing.parameters(.string, .integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let text = call.bytes(0, row)
            let times = max(0, call.integer(1, row))
            let (length, overflow) = times.multipliedReportingOverflow(by: Int64(text.count))
            guard !overflow, length <= maximumTextLength else {
                call.errors.add(row, .badArgument, "REPEAT would give more than 16 MiB")
                return false
            }
            for _ in 0..<times { output.append(contentsOf: text) }
            return true
        }
    }

    static let padLeft = padding(
        "LPAD", "Fills the text on the left up to a length, or cuts it to that length.",
        FunctionExample("LPAD('7', 3, '0')", "007"), isLeft: true)

    static let padRight = padding(
        "RPAD", "Fills the text on the right up to a length, or cuts it to that length.",
        FunctionExample("RPAD('ab', 4, '.')", "ab.."), isLeft: false)

    private static func padding(
        _ name: String, _ documentation: String, _ example: FunctionExample, isLeft: Bool
    ) -> ScalarFunction {
        ScalarFunction(
            name, family: .string, usage: "\(name)(text, length, fill)",
            documentation: documentation, examples: [example],
            resolve: Typing.parameters(.string, .integer, .string, to: .varchar(.max))
        ) { call in
            call.mapToBytes { row, output in
                let text = scalars(call.bytes(0, row))
                let fill = scalars(call.bytes(2, row))
                let length = call.integer(1, row)
                guard length >= 0, length <= maximumTextLength else { return false }
                let missing = Int(length) - text.count
                if missing <= 0 {
                    output.append(scalars: text.prefix(Int(length)))
                    return true
                }
                guard !fill.isEmpty else { return false }
                let filling = (0..<missing).map { fill[$0 % fill.count] }
                output.append(scalars: isLeft ? filling + text : text + filling)
                return true
            }
        }
    }

    /// Longest text that a function makes, in bytes.
    static let maximumTextLength: Int64 = 16 << 20

    static let position = ScalarFunction(
        "POSITION", family: .string, usage: "POSITION(search IN text)",
        documentation: "Where a text first occurs in another, from 1; 0 when it does not.",
        examples: [FunctionExample("POSITION('i' IN 'weir')", "3")],
        resolve: Typing.strings(2...2, to: .int)
    ) { call in
        call.mapToInt64 { row in index(of: call.bytes(0, row), in: call.bytes(1, row)) }
    }

    static let locate = ScalarFunction(
        "LOCATE", family: .string, usage: "LOCATE(search, text[, start])",
        documentation:
            "Where a text first occurs in another at or after a position, from 1; 0 when it does"
            + " not.",
        examples: [FunctionExample("LOCATE('e', 'we were', 3)", "5")],
        resolve: Typing.parameters(.string, .string, .integer, optional: 1, to: .int)
    ) { call in
        call.mapToInt64 { row in
            let start = call.arguments.count > 2 ? call.integer(2, row) : 1
            return index(of: call.bytes(0, row), in: call.bytes(1, row), from: start)
        }
    }

    static let instr = ScalarFunction(
        "INSTR", family: .string, usage: "INSTR(text, search)",
        documentation: "Where a text first occurs in another, from 1; 0 when it does not.",
        examples: [FunctionExample("INSTR('weir', 'r')", "4")],
        resolve: Typing.strings(2...2, to: .int)
    ) { call in
        call.mapToInt64 { row in index(of: call.bytes(1, row), in: call.bytes(0, row)) }
    }

    private static func index(
        of search: ArraySlice<UInt8>, in text: ArraySlice<UInt8>, from start: Int64 = 1
    ) -> Int64 {
        guard start >= 1 else { return 0 }
        let characters = scalars(text)
        let skipped = min(Int(clamping: start - 1), characters.count)
        var prefix: [UInt8] = []
        prefix.append(scalars: characters.prefix(skipped))
        guard let found = find(search, in: text, from: prefix.count) else { return 0 }
        return Int64(codePointCount(text[text.startIndex..<text.startIndex + found])) + 1
    }

    static let startsWith = ScalarFunction(
        "STARTSWITH", family: .string, usage: "STARTSWITH(text, prefix)",
        documentation: "Whether the text begins with another.",
        examples: [FunctionExample("STARTSWITH('weir', 'we')", "TRUE")],
        resolve: Typing.strings(2...2, to: .boolean)
    ) { call in
        call.mapToBool { row in call.bytes(0, row).starts(with: call.bytes(1, row)) }
    }

    static let endsWith = ScalarFunction(
        "ENDSWITH", family: .string, usage: "ENDSWITH(text, suffix)",
        documentation: "Whether the text ends with another.",
        examples: [FunctionExample("ENDSWITH('weir', 'ir')", "TRUE")],
        resolve: Typing.strings(2...2, to: .boolean)
    ) { call in
        call.mapToBool { row in
            let text = call.bytes(0, row)
            return text.suffix(call.bytes(1, row).count).elementsEqual(call.bytes(1, row))
        }
    }

    static let splitIndex = ScalarFunction(
        "SPLIT_INDEX", family: .string, usage: "SPLIT_INDEX(text, separator, index)",
        documentation:
            "One part of a text split at a separator, counted from 0; NULL past the end.",
        examples: [
            FunctionExample("SPLIT_INDEX('a,b,c', ',', 1)", "b"),
            FunctionExample("SPLIT_INDEX('a,b,c', ',', 9)", "NULL"),
        ],
        resolve: { types in
            // The separator may be the code of a character.
            let separator: ParameterClass =
                types.count == 3 && types[1].kind.isInteger ? .integer : .string
            return Typing.parameters(.string, separator, .integer, to: .varchar(.max))(types)
        }, refine: { _, _ in .string }
    ) { call in
        let isCode = call.types[1] == .bigint
        return call.mapToBytes { row, output in
            let text = call.bytes(0, row)
            if let byte = isCode
                ? UInt8(truncatingIfNeeded: call.integer(1, row))
                : call.bytes(1, row).count == 1 ? call.bytes(1, row).first : nil
            {
                return part(call.integer(2, row), of: text, at: byte, &output)
            }
            let separator =
                isCode
                ? [UInt8(truncatingIfNeeded: call.integer(1, row))][...] : call.bytes(1, row)
            var remaining = call.integer(2, row)
            guard remaining >= 0, !text.isEmpty else { return false }
            var start = text.startIndex
            while !separator.isEmpty, let found = find(separator, in: text, from: start) {
                if remaining == 0 {
                    output.append(contentsOf: text[start..<found])
                    return true
                }
                remaining -= 1
                start = found + separator.count
            }
            guard remaining == 0 else { return false }
            output.append(contentsOf: text[start...])
            return true
        }
    }

    /// Appends a part of a text that single bytes divide; false when there is none.
    private static func part(
        _ number: Int64, of text: ArraySlice<UInt8>, at separator: UInt8, _ output: inout [UInt8]
    ) -> Bool {
        guard number >= 0, !text.isEmpty else { return false }
        return text.withUnsafeBufferPointer { bytes in
            var start = 0
            var remaining = number
            for index in 0...bytes.count where index == bytes.count || bytes[index] == separator {
                if remaining == 0 {
                    output.append(contentsOf: bytes[start..<index])
                    return true
                }
                remaining -= 1
                start = index + 1
            }
            return false
        }
    }

    static let ascii = ScalarFunction(
        "ASCII", family: .string, usage: "ASCII(text)",
        documentation: "The code of the first byte; 0 for an empty text.",
        examples: [FunctionExample("ASCII('a')", "97")],
        resolve: Typing.strings(1...1, to: .int)
    ) { call in
        call.mapToInt64 { row in Int64(Int8(bitPattern: call.bytes(0, row).first ?? 0)) }
    }

    static let chr = ScalarFunction(
        "CHR", family: .string, usage: "CHR(code)",
        documentation: "The character with a code from 0 to 255 (larger ones modulo 256).",
        examples: [FunctionExample("CHR(97)", "a")],
        resolve: Typing.parameters(.integer, to: .varchar(.max))
    ) { call in
        call.mapToBytes { row, output in
            let code = call.integer(0, row)
            if code >= 0 { output.append(scalars: [Unicode.Scalar(UInt8(code & 0xFF))]) }
            return true
        }
    }
}
