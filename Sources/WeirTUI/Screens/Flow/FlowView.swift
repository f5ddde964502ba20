// The flow: all stages with their rates, and what is wrong with whom.

import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirTerminal

enum FlowView {
    /// Whether the details stand beside the list.
    private static func isWide(_ model: Model) -> Bool { model.width >= 140 }

    private static func split(_ model: Model) -> (list: Rect, chart: Rect, detail: Rect) {
        let body = Chrome.body(model)
        let none = Rect(x: 0, y: 0, width: 0, height: 0)
        if isWide(model) {
            let (left, right) = body.splitLeft(model.width * 58 / 100)
            let wanted = model.flowRows.count + 1
            let (list, chart) = left.splitTop(max(min(wanted, left.height - 8), 5))
            return (list, chart, right)
        }
        if model.isInspecting {
            let (list, detail) = body.splitTop(max(4, body.height * 4 / 10))
            return (list, none, detail)
        }
        let chartHeight = body.height >= 16 ? max(5, body.height - model.flowRows.count - 1) : 0
        let (list, chart) = body.splitTop(body.height - min(chartHeight, max(0, body.height / 3)))
        return (list, chart, none)
    }

    static func listArea(_ model: Model) -> Rect { split(model).list }

    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let areas = split(model)
        drawList(model, areas.list, &buffer)
        if areas.chart.height >= 3 { drawChart(model, areas.chart, &buffer) }
        if areas.detail.height >= 3 { StageDetail.draw(model, areas.detail, &buffer) }
    }

    private static func drawList(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let columns = FlowColumns(width: area.width)
        let heading = model.theme[.heading]
        buffer.putCell(" STAGE", x: area.x, y: area.y, width: columns.name, heading)
        for column in columns.numbers {
            buffer.putCell(
                column.title, x: area.x + column.x, y: area.y, width: column.width, heading,
                alignRight: true)
        }
        if columns.bar > 0 {
            buffer.putCell(
                columns.bar >= 14 ? "BUSY▒BLOCK·IDLE" : "BUSY▒BL·ID", x: area.x + columns.barX,
                y: area.y, width: columns.bar, heading)
        }
        let rows = model.flowRows
        let window = model.flow.window(height: area.height - 1, count: rows.count)
        for (offset, index) in window.enumerated() {
            drawRow(
                model, rows[index], area.x, area.y + 1 + offset, columns,
                isSelected: index == model.flow.selected, &buffer)
        }
        if rows.isEmpty {
            buffer.put(" starting …", x: area.x, y: area.y + 1, model.theme[.muted])
        }
    }

    private static func drawRow(
        _ model: Model, _ row: FlowRow, _ x: Int, _ y: Int, _ columns: FlowColumns,
        isSelected: Bool, _ buffer: inout ScreenBuffer
    ) {
        let stage = model.history.stages[row.stage]
        let rates = model.history.rates(row.stage)
        let theme = model.theme
        if isSelected {
            buffer.fill(
                Rect(x: x, y: y, width: columns.width, height: 1),
                theme.row(.text, isSelected: true))
        }
        var column =
            x
            + buffer.put(
                isSelected ? ">" : " ", x: x, y: y, theme.row(.key, isSelected: isSelected))
        column += buffer.put(row.lanes, x: column, y: y, theme.row(.border, isSelected: isSelected))
        let (mark, role) = mark(stage, rates)
        column += buffer.put(mark + " ", x: column, y: y, theme.row(role, isSelected: isSelected))
        let nameWidth = x + columns.name - column - 5
        buffer.putCell(
            stage.plan.name, x: column, y: y, width: nameWidth,
            theme.row(stage.plan.node.isEnd ? .accent : .text, isSelected: isSelected))
        buffer.putCell(
            stage.plan.node.label, x: x + columns.name - 4, y: y, width: 4,
            theme.row(.muted, isSelected: isSelected))
        let values = numbers(stage, rates)
        for number in columns.numbers {
            let text = values[number.title] ?? ""
            let isBad = number.title == "REJ" && text != "-"
            buffer.putCell(
                text, x: x + number.x, y: y, width: number.width,
                theme.row(text == "-" ? .muted : isBad ? .warn : .number, isSelected: isSelected),
                alignRight: true)
        }
        if columns.bar > 0 {
            StageBar.draw(
                rates, x: x + columns.barX, y: y, width: columns.bar, isSelected: isSelected, model,
                &buffer)
        }
    }

    /// Glyph and colour of a stage's state.
    private static func mark(_ stage: StageSnapshot, _ rates: StageRates) -> (String, Role) {
        if stage.plan.node.isEnd { return ("▤", .accent) }
        if stage.plan.node.isSource {
            return stage.counters.isAtEnd ? ("✓", .ok) : ("●", .ok)
        }
        return rates.rowsIn > 0 ? ("●", .ok) : ("○", .muted)
    }

    private static func numbers(_ stage: StageSnapshot, _ rates: StageRates) -> [String: String] {
        let counters = stage.counters
        let lost = (counters.ledger[.late] ?? 0) + (counters.ledger[.duplicate] ?? 0)
        return [
            "IN/s": Format.rate(rates.rowsIn), "OUT/s": Format.rate(rates.rowsOut),
            "IN": counters.rowsIn > 0 ? Format.compact(Double(counters.rowsIn)) : "-",
            "OUT": counters.rowsOut > 0 ? Format.compact(Double(counters.rowsOut)) : "-",
            "QUEUE": queue(counters), "p99": Format.millis(counters.latencyMillis(99)),
            "REJ": dash(counters.ledger[.rejected] ?? 0), "LATE": dash(lost),
        ]
    }

    private static func queue(_ counters: StageCounters) -> String {
        counters.queueCapacity > 0 ? "\(counters.queued)/\(counters.queueCapacity)" : "-"
    }

    private static func dash(_ value: Int64) -> String {
        value > 0 ? Format.compact(Double(value)) : "-"
    }

    private static func drawChart(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let input = model.history.inputSeries
        let title =
            "throughput, rows/s   in \(Format.rate(model.history.inputRate))   out "
            + Format.rate(model.history.outputRate)
        Chrome.rule(title, area, model, &buffer)
        let plot = Rect(
            x: area.x + 7, y: area.y + 1, width: area.width - 8, height: area.height - 1)
        let top = max(Charts.scale(Array(input.suffix(plot.width * 2))), 1)
        buffer.putCell(
            Format.compact(top), x: area.x, y: plot.y, width: 6, model.theme[.muted],
            alignRight: true)
        if plot.height > 1 {
            buffer.putCell(
                "0", x: area.x, y: plot.bottom - 1, width: 6, model.theme[.muted],
                alignRight: true)
        }
        Charts.area(input, top: top, in: plot, &buffer, model.theme[.series1])
    }
}

