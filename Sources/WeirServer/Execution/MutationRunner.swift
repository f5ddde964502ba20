// Mutations: rows into the log of writes, one field after the other (GraphQL, 6.2.2).

import WeirColumnar
import WeirEngine
import WeirGraphQL
import WeirPlanner
import WeirStore

/// Executes the fields of a mutation.
struct MutationRunner {
    let model: APIModel
    let request: GraphQLRequest
    let caller: Caller
    /// Nil when the pipeline takes no writes.
    let writes: WriteService?
    let texts: StatementTexts

    /// The response; what is written before a field fails stays written.
    ///
    /// - Throws: `GraphQLErrors` for a request that cannot be executed at all.
    func run() async throws -> GraphQLResponse {
        let fields = try request.rootFields()
        var writer = ResponseWriter()
        var isForbidden = false
        writer.raw("{\"data\":{".utf8)
        for (number, field) in fields.enumerated() {
            if number > 0 { writer.raw(",".utf8) }
            if field.name == "__typename" {
                writer.raw(FetchCompiler.key(field.responseKey))
                writer.raw(jsonQuoted(request.rootType.name).utf8)
                continue
            }
            do {
                let (fetch, rows) = try await run(field)
                _ = writer.field(.rows(fetch), [rows])
            } catch {
                let refusal = error as? WriteRefusal
                isForbidden = isForbidden || refusal?.isForbidden ?? false
                // The type of the field is not nullable, so nothing of the response is left.
                return Self.failed(error, field, isForbidden: isForbidden)
            }
        }
        writer.raw("}".utf8)
        if !writer.errors.isEmpty {
            writer.raw(",\"errors\":".utf8)
            writer.raw(JsonValue.array(writer.errors.map(\.json)).text.utf8)
        }
        writer.raw("}".utf8)
        return GraphQLResponse(
            body: writer.output.bytes, wasExecuted: true, isForbidden: isForbidden)
    }

    /// The rows of a mutation with one field.
    func rows(_ format: RowsFormat) async -> RowsResponse {
        do {
            guard let field = try request.rootFields().first else { return RowsResponse() }
            let (fetch, rows) = try await run(field)
            return GraphQLService.write(.rows(fetch), [rows], format)
        } catch let error as GraphQLErrors {
            return RowsResponse(errors: error.errors, failure: .request)
        } catch let refusal as WriteRefusal {
            return RowsResponse(
                errors: [Self.error(refusal.description)],
                failure: refusal.isForbidden ? .forbidden : .request)
        } catch {
            return RowsResponse(errors: [Self.error("\(error)")], failure: .store)
        }
    }

    private static func error(_ message: String) -> GraphQLError {
        GraphQLError(message, classification: "DataFetchingException")
    }

    private static func failed(
        _ error: any Error, _ field: SelectedField, isForbidden: Bool
    ) -> GraphQLResponse {
        let shown = GraphQLError(
            "\(error)", at: [field.location], path: [.field(field.responseKey)],
            classification: "DataFetchingException")
        let json = JsonValue.object([
            JsonMember("data", .null), JsonMember("errors", .array([shown.json])),
        ])
        return GraphQLResponse(
            body: Array(json.text.utf8), wasExecuted: true, isForbidden: isForbidden)
    }

    private func run(_ field: SelectedField) async throws -> (Fetch, FetchedRows) {
        guard let write = model.writes[field.name], let writes,
            let type = model.schema.types[write.type], let object = model.objects[write.type]
        else { throw WriteRefusal("the pipeline takes no rows of \"\(field.name)\"") }
        var compiler = FetchCompiler(model, request, caller, texts)
        let (output, columns) = try compiler.output(
            try request.fields(of: field, on: type), object,
            [.field(field.responseKey)], rows: 1)
        let given = Self.rows(field.arguments[write.argument] ?? .null)
        guard given.count <= Self.maximumRows else {
            throw WriteRefusal("a write has at most \(Self.maximumRows) rows")
        }
        let written = try await writes.write(
            write.plan.name, rows: given, claims: caller.claims)
        let width = max(1, columns.numbers.count)
        let values = written.rows.map { row in
            columns.numbers.isEmpty
                ? [StoreValue.integer(1)]
                : columns.numbers.map { StoreValue(row[$0], written.fields[$0].type.kind) }
        }
        let fetch = Fetch(
            key: FetchCompiler.key(field.responseKey), responseKey: field.responseKey,
            location: field.location, query: write.plan.name, sql: "", width: width, parameters: [],
            isList: write.plan.arity != .single, parentColumns: nil, output: output)
        return (
            fetch,
            FetchedRows(rows: RowSet(width: width, rows: values), groups: nil, children: [])
        )
    }

    private static let maximumRows = 10_000

    /// The rows of an argument, by the names of their columns.
    private static func rows(_ event: JsonValue) -> [[String: JsonValue]] {
        switch event {
        case .array(let items): items.flatMap(rows)
        case .object(let members):
            [Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }]
        default: []
        }
    }
}
