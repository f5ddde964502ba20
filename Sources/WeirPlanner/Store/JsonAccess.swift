// Fields of rows and elements of arrays and maps in the store, where they are JSON text.

import WeirColumnar
import WeirSQL

enum JsonAccess {
    /// `json_extract` with the path of the field or element, brought to its type.
    static func sql(
        _ expression: BoundExpression, _ writer: StoreExpression
    ) throws(StoreRefusal) -> String {
        var operand = expression
        var path = ""
        while true {
            switch operand.node {
            case .field(let inner, let index):
                guard case .row(let fields) = inner.type.kind, fields.indices.contains(index) else {
                    throw StoreRefusal("this field is not read in the store", operand.span)
                }
                path = step(fields[index].name) + path
                operand = inner
            case .element(let inner, let key):
                path = try step(key, of: inner) + path
                operand = inner
            default:
                let container = try writer.sql(operand)
                let json = "json_extract(\(container), \(StoreExpression.quoted("$" + path)))"
                return value(json, expression.type.kind)
            }
        }
    }

    private static func step(_ name: String) -> String {
        ".\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private static func step(
        _ key: BoundExpression, of container: BoundExpression
    ) throws(StoreRefusal) -> String {
        guard case .literal(let scalar) = key.node else {
            throw StoreRefusal(
                "an element at a computed position is not read in the store", key.span)
        }
        switch (container.type.kind, scalar) {
        case (.array, .int64(let index)) where index > 0: return "[\(index - 1)]"
        case (.map, .bytes(let bytes)): return step(String(decoding: bytes, as: UTF8.self))
        case (.map, .int64(let number)): return step(String(number))
        default: throw StoreRefusal("this element is not read in the store", key.span)
        }
    }

    /// Whether a position or key can stand in a path of SQLite: those have no escapes.
    static func canReach(_ key: BoundExpression) -> Bool {
        guard case .literal(let scalar) = key.node else { return false }
        guard case .bytes(let bytes) = scalar else { return true }
        return !bytes.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }

    /// A key of `json_each`, which is always a text.
    static func key(_ json: String, _ kind: DataType.Kind) -> String {
        switch kind {
        case .tinyint, .smallint, .int, .bigint: "CAST(\(json) AS INTEGER)"
        case .float, .double: "CAST(\(json) AS REAL)"
        case .varchar: json
        default:
            "weir('value STRING', \(StoreExpression.quoted("CAST(value AS \(kind))")), \(json))"
        }
    }

    /// What `json_extract` or `json_each` gave as a value of a type.
    static func value(_ json: String, _ kind: DataType.Kind) -> String {
        switch kind {
        case .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .array, .map,
            .multiset, .row:
            json
        case .varchar(.max): "CAST(\(json) AS TEXT)"
        default:
            "weir('value STRING', \(StoreExpression.quoted("CAST(value AS \(kind))")), CAST(\(json) AS TEXT))"
        }
    }
}
