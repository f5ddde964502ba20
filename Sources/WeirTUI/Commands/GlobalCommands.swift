// What works everywhere.

import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirTerminal

enum GlobalCommands {
    static let all: [Command] = [
        Command("palette", [character(":"), control("p")], "run a command by name", footer: "cmd") {
            model in
            model.prompt = Prompt(kind: .command, input: TextInput())
            return []
        },
        Command(
            "sql", [character(";")], "write SQL about what is on screen"
        ) { model in
            if model.query.editor.text.isEmpty, let table = model.tableOnScreen {
                model.query.editor.setText("SELECT * FROM \"\(table)\" LIMIT 100")
            }
            model.query.isInGrid = false
            return model.show(.query)
        },
        Command("pipeline.pause", [character("P")], "pause or resume the whole pipeline") { model in
            guard let latest = model.history.latest, latest.state == .running else {
                model.say("the pipeline has ended")
                return []
            }
            model.say(latest.isPaused ? "resumed" : "paused: sources stand still, P resumes")
            return [.setPaused(!latest.isPaused)]
        },
        Command("mouse.toggle", [KeyPress(.function(2))], "give the mouse to Weir or the terminal")
        {
            model in
            model.hasMouse.toggle()
            model.say(model.hasMouse ? "mouse on" : "mouse off: select text with the terminal")
            return [.setMouse(model.hasMouse)]
        },
        Command("screen.redraw", [control("l")], "draw the screen anew") { _ in [.redraw] },
        Command("app.suspend", [control("z")], "suspend Weir; fg brings it back") { _ in
            [.suspend]
        },
        Command("app.back", [KeyPress(.escape)], "go back", footer: "back") { $0.goBack() },
        Command("app.quit", [character("q")], "close the view; leave from Flow", footer: "quit") {
            $0.quit()
        },
        Command("app.interrupt", [control("c")], "cancel what runs; three times: leave") {
            $0.interrupt()
        },
    ]
}

extension Model {
    /// The stored table that belongs to the selection, for a first query.
    fileprivate var tableOnScreen: String? {
        let names = history.stages.map(\.plan.name)
        let wanted: String? =
            switch screen {
            case .rejects: "weir_rejects"
            case .metrics: "weir_stages"
            case .tail: tail.stage < names.count ? names[tail.stage] : nil
            default: selectedStage.map { names[$0] }
            }
        guard let wanted else { return nil }
        let base = wanted.hasSuffix(".table") ? String(wanted.dropLast(6)) : wanted
        if base.hasPrefix("weir_") || names.contains(base + ".table") { return base }
        return names.first { $0.hasSuffix(".table") }.map { String($0.dropLast(6)) }
    }

    /// Esc: closes the nearest thing, never leaves.
    mutating func goBack() -> [Effect] {
        isAskingToQuit = false
        if !query.completions.isEmpty, screen == .query {
            query.completions = []
        } else if screen == .help {
            return show(help.previous)
        } else if screen == .flow, isInspecting {
            isInspecting = false
        } else if screen == .rejects, rejects.isInRows {
            rejects.isInRows = false
        } else if screen == .api, api.isInRequests {
            api.isInRequests = false
        } else if screen == .tail, !tail.filter.isEmpty {
            tail.filter = ""
        } else if screen == .query, !query.isInGrid {
            query.isInGrid = true
        } else if screen != .flow {
            return show(.flow)
        }
        return []
    }

    /// q: back to Flow, and from there out; asks while the pipeline runs.
    mutating func quit() -> [Effect] {
        if screen == .help { return show(help.previous) }
        if screen != .flow { return show(.flow) }
        let isRunning = history.latest?.state == .running
        if !isRunning || isAskingToQuit { return [.quit] }
        isAskingToQuit = true
        say("the pipeline is running: q again stops it (it can be resumed), Esc stays")
        return []
    }

    mutating func interrupt() -> [Effect] {
        if query.isRunning {
            say("cancelling the query")
            return [.cancelQuery]
        }
        interrupts += 1
        if interrupts >= 3 { return [.quit] }
        say("q leaves; ^C \(3 - interrupts) more times leaves at once")
        return []
    }
}
