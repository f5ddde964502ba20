// Clicks and the wheel.

import WeirTerminal

extension Model {
    mutating func handle(_ action: MouseAction, x: Int, y: Int) -> [Effect] {
        switch action {
        case .wheelUp: return move(-3)
        case .wheelDown: return move(3)
        case .press: return click(x: x, y: y)
        case .release, .drag: return []
        }
    }

    private mutating func click(x: Int, y: Int) -> [Effect] {
        if y == 1, let screen = Chrome.tab(atColumn: x, self) { return show(screen) }
        if y == height - 1, let command = Chrome.footerCommand(atColumn: x, self) {
            return command.perform(&self)
        }
        return clickBody(x: x, y: y)
    }

    private mutating func clickBody(x: Int, y: Int) -> [Effect] {
        let body = Chrome.body(self)
        guard body.contains(x: x, y: y) else { return [] }
        // Lists begin under their heading.
        let row = y - body.y - 1
        switch screen {
        case .flow:
            let area = FlowView.listArea(self)
            let shown = flow.window(height: area.height - 1, count: flowRows.count)
            let target = shown.lowerBound + y - area.y - 1
            if area.contains(x: x, y: y), shown.contains(target) {
                flow.select(target, count: flowRows.count)
            }
        case .sources where row >= 0 && row < sourceStages.count:
            sources.list.select(row, count: sourceStages.count)
            return sources.isPreview ? previewEffects : []
        case .query: query.isInGrid = y >= QueryView.gridTop(self)
        default: break
        }
        return []
    }
}
