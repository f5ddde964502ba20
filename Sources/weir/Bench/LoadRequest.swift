// A request of a load, in as many variants as there are values to put into it.

import Foundation

/// What a load sends for one endpoint.
struct LoadRequest: Sendable {
    /// `GET /v1/rest/queries/Item`
    let name: String
    /// How often it is sent, beside the others.
    let weight: Int
    /// The bytes of each variant.
    let variants: [[UInt8]]

    private static let maximumVariants = 1000

    /// - Parameters:
    ///   - text: `[WEIGHT] METHOD PATH [BODY]`; `{n}` stands for up to 1000 different
    ///     numbers below `keys`.
    ///   - token: of the header Authorization.
    /// - Returns: nil when it is none.
    init?(_ text: String, host: String, token: String?, keys: Int) {
        var words = text.split(separator: " ", maxSplits: 3).map(String.init)
        var weight = 1
        if let number = words.first.flatMap({ Int($0) }) {
            weight = number
            words = text.split(separator: " ", maxSplits: 3).dropFirst().map(String.init)
        } else if words.count == 4 {
            words[2] += " " + words[3]
            words.removeLast()
        }
        guard words.count >= 2, ["GET", "POST"].contains(words[0]), words[1].hasPrefix("/"),
            (1...1000).contains(weight)
        else { return nil }
        let (method, path) = (words[0], words[1])
        let body = words.count > 2 ? words[2] : nil
        let hasNumber = text.contains("{n}")
        self.weight = weight
        name = method + " " + path.prefix { $0 != "?" }
        // A prime that does not divide the number of keys: all variants differ.
        let step = keys % 7919 == 0 ? 7907 : 7919
        variants = (0..<(hasNumber ? min(keys, Self.maximumVariants) : 1)).map { index in
            let number = String(index &* step % max(1, keys))
            func filled(_ text: String) -> String { text.replacing("{n}", with: number) }
            var head = "\(method) \(filled(path)) HTTP/1.1\r\nHost: \(host)\r\n"
            if let token { head += "Authorization: Bearer \(token)\r\n" }
            guard let body else { return Array((head + "\r\n").utf8) }
            let content = filled(body)
            return Array(
                (head + "Content-Type: application/json\r\n"
                    + "Content-Length: \(content.utf8.count)\r\n\r\n" + content).utf8)
        }
    }
}
