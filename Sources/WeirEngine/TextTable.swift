// Columns of text with a heading, for reports.

/// Lays rows out in columns of equal width.
package enum TextTable {
    /// The first row is the heading; the last column is not padded.
    package static func render(_ rows: [[String]], rightAligned: Set<Int>) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in
            rows.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let padding = String(
                    repeating: " ", count: max(0, widths[column] - text.unicodeScalars.count))
                if column > 0 { line += "  " }
                line += rightAligned.contains(column) ? padding + text : text + padding
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
