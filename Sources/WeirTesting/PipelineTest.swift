// A test: something to ask the API, and where its snapshot is.

/// One test of a project.
package struct PipelineTest: Sendable {
    package enum Kind: Sendable {
        /// A document for `/v1/graphql`.
        case mutation(String)
        case subscription(String)
        case query(String)
        /// Requests of HTTP, one after the other.
        case requests([HTTPMessage])
        /// All rows of a table with the hint `test`.
        case table(isOrdered: Bool)
        /// A table that is to have no rows.
        case emptyTable

        /// As reports show it.
        package var word: String {
            switch self {
            case .mutation: "mutation"
            case .subscription: "subscription"
            case .query: "query"
            case .requests: "requests"
            case .table: "table"
            case .emptyTable: "no rows"
            }
        }
    }

    /// Of the file without its ending, or of the table.
    package let name: String
    package let kind: Kind
    /// Of the test itself, behind those of all tests.
    package var headers: [(name: String, value: String)] = []
}

/// What is wrong with the tests themselves.
package struct TestProblem: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
