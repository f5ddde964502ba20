// Answers GraphQL requests, and operations made of them, from the store.

import Synchronization
import WeirColumnar
package import WeirEngine
package import WeirGraphQL
import WeirPlanner
package import WeirStore

/// A response with what HTTP needs to know of it.
package struct GraphQLResponse: Sendable {
    /// JSON.
    package let body: [UInt8]
    /// Whether the request was fine as such, whatever became of its fields.
    package let wasExecuted: Bool
    /// Whether the caller may not ask this (HTTP 403).
    package var isForbidden = false
}

/// How the rows of an operation are written.
enum RowsFormat: Sendable {
    /// `{"data":…}`
    case data
    case value
    case lines
    case csv
}

/// The rows of an operation.
struct RowsResponse: Sendable {
    enum Failure: Sendable {
        /// Something is wrong with what was asked.
        case request
        case forbidden
        case overload
        case deadline
        case store

        init(_ error: any Error) {
            switch error as? ServingError {
            case .busy: self = .overload
            case .deadline: self = .deadline
            case .tooLarge: self = .request
            default: self = .store
            }
        }
    }

    var body: [UInt8] = []
    /// Rows of the list.
    var count = 0
    /// Whether there are rows behind them; nil when nobody has looked.
    var hasMore: Bool?
    var errors: [GraphQLError] = []
    var failure: Failure?
    /// How old the answer may be (s); nil for one that is read each time.
    var cacheSeconds: Double?
}

