// Rows of values in columns as wide as they need.

import WeirTerminal

enum RowGrid {
    /// Draws a heading and the last rows that fit, or those around the selected one.
    static func draw(
        columns: [String], rows: [TailRow], selected: Int?, _ area: Rect, _ model: Model,
        _ buffer: inout ScreenBuffer
    ) {
        guard area.height > 1 else { return }
        let height = area.height - 1
        let start = max(0, min(rows.count - height, (selected ?? rows.count) - height / 2))
        let shown = rows[max(0, start)..<min(rows.count, max(0, start) + height)]
        let widths = columns.indices.map { column in
            let values = shown.map { row in
                column < row.values.count ? TextWidth.columns(row.values[column]) : 0
            }
            return min(30, max(TextWidth.columns(columns[column]), values.max() ?? 0))
        }
        var x = area.x + 4
        for (title, width) in zip(columns, widths) where x < area.right {
            buffer.putCell(
                title, x: x, y: area.y, width: min(width, area.right - x), model.theme[.heading])
            x += width + 2
        }
        for (offset, row) in shown.enumerated() {
            drawRow(
                row, widths, area, area.y + 1 + offset,
                isSelected: selected == shown.startIndex + offset, model, &buffer)
        }
    }

    private static func drawRow(
        _ row: TailRow, _ widths: [Int], _ area: Rect, _ y: Int, isSelected: Bool, _ model: Model,
        _ buffer: inout ScreenBuffer
    ) {
        let theme = model.theme
        if isSelected {
            buffer.fill(
                Rect(x: area.x, y: y, width: area.width, height: 1),
                theme.row(.text, isSelected: true))
        }
        buffer.put(isSelected ? ">" : " ", x: area.x, y: y, theme.row(.key, isSelected: isSelected))
        let kindRole: Role = row.kind.hasPrefix("-") ? .error : row.kind == "+U" ? .warn : .ok
        buffer.put(row.kind, x: area.x + 1, y: y, theme.row(kindRole, isSelected: isSelected))
        var x = area.x + 4
        for (value, width) in zip(row.values, widths) where x < area.right {
            let isNull = value == "∅"
            let isNumber = value.utf8.first.map { $0 >= 0x2D && $0 <= 0x39 } ?? false
            buffer.putCell(
                value, x: x, y: y, width: min(width, area.right - x),
                theme.row(isNull ? .null : isNumber ? .number : .string, isSelected: isSelected))
            x += width + 2
        }
    }
}
