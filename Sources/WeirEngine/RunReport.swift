// The plain report of a run: rows by table, rejects by cause, rates.

import WeirPlanner
import WeirRuntime
import WeirStore

/// Text for people who have no terminal in front of them.
package struct RunReport: Sendable {
    private let session: Session
    private let snapshot: EngineSnapshot
    private let store: StoreReader

    /// - Throws: `StoreError` when the store cannot be read.
    package init(session: Session) throws {
        self.session = session
        snapshot = session.snapshot()
        store = try StoreReader(path: session.options.storePath)
    }

    package func text() throws -> String {
        let sections = [sources(), try tables(), try rejects(), dropped(), closing()]
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func sources() -> String {
        var lines = [["SOURCE", "READ", "ACCEPTED", "REJECTED HERE"]]
        for stage in snapshot.stages where stage.plan.node.isSource {
            let check = snapshot.stages.first { other in
                if case .check = other.plan.node {
                    other.plan.input == stage.plan.id
                } else {
                    false
                }
            }
            let accepted = (check ?? stage).counters.rowsOut
            lines.append([
                stage.plan.name, grouped(stage.counters.rowsIn), grouped(accepted),
                grouped(stage.counters.rowsIn - accepted),
            ])
        }
        return TextTable.render(lines, rightAligned: [1, 2, 3])
    }

    private func tables() throws -> String {
        var lines = [["TABLE", "ROWS"]]
        for table in session.plan.tables {
            let name = table.name.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"")
            let result = try store.query("SELECT count(*) FROM \"weir_data_\(name)\"", limit: 1)
            if case .integer(let rows)? = result.rows.first?.first {
                lines.append([table.name, grouped(rows)])
            }
        }
        // A view may be costly to count; it is named all the same.
        for view in session.plan.views where view.isExposed {
            lines.append([view.name, "(view)"])
        }
        return lines.count > 1 ? TextTable.render(lines, rightAligned: [1]) : ""
    }

    private func rejects() throws -> String {
        let result = try store.query(
            """
            SELECT rule, coalesce(source, stage), count(*), min(message) FROM weir_rejects
            GROUP BY 1, 2 ORDER BY 3 DESC
            """, limit: 20)
        if result.rows.isEmpty { return "no rejects\n" }
        var lines = [["REJECTS", "RULE", "FROM", "EXAMPLE"]]
        for row in result.rows {
            lines.append([grouped(Int64(row[2].text) ?? 0), row[0].text, row[1].text, row[3].text])
        }
        return TextTable.render(lines, rightAligned: [0])
            + (result.isTruncated ? "… and more causes: weir rejects\n" : "")
    }

    /// Rows that went nowhere, by stage and reason; late ones with what to do about them.
    private func dropped() -> String {
        let shown: [LedgerReason] = [.filtered, .late, .duplicate]
        var lines = [["STAGE", "ROWS", "WHY"]]
        for stage in snapshot.stages {
            for reason in shown {
                if let rows = stage.counters.ledger[reason], rows > 0 {
                    lines.append([stage.plan.name, grouped(rows), reason.rawValue])
                }
            }
        }
        guard lines.count > 1 else { return "" }
        let late = snapshot.stages.reduce(Int64(0)) { $0 + ($1.counters.ledger[.late] ?? 0) }
        return TextTable.render(lines, rightAligned: [1])
            + (late == 0
                ? ""
                : "warning: \(grouped(late)) rows came after their window had closed and are in no"
                    + " table; a WATERMARK further behind would wait for them\n")
    }

    private func closing() -> String {
        let read = snapshot.stages.filter { $0.plan.node.isSource }
            .reduce(Int64(0)) { $0 + $1.counters.rowsIn }
        let seconds = snapshot.uptimeSeconds
        let new = max(0, read - session.earlierRows)
        let rate = seconds > 0 ? Double(new) / seconds : 0
        var text =
            "\(grouped(new)) \(session.earlierRows > 0 ? "more " : "")\(new == 1 ? "row" : "rows") in \(decimals(seconds)) s,"
            + " \(grouped(Int64(rate))) rows/s"
        switch snapshot.state {
        case .stopped: text += "; stopped, run again to go on"
        case .failed(let message): text += "; failed: \(message)"
        case .running, .finished: break
        }
        return text + "\nstore: \(session.options.storePath)\n"
    }

    private func decimals(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

/// A number with a narrow space between groups of three digits, as `27 004`.
package func grouped(_ value: Int64) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += " " }
        text.append(digit)
    }
    return value < 0 ? "-" + text : text
}
