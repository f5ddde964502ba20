// Selection and scrolling of a list.

/// Which row is selected and which is shown first.
package struct ListState: Sendable, Equatable {
    package private(set) var selected = 0
    package private(set) var first = 0

    package init() {}

    package mutating func move(_ rows: Int, count: Int) { select(selected + rows, count: count) }

    package mutating func select(_ row: Int, count: Int) {
        selected = min(max(0, row), max(0, count - 1))
    }

    /// The first row to show so that the selection is visible.
    package func window(height: Int, count: Int) -> Range<Int> {
        guard height > 0, count > 0 else { return 0..<0 }
        var start = min(first, max(0, count - height))
        if selected < start { start = selected }
        if selected >= start + height { start = selected - height + 1 }
        return start..<min(count, start + height)
    }

    /// Remembers the window, so that the list does not jump.
    package mutating func keep(height: Int, count: Int) {
        select(selected, count: count)
        first = window(height: height, count: count).lowerBound
    }
}
