// What stands in FROM as canonical text.

extension SQLPrinter {
    static func print(_ reference: TableReference) -> String {
        switch reference {
        case .named(let path, let period, let options, let alias, _):
            var text = self.path(path)
            if !options.isEmpty { text += " /*+ OPTIONS(\(print(options))) */" }
            if let period { text += " FOR SYSTEM_TIME AS OF \(print(period))" }
            return text + suffix(alias)
        case .subquery(let query, let isLateral, let alias, _):
            return "\(isLateral ? "LATERAL " : "")(\(print(query)))" + suffix(alias)
        case .function(let call, let isLateral, let alias, _):
            return "\(isLateral ? "LATERAL " : "")TABLE(\(print(call)))" + suffix(alias)
        case .unnest(let operand, let withOrdinality, let alias, _):
            return "UNNEST(\(print(operand)))\(withOrdinality ? " WITH ORDINALITY" : "")"
                + suffix(alias)
        case .join(let left, let kind, let right, let condition, _):
            return print(left, kind, right, condition)
        case .matchRecognize(let table, let match, let alias, _):
            return print(table) + " " + print(match) + suffix(alias)
        }
    }

    private static func print(
        _ left: TableReference, _ kind: JoinKind, _ right: TableReference,
        _ condition: JoinCondition
    ) -> String {
        let isNested = if case .join = right { true } else { false }
        let right = isNested ? "(\(print(right)))" : print(right)
        let word = kind == .inner ? "JOIN" : "\(kind.rawValue) JOIN"
        switch condition {
        case .none: return "\(print(left)) \(word) \(right)"
        case .natural: return "\(print(left)) NATURAL \(word) \(right)"
        case .on(let condition): return "\(print(left)) \(word) \(right) ON \(print(condition))"
        case .using(let columns, _):
            return "\(print(left)) \(word) \(right) USING\(names(columns))"
        }
    }

    static func path(_ path: [Identifier]) -> String {
        path.map(quoted).joined(separator: ".")
    }

    static func print(_ options: [TableOption]) -> String {
        options.map { "\(literal($0.key)) = \(literal($0.value))" }.joined(separator: ", ")
    }

    private static func print(_ call: TableCall) -> String {
        "\(path(call.function))(\(call.arguments.map(print).joined(separator: ", ")))"
    }

    private static func print(_ argument: TableArgument) -> String {
        let name = argument.name.map { quoted($0) + " => " } ?? ""
        switch argument.value {
        case .expression(let expression): return name + print(expression)
        case .descriptor(let columns): return name + "DESCRIPTOR" + names(columns)
        case .table(let table, let partitionBy, let order):
            var text = name
            if case .named(let path, _, _, _, _) = table {
                text += "TABLE " + self.path(path)
            } else {
                text += print(table)
            }
            if !partitionBy.isEmpty { text += " PARTITION BY (\(list(partitionBy)))" }
            if !order.isEmpty { text += " " + orderBy(order) }
            return text
        }
    }

    private static func suffix(_ alias: TableAlias?) -> String {
        alias.map { " AS \(quoted($0.name))\(names($0.columns))" } ?? ""
    }

    // MARK: MATCH_RECOGNIZE

    private static func print(_ match: MatchRecognize) -> String {
        var parts: [String] = []
        if !match.partitionBy.isEmpty { parts.append("PARTITION BY \(list(match.partitionBy))") }
        if !match.orderBy.isEmpty { parts.append(orderBy(match.orderBy)) }
        if !match.measures.isEmpty {
            let measures = match.measures.map { "\(print($0.expression)) AS \(quoted($0.name))" }
            parts.append("MEASURES " + measures.joined(separator: ", "))
        }
        if let all = match.allRows { parts.append("\(all ? "ALL ROWS" : "ONE ROW") PER MATCH") }
        parts.append("AFTER MATCH SKIP \(print(match.skip))")
        parts.append("PATTERN (\(print(match.pattern)))")
        if let within = match.within { parts.append("WITHIN \(print(within))") }
        if !match.subsets.isEmpty {
            let subsets = match.subsets.map { "\(quoted($0.name)) =\(names($0.variables))" }
            parts.append("SUBSET " + subsets.joined(separator: ", "))
        }
        if !match.definitions.isEmpty {
            let definitions = match.definitions.map {
                "\(quoted($0.variable)) AS \(print($0.condition))"
            }
            parts.append("DEFINE " + definitions.joined(separator: ", "))
        }
        return "MATCH_RECOGNIZE (\(parts.joined(separator: " ")))"
    }

    private static func print(_ skip: MatchSkip) -> String {
        switch skip {
        case .pastLastRow: "PAST LAST ROW"
        case .toNextRow: "TO NEXT ROW"
        case .toFirst(let variable): "TO FIRST \(quoted(variable))"
        case .toLast(let variable): "TO LAST \(quoted(variable))"
        }
    }

    private static func print(_ pattern: RowPattern) -> String {
        switch pattern {
        case .variable(let name): return quoted(name)
        case .sequence(let parts): return parts.map { print($0) }.joined(separator: " ")
        case .alternation(let parts): return "(\(parts.map { print($0) }.joined(separator: " | ")))"
        case .quantified(let part, let minimum, let maximum, let isReluctant):
            var text = print(part)
            if case .sequence = part { text = "(\(text))" }
            let range = "{\(minimum),\(maximum.map(String.init) ?? "")}"
            return text + range + (isReluctant ? "?" : "")
        }
    }
}
