// Single values between SQLite and columns.

import Foundation
import GRDB
import WeirColumnar

enum StoredScalar {
    /// A value of the store in the layout of a type; NULL when it is none of that type: queries of
    /// users may name any type for any value, and kernels rely on their ranges.
    static func scalar(_ value: DatabaseValue, _ kind: DataType.Kind) -> Scalar {
        let found = laidOut(value, kind)
        return switch found {
        case .int64(let number): kind.holds(Int128(number)) ? found : .null
        case .int128(let number): kind.holds(number) ? found : .null
        default: found
        }
    }

    private static func laidOut(_ value: DatabaseValue, _ kind: DataType.Kind) -> Scalar {
        switch (value.storage, kind.physical) {
        case (.null, _): .null
        case (.int64(let number), .bool): .bool(number != 0)
        case (.int64(let number), .int64): .int64(number)
        case (.int64(let number), .int128): .int128(Int128(number))
        case (.int64(let number), .float64): .float64(Double(number))
        case (.int64(let number), .bytes): .string(String(number))
        case (.double(let number), .float64): .float64(number)
        case (.double(let number), .bytes): .string("\(number)")
        case (.string(let text), .bytes): .string(text)
        // Numbers past 64 bits are stored as texts.
        case (.string(let text), .int128): Int128(text).map(Scalar.int128) ?? .null
        case (.blob(let data), .bytes): .bytes(Array(data))
        default: .null
        }
    }

    /// A value as the store keeps it.
    static func value(_ scalar: Scalar, _ kind: DataType.Kind) -> DatabaseValue {
        switch scalar {
        case .null: return .null
        case .bool(let value): return (value ? 1 : 0).databaseValue
        case .int64(let value): return value.databaseValue
        case .int128(let value):
            return Int64(exactly: value)?.databaseValue ?? String(value).databaseValue
        case .float64(let value): return value.isNaN ? .null : value.databaseValue
        case .bytes(let bytes):
            if case .varbinary = kind { return Data(bytes).databaseValue }
            return String(decoding: bytes, as: UTF8.self).databaseValue
        }
    }
}

extension DataType.Kind {
    /// Whether a number in this type's layout is one of its values.
    fileprivate func holds(_ number: Int128) -> Bool {
        switch self {
        case .tinyint, .smallint, .int, .bigint:
            integerRange.map { $0.contains(Int64(truncatingIfNeeded: number)) } ?? false
        case .decimal(let precision, _): number.magnitude < DecimalMath.power(precision).magnitude
        case .date:
            Calendar.timestampRange.contains(
                Int64(clamping: number * Int128(Calendar.microsPerDay)))
        case .time: (0..<Int128(Calendar.microsPerDay)).contains(number)
        case .timestamp, .timestampLTZ:
            Calendar.timestampRange.contains(Int64(clamping: number))
        default: true
        }
    }
}
