// TO_CHANGELOG (Flink: queries/changelog.md).

import WeirColumnar
import WeirSQL

extension ScriptBinder {
    private static let usage =
        "TO_CHANGELOG(input => TABLE t [PARTITION BY key] [, op => DESCRIPTOR(name)]"
        + " [, op_mapping => MAP['INSERT', 'I', …]])"

    /// The changes of a table: their code, then the row; columns of PARTITION BY come first.
    mutating func bindChangelog(_ call: TableCall) -> LogicalPlan? {
        guard let written = changelogArguments(call), let (input, scope) = bindFrom(written.table)
        else { return nil }
        var keys: [Int] = []
        for key in written.partitionBy {
            guard case .column(let path) = key.kind,
                let column = scope.resolve(path, &diagnostics)
            else {
                reportChangelog("PARTITION BY takes columns here", key.span)
                return nil
            }
            keys.append(column)
        }
        let name = written.op?.name ?? "op"
        if let other = input.columns.first(where: { $0.name.lowercased() == name.lowercased() }) {
            diagnostics.append(
                .error(
                    "duplicate-column", "the table has a column '\(other.name)' already",
                    at: written.op?.span ?? call.span.clipped,
                    hint: "name the code of the change: op => DESCRIPTOR(change)"))
            return nil
        }
        guard let codes = changeCodes(written.mapping) else { return nil }
        let op = Field(name, DataType(.varchar(.max), nullable: false))
        let changes = LogicalPlan(.changelog(input, codes), [op] + input.columns, call.span)
        guard !keys.isEmpty else { return changes }
        let order =
            keys.map { $0 + 1 } + [0]
            + input.columns.indices.filter { !keys.contains($0) }.map { $0 + 1 }
        return LogicalPlan(
            .project(
                changes,
                order.map { BoundExpression(.column($0), changes.columns[$0].type, call.span) }),
            order.map { changes.columns[$0] }, call.span)
    }

    private struct ChangelogArguments {
        let table: TableReference
        let partitionBy: [Expression]
        let op: Identifier?
        let mapping: Expression?
    }

    private mutating func changelogArguments(_ call: TableCall) -> ChangelogArguments? {
        var table: (reference: TableReference, keys: [Expression])?
        var op: Identifier?
        var mapping: Expression?
        for argument in call.arguments {
            let name = argument.name?.name.lowercased()
            switch argument.value {
            case .table(let reference, let keys, _) where name ?? "input" == "input":
                table = (reference, keys)
            case .descriptor(let columns) where name ?? "op" == "op" && columns.count == 1:
                op = columns.first
            case .expression(let value) where name ?? "op_mapping" == "op_mapping":
                mapping = value
            default:
                reportChangelog(
                    name.map { "TO_CHANGELOG takes no '\($0)' like this" }
                        ?? "TO_CHANGELOG is called in another way", argument.span)
                return nil
            }
        }
        guard let table else {
            reportChangelog("TO_CHANGELOG needs a table", call.span.clipped)
            return nil
        }
        return ChangelogArguments(
            table: table.reference, partitionBy: table.keys, op: op, mapping: mapping)
    }

    private mutating func changeCodes(_ mapping: Expression?) -> ChangeCodes? {
        guard let mapping else { return ChangeCodes() }
        guard case .map(let entries) = mapping.kind else {
            reportChangelog("op_mapping is a MAP of texts", mapping.span)
            return nil
        }
        var texts: [(names: String, code: String)] = []
        for entry in entries {
            guard case .literal(.string(let names)) = entry.key.kind,
                case .literal(.string(let code)) = entry.value.kind
            else {
                reportChangelog("op_mapping is a MAP of texts", entry.key.span)
                return nil
            }
            texts.append((names, code))
        }
        do {
            return try ChangeCodes(texts)
        } catch {
            diagnostics.append(
                .misspelt(
                    "unknown-change", "there is no change '\(error.name)'", at: mapping.span,
                    error.name, among: ChangeCodes.names.map(\.name)))
            return nil
        }
    }

    private mutating func reportChangelog(_ message: String, _ span: Span) {
        diagnostics.append(
            .error("bad-arguments", message, at: span, hint: "usage: \(Self.usage)"))
    }
}
