// Names of requests, for logs: the client's own, or a number.

import HTTPTypes
import Synchronization

final class RequestIDs: Sendable {
    static let name = HTTPField.Name("X-Request-Id") ?? .server
    static let traceName = HTTPField.Name("traceparent") ?? .server
    private static let maximumLength = 64

    /// Tells the requests of this server from those of the one before.
    private let prefix = String(UInt32.random(in: .min ... .max), radix: 36)
    private let next = Atomic(UInt64(1))

    /// - Parameter given: by the client.
    func id(given: String?) -> String {
        if let given, Self.isName(given) { return given }
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return prefix + "-" + String(number, radix: 36)
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    /// The trace in a client's header `traceparent` (W3C Trace Context, 3.2).
    static func trace(of parent: String) -> String? {
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32,
            parts[1].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        return String(parts[1])
    }
}
