// IMPORT, LIKE and templates over files in memory.

import TestSupport
import Testing
import WeirColumnar
import WeirConnectors
import WeirPlanner
import WeirSQL

/// A project whose files are texts.
struct MemoryFiles: ProjectFiles {
    let files: [String: String]

    private func text(_ path: ProjectPath) -> String? { files["\(path)"] }

    func isFile(_ path: ProjectPath) -> Bool { text(path) != nil }
    func isFolder(_ path: ProjectPath) -> Bool {
        path.parts.isEmpty || files.keys.contains { $0.hasPrefix("\(path)/") }
    }
    func names(in folder: ProjectPath) -> [String] {
        let prefix = folder.parts.isEmpty ? "" : "\(folder)/"
        let names = files.keys.filter { $0.hasPrefix(prefix) }.compactMap {
            $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted()
    }
    func read(_ path: ProjectPath) throws(FileProblem) -> [UInt8] {
        guard let text = text(path) else { throw FileProblem("there is no file \(path)") }
        return Array(text.utf8)
    }
    func schema(of path: ProjectPath) throws(FileProblem) -> DataFileSchema {
        guard isFile(path) else { throw FileProblem("there is no file \(path)") }
        return DataFileSchema(
            columns: [("id", "BIGINT NOT NULL"), ("odd name", "STRING")], format: "csv",
            options: [("csv.header", "true")])
    }
    func shownName(_ path: ProjectPath) -> String { "\(path)" }
    func connectorPath(_ path: ProjectPath) -> String { path.parts.joined(separator: "/") }
    func find(named name: String) -> [ProjectPath] {
        files.keys.filter { $0.hasSuffix("/" + name) }.sorted()
            .map { ProjectPath($0.split(separator: "/").map(String.init)) }
    }
}

@Suite struct ModuleTests {
    private static let orders = """
        CREATE TABLE Orders (id BIGINT NOT NULL, item STRING, price DOUBLE)
          WITH ('connector' = 'filesystem', 'path' = 'orders.csv', 'format' = 'csv');
        """

    /// The files that cases begin with; `main.sqrl` is the script.
    private static let base = [
        "connectors/orders.table.sql": orders,
        "connectors/sink-out.table.sql":
            "CREATE TABLE Out WITH ('connector' = 'print') LIKE `*`;",
        "lib/shop.sqrl": """
        IMPORT root.connectors.orders;
        CREATE TABLE People (id BIGINT, name STRING)
          WITH ('connector' = 'filesystem', 'path' = 'people.csv', 'format' = 'csv');
        Cheap := SELECT id FROM Orders WHERE price < {{limit}};
        """,
        "data/rows.csv": "", "data/deep/raw.jsonl": "",
    ]

    private static func compile(
        _ main: String, _ more: [String: String] = [:], settings: ProjectSettings? = nil
    ) -> Compilation {
        var files = base.merging(more) { $1 }
        files["main.sqrl"] = main
        var used = settings ?? ProjectSettings()
        if settings == nil {
            used.templateValues = ["limit": .text("5"), "names": .list([.text("a"), .text("b")])]
        }
        return ScriptBinder.compile(
            ScriptProject(
                main: ProjectPath(["main.sqrl"]), files: MemoryFiles(files: files), settings: used),
            connectors: ConnectorRegistry.catalog)
    }

