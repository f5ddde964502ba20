// Who asks.

import Foundation
package import WeirColumnar

/// The caller of a request.
package struct Caller: Sendable {
    /// The claims of the caller's token; empty without one.
    package let claims: [String: JsonValue]
    /// How far clocks may be apart (s).
    private let leeway: Int

    package init(claims: [String: JsonValue] = [:], leeway: Int = 0) {
        self.claims = claims
        self.leeway = leeway
    }

    package static let anonymous = Caller()

    /// Whether the token has come to its end since it was checked, as it may in a stream.
    var isExpired: Bool { secondsLeft.map { $0 <= 0 } ?? false }

    /// How long the token goes on; nil without one.
    var secondsLeft: Double? {
        guard case .number(let digits)? = claims["exp"], let end = Double(digits) else {
            return nil
        }
        return end + Double(leeway) - Date().timeIntervalSince1970
    }
}
