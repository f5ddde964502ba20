// What all screens share: title, tabs, status row, footer.

import WeirEngine
import WeirRuntime
import WeirTerminal

enum Chrome {
    /// The area between tabs and status row.
    static func body(_ model: Model) -> Rect {
        let isTiny = model.height < 10
        let top = isTiny ? 1 : 2
        return Rect(
            x: 0, y: top, width: model.width, height: model.height - top - (isTiny ? 1 : 2))
    }

    // MARK: Top

    static func drawTop(_ model: Model, _ buffer: inout ScreenBuffer) {
        let theme = model.theme
        var x = 1
        x += buffer.put("weir", x: x, y: 0, theme[.accent].adding(.bold))
        x += buffer.put(" ▸ ", x: x, y: 0, theme[.muted])
        x += buffer.put(model.pipeline, x: x, y: 0, theme[.title])
        let vitals = vitals(model)
        let width = vitals.reduce(0) { $0 + TextWidth.columns($1.0) }
        var right = max(x + 2, model.width - width - 1)
        for (text, role) in vitals { right += buffer.put(text, x: right, y: 0, theme[role]) }
        if model.height >= 10 { drawTabs(model, &buffer) }
    }

    /// State, uptime and rates, with what they mean.
    private static func vitals(_ model: Model) -> [(String, Role)] {
        guard let latest = model.history.latest else { return [("starting", .muted)] }
        var parts: [(String, Role)] = []
        switch latest.state {
        case .running: parts.append(latest.isPaused ? ("❚❚ PAUSED", .warn) : ("● RUN", .ok))
        case .finished: parts.append(("✓ DONE", .ok))
        case .stopped: parts.append(("■ STOPPED", .warn))
        case .failed: parts.append(("✗ FAILED", .error))
        }
        parts.append((" \(Format.duration(latest.uptimeSeconds))", .muted))
        parts.append(("  in ", .muted))
        parts.append(("\(Format.rate(model.history.inputRate))/s", .number))
        parts.append((" out ", .muted))
        parts.append(("\(Format.rate(model.history.outputRate))/s", .number))
        if model.width >= 120 {
            let rejects = model.history.rejects
            parts.append(("  rejects ", .muted))
            parts.append((grouped(rejects), rejects > 0 ? .warn : .number))
            parts.append(("  commit ", .muted))
            parts.append(("\(latest.commit.epoch)", .number))
        }
        return parts
    }

    private static func label(_ screen: ScreenID, _ model: Model) -> String {
        var text = "\(screen.rawValue) \(screen.title)"
        if screen == .rejects, model.history.rejects > 0 {
            text += "·\(Format.compact(Double(model.history.rejects)))"
        }
        if screen == .tail, model.tail.isPaused { text += " ❚❚" }
        return text
    }

    private static func drawTabs(_ model: Model, _ buffer: inout ScreenBuffer) {
        for (screen, range) in tabRanges(model) {
            let isActive = screen == model.screen
            buffer.put(
                " \(label(screen, model)) ", x: range.lowerBound, y: 1,
                model.theme[isActive ? .tabactive : .tab])
        }
    }

    private static func tabRanges(_ model: Model) -> [(ScreenID, Range<Int>)] {
        var x = 0
        return ScreenID.allCases.map { screen in
            let width = TextWidth.columns(label(screen, model)) + 2
            defer { x += width }
            return (screen, x..<(x + width))
        }
    }

    static func tab(atColumn x: Int, _ model: Model) -> ScreenID? {
        tabRanges(model).first { $0.1.contains(x) }?.0
    }

    // MARK: Bottom

    static func drawBottom(_ model: Model, _ buffer: inout ScreenBuffer) {
        let theme = model.theme
        let status = model.height - (model.height < 10 ? 1 : 2)
        if let prompt = model.prompt {
            drawPrompt(prompt, status, model, &buffer)
        } else if let toast = model.toast {
            buffer.putCell(
                " " + toast.text, x: 0, y: status, width: model.width,
                theme[toast.isError ? .error : .warn])
        } else {
            let (text, role) = sentence(model)
            buffer.putCell(" " + text, x: 0, y: status, width: model.width, theme[role])
        }
        guard model.height >= 10 else { return }
        for (command, range) in footerRanges(model) {
            var x = range.lowerBound
            x += buffer.put(keyLabel(command), x: x, y: model.height - 1, theme[.key])
            buffer.put(" \(command.footer ?? "")", x: x, y: model.height - 1, theme[.muted])
        }
    }

