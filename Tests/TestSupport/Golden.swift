// Expected texts in files, rewritten with WEIR_RECORD=1.

import Foundation

package enum Golden {
    /// Compares a text with a file under `Tests/Cases`.
    ///
    /// - Returns: nil when they are equal, otherwise what differs. With `WEIR_RECORD=1` the file
    ///   is written and the answer is nil.
    package static func difference(_ actual: String, file: String) -> String? {
        let url = Repository.root.appendingPathComponent("Tests/Cases/" + file)
        if ProcessInfo.processInfo.environment["WEIR_RECORD"] == "1" {
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(actual.utf8).write(to: url)
                return nil
            } catch {
                return "cannot record \(file): \(error)"
            }
        }
        guard let expected = try? String(contentsOf: url, encoding: .utf8) else {
            return "there is no golden file \(file); record it with WEIR_RECORD=1"
        }
        if expected == actual { return nil }
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
        var lines = ["\(file) differs:"]
        for index in 0..<max(old.count, new.count) {
            let left = index < old.count ? String(old[index]) : "(nothing)"
            let right = index < new.count ? String(new[index]) : "(nothing)"
            if left != right { lines.append("line \(index + 1)\n  - \(left)\n  + \(right)") }
        }
        return lines.prefix(20).joined(separator: "\n")
    }
}
