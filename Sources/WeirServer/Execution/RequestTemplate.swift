// What of a request is the same each time its document is sent: planned once.

import Synchronization
import WeirColumnar
import WeirGraphQL
import WeirPlanner

/// The plan of a query without lists in lists; only the values of arguments are missing.
final class RequestTemplate: Sendable {
    private let root: CollectedRoot
    private let fields: [RootTemplate]
    /// Whether no step of its statements takes long whatever a caller gives.
    var isQuick: Bool { fields.allSatisfy(\.isQuick) }

    /// Nil when the document is none of the kind.
    init?(
        _ request: GraphQLRequest, _ document: GraphQLDocument, _ model: APIModel,
        _ texts: StatementTexts
    ) {
        guard request.operation.kind == .query, let root = CollectedRoot(request, document) else {
            return nil
        }
        self.root = root
        var compiler = FetchCompiler(model, request, .anonymous, texts)
        var found: [RootTemplate] = []
        for field in root.first {
            guard let template = RootTemplate(field, model, request, &compiler) else { return nil }
            found.append(template)
        }
        fields = found
    }

    /// - Throws: `GraphQLErrors` for a request that cannot be executed at all.
    func prepared(
        _ variables: JsonValue, _ model: APIModel, _ caller: Caller, _ texts: StatementTexts
    ) throws(GraphQLErrors) -> PreparedRequest {
        let given = try root.arguments(variables)
        var values = FieldValues(model.settings, caller)
        var prepared = PreparedRequest()
        for (arguments, template) in zip(given, fields) {
            try prepared.add(template.field) {
                .read(.rows(try template.fetch(arguments, &values, texts)))
            }
        }
        return prepared
    }
}

/// The plan of one root field.
private final class RootTemplate: Sendable {
    /// With the arguments of the request that it was made of.
    let field: SelectedField
    private let path: [GraphQLError.PathStep]
    private let query: APIQuery
    private let select: StoreSelect
    private let columns: [Int]
    /// Without its SQL and parameters.
    private let base: Fetch
    let isQuick: Bool
    /// The filters that were asked for last, with the SQL for them: most often they are the same.
    private let last = Mutex<(filters: [StoreSelect.Filter], sql: String)?>(nil)

    /// Nil when its rows have rows below them, or come in a page.
    init?(
        _ field: SelectedField, _ model: APIModel, _ request: GraphQLRequest,
        _ compiler: inout FetchCompiler
    ) {
        guard let query = model.queries[field.name], !query.isPage,
            let object = model.objects[query.type],
            let select = query.query.select, let type = model.schema.types[query.type],
            let selected = try? request.fields(of: field, on: type),
            let (output, columns) = try? compiler.output(
                selected, object, [.field(field.responseKey)], rows: 1),
            output.children.isEmpty
        else { return nil }
        self.query = query
        self.field = field
        path = [.field(field.responseKey)]
        self.select = select
        self.columns = columns.numbers
        isQuick = !query.query.hasLongSteps
        base = FetchCompiler.fetch(field, query, sql: "", parameters: [], output, columns)
    }

    /// - Throws: `FieldProblem`.
    func fetch(
        _ arguments: NamedValues, _ values: inout FieldValues, _ texts: StatementTexts
    ) throws -> Fetch {
        var fetch = base
        (fetch.parameters, _) = try values.read(
            field, arguments, query, path: path, parentRows: 1)
        fetch.sql = sql(FetchCompiler.filters(query.query, arguments), texts)
        return fetch
    }

    private func sql(_ filters: [StoreSelect.Filter], _ texts: StatementTexts) -> String {
        if let known = last.withLock({ $0?.filters == filters ? $0?.sql : nil }) { return known }
        let request = StoreSelect.Request(columns: columns, filters: filters, isPaged: true)
        let sql = texts.sql(query.query, select, request, keys: nil)
        last.withLock { $0 = (filters, sql) }
        return sql
    }
}
