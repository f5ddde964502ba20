// The HTTP server of a pipeline.

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
package import WeirEngine
package import WeirStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a server does not listen.
package struct ServerError: Error, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether another program has the address.
    package var isTaken = false

    package init(description: String, isTaken: Bool = false) {
        self.description = description
        self.isTaken = isTaken
    }
}

/// Serves the API of a pipeline until it is stopped.
package final class APIServer: Sendable {
    /// The versions that it serves.
    package let apis: [ServedAPI]
    /// Where it listens; the port that it has been given when any was asked for.
    package let address: (host: String, port: Int)
    /// Whether it speaks TLS.
    package let isSecure: Bool
    private let group: ServiceGroup
    private let responder: APIResponder
    private let saving: Task<Void, Never>
    /// Of all servers of the process; they are never shut down. One for each core, as they answer most
    /// requests themselves (docs/decisions/api-server.md).
    private static let eventLoops = MultiThreadedEventLoopGroup(
        numberOfThreads: System.coreCount)
    private let task: Task<Void, any Error>

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - session: the pipeline, for its state and metrics; nil for a store at rest.
    ///   - log: is called after each request.
    ///   - tell: is called with what goes wrong and concerns no request.
    /// - Throws: `ServerError` when the address cannot be had.
    package init(
        _ apis: [ServedAPI], store: ServingPool, session: Session?, settings: ServerSettings,
        log: (@Sendable (RequestRecord) -> Void)? = nil,
        tell: (@Sendable (String) -> Void)? = nil
    ) async throws {
        self.apis = apis
        isSecure = settings.tls != nil
        let responder = try await APIResponder(
            apis, store: store, session: session, settings: settings, log: log)
        let tls = try settings.tls.map {
            try TLSFiles.context(certificate: $0.certificate, key: $0.key)
        }
        self.responder = responder
        let logger = APIResponder.logger
        let listening = ListeningPort()
        let app = Application(
            responder: responder.guarded, server: Self.http(settings, tls, responder),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                serverName: APIResponder.serverName,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.connections, logger: logger)),
            onServerRunning: { channel in listening.set(.success(channel.localAddress?.port ?? 0))
            },
            eventLoopGroupProvider: .shared(Self.eventLoops),
            logger: logger)
        var configuration = ServiceGroupConfiguration(services: [app], logger: logger)
        // A client that does not take its answer is not waited for.
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        self.group = group
        task = Task.detached {
            do {
                try await group.run()
                listening.set(.failure(ServerError(description: "the server has stopped")))
            } catch {
                listening.set(.failure(Self.describe(error, settings)))
                throw error
            }
        }
        // What is lost when the process is killed is a few seconds of figures.
        let timings = store.timings
        saving = Task.detached {
            var told: String?
            func save() {
                timings.save()
                if let problem = timings.problem, problem != told { tell?(problem) }
                told = timings.problem
            }
            while (try? await Task.sleep(for: .seconds(15))) != nil { save() }
            save()
        }
        do {
            address = (settings.host, try await listening.value)
        } catch {
            saving.cancel()
            throw error
        }
    }

    private static func http(
        _ settings: ServerSettings, _ tls: NIOSSLContext?, _ routes: APIResponder
    ) -> HTTPServerBuilder {
        let clients = ClientConnections(settings.connections)
        return HTTPServerBuilder { responder in
            ConnectionSetup(
                responder: responder, settings: settings, tls: tls, sockets: routes.sockets,
                clients: clients, direct: routes.direct)
        }
    }

    private static func describe(_ error: any Error, _ settings: ServerSettings) -> ServerError {
        let address = "\(settings.host):\(settings.port)"
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            return ServerError(
                description: "cannot listen on \(address): another program does; give another"
                    + " --listen HOST:PORT, or --listen off", isTaken: true)
        }
        if error is SocketAddressError {
            return ServerError(
                description: "cannot listen on \(address): this machine does not know the host"
                    + " '\(settings.host)'")
        }
        if let error = error as? IOError {
            let words = String(cString: strerror(error.errnoCode))
            return ServerError(description: "cannot listen on \(address): \(words)")
        }
        return ServerError(description: "cannot listen on \(address): \(error)")
    }

    /// What has been asked.
    ///
    /// - Parameter address: as people know it.
    package func status(address: String) -> APIStatus { responder.status(address: address) }

    /// Takes no more requests, ends those that run, and closes.
    package func stop() async {
        responder.close()
        await group.triggerGracefulShutdown()
        _ = await task.result
        saving.cancel()
        await saving.value
    }
}

/// The port of a server that starts, or why it does not.
private final class ListeningPort: Sendable {
    private struct State {
        var result: Result<Int, ServerError>?
        var waiting: CheckedContinuation<Int, any Error>?
    }

    private let state = Mutex(State())

    /// The first result counts.
    func set(_ result: Result<Int, ServerError>) {
        let waiting = state.withLock { state -> CheckedContinuation<Int, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            return state.waiting
        }
        waiting?.resume(with: result.mapError { $0 as any Error })
    }

    var value: Int {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Int, ServerError>? in
                    if state.result == nil { state.waiting = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result.mapError { $0 as any Error }) }
            }
        }
    }
}
