// Rows that callers give, as input types (SQRL's names for them).

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirSQL

/// Collects the input types of tables that are written.
struct InputTypes {
    private(set) var types: [SchemaType] = []

    /// Whether callers can give values of a column.
    static func isPossible(_ column: Field) -> Bool {
        APIName.isShown(column.name) && isPossible(column.type.kind)
    }

    private static func isPossible(_ kind: DataType.Kind) -> Bool {
        switch kind {
        case .array(let element): isPossible(element.kind)
        case .row(let fields): fields.contains { isPossible($0) }
        case .multiset: false
        default: NestedTypes.scalar(kind) != nil
        }
    }

    /// Adds the type of a table's rows and gives its name.
    mutating func add(_ write: WritePlan) -> String {
        let name = "\(write.name)Input"
        let fields = write.inputs.map { write.source.columns[$0] }
        let values = fields.compactMap { field in
            value(field, path: "\(write.name)_\(field.name)", docs: write.documentation?.columns)
        }
        types.append(SchemaType(name, .input(values)))
        return name
    }

    private mutating func value(
        _ field: Field, path: String, docs: [(name: String, text: String)]?
    ) -> InputValue? {
        guard Self.isPossible(field), let type = type(field.type, path: path) else { return nil }
        let text = docs?.first { $0.name.lowercased() == field.name.lowercased() }?.text
        return InputValue(field.name, type, description: text)
    }

    private mutating func type(_ type: DataType, path: String) -> TypeReference? {
        let named: TypeReference?
        switch type.kind {
        case .array(let element): named = self.type(element, path: path).map { .list($0) }
        case .row(let fields):
            let name = path + "Input"
            let values = fields.compactMap { field in
                value(field, path: "\(path)_\(field.name)", docs: nil)
            }
            types.append(SchemaType(name, .input(values)))
            named = .named(name)
        default: named = NestedTypes.scalar(type.kind).map { .named($0) }
        }
        return named.map { type.isNullable ? $0 : .nonNull($0) }
    }
}
