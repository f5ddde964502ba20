// Text to tokens (GraphQL specification, 2.1).

/// Reads the tokens of a document, one at a time.
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    /// A byte of the line at hand and its column: counted on from there, so that long lines cost no
    /// more than others.
    private var mark = (position: 0, column: 1)

    init(_ text: [UInt8]) {
        bytes = text
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            mark.position = 3
        }
    }

    /// The place of a byte of the line at hand, not in front of one that was asked for before.
    private mutating func location(_ position: Int) -> GraphQLLocation {
        // Bytes that go on with a scalar are no columns.
        for byte in bytes[mark.position..<position] where byte & 0xC0 != 0x80 { mark.column += 1 }
        mark.position = position
        return GraphQLLocation(line: line, column: mark.column)
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    /// The next token; `.end` again and again when there is none.
    ///
    /// - Throws: an `InvalidSyntax` error.
    mutating func next() throws(GraphQLError) -> Token {
        skipIgnored()
        let place = location(index)
        guard let first = byte() else { return Token(kind: .end, location: place) }
        switch first {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            index += 1
            return Token(kind: .punctuator(first), location: place)
        case UInt8(ascii: "."):
            guard byte(1) == first, byte(2) == first else {
                throw .syntax("a single \".\" means nothing; a spread is \"...\"", at: place)
            }
            index += 3
            return Token(kind: .spread, location: place)
        case UInt8(ascii: "\""):
            return try readString(place)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try readNumber(place)
        case _ where Self.isNameStart(first):
            let start = index
            while let byte = byte(), Self.isNamePart(byte) { index += 1 }
            let name = String(decoding: bytes[start..<index], as: UTF8.self)
            return Token(kind: .name(name), location: place)
        default:
            throw .syntax("\(shownScalar()) cannot stand here", at: place)
        }
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The scalar at hand for a message.
    private func shownScalar() -> String {
        let scalar = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
            .unicodeScalars.first
        guard let scalar else { return "this byte" }
        let code = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
        let isShown = scalar.value > 0x20 && scalar.value != 0x7F && scalar != "\u{FFFD}"
        return isShown ? "\"\(scalar)\"" : "U+\(padded)"
    }

    // MARK: What has no meaning

    /// White space, line breaks, commas and comments.
    private mutating func skipIgnored() {
        while let byte = byte() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","):
                index += 1
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endLine(byte)
            case UInt8(ascii: "#"):
                while let byte = self.byte(), byte != 0x0A, byte != 0x0D { index += 1 }
            default:
                return
            }
        }
    }

    /// Goes past a line break; CR LF is one.
    private mutating func endLine(_ byte: UInt8) {
        index += byte == 0x0D && self.byte(1) == 0x0A ? 2 : 1
        line += 1
        mark = (index, 1)
    }

    // MARK: Numbers

    private mutating func readNumber(_ place: GraphQLLocation) throws(GraphQLError) -> Token {
        let start = index
        if byte() == UInt8(ascii: "-") { index += 1 }
        if byte() == UInt8(ascii: "0") {
            index += 1
            if let byte = byte(), Self.isDigit(byte) {
                throw .syntax("a number does not begin with 0", at: place)
            }
        } else {
            try readDigits(place)
        }
        var isFloat = false
        if byte() == UInt8(ascii: ".") {
            isFloat = true
            index += 1
            try readDigits(place)
        }
        if let byte = byte(), byte | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            index += 1
            if let sign = self.byte(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                index += 1
            }
            try readDigits(place)
        }
        if let byte = byte(), byte == UInt8(ascii: ".") || Self.isNamePart(byte) {
            throw .syntax("a number is not followed by \(shownScalar())", at: location(index))
        }
        let digits = String(decoding: bytes[start..<index], as: UTF8.self)
        return Token(kind: isFloat ? .float(digits) : .int(digits), location: place)
    }

    private mutating func readDigits(_ place: GraphQLLocation) throws(GraphQLError) {
        guard let first = byte(), Self.isDigit(first) else {
            throw .syntax("a digit is missing in a number", at: location(index))
        }
        while let byte = byte(), Self.isDigit(byte) { index += 1 }
    }

    // MARK: Strings

    private mutating func readString(_ place: GraphQLLocation) throws(GraphQLError) -> Token {
        if byte(1) == UInt8(ascii: "\""), byte(2) == UInt8(ascii: "\"") {
            index += 3
            return try readBlockString(place)
        }
        index += 1
        var text: [UInt8] = []
        while let byte = byte() {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return Token(
                    kind: .string(String(decoding: text, as: UTF8.self), isBlock: false),
                    location: place)
            case 0x0A, 0x0D:
                throw .syntax("a string ends on the line where it begins", at: place)
            case UInt8(ascii: "\\"):
                try readEscape(&text)
            default:
                text.append(byte)
                index += 1
            }
        }
        throw .syntax("a string is not closed", at: place)
    }

    private mutating func readEscape(_ text: inout [UInt8]) throws(GraphQLError) {
        let place = location(index)
        guard let kind = byte(1) else { throw .syntax("a string is not closed", at: place) }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
            UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
            UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        ]
        if let byte = simple[kind] {
            text.append(byte)
            index += 2
            return
        }
        guard kind == UInt8(ascii: "u") else {
            throw .syntax("an unknown escape in a string", at: place)
        }
        index += 2
        guard let code = readCode(), let scalar = Unicode.Scalar(code) else {
            throw .syntax("an escape that is no Unicode scalar", at: place)
        }
        text += Array(String(Character(scalar)).utf8)
    }

    /// `XXXX`, two of them for a surrogate pair, or `{X…}`; nil when it is none.
    private mutating func readCode() -> UInt32? {
        if byte() == UInt8(ascii: "{") {
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")), end > index + 1,
                end - index <= 9, let code = Self.hexadecimal(bytes[(index + 1)..<end])
            else { return nil }
            index = end + 1
            return code
        }
        guard let high = readFour() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return high }
        guard byte() == UInt8(ascii: "\\"), byte(1) == UInt8(ascii: "u") else { return nil }
        index += 2
        guard let low = readFour(), (0xDC00..<0xE000).contains(low) else { return nil }
        return 0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func readFour() -> UInt32? {
        guard index + 4 <= bytes.count, let code = Self.hexadecimal(bytes[index..<(index + 4)])
        else { return nil }
        index += 4
        return code
    }

    /// At most eight hexadecimal digits.
    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    private mutating func readBlockString(_ place: GraphQLLocation) throws(GraphQLError) -> Token {
        var text: [UInt8] = []
        let quote = UInt8(ascii: "\"")
        while let byte = byte() {
            if byte == quote, self.byte(1) == quote, self.byte(2) == quote {
                index += 3
                return Token(
                    kind: .string(BlockString.value(text), isBlock: true), location: place)
            }
            if byte == UInt8(ascii: "\\"), self.byte(1) == quote, self.byte(2) == quote,
                self.byte(3) == quote
            {
                text += [quote, quote, quote]
                index += 4
            } else if byte == 0x0A || byte == 0x0D {
                endLine(byte)
                text.append(0x0A)
            } else {
                text.append(byte)
                index += 1
            }
        }
        throw .syntax("a block string is not closed", at: place)
    }
}
