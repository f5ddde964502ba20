// An index of the words of some columns: a table of FTS5 without the texts themselves, kept up to date by
// triggers. Words are those of TEXT_SEARCH, written as hexadecimal digits, so that FTS5 takes them
// apart in the same way (SQLite, FTS5 4.4.1 Contentless Tables).

import Foundation
import GRDB
import WeirFunctions

struct TextIndexSQL {
    /// Quoted.
    let name: String
    /// The table with the rows, quoted.
    let data: String
    let columns: [String]

    var create: [String] {
        let words = "weir_words(\(list("")))"
        return [
            "CREATE VIRTUAL TABLE \(name) USING fts5(words, content='', detail=none, columnsize=0)",
            "INSERT INTO \(name) (rowid, words) SELECT weir_row, \(words) FROM \(data)",
            trigger("insert", "INSERT", add),
            trigger("delete", "DELETE", remove),
            trigger("update", "UPDATE", remove + " " + add),
        ]
    }

    private func list(_ prefix: String) -> String {
        columns.map { prefix + TableLayout.quoted($0) }.joined(separator: ", ")
    }

    private var add: String {
        "INSERT INTO \(name) (rowid, words) VALUES (new.weir_row, weir_words(\(list("new."))));"
    }

    private var remove: String {
        "INSERT INTO \(name) (\(name), rowid, words)"
            + " VALUES ('delete', old.weir_row, weir_words(\(list("old."))));"
    }

    private func trigger(_ suffix: String, _ event: String, _ body: String) -> String {
        let own = TableLayout.quoted(String(name.dropFirst().dropLast()) + "_" + suffix)
        return "CREATE TRIGGER \(own) AFTER \(event) ON \(data) BEGIN \(body) END"
    }

    // MARK: Functions

    /// Makes `weir_words(text, …)` and `weir_match(query)` known to a connection.
    static func register(_ db: Database) {
        db.add(
            function: DatabaseFunction("weir_words", argumentCount: nil, pure: true) { values in
                var all: Set<[UInt8]> = []
                for value in values {
                    guard let text = String.fromDatabaseValue(value) else { continue }
                    all.formUnion(SearchWords.words(of: text))
                }
                return all.map(token).joined(separator: " ")
            })
        db.add(
            function: DatabaseFunction("weir_match", argumentCount: 1, pure: true) { values in
                guard let value = values.first, let text = String.fromDatabaseValue(value) else {
                    return nil
                }
                let words = SearchWords.words(of: text).map(token)
                // No row has a word that is no number.
                return words.isEmpty ? "none" : words.joined(separator: " OR ")
            })
    }

    /// `x68656c6c6f`
    private static func token(_ word: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = [UInt8(ascii: "x")]
        for byte in word {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
