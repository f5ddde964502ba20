// Function calls as canonical text.

extension SQLPrinter {
    static func print(_ call: FunctionCallSyntax) -> String {
        let name = call.name.name.uppercased()
        let values = call.arguments.map(\.value)
        if name == "POSITION", values.count == 2 {
            return "POSITION(\(print(values[0])) IN \(print(values[1])))"
        }
        var inner = call.isStar ? "*" : call.isDistinct ? "DISTINCT " : ""
        if name == "JSON_OBJECT" || name == "JSON_OBJECTAGG" {
            let pairs = stride(from: 0, to: values.count - 1, by: 2).map {
                "KEY \(print(values[$0])) VALUE \(print(values[$0 + 1]))"
            }
            inner += pairs.joined(separator: ", ")
        } else {
            inner += call.arguments.map(print).joined(separator: ", ")
        }
        if !call.orderBy.isEmpty { inner += " " + orderBy(call.orderBy) }
        inner += print(call.json)
        var text = "\(name)(\(inner))"
        if let filter = call.filter { text += " FILTER (WHERE \(print(filter)))" }
        if let ignores = call.ignoresNulls { text += ignores ? " IGNORE NULLS" : " RESPECT NULLS" }
        switch call.over {
        case .named(let window): text += " OVER \(quoted(window))"
        case .specification(let window): text += " OVER \(print(window))"
        case nil: break
        }
        return text
    }

    private static func print(_ argument: FunctionCallSyntax.Argument) -> String {
        (argument.name.map { quoted($0) + " => " } ?? "") + print(argument.value)
    }

    private static func print(_ json: JsonClauses) -> String {
        var text = json.returning.map { " RETURNING \(print($0))" } ?? ""
        if let wrapper = json.wrapper { text += " \(wrapper) WRAPPER" }
        if let isAbsent = json.isAbsentOnNull {
            text += isAbsent ? " ABSENT ON NULL" : " NULL ON NULL"
        }
        if let behaviour = json.onEmpty { text += " \(print(behaviour)) ON EMPTY" }
        if let behaviour = json.onError { text += " \(print(behaviour)) ON ERROR" }
        return text
    }

    private static func print(_ behaviour: JsonClauses.Behaviour) -> String {
        switch behaviour {
        case .null: "NULL"
        case .error: "ERROR"
        case .emptyArray: "EMPTY ARRAY"
        case .emptyObject: "EMPTY OBJECT"
        case .value(let value): value ? "TRUE" : "FALSE"
        case .unknown: "UNKNOWN"
        case .defaultValue(let value): "DEFAULT \(print(value))"
        }
    }

    static func print(_ window: WindowSpecification) -> String {
        var parts: [String] = []
        if let base = window.base { parts.append(quoted(base)) }
        if !window.partitionBy.isEmpty { parts.append("PARTITION BY \(list(window.partitionBy))") }
        if !window.orderBy.isEmpty { parts.append(orderBy(window.orderBy)) }
        if let frame = window.frame {
            parts.append(
                "\(frame.isRows ? "ROWS" : "RANGE") BETWEEN \(print(frame.start))"
                    + " AND \(print(frame.end))")
        }
        return "(\(parts.joined(separator: " ")))"
    }

    private static func print(_ bound: WindowFrame.Bound) -> String {
        switch bound {
        case .unboundedPreceding: "UNBOUNDED PRECEDING"
        case .preceding(let amount): "\(print(amount)) PRECEDING"
        case .currentRow: "CURRENT ROW"
        case .following(let amount): "\(print(amount)) FOLLOWING"
        case .unboundedFollowing: "UNBOUNDED FOLLOWING"
        }
    }

    static func orderBy(_ items: [OrderItem]) -> String {
        "ORDER BY "
            + items.map { item in
                var text = print(item.expression) + (item.isDescending ? " DESC" : "")
                if let first = item.nullsFirst { text += first ? " NULLS FIRST" : " NULLS LAST" }
                return text
            }.joined(separator: ", ")
    }
}
