// Moving in lists and grids.

import WeirEngine
import WeirPlanner
import WeirStore
import WeirTerminal

enum ListCommands {
    static let all: [Command] = [
        Command("list.down", [character("j"), KeyPress(.down)], "one row down") { $0.move(1) },
        Command("list.up", [character("k"), KeyPress(.up)], "one row up") { $0.move(-1) },
        Command("list.top", [character("g"), KeyPress(.home)], "first row") { $0.move(-.max / 2) },
        Command("list.bottom", [character("G"), KeyPress(.end)], "last row") { $0.move(.max / 2) },
        Command("list.halfDown", [control("d")], "half a page down") { $0.move($0.height / 2) },
        Command("list.halfUp", [control("u")], "half a page up") { $0.move(-$0.height / 2) },
        Command("list.pageDown", [KeyPress(.pageDown), control("f")], "a page down") {
            $0.move(max(1, $0.height - 6))
        },
        Command("list.pageUp", [KeyPress(.pageUp), control("b")], "a page up") {
            $0.move(-max(1, $0.height - 6))
        },
        Command(
            "list.left", [character("h"), KeyPress(.left)], "one column left", on: [.query]
        ) { model in
            model.query.column = max(0, model.query.column - 1)
            return []
        },
        Command(
            "list.right", [character("l"), KeyPress(.right)], "one column right", on: [.query]
        ) { model in
            let last = max(0, (model.query.result?.columns.count ?? 1) - 1)
            model.query.column = min(last, model.query.column + 1)
            return []
        },
        Command("view.copy", [character("y")], "copy the selected row", footer: "copy") {
            $0.copySelection()
        },
    ]
}

extension Model {
    /// Moves the selection of the list that has the focus.
    mutating func move(_ rows: Int) -> [Effect] {
        switch screen {
        case .flow: flow.move(clamped(rows), count: flowRows.count)
        case .sources:
            sources.list.move(clamped(rows), count: sourceStages.count)
            return sources.isPreview ? previewEffects : []
        case .rejects: return moveRejects(clamped(rows))
        case .tail:
            tail.list.move(clamped(rows), count: tail.shown.count)
            tail.isFollowing = tail.list.selected >= tail.shown.count - 1 && rows > 0
        case .query: query.grid.move(clamped(rows), count: query.result?.rows.count ?? 0)
        case .metrics: metrics.move(clamped(rows), count: flowRows.count)
        case .api:
            if api.isInRequests {
                api.requests.move(clamped(rows), count: api.shown.count)
            } else {
                api.endpoints.move(clamped(rows), count: api.status?.endpoints.count ?? 0)
            }
        case .help: help.list.move(clamped(rows), count: HelpRows.rows(self).count)
        }
        return []
    }

    private func clamped(_ rows: Int) -> Int { min(max(rows, -10_000_000), 10_000_000) }

    private mutating func moveRejects(_ rows: Int) -> [Effect] {
        if rejects.isInRows {
            rejects.rowList.move(rows, count: rejects.rows.count)
            return []
        }
        rejects.groupList.move(rows, count: rejects.groups.count)
        return rejectRowEffects
    }

    /// Asks for the rows of the selected group.
    var rejectRowEffects: [Effect] {
        guard !rejects.groups.isEmpty else { return [] }
        let group = rejects.groups[min(rejects.groupList.selected, rejects.groups.count - 1)]
        return [.loadRejectRows(rule: group.rule)]
    }

    /// The selected row as text for the clipboard.
    mutating func copySelection() -> [Effect] {
        guard let text = selectionText else {
            say("nothing to copy here", isError: true)
            return []
        }
        say("copied \(text.utf8.count) bytes (OSC 52)")
        return [.copy(text)]
    }

    private var selectionText: String? {
        switch screen {
        case .rejects:
            rejects.rows.isEmpty
                ? nil : rejects.rows[min(rejects.rowList.selected, rejects.rows.count - 1)].raw
        case .tail:
            tail.shown.isEmpty
                ? nil : tail.shown[min(tail.list.selected, tail.shown.count - 1)].json
        case .query:
            query.result.flatMap { result in
                result.rows.isEmpty
                    ? nil
                    : result.rows[min(query.grid.selected, result.rows.count - 1)]
                        .map(\.text).joined(separator: "\t")
            }
        case .flow: selectedStage.map { history.stages[$0].plan.name }
        case .api: api.isInRequests ? api.selectedRequest?.path : api.selectedEndpoint?.route
        case .sources, .metrics, .help: nil
        }
    }
}
