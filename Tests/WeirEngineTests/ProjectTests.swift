// Projects on disk: package files, data files, what lies outside.

import Foundation
import TestSupport
import Testing
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirSQL

@Suite struct ProjectTests {
    private func compile(
        _ folder: TemporaryFolder, _ path: String = "", packages: [String] = []
    ) throws -> Compilation {
        Engine.compile(
            try Project(
                path: folder.path + path, packages: packages.map { folder.path + "/" + $0 },
                environment: ["LIMIT": "7"]))
    }

    private func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(name, text) }
        return folder
    }

    private static let rows = """
        {"id": 1, "at": "2024-01-01T00:00:00Z", "big": 1, "ok": true, "who": {"name": "a", "n": 1}}
        {"at": "2024-01-01 00:00:01.5", "id": 2, "big": 2.5, "late": "x", "tags": ["t"], "who": {"name": null, "n": 2}}
        {"id": 3, "at": "2024-01-01T00:00:02+02:00", "big": null, "mixed": 1, "who": {"name": "c", "n": 3}}
        {"id": 4, "at": "2024-01-01T00:00:03Z", "big": 3, "mixed": [1], "who": {"n": 3}}

        """

    @Test func columnsOfJsonFiles() throws {
        let folder = try folder([
            "a.jsonl": Self.rows, "s.sqrl": "CREATE TABLE t LIKE `a.jsonl`; A := SELECT * FROM t;",
        ])
        let plan = try #require(try compile(folder).plan)
        #expect(
            plan.sources[0].columns.map { "\($0.name) \($0.type)" } == [
                "id BIGINT NOT NULL", "at TIMESTAMP_LTZ(3) NOT NULL", "big DOUBLE", "ok BOOLEAN",
                "who ROW<`name` STRING, `n` BIGINT NOT NULL> NOT NULL", "late STRING",
                "tags ARRAY<STRING>", "mixed STRING",
            ])
    }

    @Test func columnsOfCsvFiles() throws {
        let folder = try folder([
            "a.csv":
                "id,at,v,zip,name,flag\n1,2024-01-01 00:00:00,1,01234,\"x, y\",true\n2,2024-01-02 00:00:00,2.5,1,,false\n",
            "s.sqrl": "IMPORT `a.csv`; B := SELECT * FROM a;",
        ])
        let plan = try #require(try compile(folder).plan)
        #expect(
            plan.sources[0].columns.map { "\($0.name) \($0.type)" } == [
                "id BIGINT NOT NULL", "at TIMESTAMP_LTZ(3) NOT NULL", "v DOUBLE NOT NULL",
                "zip STRING NOT NULL", "name STRING", "flag BOOLEAN NOT NULL",
            ])
        // Found columns can be read: no row is refused.
        let harness = PipelineHarness("IMPORT `a.csv`; B := SELECT * FROM a;", in: folder)
        try harness.run()
        #expect(try harness.query("SELECT count(*), count(name) FROM B") == ["2|2"])
        #expect(try harness.query("SELECT count(*) FROM weir_rejects") == ["0"])
    }

    /// A header without commas tells the delimiter.
    @Test("delimiters of csv files", arguments: [";", "\t", "|"])
    func delimiters(_ delimiter: String) throws {
        let lines = ["id,name", "1,a", "2,b"].map { $0.replacing(",", with: delimiter) }
        let folder = try folder(["a.csv": lines.joined(separator: "\n") + "\n"])
        let harness = PipelineHarness(
            "IMPORT `a.csv`; B := SELECT id + 1 AS n, name FROM a;", in: folder)
        try harness.run()
        #expect(try harness.query("SELECT * FROM B ORDER BY n") == ["2|a", "3|b"])
    }

    @Test func columnsOfAvroSchemas() throws {
        let folder = try folder([
            "a.avsc": """
            {"type": "record", "name": "R", "fields": [
              {"name": "id", "type": "long"}, {"name": "s", "type": ["null", "string"]},
              {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "d", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "l", "type": {"type": "array", "items": {"type": "record", "name": "I",
                "fields": [{"name": "x", "type": "int"}]}}},
              {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"]}},
              {"name": "m", "type": {"type": "map", "values": "double"}}]}
            """,
            "s.sqrl":
                "CREATE TABLE t WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json') LIKE `a.avsc`; A := SELECT * FROM t;",
        ])
        let plan = try #require(try compile(folder).plan)
        #expect(
            plan.sources[0].columns.map { "\($0.name) \($0.type)" } == [
                "id BIGINT NOT NULL", "s STRING", "t TIMESTAMP_LTZ(3) NOT NULL",
                "d DECIMAL(9, 2) NOT NULL", "l ARRAY<ROW<`x` INT NOT NULL> NOT NULL> NOT NULL",
                "e STRING NOT NULL", "m MAP<STRING NOT NULL, DOUBLE NOT NULL> NOT NULL",
            ])
    }

    @Test func settingsChooseStageAndLogger() throws {
        func files(_ compiler: String) -> [String: String] {
            [
                "package.json": #"{"script": {"main": "s.sqrl"}, "compiler": \#(compiler)}"#,
                "t.csv": "id\n1\n2\n",
                "s.sqrl": """
                IMPORT `t.csv`;
                A := SELECT id, COUNT(*) AS n FROM t GROUP BY id;
                EXPORT A TO logger.Shown;
                Other := SELECT id FROM t WHERE id > 1;
                EXPORT t TO log.Kept;
                /*+test*/ Checked := SELECT id FROM A WHERE n > 1;
                /*+workload*/ Asked(i BIGINT) := SELECT * FROM A WHERE n = :i;
                """,
            ]
        }
        let standard = try #require(try compile(try folder(files("{}"))).plan)
        #expect(standard.tables.map(\.name).sorted() == ["A", "Kept_log", "Other", "t"])
        #expect(standard.stages.contains { $0.node.label == "sink" })
        #expect(!standard.stages.contains { $0.name.hasPrefix("Checked") })
        #expect(standard.queries.isEmpty)
        #expect(standard.indexes.map(\.columns) == [["n"]])
        let logged = try #require(try compile(try folder(files(#"{"logger": "kafka"}"#))).plan)
        #expect(logged.tables.map(\.name).sorted() == ["A", "Kept_log", "Other", "Shown_log", "t"])
        let silent = try #require(try compile(try folder(files(#"{"logger": "none"}"#))).plan)
        #expect(!silent.stages.contains { $0.node.label == "sink" })
        let read = try compile(
            try folder(files(#"{"cost-model": "READ", "logger": "none"}"#)))
        #expect(read.definitions.first { $0.name == "Other" }?.assignment?.stage == .store)
        // What is written out stays a stream.
        #expect(read.definitions.first { $0.name == "A" }?.assignment?.stage == .stream)
        let wrong = try compile(try folder(files(#"{"cost-model": "FAST", "logger": 5}"#)))
        #expect(
            wrong.diagnostics.filter { $0.code == "bad-setting" }.map(\.message) == [
                "'cost-model' is one of DEFAULT, READ, WRITE", "'logger' is a text",
            ])
    }

    @Test func packageFilesAreMerged() throws {
        let folder = try folder([
            "package.json": """
            {"version": "1", "script": {"main": "src/s.sqrl", "config": {"a": 1, "b": ["x"], "c": {"d": true}}}}
            """,
            "more.json": """
            {"script": {"config": {"a": "${LIMIT}", "b": ["y", "z"]}}}
            """,
            "src/t.csv": "id\n1\n",
            "src/s.sqrl":
                "IMPORT `t.csv`; {{#c}}{{#d}}A := SELECT id, {{a}} AS n{{#b}}, '{{.}}' AS {{.}}{{/b}} FROM t;{{/d}}{{/c}}",
        ])
        let first = try #require(try compile(folder).plan)
        #expect(first.tables[0].columns.map(\.name) == ["id", "n", "x"])
        let second = try #require(try compile(folder, packages: ["more.json"]).plan)
        #expect(second.tables[0].columns.map(\.name) == ["id", "n", "y", "z"])
        #expect(second.sources[0].options["path"] == "src/t.csv")
    }

    @Test func includesAreOtherProjects() throws {
        let folder = try folder([
            "lib/package.json": #"{"script": {"config": {"limit": 3, "name": "lib"}}}"#,
            "lib/deep/q.sqrl":
                "IMPORT `rows.csv` AS r; A_{{name}} := SELECT id FROM r WHERE id < {{limit}};",
            "lib/deep/rows.csv": "id\n1\n5\n",
            "app/package.json": """
            {"script": {"main": "s.sqrl", "config": {"limit": 9},
              "include": {"tools": {"package": "../lib/package.json", "config": {"name": "app"}}}}}
            """,
            "app/s.sqrl": "IMPORT tools.deep.q.*; B := SELECT id FROM A_app;",
        ])
        let compilation = try compile(folder, "/app")
        #expect(compilation.diagnostics.isEmpty, "\(compilation.diagnostics)")
        #expect(compilation.plan?.tables.map(\.name).sorted() == ["A_app", "B", "r"])
        #expect(
            compilation.plan?.sources[0].options["path"]?.hasSuffix("lib/deep/rows.csv") == true)
    }

    @Test func whatLiesOutsideIsNotRead() throws {
        let folder = try folder([
            "secret.csv": "id\n1\n", "app/s.sqrl": "IMPORT `link.csv`; A := SELECT id FROM link;",
        ])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/app/link.csv", withDestinationPath: "../secret.csv")
        let found = try compile(folder, "/app/s.sqrl").diagnostics
        #expect(found.contains { $0.message.contains("leads out of the project") }, "\(found)")
    }

    static let broken: [([String: String], String)] = [
        ([:], "there is no package.json and no .sqrl or .sql script"),
        (["a.sqrl": "", "b.sqrl": ""], "more than one script"),
        (["package.json": "{"], "is not JSON"), (["package.json": "[]"], "is not a JSON object"),
        (["package.json": "{}"], "names no script"),
        (["package.json": #"{"script": {"main": "x.sqrl"}}"#], "there is no script"),
        (["package.json": #"{"script": {"main": "../x.sqrl"}}"#], "outside of its folder"),
        (["package-a.json": "{}", "a.sqrl": ""], "name one"),
    ]

    @Test("broken projects are errors", arguments: broken.indices)
    func brokenProjects(_ index: Int) throws {
        let (files, message) = Self.broken[index]
        let folder = try folder(files)
        #expect {
            try Project(path: folder.path)
        } throws: { error in
            "\(error)".contains(message)
        }
    }
}
