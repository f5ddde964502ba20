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
    let isServingMCP: Bool

    /// What the script gives, as it is.
    package init(_ model: APIModel, version: String = "v1") {
        self.version = version
        self.model = model
        operations = OperationBuilder.all(model)
        isServingGraphQL = true
        isServingREST = true
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
        if let twice = Self.twice(own) {
            throw APIFileProblem(
                twice.path,
                [
                    GraphQLError(
                        "there are two operations '\(twice.name)' or two at \(twice.path)",
                        classification: "ValidationError")
                ])
        }
        var all = own
        if settings.endpoints == .full {
            let names = Set(own.map(\.name))
            all += OperationBuilder.all(
                model, maximumDepth: settings.maximumResultDepth, hasPrefix: settings.hasPrefix
            ).filter { !names.contains($0.name) }
        }
        operations = settings.endpoints == .graphQL ? [] : all
        isServingGraphQL = settings.protocols.contains("GRAPHQL")
        isServingREST = settings.protocols.contains("REST") && settings.endpoints != .graphQL
        isServingMCP = settings.protocols.contains("MCP") && settings.endpoints != .graphQL
    }

    private static func twice(_ operations: [APIOperation]) -> APIOperation? {
        var seen: Set<String> = []
        return operations.first { operation in
            let isNew = seen.insert(operation.name).inserted
            return !seen.insert("\(operation.isPost) \(operation.path)").inserted || !isNew
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
        let model = APIModel(plan, settings: settings)
        var versions: [ServedAPI] = []
        for version in project.api.versions {
            versions.append(try ServedAPI(version, model, project.api))
        }
        return versions
    }
}
