// Query results as text for people and for programs.

import WeirColumnar
import WeirEngine
import WeirRuntime
import WeirStore

enum ResultPrinter {
    static func render(_ result: QueryResult, _ format: OutputFormat) -> String {
        switch format {
        case .table: table(result)
        case .csv: csv(result)
        case .json:
            "[" + result.rows.map { object($0, result.columns) }.joined(separator: ",\n ")
                + "]\n"
        case .jsonl: result.rows.map { object($0, result.columns) + "\n" }.joined()
        case .markdown: markdown(result)
        }
    }

    private static func table(_ result: QueryResult) -> String {
        let rows = [result.columns] + result.rows.map { $0.map { shown($0, null: "∅") } }
        let numeric = result.columns.indices.filter { column in
            result.rows.contains { $0[column].isNumber }
                && result.rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
        }
        return TextTable.render(rows, rightAligned: Set(numeric))
    }

    /// Control characters as pictures, so that data cannot drive the terminal.
    private static func shown(_ value: StoreValue, null: String) -> String {
        if value == .null { return null }
        var text = String.UnicodeScalarView()
        for scalar in value.text.unicodeScalars {
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F
            text.append(
                isControl ? Unicode.Scalar(0x2400 + min(scalar.value, 0x21)) ?? " " : scalar)
        }
        return String(text)
    }

    private static func csv(_ result: QueryResult) -> String {
        let lines = [result.columns] + result.rows.map { $0.map(\.text) }
        return lines.map { line in line.map(quotedField).joined(separator: ",") + "\n" }.joined()
    }

    private static func quotedField(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D })
        else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false).joined(
                separator: "\"\"") + "\""
    }

    private static func object(_ row: [StoreValue], _ columns: [String]) -> String {
        let parts = zip(columns, row).map { "\(jsonQuoted($0)):\(json($1))" }
        return "{" + parts.joined(separator: ",") + "}"
    }

    private static func json(_ value: StoreValue) -> String {
        switch value {
        case .null: "null"
        case .integer(let number): String(number)
        case .real(let number): number.isFinite ? "\(number)" : "null"
        case .text(let text): jsonQuoted(text)
        case .blob(let bytes): jsonQuoted(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func markdown(_ result: QueryResult) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let rows = result.rows.map { row in
            line(
                row.map {
                    shown($0, null: "").split(separator: "|", omittingEmptySubsequences: false)
                        .joined(separator: "\\|")
                })
        }
        return line(result.columns) + line(result.columns.map { _ in "---" }) + rows.joined()
    }
}