package final class GraphQLService: Sendable {
    package let model: APIModel
    let pool: ServingPool
    /// Nil when the pipeline takes no writes.
    private let writes: WriteService?
    let documents = DocumentCache()
    let texts = StatementTexts()
    let cache = ResultCache()

    package init(_ model: APIModel, _ pool: ServingPool, writes: WriteService? = nil) {
        self.writes = writes
        self.model = model
        self.pool = pool
    }

    func request(
        _ parameters: GraphQLParameters
    ) throws(GraphQLErrors) -> GraphQLRequest {
        try request(documents.document(parameters.query, model.schema), parameters)
    }

    private func request(
        _ known: KnownDocument, _ parameters: GraphQLParameters
    ) throws(GraphQLErrors) -> GraphQLRequest {
        try GraphQLRequest(
            known.document, schema: model.schema, operationName: parameters.operationName,
            variables: parameters.variables)
    }

    /// A request that reads, from the template of its document if it has one.
    ///
    /// - Returns: the request alone when it does not read.
    private func prepared(
        _ parameters: GraphQLParameters, _ caller: Caller
    ) throws(GraphQLErrors) -> (PreparedRequest?, GraphQLRequest?) {
        let known = try documents.document(parameters.query, model.schema)
        if let template = known.template(for: parameters) {
            return (try template.prepared(parameters.variables, model, caller, texts), nil)
        }
        let request = try request(known, parameters)
        guard request.operation.kind == .query else { return (nil, request) }
        if known.template.withLock({ $0 == nil }) {
            let made = RequestTemplate(request, known.document, model, texts)
            known.template.withLock { $0 = .some(made) }
        }
        return (try PreparedRequest(request, model, caller, texts), request)
    }

    // MARK: GraphQL

    /// Executes a query or a mutation.
    ///
    /// - Parameter isReading: whether a mutation is refused, as for a GET.
    package func respond(
        to parameters: GraphQLParameters, caller: Caller, isReading: Bool = false
    ) async -> GraphQLResponse {
        do {
            let (prepared, request) = try prepared(parameters, caller)
            if let prepared {
                return GraphQLResponse(
                    body: await body(prepared, parameters, caller), wasExecuted: true,
                    isForbidden: prepared.isForbidden)
            }
            switch request?.operation.kind {
            case .mutation where isReading:
                throw Self.refusal("A mutation is sent by POST.")
            case .mutation:
                guard let request else { throw Self.refusal("There is no operation.") }
                return try await MutationRunner(
                    model: model, request: request, caller: caller, writes: writes, texts: texts
                ).run()
            case .subscription, .query, nil:
                throw Self.refusal("A subscription is not answered by one response.")
            }
        } catch {
            let errors = (error as? GraphQLErrors)?.errors
            return Self.failed(
                errors ?? [GraphQLError("\(error)", classification: "DataFetchingException")])
        }
    }

    private static func refusal(_ message: String) -> GraphQLErrors {
        GraphQLErrors(errors: [GraphQLError(message, classification: "ValidationError")])
    }

    private func body(
        _ prepared: PreparedRequest, _ parameters: GraphQLParameters, _ caller: Caller
    ) async -> [UInt8] {
        guard let seconds = prepared.cacheSeconds else { return await body(prepared).bytes }
        let key = ResultCache.Key(parameters, caller)
        if let known = cache.answer(key) { return known.body }
        let made = await body(prepared)
        // What has an error is asked again.
        if !made.hasErrors { cache.keep(made.bytes, count: 0, key, seconds: seconds) }
        return made.bytes
    }

    typealias Written = (bytes: [UInt8], hasErrors: Bool)

    private func body(_ prepared: PreparedRequest) async -> Written {
        guard !prepared.reads.isEmpty else { return Self.write(prepared, []) { _ in nil } }
        do {
            return try await pool.read(isOne: prepared.isOne) { connection in
                try Self.written(prepared, connection)
            }
        } catch {
            return Self.write(prepared, prepared.reads.map { Self.failure(error, $0) }) { _ in nil }
        }
    }

    /// Reads what is asked and writes it.
    ///
    /// - Throws: `ServingError.overBudget`; what else goes wrong is an error of the response.
    static func written(
        _ prepared: PreparedRequest, _ connection: ServingConnection
    ) throws -> Written {
        var failures: [GraphQLError] = []
        var found: [[FetchedRows]?] = []
        for read in prepared.reads {
            do {
                found.append(try read.fetches.map { try $0.run(connection) })
            } catch ServingError.overBudget {
                throw ServingError.overBudget
            } catch {
                failures.append(failure(error, read))
                found.append(nil)
            }
        }
        return write(prepared, failures) { found[$0] }
    }

    private static func failure(_ error: any Error, _ read: RootRead) -> GraphQLError {
        GraphQLError(
            "\(error)", at: [read.location], path: [.field(read.responseKey)],
            classification: "DataFetchingException")
    }

    /// - Parameter rows: those of each root field that is read, by its number; nil when it failed.
    private static func write(
        _ prepared: PreparedRequest, _ failures: [GraphQLError], _ rows: (Int) -> [FetchedRows]?
    ) -> Written {
        var writer = ResponseWriter()
        (prepared.errors + failures).forEach { writer.add($0) }
        writer.raw("{\"data\":".utf8)
        let start = writer.output.count
        writer.raw("{".utf8)
        var isWhole = true
        var number = 0
        for (place, part) in prepared.parts.enumerated() {
            if place > 0 { writer.raw(",".utf8) }
            switch part {
            case .ready(let bytes): writer.raw(bytes)
            case .null(let key, let isNonNull):
                writer.raw(key)
                writer.raw("null".utf8)
                isWhole = isWhole && !isNonNull
            case .read(let read):
                if let found = rows(number) {
                    isWhole = writer.field(read, found) && isWhole
                } else {
                    writer.raw(read.key)
                    writer.raw("null".utf8)
                    isWhole = isWhole && !read.isNonNull
                }
                number += 1
            }
        }
        writer.raw("}".utf8)
        if !isWhole { writer.replace(from: start, with: "null") }
        if !writer.errors.isEmpty {
            writer.raw(",\"errors\":".utf8)
            writer.raw(JsonValue.array(writer.errors.map(\.json)).text.utf8)
        }
        writer.raw("}".utf8)
        return (writer.output.bytes, !writer.errors.isEmpty)
    }

    /// The response of a request that is not executed.
    package static func failed(_ errors: [GraphQLError]) -> GraphQLResponse {
        let json = JsonValue.object([JsonMember("errors", .array(errors.map(\.json)))])
        return GraphQLResponse(body: Array(json.text.utf8), wasExecuted: false)
    }

    // MARK: Subscriptions

    /// The number of the last event of a subscription; 0 when there was none.
    func lastEvent(of query: APIQuery) async throws -> Int64 {
        guard let table = query.query.reads.first else { return 0 }
        return try await pool.read(isOne: true) { connection in
            let rows = try connection.rows(
                "SELECT max(_rowid_) FROM \(StoreSelect.dataName(of: table))", width: 1,
                parameters: [])
            guard rows.count == 1, rows.cell(0, 0).kind == .integer else { return 0 }
            return rows.cell(0, 0).integer
        }
    }

    /// The events behind a number, each as a response.
    func events(_ fetch: Fetch, after: Int64, most: Int) async throws -> [LiveEvent] {
        var asked = fetch
        asked.parameters += [
            (StoreSelect.afterParameter, .integer(after)),
            (StoreSelect.limitParameter, .integer(Int64(most))),
            (StoreSelect.offsetParameter, .integer(0)),
        ]
        let request = asked
        return try await pool.read(isOne: request.statements == 1) { connection in
            let rows = try request.run(connection)
            return (0..<rows.rows.count).map { row in
                var writer = ResponseWriter()
                writer.raw("{\"data\":{".utf8)
                writer.row(request, rows, row)
                writer.raw("}".utf8)
                if !writer.errors.isEmpty {
                    writer.raw(",\"errors\":".utf8)
                    writer.raw(JsonValue.array(writer.errors.map(\.json)).text.utf8)
                }
                writer.raw("}".utf8)
                return LiveEvent(
                    number: rows.rows.cell(row, request.width - 1).integer,
                    body: writer.output.bytes)
            }
        }
    }

    // MARK: Operations

    /// Executes an operation, which reads or writes.
    func rows(
        of operation: APIOperation, variables: [JsonMember], caller: Caller, format: RowsFormat
    ) async -> RowsResponse {
        guard operation.isWrite else {
            return await read(operation, variables: .object(variables), caller: caller, format)
        }
        let parsed: GraphQLRequest
        do throws(GraphQLErrors) {
            parsed = try request(parameters(operation, .object(variables)))
        } catch {
            return RowsResponse(errors: error.errors, failure: .request)
        }
        return await MutationRunner(
            model: model, request: parsed, caller: caller, writes: writes, texts: texts
        ).rows(format)
    }

    func parameters(
        _ operation: APIOperation, _ variables: JsonValue
    ) -> GraphQLParameters {
        GraphQLParameters(
            query: operation.document, operationName: operation.operationName,
            variables: variables)
    }

    /// Executes a document with one root field and gives its rows.
    private func read(
        _ operation: APIOperation, variables: JsonValue, caller: Caller, _ format: RowsFormat
    ) async -> RowsResponse {
        let prepared: PreparedRequest
        do throws(GraphQLErrors) {
            guard let found = try self.prepared(parameters(operation, variables), caller).0 else {
                throw Self.refusal("'\(operation.name)' does not read.")
            }
            prepared = found
        } catch {
            return RowsResponse(errors: error.errors, failure: .request)
        }
        guard prepared.errors.isEmpty, let root = prepared.reads.first else {
            return RowsResponse(
                errors: prepared.errors, failure: prepared.isForbidden ? .forbidden : .request)
        }
        let key = prepared.cacheSeconds.map { _ in
            ResultCache.Key(parameters(operation, variables), caller, format)
        }
        if let key, let known = cache.answer(key) {
            return RowsResponse(
                body: known.body, count: known.count, hasMore: known.hasMore,
                cacheSeconds: prepared.cacheSeconds)
        }
        do {
            var found = try await pool.read(isOne: prepared.isOne) { connection in
                Self.write(root, try root.fetches.map { try $0.run(connection) }, format)
            }
            if let key, let seconds = prepared.cacheSeconds, found.errors.isEmpty {
                cache.keep(
                    found.body, count: found.count, hasMore: found.hasMore, key, seconds: seconds)
                found.cacheSeconds = seconds
            }
            return found
        } catch {
            return RowsResponse(errors: [Self.failure(error, root)], failure: .init(error))
        }
    }

    static func write(
        _ root: RootRead, _ found: [FetchedRows], _ format: RowsFormat
    ) -> RowsResponse {
        var writer = ResponseWriter()
        let rows = root.rows.map { (root.fetches[$0], found[$0]) }
        switch (format, rows) {
        case (.data, _):
            writer.raw("{\"data\":".utf8)
            writer.value(root, found)
            writer.raw("}".utf8)
        case (.value, _): writer.value(root, found)
        case (.lines, let (fetch, rows)?): writer.lines(fetch, rows)
        case (.csv, let (fetch, rows)?): writer.raw(CSVWriter.bytes(fetch, rows))
        case (.lines, nil), (.csv, nil): break
        }
        let hasMore = rows.flatMap { fetch, rows in fetch.shown.map { rows.rows.count > $0 } }
        return RowsResponse(
            body: writer.output.bytes, count: rows.map { $0.1.rows(shownBy: $0.0).count } ?? 0,
            hasMore: hasMore,
            errors: writer.errors, failure: writer.errors.isEmpty ? nil : .store)
    }
}
