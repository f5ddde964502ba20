// Certificate and key of the server.

import Foundation
import NIOSSL

enum TLSFiles {
    /// - Throws: `ServerError` that names the file that cannot be used.
    static func context(certificate: String, key: String) throws -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw ServerError(description: "\(certificate) holds no certificate in PEM")
        }
        guard !chain.isEmpty else {
            throw ServerError(description: "\(certificate) holds no certificate in PEM")
        }
        try refuseIfShared(key)
        let secret: NIOSSLPrivateKey
        do {
            secret = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw ServerError(description: "\(key) holds no private key in PEM")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(description: "\(key) is not the key of \(certificate)")
        }
    }

    /// A key that others can read is none.
    private static func refuseIfShared(_ path: String) throws {
        // The file itself, not a link to it.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue
        else { throw ServerError(description: "cannot read \(path)") }
        if mode & 0o077 != 0 {
            throw ServerError(
                description: "others can read \(path); first: chmod 600 \(path)")
        }
    }
}
