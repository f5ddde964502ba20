// What comes from the terminal.

/// A key without its modifiers.
package enum Key: Hashable, Sendable {
    case character(Unicode.Scalar)
    /// Ctrl with a letter, in lower case.
    case control(Unicode.Scalar)
    case enter
    case tab
    case backTab
    case backspace
    case escape
    case up
    case down
    case left
    case right
    case home
    case end
    case pageUp
    case pageDown
    case insert
    case delete
    case function(Int)
}

/// A key press.
package struct KeyPress: Hashable, Sendable {
    package let key: Key
    package let hasAlt: Bool

    package init(_ key: Key, alt: Bool = false) {
        self.key = key
        hasAlt = alt
    }
}

/// A mouse button or wheel.
package enum MouseAction: Hashable, Sendable {
    case press
    case release
    case wheelUp
    case wheelDown
    case drag
}

/// Something the user did.
package enum InputEvent: Hashable, Sendable {
    case key(KeyPress)
    /// Column and row from 0.
    case mouse(MouseAction, x: Int, y: Int)
    case paste(String)
    case focus(Bool)
}
