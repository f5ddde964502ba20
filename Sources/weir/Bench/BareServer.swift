// The peer of the API's speed: a route of Hummingbird that returns a constant and does nothing else.

import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// Serves a constant at `/constant` until it is stopped.
final class BareServer: Sendable {
    let port: Int
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    init(bytes: Int) async throws {
        let router = Router()
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes)
        router.get("/constant") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: body))
        }
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "bare") { _ in SwiftLogNoOpLogHandler() }
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) },
            logger: logger)
        let group = ServiceGroup(configuration: .init(services: [app], logger: logger))
        self.group = group
        task = Task.detached {
            defer { told.finish() }
            try await group.run()
        }
        var found: Int?
        for await port in ports {
            found = port
            break
        }
        guard let found else {
            _ = try await task.value
            throw CancellationError()
        }
        port = found
    }

    func stop() async {
        await group.triggerGracefulShutdown()
        _ = await task.result
    }
}
