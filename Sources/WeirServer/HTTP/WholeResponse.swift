// A response whose whole body is at hand, before it is known which way it is sent.

import HTTPTypes
import Hummingbird
import NIOCore

struct WholeResponse: Sendable {
    typealias Header = (name: HTTPField.Name, value: String)

    var status: HTTPResponse.Status
    /// In order, each name once.
    var headers: [Header]
    var body = ByteBuffer()

    /// For the routes.
    var response: Response {
        var fields = HTTPFields()
        for header in headers { fields[header.name] = header.value }
        return Response(status: status, headers: fields, body: .parts(of: body))
    }

    /// A body of some media type.
    static func text(
        _ body: some Collection<UInt8>, type: String, status: HTTPResponse.Status = .ok
    ) -> WholeResponse {
        WholeResponse(
            status: status, headers: [(.contentType, type)], body: ByteBuffer(bytes: body))
    }
}
