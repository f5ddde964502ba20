// Everything the user can do, as data: keys, palette, footer and help all come from here.

package import WeirTerminal

/// A named action.
package struct Command: Sendable {
    /// For the palette and the documentation, e.g. `tail.follow`.
    package let name: String
    package let keys: [KeyPress]
    /// What it does, in a few words.
    package let summary: String
    /// Where it works; nil is everywhere.
    package let screens: Set<ScreenID>?
    /// A short verb for the footer; nil keeps it out of there.
    package let footer: String?
    let perform: @Sendable (inout Model) -> [Effect]

    init(
        _ name: String, _ keys: [KeyPress], _ summary: String, on screens: Set<ScreenID>? = nil,
        footer: String? = nil, _ perform: @escaping @Sendable (inout Model) -> [Effect]
    ) {
        self.name = name
        self.keys = keys
        self.summary = summary
        self.screens = screens
        self.footer = footer
        self.perform = perform
    }

    /// Whether it works on a screen.
    package func isAvailable(on screen: ScreenID) -> Bool { screens?.contains(screen) ?? true }

    /// The keys as people write them: `F5`, `^D`, `g`.
    package var keyText: String { keys.map(KeyName.text).joined(separator: " ") }
}

/// Names of keys for people.
package enum KeyName {
    package static func text(_ press: KeyPress) -> String {
        let name: String =
            switch press.key {
            case .character(let scalar): scalar == " " ? "Space" : String(scalar)
            case .control(let scalar): "^" + String(scalar).uppercased()
            case .enter: "↵"
            case .tab: "Tab"
            case .backTab: "S-Tab"
            case .backspace: "Bksp"
            case .escape: "Esc"
            case .up: "↑"
            case .down: "↓"
            case .left: "←"
            case .right: "→"
            case .home: "Home"
            case .end: "End"
            case .pageUp: "PgUp"
            case .pageDown: "PgDn"
            case .insert: "Ins"
            case .delete: "Del"
            case .function(let number): "F\(number)"
            }
        return press.hasAlt ? "M-" + name : name
    }
}

/// The list of all commands.
package enum CommandTable {
    package static let all: [Command] =
        ScreenCommands.all + ListCommands.all + FlowCommands.all + SourceCommands.all
        + RejectCommands.all + APICommands.all + TailCommands.all + QueryCommands.all
        + GlobalCommands.all

    package static func command(named name: String) -> Command? {
        all.first { $0.name == name }
    }

    /// The command of a key on a screen.
    static func command(for press: KeyPress, on screen: ScreenID) -> Command? {
        all.first { $0.keys.contains(press) && $0.isAvailable(on: screen) }
    }
}

func character(_ scalar: Unicode.Scalar) -> KeyPress { KeyPress(.character(scalar)) }

func control(_ scalar: Unicode.Scalar) -> KeyPress { KeyPress(.control(scalar)) }
