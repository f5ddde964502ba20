// Functions and expressions: their documented examples, and answers recorded from Flink.

import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirFunctions
import WeirPlanner
import WeirRuntime
import WeirSQL

/// Evaluates `CAST(expression AS STRING)` over one row.
private enum Evaluation {
    /// - Parameter throughText: whether the expression is written for the store and read again.
    static func text(
        _ sql: String, throughText: Bool = false, zone: String = "UTC"
    ) throws -> String {
        let script = """
            SET 'table.local-time-zone' = '\(zone)';
            CREATE TABLE t (x INT) WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'csv');
            A := SELECT CAST(\(sql) AS STRING) AS v FROM t;
            """
        let compilation = ScriptBinder.compile(
            SourceText(name: "t", script), connectors: ConnectorRegistry.catalog)
        guard let plan = compilation.plan else {
            return "error: "
                + compilation.diagnostics
                .map { $0.message + ($0.hint ?? "") }.joined(separator: "; ")
        }
        for stage in plan.stages {
            guard case .calc(let calc) = stage.node else { continue }
            let errors = RowErrors()
            let row = Batch(count: 1, columns: [Column(.int64([1]))])
            var expression = calc.projections[0]
            if throughText {
                let written = StoredExpression.text(of: expression)
                expression = try StoredExpression(inputs: written.inputs, text: written.text)
                    .expression
            }
            let column = CompiledExpression(expression).evaluate(row, errors: errors)
            if let error = errors.items.first { return "error: \(error.code.rawValue)" }
            let scalar = column.scalar(0)
            return scalar == .null ? "NULL" : ValueText.string(scalar, kind: .varchar(.max))
        }
        return "error: no expression"
    }
}

@Suite struct FunctionTests {
    static let examples: [(String, FunctionExample)] = FunctionRegistry.scalars.flatMap {
        function in
        function.examples.map { (function.name, $0) }
    }

    @Test("documented examples", arguments: examples.indices)
    func example(_ index: Int) throws {
        let (name, example) = Self.examples[index]
        #expect(try Evaluation.text(example.sql) == example.result, "\(name): \(example.sql)")
    }

    @Test func everyFunctionIsDocumented() {
        var names: Set<String> = []
        for function in FunctionRegistry.scalars where !function.isInternal {
            for name in function.names { #expect(names.insert(name).inserted, "\(name) twice") }
            #expect(!function.documentation.isEmpty && !function.usage.isEmpty)
            #expect(!function.examples.isEmpty || !function.isDeterministic, "\(function.name)")
        }
        #expect(names.count >= 40)
    }

    @Test func documentationIsMadeFromTheDescriptors() {
        let difference = Golden.difference(
            FunctionCatalog.markdown, file: "../../docs/functions.md")
        #expect(difference == nil, "\(difference ?? "")")
    }

    static let recorded: [String] =
        (try? Repository.text("Tests/Cases/flink/scalar.tsv"))?
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") } ?? []

    @Test("the answers of Flink 2.3", arguments: recorded)
    func flink(_ line: String) throws {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 2)
        #expect(try Evaluation.text(parts[0]) == parts[1], "\(parts[0])")
    }

    @Test("the store gives the same answers", arguments: recorded)
    func store(_ line: String) throws {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 2)
        #expect(try Evaluation.text(parts[0], throughText: true) == parts[1], "\(parts[0])")
    }

    static let inNewYork: [String] =
        (try? Repository.text("Tests/Cases/flink/new-york.tsv"))?
        .split(separator: "\n").map(String.init) ?? []

    /// Answers of Flink in a session of `America/New_York`.
    @Test("the session zone", arguments: inNewYork)
    func zone(_ line: String) throws {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 2)
        for throughText in [false, true] {
            #expect(
                try Evaluation.text(parts[0], throughText: throughText, zone: "America/New_York")
                    == parts[1], "\(parts[0])")
        }
    }

    @Test func zonesByDistance() throws {
        let sql = "CAST(TO_TIMESTAMP_LTZ(0, 0) AS STRING)"
        #expect(try Evaluation.text(sql, zone: "GMT+05:30") == "1970-01-01 05:30:00.000")
        #expect(try Evaluation.text(sql, zone: "UTC-8") == "1969-12-31 16:00:00.000")
        #expect(try Evaluation.text(sql, zone: "Europe/Berlim").contains("Europe/Berlin"))
    }

    @Test func recordedAnswersAreThere() {
        #expect(Self.recorded.count > 640 && Self.inNewYork.count > 40)
    }

    @Test func failuresAreErrorsOfTheRow() throws {
        #expect(try Evaluation.text("1 / (x - 1)") == "error: division-by-zero")
        #expect(try Evaluation.text("CAST('abc' AS INT)") == "error: cast-failed")
        #expect(try Evaluation.text("CASE WHEN x = 2 THEN 1 / (x - 1) ELSE 7 END") == "7")
        #expect(try Evaluation.text("x = 2 AND 1 / (x - 1) = 1") == "FALSE")
    }
}
