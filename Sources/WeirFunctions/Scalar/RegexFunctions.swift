// Functions over regular expressions (Flink: functions/systemfunctions, String functions).
//
// Flink's patterns are those of Java; Foundation's are ICU's, which are modelled on them.

import Foundation
import WeirColumnar

/// The list of the functions over regular expressions.
package enum RegexFunctions {
    /// Whether a constant pattern of a function is one.
    package static func canRead(_ pattern: [UInt8], of function: String) -> Bool {
        let text =
            function == TextFormatFunctions.similar.name
            ? TextFormatFunctions.translated(pattern[...])
            : String(decoding: pattern, as: UTF8.self)
        return RegexPattern(text) != nil
    }

    static let all: [ScalarFunction] = [matches, extract, replace, count, instr, substring]

    static let matches = ScalarFunction(
        "REGEXP", family: .regex, usage: "REGEXP(text, pattern)",
        documentation: "Whether a part of the text matches the pattern.",
        examples: [FunctionExample("REGEXP('weir', '^w.*r$')", "TRUE")],
        resolve: Typing.strings(2...2, to: .boolean)
    ) { call in
        var patterns = PatternCache()
        return call.mapToBool { row in
            guard let regex = patterns.pattern(call.bytes(1, row)), regex.isUsed else {
                return false
            }
            return regex.first(in: call.text(0, row)) != nil
        }
    }

    static let extract = ScalarFunction(
        "REGEXP_EXTRACT", family: .regex, usage: "REGEXP_EXTRACT(text, pattern[, group])",
        documentation:
            "A group of the first match, or with 0 the whole match; NULL when nothing matches.",
        examples: [
            FunctionExample("REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)", "bar"),
            FunctionExample("REGEXP_EXTRACT('weir', 'x')", "NULL"),
        ],
        resolve: Typing.parameters(.string, .string, .integer, optional: 1, to: .varchar(.max)),
        refine: { _, _ in .string }
    ) { call in
        var patterns = PatternCache()
        func extracted(_ row: Int) -> [UInt8]? {
            let group = call.arguments.count > 2 ? call.integer(2, row) : 0
            let text = call.text(0, row)
            guard let regex = patterns.pattern(call.bytes(1, row)), group >= 0,
                group <= Int64(regex.groups), let match = regex.first(in: text)
            else { return nil }
            let range = match.range(at: Int(group))
            guard range.location != NSNotFound else { return nil }
            return Array(text.substring(with: range).utf8)
        }
        if let (pattern, group) = samePattern(call),
            case .bytes(let texts) = call.arguments[0].values
        {
            return RegexMemo.shared.results(
                pattern, group, texts, count: call.count, validity: call.strictValidity,
                compute: extracted)
        }
        return call.mapToBytes { row, output in
            guard let result = extracted(row) else { return false }
            output += result
            return true
        }
    }

    /// Pattern and group when they are the same in all rows.
    private static func samePattern(
        _ call: FunctionCall
    ) -> (pattern: [UInt8], group: Int64)? {
        guard call.count > 0, case .bytes(let patterns) = call.arguments[1].values else {
            return nil
        }
        let pattern = Array(patterns[0])
        let group = call.arguments.count > 2 ? call.integer(2, 0) : 0
        if call.arguments.count > 2 {
            guard case .int64(let groups) = call.arguments[2].values,
                groups.prefix(call.count).allSatisfy({ $0 == group })
            else { return nil }
        }
        return patterns.isConstant(count: call.count) ? (pattern, group) : nil
    }

    static let replace = ScalarFunction(
        "REGEXP_REPLACE", family: .regex, usage: "REGEXP_REPLACE(text, pattern, replacement)",
        documentation:
            "The text with each match replaced. The replacement stands for itself: $1 is no group.",
        examples: [FunctionExample("REGEXP_REPLACE('foobar', 'oo|ar', '')", "fb")],
        resolve: Typing.strings(3...3, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        var patterns = PatternCache()
        return call.mapToBytes { row, output in
            guard let regex = patterns.pattern(call.bytes(1, row)) else { return false }
            output.append(
                text: regex.replaced(in: call.text(0, row), by: call.text(2, row) as String))
            return true
        }
    }

    static let count = ScalarFunction(
        "REGEXP_COUNT", family: .regex, usage: "REGEXP_COUNT(text, pattern)",
        documentation: "How often the pattern matches; NULL for a pattern that cannot be read.",
        examples: [FunctionExample("REGEXP_COUNT('abcabc', 'b')", "2")],
        resolve: Typing.strings(2...2, to: .int), refine: { _, _ in .int }
    ) { call in
        var patterns = PatternCache()
        return call.mapToInt64 { row in
            patterns.pattern(call.bytes(1, row)).map { Int64($0.count(in: call.text(0, row))) }
        }
    }

    static let instr = ScalarFunction(
        "REGEXP_INSTR", family: .regex, usage: "REGEXP_INSTR(text, pattern)",
        documentation:
            "Where the pattern first matches, from 1; 0 when it does not, NULL for a pattern that"
            + " cannot be read.",
        examples: [FunctionExample("REGEXP_INSTR('hello', 'l+')", "3")],
        resolve: Typing.strings(2...2, to: .int), refine: { _, _ in .int }
    ) { call in
        var patterns = PatternCache()
        return call.mapToInt64 { row in
            patterns.pattern(call.bytes(1, row)).map { regex in
                regex.first(in: call.text(0, row)).map { Int64($0.range.location) + 1 } ?? 0
            }
        }
    }

    static let substring = ScalarFunction(
        "REGEXP_SUBSTR", family: .regex, usage: "REGEXP_SUBSTR(text, pattern)",
        documentation: "The first match; NULL when nothing matches.",
        examples: [FunctionExample("REGEXP_SUBSTR('abcabc', '[bc]+')", "bc")],
        resolve: Typing.strings(2...2, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        var patterns = PatternCache()
        return call.mapToBytes { row, output in
            let text = call.text(0, row)
            guard let match = patterns.pattern(call.bytes(1, row))?.first(in: text) else {
                return false
            }
            output.append(text: text.substring(with: match.range))
            return true
        }
    }
}

/// Compiled patterns of one batch; most batches have one.
struct PatternCache {
    private var last: (text: [UInt8], pattern: RegexPattern?)?
    private var known: [[UInt8]: RegexPattern?] = [:]

    /// The compiled pattern; nil when it cannot be read.
    mutating func pattern(_ text: ArraySlice<UInt8>) -> RegexPattern? {
        if let last, last.text.count == text.count, last.text.elementsEqual(text) {
            return last.pattern
        }
        let bytes = Array(text)
        let pattern = known[bytes] ?? RegexPattern(String(decoding: bytes, as: UTF8.self))
        known[bytes] = .some(pattern)
        last = (bytes, pattern)
        return pattern
    }
}

/// A compiled pattern.
struct RegexPattern {
    private let regex: NSRegularExpression
    /// Whether it is not the empty pattern.
    let isUsed: Bool

    init?(_ pattern: String) {
        guard let regex = try? NSRegularExpression(pattern: pattern) else { return nil }
        self.regex = regex
        isUsed = !pattern.isEmpty
    }

    var groups: Int { regex.numberOfCaptureGroups }

    private func all(_ text: NSString) -> NSRange { NSRange(location: 0, length: text.length) }

    func all(in text: NSString) -> [NSTextCheckingResult] {
        guard let limit = FunctionLimit.current else {
            return regex.matches(in: text as String, range: all(text))
        }
        return found(in: text, most: .max, limit)
    }

    func first(in text: NSString) -> NSTextCheckingResult? {
        guard let limit = FunctionLimit.current else {
            return regex.firstMatch(in: text as String, range: all(text))
        }
        return found(in: text, most: 1, limit).first
    }

    func count(in text: NSString) -> Int {
        guard let limit = FunctionLimit.current else {
            return regex.numberOfMatches(in: text as String, range: all(text))
        }
        return found(in: text, most: .max, limit).count
    }

    /// A pattern such as `(a+)+$` tries more ways than anybody waits for; ICU tells about every
    /// 0.1 ms that it still works.
    private func found(
        in text: NSString, most: Int, _ limit: FunctionLimit
    ) -> [NSTextCheckingResult] {
        var found: [NSTextCheckingResult] = []
        regex.enumerateMatches(
            in: text as String, options: .reportProgress, range: all(text)
        ) { result, _, stop in
            if let result { found.append(result) }
            if found.count >= most || limit.isOver() { stop.pointee = true }
        }
        return found
    }

    func replaced(in text: NSString, by template: String) -> String {
        if let limit = FunctionLimit.current {
            // Foundation replaces without saying how far it is: what has come to an end once does again.
            _ = found(in: text, most: .max, limit)
            if limit.isOver() { return "" }
        }
        return regex.stringByReplacingMatches(
            in: text as String, range: all(text),
            withTemplate: NSRegularExpression.escapedTemplate(for: template))
    }
}

extension FunctionCall {
    /// A text argument with positions in UTF-16, as Java and ICU count them.
    func text(_ index: Int, _ row: Int) -> NSString {
        String(decoding: bytes(index, row), as: UTF8.self) as NSString
    }
}
