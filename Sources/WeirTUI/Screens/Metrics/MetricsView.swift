// Metrics: throughput, latency and time shares over time, and all stages in a table.

import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirTerminal

enum MetricsView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let rows = model.flowRows
        guard !rows.isEmpty else { return }
        let stage = rows[min(model.metrics.selected, rows.count - 1)].stage
        let chartHeight = body.height >= 16 ? max(6, body.height * 45 / 100) : 0
        let (charts, table) = body.splitTop(chartHeight)
        if chartHeight > 0 { drawCharts(model, stage, charts, &buffer) }
        drawTable(model, rows, table, &buffer)
    }

    private static func drawCharts(
        _ model: Model, _ stage: Int, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        let count = area.width >= 150 ? 3 : area.width >= 70 ? 2 : 1
        let width = area.width / count
        let name = model.history.stages[stage].plan.name
        let history = model.history
        let latency = history.latencies(stage)
        let counters = history.stages[stage].counters
        let titles = [
            "rows/s · \(name) · in \(Format.rate(history.rates(stage).rowsIn))",
            "latency ms · p50 \(Format.millis(counters.latencyMillis(50))) p99 "
                + Format.millis(counters.latencyMillis(99)),
            "busy · \(Format.percent(history.rates(stage).busy))",
        ]
        let series = [
            history.series(stage) { $0.rowsIn }, latency.p99, history.series(stage) { $0.busy },
        ]
        let roles: [Role] = [.series1, .series3, .busy]
        for index in 0..<count {
            let box = Rect(
                x: area.x + index * width, y: area.y, width: width - 1, height: area.height)
            drawChart(
                titles[index], series[index], top: index == 2 ? 1 : nil, roles[index], box, model,
                &buffer)
        }
        if count > 1 {
            overlay(
                latency.p50, Charts.scale(latency.p99),
                Rect(x: area.x + width, y: area.y, width: width - 1, height: area.height), model,
                &buffer)
        }
    }

    /// p50 in front of p99.
    private static func overlay(
        _ values: [Double], _ top: Double, _ box: Rect, _ model: Model, _ buffer: inout ScreenBuffer
    ) {
        let plot = Rect(x: box.x + 7, y: box.y + 1, width: box.width - 8, height: box.height - 2)
        Charts.area(values, top: max(top, 0.001), in: plot, &buffer, model.theme[.series2])
    }

    private static func drawChart(
        _ title: String, _ values: [Double], top: Double?, _ role: Role, _ box: Rect,
        _ model: Model, _ buffer: inout ScreenBuffer
    ) {
        Chrome.rule(title, box, model, &buffer)
        let plot = Rect(x: box.x + 7, y: box.y + 1, width: box.width - 8, height: box.height - 2)
        let limit = top ?? max(Charts.scale(Array(values.suffix(plot.width * 2))), 0.001)
        let label = top == 1 ? "100%" : limit < 1 ? "1" : Format.compact(limit)
        buffer.putCell(label, x: box.x, y: plot.y, width: 6, model.theme[.muted], alignRight: true)
        buffer.putCell(
            "0", x: box.x, y: plot.bottom - 1, width: 6, model.theme[.muted], alignRight: true)
        Charts.area(values, top: limit, in: plot, &buffer, model.theme[role])
        let seconds = Double(min(values.count, plot.width * 2)) / 4
        buffer.putCell(
            "\(Format.duration(seconds)) ago", x: plot.x, y: box.bottom - 1, width: plot.width / 2,
            model.theme[.muted])
        buffer.putCell(
            "now", x: plot.x + plot.width / 2, y: box.bottom - 1,
            width: plot.width - plot.width / 2, model.theme[.muted], alignRight: true)
    }

    private static let titles: [(String, Int)] = [
        ("IN/s", 7), ("OUT/s", 7), ("p50", 7), ("p99", 7), ("BUSY", 5), ("BLOCK", 5), ("IDLE", 5),
        ("STATE", 8),
    ]

    private static func drawTable(
        _ model: Model, _ rows: [FlowRow], _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        guard area.height > 1 else { return }
        let theme = model.theme
        var columns = titles
        if area.width >= 110 { columns += [("IN", 10), ("OUT", 10), ("QUEUE", 6)] }
        if area.width >= 130 { columns.append(("BATCHES", 8)) }
        while columns.reduce(18, { $0 + $1.1 + 1 }) > area.width, columns.count > 2 {
            columns.removeLast()
        }
        let nameWidth = area.width - columns.reduce(0) { $0 + $1.1 + 1 } - 1
        buffer.putCell(" STAGE", x: area.x, y: area.y, width: nameWidth, theme[.heading])
        var x = area.x + nameWidth + 1
        for column in columns {
            buffer.putCell(
                column.0, x: x, y: area.y, width: column.1, theme[.heading], alignRight: true)
            x += column.1 + 1
        }
        let window = model.metrics.window(height: area.height - 1, count: rows.count)
        for (offset, index) in window.enumerated() {
            let isSelected = index == model.metrics.selected
            let y = area.y + 1 + offset
            if isSelected {
                buffer.fill(
                    Rect(x: area.x, y: y, width: area.width, height: 1),
                    theme.row(.text, isSelected: true))
            }
            let stage = model.history.stages[rows[index].stage]
            buffer.putCell(
                (isSelected ? ">" : " ") + stage.plan.name, x: area.x, y: y, width: nameWidth,
                theme.row(.text, isSelected: isSelected))
            let values = values(stage, model.history.rates(stage.plan.id))
            var x = area.x + nameWidth + 1
            for column in columns {
                let text = values[column.0] ?? "-"
                buffer.putCell(
                    text, x: x, y: y, width: column.1,
                    theme.row(
                        text == "-" || text == "0%" ? .muted : .number, isSelected: isSelected),
                    alignRight: true)
                x += column.1 + 1
            }
        }
    }

    private static func values(_ stage: StageSnapshot, _ rates: StageRates) -> [String: String] {
        let counters = stage.counters
        return [
            "IN/s": Format.rate(rates.rowsIn), "OUT/s": Format.rate(rates.rowsOut),
            "p50": Format.millis(counters.latencyMillis(50)),
            "p99": Format.millis(counters.latencyMillis(99)),
            "BUSY": Format.percent(rates.busy), "BLOCK": Format.percent(rates.blocked),
            "IDLE": Format.percent(rates.idle), "IN": grouped(counters.rowsIn),
            "OUT": grouped(counters.rowsOut), "BATCHES": grouped(counters.batches),
            "STATE": counters.stateBytes > 0 ? Format.bytes(Int64(counters.stateBytes)) : "-",
            "QUEUE": counters.queueCapacity > 0
                ? "\(counters.queued)/\(counters.queueCapacity)" : "-",
        ]
    }
}
