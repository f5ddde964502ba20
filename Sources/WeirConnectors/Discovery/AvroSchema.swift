// Avro schemas (avro.apache.org/docs/1.12.0/specification) as columns.

import Foundation
import WeirPlanner

/// Reads a record schema in JSON.
struct AvroSchema {
    /// Named types met so far, as scripts have them.
    private var named: [String: String] = [:]
    private static let maximumDepth = 32

    static func schema(path: String) throws -> DataFileSchema {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileProblem("the file cannot be read")
        }
        let json: Any
        do {
            json = try JSONSerialization.jsonObject(with: data)
        } catch {
            throw FileProblem("this is not JSON")
        }
        guard let record = json as? [String: Any], record["type"] as? String == "record" else {
            throw FileProblem("this is no Avro schema of a record")
        }
        var reader = AvroSchema()
        let columns = try reader.fields(record, depth: 0)
        return DataFileSchema(columns: columns, format: nil, options: [])
    }

    private mutating func fields(
        _ record: [String: Any], depth: Int
    ) throws -> [(name: String, type: String)] {
        guard let fields = record["fields"] as? [[String: Any]] else {
            throw FileProblem("a record has no fields")
        }
        return try fields.map { field in
            guard let name = field["name"] as? String, let type = field["type"] else {
                throw FileProblem("a field has no name or no type")
            }
            return (name, try text(type, depth: depth + 1))
        }
    }

    /// A type with its NOT NULL.
    private mutating func text(_ type: Any, depth: Int) throws -> String {
        guard depth < Self.maximumDepth else { throw FileProblem("the types nest too deeply") }
        if let union = type as? [Any] {
            let others = union.filter { $0 as? String != "null" }
            guard let only = others.first, others.count == 1 else {
                throw FileProblem("a union of several types has no column type")
            }
            let inner = try plain(only, depth: depth)
            return others.count < union.count ? inner : inner + " NOT NULL"
        }
        return try plain(type, depth: depth) + " NOT NULL"
    }

    private mutating func plain(_ type: Any, depth: Int) throws -> String {
        if let name = type as? String {
            if let known = Self.primitives[name] ?? named[name] { return known }
            throw FileProblem("the type '\(name)' is not defined")
        }
        guard let object = type as? [String: Any], let kind = object["type"] else {
            throw FileProblem("a type is missing")
        }
        if let logical = object["logicalType"] as? String, let text = logicalType(logical, object) {
            return text
        }
        guard let name = kind as? String else { return try plain(kind, depth: depth + 1) }
        switch name {
        case "record":
            let inner = try fields(object, depth: depth + 1).map { "`\($0.name)` \($0.type)" }
            return remember(object, "ROW<\(inner.joined(separator: ", "))>")
        case "enum": return remember(object, "STRING")
        case "fixed":
            return remember(object, "BINARY(\(object["size"] as? Int ?? 1))")
        case "array":
            return "ARRAY<\(try text(object["items"] ?? "null", depth: depth + 1))>"
        case "map":
            return "MAP<STRING NOT NULL, \(try text(object["values"] ?? "null", depth: depth + 1))>"
        default: return try plain(name, depth: depth + 1)
        }
    }

    private mutating func remember(_ object: [String: Any], _ text: String) -> String {
        if let name = object["name"] as? String { named[name] = text }
        return text
    }

    private func logicalType(_ name: String, _ object: [String: Any]) -> String? {
        switch name {
        case "decimal":
            "DECIMAL(\(object["precision"] as? Int ?? 10), \(object["scale"] as? Int ?? 0))"
        case "date": "DATE"
        case "time-millis": "TIME(3)"
        case "time-micros": "TIME(6)"
        case "timestamp-millis": "TIMESTAMP_LTZ(3)"
        case "timestamp-micros": "TIMESTAMP_LTZ(6)"
        case "local-timestamp-millis": "TIMESTAMP(3)"
        case "local-timestamp-micros": "TIMESTAMP(6)"
        case "uuid": "STRING"
        default: nil
        }
    }

    private static let primitives = [
        "boolean": "BOOLEAN", "int": "INT", "long": "BIGINT", "float": "FLOAT",
        "double": "DOUBLE", "bytes": "BYTES", "string": "STRING", "null": "STRING",
    ]
}
