// A line or several lines of text being edited, with the usual readline keys.

/// Text and a cursor; lines are separated by `\n`.
package struct TextInput: Sendable, Equatable {
    package private(set) var scalars: [Unicode.Scalar] = []
    /// Position of the cursor in scalars.
    package private(set) var cursor = 0
    private var undoStack: [[Unicode.Scalar]] = []
    private var killed: [Unicode.Scalar] = []
    package let isMultiline: Bool

    package init(_ text: String = "", isMultiline: Bool = false) {
        self.isMultiline = isMultiline
        scalars = Array(text.unicodeScalars)
        cursor = scalars.count
    }

    package var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    package mutating func setText(_ text: String) {
        remember()
        scalars = Array(text.unicodeScalars)
        cursor = scalars.count
    }

    private mutating func remember() {
        undoStack.append(scalars)
        if undoStack.count > 200 { undoStack.removeFirst() }
    }

    package mutating func insert(_ text: String) {
        remember()
        let new = text.unicodeScalars.filter { isMultiline || $0 != "\n" }
        scalars.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    /// Replaces the characters before the cursor.
    package mutating func replace(last count: Int, with text: String) {
        remember()
        let start = max(0, cursor - count)
        scalars.replaceSubrange(start..<cursor, with: Array(text.unicodeScalars))
        cursor = start + text.unicodeScalars.count
    }

    /// The identifier in front of the cursor.
    package var word: String {
        var start = cursor
        while start > 0, Self.isWord(scalars[start - 1]) { start -= 1 }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<cursor])
        return String(view)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar == "_" || scalar.properties.numericType != nil
    }

    /// Handles an editing key; false when it is none.
    package mutating func handle(_ press: KeyPress) -> Bool {
        switch (press.key, press.hasAlt) {
        case (.character(let scalar), false): insert(String(scalar))
        case (.enter, false) where isMultiline: insert("\n")
        case (.backspace, false): delete(from: cursor - 1, to: cursor)
        case (.delete, _), (.control("d"), _): delete(from: cursor, to: cursor + 1)
        case (.left, _), (.control("b"), _): cursor = max(0, cursor - 1)
        case (.right, _), (.control("f"), _): cursor = min(scalars.count, cursor + 1)
        case (.home, _), (.control("a"), _): cursor = lineStart
        case (.end, _), (.control("e"), _): cursor = lineEnd
        case (.up, _) where isMultiline: moveLine(-1)
        case (.down, _) where isMultiline: moveLine(1)
        case (.control("k"), _):
            kill(from: cursor, to: max(lineEnd, min(cursor + 1, scalars.count)))
        case (.control("u"), _): kill(from: lineStart, to: cursor)
        case (.control("w"), _), (.backspace, true): kill(from: wordStart, to: cursor)
        case (.character("d"), true): kill(from: cursor, to: wordEnd)
        case (.character("b"), true): cursor = wordStart
        case (.character("f"), true): cursor = wordEnd
        case (.control("y"), _): insert(String(String.UnicodeScalarView(killed)))
        case (.control("_"), _), (.control("z"), _): undo()
        default: return false
        }
        return true
    }

    private mutating func undo() {
        guard let last = undoStack.popLast() else { return }
        scalars = last
        cursor = min(cursor, scalars.count)
    }

    private mutating func delete(from start: Int, to end: Int) {
        let lower = max(0, start)
        let upper = min(scalars.count, end)
        guard lower < upper else { return }
        remember()
        scalars.removeSubrange(lower..<upper)
        cursor = lower
    }

    private mutating func kill(from start: Int, to end: Int) {
        guard start < end else { return }
        killed = Array(scalars[start..<end])
        delete(from: start, to: end)
    }

    private var lineStart: Int {
        var index = cursor
        while index > 0, scalars[index - 1] != "\n" { index -= 1 }
        return index
    }

    private var lineEnd: Int {
        var index = cursor
        while index < scalars.count, scalars[index] != "\n" { index += 1 }
        return index
    }

    private var wordStart: Int {
        var index = cursor
        while index > 0, !Self.isWord(scalars[index - 1]) { index -= 1 }
        while index > 0, Self.isWord(scalars[index - 1]) { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < scalars.count, !Self.isWord(scalars[index]) { index += 1 }
        while index < scalars.count, Self.isWord(scalars[index]) { index += 1 }
        return index
    }

    private mutating func moveLine(_ direction: Int) {
        let column = cursor - lineStart
        if direction < 0 {
            guard lineStart > 0 else { return }
            cursor = lineStart - 1
            cursor = min(lineStart + column, cursor)
        } else {
            guard lineEnd < scalars.count else { return }
            cursor = lineEnd + 1
            cursor = min(cursor + column, lineEnd)
        }
    }

    /// Line and column of the cursor, from 0.
    package var position: (line: Int, column: Int) {
        var line = 0
        var column = 0
        for scalar in scalars[..<cursor] {
            if scalar == "\n" {
                line += 1
                column = 0
            } else {
                column += TextWidth.columns(scalar)
            }
        }
        return (line, column)
    }
}
