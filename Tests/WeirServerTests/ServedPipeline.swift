// A pipeline that has run, and its API on a free port.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirServer
import WeirStore

/// Serves a script over files for one test.
final class ServedPipeline: Sendable {
    let server: APIServer
    let session: Session
    let pool: ServingPool
    let folder: TemporaryFolder
    let storePath: String

    var port: Int { server.address.port }

    /// - Parameter files: by name, besides the script.
    init(
        script: String, files: [(name: String, text: String)], settings: ServerSettings? = nil,
        serving: ServingPool.Settings = ServingPool.Settings(), isLive: Bool = false,
        folder: TemporaryFolder? = nil
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        for (name, text) in files { try folder.write(name, text) }
        let main = try folder.write("test.sqrl", script)
        let hasPackage = files.contains { $0.name == "package.json" }
        let project = try Project(path: hasPackage ? folder.path + "/package.json" : main)
        let compilation = Engine.compile(project)
        let plan = try #require(compilation.plan, "\(compilation.diagnostics)")
        storePath = folder.path + "/test.db"
        var options = EngineOptions(storePath: storePath)
        options.acceptsWrites = isLive
        let session = try Engine.start(
            plan, sources: compilation.sources, project: project,
            options: options)
        self.session = session
        if !isLive {
            try await blocking { session.wait() }
            guard session.state == .finished else {
                throw RawConnection.Failure(description: "\(session.state)")
            }
        }
        pool = try ServingPool(path: storePath, settings: serving)
        var listening = settings ?? ServerSettings()
        listening.authentication =
            try listening.authentication ?? project.authentication?.withSecrets()
        listening.port = 0
        server = try await APIServer(
            try ServedAPI.versions(of: plan, project), store: pool, session: session,
            settings: listening)
    }

    /// The shop of `Tests/Cases/api`.
    static func shop(
        settings: ServerSettings? = nil,
        serving: ServingPool.Settings = ServingPool.Settings()
    ) async throws -> ServedPipeline {
        let files = try ["customers.jsonl", "orders.jsonl"].map { name in
            (name: name, text: try Repository.text("Tests/Cases/api/" + name))
        }
        return try await ServedPipeline(
            script: try Repository.text("Tests/Cases/api/shop.sqrl"), files: files,
            settings: settings, serving: serving)
    }

    /// Stops the server and the pipeline, and waits for both.
    func stop() async throws {
        await server.stop()
        let session = session
        session.stop()
        try await blocking { session.wait() }
    }

    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> HTTPAnswer {
        try await HTTP.request(
            port: port, method, path, headers: headers, body: body.map { Array($0.utf8) })
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await request("GET", path, headers: headers)
    }

    func post(
        _ path: String, _ json: JsonValue, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        try await request(
            "POST", path, headers: [("Content-Type", "application/json")] + headers,
            body: json.text)
    }

    /// The answer to a document.
    func graphQL(
        _ query: String, variables: [JsonMember] = []
    ) async throws -> JsonValue {
        let body = JsonValue.object([
            JsonMember("query", .string(query)), JsonMember("variables", .object(variables)),
        ])
        let answer = try await post("/v1/graphql", body)
        return try #require(JsonValue.parse(answer.body), "\(answer.text)")
    }
}

extension JsonValue {
    /// What is at a path of names and positions.
    func at(_ path: String) -> JsonValue? {
        var value = self
        for step in path.split(separator: ".") {
            switch value {
            case .object(let members):
                guard let found = members.first(where: { $0.key == step }) else { return nil }
                value = found.value
            case .array(let items):
                guard let index = Int(step), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    var items: [JsonValue] { if case .array(let items) = self { items } else { [] } }

    /// On many lines, for golden files.
    func shown(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .array(let items) where !items.allSatisfy(\.isScalar):
            return "[\n" + items.map { inner + $0.shown(inner) }.joined(separator: ",\n")
                + "\n\(indent)]"
        case .object(let members) where !members.allSatisfy(\.value.isScalar):
            return "{\n"
                + members.map { "\(inner)\"\($0.key)\": \($0.value.shown(inner))" }
                .joined(separator: ",\n") + "\n\(indent)}"
        default: return text
        }
    }
}
