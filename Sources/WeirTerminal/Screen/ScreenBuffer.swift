// The picture of a frame: a grid of cells that widgets write into.

/// A place in the grid; columns and rows from 0.
package struct Rect: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package var bottom: Int { y + height }
    package var right: Int { x + width }

    package func contains(x column: Int, y row: Int) -> Bool {
        column >= x && column < right && row >= y && row < bottom
    }

    /// The first rows, and what is below them.
    package func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
        let taken = min(max(0, rows), height)
        return (
            Rect(x: x, y: y, width: width, height: taken),
            Rect(x: x, y: y + taken, width: width, height: height - taken)
        )
    }

    /// The first columns, and what is right of them.
    package func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
        let taken = min(max(0, columns), width)
        return (
            Rect(x: x, y: y, width: taken, height: height),
            Rect(x: x + taken, y: y, width: width - taken, height: height)
        )
    }

    package func inset(_ columns: Int, _ rows: Int) -> Rect {
        Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
    }
}

/// One cell; a glyph of 0 continues the wide character to the left.
package struct Cell: Hashable, Sendable {
    package var glyph: UInt32
    package var style: Style

    package init(_ glyph: Unicode.Scalar = " ", _ style: Style = .plain) {
        self.glyph = glyph.value
        self.style = style
    }
}

/// A grid of cells. Writing outside of it is cut off.
package struct ScreenBuffer: Sendable, Equatable {
    package let width: Int
    package let height: Int
    private var cells: [Cell]
    /// Where the terminal's cursor is shown.
    package var cursor: (x: Int, y: Int)?

    package static func == (left: ScreenBuffer, right: ScreenBuffer) -> Bool {
        left.width == right.width && left.cells == right.cells
    }

    package init(width: Int, height: Int, style: Style = .plain) {
        self.width = max(1, width)
        self.height = max(1, height)
        cells = [Cell](repeating: Cell(" ", style), count: self.width * self.height)
    }

    package var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

    package func cell(x: Int, y: Int) -> Cell {
        guard bounds.contains(x: x, y: y) else { return Cell() }
        return cells[y * width + x]
    }

    package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * width..<(y + 1) * width] }

    private mutating func set(_ x: Int, _ y: Int, _ cell: Cell) {
        guard bounds.contains(x: x, y: y) else { return }
        let index = y * width + x
        // Half a wide character cannot stay.
        if cells[index].glyph == 0, x > 0 { cells[index - 1].glyph = 0x20 }
        if x + 1 < width, cells[index + 1].glyph == 0, cell.glyph != 0 {
            cells[index + 1].glyph = 0x20
        }
        cells[index] = cell
    }

    /// Writes text from a place on, at most so many columns; returns the columns used.
    @discardableResult
    package mutating func put(
        _ text: some StringProtocol, x: Int, y: Int, _ style: Style, width limit: Int = .max
    ) -> Int {
        var used = 0
        for scalar in text.unicodeScalars {
            let shown = TextWidth.visible(scalar)
            let columns = TextWidth.columns(shown)
            if columns == 0 { continue }
            if used + columns > limit || x + used + columns > width { break }
            if columns == 2 {
                putWide(shown, x: x + used, y: y, style)
            } else {
                set(x + used, y, Cell(shown, style))
            }
            used += columns
        }
        return used
    }

    /// A wide character and its continuation; cut off at the left edge it leaves a space.
    private mutating func putWide(_ scalar: Unicode.Scalar, x: Int, y: Int, _ style: Style) {
        guard x >= 0 else {
            set(x + 1, y, Cell(" ", style))
            return
        }
        set(x, y, Cell(scalar, style))
        set(x + 1, y, Cell(" ", style))
        if bounds.contains(x: x + 1, y: y) {
            cells[y * width + x] = Cell(scalar, style)
            cells[y * width + x + 1] = Cell(Unicode.Scalar(0), style)
        }
    }

    /// Writes text cut to a width, with an ellipsis where something is missing, padded to it.
    package mutating func putCell(
        _ text: String, x: Int, y: Int, width limit: Int, _ style: Style, alignRight: Bool = false
    ) {
        guard limit > 0 else { return }
        let columns = TextWidth.columns(text)
        if columns <= limit {
            let padding = limit - columns
            fill(Rect(x: x, y: y, width: limit, height: 1), style)
            put(text, x: alignRight ? x + padding : x, y: y, style, width: limit)
        } else {
            fill(Rect(x: x, y: y, width: limit, height: 1), style)
            let used = put(text, x: x, y: y, style, width: limit - 1)
            put("…", x: x + used, y: y, style, width: 1)
        }
    }

    /// Fills an area with spaces.
    package mutating func fill(_ area: Rect, _ style: Style) {
        for y in max(0, area.y)..<max(max(0, area.y), min(area.bottom, height)) {
            for x in max(0, area.x)..<max(max(0, area.x), min(area.right, width)) {
                set(x, y, Cell(" ", style))
            }
        }
    }

    /// Lays a background and attributes over what is there.
    package mutating func restyle(_ area: Rect, _ change: (Style) -> Style) {
        for y in max(0, area.y)..<max(max(0, area.y), min(area.bottom, height)) {
            for x in max(0, area.x)..<max(max(0, area.x), min(area.right, width)) {
                cells[y * width + x].style = change(cells[y * width + x].style)
            }
        }
    }

    /// The text of the grid, a line a row, without trailing spaces.
    package var text: String {
        (0..<height).map { y in
            var line = String.UnicodeScalarView()
            for cell in row(y) {
                if cell.glyph != 0, let scalar = Unicode.Scalar(cell.glyph) { line.append(scalar) }
            }
            var text = String(line)
            while text.last == " " { text.removeLast() }
            return text
        }.joined(separator: "\n") + "\n"
    }
}
