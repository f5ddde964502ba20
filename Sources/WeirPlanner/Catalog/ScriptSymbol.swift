// What a script defines, for editors.

package import WeirColumnar
package import WeirSQL

/// A table, a function or a relationship with its place.
package struct ScriptSymbol: Sendable {
    package enum Kind: String, Sendable {
        case table
        case function
        case relationship
    }

    package let name: String
    package let kind: Kind
    package let columns: [Field]
    /// Of functions and relationships.
    package let arguments: [QueryArgument]
    /// Where it is defined.
    package let span: Span
}

extension ScriptBinder {
    var symbols: [ScriptSymbol] {
        let found = tables.values.map { table in
            ScriptSymbol(
                name: table.name, kind: .table, columns: table.relation.columns, arguments: [],
                span: table.span)
        }
        let asked = queries.compactMap { query -> ScriptSymbol? in
            switch query.kind {
            case .function:
                ScriptSymbol(
                    name: query.name, kind: .function, columns: query.columns,
                    arguments: query.arguments, span: query.span)
            case .relationship:
                ScriptSymbol(
                    name: query.name, kind: .relationship, columns: query.columns,
                    arguments: query.arguments, span: query.span)
            case .subscription, .table: nil
            }
        }
        return (found + asked).sorted { $0.name < $1.name }
    }
}
