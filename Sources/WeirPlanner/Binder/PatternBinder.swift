// Row patterns of MATCH_RECOGNIZE.

import WeirColumnar
import WeirSQL

/// Numbers the variables of a pattern and checks what Flink checks.
struct PatternBinder {
    private(set) var variables: [Identifier] = []

    mutating func bind(
        _ pattern: RowPattern, _ diagnostics: inout [Diagnostic]
    ) -> LogicalMatch.Pattern? {
        guard let bound = part(pattern, &diagnostics), checkOrder(pattern, &diagnostics) else {
            return nil
        }
        if let last = Self.last(pattern), last.isGreedy {
            diagnostics.append(
                .error(
                    "greedy-end", "a pattern cannot end with a greedy quantifier",
                    at: last.name.span,
                    hint: "make it reluctant with a ? behind it, or end with a plain variable",
                    note: "its last row would never be certain"))
            return nil
        }
        return bound
    }

    /// A greedy variable needs a certain row behind it to end at.
    private func checkOrder(_ pattern: RowPattern, _ diagnostics: inout [Diagnostic]) -> Bool {
        guard case .sequence(let parts) = pattern else { return true }
        for (part, next) in zip(parts, parts.dropFirst()) {
            guard let (name, isGreedy) = Self.last(part), isGreedy,
                case .quantified(let inner, 0, _, _) = next, let behind = Self.first(inner),
                !Self.isOptional(part)
            else { continue }
            diagnostics.append(
                .error(
                    "greedy-optional",
                    "'\(behind.name)' may be left out, so the greedy '\(name.name)' before it has no"
                        + " certain end", at: behind.span,
                    hint: "make '\(name.name)' reluctant with a ? behind its quantifier",
                    note: "Flink refuses this too"))
            return false
        }
        return true
    }

    /// Of the quantifier `?`, which is not greedy in Flink.
    private static func isOptional(_ pattern: RowPattern) -> Bool {
        if case .quantified(_, 0, 1, _) = pattern { true } else { false }
    }

    private mutating func part(
        _ pattern: RowPattern, _ diagnostics: inout [Diagnostic]
    ) -> LogicalMatch.Pattern? {
        switch pattern {
        case .variable(let name):
            if let known = variables.firstIndex(where: { $0.key == name.key }) {
                diagnostics.append(
                    .error(
                        "duplicate-variable", "'\(name.name)' is in the pattern twice",
                        at: name.span, hint: "use two names with the same definition"))
                return .variable(known)
            }
            variables.append(name)
            return .variable(variables.count - 1)
        case .sequence(let parts):
            let bound = parts.compactMap { part($0, &diagnostics) }
            return bound.count == parts.count ? .sequence(bound) : nil
        case .alternation(let branches):
            return refuse("alternatives in a pattern", branches[0], &diagnostics)
        case .quantified(let inner, let minimum, let maximum, let isReluctant):
            guard case .variable = inner else {
                return refuse("a quantifier on a group", inner, &diagnostics)
            }
            if let maximum, maximum < max(1, minimum) {
                return report(
                    "bad-quantifier", "this quantifier allows no rows", inner, &diagnostics)
            }
            if max(minimum, maximum ?? 0) > Self.mostRepeats {
                return report(
                    "bad-quantifier",
                    "a quantifier allows at most \(Self.mostRepeats) rows, or any number", inner,
                    &diagnostics)
            }
            if maximum == 1, minimum == 0, isReluctant {
                return refuse("the quantifier ??", inner, &diagnostics)
            }
            return part(inner, &diagnostics).map {
                .repeated($0, minimum: minimum, maximum: maximum, isReluctant: isReluctant)
            }
        }
    }

    /// Each row that a quantifier counts is a state of its own.
    private static let mostRepeats = 1000

    private func refuse(
        _ what: String, _ pattern: RowPattern, _ diagnostics: inout [Diagnostic]
    ) -> LogicalMatch.Pattern? {
        report(
            "unsupported", "no support for \(what), as in Flink", pattern, &diagnostics)
    }

    private func report(
        _ code: String, _ message: String, _ pattern: RowPattern, _ diagnostics: inout [Diagnostic]
    ) -> LogicalMatch.Pattern? {
        diagnostics.append(.error(code, message, at: Self.first(pattern)?.span ?? Span(0, 0)))
        return nil
    }

    private static func first(_ pattern: RowPattern) -> Identifier? {
        switch pattern {
        case .variable(let name): name
        case .sequence(let parts), .alternation(let parts): parts.first.flatMap(first)
        case .quantified(let inner, _, _, _): first(inner)
        }
    }

    /// The last variable, and whether it takes as many rows as it can.
    private static func last(_ pattern: RowPattern) -> (name: Identifier, isGreedy: Bool)? {
        switch pattern {
        case .variable(let name): (name, false)
        case .sequence(let parts), .alternation(let parts): parts.last.flatMap(last)
        case .quantified(let inner, let minimum, let maximum, let isReluctant):
            last(inner).map { ($0.name, !isReluctant && maximum != minimum) }
        }
    }
}
