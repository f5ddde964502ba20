// `weir query`: SQL on a store.

import ArgumentParser
import WeirEngine
import WeirStore

/// How query results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case csv
    case json
    case jsonl
    case markdown
}

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Run SQL on the tables of a store.",
        discussion: """
            SQL as SQLite has it. Besides the pipeline's tables there are weir_rejects, weir_ledger,
            weir_stages and weir_offsets. A pipeline may be running on the store.
            """)

    @Argument(help: "A SELECT.")
    var sql: String

    @OptionGroup var arguments: StoreArguments

    @Option(help: "table, csv, json, jsonl or markdown.")
    var format: OutputFormat?

    @Option(help: "Most rows to print.")
    var limit: Int = 1_000_000

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit is not negative.") }
    }

    func run() throws {
        let store = try arguments.open()
        do {
            let result = try store.query(sql, limit: limit)
            Console.output(ResultPrinter.render(result, format ?? .table))
            if result.isTruncated { Console.talk("more than \(limit) rows; see --limit\n") }
        } catch let error as StoreError {
            throw Failure.work(error.description)
        }
    }
}
