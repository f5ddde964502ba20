// PARSE_URL.

import Foundation
import WeirColumnar

/// The list of the functions that take URLs apart.
enum UrlFunctions {
    static let all: [ScalarFunction] = [parse]

    static let parse = ScalarFunction(
        "PARSE_URL", family: .string, usage: "PARSE_URL(url, part[, key])",
        documentation:
            "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with"
            + " QUERY and a key the key's value. NULL when it has no such part.",
        examples: [
            FunctionExample("PARSE_URL('http://a.org/p?x=1', 'HOST')", "a.org"),
            FunctionExample("PARSE_URL('http://a.org/p?x=1', 'QUERY', 'x')", "1"),
        ],
        resolve: Typing.strings(2...3, to: .varchar(.max)), refine: { _, _ in .string }
    ) { call in
        call.mapToBytes { row, output in
            let url = UrlParts(String(decoding: call.bytes(0, row), as: UTF8.self))
            let part = String(decoding: call.bytes(1, row), as: UTF8.self)
            guard let url, var value = url.part(part) else { return false }
            if call.arguments.count > 2 {
                let key = String(decoding: call.bytes(2, row), as: UTF8.self)
                guard part == "QUERY", let found = UrlParts.value(of: key, in: value) else {
                    return false
                }
                value = found
            }
            output.append(text: value)
            return true
        }
    }
}

/// The parts of a URL as `java.net.URL` names them.
private struct UrlParts {
    private let scheme: String
    private let authority: Substring
    private let path: Substring
    private let query: Substring?
    private let fragment: Substring?
    private static let schemes: Set<String> = ["http", "https", "ftp", "file", "jar", "mailto"]

    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        scheme = text[..<colon].lowercased()
        guard Self.schemes.contains(scheme) else { return nil }
        var rest = text[text.index(after: colon)...]
        if let hash = rest.firstIndex(of: "#") {
            fragment = rest[rest.index(after: hash)...]
            rest = rest[..<hash]
        } else {
            fragment = nil
        }
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        } else {
            query = nil
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = rest[..<slash]
            path = rest[slash...]
        } else {
            authority = ""
            path = rest
        }
    }

    private var userInfo: Substring? {
        authority.lastIndex(of: "@").map { authority[..<$0] }
    }

    private var host: Substring {
        let behind = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
        let place = behind ?? authority
        return place.lastIndex(of: ":").map { place[..<$0] } ?? place
    }

    func part(_ name: String) -> String? {
        switch name {
        case "HOST": String(host)
        case "PATH": String(path)
        case "QUERY": query.map(String.init)
        case "REF": fragment.map(String.init)
        case "PROTOCOL": scheme
        case "FILE": String(path) + (query.map { "?" + $0 } ?? "")
        case "AUTHORITY": String(authority)
        case "USERINFO": userInfo.map(String.init)
        default: nil
        }
    }

    /// The value of a key in `a=1&b=2`.
    static func value(of key: String, in query: String) -> String? {
        for pair in query.split(separator: "&", omittingEmptySubsequences: true)
        where pair.hasPrefix(key + "=") {
            return String(pair.dropFirst(key.count + 1))
        }
        return nil
    }
}
