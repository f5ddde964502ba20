// The bar of busy, blocked and idle that every stage has.

import WeirTerminal

enum StageBar {
    /// Ten cells or so shared by busy █, blocked ▒ and idle ·.
    static func draw(
        _ rates: StageRates, x: Int, y: Int, width: Int, isSelected: Bool, _ model: Model,
        _ buffer: inout ScreenBuffer
    ) {
        let cells = Charts.shares([rates.busy, rates.blocked], width: width)
        let idle = max(0, width - cells[0] - cells[1])
        let busyRole: Role = rates.busy >= 0.8 ? .error : .busy
        var column = x
        let parts: [(String, Int, Role)] = [
            ("█", cells[0], busyRole), ("▒", cells[1], .blocked), ("·", idle, .idle),
        ]
        for (mark, count, role) in parts {
            column += buffer.put(
                String(repeating: mark, count: count), x: column, y: y,
                model.theme.row(role, isSelected: isSelected))
        }
    }
}
