// Template tags while a script is laid out.

/// Puts a word in the place of each tag, and the tags back.
struct TemplateTags {
    /// The text with words instead of tags.
    private(set) var hidden = ""
    private var tags: [String] = []

    init(_ text: String) {
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            let isTriple = rest[start.lowerBound...].hasPrefix("{{{")
            let closing = isTriple ? "}}}" : "}}"
            guard let end = rest[start.upperBound...].firstRange(of: closing) else { break }
            hidden += rest[..<start.lowerBound] + Self.word(tags.count)
            tags.append(String(rest[start.lowerBound..<end.upperBound]))
            rest = rest[end.upperBound...]
        }
        hidden += rest
    }

    private static func word(_ number: Int) -> String { "weir__tag__\(number)__" }

    func shown(_ text: String) -> String {
        // From the last on, so that no word is the beginning of another.
        tags.indices.reversed().reduce(text) { $0.replacing(Self.word($1), with: tags[$1]) }
    }
}
