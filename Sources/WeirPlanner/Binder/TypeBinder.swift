// Written types to data types.

import WeirColumnar
import WeirSQL

/// Resolves type names; reports what Weir or Flink does not have.
enum TypeBinder {
    static func bind(_ name: TypeName, _ diagnostics: inout [Diagnostic]) -> DataType? {
        guard let kind = bindKind(name, &diagnostics) else { return nil }
        return DataType(kind, nullable: !name.isNotNull)
    }

    private static func bindKind(
        _ name: TypeName, _ diagnostics: inout [Diagnostic]
    ) -> DataType.Kind? {
        let first = name.parameters.first
        switch name.name {
        case "BOOLEAN": return .boolean
        case "TINYINT": return .tinyint
        case "SMALLINT": return .smallint
        case "INT": return .int
        case "BIGINT": return .bigint
        case "FLOAT": return .float
        case "DOUBLE": return .double
        case "DECIMAL": return decimal(name, &diagnostics)
        case "STRING": return .varchar(.max)
        case "VARCHAR": return .varchar(first ?? .max)
        case "CHAR": return length(name, &diagnostics).map { .char($0) }
        case "BYTES": return .varbinary(.max)
        case "VARBINARY", "BINARY": return .varbinary(first ?? 1)
        case "DATE": return .date
        case "TIME": return precision(name, default: 0, &diagnostics).map { .time($0) }
        case "TIMESTAMP": return precision(name, default: 6, &diagnostics).map { .timestamp($0) }
        case "TIMESTAMP_LTZ":
            return precision(name, default: 6, &diagnostics).map { .timestampLTZ($0) }
        case "INTERVAL YEAR TO MONTH": return .intervalMonths
        case "INTERVAL DAY TO SECOND": return .intervalTime
        case "ARRAY":
            return name.arguments.first.flatMap { bind($0, &diagnostics) }.map { .array($0) }
        case "MULTISET":
            return name.arguments.first.flatMap { bind($0, &diagnostics) }.map { .multiset($0) }
        case "JSONB": return .json
        case "VECTOR" where name.parameters.isEmpty: return .vector
        case "MAP":
            guard let key = name.arguments.first.flatMap({ bind($0, &diagnostics) }),
                let value = name.arguments.last.flatMap({ bind($0, &diagnostics) })
            else { return nil }
            return .map(key, value)
        case "ROW":
            var fields: [Field] = []
            for field in name.fields {
                guard let type = bind(field.type, &diagnostics) else { return nil }
                fields.append(Field(field.name.name, type))
            }
            return .row(fields)
        default:
            diagnostics.append(unknown(name))
            return nil
        }
    }

    /// CHAR pads its values, so its length is limited.
    private static func length(
        _ name: TypeName, _ diagnostics: inout [Diagnostic]
    ) -> Int? {
        let length = name.parameters.first ?? 1
        if (1...65_535).contains(length) { return length }
        diagnostics.append(
            .error(
                "bad-precision", "a CHAR has 1 to 65535 characters", at: name.span,
                hint: "STRING has no limit"))
        return nil
    }

    private static func unknown(_ name: TypeName) -> Diagnostic {
        let unsupported = [
            "RAW", "VARIANT", "TIMESTAMP WITH TIME ZONE",
            "STRUCTURED", "SYMBOL", "DESCRIPTOR",
        ]
        if unsupported.contains(name.name) {
            return .error(
                "unsupported", "the type \(name.name) is not supported yet", at: name.span)
        }
        if name.name == "VECTOR" {
            return .error(
                "bad-precision", "VECTOR takes no length", at: name.span,
                hint: "the hint vector_dim(column, n) gives it")
        }
        let known = [
            "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL",
            "STRING", "VARCHAR", "CHAR", "BYTES", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ",
            "ARRAY", "MAP", "MULTISET", "ROW", "JSONB", "VECTOR",
        ]
        let aliases = [
            "TEXT": "STRING", "LONG": "BIGINT", "BOOL": "BOOLEAN", "DATETIME": "TIMESTAMP",
            "REAL": "FLOAT", "NUMBER": "DECIMAL", "TIMESTAMPTZ": "TIMESTAMP_LTZ", "BLOB": "BYTES",
        ]
        let suggestion = aliases[name.name] ?? nearestName(to: name.name, among: known)
        return .error(
            "unknown-type", "there is no type \(name.name)", at: name.span,
            hint: suggestion.map { "did you mean \($0)?" })
    }

    private static func decimal(
        _ name: TypeName, _ diagnostics: inout [Diagnostic]
    ) -> DataType.Kind? {
        let precision = name.parameters.first ?? 10
        let scale = name.parameters.count > 1 ? name.parameters[1] : 0
        guard (1...38).contains(precision), (0...precision).contains(scale) else {
            diagnostics.append(
                .error(
                    "bad-precision",
                    "DECIMAL has 1 to 38 digits, of which 0 to all may stand after the point",
                    at: name.span))
            return nil
        }
        return .decimal(precision: precision, scale: scale)
    }

    private static func precision(
        _ name: TypeName, default fallback: Int, _ diagnostics: inout [Diagnostic]
    ) -> Int? {
        let precision = name.parameters.first ?? fallback
        if (0...6).contains(precision) { return precision }
        let isFlinkType = (7...9).contains(precision)
        diagnostics.append(
            .error(
                isFlinkType ? "unsupported" : "bad-precision",
                isFlinkType
                    ? "\(name.name) finer than microseconds is not supported yet"
                    : "the precision of \(name.name) is 0 to 9", at: name.span,
                hint: "write \(name.name)(6) or less"))
        return nil
    }
}
