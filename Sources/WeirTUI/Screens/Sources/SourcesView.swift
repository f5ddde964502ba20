// The sources: are they read, how far, how fast, and what is in them.

import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirTerminal

enum SourcesView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let sources = model.sourceStages
        let (top, rest) = body.splitTop(min(sources.count + 2, max(3, body.height / 2)))
        drawList(model, sources, top, &buffer)
        guard rest.height >= 3, let stage = model.selectedSource else { return }
        let (detail, chart) = rest.splitTop(rest.height >= 12 ? rest.height - 5 : rest.height)
        if model.width >= 140, !model.sources.isPreview {
            let (left, right) = detail.splitLeft(model.width * 45 / 100)
            drawSchema(model, stage, left, &buffer)
            drawOptions(model, stage, right, &buffer)
        } else if model.sources.isPreview {
            drawPreview(model, stage, detail, &buffer)
        } else {
            drawSchema(model, stage, detail, &buffer)
        }
        drawChart(model, stage, chart, &buffer)
    }

    private static func columns(_ width: Int) -> [(title: String, width: Int)] {
        var columns: [(title: String, width: Int)] = [
            ("KIND", 5), ("STATE", 7), ("ROWS", 10), ("RATE/s", 7),
        ]
        if width >= 74 { columns.append(("POSITION", 16)) }
        columns.append(("REJ", 7))
        if width >= 110 { columns += [("WATERMARK", 20), ("SIZE", 8)] }
        return columns
    }

    private static func drawList(
        _ model: Model, _ sources: [StageSnapshot], _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        let columns = columns(area.width)
        let nameWidth = max(12, area.width - columns.reduce(0) { $0 + $1.width + 1 } - 2)
        let heading = model.theme[.heading]
        buffer.putCell(" SOURCE", x: area.x, y: area.y, width: nameWidth, heading)
        var x = nameWidth + 1
        for column in columns {
            let isText = ["KIND", "STATE", "POSITION", "WATERMARK"].contains(column.title)
            buffer.putCell(
                column.title, x: x, y: area.y, width: column.width, heading, alignRight: !isText)
            x += column.width + 1
        }
        let window = model.sources.list.window(height: area.height - 2, count: sources.count)
        for (offset, index) in window.enumerated() {
            drawRow(
                model, sources[index], area.y + 1 + offset, nameWidth, columns,
                isSelected: index == model.sources.list.selected, area, &buffer)
        }
    }

    private static func drawRow(
        _ model: Model, _ source: StageSnapshot, _ y: Int, _ nameWidth: Int,
        _ columns: [(title: String, width: Int)], isSelected: Bool, _ area: Rect,
        _ buffer: inout ScreenBuffer
    ) {
        let theme = model.theme
        if isSelected {
            buffer.fill(
                Rect(x: area.x, y: y, width: area.width, height: 1),
                theme.row(.text, isSelected: true))
        }
        buffer.put(isSelected ? ">" : " ", x: area.x, y: y, theme.row(.key, isSelected: isSelected))
        buffer.putCell(
            source.plan.name, x: area.x + 1, y: y, width: nameWidth - 1,
            theme.row(.text, isSelected: isSelected))
        let values = values(model, source)
        var x = nameWidth + 1
        for column in columns {
            let (text, role, isText) = values[column.title] ?? ("", .text, true)
            buffer.putCell(
                text, x: x, y: y, width: column.width, theme.row(role, isSelected: isSelected),
                alignRight: !isText)
            x += column.width + 1
        }
    }

    private static func values(
        _ model: Model, _ source: StageSnapshot
    ) -> [String: (String, Role, Bool)] {
        let counters = source.counters
        let rates = model.history.rates(source.plan.id)
        let check = check(model, source.plan.id)
        let rejected =
            (counters.ledger[.rejected] ?? 0) + (check?.counters.ledger[.rejected] ?? 0)
        let share =
            counters.bytesTotal > 0
            ? min(1, Double(counters.bytesRead) / Double(counters.bytesTotal)) : 0
        let filled = Int((share * 10).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 10 - filled)
        let watermark = max(counters.watermark, check?.counters.watermark ?? .min)
        var kind = "-"
        if case .source(let plan) = source.plan.node { kind = plan.shownKind }
        let isPaused = model.history.latest?.isPaused ?? false
        return [
            "KIND": (kind, .muted, true),
            "STATE": counters.isAtEnd
                ? ("✓ done", .ok, true)
                : isPaused ? ("❚❚ held", .warn, true) : ("● read", .ok, true),
            "ROWS": (grouped(counters.rowsIn), .number, false),
            "RATE/s": (Format.rate(rates.rowsIn), .number, false),
            "POSITION": ("\(bar) \(Format.percent(share))", .text, true),
            "REJ": (
                rejected > 0 ? grouped(rejected) : "-", rejected > 0 ? .warn : .muted, false
            ),
            "WATERMARK": (
                watermark == .min || watermark == .max
                    ? "-" : ValueText.timestampText(watermark), .text, true
            ),
            "SIZE": (Format.bytes(counters.bytesTotal), .text, false),
        ]
    }

    private static func check(_ model: Model, _ source: Int) -> StageSnapshot? {
        model.history.stages.first { $0.plan.input == source && $0.plan.node.label == "chk" }
    }

    private static func drawSchema(
        _ model: Model, _ stage: Int, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        let source = check(model, stage) ?? model.history.stages[stage]
        let relation = source.plan.relation
        let room = max(0, area.height - 1)
        let isCut = relation.columns.count > room
        let shown = relation.columns.prefix(isCut ? max(0, room - 1) : room)
        Chrome.rule(
            "\(model.history.stages[stage].plan.name) ▸ schema, \(relation.columns.count) columns"
                + " · ↵ last rows", area, model, &buffer)
        if isCut, room > 0 {
            buffer.putCell(
                "… \(relation.columns.count - shown.count) more", x: area.x + 5,
                y: area.y + room, width: area.width - 5, model.theme[.muted])
        }
        for (index, column) in shown.enumerated() {
            let y = area.y + 1 + index
            buffer.putCell(
                "\(index + 1)", x: area.x, y: y, width: 4, model.theme[.muted], alignRight: true)
            buffer.putCell(column.name, x: area.x + 5, y: y, width: 20, model.theme[.text])
            buffer.putCell(
                "\(column.type)", x: area.x + 26, y: y, width: 26, model.theme[.keyword])
            var marks: [String] = []
            if relation.key?.contains(index) ?? false { marks.append("key") }
            if relation.rowtime == index { marks.append("event time") }
            if source.plan.unread.contains(index) { marks.append("not read") }
            buffer.putCell(
                marks.joined(separator: ", "), x: area.x + 53, y: y, width: area.width - 54,
                model.theme[.accent])
        }
    }

    private static func drawOptions(
        _ model: Model, _ stage: Int, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        Chrome.rule("config", area, model, &buffer)
        guard case .source(let plan) = model.history.stages[stage].plan.node else { return }
        let options =
            [("connector", plan.connector), ("format", plan.format ?? "-")]
            + plan.options.sorted { $0.key < $1.key }
        for (index, option) in options.prefix(max(0, area.height - 1)).enumerated() {
            let y = area.y + 1 + index
            buffer.putCell(option.0, x: area.x + 1, y: y, width: 22, model.theme[.muted])
            buffer.putCell(
                option.1, x: area.x + 24, y: y, width: area.width - 25, model.theme[.string])
        }
    }

    private static func drawPreview(
        _ model: Model, _ stage: Int, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        Chrome.rule(
            "\(model.history.stages[stage].plan.name) ▸ last rows · ↵ schema", area, model, &buffer)
        let source = check(model, stage) ?? model.history.stages[stage]
        RowGrid.draw(
            columns: source.plan.shownColumns, rows: model.sources.preview,
            selected: nil,
            Rect(x: area.x, y: area.y + 1, width: area.width, height: area.height - 1),
            model, &buffer)
    }

    private static func drawChart(
        _ model: Model, _ stage: Int, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        guard area.height >= 3 else { return }
        let series = model.history.series(stage) { $0.rowsIn }
        Chrome.rule(
            "rows/s   \(Format.rate(model.history.rates(stage).rowsIn))", area, model, &buffer)
        let plot = Rect(
            x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 1)
        Charts.area(
            series, top: Charts.scale(Array(series.suffix(plot.width * 2))), in: plot, &buffer,
            model.theme[.series1])
    }
}
