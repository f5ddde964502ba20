// Variables of the environment in options: `${NAME}`, `${NAME:-default}`, `${{SECRET}}`.

import Foundation

/// Text with its variables replaced.
package struct EnvironmentText: Sendable {
    package private(set) var text = ""
    /// Variables without a value; they stay in the text.
    package private(set) var missing: [String] = []

    /// - Parameter resolvesSecrets: whether `${{NAME}}` is replaced: only where a run begins, so
    ///   that no plan shows it.
    package init(_ written: String, _ environment: [String: String], resolvesSecrets: Bool) {
        var rest = written[...]
        while let start = rest.firstRange(of: "${") {
            text += rest[..<start.lowerBound]
            let isSecret = rest[start.upperBound...].hasPrefix("{")
            let closing = isSecret ? "}}" : "}"
            guard let end = rest[start.upperBound...].firstRange(of: closing) else { break }
            let whole = rest[start.lowerBound..<end.upperBound]
            let inner = rest[start.upperBound..<end.lowerBound].drop { $0 == "{" }
            rest = rest[end.upperBound...]
            if isSecret, !resolvesSecrets {
                text += whole
                continue
            }
            let (name, fallback) = Self.split(inner)
            if let value = environment[name] ?? fallback {
                text += value
            } else {
                missing.append(name)
                text += whole
            }
        }
        text += rest
    }

    /// `NAME:-default` and `NAME:=default`.
    private static func split(_ inner: Substring) -> (name: String, fallback: String?) {
        for mark in [":-", ":="] {
            if let found = inner.firstRange(of: mark) {
                return (String(inner[..<found.lowerBound]), String(inner[found.upperBound...]))
            }
        }
        return (inner.filter { !$0.isWhitespace }, nil)
    }
}