    /// What is most worth knowing now.
    private static func sentence(_ model: Model) -> (String, Role) {
        guard let latest = model.history.latest else { return ("starting …", .muted) }
        switch latest.state {
        case .failed(let message): return ("failed: \(message)", .error)
        case .finished:
            return (
                "all input read; tables are in \(model.storePath)", .muted
            )
        case .stopped: return ("stopped; run again to go on", .warn)
        case .running: return (Bottleneck.sentence(model.history), .muted)
        }
    }

    private static func drawPrompt(
        _ prompt: Prompt, _ y: Int, _ model: Model, _ buffer: inout ScreenBuffer
    ) {
        let mark =
            switch prompt.kind {
            case .command: ":"
            case .filter: "&"
            }
        buffer.fill(Rect(x: 0, y: y, width: model.width, height: 1), model.theme[.popup])
        buffer.put(mark, x: 1, y: y, model.theme[.key].on(model.theme[.popup].background))
        buffer.put(prompt.input.text, x: 2, y: y, model.theme[.popup])
        buffer.cursor = (2 + prompt.input.position.column, y)
        guard prompt.kind == .command else { return }
        let matches = PaletteMatch.commands(prompt.input.text, on: model.screen)
        let shown = matches.prefix(min(8, max(0, model.height - 6)))
        for (index, command) in shown.enumerated() {
            let row = y - shown.count + index
            buffer.fill(
                Rect(x: 0, y: row, width: min(model.width, 72), height: 1), model.theme[.popup])
            buffer.putCell(command.name, x: 2, y: row, width: 20, model.theme[.popup])
            buffer.putCell(
                command.summary, x: 23, y: row, width: min(model.width, 72) - 24,
                model.theme[.popup])
        }
    }

    private static func keyLabel(_ command: Command) -> String {
        command.keys.first.map(KeyName.text) ?? command.name
    }

    /// At most eight verbs of the screen, as far as they fit; help is always among them.
    private static func footerRanges(_ model: Model) -> [(Command, Range<Int>)] {
        let available = CommandTable.all.filter {
            $0.footer != nil && $0.isAvailable(on: model.screen)
        }
        let own = available.filter { $0.screens != nil }
        // In the editor letters are text: only keys that still act are offered.
        let isEditing = model.screen == .query && !model.query.isInGrid
        let shared = available.filter { command in
            guard command.screens == nil else { return false }
            guard isEditing, case .character? = command.keys.first?.key else { return true }
            return false
        }
        let order = Array((own + shared.reversed()).prefix(9))
        var x = 1
        var result: [(Command, Range<Int>)] = []
        for command in order {
            let width = TextWidth.columns(keyLabel(command)) + 1 + (command.footer ?? "").count
            guard x + width <= model.width else { break }
            result.append((command, x..<(x + width)))
            x += width + 2
        }
        return result
    }

    static func footerCommand(atColumn x: Int, _ model: Model) -> Command? {
        footerRanges(model).first { $0.1.contains(x) }?.0
    }

    // MARK: Parts

    /// A heading in a line: `── title ─────`.
    static func rule(
        _ title: String, _ area: Rect, _ model: Model, _ buffer: inout ScreenBuffer
    ) {
        guard area.height > 0 else { return }
        let style = model.theme[.border]
        var x = area.x + buffer.put("── ", x: area.x, y: area.y, style, width: area.width)
        x += buffer.put(title, x: x, y: area.y, model.theme[.heading], width: area.right - x)
        x += buffer.put(" ", x: x, y: area.y, style, width: area.right - x)
        while x < area.right { x += max(1, buffer.put("─", x: x, y: area.y, style)) }
    }
}
