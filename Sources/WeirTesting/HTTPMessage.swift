// Requests in a file: what editors call a .http file.

import WeirColumnar

/// A request as a `.http` file has it: the method and the path, headers, an empty line, the body.
/// Requests are parted by lines that begin with `###`; lines before a request that begin with `#`
/// or `//` are comments.
package struct HTTPMessage: Sendable, Equatable {
    /// What stands behind `###`.
    package let title: String
    package let method: String
    /// With the query.
    package let path: String
    package let headers: [Header]
    package let body: String

    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// Reads the requests of a file.
    ///
    /// - Throws: `TestProblem` with the line that is wrong.
    static func messages(_ text: String, file: String) throws(TestProblem) -> [HTTPMessage] {
        var messages: [HTTPMessage] = []
        var title = ""
        var lines: [(number: Int, text: Substring)] = []
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .enumerated() {
            if line.hasPrefix("###") {
                if let message = try message(title, lines, file) { messages.append(message) }
                title = line.dropFirst(3).trimmed
                lines = []
            } else {
                lines.append((index + 1, line))
            }
        }
        if let message = try message(title, lines, file) { messages.append(message) }
        if messages.isEmpty { throw TestProblem("\(file) has no request") }
        return messages
    }

    private static func message(
        _ title: String, _ lines: [(number: Int, text: Substring)], _ file: String
    ) throws(TestProblem) -> HTTPMessage? {
        var rest = lines[...]
        while let line = rest.first?.text,
            line.trimmed.isEmpty || line.hasPrefix("#") || line.hasPrefix("//")
        {
            rest.removeFirst()
        }
        guard let first = rest.popFirst() else { return nil }
        let words = first.text.split(separator: " ")
        guard words.count == 2 || (words.count == 3 && words[2].hasPrefix("HTTP/")),
            words[0].allSatisfy({ $0.isUppercase && $0.isASCII })
        else {
            throw TestProblem(
                "\(file):\(first.number): a request begins with its method and its path, as in"
                    + " 'GET /v1/rest/queries/NAME'")
        }
        var headers: [Header] = []
        while let line = rest.popFirst(), !line.text.trimmed.isEmpty {
            guard let colon = line.text.firstIndex(of: ":"), colon > line.text.startIndex else {
                throw TestProblem(
                    "\(file):\(line.number): a header is 'Name: value'; the body begins behind an"
                        + " empty line")
            }
            headers.append(
                Header(
                    name: line.text[..<colon].trimmed,
                    value: line.text[line.text.index(after: colon)...].trimmed))
        }
        while rest.last?.text.trimmed.isEmpty ?? false { rest.removeLast() }
        return HTTPMessage(
            title: title, method: String(words[0]), path: path(String(words[1])),
            headers: headers, body: rest.map { String($0.text) }.joined(separator: "\n"))
    }

    /// Editors want a whole address; the host is of no matter here.
    private static func path(_ target: String) -> String {
        guard let scheme = target.firstRange(of: "://") else { return target }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        var end = Substring(start)
        while let last = end.last, last == " " || last == "\t" { end.removeLast() }
        return String(end)
    }
}
