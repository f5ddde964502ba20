// An issuer of tokens on this machine, as OpenID Connect Discovery describes it.

import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

final class IssuerServer: Sendable {
    let address: String
    private let group: ServiceGroup
    private let task: Task<Void, any Error>
    private let count: Counter

    final class Counter: Sendable {
        let value = Mutex(0)
    }

    /// Requests so far.
    var requests: Int { count.value.withLock { $0 } }

    /// - Parameter keys: the set of keys, JSON.
    init(keys: String) async throws {
        let count = Counter()
        self.count = count
        let router = Router()
        let site = Shared()
        router.get("/.well-known/openid-configuration") { _, _ in
            count.value.withLock { $0 += 1 }
            let address = site.text.withLock { $0 }
            return "{\"issuer\": \"\(address)\", \"jwks_uri\": \"\(address)/keys\"}"
        }
        router.get("/keys") { _, _ in
            count.value.withLock { $0 += 1 }
            return keys
        }
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "issuer")
        logger.logLevel = .critical
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [app], logger: logger))
        self.group = group
        task = Task.detached { try await group.run() }
        var port = 0
        for await found in ports {
            port = found
            break
        }
        address = "http://127.0.0.1:\(port)"
        let made = address
        site.text.withLock { $0 = made }
    }

    func stop() async {
        await group.triggerGracefulShutdown()
        _ = await task.result
    }

    private final class Shared: Sendable {
        let text = Mutex("")
    }
}
