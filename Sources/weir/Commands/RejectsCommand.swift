// `weir rejects`: refused rows, grouped by cause or one by one.

import ArgumentParser
import WeirEngine
import WeirStore

struct RejectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejects", abstract: "Show the rows that were refused, and why.",
        discussion: "Grouped by rule; with --rows one by one, with place, value and raw record.")

    @OptionGroup var arguments: StoreArguments

    @Flag(help: "Print single rejects.")
    var rows = false

    @Option(help: "Only rejects of this rule, as the grouped list shows it.")
    var rule: String?

    @Option(help: "Most lines to print.")
    var limit: Int = 100

    @Option(help: "table, csv, json, jsonl or markdown.")
    var format: OutputFormat?

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit is not negative.") }
    }

    func run() throws {
        let store = try arguments.open()
        let filter = rule.map { "WHERE rule = '\(Self.escaped($0))'" } ?? ""
        let sql =
            rows || rule != nil
            ? """
            SELECT coalesce(source, stage) AS source, line, "column", value, message, raw
            FROM weir_rejects \(filter) ORDER BY source, file, byte_offset, id
            """
            : """
            SELECT count(*) AS rejects, rule, coalesce(source, stage) AS source, code,
                min(message) AS example
            FROM weir_rejects GROUP BY rule, 3, code ORDER BY 1 DESC
            """
        do {
            let result = try store.query(sql, limit: limit)
            if result.rows.isEmpty {
                Console.talk("no rejects\n")
                if format == nil { return }
            }
            Console.output(ResultPrinter.render(result, format ?? .table))
            if result.isTruncated { Console.talk("more than \(limit) lines; see --limit\n") }
        } catch let error as StoreError {
            throw Failure.work(error.description)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    }
}
