// The hints of SQRL: what they take and what they may stand in front of.

import WeirColumnar
import WeirSQL

/// What a hint stands in front of.
enum HintTarget {
    case definition
    case distinct
    case function
    case externalTable
    case internalTable
    case other
}

/// A hint by its name.
enum HintRule: String, CaseIterable {
    case primaryKey = "primary_key"
    case index
    case partitionKey = "partition_key"
    case vectorDim = "vector_dim"
    case queryByAll = "query_by_all"
    case queryByAny = "query_by_any"
    case noQuery = "no_query"
    case insert
    case ttl
    case cache
    case filteredDistinctOrder = "filtered_distinct_order"
    case engine
    case exec
    case maintenance
    case test
    case workload
    case rowCount = "row_count"

    /// Whether it changes anything today.
    func hasEffect(_ target: HintTarget) -> Bool {
        switch self {
        case .insert: true
        case .ttl: target == .internalTable
        case .primaryKey, .index, .queryByAll, .queryByAny, .noQuery, .engine, .exec, .test,
            .workload, .filteredDistinctOrder, .cache:
            true
        default: false
        }
    }

    private static let indexTypes = [
        "hash", "btree", "pbtree", "text", "vector_cosine", "vector_euclid",
    ]
    private static let units = ["minute", "min", "hour", "h", "day", "d", "week", "month", "year"]

    /// The arguments that name columns.
    func columns(_ arguments: [String]) -> [String] {
        switch self {
        case .primaryKey, .partitionKey, .queryByAll, .queryByAny: arguments
        case .index, .rowCount:
            self == .index ? Array(arguments.dropFirst()) : Array(arguments.dropLast())
        case .vectorDim: Array(arguments.prefix(1))
        default: []
        }
    }

    /// What is wrong with the arguments; nil when they fit.
    func problem(_ arguments: [String]) -> (message: String, hint: String)? {
        switch self {
        case .primaryKey, .queryByAll, .queryByAny:
            arguments.isEmpty ? ("names no column", "write \(rawValue)(column, …)") : nil
        case .noQuery, .filteredDistinctOrder, .workload:
            arguments.isEmpty ? nil : ("takes no arguments", "write \(rawValue)")
        case .index:
            arguments.first.map { Self.indexTypes.contains($0.lowercased()) } ?? true
                ? (arguments.count == 1 ? ("names no column", "write index(btree, column)") : nil)
                : (
                    "has no type '\(arguments[0])'",
                    "types: \(Self.indexTypes.joined(separator: ", "))"
                )
        case .partitionKey: nil
        case .vectorDim:
            arguments.count == 2 && Int(arguments[1]).map { $0 > 0 } ?? false
                ? nil : ("takes a column and a length", "write vector_dim(column, 384)")
        case .insert: choice(arguments, ["single", "batch", "transaction"])
        case .maintenance: choice(arguments, ["none", "regular"])
        case .test: arguments.isEmpty ? nil : choice(arguments, ["no_rows"])
        case .engine, .exec:
            arguments.count == 1 ? nil : ("takes the name of an engine", "write engine(stream)")
        case .ttl, .cache: duration(arguments)
        case .rowCount:
            arguments.last.flatMap { Int($0) } == nil
                ? ("ends with a number", "write row_count(1000)") : nil
        }
    }

    private func choice(_ arguments: [String], _ choices: [String]) -> (
        message: String, hint: String
    )? {
        arguments.count == 1 && choices.contains(arguments[0].lowercased())
            ? nil
            : (
                "takes one of \(choices.joined(separator: ", "))",
                "write \(rawValue)(\(choices[0]))"
            )
    }

    /// `5 min`, `14 days`; seconds are too short for what is kept on disk.
    private func duration(_ arguments: [String]) -> (message: String, hint: String)? {
        let words = arguments.first?.split(separator: " ").map { $0.lowercased() } ?? []
        let hint = "write \(rawValue)(14 days); units: minute, hour, day, week"
        guard arguments.count == 1, words.count == 2, Int(words[0]).map({ $0 > 0 }) ?? false else {
            return ("takes a number and a unit", hint)
        }
        let unit = words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]
        if self == .cache, ["second", "sec"].contains(unit) { return nil }
        return Self.units.contains(unit) ? nil : ("has no unit '\(words[1])'", hint)
    }

    /// `14 days` in µs.
    static func micros(_ text: String) -> Int64? {
        let words = text.split(separator: " ").map { $0.lowercased() }
        guard words.count == 2, let count = Int64(words[0]) else { return nil }
        let seconds: Int64? =
            switch words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1] {
            case "second", "sec": 1
            case "minute", "min": 60
            case "hour", "h": 3600
            case "day", "d": 86_400
            case "week": 7 * 86_400
            case "month": 30 * 86_400
            case "year": 365 * 86_400
            default: nil
            }
        guard let seconds else { return nil }
        let micros = count.multipliedReportingOverflow(by: seconds * 1_000_000)
        return micros.overflow ? .max : micros.partialValue
    }

    /// Why it cannot stand in front of something; nil when it can.
    func refusal(_ target: HintTarget) -> String? {
        switch (self, target) {
        case (.filteredDistinctOrder, .distinct): nil
        case (.filteredDistinctOrder, _): "belongs to a DISTINCT definition"
        case (.insert, .internalTable), (.insert, .other): nil
        case (.insert, _): "belongs to a table that the API writes"
        case (.queryByAll, .function), (.queryByAny, .function), (.noQuery, .function):
            "says how a table is asked for, a function has its own arguments"
        default: nil
        }
    }
}

