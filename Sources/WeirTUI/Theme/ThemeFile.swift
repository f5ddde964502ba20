// Themes from TOML files.

import TOMLKit
package import WeirTerminal

/// A theme that cannot be used, with the reason.
package struct ThemeError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// The content of a theme file.
package struct ThemeFile: Sendable {
    struct Entry: Sendable {
        var foreground: String?
        var background: String?
        var foreground16: Int?
        var background16: Int?
        var attributes: Attributes = []
    }

    package let name: String
    let background: String?
    let entries: [Role: Entry]

    /// Reads a theme.
    ///
    /// - Throws: `ThemeError` for broken TOML, unknown or missing roles and colours that are none.
    package init(toml: String, path: String) throws {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: toml)
        } catch {
            throw ThemeError(description: "\(path): \(error)")
        }
        guard let roles = table["roles"]?.table else {
            throw ThemeError(description: "\(path): there is no [roles]")
        }
        name = table["name"]?.string ?? path
        background = table["background"]?.string
        var entries: [Role: Entry] = [:]
        for key in roles.keys {
            guard let role = Role(rawValue: key) else {
                throw ThemeError(description: "\(path): there is no role '\(key)'")
            }
            guard let value = roles[key]?.table else {
                throw ThemeError(description: "\(path): '\(key)' is not a table of colours")
            }
            entries[role] = try Self.entry(value, key, path)
        }
        for role in Role.allCases where entries[role] == nil {
            throw ThemeError(description: "\(path): the role '\(role.rawValue)' is missing")
        }
        self.entries = entries
    }

    private static func entry(_ table: TOMLTable, _ key: String, _ path: String) throws -> Entry {
        var entry = Entry()
        entry.foreground = table["fg"]?.string
        entry.background = table["bg"]?.string
        entry.foreground16 = table["c16"]?.int
        entry.background16 = table["bg16"]?.int
        for color in [entry.foreground, entry.background].compactMap({ $0 }) {
            guard color == "default" || RGB(hex: color) != nil || Int(color) != nil else {
                throw ThemeError(description: "\(path): '\(key)': '\(color)' is not a colour")
            }
        }
        if table["bold"]?.bool == true { entry.attributes.insert(.bold) }
        if table["underline"]?.bool == true { entry.attributes.insert(.underline) }
        if table["reverse"]?.bool == true { entry.attributes.insert(.reverse) }
        if table["dim"]?.bool == true { entry.attributes.insert(.dim) }
        return entry
    }

    /// The styles for a terminal.
    package func resolve(_ depth: ColorDepth) -> Theme {
        if depth == .mono { return .plain }
        let base = depth == .sixteen ? Color.terminal : Self.color(background)
        var styles: [Role: Style] = [:]
        for (role, entry) in entries {
            var style = Style(.terminal, on: base, entry.attributes)
            if depth == .sixteen {
                style.foreground = entry.foreground16.map { Color($0) } ?? .terminal
                style.background = entry.background16.map { Color($0) } ?? base
            } else {
                style.foreground = Self.color(entry.foreground)
                if entry.background != nil { style.background = Self.color(entry.background) }
            }
            styles[role] = style
        }
        return Theme(name: name, styles: styles)
    }

    private static func color(_ text: String?) -> Color {
        guard let text, text != "default" else { return .terminal }
        if let rgb = RGB(hex: text) { return rgb.nearest256 }
        return Int(text).map { Color($0) } ?? .terminal
    }

    /// Contrast (WCAG) of a role against the background it stands on; nil for named colours.
    package func contrast(of role: Role) -> Double? {
        guard let entry = entries[role], let foreground = entry.foreground.flatMap({ RGB(hex: $0) })
        else { return nil }
        let isDark = background == nil || background == "default"
        let fallback =
            isDark ? RGB(red: 16, green: 20, blue: 24) : RGB(red: 255, green: 255, blue: 255)
        let behind =
            entry.background.flatMap { RGB(hex: $0) } ?? background.flatMap { RGB(hex: $0) }
            ?? fallback
        let (first, second) = (foreground.luminance + 0.05, behind.luminance + 0.05)
        return max(first, second) / min(first, second)
    }
}
