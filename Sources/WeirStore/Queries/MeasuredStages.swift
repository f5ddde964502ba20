// Which definitions a store keeps up to date because computing them at each read was measured to cost
// too much.

import Foundation
import GRDB

/// Why each of them is, by name: what was measured, as a clause for people.
package enum MeasuredStages {
    private static let key = "measured"

    /// Those of a store; none when there is no store yet, or the file is none.
    package static func load(store path: String) -> [String: String] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        // What is wrong with the file is said by those who need it.
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else {
            return [:]
        }
        let text = try? queue.read { db in
            try String.fetchOne(
                db, sql: "SELECT value FROM weir_pipeline WHERE key = ?", arguments: [key])
        }
        guard let text = text ?? nil else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }

    /// Notes them in a store that is new.
    static func note(_ measured: [String: String], _ db: Database) throws {
        guard !measured.isEmpty else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(measured), as: UTF8.self)
        try db.execute(
            sql: "INSERT OR REPLACE INTO weir_pipeline (key, value) VALUES (?, ?)",
            arguments: [key, text])
    }
}
