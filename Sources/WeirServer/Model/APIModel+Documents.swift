// Documents that ask for all that a query has.

package import WeirColumnar
package import WeirGraphQL
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
        let columns = selection(of: field, query)
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

    /// Documents that ask for each query, and write to each table, as they are meant.
    ///
    /// - Parameter sample: a value for an argument or a field of an input of a query; nil for one of
    ///   its type.
    package func examples(
        sample: (_ query: String, InputValue) -> JsonValue?
    ) -> [(name: String, isWrite: Bool, document: String)] {
        var result: [(name: String, isWrite: Bool, document: String)] = []
        for (kind, word) in [(OperationKind.query, ""), (.mutation, "mutation ")] {
            for field in schema.rootType(kind)?.fields ?? [] {
                let columns = selection(of: field, queries[field.name])
                guard !columns.isEmpty else { continue }
                let given = field.arguments.filter(\.isRequired).map { argument -> String in
                    let value = literal(argument, argument.type) { sample(field.name, $0) }
                    return "\(argument.name): \(value)"
                }
                let list = given.isEmpty ? "" : "(\(given.joined(separator: ", ")))"
                result.append(
                    (
                        field.name, kind == .mutation,
                        "\(word){\n  \(field.name)\(list) {\n    \(columns)\n  }\n}\n"
                    ))
            }
        }
        return result
    }

    /// The name of the column that an argument of a query has to be equal to, if it is one.
    package func column(comparedWith argument: String, of query: String) -> String? {
        queries[query]?.query.comparedColumns[argument.lowercased()]
    }

    /// A value as it is written in a document.
    private func literal(
        _ value: InputValue, _ type: TypeReference, _ sample: (InputValue) -> JsonValue?
    ) -> String {
        switch type.nullable {
        case .list(let inner): return "[\(literal(value, inner, sample))]"
        case .named(let name):
            switch schema.types[name]?.kind {
            case .input(let fields)?:
                let inner = fields.filter(\.isRequired).map { field in
                    "\(field.name): \(literal(field, field.type, sample))"
                }
                return "{\(inner.joined(separator: ", "))}"
            case .enumeration(let values)?: return values.first?.name ?? "null"
            default: break
            }
            if let known = sample(value), known.isScalar { return known.text }
            return switch name {
            case "Int", "Long", "Float": "1"
            case "Boolean": "true"
            case "Date": "\"2026-01-31\""
            case "DateTime": "\"2026-01-31T12:00:00.000Z\""
            case "LocalTime": "\"12:00:00\""
            default: "\"a\""
            }
        case .nonNull: return "null"
        }
    }

    /// All of a root field; of a page all of its rows and what is told of it.
    private func selection(of field: SchemaField, _ query: APIQuery?) -> String {
        guard let query, query.isPage, let page = schema.types[field.type.name] else {
            return selection(of: field.type.name, leavingOut: objects[field.type.name])
        }
        let texts = page.fields.compactMap { inner -> String? in
            let columns = selection(of: inner.type.name, leavingOut: objects[inner.type.name])
            return columns.isEmpty ? nil : "\(inner.name) { \(columns) }"
        }
        return texts.joined(separator: " ")
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
