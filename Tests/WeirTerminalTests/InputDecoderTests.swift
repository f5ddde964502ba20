// Bytes to keys.

import TestSupport
import Testing
import WeirTerminal

@Suite struct InputDecoderTests {
    static let known: [(String, InputEvent)] = [
        ("a", .key(KeyPress(.character("a")))), ("é", .key(KeyPress(.character("é")))),
        ("\r", .key(KeyPress(.enter))), ("\n", .key(KeyPress(.control("j")))),
        ("\t", .key(KeyPress(.tab))), ("\u{7F}", .key(KeyPress(.backspace))),
        ("\u{1B}[A", .key(KeyPress(.up))), ("\u{1B}OA", .key(KeyPress(.up))),
        ("\u{1B}[1;5C", .key(KeyPress(.right))), ("\u{1B}[5~", .key(KeyPress(.pageUp))),
        ("\u{1B}OP", .key(KeyPress(.function(1)))), ("\u{1B}[15~", .key(KeyPress(.function(5)))),
        ("\u{1B}[[A", .key(KeyPress(.function(1)))), ("\u{1B}[Z", .key(KeyPress(.backTab))),
        ("\u{1B}x", .key(KeyPress(.character("x"), alt: true))),
        ("\u{1B}[<0;10;5M", .mouse(.press, x: 9, y: 4)),
        ("\u{1B}[<64;1;1M", .mouse(.wheelUp, x: 0, y: 0)),
        ("\u{1B}[200~x\ny\u{1B}[201~", .paste("x\ny")), ("\u{1B}[I", .focus(true)),
        ("\u{3}", .key(KeyPress(.control("c")))),
    ]

    @Test("sequences in any pieces", arguments: known.indices)
    func sequences(_ index: Int) {
        let (text, expected) = Self.known[index]
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var decoder = InputDecoder()
            let events = decoder.decode(bytes[..<cut]) + decoder.decode(bytes[cut...])
            #expect(events == [expected], "cut at \(cut)")
        }
    }

    @Test func loneEscape() {
        var decoder = InputDecoder()
        #expect(decoder.decode([0x1B]).isEmpty)
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == [.key(KeyPress(.escape))])
        #expect(!decoder.isWaiting)
    }

    @Test("random bytes never trap, and typing works again afterwards", arguments: 0..<300)
    func fuzz(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var decoder = InputDecoder()
        for _ in 0..<20 {
            let bytes = (0..<random.below(40)).map { _ in
                random.below(3) == 0 ? 0x1B : UInt8(random.below(256))
            }
            _ = decoder.decode(bytes)
        }
        _ = decoder.decode(Array("\u{1B}[201~".utf8))
        _ = decoder.flush()
        _ = decoder.decode(Array("~~~~~~".utf8))
        _ = decoder.flush()
        #expect(
            decoder.decode(Array("q".utf8)) == [.key(KeyPress(.character("q")))], "seed \(seed)")
    }
}
