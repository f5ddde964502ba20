// Template tags while a script is laid out.

/// Puts a word in the place of each tag, and the tags back.
struct TemplateTags {
    /// The text with words instead of tags.
    private(set) var hidden = ""
    private var tags: [String] = []
    /// In no word of the text.
    private let prefix: String

    var isEmpty: Bool { tags.isEmpty }

    init(_ text: String) {
        var prefix = "weir__tag__"
        while text.contains(prefix) { prefix += "_" }
        self.prefix = prefix
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            let isTriple = rest[start.lowerBound...].hasPrefix("{{{")
            let closing = isTriple ? "}}}" : "}}"
            guard let end = rest[start.upperBound...].firstRange(of: closing) else { break }
            let tag = String(rest[start.lowerBound..<end.upperBound])
            hidden += rest[..<start.lowerBound] + word(tags.count, tag)
            tags.append(tag)
            rest = rest[end.upperBound...]
        }
        hidden += rest
    }

    /// Sections and comments are comments, values are names.
    private func word(_ number: Int, _ tag: String) -> String {
        let mark = tag.dropFirst(2).first ?? " "
        let word = "\(prefix)\(number)__"
        return "#^/!".contains(mark) ? "/*\(word)*/" : word
    }

    func shown(_ text: String) -> String {
        // From the last on, so that no word is the beginning of another.
        tags.indices.reversed().reduce(text) { $0.replacing(word($1, tags[$1]), with: tags[$1]) }
    }
}
