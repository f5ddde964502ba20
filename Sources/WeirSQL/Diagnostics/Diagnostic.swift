// Compile errors as data: what is wrong, where, how bad, and what to do about it.

/// How much a diagnostic matters.
package enum Severity: String, Sendable, Comparable {
    case warning
    case error

    package static func < (left: Severity, right: Severity) -> Bool {
        left == .warning && right == .error
    }
}

/// One finding about a script.
package struct Diagnostic: Sendable, Equatable {
    package let severity: Severity
    /// A stable identifier in kebab case, e.g. `unknown-column`.
    package let code: String
    /// One sentence, lower case, no full stop.
    package let message: String
    package let span: Span
    /// What the user may do about it.
    package let hint: String?

    package init(
        _ severity: Severity, _ code: String, _ message: String, at span: Span, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
    }

    /// An error at a place, with an optional hint.
    package static func error(
        _ code: String, _ message: String, at span: Span, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.error, code, message, at: span, hint: hint)
    }

    /// A warning at a place, with an optional hint.
    package static func warning(
        _ code: String, _ message: String, at span: Span, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.warning, code, message, at: span, hint: hint)
    }
}

extension [Diagnostic] {
    /// Whether any of them stops the script from running.
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// Each finding once.
    package var unique: [Diagnostic] {
        var seen: [Span: [Diagnostic]] = [:]
        return filter { item in
            let isNew = !(seen[item.span] ?? []).contains(item)
            if isNew { seen[item.span, default: []].append(item) }
            return isNew
        }
    }

    /// In the order of the text, errors before warnings at the same place.
    package var inSourceOrder: [Diagnostic] {
        enumerated().sorted { left, right in
            if left.element.span.start != right.element.span.start {
                return left.element.span.start < right.element.span.start
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}