extension ScriptBinder {
    /// Checks the hints of a statement by name, place and arguments.
    mutating func checkHints(_ statement: Statement) {
        let target = target(of: statement)
        var access: Hint?
        for hint in statement.preamble.hints {
            guard let rule = HintRule(rawValue: hint.name.key) else {
                let nearest = nearestName(
                    to: hint.name.name, among: HintRule.allCases.map(\.rawValue))
                diagnostics.append(
                    .warning(
                        "unknown-hint", "there is no hint '\(hint.name.name)'", at: hint.name.span,
                        hint: nearest.map { "did you mean \($0)?" },
                        fixes: nearest.map {
                            [Fix("write \($0)", replacing: hint.name.span, with: $0)]
                        } ?? []))
                continue
            }
            if let refusal = rule.refusal(target) {
                diagnostics.append(
                    .error(
                        "misplaced-hint", "the hint '\(rule.rawValue)' \(refusal)",
                        at: hint.name.span))
            } else if let (message, help) = rule.problem(hint.arguments) {
                diagnostics.append(
                    .error(
                        "bad-hint", "the hint '\(rule.rawValue)' \(message)", at: hint.name.span,
                        hint: help))
            } else if !rule.hasEffect(target) {
                diagnostics.append(
                    .warning(
                        "hint-ignored", "the hint '\(rule.rawValue)' has no effect yet",
                        at: hint.name.span))
            }
            guard [.queryByAll, .queryByAny, .noQuery].contains(rule) else { continue }
            if let access {
                diagnostics.append(
                    .error(
                        "bad-hint",
                        "'\(hint.name.name)' and '\(access.name.name)' contradict each other",
                        at: hint.name.span))
            }
            access = hint
        }
    }

    private func target(of statement: Statement) -> HintTarget {
        switch statement.kind {
        case .define(let definition):
            if definition.arguments != nil || definition.parent != nil { return .function }
            if case .distinct = definition.body { return .distinct }
            return .definition
        case .createTable(let table):
            return table.options.contains { $0.key == "connector" }
                ? .externalTable : .internalTable
        default: return .other
        }
    }

    /// Checks the columns that hints name; gives those of `primary_key`.
    mutating func bindHintColumns(
        _ statement: Statement, _ columns: [Field], table: String
    ) -> [Int]? {
        var key: [Int]?
        for hint in statement.preamble.hints + context.hints {
            guard let rule = HintRule(rawValue: hint.name.key),
                rule.problem(hint.arguments) == nil
            else { continue }
            var found: [Int] = []
            for name in rule.columns(hint.arguments) {
                let plain = name.replacing("`", with: "").lowercased()
                if let index = columns.firstIndex(where: { $0.name.lowercased() == plain }) {
                    found.append(index)
                    continue
                }
                let nearest = nearestName(to: plain, among: columns.map(\.name))
                diagnostics.append(
                    .error(
                        "unknown-column", "'\(table)' has no column '\(plain)'", at: hint.name.span,
                        hint: nearest.map { "did you mean \($0)?" }
                            ?? "columns: \(columns.map(\.name).joined(separator: ", "))"))
            }
            switch rule {
            case .primaryKey: key = found
            case .index where hint.arguments.first?.lowercased() == "text":
                indexHints[table.lowercased(), default: []].append([])
                for index in found where !columns[index].type.kind.isString {
                    diagnostics.append(
                        .error(
                            "bad-hint",
                            "'\(columns[index].name)' is \(columns[index].type), which has no words",
                            at: hint.name.span, hint: "name columns of STRING, CHAR or VARCHAR"))
                }
                indexNeeds.add(table: table, text: found.sorted(), reason: "hint")
            case .index where hint.arguments.isEmpty:
                indexHints[table.lowercased(), default: []].append([])
                tablesWithoutIndexes.insert(table.lowercased())
            case .index: indexHints[table.lowercased(), default: []].append(found)
            case .queryByAll:
                accessHints[table.lowercased()] = .byAll(found)
                indexNeeds.add(table: table, equalities: found, reason: rule.rawValue)
            case .queryByAny:
                accessHints[table.lowercased()] = .byAny(found)
                for column in found {
                    indexNeeds.add(table: table, equalities: [column], reason: rule.rawValue)
                }
            default: break
            }
        }
        return key
    }

    /// The indexes of the stored tables: those that hints ask for, else those that queries need.
    func storeIndexes(_ tables: [StoredTable]) -> [StoreIndex] {
        var selection = indexNeeds
        for query in queries {
            if let plan = query.plan { selection.add(plan, reason: query.name) }
        }
        return tables.flatMap { table -> [StoreIndex] in
            let texts = selection.textIndexes(of: table)
            if let hints = indexHints[table.name.lowercased()] {
                return hints.filter { !$0.isEmpty }.map {
                    StoreIndex(table, columns: $0, reasons: ["hint"])
                } + texts
            }
            return selection.indexes(of: table) + texts
        }
    }
}
