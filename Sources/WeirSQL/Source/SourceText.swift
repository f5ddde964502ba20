// The text of one file with its name, and the way from byte offsets to lines and columns.

/// One file: its name as the user knows it, its bytes, and where its lines begin.
///
/// Spans are offsets into all texts of a project, one behind the other (`SourceMap`): those of this
/// text begin at `base`.
package struct SourceText: Sendable {
    /// The path or label shown in diagnostics.
    package let name: String
    /// What the parser reads, as UTF-8.
    package let bytes: [UInt8]
    /// The offset of the first byte in spans.
    package let base: Int
    /// What the user wrote, when templating has made `bytes` of it.
    private let written: Written
    /// Which bytes of the user's text the bytes were made of; nil when they are the same.
    private let origin: TemplateOrigin?

    /// A text and where its lines begin.
    private struct Written: Sendable {
        let bytes: [UInt8]
        /// Never empty.
        let lineStarts: [Int]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            var starts = [0]
            for (offset, byte) in bytes.enumerated() where byte == 0x0A {
                starts.append(offset + 1)
            }
            lineStarts = starts
        }
    }

    package init(name: String, bytes: [UInt8], base: Int = 0) {
        self.name = name
        self.bytes = bytes
        self.base = base
        written = Written(bytes)
        origin = nil
    }

    package init(name: String, _ text: String) { self.init(name: name, bytes: Array(text.utf8)) }

    /// A text made from a template.
    init(name: String, template: [UInt8], expansion: TemplateExpansion, base: Int) {
        self.name = name
        self.bytes = expansion.bytes
        self.base = base
        written = Written(template)
        origin = expansion.origin
    }

    /// One past the last offset in spans.
    package var end: Int { base + bytes.count }

    /// Line and column of an offset in what the user wrote, both from 1; the column counts Unicode
    /// scalars.
    package func position(at offset: Int) -> (line: Int, column: Int) {
        position(written: origin?.start(of: offset - base) ?? offset - base)
    }

    /// Line and column where a span ends in what the user wrote.
    package func endPosition(of span: Span) -> (line: Int, column: Int) {
        position(written: origin?.end(of: span.end - base) ?? span.end - base)
    }

    /// The offset in spans of a line and a column (both from 1) of what the user wrote.
    package func offset(line: Int, column: Int) -> Int {
        let index = min(max(line, 1), written.lineStarts.count) - 1
        var offset = written.lineStarts[index]
        var left = column - 1
        while offset < written.bytes.count, written.bytes[offset] != 0x0A {
            let isStart = written.bytes[offset] & 0xC0 != 0x80
            if isStart, left == 0 { break }
            if isStart { left -= 1 }
            offset += 1
        }
        return base + (origin?.expanded(of: offset) ?? offset)
    }

    private func position(written offset: Int) -> (line: Int, column: Int) {
        let clamped = min(max(offset, 0), written.bytes.count)
        var low = 0
        var high = written.lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if written.lineStarts[middle] <= clamped { low = middle } else { high = middle - 1 }
        }
        var column = 1
        for byte in written.bytes[written.lineStarts[low]..<clamped] where byte & 0xC0 != 0x80 {
            column += 1
        }
        return (low + 1, column)
    }

    /// A line of what the user wrote (from 1) without its line break; empty when there is no such
    /// line.
    package func line(_ number: Int) -> String {
        guard number >= 1, number <= written.lineStarts.count else { return "" }
        let start = written.lineStarts[number - 1]
        let isLast = number == written.lineStarts.count
        var end = isLast ? written.bytes.count : written.lineStarts[number] - 1
        if end > start, written.bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: written.bytes[start..<end], as: UTF8.self)
    }

    /// The text under a span as the parser read it, clamped to this source.
    package func text(_ span: Span) -> String {
        let start = min(max(span.start - base, 0), bytes.count)
        let end = min(max(span.end - base, start), bytes.count)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
