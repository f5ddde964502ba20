// Common shapes of signatures.

import WeirColumnar

/// Helpers that describe what a function takes.
enum Typing {
    /// Whether any argument may be NULL, so that the result may be.
    static func nullable(_ types: [DataType]) -> Bool { types.contains { $0.isNullable } }

    /// Takes strings (anything printable is refused, as in Flink) and gives a type.
    static func strings(
        _ count: ClosedRange<Int>, to result: DataType.Kind
    ) -> @Sendable ([DataType]) -> Resolution? {
        { types in
            guard count.contains(types.count),
                types.allSatisfy({ $0.kind.isString || $0.kind == .null })
            else { return nil }
            return Resolution(
                types.map { _ in .varchar(.max) }, DataType(result, nullable: nullable(types)))
        }
    }

    /// Takes one number, computes and gives DOUBLE.
    static func doubles(_ count: ClosedRange<Int>) -> @Sendable ([DataType]) -> Resolution? {
        { types in
            guard count.contains(types.count),
                types.allSatisfy({ $0.kind.isNumeric || $0.kind == .null })
            else { return nil }
            return Resolution(
                types.map { _ in .double }, DataType(.double, nullable: nullable(types)))
        }
    }

    /// Takes a fixed list of parameter classes.
    static func parameters(
        _ classes: ParameterClass..., optional: Int = 0, to result: DataType.Kind
    ) -> @Sendable ([DataType]) -> Resolution? {
        { types in
            guard (classes.count - optional...classes.count).contains(types.count) else {
                return nil
            }
            var kinds: [DataType.Kind] = []
            for (type, parameter) in zip(types, classes) {
                guard let kind = parameter.accept(type.kind) else { return nil }
                kinds.append(kind)
            }
            return Resolution(kinds, DataType(result, nullable: nullable(types)))
        }
    }
}

/// What kind of argument a parameter takes, and as what.
enum ParameterClass: Sendable {
    case string
    case integer
    /// Any number, as DOUBLE.
    case number
    case date
    /// TIMESTAMP or TIMESTAMP_LTZ; a DATE is taken as TIMESTAMP.
    case timestamp

    func accept(_ kind: DataType.Kind) -> DataType.Kind? {
        switch self {
        case .string: kind.isString || kind == .null ? .varchar(.max) : nil
        case .integer: kind.isInteger || kind == .null ? .bigint : nil
        case .number: kind.isNumeric || kind == .null ? .double : nil
        case .date: kind == .date || kind == .null ? .date : nil
        case .timestamp:
            kind.isTimestamp ? kind : kind == .date || kind == .null ? .timestamp(3) : nil
        }
    }
}
