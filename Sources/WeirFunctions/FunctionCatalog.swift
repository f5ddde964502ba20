// The functions as a page of documentation.

/// Renders `docs/functions.md`; a test keeps the file as this says.
package enum FunctionCatalog {
    package static var markdown: String {
        var text = """
            # Functions

            Made from the descriptors in `Sources/WeirFunctions` (`make record` writes it anew). Results are those of
            Apache Flink 2.3, with which each example is compared. A NULL argument gives NULL unless the text says
            otherwise.

            """
        for family in FunctionFamily.allCases {
            let functions = FunctionRegistry.scalars.filter {
                $0.family == family && !$0.isInternal
            }
            .sorted { $0.name < $1.name }
            if functions.isEmpty { continue }
            text += "\n## \(family.rawValue)\n\n| function | | example |\n|---|---|---|\n"
            for function in functions { text += row(function) }
        }
        text += "\n## Aggregate\n\n| function | |\n|---|---|\n"
        let aggregates = AggregateFunctions.all.filter { !$0.isInternal }
        for function in aggregates.sorted(by: { $0.name < $1.name }) {
            text += "| `\(cell(function.usage))` | \(cell(function.documentation)) |\n"
        }
        text += "\n## Of the language\n\n| function | |\n|---|---|\n"
        for function in SyntaxFunction.all {
            text += "| `\(cell(function.usage))` | \(cell(function.documentation)) |\n"
        }
        return text
    }

    private static func row(_ function: ScalarFunction) -> String {
        let names = function.names.dropFirst()
        let also = names.isEmpty ? "" : " Also: \(names.joined(separator: ", "))."
        let example = function.examples.first.map {
            "`\(cell($0.sql))` → `\(cell($0.result))`"
        }
        return "| `\(cell(function.usage))` | \(cell(function.documentation + also)) |"
            + " \(example ?? "") |\n"
    }

    /// A bar would end the cell.
    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
