// How a cell looks.

/// A palette index as the terminal has it; -1 is the terminal's own.
package struct Color: Hashable, Sendable {
    package let index: Int16

    package init(_ index: Int) { self.index = Int16(clamping: index) }

    package static let terminal = Color(-1)
}

/// Weight and decoration.
package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let dim = Attributes(rawValue: 2)
    package static let underline = Attributes(rawValue: 4)
    package static let reverse = Attributes(rawValue: 8)
    package static let italic = Attributes(rawValue: 16)
}

/// Colours and attributes.
package struct Style: Hashable, Sendable {
    package var foreground: Color
    package var background: Color
    package var attributes: Attributes

    package init(
        _ foreground: Color = .terminal, on background: Color = .terminal,
        _ attributes: Attributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The same colours with more attributes.
    package func adding(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more))
    }

    /// The same foreground on another background.
    package func on(_ background: Color) -> Style { Style(foreground, on: background, attributes) }

    package static let plain = Style()
}
