// The API of a pipeline beside its run.

import Dispatch
import Synchronization
import WeirEngine
import WeirPlanner
import WeirServer
import WeirStore

/// How a run is served.
struct Serving {
    let settings: ServerSettings
    /// Whether each request is a line of talk.
    let logsRequests: Bool
    /// Whether there is a terminal to talk to; the workbench has it for itself.
    var talks = true

    /// Starts to serve; nil when the script defines nothing that could be asked for.
    ///
    /// - Throws: `StoreError` or `ServerError`.
    func start(_ compiled: Compiled, _ session: Session) throws -> RunningServer? {
        let apis = try ServedAPI.versions(of: compiled.plan, compiled.project)
        for problem in apis.first?.model.problems ?? [] { Console.talk("weir: \(problem)\n") }
        if apis.allSatisfy({ $0.model.isEmpty }) { return nil }
        let pool = try ServingPool(path: session.options.storePath)
        pool.timings.keep(compiled.plan.queryDefinitions)
        var log: (@Sendable (RequestRecord) -> Void)?
        if logsRequests { log = { record in Console.talk(Self.line(record)) } }
        var settings = settings
        settings.authentication = try compiled.project.authentication?.withSecrets()
        if let refusal = settings.refusal { throw ServerError(description: refusal) }
        var tell: (@Sendable (String) -> Void)?
        if talks { tell = { problem in Console.talk("weir: \(problem)\n") } }
        let (asked, requestLog, teller) = (settings, log, tell)
        let server = try Blocking.run {
            try await APIServer(
                apis, store: pool, session: session, settings: asked,
                log: requestLog, tell: teller)
        }
        return RunningServer(server)
    }

    /// The workbench works without an API as well, so that a second one can be opened: without an
    /// address of its own it takes another port when the usual one is taken.
    func startBesideWorkbench(
        _ compiled: Compiled, _ session: Session, isAsked: Bool
    ) throws -> RunningServer? {
        var quiet = self
        quiet.talks = false
        do {
            return try quiet.start(compiled, session)
        } catch let error as ServerError where !isAsked && error.isTaken {
            var other = settings
            other.port = 0
            return try Serving(settings: other, logsRequests: false, talks: false)
                .start(compiled, session)
        }
    }

    private static func line(_ record: RequestRecord) -> String {
        let micros = record.nanos / 1000
        let bytes = record.bytes.map(String.init) ?? "-"
        let path = record.path.map { $0.isASCII && $0 > " " && $0 < "\u{7F}" ? String($0) : "?" }
        let client = record.client.isEmpty ? "-" : record.client
        let trace = record.trace.map { " trace=\($0)" } ?? ""
        return
            "\(client) \(record.method) \(path.joined()) \(record.status) \(bytes) B \(micros) µs"
            + " id=\(record.id)\(trace)\n"
    }
}

/// A server that can be stopped from a thread that is not asynchronous.
final class RunningServer {
    private let server: APIServer

    init(_ server: APIServer) { self.server = server }

    /// `http://host:port`
    var address: String {
        let (host, port) = server.address
        let scheme = server.isSecure ? "https" : "http"
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    var status: APIStatus { server.status(address: address) }

    func stop() {
        let server = server
        try? Blocking.run { await server.stop() }
    }
}

/// Waits for asynchronous work on a thread that does nothing else.
enum Blocking {
    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
    }

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        Task.detached {
            let result: Result<Value, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            outcome.result.withLock { $0 = result }
            outcome.done.signal()
        }
        outcome.done.wait()
        guard let result = outcome.result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
