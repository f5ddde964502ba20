// Documents that have been parsed and validated.

import Synchronization
import WeirGraphQL

/// A document, and how its only operation is answered as soon as somebody has found out.
final class KnownDocument: Sendable {
    let document: GraphQLDocument
    /// `.some(nil)` when it has to be planned for each request.
    let template = Mutex<RequestTemplate??>(nil)

    init(_ document: GraphQLDocument) { self.document = document }
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
