// Compile errors as data: what is wrong, where, how bad, and what to do about it.

/// How much a diagnostic matters.
package enum Severity: String, Sendable, Comparable {
    case warning
    case error

    package static func < (left: Severity, right: Severity) -> Bool {
        left == .warning && right == .error
    }
}

/// A change of the text that a tool can make.
package struct Fix: Sendable, Equatable {
    /// What it does, in the imperative.
    package let title: String
    /// What is replaced; empty to insert.
    package let span: Span
    package let replacement: String

    package init(_ title: String, replacing span: Span, with replacement: String) {
        self.title = title
        self.span = span
        self.replacement = replacement
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
    /// The rule behind it, for somebody who does not know it.
    package let note: String?
    package let fixes: [Fix]

    package init(
        _ severity: Severity, _ code: String, _ message: String, at span: Span,
        hint: String? = nil, note: String? = nil, fixes: [Fix] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
        self.note = note
        self.fixes = fixes
    }

    /// An error about a name that does not exist, with the nearest one that does as its fix.
    ///
    /// - Parameters:
    ///   - otherwise: the hint when no name is near.
    ///   - place: the name itself, when the finding is about more than that.
    package static func misspelt(
        _ code: String, _ message: String, at span: Span, _ name: String,
        among candidates: some Sequence<String>, otherwise: String? = nil,
        replacing place: Span? = nil
    ) -> Diagnostic {
        guard let nearest = nearestName(to: name, among: candidates) else {
            return error(code, message, at: span, hint: otherwise)
        }
        return Diagnostic(
            .error, code, message, at: span, hint: "did you mean \(nearest)?",
            fixes: [
                Fix("write \(nearest)", replacing: place ?? span, with: Identifier.quoted(nearest))
            ])
    }

    /// The same finding with the rule behind it.
    package func with(note: String?, fixes: [Fix]? = nil) -> Diagnostic {
        Diagnostic(
            severity, code, message, at: span, hint: hint, note: note ?? self.note,
            fixes: fixes ?? self.fixes)
    }

    func moved(by distance: Int) -> Diagnostic {
        Diagnostic(
            severity, code, message, at: span.moved(by: distance), hint: hint, note: note,
            fixes: fixes.map {
                Fix($0.title, replacing: $0.span.moved(by: distance), with: $0.replacement)
            })
    }

    package func hinting(_ hint: String) -> Diagnostic {
        Diagnostic(severity, code, message, at: span, hint: hint, note: note, fixes: fixes)
    }

    /// An error at a place, with an optional hint.
    package static func error(
        _ code: String, _ message: String, at span: Span, hint: String? = nil,
        note: String? = nil, fixes: [Fix] = []
    ) -> Diagnostic {
        Diagnostic(.error, code, message, at: span, hint: hint, note: note, fixes: fixes)
    }

    /// A warning at a place, with an optional hint.
    package static func warning(
        _ code: String, _ message: String, at span: Span, hint: String? = nil,
        note: String? = nil, fixes: [Fix] = []
    ) -> Diagnostic {
        Diagnostic(.warning, code, message, at: span, hint: hint, note: note, fixes: fixes)
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
