// Going from screen to screen.

import WeirEngine
import WeirPlanner
import WeirTerminal

enum ScreenCommands {
    static let all: [Command] = ScreenID.allCases.map { screen in
        var keys: [KeyPress] = []
        if let digit = Unicode.Scalar(0x30 + UInt32(screen.rawValue)) {
            keys.append(character(digit))
        }
        if screen == .help { keys = [character("?"), KeyPress(.function(1)), character("8")] }
        return Command(
            "screen.\(screen.title.lowercased())", keys, "show the \(screen.title) screen",
            footer: screen == .help ? "help" : nil
        ) { model in model.show(screen) }
    }
}

extension Model {
    /// Goes to a screen and asks for what it needs.
    mutating func show(_ screen: ScreenID) -> [Effect] {
        if screen == .help, self.screen != .help { help.previous = self.screen }
        self.screen = screen
        isAskingToQuit = false
        switch screen {
        case .rejects: return [.loadRejectGroups]
        case .query: return query.catalog.isEmpty ? [.loadCatalog] : []
        case .sources: return sources.isPreview ? previewEffects : []
        case .tail:
            if tail.rows.isEmpty, !tail.isPaused { tailStage(tail.stage) }
            return []
        case .flow, .metrics, .api, .help: return []
        }
    }

    /// Asks for the preview of the selected source.
    var previewEffects: [Effect] {
        guard let stage = selectedSource else { return [] }
        return [.readPreview(stage: stage)]
    }

    var selectedSource: Int? {
        let stages = sourceStages
        guard !stages.isEmpty else { return nil }
        return stages[min(sources.list.selected, stages.count - 1)].plan.id
    }
}
