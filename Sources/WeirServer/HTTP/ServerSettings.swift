// Where and how a server listens.

package import WeirEngine

/// A server's address and limits.
package struct ServerSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0 is any free one.
    package var port = 8888
    /// Connections at the same time; more wait in the system's queue.
    package var connections = 1024
    /// Bytes that the body of a request may have.
    package var bodyBytes = 1 << 20
    /// Bytes that the fields of a request's head may have together.
    package var headBytes = 16 << 10
    /// How long the head of a request, and then its body, may take to come in (s).
    package var requestSeconds = 10
    /// How long a connection may be open without a request (s).
    package var idleSeconds = 60
    /// How long a client may take no part of a response or send no frame of a WebSocket (s).
    package var stallSeconds = 60
    /// Origins of pages that may ask; others only from the server's own host.
    package var origins: [String] = []
    /// Names that the server goes by, besides `localhost`, this machine's and addresses; `*` is any.
    package var hostNames: [String] = []
    /// Requests a second that a client may send; nil for any number.
    package var requestRate: Int?
    /// Files with the certificate chain and its key, in PEM; nil without TLS.
    package var tls: (certificate: String, key: String)?
    /// Whose tokens are taken; nil when nobody is asked for one.
    package var authentication: AuthSettings?

    package init() {}

    /// Why a server must not be started like this; nil when it may.
    package var refusal: String? {
        guard authentication != nil, tls == nil, !isLoopback else { return nil }
        return "tokens would cross the network in the clear: give --tls-cert and --tls-key, or"
            + " listen on 127.0.0.1 behind a proxy that has a certificate"
    }

    private var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// Reads `HOST:PORT`, `PORT` or `HOST`.
    ///
    /// - Returns: nil when it is none of these.
    package init?(listen text: String) {
        if let number = Int(text) {
            guard (0...65535).contains(number) else { return nil }
            port = number
            return
        }
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            guard !text.isEmpty else { return nil }
            host = Self.plain(text)
            return
        }
        guard let number = Int(text[text.index(after: colon)...]), (0...65535).contains(number),
            colon > text.startIndex
        else { return nil }
        host = Self.plain(String(text[..<colon]))
        port = number
    }

    /// An address of IPv6 without its brackets.
    private static func plain(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
