// One stage in detail: numbers, ledger, columns, its SQL.

import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirTerminal

enum StageDetail {
    static func draw(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        guard let id = model.selectedStage else { return }
        let stage = model.history.stages[id]
        Chrome.rule("\(stage.plan.name) · \(stage.plan.node.label)", area, model, &buffer)
        let lines = summary(stage, model) + ledger(stage) + columns(stage) + statement(stage, model)
        let isCut = lines.count > area.height - 1
        if isCut {
            buffer.putCell(
                "… \(lines.count - area.height + 2) more lines", x: area.x + 12,
                y: area.bottom - 1, width: area.width - 13, model.theme[.muted])
        }
        for (offset, line) in lines.prefix(area.height - (isCut ? 2 : 1)).enumerated() {
            let y = area.y + 1 + offset
            buffer.putCell(
                line.label, x: area.x + 1, y: y, width: 10, model.theme[.muted])
            buffer.putCell(
                line.text, x: area.x + 12, y: y, width: area.width - 13, model.theme[line.role])
        }
    }

    private struct Line {
        let label: String
        let text: String
        let role: Role
    }

    private static func summary(_ stage: StageSnapshot, _ model: Model) -> [Line] {
        let rates = model.history.rates(stage.plan.id)
        let counters = stage.counters
        let share =
            "\(Format.percent(rates.busy)) busy  \(Format.percent(rates.blocked)) blocked  "
            + "\(Format.percent(rates.idle)) idle"
        let latency =
            "p50 \(Format.millis(counters.latencyMillis(50)))  "
            + "p99 \(Format.millis(counters.latencyMillis(99)))"
        var lines = [
            Line(
                label: "in", text: "\(grouped(counters.rowsIn))  \(Format.rate(rates.rowsIn))/s",
                role: .number),
            Line(
                label: "out", text: "\(grouped(counters.rowsOut))  \(Format.rate(rates.rowsOut))/s",
                role: .number),
            Line(label: "time", text: share, role: .text),
            Line(label: "latency", text: latency, role: .text),
        ]
        if counters.watermark > .min, counters.watermark < .max {
            let text = ValueText.timestampText(counters.watermark)
            lines.append(Line(label: "watermark", text: text, role: .text))
        }
        if counters.stateBytes > 0 {
            lines.append(
                Line(label: "state", text: Format.bytes(Int64(counters.stateBytes)), role: .text))
        }
        let relation = stage.plan.relation
        if let key = relation.key, !key.isEmpty {
            let names = key.map { relation.columns[$0].name }.joined(separator: ", ")
            lines.append(Line(label: "key", text: names, role: .text))
        }
        return lines
    }

    /// Where the rows went.
    private static func ledger(_ stage: StageSnapshot) -> [Line] {
        let parts = LedgerReason.allCases.compactMap { reason -> String? in
            guard let rows = stage.counters.ledger[reason], rows != 0 else { return nil }
            return "\(grouped(rows)) \(reason.rawValue)"
        }
        return [Line(label: "ledger", text: parts.joined(separator: " + "), role: .text)]
    }

    private static func columns(_ stage: StageSnapshot) -> [Line] {
        stage.plan.relation.columns.enumerated().map { index, column in
            Line(
                label: index == 0 ? "columns" : "",
                text: "\(stage.plan.shownColumns[index])  \(column.type)", role: .string)
        }
    }

    /// The statement that the stage comes from.
    private static func statement(_ stage: StageSnapshot, _ model: Model) -> [Line] {
        let text = model.texts.text(stage.plan.span)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().map { index, line in
            Line(label: index == 0 ? "sql" : "", text: String(line), role: .text)
        }
    }
}
