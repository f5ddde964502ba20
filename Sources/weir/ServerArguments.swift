// Options of all commands that serve an API.

import ArgumentParser
import Foundation
import WeirServer

struct ServerArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the API is served; by default 127.0.0.1:8888.", valueName: "HOST:PORT|off"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "A page of this origin may ask the API; '*' is any. Repeatable.", valueName: "ORIGIN"))
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A name that the server goes by; '*' is any. Repeatable.",
            discussion: "Addresses, localhost and the name of this machine need none.",
            valueName: "NAME"))
    var allowHost: [String] = []

    @Option(help: ArgumentHelp("Serve TLS with this certificate chain (PEM).", valueName: "FILE"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The private key of --tls-cert (PEM).", valueName: "FILE"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Requests a second that a client (an address) may send.", valueName: "N"))
    var rateLimit: Int?

    @Option(
        help: ArgumentHelp("Connections at the same time; 1024 by default.", valueName: "N"))
    var connections: Int = 1024

    @Flag(help: "Print a line for each request.")
    var accessLog = false

    func validate() throws {
        if let listen, listen != "off", ServerSettings(listen: listen) == nil {
            throw ValidationError("--listen takes HOST, HOST:PORT or 'off', not '\(listen)'.")
        }
        if (tlsCert == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-cert and --tls-key belong together.")
        }
        guard (1...1_000_000).contains(rateLimit ?? 1) else {
            throw ValidationError("--rate-limit is 1 to 1000000 requests a second.")
        }
        guard (1...100_000).contains(connections) else {
            throw ValidationError("--connections is 1 to 100000.")
        }
        for origin in allowOrigin where Self.origin(origin) == nil {
            throw ValidationError(
                "--allow-origin takes '*' or an origin such as https://app.example:8443, without a path,"
                    + " not '\(origin)'.")
        }
    }

    /// An origin as browsers send it (RFC 6454, 6.2), without a slash behind it; nil when it is none.
    private static func origin(_ text: String) -> String? {
        if text == "*" { return text }
        let plain = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let parts = URLComponents(string: plain.lowercased()), let scheme = parts.scheme,
            let host = parts.host, !host.isEmpty, parts.path.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.user == nil
        else { return nil }
        let usual = ["http": 80, "https": 443][scheme]
        let port = parts.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(scheme)://\(name)\(port)"
    }

    /// Nil when nothing is served.
    var serving: Serving? {
        if listen == "off" { return nil }
        guard var settings = ServerSettings(listen: listen ?? "127.0.0.1:8888") else { return nil }
        settings.origins = allowOrigin.compactMap(Self.origin)
        settings.hostNames = allowHost
        settings.requestRate = rateLimit
        settings.connections = connections
        if let tlsCert, let tlsKey { settings.tls = (tlsCert, tlsKey) }
        return Serving(settings: settings, logsRequests: accessLog)
    }
}
