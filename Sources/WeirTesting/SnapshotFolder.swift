// Snapshots: what tests are to give, one file of JSON each.

import Foundation
import WeirColumnar

struct SnapshotFolder {
    let path: String

    private static let ending = ".snapshot"

    /// What a test is to give; nil when there is no snapshot.
    ///
    /// - Throws: `TestProblem` when it is no JSON.
    func read(_ name: String) throws(TestProblem) -> JsonValue? {
        let file = self.file(name)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw TestProblem("cannot read \(file)")
        }
        guard let value = JsonValue.parse(data) else {
            throw TestProblem("\(file) is not JSON")
        }
        return value
    }

    func write(_ name: String, _ value: JsonValue) throws(TestProblem) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            try Data((JsonLayout.text(value) + "\n").utf8).write(
                to: URL(fileURLWithPath: file(name)), options: .atomic)
        } catch {
            throw TestProblem("cannot write \(file(name)): \(error.localizedDescription)")
        }
    }

    /// Names of the snapshots that are there.
    var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(Self.ending) }
            .map { String($0.dropLast(Self.ending.count)) }.sorted()
    }

    func file(_ name: String) -> String { "\(path)/\(name)\(Self.ending)" }
}