    /// Scripts and the tables that they store.
    static let accepted: [(String, [String])] = [
        ("IMPORT connectors.orders; A := SELECT id FROM Orders;", ["A"]),
        ("IMPORT connectors.Orders AS o; A := SELECT id FROM o;", ["A"]),
        ("IMPORT connectors.* AS _; A := SELECT id FROM _Orders;", ["A"]),
        ("IMPORT lib.shop.*; A := SELECT id FROM Cheap;", ["A", "Cheap"]),
        ("IMPORT lib.shop; A := SELECT id FROM shop.Cheap;", ["A"]),
        ("IMPORT lib.shop AS s; A := SELECT Cheap.id FROM s.Cheap;", ["A"]),
        ("IMPORT lib.shop.people AS p; A := SELECT name FROM p;", ["A"]),
        ("/*+ no_query */ IMPORT lib.shop.*; A := SELECT id FROM Cheap;", ["A"]),
        ("IMPORT root.lib.shop.People; A := SELECT name FROM People;", ["A"]),
        ("IMPORT `data/rows.csv`; A := SELECT `odd name` FROM rows;", ["A"]),
        ("IMPORT `data/deep/raw.jsonl` AS r; A := SELECT id FROM r;", ["A"]),
        ("CREATE TABLE t LIKE `data/rows.csv`; A := SELECT id FROM t;", ["A"]),
        (
            "CREATE TABLE t (big AS id * 2, PRIMARY KEY (id) NOT ENFORCED) LIKE `data/rows.csv`; A := SELECT big FROM t;",
            ["A"]
        ),
        (
            "IMPORT connectors.orders; CREATE TABLE t (extra INT) LIKE Orders; A := SELECT extra, item FROM t;",
            ["A"]
        ),
        (
            "IMPORT connectors.orders; CREATE TABLE t WITH ('path' = 'x.csv') LIKE Orders (EXCLUDING CONSTRAINTS INCLUDING OPTIONS); A := SELECT id FROM t;",
            ["A"]
        ),
        (
            "IMPORT connectors.orders; A := SELECT id FROM Orders; EXPORT A TO connectors.sink-out;",
            ["A"]
        ),
        ("IMPORT connectors.orders; EXPORT Orders TO connectors.sink-out;", []),
        (
            "CREATE DATABASE d; USE d; IMPORT connectors.orders; USE default_database; A := SELECT id FROM d.Orders;",
            ["A"]
        ),
        (
            "IMPORT stdlib.math; IMPORT stdlib.math.*; IMPORT connectors.orders; A := SELECT id FROM default_catalog.default_database.Orders;",
            ["A"]
        ),
        (
            "IMPORT connectors.orders; A := SELECT {{#names}}id + 1 AS {{.}}, {{/names}}id FROM Orders;",
            ["A"]
        ),
    ]

    @Test("imports bring their tables", arguments: accepted)
    func imports(_ script: String, _ tables: [String]) {
        let compilation = Self.compile(script)
        let problems = compilation.diagnostics.filter { $0.code != "hint-ignored" }
        #expect(problems.isEmpty, "\(problems)")
        #expect(compilation.plan?.tables.map(\.name).sorted() == tables)
    }

    static let mistakes = [
        "IMPORT «unknown-module»conectors.orders;",
        "IMPORT connectors.«unknown-module»ordes;",
        "IMPORT «unknown-module»connectors;",
        "IMPORT lib.shop.«not-importable»Cheap;",
        "IMPORT lib.shop.«unknown-table»Peple;",
        "IMPORT «unknown-module»lib.shop.People.x;",
        "IMPORT lib.shop.* AS «bad-alias»s;",
        "IMPORT connectors.* AS «bad-alias»s;",
        "IMPORT stdlib.«unknown-module»maths;",
        "IMPORT «unsupported»stdlib.openai;",
        "IMPORT stdlib.math.«unknown-function»hypotenuse;",
        "IMPORT «unreadable-file»`data/none.csv`;",
        "IMPORT «outside-project»`../rows.csv`;",
        "CREATE TABLE t LIKE «unreadable-file»`data/none.jsonl`;",
        "CREATE TABLE t LIKE «unknown-table»nothing;",
        "CREATE TABLE t WITH ('connector' = 'print') «misplaced-like»LIKE `.`;",
        "IMPORT connectors.orders; A := SELECT id FROM Orders; CREATE TABLE t «not-a-table»LIKE A;",
        "IMPORT lib.shop AS s; A := SELECT id FROM s.«unknown-table»Cheep;",
        "A := SELECT id FROM «unknown-namespace»q.Cheap;",
        "USE «unknown-namespace»q;",
        "IMPORT connectors.orders; IMPORT «duplicate-table»connectors.orders;",
        "IMPORT connectors.orders; EXPORT Orders TO connectors.«unknown-module»sink;",
        "IMPORT connectors.orders; EXPORT Orders TO «not-a-sink»lib.shop;",
        "CREATE FUNCTION «unsupported»f AS 'com.example.F';",
        "«unsupported»NEXT_BATCH;",
        "IMPORT connectors.orders; A := SELECT «unknown-variable»{{nothing}} id FROM Orders;",
        "«unmatched-section»{{#names}} IMPORT connectors.orders;",
        "IMPORT connectors.orders; «unmatched-section»{{/names}}",
        "IMPORT connectors.orders; «unterminated-tag»{{names",
        "IMPORT connectors.orders; «unsupported»{{> partial}}",
    ]

