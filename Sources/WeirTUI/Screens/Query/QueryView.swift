// The query screen: catalog, editor with completion, results.

import WeirEngine
import WeirStore
import WeirTerminal

enum QueryView {
    private static func catalogWidth(_ model: Model) -> Int {
        model.width >= 180 ? 34 : model.width >= 80 ? 20 : 0
    }

    private static func editorHeight(_ model: Model) -> Int {
        max(3, min(10, Chrome.body(model).height / 3))
    }

    /// The first row of the results.
    static func gridTop(_ model: Model) -> Int { Chrome.body(model).y + editorHeight(model) }

    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let (catalog, rest) = body.splitLeft(catalogWidth(model))
        if catalog.width > 0 { drawCatalog(model, catalog, &buffer) }
        let (editor, results) = rest.splitTop(editorHeight(model))
        drawResults(model, results, &buffer)
        drawEditor(model, editor, &buffer)
    }

    private static func drawCatalog(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        buffer.putCell(
            " TABLES", x: area.x, y: area.y, width: area.width - 1, model.theme[.heading])
        var y = area.y + 1
        let used = model.query.editor.text.lowercased()
        for entry in model.query.catalog where y < area.bottom {
            let isUsed = used.contains(entry.table.lowercased())
            let isSystem = entry.table.hasPrefix("weir_")
            buffer.putCell(
                (isUsed ? "▾" : " ") + entry.table, x: area.x, y: y, width: area.width - 1,
                model.theme[isSystem ? .muted : .accent])
            y += 1
            guard isUsed else { continue }
            for column in entry.columns where y < area.bottom {
                buffer.putCell(
                    "   " + column, x: area.x, y: y, width: area.width - 1, model.theme[.text])
                y += 1
            }
        }
        for row in area.y..<area.bottom {
            buffer.put("│", x: area.right - 1, y: row, model.theme[.border])
        }
    }

    private static func drawEditor(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let query = model.query
        let lines = query.editor.text.split(separator: "\n", omittingEmptySubsequences: false)
        let (line, column) = query.editor.position
        let first = max(0, line - area.height + 1)
        if query.editor.text.isEmpty {
            buffer.put(
                "SELECT …   F5 runs it, Tab completes", x: area.x + 4, y: area.y,
                model.theme[.muted], width: area.width - 4)
        }
        for (offset, text) in lines.dropFirst(first).prefix(area.height).enumerated() {
            let y = area.y + offset
            buffer.putCell(
                "\(first + offset + 1)", x: area.x, y: y, width: 3, model.theme[.muted],
                alignRight: true)
            SQLHighlight.draw(
                String(text), x: area.x + 4, y: y, width: area.width - 5, model, &buffer)
        }
        guard !query.isInGrid, model.prompt == nil else { return }
        let cursor = (x: min(area.right - 1, area.x + 4 + column), y: area.y + line - first)
        buffer.cursor = cursor
        drawCompletions(model, cursor, area, &buffer)
    }

    private static func drawCompletions(
        _ model: Model, _ cursor: (x: Int, y: Int), _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        let items = model.query.completions
        guard !items.isEmpty else { return }
        let width = min(40, (items.map(\.count).max() ?? 0) + 2)
        let x = min(cursor.x - model.query.editor.word.count, model.width - width)
        for (index, item) in items.prefix(max(0, model.height - cursor.y - 3)).enumerated() {
            let isSelected = index == model.query.completion.selected
            buffer.putCell(
                " " + item, x: max(0, x), y: cursor.y + 1 + index, width: width,
                isSelected ? model.theme[.tabactive] : model.theme[.popup])
        }
    }

    private static func drawResults(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let query = model.query
        var title = "results"
        if query.isRunning {
            title = "running …  ^C cancels"
        } else if let result = query.result {
            let more = result.isTruncated ? "+ (first \(result.rows.count) only)" : ""
            title =
                "\(grouped(Int64(result.rows.count)))\(more) rows · "
                + "\(Format.millis(max(0.1, result.seconds * 1000)))"
        }
        Chrome.rule(title, area, model, &buffer)
        if let error = query.error {
            buffer.putCell(
                error, x: area.x + 1, y: area.y + 1, width: area.width - 2, model.theme[.error])
            return
        }
        guard let result = query.result else { return }
        let grid = Rect(
            x: area.x, y: area.y + 1, width: area.width, height: area.height - 1)
        ResultGrid.draw(result, model, grid, &buffer)
    }
}

/// A query result as a grid.
enum ResultGrid {
    static func draw(
        _ result: QueryResult, _ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        guard area.height > 1 else { return }
        let list = model.query.grid
        let window = list.window(height: area.height - 1, count: result.rows.count)
        let widths = result.columns.indices.map { column in
            let values = result.rows[window].map { TextWidth.columns(text($0[column])) }
            return min(40, max(TextWidth.columns(result.columns[column]), values.max() ?? 0, 1))
        }
        let first = firstColumn(widths, model.query.column, area.width)
        var x = area.x + 1
        for column in first..<result.columns.count where x < area.right {
            let isNumber = isNumeric(result, column, window)
            let width = min(widths[column], area.right - x)
            let isCurrent = model.query.isInGrid && column == model.query.column
            buffer.putCell(
                result.columns[column], x: x, y: area.y, width: width,
                isCurrent ? model.theme[.heading].adding(.underline) : model.theme[.heading],
                alignRight: isNumber)
            for (offset, row) in window.enumerated() {
                let isSelected = model.query.isInGrid && row == list.selected
                let value = result.rows[row][column]
                let role: Role = value == .null ? .null : isNumber ? .number : .string
                buffer.putCell(
                    text(value), x: x, y: area.y + 1 + offset, width: width,
                    model.theme.row(role, isSelected: isSelected), alignRight: isNumber)
            }
            x += width + 2
        }
    }

    /// The first column shown, so that the current one is visible.
    private static func firstColumn(_ widths: [Int], _ current: Int, _ width: Int) -> Int {
        var first = 0
        while first < current {
            let needed = widths[first...min(current, widths.count - 1)].reduce(0) { $0 + $1 + 2 }
            if needed <= width { break }
            first += 1
        }
        return first
    }

    private static func isNumeric(_ result: QueryResult, _ column: Int, _ rows: Range<Int>) -> Bool
    {
        result.rows[rows].contains { $0[column].isNumber }
            && result.rows[rows].allSatisfy { $0[column].isNumber || $0[column] == .null }
    }

    private static func text(_ value: StoreValue) -> String { value == .null ? "∅" : value.text }
}
