// The tail: rows of one stage as they come.

import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirTerminal

enum TailView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        guard model.tail.stage < model.history.stages.count else { return }
        let stage = model.history.stages[model.tail.stage]
        drawHead(model, stage, body, &buffer)
        let detailHeight = body.height >= 14 ? min(8, body.height / 3) : 0
        let list = Rect(
            x: body.x, y: body.y + 2, width: body.width, height: body.height - 2 - detailHeight)
        let rows = model.tail.shown
        let selected = rows.isEmpty ? nil : min(model.tail.list.selected, rows.count - 1)
        if rows.isEmpty {
            let text =
                model.tail.rows.isEmpty
                ? " no rows yet: they show up here as they leave the stage"
                : " none of the \(model.tail.rows.count) rows contains '\(model.tail.filter)'"
            buffer.put(text, x: 0, y: list.y + 1, model.theme[.muted])
        } else {
            RowGrid.draw(
                columns: stage.plan.shownColumns, rows: rows,
                selected: model.tail.isFollowing ? rows.count - 1 : selected, list, model, &buffer)
        }
        let detail = Rect(
            x: body.x, y: list.bottom, width: body.width, height: detailHeight)
        if let selected, detailHeight > 2 { drawDetail(model, rows[selected], detail, &buffer) }
    }

    private static func drawHead(
        _ model: Model, _ stage: StageSnapshot, _ body: Rect, _ buffer: inout ScreenBuffer
    ) {
        let theme = model.theme
        var x = 1 + buffer.put("TAP ▸ ", x: 1, y: body.y, theme[.muted])
        x += buffer.put(stage.plan.name, x: x, y: body.y, theme[.title])
        let rate = model.history.rates(stage.plan.id).rowsOut
        let spark = Charts.sparkline(
            model.history.series(stage.plan.id) { $0.rowsOut },
            width: max(0, min(24, model.width - 60)))
        x += buffer.put("   \(Format.rate(rate))/s ", x: x, y: body.y, theme[.number])
        buffer.put(spark, x: x, y: body.y, theme[.series1])
        var parts: [String] = []
        parts.append(
            model.tail.isPaused ? "❚❚ paused" : model.tail.isFollowing ? "▮ following" : "scrolled")
        parts.append(
            "\(grouped(Int64(model.tail.rows.count))) of \(grouped(model.tail.seen + model.tail.missed)) rows kept"
        )
        if model.tail.missed > 0 {
            parts.append("\(grouped(model.tail.missed)) went by unseen (sampled)")
        }
        if !model.tail.filter.isEmpty {
            parts.append("& \(model.tail.filter): \(grouped(Int64(model.tail.shown.count))) match")
        }
        buffer.putCell(
            parts.joined(separator: " · "), x: 1, y: body.y + 1, width: model.width - 2,
            theme[.muted])
    }

    private static func drawDetail(
        _ model: Model, _ row: TailRow, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        Chrome.rule("record\(row.place.isEmpty ? "" : " · " + row.place)", area, model, &buffer)
        let width = max(10, area.width - 2)
        var lines = wrap(row.json, width)
        if let raw = row.raw { lines.append("raw  " + raw) }
        for (offset, line) in lines.prefix(area.height - 1).enumerated() {
            let isRaw = line.hasPrefix("raw  ")
            buffer.putCell(
                line, x: 1, y: area.y + 1 + offset, width: width,
                model.theme[isRaw ? .muted : .string])
        }
    }

    private static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            let line = rest.prefix(width)
            lines.append(String(String.UnicodeScalarView(line)))
            rest = rest.dropFirst(line.count)
        }
        return lines
    }
}
