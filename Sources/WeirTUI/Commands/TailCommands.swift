// What can be done on the tail screen.

import WeirEngine
import WeirPlanner
import WeirTerminal

enum TailCommands {
    static let all: [Command] = [
        Command(
            "tail.follow", [character("F")], "follow the newest rows", on: [.tail],
            footer: "follow"
        ) { model in
            model.tail.isFollowing = true
            model.tail.isPaused = false
            return []
        },
        Command(
            "view.pause", [character("p")], "pause or resume the display, not the pipeline",
            on: [.tail], footer: "pause"
        ) { model in
            model.tail.isPaused.toggle()
            return []
        },
        Command(
            "view.filter", [character("&"), character("/")],
            "show only rows that contain a text", on: [.tail], footer: "filter"
        ) { model in
            model.prompt = Prompt(kind: .filter, input: TextInput(model.tail.filter))
            return []
        },
        Command("view.clearFilter", [character("\\")], "show all rows again", on: [.tail]) {
            model in
            model.tail.filter = ""
            return []
        },
        Command("tail.clear", [character("X")], "forget the rows shown so far", on: [.tail]) {
            model in
            model.tail.rows = []
            model.tail.list = ListState()
            return []
        },
        Command(
            "tail.next", [character("]")], "tail the next stage", on: [.tail], footer: "stage"
        ) { $0.stepTail(1) },
        Command("tail.previous", [character("[")], "tail the stage before", on: [.tail]) {
            $0.stepTail(-1)
        },
    ]
}

extension Model {
    fileprivate mutating func stepTail(_ step: Int) -> [Effect] {
        // A source with a check is shown by its check.
        let checked = Set(
            history.stages.filter { $0.plan.node.label == "chk" }.compactMap(\.plan.input))
        let rows = flowRows.map(\.stage).filter { !checked.contains($0) }
        guard !rows.isEmpty else { return [] }
        let index = rows.firstIndex(of: tail.stage) ?? 0
        let filter = tail.filter
        tail = TailState()
        tail.stage = rows[(index + step + rows.count) % rows.count]
        tail.filter = filter
        return [.readTail(stage: tail.stage, since: 0)]
    }
}
