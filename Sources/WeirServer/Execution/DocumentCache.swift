// Documents that have been parsed and validated.

import Synchronization
import WeirGraphQL

/// Clients send the same few documents again and again, with other variables.
final class DocumentCache: Sendable {
    private struct Entries {
        var documents: [String: GraphQLDocument] = [:]
        var bytes = 0
    }

    private let entries = Mutex(Entries())
    private static let maximumDocuments = 1000
    private static let maximumBytes = 8 << 20

    /// - Throws: what is wrong with the text.
    func document(
        _ text: String, _ schema: GraphQLSchema
    ) throws(GraphQLErrors) -> GraphQLDocument {
        if let known = entries.withLock({ $0.documents[text] }) { return known }
        let document: GraphQLDocument
        do throws(GraphQLError) {
            document = try GraphQLDocument.request(Array(text.utf8))
        } catch {
            throw GraphQLErrors(errors: [error])
        }
        let errors = schema.validate(document)
        guard errors.isEmpty else { throw GraphQLErrors(errors: errors) }
        let size = text.utf8.count
        entries.withLock { entries in
            if entries.documents.count >= Self.maximumDocuments
                || entries.bytes + size > Self.maximumBytes
            {
                entries = Entries()
            }
            if entries.documents.updateValue(document, forKey: text) == nil {
                entries.bytes += size
            }
        }
        return document
    }
}