/// Which columns fit in a width, and where they stand.
struct FlowColumns {
    struct Number {
        let title: String
        let x: Int
        let width: Int
    }

    let width: Int
    let name: Int
    let bar: Int
    let barX: Int
    let numbers: [Number]

    init(width: Int) {
        self.width = width
        var titles: [(String, Int)] = [("IN/s", 6), ("OUT/s", 6)]
        if width >= 64 { titles += [("p99", 6), ("REJ", 5)] }
        if width >= 76 { titles.insert(("QUEUE", 5), at: 2) }
        if width >= 90 { titles = [("IN", 6), ("OUT", 6)] + titles }
        if width >= 100 { titles.append(("LATE", 5)) }
        bar = width >= 110 ? 16 : width >= 60 ? 10 : 0
        let fixed = titles.reduce(0) { $0 + $1.1 + 1 } + (bar > 0 ? bar + 1 : 0)
        name = max(16, width - fixed - 1)
        var x = name
        var placed: [Number] = []
        let barBehind = titles.firstIndex { $0.0 == "OUT/s" } ?? 0
        var barPlace = x
        for (index, (title, columnWidth)) in titles.enumerated() {
            placed.append(Number(title: title, x: x + 1, width: columnWidth))
            x += columnWidth + 1
            if index == barBehind, bar > 0 {
                barPlace = x + 1
                x += bar + 1
            }
        }
        numbers = placed
        barX = barPlace
    }
}
