// Mustache templates (mustache(5)): variables, sections, inverted sections, comments.
//
// Values go into the text as they are; escaping for HTML has no place in a script. A library would
// not say which bytes come from where, and errors must point at what the user wrote.

/// A template with its values put in.
struct TemplateExpansion: Sendable {
    var bytes: [UInt8] = []
    var origin = TemplateOrigin()
    /// Over offsets of the expansion.
    var diagnostics: [Diagnostic] = []
}

/// Expands a template.
struct Template {
    private let bytes: [UInt8]
    private let tags: [TemplateTag]
    private var result = TemplateExpansion()
    /// Values from the outermost to the innermost section.
    private var scopes: [TemplateValue]
    /// Bytes that an expansion may have.
    private static let maximumBytes = 8 << 20
    /// Tags gone through, repeated ones counted again.
    private var steps = 0
    private static let maximumSteps = 1_000_000

    static func expand(_ bytes: [UInt8], values: [String: TemplateValue]) -> TemplateExpansion {
        let (tags, problem) = TemplateTag.all(in: bytes)
        var template = Template(bytes: bytes, tags: tags, values: values)
        template.expandAll()
        if let problem { template.report(problem.code, problem.message, problem.tag, problem.hint) }
        return template.result
    }

    private init(bytes: [UInt8], tags: [TemplateTag], values: [String: TemplateValue]) {
        self.bytes = bytes
        self.tags = tags
        scopes = [.object(values)]
    }

    private mutating func expandAll() {
        copy(expand(from: 0, at: 0)..<bytes.count)
    }

    /// Expands up to the tag that closes the section at hand, or to the last tag.
    ///
    /// - Returns: the end of the last tag.
    private mutating func expand(from first: Int, at start: Int) -> Int {
        var next = first
        var position = start
        while next < tags.count {
            let tag = tags[next]
            copy(position..<tag.range.lowerBound)
            position = tag.range.upperBound
            steps += 1
            if steps > Self.maximumSteps {
                if steps == Self.maximumSteps + 1 {
                    report("too-long", "this template repeats its sections too often", tag, nil)
                }
                return position
            }
            switch tag.kind {
            case .close: return position
            case .comment: next += 1
            case .variable:
                insert(tag)
                next += 1
            case .section(let isInverted, let closing):
                expandSection(tag, isInverted, from: next + 1)
                next = closing + 1
                position = tags[closing].range.upperBound
            }
        }
        return position
    }

    private mutating func expandSection(_ tag: TemplateTag, _ isInverted: Bool, from first: Int) {
        let value = lookUp(tag.name)
        if value == nil, !isInverted { reportUnknown(tag) }
        let start = tag.range.upperBound
        func inner(_ scope: TemplateValue?, _ template: inout Template) {
            if let scope { template.scopes.append(scope) }
            _ = template.expand(from: first, at: start)
            if scope != nil { template.scopes.removeLast() }
        }
        if isInverted {
            if !(value?.isShown ?? false) { inner(nil, &self) }
            return
        }
        guard let value, value.isShown else { return }
        guard case .list(let items) = value else { return inner(value, &self) }
        for item in items where steps <= Self.maximumSteps { inner(item, &self) }
    }

    private mutating func insert(_ tag: TemplateTag) {
        guard let value = lookUp(tag.name) else { return reportUnknown(tag) }
        let text = Array(value.shown.utf8)
        guard checkSize(text.count, tag) else { return }
        result.origin.add(
            TemplateOrigin.Piece(
                expanded: result.bytes.count, written: tag.range.lowerBound,
                length: tag.range.count, isVerbatim: false))
        result.bytes += text
    }

    private mutating func copy(_ range: Range<Int>) {
        guard !range.isEmpty, result.bytes.count + range.count <= Self.maximumBytes else { return }
        result.origin.add(
            TemplateOrigin.Piece(
                expanded: result.bytes.count, written: range.lowerBound, length: range.count,
                isVerbatim: true))
        result.bytes += bytes[range]
    }

    private mutating func checkSize(_ more: Int, _ tag: TemplateTag) -> Bool {
        if result.bytes.count + more <= Self.maximumBytes { return true }
        report("too-long", "this template expands to more than 8 MiB", tag, nil)
        return false
    }

    // MARK: Values

    /// `.` is the innermost value; a dotted name goes into objects.
    private func lookUp(_ name: String) -> TemplateValue? {
        if name == "." { return scopes.last }
        let parts = name.split(separator: ".").map(String.init)
        for scope in scopes.reversed() {
            guard let first = parts.first, case .object(let fields) = scope,
                let start = fields[first]
            else { continue }
            var found: TemplateValue? = start
            for part in parts.dropFirst() {
                guard case .object(let inner)? = found else { return nil }
                found = inner[part]
            }
            return found
        }
        return nil
    }

    private mutating func reportUnknown(_ tag: TemplateTag) {
        if isInComment(tag) { return }
        var names: [String] = []
        if case .object(let values)? = scopes.first { names = values.keys.sorted() }
        result.diagnostics.append(
            .warning(
                "unknown-variable",
                "the template variable '\(tag.name)' has no value, nothing stands for it",
                at: place(tag),
                hint: nearestName(to: tag.name, among: names).map { "did you mean \($0)?" }
                    ?? "give it a value in script.config of package.json"))
    }

    /// Whether a tag stands behind `--` on its line.
    private func isInComment(_ tag: TemplateTag) -> Bool {
        let before = bytes[..<tag.range.lowerBound]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return zip(bytes[start...], bytes[min(start + 1, bytes.count)...])
            .prefix(max(0, tag.range.lowerBound - start)).contains { $0 == 0x2D && $1 == 0x2D }
    }

    private mutating func report(
        _ code: String, _ message: String, _ tag: TemplateTag, _ hint: String?
    ) {
        result.diagnostics.append(.error(code, message, at: place(tag), hint: hint))
    }

    /// A span of no bytes in the expansion that leads back to the tag.
    private mutating func place(_ tag: TemplateTag) -> Span {
        let offset = result.bytes.count
        result.origin.add(
            TemplateOrigin.Piece(
                expanded: offset, written: tag.range.lowerBound, length: tag.range.count,
                isVerbatim: false))
        // One blank, so that the place is in the text.
        result.bytes.append(0x20)
        return Span(offset, offset + 1)
    }
}
