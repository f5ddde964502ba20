// Documents that have been parsed and validated.

import Synchronization
import WeirGraphQL

/// A document, and how its only operation is answered as soon as somebody has found out.
final class KnownDocument: Sendable {
    let document: GraphQLDocument
    /// `.some(nil)` when it has to be planned for each request.
    let template = Mutex<RequestTemplate??>(nil)
    /// Requests that are not tried on the event loop.
    private let skipped = Atomic(0)
    private static let skippedAfterLong = 64

    init(_ document: GraphQLDocument) { self.document = document }

    /// Its template, when that is of the operation that is asked for.
    func template(for parameters: GraphQLParameters) -> RequestTemplate? {
        guard case .some(.some(let template)) = template.withLock({ $0 }),
            parameters.operationName == nil
                || parameters.operationName == document.operations.first?.name
        else { return nil }
        return template
    }

    /// Whether the next request may be tried on the event loop.
    func isQuick() -> Bool {
        guard skipped.load(ordering: .relaxed) > 0 else { return true }
        skipped.subtract(1, ordering: .relaxed)
        return false
    }

    /// It could not be answered on the event loop; the next ones are not tried.
    func wasLong() { skipped.store(Self.skippedAfterLong, ordering: .relaxed) }
}

/// Clients send the same few documents again and again, with other variables.
final class DocumentCache: Sendable {
    private struct Entries {
        /// By their bytes: Swift takes texts with other spellings of an accent for equal.
        var documents: [[UInt8]: KnownDocument] = [:]
        var bytes = 0
    }

    private let entries = Mutex(Entries())
    private static let maximumDocuments = 1000
    private static let maximumBytes = 1 << 20
    private static let maximumDocument = 32 << 10

    /// A document that was asked for before.
    func known(_ text: String) -> KnownDocument? {
        let bytes = Array(text.utf8)
        return entries.withLock { $0.documents[bytes] }
    }

    /// - Throws: what is wrong with the text.
    func document(
        _ text: String, _ schema: GraphQLSchema
    ) throws(GraphQLErrors) -> KnownDocument {
        let bytes = Array(text.utf8)
        if let known = entries.withLock({ $0.documents[bytes] }) { return known }
        let document: GraphQLDocument
        do throws(GraphQLError) {
            document = try GraphQLDocument.request(bytes)
        } catch {
            throw GraphQLErrors(errors: [error])
        }
        let errors = schema.validate(document)
        guard errors.isEmpty else { throw GraphQLErrors(errors: errors) }
        // What it takes in memory is many times its text; a large one is not worth it.
        let size = bytes.count
        let known = KnownDocument(document)
        guard size <= Self.maximumDocument else { return known }
        entries.withLock { entries in
            if entries.documents.count >= Self.maximumDocuments
                || entries.bytes + size > Self.maximumBytes
            {
                entries = Entries()
            }
            if entries.documents.updateValue(known, forKey: bytes) == nil {
                entries.bytes += size
            }
        }
        return known
    }
}
