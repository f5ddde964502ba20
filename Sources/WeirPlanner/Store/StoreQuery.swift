// What an API asks of the store: tables, functions, relationships, subscriptions.

package import WeirColumnar
package import WeirSQL

/// An argument of a query.
package struct QueryArgument: Sendable {
    package enum Origin: Sendable {
        /// The caller gives it.
        case caller
        /// The caller may leave it out; it is NULL then.
        case optional
        /// A claim of the caller's token, e.g. `auth.userId`.
        case metadata(String)
        /// Computed from the arguments before it, in the query itself.
        case computed(BoundExpression)
        /// A column of the row that a relationship starts from.
        case parent(column: String)
        /// The caller asks for the rows that have this value in a column. What may be left out
        /// is no condition then.
        case filter(column: Int, isRequired: Bool)
    }

    package let name: String
    package let type: DataType
    package let origin: Origin
    /// The parameter of the query's SQL.
    package let parameter: String

    init(name: String, type: DataType, origin: Origin) {
        self.name = name
        self.type = type
        self.origin = origin
        parameter = StoreExpression.parameter(name.lowercased())
    }

    /// Whether callers see it.
    package var isShown: Bool {
        switch origin {
        case .caller, .optional, .filter: true
        case .metadata, .computed, .parent: false
        }
    }

    /// Whether callers have to give it, and not as null.
    package var isRequired: Bool {
        switch origin {
        case .caller: true
        case .filter(_, let isRequired): isRequired && !type.isNullable
        case .optional, .metadata, .computed, .parent: false
        }
    }
}

/// A function, a relationship or the access of a table, as one statement.
package struct StoreQuery: Sendable {
    package enum Kind: Sendable, Equatable {
        /// The rows of a table; one that is not listed is only reached from others.
        case table(isListed: Bool)
        case function
        /// From a row of a table to rows of another.
        case relationship(parent: String)
        /// Rows as they come in.
        case subscription

        /// For programs.
        package var word: String {
            switch self {
            case .table: "access"
            case .function: "function"
            case .relationship: "relationship"
            case .subscription: "subscription"
            }
        }
    }

    package let name: String
    package let kind: Kind
    package let arguments: [QueryArgument]
    package let columns: [Field]
    /// Tables and views that it reads.
    package let reads: [String]
    /// A LIMIT of the definition: the default of the caller's.
    package let limit: Int?
    package let documentation: Documentation?
    package let span: Span
    /// The table whose rows its rows are; nil when they are rows of its own.
    package var base: String?
    /// How the rows are selected; nil for subscriptions.
    package let select: StoreSelect?
    /// The plan, for the choice of indexes; nil for SQL that is passed through.
    let plan: LogicalPlan?
    /// How old an answer may be (s; SQRL's hint `cache`); nil for one that is read each time.
    package var cacheSeconds: Double?

    /// The column with the event time of its rows.
    package var rowtime: Int?
    /// Behind its name: what counting its rows costs, for pages.
    package static let totalsSuffix = " (totals)"

    /// Whether a single step of it may take long, as that of a pattern of the caller's on a long text:
    /// SQLite looks at the time between steps only.
    package var hasLongSteps: Bool {
        kind == .function && (plan?.hasLongSteps ?? true)
    }

    /// All columns and rows; parameters are `:name`. Empty for subscriptions.
    package var sql: String { kind == .subscription ? "" : select?.sql(limit: limit) ?? "" }

    /// Whether it is SQL of the script's author, which reads the views for people.
    package var isPassthrough: Bool { select?.isPassthrough ?? false }

    /// Whether there is at most one row by its definition.
    package var isSingle: Bool { (limit ?? .max) <= 1 }
}
