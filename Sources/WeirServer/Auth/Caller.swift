// Who asks.

import Foundation
package import WeirColumnar

/// The caller of a request.
package struct Caller: Sendable {
    /// The claims of the caller's token; empty without one.
    package let claims: [String: JsonValue]

    package init(claims: [String: JsonValue] = [:]) { self.claims = claims }

    package static let anonymous = Caller()

    /// Whether the token has come to its end since it was checked, as it may in a stream.
    var isExpired: Bool {
        guard case .number(let digits)? = claims["exp"], let end = Double(digits) else {
            return false
        }
        return Date().timeIntervalSince1970 >= end
    }
}
