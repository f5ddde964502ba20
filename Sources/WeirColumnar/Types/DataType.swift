// The logical data types, as in Flink SQL (docs: sql/reference/data-types.md).

/// A logical type with its nullability.
package struct DataType: Hashable, Sendable {
    /// What values it has, apart from NULL.
    package indirect enum Kind: Hashable, Sendable {
        case boolean
        case tinyint
        case smallint
        case int
        case bigint
        case float
        case double
        /// Precision 1...38 and scale 0...precision.
        case decimal(precision: Int, scale: Int)
        /// Fixed length in characters.
        case char(Int)
        /// Maximum length in characters; `Int.max` is STRING.
        case varchar(Int)
        /// Maximum length in bytes; `Int.max` is BYTES.
        case varbinary(Int)
        case date
        case time(Int)
        /// Wall-clock fields without a zone; precision 0...6.
        case timestamp(Int)
        /// An instant, shown in the session zone; precision 0...6.
        case timestampLTZ(Int)
        /// A number of months.
        case intervalMonths
        /// A number of microseconds.
        case intervalTime
        case array(DataType)
        case map(DataType, DataType)
        /// Elements with how often they are there.
        case multiset(DataType)
        case row([Field])
        /// Any JSON value (SQRL's JSONB).
        case json
        /// Numbers of an embedding (SQRL's VECTOR).
        case vector
        /// The type of a bare NULL.
        case null
    }

    package let kind: Kind
    package let isNullable: Bool

    package init(_ kind: Kind, nullable: Bool = true) {
        self.kind = kind
        isNullable = nullable
    }

    /// The same values with the given nullability.
    package func nullable(_ nullable: Bool) -> DataType { DataType(kind, nullable: nullable) }

    package static let boolean = DataType(.boolean)
    package static let int = DataType(.int)
    package static let bigint = DataType(.bigint)
    package static let double = DataType(.double)
    package static let string = DataType(.varchar(.max))
    package static let date = DataType(.date)
}

/// A named column or field.
package struct Field: Hashable, Sendable {
    package let name: String
    package let type: DataType

    package init(_ name: String, _ type: DataType) {
        self.name = name
        self.type = type
    }
}

/// The layout that holds the values of a type.
package enum PhysicalType: Sendable, Hashable {
    case bool
    /// Integers, DECIMAL up to precision 18 (unscaled), dates (days), times and timestamps (µs).
    case int64
    /// DECIMAL beyond precision 18, unscaled.
    case int128
    case float64
    /// Strings, bytes and nested values (as JSON text).
    case bytes
}

extension DataType.Kind {
    /// How a column of this type is laid out in memory.
    package var physical: PhysicalType {
        switch self {
        case .boolean: .bool
        case .tinyint, .smallint, .int, .bigint, .date, .time, .timestamp, .timestampLTZ,
            .intervalMonths, .intervalTime:
            .int64
        case .float, .double: .float64
        case .decimal(let precision, _): precision <= 18 ? .int64 : .int128
        case .char, .varchar, .varbinary, .array, .map, .multiset, .row, .json,
            .vector:
            .bytes
        case .null: .bool
        }
    }

    package var isInteger: Bool {
        switch self {
        case .tinyint, .smallint, .int, .bigint: true
        default: false
        }
    }

    package var isDecimal: Bool { if case .decimal = self { true } else { false } }

    package var isFloating: Bool { self == .float || self == .double }

    package var isNumeric: Bool { isInteger || isDecimal || isFloating }

    package var isString: Bool {
        switch self {
        case .char, .varchar: true
        default: false
        }
    }

    package var isBinary: Bool { if case .varbinary = self { true } else { false } }

    package var isTimestamp: Bool {
        switch self {
        case .timestamp, .timestampLTZ: true
        default: false
        }
    }

    /// TIMESTAMP_LTZ.
    package var isInstant: Bool { if case .timestampLTZ = self { true } else { false } }

    package var isInterval: Bool { self == .intervalMonths || self == .intervalTime }

    package var isNested: Bool {
        switch self {
        case .array, .map, .multiset, .row, .json, .vector: true
        default: false
        }
    }

    /// Whether the values have the same layout in JSON text, nullability and widths of numbers apart.
    package func hasParts(of other: DataType.Kind) -> Bool {
        switch (self, other) {
        case (.array(let one), .array(let two)): one.kind.hasParts(of: two.kind)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            key.kind.hasParts(of: otherKey.kind) && value.kind.hasParts(of: otherValue.kind)
        case (.multiset(let one), .multiset(let two)): one.kind.hasParts(of: two.kind)
        case (.row(let fields), .row(let others)):
            fields.count == others.count
                && zip(fields, others).allSatisfy {
                    $0.name == $1.name && $0.type.kind.hasParts(of: $1.type.kind)
                }
        default: self == other || self == .null || (isInteger && other.isInteger)
        }
    }

    /// Smallest and largest value of an integer type.
    package var integerRange: ClosedRange<Int64>? {
        switch self {
        case .tinyint: Int64(Int8.min)...Int64(Int8.max)
        case .smallint: Int64(Int16.min)...Int64(Int16.max)
        case .int: Int64(Int32.min)...Int64(Int32.max)
        case .bigint: Int64.min...Int64.max
        default: nil
        }
    }

    /// Digits after the point of a DECIMAL, 0 for integers.
    package var scale: Int { if case .decimal(_, let scale) = self { scale } else { 0 } }
}
