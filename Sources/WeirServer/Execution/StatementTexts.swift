// The texts of statements, made once.

import Synchronization
import WeirPlanner

/// Remembers the SQL of requests.
final class StatementTexts: Sendable {
    private struct Key: Hashable {
        let query: String
        let request: StoreSelect.Request
        let isBatched: Bool
    }

    private let texts = Mutex<[Key: String]>([:])
    private static let maximum = 4000

    /// - Parameter keys: the columns that a relationship starts from; nil for a root field.
    func sql(
        _ query: StoreQuery, _ select: StoreSelect, _ request: StoreSelect.Request,
        keys: [String]?
    ) -> String {
        let key = Key(query: query.name, request: request, isBatched: keys != nil)
        if let known = texts.withLock({ $0[key] }) { return known }
        let made =
            keys.map { select.batched(request, keys: $0.map { $0.lowercased() }) }
            ?? select.sql(request)
        texts.withLock { texts in
            if texts.count >= Self.maximum { texts.removeAll() }
            texts[key] = made
        }
        return made
    }
}
