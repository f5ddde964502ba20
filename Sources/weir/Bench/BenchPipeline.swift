// A pipeline in this process with its API, for measuring.

import Foundation
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirServer
import WeirStore

/// A script over files in a folder of its own, running and served.
final class BenchPipeline {
    let session: Session
    let server: APIServer
    let pool: ServingPool
    let storePath: String

    /// - Parameters:
    ///   - isLive: whether it takes writes, and so does not end by itself.
    ///   - listen: is called after each commit, before anybody who follows is told.
    init(
        script: String, folder: String, name: String, isLive: Bool,
        listen: (@Sendable () -> Void)? = nil
    ) throws {
        let path = "\(folder)/\(name).sqrl"
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        let project = try Project(path: path)
        let compilation = Engine.compile(project)
        guard let plan = compilation.plan else {
            throw StoreError.database(
                compilation.diagnostics.map(\.message).joined(separator: "; "))
        }
        storePath = "\(folder)/\(name).db"
        var options = EngineOptions(storePath: storePath, isFresh: true)
        options.acceptsWrites = isLive
        let session = try Engine.start(
            plan, sources: compilation.sources, project: project, options: options)
        self.session = session
        if let listen { session.listen(listen) }
        let pool = try ServingPool(path: storePath)
        self.pool = pool
        let apis = try ServedAPI.versions(of: plan, project)
        var settings = ServerSettings()
        settings.port = 0
        settings.connections = 5000
        let asked = settings
        server = try Blocking.run {
            try await APIServer(apis, store: pool, session: session, settings: asked)
        }
    }

    var port: Int { server.address.port }

    /// Waits until all files have been read.
    func waitForInput() throws {
        while !session.wait(seconds: 0.01) {
            if session.snapshot().commit.hasReadInput { return }
        }
        if case .failed(let message) = session.state { throw StoreError.database(message) }
    }

    func stop() {
        let server = server
        try? Blocking.run { await server.stop() }
        session.stop()
        session.wait()
    }
}
