// Cells, widths, charts, editing.

import TestSupport
import Testing
import WeirTerminal

@Suite struct ScreenBufferTests {
    @Test func wideCharactersTakeTwoCells() {
        var buffer = ScreenBuffer(width: 6, height: 1)
        #expect(buffer.put("日本x", x: 0, y: 0, .plain) == 5)
        #expect(buffer.text == "日本x\n")
        #expect(buffer.cell(x: 1, y: 0).glyph == 0)
        // Half of a wide character cannot stay.
        buffer.put("a", x: 1, y: 0, .plain)
        #expect(buffer.text == " a本x\n")
        // None begins in the last column.
        var narrow = ScreenBuffer(width: 3, height: 1)
        #expect(narrow.put("ab日", x: 0, y: 0, .plain) == 2)
    }

    @Test func dataCannotDriveTheTerminal() {
        var buffer = ScreenBuffer(width: 10, height: 1)
        buffer.put("a\u{1B}[2J\u{202E}\n", x: 0, y: 0, .plain)
        #expect(buffer.text == "a␛[2J\u{FFFD}␊\n")
    }

    @Test func cutTextShowsAnEllipsis() {
        var buffer = ScreenBuffer(width: 8, height: 1)
        buffer.putCell("abcdefgh", x: 0, y: 0, width: 5, .plain)
        buffer.putCell("7", x: 5, y: 0, width: 3, .plain, alignRight: true)
        #expect(buffer.text == "abcd…  7\n")
    }

    @Test("writing anywhere stays inside", arguments: 0..<100)
    func anywhere(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var buffer = ScreenBuffer(width: 1 + random.below(20), height: 1 + random.below(5))
        for _ in 0..<50 {
            let text = random.pick(["x", "日本", "e\u{301}", "\u{1F600}", "long text that is cut"])
            let (x, y) = (random.below(30) - 5, random.below(10) - 3)
            buffer.putCell(text, x: x, y: y, width: random.below(12), .plain)
            buffer.fill(Rect(x: y, y: x, width: random.below(9), height: random.below(4)), .plain)
        }
        for y in 0..<buffer.height {
            let columns = buffer.row(y).reduce(0) { sum, cell in
                sum
                    + (Unicode.Scalar(cell.glyph).map {
                        cell.glyph == 0 ? 0 : TextWidth.columns($0)
                    } ?? 1)
            }
            #expect(columns == buffer.width, "seed \(seed), row \(y)")
        }
    }

    @Test func charts() {
        #expect(Charts.sparkline([0, 1, 2, 4], width: 6) == "  ▁▃▅█")
        #expect(Charts.shares([0.5, 0.25], width: 8) == [4, 2])
        #expect(Charts.shares([1.5, 1], width: 4) == [4, 0])
        var buffer = ScreenBuffer(width: 2, height: 1)
        Charts.area([4, 4, 2, 0], top: 4, in: buffer.bounds, &buffer, .plain)
        #expect(buffer.text == "⣿⡄\n")
    }

    @Test func editing() {
        var input = TextInput("select a", isMultiline: true)
        #expect(input.word == "a")
        for key in [Key.control("w"), .character("b"), .enter, .character("c"), .up, .end] {
            _ = input.handle(KeyPress(key))
        }
        #expect(input.text == "select b\nc")
        #expect(input.position == (0, 8))
        _ = input.handle(KeyPress(.control("u")))
        #expect(input.text == "\nc")
        _ = input.handle(KeyPress(.control("y")))
        #expect(input.text == "select b\nc")
        _ = input.handle(KeyPress(.control("_")))
        #expect(input.text == "\nc")
    }
}
