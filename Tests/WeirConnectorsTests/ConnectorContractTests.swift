// What must hold for every registered connector and format.

import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirRuntime
import WeirSQL

@Suite struct ConnectorContractTests {
    @Test func descriptionsAreComplete() {
        let catalog = ConnectorRegistry.catalog
        #expect(Set(catalog.connectors.map(\.name)).count == catalog.connectors.count)
        for connector in catalog.connectors {
            #expect(!connector.documentation.isEmpty && (connector.isSource || connector.isSink))
            for option in connector.options { #expect(!option.documentation.isEmpty) }
        }
        for format in catalog.formats {
            #expect(!format.documentation.isEmpty)
            for option in format.options {
                #expect(option.key.hasPrefix(format.name + ".") && !option.documentation.isEmpty)
            }
        }
        for connector in ConnectorRegistry.all {
            #expect((connector.makeReader != nil) == connector.description.isSource)
            #expect((connector.makeWriter != nil) == connector.description.isSink)
        }
    }

    private func plan(_ folder: TemporaryFolder, _ format: String, _ file: String) -> SourcePlan {
        SourcePlan(
            name: "t", connector: "filesystem", format: format, options: ["path": file],
            columns: [Field("a", .bigint), Field("b", .string)])
    }

    /// Reads everything from a position; rows as text and the position behind each piece.
    private func read(
        _ plan: SourcePlan, _ folder: TemporaryFolder, from start: SourcePosition, chunk: Int
    ) throws -> (rows: [String], ends: [(rows: Int, position: SourcePosition)]) {
        let connector = try #require(ConnectorRegistry.connector(named: "filesystem"))
        let make = try #require(connector.makeReader)
        let reader = try make(
            plan, start, ConnectorContext(baseDirectory: folder.path, chunkBytes: chunk))
        var rows: [String] = []
        var ends: [(rows: Int, position: SourcePosition)] = []
        while let piece = try reader.next() {
            for row in 0..<piece.batch.count {
                rows.append(RowText.json(piece.batch, row, plan.columns))
            }
            #expect(piece.records == piece.batch.count + piece.rejects.count)
            ends.append((rows.count, piece.end))
        }
        return (rows, ends)
    }

    @Test("a source goes on from any position it has named", arguments: ["csv", "json"])
    func resume(_ format: String) throws {
        let folder = try TemporaryFolder()
        let lines = (0..<300).map { index -> String in
            if index % 17 == 0 { return format == "csv" ? "broken,\"" : "{broken" }
            return format == "csv"
                ? "\(index),\"text, \(index)\"" : #"{"a": \#(index), "b": "text, \#(index)"}"#
        }
        try folder.write("in", lines.joined(separator: "\n") + "\n")
        let plan = plan(folder, format, "in")
        let whole = try read(plan, folder, from: SourcePosition(), chunk: 256 << 10)
        #expect(whole.rows.count == 300 - 18)
        for chunk in [64, 300, 4096] {
            let pieces = try read(plan, folder, from: SourcePosition(), chunk: chunk)
            #expect(pieces.rows == whole.rows)
            for (count, position) in pieces.ends {
                let rest = try read(plan, folder, from: position, chunk: 1000)
                #expect(rest.rows == Array(whole.rows[count...]), "\(format) from \(position)")
            }
        }
    }

    @Test("random bytes are rows or rejects", arguments: 0..<200)
    func fuzz(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let folder = try TemporaryFolder()
        let alphabet: [UInt8] = Array("1234567890,\"\n\r{}[]:ab\\u -.é".utf8) + [0, 0xFF]
        let bytes = (0..<random.below(600)).map { _ in random.pick(alphabet) }
        try folder.write("in", bytes: bytes)
        for format in ["csv", "json"] {
            let plan = plan(folder, format, "in")
            let small = try read(plan, folder, from: SourcePosition(), chunk: 64)
            let large = try read(plan, folder, from: SourcePosition(), chunk: 256 << 10)
            #expect(small.rows == large.rows, "\(format), seed \(seed)")
            #expect(
                small.ends.last?.position == large.ends.last?.position, "\(format), seed \(seed)")
        }
    }
}
