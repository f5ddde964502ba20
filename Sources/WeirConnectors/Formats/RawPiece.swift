// Where a piece of text can be cut.

import CWeirInput
import WeirColumnar
import WeirRuntime

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

    /// Bytes and number of the whole lines at its start, at most so many; nil when there is none,
    /// and when a byte is in it that may stand around line breaks (0: there is none such).
    func wholeLines(most: Int, quote: UInt8 = 0) -> (bytes: Int, lines: Int)? {
        var lines: UInt32 = 0
        let bytes = weir_whole_lines(
            buffer.base, length, UInt32(clamping: most), quote, &lines)
        return bytes == 0 ? nil : (bytes, Int(lines))
    }
}
