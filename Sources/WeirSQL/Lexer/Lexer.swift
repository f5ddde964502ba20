// Bytes to tokens. Never fails: what it cannot read becomes a diagnostic and is skipped.

/// Splits a source text into tokens; ordinary comments vanish, hints and doc-strings stay.
package struct Lexer {
    private let bytes: [UInt8]
    private var offset = 0
    private var tokens: [Token] = []
    private var diagnostics: [Diagnostic] = []

    /// Tokens of a text, ending with an `.end` token, and what was wrong with it.
    package static func tokenize(_ source: SourceText) -> ([Token], [Diagnostic]) {
        var lexer = Lexer(bytes: source.bytes)
        lexer.run()
        if source.base == 0 { return (lexer.tokens, lexer.diagnostics) }
        return (
            lexer.tokens.map { $0.moved(by: source.base) },
            lexer.diagnostics.map { $0.moved(by: source.base) }
        )
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        offset + ahead < bytes.count ? bytes[offset + ahead] : 0
    }

    private func text(_ start: Int, _ end: Int) -> String {
        String(decoding: bytes[start..<min(max(start, end), bytes.count)], as: UTF8.self)
    }

    private mutating func emit(_ kind: TokenKind, from start: Int, text: String) {
        tokens.append(Token(kind: kind, span: Span(start, offset), text: text))
    }

    private mutating func run() {
        while offset < bytes.count { step() }
        tokens.append(Token(kind: .end, span: Span(bytes.count, bytes.count), text: ""))
    }

    private mutating func step() {
        let start = offset
        let first = byte()
        switch first {
        case 0x20, 0x09, 0x0A, 0x0D, 0x0C: offset += 1
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): skipLine()
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): lexComment(from: start)
        case UInt8(ascii: "'"): lexQuoted(UInt8(ascii: "'"), .string, "string literal")
        case UInt8(ascii: "`"): lexQuoted(UInt8(ascii: "`"), .quotedIdentifier, "identifier")
        case UInt8(ascii: "0")...UInt8(ascii: "9"): lexNumber(from: start)
        case UInt8(ascii: ".") where isDigit(byte(1)): lexNumber(from: start)
        case _ where first | 0x20 == UInt8(ascii: "x") && byte(1) == UInt8(ascii: "'"):
            offset += 1
            lexQuoted(UInt8(ascii: "'"), .binary, "binary literal", from: start)
        case _
        where first | 0x20 == UInt8(ascii: "u") && byte(1) == UInt8(ascii: "&")
            && byte(2) == UInt8(ascii: "'"):
            offset += 2
            lexUnicode(from: start)
        case _ where isWordStart(first) || letterLength(isFirst: true) > 0:
            while true {
                let length = isWordPart(byte()) ? 1 : letterLength(isFirst: false)
                if length == 0 { break }
                offset += length
            }
            emit(.word, from: start, text: text(start, offset))
        case UInt8(ascii: "\""):
            lexQuoted(first, .string, "string literal")
            diagnostics.append(
                .error(
                    "double-quotes", "double quotes are not used in this SQL dialect",
                    at: Span(start, offset),
                    hint: "write 'text' for a string, `name` for an identifier"))
        default: lexSymbol(from: start)
        }
    }

    private mutating func skipLine() {
        while offset < bytes.count, byte() != 0x0A { offset += 1 }
    }

    private mutating func lexComment(from start: Int) {
        offset += 2
        let contentStart = offset
        while offset < bytes.count, !(byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/")) {
            offset += 1
        }
        let contentEnd = offset
        if offset >= bytes.count {
            diagnostics.append(
                .error(
                    "unterminated-comment", "this comment is never closed",
                    at: Span(start, start + 2), hint: "close it with */"))
            return
        }
        offset += 2
        let opener = contentStart < contentEnd ? bytes[contentStart] : 0
        if opener == UInt8(ascii: "+") {
            emit(.hint, from: start, text: text(contentStart + 1, contentEnd))
        } else if opener == UInt8(ascii: "*") {
            emit(.docComment, from: start, text: text(contentStart + 1, contentEnd))
        }
    }

    private mutating func lexQuoted(
        _ quote: UInt8, _ kind: TokenKind, _ what: String, from first: Int? = nil
    ) {
        let start = first ?? offset
        var content: [UInt8] = []
        offset += 1
        while offset < bytes.count {
            if byte() == quote {
                if byte(1) == quote {
                    content.append(quote)
                    offset += 2
                    continue
                }
                offset += 1
                emit(kind, from: start, text: String(decoding: content, as: UTF8.self))
                return
            }
            content.append(byte())
            offset += 1
        }
        diagnostics.append(
            .error(
                "unterminated-quote", "this \(what) is never closed", at: Span(start, start + 1)))
        emit(kind, from: start, text: String(decoding: content, as: UTF8.self))
    }

    /// Bytes of the letter past ASCII at hand, or of a mark on the letter before; 0 for others.
    private func letterLength(isFirst: Bool) -> Int {
        let first = byte()
        guard first >= 0xC2 else { return 0 }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard offset + length <= bytes.count else { return 0 }
        let letter = String(decoding: bytes[offset..<offset + length], as: UTF8.self).unicodeScalars
        guard letter.count == 1, let scalar = letter.first, scalar != "\u{FFFD}",
            scalar.properties.isAlphabetic || (!isFirst && Self.isMark(scalar))
        else { return 0 }
        return length
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber: true
        default: false
        }
    }

    /// `U&'\00e9'`: a string with code points in hexadecimal digits (SQL:2016, 5.3).
    private mutating func lexUnicode(from start: Int) {
        lexQuoted(UInt8(ascii: "'"), .string, "string literal", from: start)
        guard let token = tokens.popLast() else { return }
        var result = ""
        var rest = token.text[...]
        while let mark = rest.firstIndex(of: "\\") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            if rest.first == "\\" {
                result += "\\"
                rest = rest.dropFirst()
                continue
            }
            let isLong = rest.first == "+"
            let digits = (isLong ? rest.dropFirst() : rest).prefix(isLong ? 6 : 4)
            guard digits.count == (isLong ? 6 : 4), digits.allSatisfy(\.isHexDigit),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else {
                diagnostics.append(
                    .error(
                        "bad-literal", "this is no text with code points", at: token.span,
                        hint: #"write four hexadecimal digits behind \: U&'\00e9'"#))
                break
            }
            result.unicodeScalars.append(scalar)
            rest = rest[digits.endIndex...]
        }
        tokens.append(Token(kind: .string, span: token.span, text: result + rest))
    }

    private mutating func lexNumber(from start: Int) {
        var kind = TokenKind.integer
        while isDigit(byte()) { offset += 1 }
        if byte() == UInt8(ascii: "."), isDigit(byte(1)) || offset > start {
            if isDigit(byte(1)) || !isWordStart(byte(1)) {
                kind = .decimal
                offset += 1
                while isDigit(byte()) { offset += 1 }
            }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if isDigit(byte(signed ? 2 : 1)) {
                kind = .approximate
                offset += signed ? 2 : 1
                while isDigit(byte()) { offset += 1 }
            }
        }
        emit(kind, from: start, text: text(start, offset))
    }

    private mutating func lexSymbol(from start: Int) {
        let pairs = [":=", "<>", "<=", ">=", "!=", "||", "=>"]
        let two = text(start, min(start + 2, bytes.count))
        if pairs.contains(two) {
            offset += 2
            emit(.symbol, from: start, text: two)
            return
        }
        let first = byte()
        if "+-*/%()[],;.=<>:@{}?|".utf8.contains(first) {
            offset += 1
            emit(.symbol, from: start, text: text(start, offset))
            return
        }
        offset += 1
        while offset < bytes.count, byte() & 0xC0 == 0x80 { offset += 1 }
        diagnostics.append(
            .error(
                "unexpected-character", "unexpected character '\(text(start, offset))'",
                at: Span(start, offset)))
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

private func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F || byte == 0x24
}

private func isWordPart(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) }
