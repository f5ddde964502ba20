// `update(model, message) → effects`: how the model changes. Pure: nothing here touches the world.

import WeirTerminal

extension Model {
    /// Takes a message over and says what is to be done.
    package mutating func update(_ message: Message) -> [Effect] {
        switch message {
        case .input(let event): return handle(event)
        case .resize(let width, let height):
            self.width = width
            self.height = height
        case .tick: return tick()
        case .snapshot(let snapshot): history.add(snapshot)
        case .api(let status): api.take(status)
        case .tail(let stage, let rows, let next, let missed):
            takeTail(stage, rows, next, missed)
        case .preview(let stage, let rows):
            if stage == selectedSource { sources.preview = rows }
        case .rejectGroups(let groups): return takeGroups(groups)
        case .rejectRows(let rule, let rows):
            if rejects.shownRule != rule { rejects.rowList = ListState() }
            rejects.shownRule = rule
            rejects.rows = rows
            rejects.rowList.select(rejects.rowList.selected, count: rows.count)
        case .queryDone(let number, let result):
            guard number == query.number else { return [] }
            query.isRunning = false
            query.result = result
            query.error = nil
            query.grid = ListState()
            query.column = 0
        case .queryFailed(let number, let text):
            guard number == query.number else { return [] }
            query.isRunning = false
            query.error = text
        case .catalog(let catalog): query.catalog = catalog
        case .failed(let text): say(text, isError: true)
        case .terminate: return [.quit]
        }
        return []
    }

    private mutating func tick() -> [Effect] {
        if let current = toast {
            toast?.ticksLeft -= 1
            if current.ticksLeft <= 1 { toast = nil }
        }
        if toast == nil {
            interrupts = 0
            isAskingToQuit = false
        }
        switch screen {
        case .tail where !tail.isPaused:
            return [.readTail(stage: tail.stage, since: tail.nextRow)]
        case .sources where sources.isPreview: return previewEffects
        case .rejects:
            let known = rejects.groups.reduce(Int64(0)) { $0 + $1.count }
            return known != history.rejects ? [.loadRejectGroups] : []
        default: return []
        }
    }

    private mutating func takeTail(
        _ stage: Int, _ rows: [TailRow], _ next: Int64, _ missed: Int64
    ) {
        guard stage == tail.stage, !tail.isPaused else { return }
        tail.nextRow = next
        tail.missed += missed
        tail.seen += Int64(rows.count)
        tail.rows += rows
        let excess = tail.rows.count - TailState.capacity
        if excess > 0 {
            tail.rows.removeFirst(excess)
            tail.list.move(-excess, count: tail.rows.count)
        }
        if tail.isFollowing { tail.list.select(.max, count: tail.shown.count) }
    }

    private mutating func takeGroups(_ groups: [RejectGroup]) -> [Effect] {
        // Groups keep their place while their counts grow.
        let known = rejects.groups.map(\.rule)
        let order = groups.sorted { left, right in
            let first = known.firstIndex(of: left.rule) ?? .max
            let second = known.firstIndex(of: right.rule) ?? .max
            return first == second ? left.count > right.count : first < second
        }
        rejects.groups = order
        rejects.groupList.select(rejects.groupList.selected, count: order.count)
        return rejectRowEffects
    }

    // MARK: Input

    private mutating func handle(_ event: InputEvent) -> [Effect] {
        switch event {
        case .key(let press): return handle(press)
        case .mouse(let action, let x, let y): return handle(action, x: x, y: y)
        case .paste(let text): return paste(text)
        case .focus: return []
        }
    }

    private mutating func handle(_ press: KeyPress) -> [Effect] {
        if prompt != nil { return handlePrompt(press) }
        if screen == .query, !query.isInGrid, let effects = handleEditor(press) { return effects }
        if screen == .help, let effects = handleHelp(press) { return effects }
        guard let command = CommandTable.command(for: press, on: screen) else { return [] }
        if command.name != "app.quit" { isAskingToQuit = false }
        return command.perform(&self)
    }

    private mutating func paste(_ text: String) -> [Effect] {
        if prompt != nil {
            prompt?.input.insert(text)
        } else if screen == .query {
            query.isInGrid = false
            query.editor.insert(text)
        }
        return []
    }

    private mutating func handlePrompt(_ press: KeyPress) -> [Effect] {
        guard var current = prompt else { return [] }
        switch press.key {
        case .escape, .control("c"):
            if current.kind == .filter { tail.filter = "" }
            prompt = nil
        case .enter:
            prompt = nil
            if current.kind == .command { return runNamed(current.input.text) }
        case .tab where current.kind == .command:
            if let match = PaletteMatch.commands(current.input.text, on: screen).first {
                current.input.setText(match.name)
            }
            prompt = current
        default:
            _ = current.input.handle(press)
            prompt = current
        }
        if current.kind == .filter, press.key != .escape {
            tail.filter = current.input.text
            tail.list.select(.max, count: tail.shown.count)
        }
        return []
    }

    /// Runs a command by its name or the best match.
    private mutating func runNamed(_ text: String) -> [Effect] {
        let name = text.trimmed
        if name.isEmpty { return [] }
        if name == "q" || name == "quit" { return [.quit] }
        guard let command = PaletteMatch.commands(name, on: screen).first else {
            say("there is no command '\(name)'", isError: true)
            return []
        }
        return command.perform(&self)
    }

    private mutating func handleHelp(_ press: KeyPress) -> [Effect]? {
        switch press.key {
        case .character(let scalar) where !press.hasAlt && scalar != "q":
            // Digits still change the screen unless a filter is being typed.
            if help.filter.isEmpty, ("1"..."9").contains(scalar) { return nil }
            help.filter.unicodeScalars.append(scalar)
            help.list = ListState()
            return []
        case .backspace:
            if !help.filter.isEmpty { help.filter.unicodeScalars.removeLast() }
            return []
        case .enter:
            let rows = HelpRows.rows(self)
            guard !rows.isEmpty else { return [] }
            let command = rows[min(help.list.selected, rows.count - 1)]
            screen = help.previous
            help.filter = ""
            guard command.isAvailable(on: screen) else {
                say("\(command.name) works on another screen")
                return []
            }
            return command.perform(&self)
        default: return nil
        }
    }
}

/// Commands that fit what was typed in the palette.
package enum PaletteMatch {
    /// Those whose name contains the text, exact and leading matches first.
    package static func commands(_ text: String, on screen: ScreenID) -> [Command] {
        let wanted = text.lowercased()
        let fitting = CommandTable.all.filter {
            $0.isAvailable(on: screen)
                && ($0.name.lowercased().contains(wanted) || $0.summary.contains(wanted))
        }
        func rank(_ command: Command) -> Int {
            let name = command.name.lowercased()
            return name == wanted ? 0 : name.hasPrefix(wanted) ? 1 : name.contains(wanted) ? 2 : 3
        }
        return fitting.enumerated().sorted {
            rank($0.element) == rank($1.element)
                ? $0.offset < $1.offset : rank($0.element) < rank($1.element)
        }.map(\.element)
    }
}
