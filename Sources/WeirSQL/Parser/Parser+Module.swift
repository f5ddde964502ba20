// IMPORT and EXPORT.

extension Parser {
    mutating func parseImport() throws -> Statement.Kind {
        advance()
        if current.kind == .quotedIdentifier, DataFile.isOne(current.text), !peek(1).isSymbol(".") {
            let token = advance()
            let alias = accept(word: "AS") ? try expectIdentifier("a table name") : nil
            return .importingFile(path: Identifier(token.text, token.span), alias: alias)
        }
        let path = try parseModulePath()
        let alias = accept(word: "AS") ? try expectIdentifier("a name") : nil
        return .importing(path, alias: alias)
    }

    mutating func parseExport() throws -> Statement.Kind {
        advance()
        let table = try parsePath("the table to export")
        try expect(word: "TO")
        return .exporting(table: table, target: try parseModulePath())
    }

    /// Names with dots between them; a name may have dashes, and the last may be a star.
    private mutating func parseModulePath() throws -> ModulePath {
        let start = current.span.start
        var names: [Identifier] = []
        repeat {
            if accept(symbol: "*") {
                return ModulePath(names: names, isAll: true, span: span(from: start))
            }
            names.append(try parseModuleName())
            // The lexer reads the end of `data-2024.` as a number with its point.
        } while accept(symbol: ".") || endsInPoint
        return ModulePath(names: names, isAll: false, span: span(from: start))
    }

    private mutating func parseModuleName() throws -> Identifier {
        let first = current
        if first.kind == .quotedIdentifier {
            advance()
            return Identifier(first.text, first.span)
        }
        guard first.kind == .word || first.kind == .integer else {
            try failExpected("the name of a module, a table or a file")
        }
        var text = ""
        // What stands together without blanks is one name: local-sink, 2024-data.
        repeat {
            text += advance().text
        } while current.span.start == previousEnd && !text.hasSuffix(".") && continuesName
        if text.hasSuffix(".") { text.removeLast() }
        return Identifier(text, span(from: first.span.start))
    }

    private var continuesName: Bool {
        current.kind == .word || current.kind == .integer || current.isSymbol("-")
            || (current.kind == .decimal && current.text.hasSuffix("."))
    }

    private var endsInPoint: Bool {
        index > 0 && tokens[index - 1].kind == .decimal && tokens[index - 1].text.hasSuffix(".")
    }
}

/// Names of files with rows in them.
package enum DataFile {
    /// Endings that can be opened as a source.
    package static let endings = [
        ".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".tsv",
    ]

    package static func isOne(_ name: String) -> Bool {
        let lower = name.lowercased()
        return endings.contains { lower.hasSuffix($0) }
    }
}
