// MATCH_RECOGNIZE as text.

import WeirColumnar

/// A pattern with its definitions and measures, for explanations.
struct MatchText {
    private let match: LogicalMatch
    private let columns: [Field]
    private let references: [Field]

    init(_ match: LogicalMatch, _ columns: [Field]) {
        self.match = match
        self.columns = columns
        references = match.references.map { reference in
            Field(Self.text(reference, match, columns), .bigint)
        }
    }

    var line: String {
        let partition = match.partitionBy.map { columns[$0].name }.joined(separator: ", ")
        let measures = match.measures.map { ExpressionText.text($0, references) }
        var parts = [
            "match (\(match.pattern.text(match.variables.map(\.name)))) partition by [\(partition)]"
        ]
        for variable in match.variables {
            guard let condition = variable.condition else { continue }
            parts.append("\(variable.name) as \(ExpressionText.text(condition, references))")
        }
        parts.append("measures \(measures.joined(separator: ", "))")
        if let within = match.within {
            parts.append("within \(ValueText.string(.int64(within), kind: .intervalTime))")
        }
        if match.skip != .pastLastRow { parts.append("skip \(skip)") }
        return parts.joined(separator: "; ")
    }

    private var skip: String {
        switch match.skip {
        case .pastLastRow: "past last row"
        case .toNextRow: "to next row"
        case .toFirst(let index): "to first \(match.variables[index].name)"
        case .toLast(let index): "to last \(match.variables[index].name)"
        }
    }

    private static func text(
        _ reference: LogicalMatch.Reference, _ match: LogicalMatch, _ columns: [Field]
    ) -> String {
        func of(_ variable: Int?) -> String { variable.map { match.variables[$0].name } ?? "*" }
        let value = reference.operand.map { ExpressionText.text($0, columns) } ?? "*"
        switch reference {
        case .first(_, let variable, let offset):
            return "first(\(of(variable)).\(value)\(offset == 0 ? "" : ", \(offset)"))"
        case .last(_, let variable, let offset):
            return "last(\(of(variable)).\(value)\(offset == 0 ? "" : ", \(offset)"))"
        case .aggregate(let name, _, let variable): return "\(name)(\(of(variable)).\(value))"
        case .rowtime: return "match_rowtime"
        }
    }
}

extension LogicalMatch.Pattern {
    /// As it is written.
    ///
    /// - Parameter names: of the variables.
    func text(_ names: [String]) -> String {
        switch self {
        case .variable(let index): return names[index]
        case .sequence(let parts): return parts.map { $0.text(names) }.joined(separator: " ")
        case .repeated(let part, let minimum, let maximum, let isReluctant):
            let bounds: String
            switch (minimum, maximum) {
            case (0, nil): bounds = "*"
            case (1, nil): bounds = "+"
            case (0, 1): bounds = "?"
            case (let least, let most?) where least == most: bounds = "{\(least)}"
            default: bounds = "{\(minimum),\(maximum.map(String.init) ?? "")}"
            }
            return part.text(names) + bounds + (isReluctant ? "?" : "")
        }
    }
}
