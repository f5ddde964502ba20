// Colours by what they mean.

package import WeirTerminal

/// What a part of the screen means; every theme gives each role a style.
package enum Role: String, CaseIterable, Sendable {
    case text, muted, border, title, accent, tab, tabactive, heading, selection
    case ok, warn, error, busy, blocked, idle
    case number, string, keyword, null, match, key
    case series1, series2, series3, popup
}

/// Styles for all roles, resolved for one terminal.
package struct Theme: Sendable {
    package let name: String
    private let styles: [Role: Style]

    package init(name: String, styles: [Role: Style]) {
        self.name = name
        self.styles = styles
    }

    package subscript(role: Role) -> Style { styles[role] ?? .plain }

    /// A role's style on the background of a selected row when it is selected.
    package func row(_ role: Role, isSelected: Bool) -> Style {
        guard isSelected else { return self[role] }
        let selection = self[.selection]
        return Style(
            self[role].foreground, on: selection.background,
            self[role].attributes.union(selection.attributes))
    }

    /// Without colours: weight, underline and reverse carry the meaning.
    package static let plain: Theme = {
        var styles: [Role: Style] = [:]
        for role in Role.allCases { styles[role] = .plain }
        for role in [Role.title, .heading, .key, .error, .keyword] {
            styles[role] = Style().adding(.bold)
        }
        for role in [Role.muted, .border, .idle, .null] { styles[role] = Style().adding(.dim) }
        styles[.match] = Style().adding(.underline)
        styles[.selection] = Style().adding(.reverse)
        styles[.tabactive] = Style().adding(.reverse)
        return Theme(name: "plain", styles: styles)
    }()
}
