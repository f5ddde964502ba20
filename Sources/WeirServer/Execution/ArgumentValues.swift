// Arguments of a request as parameters of a statement.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// What is wrong with an argument or a claim.
struct ArgumentProblem: Error {
    let message: String
    /// Whether the caller may not ask this at all (HTTP 403).
    var isForbidden = false
}

enum ArgumentValues {
    /// The parameters of a query.
    ///
    /// - Parameter given: the arguments that the caller gave, by name.
    /// - Throws: `ArgumentProblem` for a value that the argument's type does not have.
    static func parameters(
        _ query: StoreQuery, given: NamedValues, caller: Caller
    ) throws(ArgumentProblem) -> [(name: String, value: StoreValue)] {
        var result: [(name: String, value: StoreValue)] = []
        for argument in query.arguments {
            let json: JsonValue
            switch argument.origin {
            case .caller, .optional, .filter: json = given[argument.name] ?? .null
            case .metadata(let key): json = try claim(key, argument, caller)
            case .computed, .parent: continue
            }
            result.append(
                (argument.parameter, try value(json, argument, isReadable: query.isPassthrough)))
        }
        return result
    }

    private static func claim(
        _ key: String, _ argument: QueryArgument, _ caller: Caller
    ) throws(ArgumentProblem) -> JsonValue {
        let name = String(key.dropFirst("auth.".count))
        guard let value = caller.claims[name] else {
            if argument.type.isNullable { return .null }
            throw ArgumentProblem(
                message: "The claim \"\(name)\" is required.", isForbidden: true)
        }
        if value == .null, !argument.type.isNullable {
            throw ArgumentProblem(message: "The claim \"\(name)\" is null.")
        }
        return value
    }

    private static func value(
        _ json: JsonValue, _ argument: QueryArgument, isReadable: Bool
    ) throws(ArgumentProblem) -> StoreValue {
        if json == .null { return .null }
        let kind = argument.type.kind
        // GraphQL has looked at the types of arguments, nobody at those of claims.
        let isText = if case .string = json { true } else { false }
        let scalar = isText || !kind.isString ? scalar(json, kind) : .null
        guard scalar != .null, !kind.isNested || NestedValue.fits(json, kind),
            NestedValue.isKept(json, kind)
        else {
            let what =
                if case .metadata(let key) = argument.origin {
                    "The claim \"\(key.dropFirst("auth.".count))\""
                } else {
                    "\"\(argument.name)\""
                }
            throw ArgumentProblem(message: "\(what) is \(shown(json)), which is no \(kind).")
        }
        return isReadable ? readable(scalar, kind) : StoreValue(scalar, kind)
    }

    /// A value as the views for people show it, which SQL that is passed through reads.
    private static func readable(_ scalar: Scalar, _ kind: DataType.Kind) -> StoreValue {
        switch kind {
        case .date, .time, .timestamp: .text(ValueText.string(scalar, kind: kind))
        case .timestampLTZ: .text(ValueText.string(scalar, kind: kind) + "Z")
        case .decimal: .real(Double(ValueText.string(scalar, kind: kind)) ?? 0)
        default: StoreValue(scalar, kind)
        }
    }

    private static func scalar(_ json: JsonValue, _ kind: DataType.Kind) -> Scalar {
        // A DateTime has a zone, whatever the column has; TIMESTAMP is its wall clock in UTC.
        if kind.isTimestamp, case .string(let text) = json, let micros = instant(text) {
            let isInRange = Calendar.timestampRange.contains(micros)
            let precision =
                switch kind {
                case .timestamp(let digits), .timestampLTZ(let digits): digits
                default: 6
                }
            return isInRange
                ? .int64(TimeText.truncate(micros, precision: precision)) : .null
        }
        return NestedValue.scalar(json, kind)
    }

    /// A date and time of RFC 3339, in which `t` and `z` may be small and zones are up to 23:59
    /// away; SQL's zones end at 18:00.
    private static func instant(_ text: String) -> Int64? {
        var bytes = Array(text.utf8.map { $0 == 0x74 || $0 == 0x7A ? $0 - 0x20 : $0 })
        var offset: Int64 = 0
        if bytes.count > 6, bytes[bytes.count - 3] == UInt8(ascii: ":"),
            let sign = [UInt8(ascii: "+"): Int64(1), UInt8(ascii: "-"): -1][bytes[bytes.count - 6]]
        {
            let zone = String(decoding: bytes.suffix(5), as: UTF8.self).split(separator: ":")
            guard zone.count == 2, let hours = Int64(zone[0]), let minutes = Int64(zone[1]),
                (0...23).contains(hours), (0...59).contains(minutes)
            else { return nil }
            offset = sign * (hours * 60 + minutes) * 60 * Calendar.microsPerSecond
            bytes.removeLast(6)
        }
        return TimeText.parseTimestamp(bytes, allowsZone: true).map { $0 - offset }
    }

    private static func shown(_ json: JsonValue) -> String {
        let text = json.text
        return text.count > 60 ? "\(text.prefix(60))…" : text
    }
}
