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

    /// A comment of its own in front of every token that may have one.
    @Test("no comment is lost", arguments: statements)
    func comments(_ sql: String) throws {
        let source = SourceText(name: "t", sql)
        let tokens = Lexer.tokenize(source).0.filter { $0.kind != .end }
        guard
            !Parser.parse(source).statements.contains(where: { statement in
                // What is passed through is not looked into.
                if case .define(let definition) = statement.kind, definition.returns != nil {
                    return true
                }
                return false
            })
        else { return }
        for style in ["-- note %\n", "/* note % */ "] {
            var text = ""
            for (index, token) in tokens.enumerated() {
                let isJoined = index > 0 && tokens[index - 1].span.end == token.span.start
                if !isJoined { text += " " + style.replacing("%", with: "\(index)x") }
                text += source.text(token.span)
            }
            guard let once = Self.format(text) else {
                // Between the parts of a name in an IMPORT there is no place for one.
                #expect(sql.contains("IMPORT") || sql.contains("EXPORT"), "\(text)")
                continue
            }
            for index in tokens.indices where text.contains("note \(index)x") {
                #expect(once.contains("note \(index)x"), "\(index) in \(once)")
            }
            #expect(Self.format(once) == once, "\(once)")
        }
    }

    @Test func sectionsAroundStatementsStay() {
        let text = """
            {{#on}}
            A := SELECT a FROM t;
            {{/on}}
            B := SELECT {{#names}} id AS {{.}}, {{/names}} id FROM t;

            """
        let once = Self.format(text)
        #expect(
            once?.contains("{{#on}}\nA := SELECT a FROM t;\n{{/on}}\nB := SELECT") == true,
            "\(once ?? "")")
        #expect(once.flatMap(Self.format) == once)
    }

    @Test func namesBehindDotsStay() {
        let text =
            "T.order := 1;\nIMPORT a.local-sink.Table AS X;\nA := SELECT a - 1, -b, (a + 1) * 2 FROM t;\n"
        #expect(Self.format(text) == text)
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
