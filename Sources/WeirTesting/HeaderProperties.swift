// Headers of one test, as DataSQRL has them: NAME.properties beside NAME.graphql.

/// Reads the lines of a properties file (Java's `Properties.load`, without escapes of Unicode).
enum HeaderProperties {
    static func headers(_ text: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        var open = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let shown = line.drop { $0 == " " || $0 == "\t" }
            if open.isEmpty, shown.isEmpty || shown.hasPrefix("#") || shown.hasPrefix("!") {
                continue
            }
            if shown.hasSuffix("\\") {
                open += shown.dropLast()
                continue
            }
            if let header = header(open + shown) { headers.append(header) }
            open = ""
        }
        if let header = header(open) { headers.append(header) }
        return headers
    }

    /// `name=value`, `name: value` or `name value`.
    private static func header(_ line: String) -> (name: String, value: String)? {
        guard let end = line.firstIndex(where: { "=: \t".contains($0) }) else { return nil }
        var value = line[end...].drop { $0 == " " || $0 == "\t" }
        if value.hasPrefix("=") || value.hasPrefix(":") { value.removeFirst() }
        return (String(line[..<end]), value.trimmed)
    }
}
