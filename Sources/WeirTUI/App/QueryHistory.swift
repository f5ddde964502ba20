// Statements of earlier sessions.

import Foundation

enum QueryHistory {
    /// `$XDG_STATE_HOME/weir/history.sql`, one statement a line.
    private static var path: String? {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_STATE_HOME"] ?? environment["HOME"].map { $0 + "/.local/state" }
        return base.map { $0 + "/weir/history.sql" }
    }

    static func load() -> [String] {
        guard let path, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            return []
        }
        return text.split(separator: "\n").suffix(500).map {
            $0.split(separator: "\u{1F}", omittingEmptySubsequences: false).joined(separator: "\n")
        }
    }

    /// A history that cannot be saved is no reason to bother anybody.
    static func save(_ statements: [String]) {
        guard let path else { return }
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let text = statements.map {
            $0.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\u{1F}")
        }.joined(separator: "\n")
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
