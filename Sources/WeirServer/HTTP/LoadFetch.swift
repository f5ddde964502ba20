// One GET, for programs that look at a server.

import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1

package enum LoadFetch {
    /// The body of an answer with status 200.
    ///
    /// - Throws: `ServerError` for another status, or why there is no answer.
    package static func body(_ url: URL, token: String?) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url.absoluteString)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        guard response.status.code == 200 else {
            throw ServerError(description: "status \(response.status.code)")
        }
        var body = try await response.body.collect(upTo: 16 << 20)
        return body.readBytes(length: body.readableBytes) ?? []
    }
}
