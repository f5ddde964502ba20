// The tags of a template.

/// `{{name}}`, `{{{name}}}`, `{{&name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`, `{{!comment}}`.
struct TemplateTag: Sendable {
    enum Kind: Sendable {
        case variable
        /// `closing` is the number of the tag that ends it.
        case section(isInverted: Bool, closing: Int)
        case close
        case comment
    }

    struct Problem {
        let code: String
        let message: String
        let tag: TemplateTag
        let hint: String?
    }

    var kind: Kind
    let name: String
    /// The bytes that it takes up; a section or a comment alone on its line takes the line.
    let range: Range<Int>
    /// Sections that may be open at once.
    private static let maximumDepth = 64

    /// All tags, sections with their ends; a tag that is wrong is named and those after it are left
    /// out.
    static func all(in bytes: [UInt8]) -> (tags: [TemplateTag], problem: Problem?) {
        var tags: [TemplateTag] = []
        var open: [(number: Int, isInverted: Bool)] = []
        var offset = 0
        while let start = find([0x7B, 0x7B], in: bytes, from: offset) {
            // `${{NAME}}` is a secret of the environment.
            if start > 0, bytes[start - 1] == UInt8(ascii: "$") {
                offset = start + 2
                continue
            }
            let (mark, tag, problem) = read(bytes, start)
            if let problem { return (closed(tags, open), problem) }
            offset = start + 2
            guard let tag else { continue }
            offset = tag.range.upperBound
            tags.append(tag)
            switch mark {
            case UInt8(ascii: "#"), UInt8(ascii: "^"):
                open.append((tags.count - 1, mark == UInt8(ascii: "^")))
                if open.count > maximumDepth {
                    return (
                        closed(tags, open),
                        Problem(
                            code: "too-deep", message: "sections are nested too deeply", tag: tag,
                            hint: nil)
                    )
                }
            case UInt8(ascii: "/"):
                guard let last = open.popLast(), tags[last.number].name == tag.name else {
                    return (
                        closed(Array(tags.dropLast()), open),
                        Problem(
                            code: "unmatched-section",
                            message: "'\(tag.name)' is closed and was not opened last", tag: tag,
                            hint: "sections are closed in the reverse order")
                    )
                }
                tags[last.number].kind = .section(
                    isInverted: last.isInverted, closing: tags.count - 1)
            default: break
            }
        }
        guard let last = open.last else { return (tags, nil) }
        let tag = tags[last.number]
        return (
            closed(tags, open),
            Problem(
                code: "unmatched-section", message: "the section '\(tag.name)' is never closed",
                tag: tag, hint: "close it with {{/\(tag.name)}}")
        )
    }

    /// Sections that are not closed become comments.
    private static func closed(
        _ tags: [TemplateTag], _ open: [(number: Int, isInverted: Bool)]
    ) -> [TemplateTag] {
        var result = tags
        for section in open where section.number < result.count {
            result[section.number].kind = .comment
        }
        return result
    }

    private static func read(
        _ bytes: [UInt8], _ start: Int
    ) -> (mark: UInt8, tag: TemplateTag?, problem: Problem?) {
        let isTriple = start + 2 < bytes.count && bytes[start + 2] == 0x7B
        let closing: [UInt8] = isTriple ? [0x7D, 0x7D, 0x7D] : [0x7D, 0x7D]
        let content = start + closing.count
        guard let end = find(closing, in: bytes, from: content) else {
            let tag = TemplateTag(
                kind: .comment, name: "", range: start..<min(start + 2, bytes.count))
            return (
                0, nil,
                Problem(
                    code: "unterminated-tag", message: "this template tag is never closed",
                    tag: tag, hint: "close it with }}")
            )
        }
        let range = start..<end + closing.count
        let marks = Array("#^/!&>=".utf8)
        let first = content < end ? bytes[content] : 0
        let mark = !isTriple && marks.contains(first) ? first : 0
        let nameStart = mark == 0 ? content : content + 1
        let name = String(decoding: bytes[nameStart..<max(nameStart, end)], as: UTF8.self)
            .filter { !$0.isWhitespace }
        if mark == UInt8(ascii: ">") || mark == UInt8(ascii: "=") {
            let what = mark == UInt8(ascii: ">") ? "partials" : "other delimiters"
            return (
                mark, nil,
                Problem(
                    code: "unsupported", message: "\(what) in templates are not supported",
                    tag: TemplateTag(kind: .comment, name: name, range: range), hint: nil)
            )
        }
        let isVariable = mark == 0 || mark == UInt8(ascii: "&")
        let kind: Kind = isVariable ? .variable : mark == UInt8(ascii: "/") ? .close : .comment
        let taken = isVariable ? range : wholeLine(bytes, range)
        return (mark, TemplateTag(kind: kind, name: name, range: taken), nil)
    }

    /// The tag's line with its break, when nothing else is on it.
    private static func wholeLine(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        guard start == 0 || bytes[start - 1] == 0x0A else { return range }
        var end = range.upperBound
        while end < bytes.count, [0x20, 0x09, 0x0D].contains(bytes[end]) { end += 1 }
        guard end == bytes.count || bytes[end] == 0x0A else { return range }
        return start..<min(end + 1, bytes.count)
    }

    private static func find(_ what: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= what.count, start >= 0 else { return nil }
        var index = start
        while index + what.count <= bytes.count {
            if bytes[index] == what[0], bytes[index..<index + what.count].elementsEqual(what) {
                return index
            }
            index += 1
        }
        return nil
    }
}
