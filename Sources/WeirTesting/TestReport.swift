// What people read of a test run.

import WeirColumnar

/// A test run as text.
package struct TestReport {
    private let summary: TestSummary
    private let isColoured: Bool
    /// Differences of one test that are shown.
    private static let shownDifferences = 20

    package init(_ summary: TestSummary, isColoured: Bool) {
        self.summary = summary
        self.isColoured = isColoured
    }

    package func text() -> String {
        let width = summary.results.map(\.test.name.count).max() ?? 0
        var text = ""
        for result in summary.results {
            let name = result.test.name
            let gap = String(repeating: " ", count: width - name.count)
            let kind = "\(result.test.kind.word), \(Self.milliseconds(result.seconds))"
            switch result.outcome {
            case .passed: text += "\(green("ok"))       \(name)\(gap)  \(faint(kind))\n"
            case .written: text += "\(yellow("written"))  \(name)\(gap)  \(faint(kind))\n"
            case .failed(let message, let differences):
                text += "\(red("FAILED"))   \(name)\(gap)  \(faint(kind))\n         \(message)\n"
                text += rows(differences)
            }
        }
        for name in summary.strayed {
            text += "\(yellow("note"))     the snapshot \(name) belongs to no test\n"
        }
        return text + closing() + "\n"
    }

    private func closing() -> String {
        let count = summary.results.count
        let written = summary.results.count {
            if case .written = $0.outcome { true } else { false }
        }
        let passed = count - written - summary.failures
        var parts = ["\(passed) passed"]
        if written > 0 { parts.append("\(written) written") }
        if summary.failures > 0 { parts.append(red("\(summary.failures) failed")) }
        var text = "\(count) test\(count == 1 ? "" : "s"): " + parts.joined(separator: ", ")
        if summary.rejects > 0 {
            text += "; \(summary.rejects) row\(summary.rejects == 1 ? "" : "s") rejected"
        }
        return text + " (\(Self.milliseconds(summary.seconds)))"
    }

    // MARK: Differences

    private func rows(_ differences: [JsonDifference]) -> String {
        var text = ""
        var place = ""
        for difference in differences.prefix(Self.shownDifferences) {
            let path = difference.path.isEmpty ? "the answer" : difference.path
            if path != place {
                text += "         \(path)\n"
                place = path
            }
            text += "           " + line(difference) + "\n"
        }
        let rest = differences.count - Self.shownDifferences
        if rest > 0 { text += "           … and \(rest) more differences\n" }
        return text
    }

    private func line(_ difference: JsonDifference) -> String {
        let expected = JsonLayout.short(difference.expected)
        let actual = JsonLayout.short(difference.actual)
        var place = ""
        if let row = difference.row {
            place = "row \(row + 1) "
            if let identity = difference.identity, !difference.column.isEmpty {
                place += faint("(\(identity)) ")
            }
        }
        if !difference.column.isEmpty { place += "\(difference.column): " }
        return switch difference.kind {
        case .changed: "\(place)\(red(expected)) → \(green(actual))"
        case .missing: "\(red("-")) \(place)\(red(expected))"
        case .unexpected: "\(green("+")) \(place)\(green(actual))"
        case .moved: "\(place)is row \(Self.number(difference.expected)) of the snapshot"
        }
    }

    /// A position as people count.
    private static func number(_ position: JsonValue?) -> String {
        position.flatMap { Int($0.text) }.map { String($0 + 1) } ?? "another"
    }

    // MARK: Style

    static func milliseconds(_ seconds: Double) -> String {
        if seconds >= 10 { return "\(Int(seconds)) s" }
        let tenths = Int((seconds * 10_000).rounded())
        return tenths >= 1000 ? "\(tenths / 10) ms" : "\(tenths / 10).\(tenths % 10) ms"
    }

    private func styled(_ text: String, _ code: Int) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    private func green(_ text: String) -> String { styled(text, 32) }
    private func red(_ text: String) -> String { styled(text, 31) }
    private func yellow(_ text: String) -> String { styled(text, 33) }
    private func faint(_ text: String) -> String { styled(text, 2) }
}
