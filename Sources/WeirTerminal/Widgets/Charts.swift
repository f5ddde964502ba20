// Charts in text cells: sparklines, braille areas, shared bars.

/// Draws series of numbers.
package enum Charts {
    private static let blocks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// One character a value, scaled to the largest.
    package static func sparkline(_ values: [Double], width: Int) -> String {
        guard width > 0 else { return "" }
        let shown = Array(values.suffix(width))
        let top = max(shown.max() ?? 0, .leastNonzeroMagnitude)
        var text = String.UnicodeScalarView()
        for _ in shown.count..<max(shown.count, width) { text.append(" ") }
        for value in shown {
            let level = Int((value / top * 7).rounded())
            text.append(blocks[min(7, max(0, value > 0 ? level : 0))])
        }
        return String(text)
    }

    /// A scale for a series: its largest value, unless a few spikes would flatten all the rest.
    package static func scale(_ values: [Double]) -> Double {
        let sorted = values.filter { $0 > 0 }.sorted()
        guard let largest = sorted.last else { return 1 }
        let usual = sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
        return largest > usual * 4 && sorted.count >= 20 ? usual * 1.25 : largest
    }

    /// An area chart in braille: two values a column, four steps a row.
    package static func area(
        _ values: [Double], top: Double, in area: Rect, _ buffer: inout ScreenBuffer, _ style: Style
    ) {
        guard area.width > 0, area.height > 0, top > 0 else { return }
        let shown = values.suffix(area.width * 2)
        let offset = area.width * 2 - shown.count
        let steps = area.height * 4
        var dots = [[UInt32]](
            repeating: [UInt32](repeating: 0, count: area.width), count: area.height)
        // Bits of a braille cell from bottom to top, left column and right column.
        let bits: [[UInt32]] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]]
        for (position, value) in shown.enumerated() {
            let column = (position + offset) / 2
            let side = (position + offset) % 2
            let level = min(steps, Int((value / top * Double(steps)).rounded(.up)))
            for step in 0..<max(0, level) {
                dots[area.height - 1 - step / 4][column] |= bits[side][step % 4]
            }
        }
        for (y, row) in dots.enumerated() {
            for (x, pattern) in row.enumerated() where pattern != 0 {
                guard let scalar = Unicode.Scalar(0x2800 + pattern) else { continue }
                buffer.put(String(scalar), x: area.x + x, y: area.y + y, style)
            }
        }
    }

    /// Cells of a bar shared by parts; the parts are shares of 1, the rest stays open.
    package static func shares(_ parts: [Double], width: Int) -> [Int] {
        var cells: [Int] = []
        var sum = 0.0
        var used = 0
        for part in parts {
            sum += max(0, min(1, part))
            let end = min(width, Int((sum * Double(width)).rounded()))
            cells.append(max(0, end - used))
            used = max(used, end)
        }
        return cells
    }
}
