// `weir fmt`: nothing is lost, twice is once, and the layout is as recorded.

import TestSupport
import Testing
import WeirSQL

@Suite struct FormatterTests {
    private static func format(_ text: String) -> String? {
        Formatter.format(SourceText(name: "t.sqrl", text)).text
    }

    /// Tokens and comments without regard to the case of words and to blanks.
    private static func essence(_ text: String) -> [String] {
        let (tokens, _) = Lexer.tokenize(SourceText(name: "t", text))
        let words = tokens.map { token in
            token.kind == .word ? token.text.uppercased() : token.text
        }
        let comments = text.split(separator: "\n").filter { $0.contains("--") }.map { line in
            String(line[line.firstIndex(of: "-").map { $0 } ?? line.startIndex]).filter {
                $0 != " "
            }
        }
        return words + comments.sorted()
    }

    static let statements = ((try? Repository.text("Tests/Cases/syntax/accepted.sql")) ?? "")
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("--") }

    @Test("nothing is lost and twice is once", arguments: statements)
    func statement(_ sql: String) throws {
        for text in [
            sql, sql.replacing(" ", with: "\n"), sql.replacing(", ", with: " -- note\n, "),
        ] {
            guard let once = Self.format(text) else {
                // A comment in the middle of a literal or a name is none.
                #expect(text != sql, "\(sql)")
                continue
            }
            #expect(Self.essence(once) == Self.essence(text), "\(once)")
            #expect(Self.format(once) == once, "\(once)")
            #expect(once.hasSuffix("\n"))
        }
    }

    @Test func layoutIsAsRecorded() throws {
        let text = try Repository.text("Tests/Cases/format/before.sqrl")
        let difference = Golden.difference(Self.format(text) ?? "", file: "format/after.sqrl")
        #expect(difference == nil, "\(difference ?? "")")
    }

    @Test func theSampleIsLaidOut() throws {
        for path in Repository.files(in: "sample-data", ending: ".sqrl") {
            let text = try Repository.text(path)
            #expect(Self.format(text) == text, "\(path): run weir fmt")
        }
    }

    @Test func brokenScriptsAreLeftAlone() {
        let (text, diagnostics) = Formatter.format(SourceText(name: "t", "A := SELECT FROM;"))
        #expect(text == nil)
        #expect(!diagnostics.isEmpty)
    }

    @Test func templateTagsStay() {
        let text = "A{{.}} := SELECT id, '{{x}}' AS y FROM t WHERE price > {{limit}};\n"
        #expect(Self.format(text) == text)
    }
}
