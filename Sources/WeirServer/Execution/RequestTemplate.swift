// What of a request is the same each time its document is sent: planned once.

import WeirColumnar
import WeirGraphQL

/// The plan of a query without lists in lists; only the values of arguments are missing.
struct RequestTemplate: Sendable {
    private let root: CollectedRoot
    private let fields: [(query: APIQuery, output: RowOutput, columns: RowColumns)]

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
        var found: [(query: APIQuery, output: RowOutput, columns: RowColumns)] = []
        for field in root.first {
            guard let query = model.queries[field.name], let object = model.objects[query.type],
                let type = model.schema.types[query.type],
                let selected = try? request.fields(of: field, on: type),
                let (output, columns) = try? compiler.output(
                    selected, object, [.field(field.responseKey)], rows: 1),
                output.children.isEmpty
            else { return nil }
            found.append((query, output, columns))
        }
        fields = found
    }

    /// - Throws: `GraphQLErrors` for a request that cannot be executed at all.
    func prepared(
        _ variables: JsonValue, _ model: APIModel, _ caller: Caller, _ texts: StatementTexts
    ) throws(GraphQLErrors) -> PreparedRequest {
        let given = try root.fields(variables)
        var compiler = FetchCompiler(model, root.request, caller, texts)
        var prepared = PreparedRequest()
        for (field, known) in zip(given, fields) {
            try prepared.add(field) {
                .rows(
                    try compiler.root(
                        field, known.query, selected: (known.output, known.columns)))
            }
        }
        return prepared
    }
}
