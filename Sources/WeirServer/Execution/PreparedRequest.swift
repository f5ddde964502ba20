// A request that is ready to be read from the store.

import WeirColumnar
import WeirGraphQL

/// A root field that can be written.
enum RootPart: Sendable {
    /// `"name":value`
    case ready([UInt8])
    case read(RootRead)
    /// `"name":` of a field that is null because something is wrong with it.
    case null([UInt8], isNonNull: Bool)
}

/// The parts of a response, and what is wrong with some of them.
struct PreparedRequest: Sendable {
    private(set) var parts: [RootPart] = []
    private(set) var errors: [GraphQLError] = []
    private(set) var isForbidden = false

    /// - Throws: `GraphQLErrors` for a request that cannot be executed at all.
    init(
        _ request: GraphQLRequest, _ model: APIModel, _ caller: Caller, _ texts: StatementTexts
    ) throws(GraphQLErrors) {
        var compiler = FetchCompiler(model, request, caller, texts)
        for field in try request.rootFields() {
            try add(field) { try Self.part(field, request, model, &compiler) }
        }
    }

    /// Without any part yet.
    init() {}

    /// Adds a root field; what is wrong with it is an error of the response.
    mutating func add(
        _ field: SelectedField, _ part: () throws -> RootPart
    ) throws(GraphQLErrors) {
        do {
            parts.append(try part())
        } catch let problem as FieldProblem {
            errors.append(problem.error)
            isForbidden = isForbidden || problem.isForbidden
            parts.append(
                .null(
                    FetchCompiler.key(field.responseKey),
                    isNonNull: field.definition.type.isNonNull))
        } catch let errors as GraphQLErrors {
            throw errors
        } catch {
            throw GraphQLErrors(errors: [
                GraphQLError("\(error)", classification: "ValidationError")
            ])
        }
    }

    private static func part(
        _ field: SelectedField, _ request: GraphQLRequest, _ model: APIModel,
        _ compiler: inout FetchCompiler
    ) throws -> RootPart {
        let key = FetchCompiler.key(field.responseKey)
        if field.name == "__typename" {
            return .ready(key + Array(jsonQuoted(request.rootType.name).utf8))
        }
        if let value = try Introspection(request).value(field) {
            return .ready(key + Array(value.text.utf8))
        }
        guard let query = model.queries[field.name] else {
            throw FieldProblem(
                "\"\(field.name)\" is not served.", field, [.field(field.responseKey)])
        }
        return .read(try compiler.root(field, query))
    }

    /// How old the whole may be; nil when something is read each time.
    var cacheSeconds: Double? {
        guard errors.isEmpty, !fetches.isEmpty else { return nil }
        var least = Double.infinity
        for fetch in fetches {
            guard let own = fetch.wholeCacheSeconds else { return nil }
            least = min(least, own)
        }
        return least
    }

    /// Whether it is a single statement.
    var isOne: Bool {
        let fetches = fetches
        return fetches.count == 1 && fetches[0].statements == 1
    }

    var reads: [RootRead] {
        parts.compactMap { if case .read(let read) = $0 { read } else { nil } }
    }

    var fetches: [Fetch] {
        reads.flatMap(\.fetches)
    }
}
