// Documents that ask for all that a query has.

import WeirGraphQL
import WeirPlanner

extension APIModel {
    /// Asks for the rows of a table with all columns, without relationships: by pages, with the
    /// variables `limit` and `offset`, unless its definition says how many there are.
    ///
    /// - Returns: nil when there is no such query, or it has arguments that have to be given.
    package func rows(of name: String) -> String? {
        guard let field = schema.rootType(.query)?.fields.first(where: { $0.name == name }),
            let query = queries[name],
            !field.arguments.contains(where: \.isRequired)
        else { return nil }
        let columns = selection(of: field.type.name, leavingOut: objects[query.type])
        guard !columns.isEmpty else { return nil }
        guard query.defaultLimit != nil, query.query.limit == nil else {
            return "{ \(name) { \(columns) } }"
        }
        return """
            query($limit: Int, $offset: Int) {
              \(name)(limit: $limit, offset: $offset) { \(columns) }
            }
            """
    }

    private func selection(of type: String, leavingOut object: APIObject?) -> String {
        guard let type = schema.types[type] else { return "" }
        let texts = type.fields.compactMap { field -> String? in
            if object?.relationships[field.name] != nil { return nil }
            guard schema.types[field.type.name]?.isComposite ?? false else { return field.name }
            let inner = selection(of: field.type.name, leavingOut: nil)
            return inner.isEmpty ? nil : "\(field.name) { \(inner) }"
        }
        return texts.joined(separator: " ")
    }
}
