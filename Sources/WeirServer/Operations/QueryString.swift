// The query of an address as parameters of an operation.

import Foundation
import HTTPTypes
import WeirColumnar
import WeirGraphQL
import WeirSQL

/// Names and values, decoded (URL standard, application/x-www-form-urlencoded).
struct QueryString {
    private(set) var items: [(name: String, value: String)] = []

    init(_ items: [(name: String, value: String)]) { self.items = items }

    init(_ text: String) {
        for item in text.utf8.split(separator: UInt8(ascii: "&")) {
            let mark = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let value = item[mark...].dropFirst()
            items.append((Self.decoded(Substring(item[..<mark])), Self.decoded(Substring(value))))
        }
    }

    /// A part of a path, decoded (RFC 3986, 2.1).
    static func plain(_ text: String) -> String { text.removingPercentEncoding ?? text }

    private static func decoded(_ text: Substring) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") })
        else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The values of an operation's parameters; what is not named has its default.
    ///
    /// - Throws: what is missing, unknown or no value of its type.
    func variables(of operation: APIOperation) throws(RequestRefusal) -> [JsonMember] {
        for (name, _) in items where !operation.parameters.contains(where: { $0.name == name }) {
            let nearest = nearestName(to: name, among: operation.parameters.map(\.name))
            throw RequestRefusal(
                .badRequest,
                "\(operation.name) has no parameter '\(name)'"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? "."))
        }
        for parameter in operation.parameters where parameter.isRequired {
            if items.contains(where: { $0.name == parameter.name }) { continue }
            throw RequestRefusal(
                .badRequest, "\(operation.name) needs the parameter '\(parameter.name)'.")
        }
        return try values(of: operation)
    }

    /// The values of those parameters of an operation that are there.
    ///
    /// - Throws: what is no value of its type.
    func values(of operation: APIOperation) throws(RequestRefusal) -> [JsonMember] {
        var members: [JsonMember] = []
        for parameter in operation.parameters {
            let given = items.filter { $0.name == parameter.name }.map(\.value)
            if given.isEmpty { continue }
            let value = try JSONSchema.value(given, of: parameter, parameter.type)
            members.append(JsonMember(parameter.name, value))
        }
        return members
    }
}
