// The API of a pipeline: its schema, and which query is behind each field.

import WeirColumnar
package import WeirGraphQL
package import WeirPlanner
import WeirSQL

/// How an API answers.
package struct APISettings: Sendable {
    /// Rows of a list when the caller does not say (`compiler.api.default-limit`).
    package var defaultLimit = 10
    /// Rows that a caller may ask of one list.
    package var maximumLimit = 10_000
    /// Rows that a request may come to by its limits.
    package var maximumRows = 100_000
    /// Lists inside of lists.
    package var maximumDepth = 12
    /// Whether BIGINT is `Long`; otherwise it is `Float` (`compiler.extended-scalar-types`).
    package var hasExtendedScalars = true
    /// Whether lists of the root say where they are among all rows
    /// (`compiler.api.paginated-results`).
    package var hasPages = false

    package init() {}
}

/// An object type with what is behind its fields.
struct APIObject: Sendable {
    let name: String
    /// Of its rows, in the order of every query of the type.
    let columns: [Field]
    /// Column numbers by field.
    var columnNumbers: [String: Int] = [:]
    /// Queries by field.
    var relationships: [String: APIQuery] = [:]
}

/// A query as a field.
struct APIQuery: Sendable {
    let query: StoreQuery
    /// The object type of its rows.
    let type: String
    /// The page of a caller who does not ask for one; nil when at most one row is read.
    let defaultLimit: Int?
    /// Otherwise it is one row or null.
    let isList: Bool
    let arguments: [QueryArgument]
    /// Whether its rows are inside of a page.
    var isPage = false
}

/// A table that is written, as a field.
struct APIWrite: Sendable {
    let plan: WritePlan
    /// The object type of what comes back.
    let type: String
    /// The argument with the rows.
    var argument = "event"
}

/// What is served.
package struct APIModel: Sendable {
    package let schema: GraphQLSchema
    package let settings: APISettings
    /// Root queries by field.
    let queries: [String: APIQuery]
    /// Root mutations by field.
    let writes: [String: APIWrite]
    /// Root subscriptions by field.
    let subscriptions: [String: APIQuery]
    /// Types of rows by name.
    let objects: [String: APIObject]
    /// Fields of objects inside of columns, by the name of their type.
    let nested: [String: [String: DataType]]
    /// Definitions that are not served, each with why.
    package let problems: [String]

    /// Whether there is anything to ask for.
    package var isEmpty: Bool { queries.isEmpty && writes.isEmpty && subscriptions.isEmpty }
    /// Whether it takes rows.
    package var hasWrites: Bool { !writes.isEmpty }

    /// Whether a root field has rows, in a page or not.
    func isList(_ field: SchemaField) -> Bool {
        if case .list = field.type.nullable { return true }
        return queries[field.name]?.isPage ?? false
    }

    package init(_ plan: StreamPlan, settings: APISettings = APISettings()) {
        var builder = APIModelBuilder(settings)
        builder.add(plan)
        self = builder.model
    }

    init(
        schema: GraphQLSchema, settings: APISettings, queries: [String: APIQuery],
        writes: [String: APIWrite], subscriptions: [String: APIQuery],
        objects: [String: APIObject], nested: [String: [String: DataType]], problems: [String]
    ) {
        self.schema = schema
        self.settings = settings
        self.queries = queries
        self.writes = writes
        self.subscriptions = subscriptions
        self.objects = objects
        self.nested = nested
        self.problems = problems
    }
}
