// Types as Flink writes them.

extension DataType.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .int: "INT"
        case .bigint: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
        case .char(let length): "CHAR(\(length))"
        case .varchar(let length): length == .max ? "STRING" : "VARCHAR(\(length))"
        case .varbinary(let length): length == .max ? "BYTES" : "VARBINARY(\(length))"
        case .date: "DATE"
        case .time(let precision): "TIME(\(precision))"
        case .timestamp(let precision): "TIMESTAMP(\(precision))"
        case .timestampLTZ(let precision): "TIMESTAMP_LTZ(\(precision))"
        case .intervalMonths: "INTERVAL YEAR TO MONTH"
        case .intervalTime: "INTERVAL DAY TO SECOND"
        case .array(let element): "ARRAY<\(element)>"
        case .map(let key, let value): "MAP<\(key), \(value)>"
        case .multiset(let element): "MULTISET<\(element)>"
        case .json: "JSONB"
        case .vector: "VECTOR"
        case .row(let fields):
            "ROW<" + fields.map { "`\($0.name)` \($0.type)" }.joined(separator: ", ") + ">"
        case .null: "NULL"
        }
    }
}

extension DataType: CustomStringConvertible {
    package var description: String { isNullable ? "\(kind)" : "\(kind) NOT NULL" }
}
