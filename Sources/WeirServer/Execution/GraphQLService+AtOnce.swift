// Answers on the event loop that a request came in on: of documents that have been planned, and only
// when SQLite takes a moment.

import WeirColumnar
import WeirGraphQL
import WeirStore

extension GraphQLService {
    /// Longer answers are written by tasks, which wait for the client to take them, and compressed there.
    private static let maximumBytes = 64 << 10
    private static let maximumStatements = 4

    /// The response to a query; nil when it has to be made by a task.
    func answerAtOnce(to parameters: GraphQLParameters, caller: Caller) -> GraphQLResponse? {
        guard let (known, prepared) = planned(parameters, caller) else { return nil }
        let key = prepared.cacheSeconds.map { _ in ResultCache.Key(parameters, caller) }
        if let key, let kept = cache.answer(key) {
            guard isShort(kept.body, known) else { return nil }
            return GraphQLResponse(body: kept.body, wasExecuted: true)
        }
        let made = attempt(known, prepared) { connection in
            try Self.written(prepared, connection)
        }
        guard let made, !made.hasErrors, isShort(made.bytes, known) else { return nil }
        if let key, let seconds = prepared.cacheSeconds {
            cache.keep(made.bytes, count: 0, key, seconds: seconds)
        }
        return GraphQLResponse(body: made.bytes, wasExecuted: true)
    }

    /// The rows of an operation; nil when they have to be read by a task.
    func rowsAtOnce(
        of operation: APIOperation, variables: [JsonMember], caller: Caller, format: RowsFormat
    ) -> RowsResponse? {
        let parameters = parameters(operation, .object(variables))
        guard let (known, prepared) = planned(parameters, caller),
            let root = prepared.reads.first
        else { return nil }
        let key = prepared.cacheSeconds.map { _ in ResultCache.Key(parameters, caller, format) }
        if let key, let kept = cache.answer(key) {
            guard isShort(kept.body, known) else { return nil }
            return RowsResponse(
                body: kept.body, count: kept.count, hasMore: kept.hasMore,
                cacheSeconds: prepared.cacheSeconds)
        }
        let made = attempt(known, prepared) { connection in
            Self.write(root, try root.fetches.map { try $0.run(connection) }, format)
        }
        guard var made, made.errors.isEmpty, isShort(made.body, known) else { return nil }
        if let key, let seconds = prepared.cacheSeconds {
            cache.keep(
                made.body, count: made.count, hasMore: made.hasMore, key, seconds: seconds)
            made.cacheSeconds = seconds
        }
        return made
    }

    private func planned(
        _ parameters: GraphQLParameters, _ caller: Caller
    ) -> (KnownDocument, PreparedRequest)? {
        guard let known = documents.known(parameters.query), known.isQuick(),
            let template = known.template(for: parameters), template.isQuick,
            let prepared = try? template.prepared(parameters.variables, model, caller, texts),
            prepared.errors.isEmpty, prepared.fetches.count <= Self.maximumStatements
        else { return nil }
        return (known, prepared)
    }

    private func attempt<Result>(
        _ known: KnownDocument, _ prepared: PreparedRequest,
        _ body: (ServingConnection) throws -> Result
    ) -> Result? {
        do {
            return try pool.readAtOnce(isOne: prepared.isOne, body)
        } catch {
            // The task that asks again says what is wrong.
            known.wasLong()
            return nil
        }
    }

    private func isShort(_ bytes: [UInt8], _ known: KnownDocument) -> Bool {
        if bytes.count <= Self.maximumBytes { return true }
        known.wasLong()
        return false
    }
}
