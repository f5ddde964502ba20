// The text of one script with its name, and the way from byte offsets to lines and columns.

/// One script: its name as the user knows it, its bytes, and where its lines begin.
package struct SourceText: Sendable {
    /// The path or label shown in diagnostics.
    package let name: String
    /// The script as UTF-8.
    package let bytes: [UInt8]
    /// Byte offset of the start of each line; never empty.
    let lineStarts: [Int]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(offset + 1) }
        lineStarts = starts
    }

    package init(name: String, _ text: String) { self.init(name: name, bytes: Array(text.utf8)) }

    /// Line and column of a byte offset, both from 1; the column counts Unicode scalars.
    package func position(at offset: Int) -> (line: Int, column: Int) {
        let clamped = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= clamped { low = middle } else { high = middle - 1 }
        }
        var column = 1
        for byte in bytes[lineStarts[low]..<clamped] where byte & 0xC0 != 0x80 { column += 1 }
        return (low + 1, column)
    }

    /// The text of a line (from 1) without its line break; empty when there is no such line.
    package func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The text under a span, clamped to the source.
    package func text(_ span: Span) -> String {
        let start = min(max(span.start, 0), bytes.count)
        let end = min(max(span.end, start), bytes.count)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
