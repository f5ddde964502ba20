// Help, made from the command table.

import WeirTerminal

/// The commands that the help shows.
enum HelpRows {
    /// Commands of the screen that help was asked on, then those that work everywhere, then the
    /// rest; filtered by what was typed.
    static func rows(_ model: Model) -> [Command] {
        let screen = model.help.previous
        let all = CommandTable.all
        let own = all.filter { $0.screens?.contains(screen) ?? false }
        let shared = all.filter { $0.screens == nil }
        let others = all.filter { !($0.screens?.contains(screen) ?? true) }
        let wanted = model.help.filter.lowercased()
        return (own + shared + others).filter { command in
            wanted.isEmpty || command.name.lowercased().contains(wanted)
                || command.summary.lowercased().contains(wanted)
                || command.keyText.lowercased().contains(wanted)
        }
    }
}

enum HelpView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let theme = model.theme
        let filter = model.help.filter.isEmpty ? "type to filter" : "filter: \(model.help.filter)▏"
        buffer.putCell(
            " help for \(model.help.previous.title)   \(filter)", x: 0, y: body.y,
            width: body.width, theme[.title])
        let keyWidth = 14
        let nameWidth = 20
        let whereWidth = body.width >= 76 ? 18 : 0
        let textWidth = body.width - keyWidth - nameWidth - whereWidth - 4
        let heads = [
            ("KEY", 1, keyWidth), ("COMMAND", keyWidth + 2, nameWidth),
            ("WHAT IT DOES", keyWidth + nameWidth + 3, textWidth),
            ("WHERE", keyWidth + nameWidth + textWidth + 4, whereWidth),
        ]
        for head in heads where head.2 > 0 {
            buffer.putCell(head.0, x: head.1, y: body.y + 1, width: head.2, theme[.heading])
        }
        let legend = body.height >= 16 ? 4 : 0
        let rows = HelpRows.rows(model)
        if rows.isEmpty {
            buffer.putCell(
                " no command matches '\(model.help.filter)'; ⌫ takes letters back, Esc closes",
                x: 0, y: body.y + 2, width: body.width, theme[.muted])
        }
        let window = model.help.list.window(height: body.height - 2 - legend, count: rows.count)
        for (offset, index) in window.enumerated() {
            let isSelected = index == model.help.list.selected
            let command = rows[index]
            let y = body.y + 2 + offset
            if isSelected {
                buffer.fill(
                    Rect(x: 0, y: y, width: body.width, height: 1),
                    theme.row(.text, isSelected: true))
            }
            let place =
                command.screens.map { screens in
                    screens.sorted { $0.rawValue < $1.rawValue }.map(\.title).joined(separator: " ")
                } ?? "everywhere"
            let cells: [(String, Role)] = [
                (command.keyText, .key), (command.name, .accent), (command.summary, .text),
                (place, .muted),
            ]
            for (cell, head) in zip(cells, heads) where head.2 > 0 {
                buffer.putCell(
                    cell.0, x: head.1, y: y, width: head.2,
                    theme.row(cell.1, isSelected: isSelected))
            }
        }
        if legend > 0 { drawLegend(model, body, &buffer) }
    }

    private static func drawLegend(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        let lines = [
            "symbols   ● working  ○ waiting  ✓ at its end  ▤ table  ❚❚ paused  ∅ NULL",
            "          █ busy  ▒ blocked by what follows  · idle   +I new  -U +U changed  -D gone",
            "this page is made from the command table: ↵ runs a command, Esc goes back",
        ]
        for (offset, line) in lines.enumerated() {
            buffer.putCell(
                line, x: 1, y: body.bottom - 3 + offset, width: body.width - 2, model.theme[.muted])
        }
    }
}