    @Test("mistakes are found at their place", arguments: mistakes)
    func diagnostics(_ marked: String) {
        let expected = MarkedText(marked)
        let compilation = Self.compile(expected.text)
        let bytes = Array(expected.text.utf8)
        for (code, offset) in expected.markers {
            let column = String(decoding: bytes[..<offset], as: UTF8.self).unicodeScalars.count + 1
            let found = compilation.diagnostics.contains { item in
                let text = compilation.sources.text(at: item.span.start)
                return item.code == code && text.name == "main.sqrl"
                    && text.position(at: item.span.start) == (1, column)
            }
            #expect(found, "\(code) at \(column): \(compilation.diagnostics)")
        }
    }

    @Test func mistakesInImportedFilesPointThere() throws {
        let compilation = Self.compile(
            "IMPORT bad.one.*;\n",
            ["bad/one.sqrl": "IMPORT root.connectors.orders;\n\nA := SELECT nope FROM Orders;"])
        let found = try #require(compilation.diagnostics.first)
        let text = DiagnosticRenderer(sources: compilation.sources, coloured: false).render(found)
        #expect(text.contains("--> bad/one.sqrl:3:13"), "\(text)")
        #expect(text.contains("3 | A := SELECT nope FROM Orders;"), "\(text)")
    }

    @Test func mistakesBehindTemplateTagsPointToWhatWasWritten() throws {
        let compilation = Self.compile(
            "IMPORT connectors.orders;\n{{#names}}\nA{{.}} := SELECT id FROM Orders;\n{{/names}}\n"
                + "B := SELECT id FROM Orders WHERE price > {{limit}} AND nope;")
        let found = try #require(compilation.diagnostics.first)
        let text = DiagnosticRenderer(sources: compilation.sources, coloured: false).render(found)
        #expect(text.contains("main.sqrl:5:56"), "\(text)")
        #expect(text.contains("{{limit}} AND nope;"), "\(text)")
    }

    @Test func importsThatLeadBackAreCut() {
        let compilation = Self.compile(
            "IMPORT a.*;", ["a.sqrl": "IMPORT b.*;", "b.sqrl": "IMPORT a;"])
        #expect(compilation.diagnostics.map(\.code) == ["import-cycle"])
        #expect(compilation.diagnostics.first?.hint?.contains("a.sqrl → b.sqrl → a.sqrl") == true)
    }

    @Test func sectionsThatMultiplyAreCut() {
        let open = (0..<40).map { _ in "{{#names}}" }.joined()
        let close = (0..<40).map { _ in "{{/names}}" }.joined()
        let compilation = Self.compile("IMPORT connectors.orders; \(open)\(close)")
        #expect(compilation.diagnostics.contains { $0.code == "too-long" })
    }

    @Test func variablesOfTheEnvironment() {
        var settings = ProjectSettings()
        settings.environment = ["FOLDER": "data"]
        let compilation = Self.compile(
            """
            CREATE TABLE t (id BIGINT) WITH ('connector' = 'filesystem',
              'path' = '${FOLDER}/${NAME:-x}.csv', 'format' = 'csv');
            CREATE TABLE u (id BIGINT) WITH ('connector' = 'filesystem',
              'path' = '${NOTHING}/x.csv', 'format' = 'csv');
            CREATE TABLE v (id BIGINT) WITH ('connector' = 'filesystem',
              'path' = '${DATA_PATH}/raw.jsonl', 'format' = 'json');
            A := SELECT id FROM t; B := SELECT id FROM v;
            """, settings: settings)
        #expect(
            compilation.plan?.sources.map { $0.options["path"] ?? "" }.sorted()
                == ["data/deep/raw.jsonl", "data/x.csv"])
        #expect(compilation.diagnostics.map(\.code) == ["unset-variable"])
    }

    /// Templates and imports of random pieces: diagnostics, never a trap, in bounded time.
    @Test("random templates", arguments: 0..<300)
    func fuzz(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let pieces = [
            "{{", "}}", "{{#names}}", "{{/names}}", "{{^names}}", "{{limit}}", "{{{limit}}}",
            "{{.}}", "{{! x }}", "\n", "IMPORT ", "lib.shop", ".*", " AS x", ";", "connectors.",
            "LIKE `data/rows.csv`", "CREATE TABLE t ", "{{&limit}}", "é", "'", "USE q;",
            "{{a.b.c}}",
            "A := SELECT id FROM Orders;", "${X}", "`..`", "root.", "*",
        ]
        let script = (0..<random.below(40)).map { _ in random.pick(pieces) }.joined()
        let compilation = Self.compile(script)
        let renderer = DiagnosticRenderer(sources: compilation.sources, coloured: false)
        #expect(!renderer.render(compilation.diagnostics).isEmpty || compilation.plan != nil)
    }
}
