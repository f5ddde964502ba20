// The versions of a project's API: what the script gives, under the schemas and with the operations
// of the project's files.

package import WeirEngine
import WeirGraphQL
package import WeirPlanner

/// A mistake in a file of the API.
package struct APIFileProblem: Error, Sendable, CustomStringConvertible {
    /// One for each mistake, with its place.
    package let messages: [String]

    package var description: String { messages.joined(separator: "\n") }

    init(_ path: String, _ errors: [GraphQLError]) {
        messages = errors.map { error in
            let place = error.locations.first.map { ":\($0.line):\($0.column)" } ?? ""
            return "\(path)\(place): \(error.message)"
        }
    }
}

/// One version of an API.
package struct ServedAPI: Sendable {
    /// The first part of its paths.
    package let version: String
    package let model: APIModel
    /// What REST and MCP have.
    let operations: [APIOperation]
    let isServingGraphQL: Bool
    let isServingREST: Bool
    /// Whether all queries can be followed.
    let isServingLive: Bool
    let isServingMCP: Bool

    /// What the script gives, as it is.
    package init(_ model: APIModel, version: String = "v1") {
        self.version = version
        self.model = model
        operations = OperationBuilder.all(model)
        isServingGraphQL = true
        isServingREST = true
        isServingLive = true
        isServingMCP = true
    }

    private init(_ file: APIVersion, _ generated: APIModel, _ settings: ProjectAPI)
        throws(APIFileProblem)
    {
        version = file.name
        var model = generated
        if let schema = file.schema {
            do throws(GraphQLErrors) {
                model = try CustomSchema.model(schema.bytes, over: generated)
            } catch {
                throw APIFileProblem(schema.path, error.errors)
            }
        }
        self.model = model
        var own: [APIOperation] = []
        for text in file.operations {
            do throws(GraphQLErrors) {
                own += try CustomOperations.read(text.bytes, model)
            } catch {
                throw APIFileProblem(text.path, error.errors)
            }
        }
        var all = own
        if settings.endpoints == .full {
            let names = Set(own.map(\.name))
            all += OperationBuilder.all(
                model, maximumDepth: settings.maximumResultDepth, hasPrefix: settings.hasPrefix
            ).filter { !names.contains($0.name) }
        }
        if let twice = Self.twice(all) {
            throw APIFileProblem(
                file.operations.first?.path ?? "",
                [
                    GraphQLError(
                        "there are two operations '\(twice.name)', or two at \(twice.path)",
                        classification: "ValidationError")
                ])
        }
        operations = settings.endpoints == .graphQL ? [] : all
        isServingGraphQL = settings.protocols.contains("GRAPHQL")
        isServingREST = settings.protocols.contains("REST") && settings.endpoints != .graphQL
        isServingLive = isServingREST && settings.endpoints == .full
        isServingMCP = settings.protocols.contains("MCP") && settings.endpoints != .graphQL
    }

    /// An operation whose name or address another one has; parameters are the same, whatever they
    /// are called.
    private static func twice(_ operations: [APIOperation]) -> APIOperation? {
        var names: Set<String> = []
        var paths: Set<String> = []
        return operations.reversed().first { operation in
            let parts = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }
            let path = "\(operation.isPost) \(parts.joined(separator: "/"))"
            let isNew = !operation.isREST || paths.insert(path).inserted
            return !names.insert(operation.name + (operation.isWrite ? "!" : "")).inserted || !isNew
        }
    }

    /// The versions that a project serves.
    ///
    /// - Throws: `APIFileProblem` for a schema or an operation that the script does not answer.
    package static func versions(
        of plan: StreamPlan, _ project: Project
    ) throws(APIFileProblem) -> [ServedAPI] {
        var settings = APISettings()
        if let limit = project.script.settings.defaultLimit { settings.defaultLimit = limit }
        settings.hasExtendedScalars = project.api.hasExtendedScalars
        settings.hasPages = project.api.hasPages
        let model = APIModel(plan, settings: settings)
        var versions: [ServedAPI] = []
        for version in project.api.versions {
            versions.append(try ServedAPI(version, model, project.api))
        }
        return versions
    }
}
