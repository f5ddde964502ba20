// Where a piece of text can be cut.

import CWeirInput
import WeirColumnar
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A piece of a file in memory, ready to be decoded.
struct RawPiece {
    let buffer: RecordBuffer
    /// Bytes of input; behind them is room for unescaped text.
    let length: Int
    let isLast: Bool
    let path: String
    let source: String
    /// Place of the first byte.
    let start: SourcePosition

    /// The first bytes of it, behind which more follow.
    func cut(to bytes: Int) -> RawPiece {
        RawPiece(
            buffer: buffer, length: bytes, isLast: false, path: path, source: source, start: start)
    }

    func contains(_ byte: UInt8) -> Bool { memchr(buffer.base, Int32(byte), length) != nil }

    /// Bytes and number of the whole lines at its start, at most so many; nil when there is none.
    func wholeLines(most: Int) -> (bytes: Int, lines: Int)? {
        var lines: UInt32 = 0
        let bytes = weir_whole_lines(buffer.base, length, UInt32(clamping: most), &lines)
        return bytes == 0 ? nil : (bytes, Int(lines))
    }
}
