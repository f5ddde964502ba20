// Refused rows: causes, rows of a cause, and the raw record with the field marked.

import WeirEngine
import WeirTerminal

enum RejectsView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let groups = model.rejects.groups
        if groups.isEmpty {
            buffer.put(
                model.history.rejects > 0
                    ? " reading rejects …" : " no rejects: every row read so far was accepted",
                x: 0, y: body.y + 1, model.theme[.muted])
            return
        }
        let wanted = min(groups.count + 2, max(4, body.height / 3))
        let (top, rest) = body.splitTop(wanted)
        drawGroups(model, top, &buffer)
        let rawHeight = min(7, max(0, rest.height - 4))
        let (rows, raw) = rest.splitTop(rest.height - rawHeight)
        drawRows(model, rows, &buffer)
        drawRaw(model, raw, &buffer)
    }

    private static func drawGroups(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let theme = model.theme
        let ruleWidth = max(20, area.width - 44)
        let titles = [
            ("COUNT", 1, 10), ("RULE", 13, ruleWidth), ("SOURCE", 14 + ruleWidth, 14),
            ("CODE", 29 + ruleWidth, 15),
        ]
        for (index, title) in titles.enumerated() {
            buffer.putCell(
                title.0, x: title.1, y: area.y, width: title.2, theme[.heading],
                alignRight: index == 0)
        }
        let list = model.rejects.groupList
        let groups = model.rejects.groups
        for (offset, index) in list.window(height: area.height - 2, count: groups.count)
            .enumerated()
        {
            let y = area.y + 1 + offset
            let isSelected = index == list.selected
            if isSelected {
                buffer.fill(
                    Rect(x: 0, y: y, width: area.width, height: 1),
                    theme.row(.text, isSelected: true))
            }
            let group = groups[index]
            buffer.put(
                isSelected && !model.rejects.isInRows ? ">" : " ", x: 0, y: y,
                theme.row(.key, isSelected: isSelected))
            buffer.putCell(
                grouped(group.count), x: 1, y: y, width: 10,
                theme.row(.warn, isSelected: isSelected),
                alignRight: true)
            buffer.putCell(
                group.rule, x: 13, y: y, width: ruleWidth, theme.row(.text, isSelected: isSelected))
            buffer.putCell(
                group.source, x: 14 + ruleWidth, y: y, width: 14,
                theme.row(.accent, isSelected: isSelected))
            buffer.putCell(
                group.code, x: 29 + ruleWidth, y: y, width: 15,
                theme.row(.muted, isSelected: isSelected))
        }
    }

    private static func drawRows(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let theme = model.theme
        let state = model.rejects
        let list = state.rowList
        let window = list.window(height: area.height - 2, count: state.rows.count)
        let known =
            state.groups.first { $0.rule == state.shownRule }?.count ?? Int64(state.rows.count)
        let first =
            state.rows.count == RejectsState.rowLimit ? ", the newest \(state.rows.count)" : ""
        Chrome.rule(
            "rows: \(state.shownRule ?? "") (\(grouped(known))\(first))", area, model, &buffer)
        let rows = window.map { state.rows[$0] }
        let places = width("SOURCE:LINE", rows.map(place), limit: 22)
        let names = width("COLUMN", rows.map(\.column), limit: 20)
        let values = width("VALUE", rows.map(\.value), limit: max(10, area.width / 6))
        let columns = [
            ("SOURCE:LINE", 1, places), ("COLUMN", places + 2, names),
            ("VALUE", places + names + 3, values),
        ]
        for column in columns {
            buffer.putCell(
                column.0, x: column.1, y: area.y + 1, width: column.2, theme[.heading])
        }
        let messageX = places + names + values + 4
        buffer.putCell(
            "MESSAGE", x: messageX, y: area.y + 1, width: area.width - messageX, theme[.heading])
        for (offset, index) in window.enumerated() {
            let y = area.y + 2 + offset
            let isSelected = index == list.selected && state.isInRows
            let row = state.rows[index]
            if isSelected {
                buffer.fill(
                    Rect(x: 0, y: y, width: area.width, height: 1),
                    theme.row(.text, isSelected: true))
                buffer.put(">", x: 0, y: y, theme.row(.key, isSelected: true))
            }
            let cells: [(String, Role)] = [
                (place(row), .accent), (row.column, .text), (row.value, .warn),
            ]
            for (cell, column) in zip(cells, columns) {
                buffer.putCell(
                    cell.0, x: column.1, y: y, width: column.2,
                    theme.row(cell.1, isSelected: isSelected))
            }
            buffer.putCell(
                row.message, x: messageX, y: y, width: area.width - messageX,
                theme.row(.text, isSelected: isSelected))
        }
    }

    private static func place(_ row: RejectRow) -> String {
        row.line.isEmpty ? row.source : "\(row.source):\(row.line)"
    }

    /// As wide as the widest of the texts, within a limit.
    private static func width(_ title: String, _ texts: [String], limit: Int) -> Int {
        min(limit, texts.reduce(title.count) { max($0, TextWidth.columns($1)) })
    }

    private static func drawRaw(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        let state = model.rejects
        guard area.height >= 2, !state.rows.isEmpty else { return }
        let row = state.rows[min(state.rowList.selected, state.rows.count - 1)]
        Chrome.rule(
            "raw record" + (row.offset.isEmpty ? "" : " · byte \(row.offset)"), area, model, &buffer
        )
        let width = max(10, area.width - 2)
        let scalars = Array(row.raw.unicodeScalars.prefix(width * (area.height - 2)))
        let mark = RawMark.range(row)
        for (index, scalar) in scalars.enumerated() {
            let isMarked = mark?.contains(index) ?? false
            buffer.put(
                String(scalar), x: area.x + 1 + index % width, y: area.y + 1 + index / width,
                isMarked ? model.theme[.match] : model.theme[.string])
        }
        let used = min(area.height - 2, (scalars.count + width - 1) / max(1, width))
        let explanation = row.column.isEmpty ? row.message : "\(row.column): \(row.message)"
        buffer.putCell(
            explanation, x: area.x + 1, y: area.y + 1 + max(1, used), width: width,
            model.theme[.error])
    }
}

/// Where the refused value stands in its raw record.
enum RawMark {
    /// The value's first occurrence as a whole field, in scalars.
    static func range(_ row: RejectRow) -> Range<Int>? {
        let raw = Array(row.raw.unicodeScalars)
        let value = Array(row.value.unicodeScalars)
        guard !value.isEmpty, value.count <= raw.count else { return nil }
        func isBoundary(_ index: Int) -> Bool {
            guard raw.indices.contains(index) else { return true }
            return ",;\t\"|: }]".unicodeScalars.contains(raw[index])
        }
        for start in 0...(raw.count - value.count)
        where raw[start..<start + value.count].elementsEqual(value) {
            if isBoundary(start - 1), isBoundary(start + value.count) {
                return start..<start + value.count
            }
        }
        return nil
    }
}
