// Arguments of fields as parameters of statements, and the limits of a request.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// What is wrong with one field of a request before it is read.
struct FieldProblem: Error {
    let error: GraphQLError
    var isForbidden = false

    init(
        _ message: String, _ field: SelectedField, _ path: [GraphQLError.PathStep],
        isForbidden: Bool = false
    ) {
        error = GraphQLError(
            message, at: [field.location], path: path, classification: "DataFetchingException")
        self.isForbidden = isForbidden
    }
}

/// Reads the arguments of the fields of one request.
struct FieldValues {
    private let settings: APISettings
    private let caller: Caller
    /// Rows that the request may come to by its limits, so far.
    private var rows = 0

    init(_ settings: APISettings, _ caller: Caller) {
        self.settings = settings
        self.caller = caller
    }

    /// The parameters of a field's statement, and how many rows it may come to by its limit.
    ///
    /// - Throws: `FieldProblem`.
    mutating func read(
        _ field: SelectedField, _ arguments: NamedValues, _ query: APIQuery,
        path: [GraphQLError.PathStep], parentRows: Int
    ) throws -> (parameters: [(name: String, value: StoreValue)], rows: Int) {
        var parameters = try parameters(field, arguments, query, path: path)
        let (limit, offset) = try bounds(field, arguments, query, path: path)
        let expected =
            query.defaultLimit == nil
            ? parentRows : parentRows.multipliedReportingOverflow(by: limit).partialValue
        parameters.append((StoreSelect.limitParameter, .integer(Int64(limit))))
        parameters.append((StoreSelect.offsetParameter, .integer(Int64(offset))))
        rows += expected
        guard expected >= 0, rows <= settings.maximumRows else {
            throw FieldProblem(
                "The request may come to more than \(settings.maximumRows) rows; ask for smaller"
                    + " pages.", field, path)
        }
        return (parameters, expected)
    }

    /// The parameters without those of the page.
    func parameters(
        _ field: SelectedField, _ arguments: NamedValues, _ query: APIQuery,
        path: [GraphQLError.PathStep]
    ) throws -> [(name: String, value: StoreValue)] {
        do throws(ArgumentProblem) {
            return try ArgumentValues.parameters(query.query, given: arguments, caller: caller)
        } catch {
            throw FieldProblem(error.message, field, path, isForbidden: error.isForbidden)
        }
    }

    /// The page of a list; one row of what is no list.
    func bounds(
        _ field: SelectedField, _ arguments: NamedValues, _ query: APIQuery,
        path: [GraphQLError.PathStep]
    ) throws -> (limit: Int, offset: Int) {
        guard let least = query.defaultLimit else { return (1, 0) }
        let limit = try page(field, arguments, "limit", path) ?? least
        guard limit <= settings.maximumLimit else {
            throw FieldProblem("\"limit\" is at most \(settings.maximumLimit).", field, path)
        }
        return (limit, try page(field, arguments, "offset", path) ?? 0)
    }

    /// A number of rows that the caller gave.
    private func page(
        _ field: SelectedField, _ arguments: NamedValues, _ name: String,
        _ path: [GraphQLError.PathStep]
    ) throws -> Int? {
        guard case .number(let digits)? = arguments[name] else { return nil }
        guard let value = Int(digits), value >= 0 else {
            throw FieldProblem("\"\(name)\" must not be negative.", field, path)
        }
        return value
    }
}
