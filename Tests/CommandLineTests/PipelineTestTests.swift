// `weir test`: snapshots written, compared, and what a difference looks like.

import Foundation
import TestSupport
import Testing

@Suite struct PipelineTestTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, name STRING, n DOUBLE)
          WITH ('connector' = 'filesystem', 'path' = 'rows.jsonl', 'format' = 'json');
        Rows := SELECT * FROM src ORDER BY id;
        /*+ engine(log) */
        CREATE TABLE Note (
          id STRING NOT NULL METADATA FROM 'uuid', rowid BIGINT NOT NULL, text STRING NOT NULL,
          at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp');
        Rows.notes := SELECT * FROM Note n WHERE n.rowid = this.id ORDER BY text;
        NewNotes := SUBSCRIBE SELECT rowid, text FROM Note;
        Named(wanted STRING NOT NULL) := SELECT id FROM Rows WHERE name = :wanted;
        /*+ test */
        Names := SELECT id, name, CAST(NOW() AS DATE) AS today FROM src WHERE id < 3 ORDER BY id;
        /*+ test(no_rows) */
        Nameless := SELECT * FROM src WHERE name IS NULL;
        """

    /// A project of DataSQRL's: its package file, its tests, and snapshots as its runner writes them.
    private func project() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("pipeline.sqrl", Self.script)
        try folder.write(
            "rows.jsonl",
            (1...30).map { "{\"id\":\($0),\"name\":\"r\($0)\",\"n\":\($0).5}" }.joined(
                separator: "\n"))
        try folder.write(
            "package.json",
            """
            {"version": "1", "script": {"main": "pipeline.sqrl"},
             "test-runner": {"test-folder": "api/tests", "snapshot-folder": "snaps",
               "delay-sec": 30, "headers": {"X-All": "1"}}}
            """)
        try folder.write(
            "api/tests/a-write.graphql",
            """
            mutation { Note(event: {rowid: 2, text: "two"}) { id rowid } }
            """)
        try folder.write(
            "api/tests/b-write.graphql",
            """
            mutation { Note(event: {rowid: 1, text: "one"}) { rowid at } }
            """)
        try folder.write("api/tests/notes.graphql", "{ Rows(limit: 2) { id n notes { text } } }")
        try folder.write("api/tests/listen.graphql", "subscription { NewNotes { rowid text } }")
        try folder.write("api/tests/page.http", "GET /v1/rest/queries/Rows?limit=1&offset=29\n")
        let snapshots = [
            (
                "a-write",
                #"{"data":{"Note":{"rowid":2.0,"id":"00000000-0000-4000-8000-000000000001"}}}"#
            ),
            ("b-write", #"{"data":{"Note":{"rowid":1.0,"at":"2026-01-01T00:00:00.000Z"}}}"#),
            (
                "notes",
                #"{"data":{"Rows":[{"id":1.0,"n":1.5,"notes":[{"text":"one"}]},"#
                    + #"{"id":2.0,"n":2.50,"notes":[{"text":"two"}]}]}}"#
            ),
            (
                "listen",
                #"[{"data":{"NewNotes":{"rowid":1.0,"text":"one"}}},{"data":{"NewNotes":{"rowid":2.0,"text":"two"}}}]"#
            ),
            (
                "Names",
                #"{"data":{"Names":[{"id":1.0,"name":"r1","today":"2026-01-01"},"#
                    + #"{"id":2.0,"name":"r2","today":"2026-01-01"}]}}"#
            ),
            (
                "page",
                #"{"status":200,"body":{"data":[{"id":30,"name":"r30","n":30.5,"notes":[]}]}}"#
            ),
        ]
        for (name, text) in snapshots { try folder.write("snaps/\(name).snapshot", text) }
        return folder
    }

    private func test(
        _ folder: TemporaryFolder, _ arguments: String...
    ) throws -> ProgramResult {
        try Program.run(
            Program.weir, ["test", "package.json", "--now", "2026-01-01T00:00:00Z"] + arguments,
            folder: folder.path)
    }

    @Test func aProjectOfDataSQRLPasses() throws {
        let folder = try project()
        let result = try test(folder)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("7 tests: 7 passed"), "\(result.output)")
        // Nothing is left behind, and nothing was written.
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.weir"))
        #expect(try folder.text("snaps/notes.snapshot").hasPrefix("{\"data\":{\"Rows\""))
    }

    @Test func differencesAreShownAndCanBeKept() throws {
        let folder = try project()
        try folder.write(
            "snaps/notes.snapshot",
            #"{"data":{"Rows":[{"id":1,"n":1.25,"notes":[{"text":"one"}]},{"id":7,"n":1,"notes":[]}]}}"#
        )
        try folder.write("snaps/old.snapshot", "[]")
        try folder.write(
            "rows.jsonl",
            try folder.text("rows.jsonl") + "\n{\"id\":31,\"n\":1}\n")
        let result = try test(folder, "--junit", "report.xml")
        #expect(result.status == 1)
        for line in [
            "FAILED   notes", "row 1 (id 1) n: 1.25 → 1.5",
            "- row 2 {\"id\":7,\"n\":1,\"notes\":[]}",
            "+ row 2 {\"id\":2,\"n\":2.5,\"notes\":[{\"text\":\"two\"}]}", "FAILED   Nameless",
            "the table has rows", "the snapshot old belongs to no test",
            "7 tests: 5 passed, 2 failed",
        ] {
            #expect(result.output.contains(line), "\(line) is not in\n\(result.output)")
        }
        let report = try folder.text("report.xml")
        #expect(report.contains("tests=\"7\" failures=\"2\""))
        #expect(report.contains("data.Rows[0].n: 1.5 instead of 1.25"))

        let machine = try test(folder, "--json", "notes")
        #expect(machine.status == 1)
        #expect(machine.output.contains("\"column\":\"n\",\"expected\":1.25,\"actual\":1.5"))
        // Only what was asked for, and the mutations before it.
        #expect(machine.output.contains("\"tests\":3,"))

        let update = try test(folder, "--update")
        #expect(update.status == 1, "a table that is to be empty stays a failure")
        #expect(update.output.contains("1 written"))
        #expect(try folder.text("snaps/notes.snapshot").contains("\"n\": 1.5"))
        #expect(try test(folder, "notes").status == 0)
    }

    @Test func answersAreWrittenElsewhere() throws {
        let folder = try project()
        let result = try test(folder, "--results", "got")
        #expect(result.status == 0, "\(result.output)")
        #expect(try folder.text("got/Names.snapshot").contains("\"today\":\"2026-01-01\""))
        #expect(try folder.text("got/Nameless.snapshot").contains("\"Nameless\": []"))
    }

    @Test func mistakesAreNamed() throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", "T := SELECT * FROM (VALUES (1)) AS v (a);")
        func errors(_ arguments: String...) throws -> String {
            let result = try Program.run(
                Program.weir, ["test", "p.sqrl"] + arguments, folder: folder.path)
            #expect(result.status != 0)
            return result.errors
        }
        #expect(try errors().contains("there are no tests"))
        try folder.write("tests/two.graphql", "query A { T { a } } query B { T { a } }")
        #expect(try errors().contains("two.graphql has 2 operations"))
        try folder.write("tests/two.graphql", "{ T { a } }")
        #expect(try errors("one").contains("there is no test one; there are two"))
        #expect(try errors("--now", "today").contains("--now takes a time"))
        try folder.write("snapshots/two.snapshot", "{\"data\"")
        let broken = try Program.run(Program.weir, ["test", "p.sqrl"], folder: folder.path)
        #expect(broken.status == 1)
        #expect(broken.output.contains("two.snapshot is not JSON"))
    }

    /// What the specification says becomes tests, which pass once their snapshots are written.
    @Test func testsAreMadeFromTheSpecification() throws {
        let folder = try project()
        let made = try test(folder, "--api")
        #expect(made.status == 0, "\(made.errors)")
        let text = try folder.text("api/tests/api-Rows.http")
        #expect(
            text.contains("### behind the last row\nGET /v1/rest/queries/Rows?offset=2147483647"))
        let query = try folder.text("api/tests/api-graphql-Rows.graphql")
        #expect(query.contains("Rows {"))
        // Those of the user stay as they are, and go on passing.
        let notes = try folder.text("snaps/notes.snapshot")
        #expect(try test(folder, "--update", "api-*").output.contains("written"))
        #expect(try test(folder).status == 0)
        #expect(try folder.text("snaps/api-Rows.snapshot").contains("\"status\":400"))
        #expect(try folder.text("snaps/notes.snapshot") == notes)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.path + "/api/tests")
        #expect(!names.contains { $0.hasPrefix("api-add") || $0.contains("Nameless") })
        // An argument has a value of the column that it is compared with.
        #expect(try folder.text("api/tests/api-Named.http").contains("Named?wanted=r1\n"))
        #expect(try test(folder, "--api", "--add-rows").output.contains("api-add-Note.graphql"))
    }

    /// Tokens of DataSQRL's tests: HS256 with a key in base64, headers in package.json and beside tests.
    @Test func tokensAreThoseOfThePackageFile() throws {
        let folder = try TemporaryFolder()
        let secret = Data("testSecretThatIsAtLeast256BitsLong32Chars".utf8).base64EncodedString()
        let token =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
            + ".eyJpc3MiOiJteS10ZXN0LWlzc3VlciIsImF1ZCI6WyJteS10ZXN0LWF1ZGllbmNlIl0sImV4cCI6OTk5OTk5OTk5OSwidmFsIjoyfQ"
            + ".Ga8ABM46xf4qqp6-5428TRUnm3oj_rjJX1ZjF1YTF6M"
        try folder.write("rows.csv", "id,name\n1,a\n2,b\n")
        try folder.write(
            "p.sqrl",
            """
            CREATE TABLE Rows (id INT NOT NULL, name STRING, PRIMARY KEY (id) NOT ENFORCED)
              WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
            Mine(val INT NOT NULL METADATA FROM 'auth.val') := SELECT * FROM Rows WHERE id = :val;
            /*+test*/ All_Rows := SELECT id FROM Rows ORDER BY id;
            """)
        func settings(_ headers: String) -> String {
            """
            {"script": {"main": "p.sqrl"}, "test-runner": {"headers": {\(headers)}},
             "engines": {"vertx": {"authKind": "JWT", "config": {"jwtAuth": {
               "pubSecKeys": [{"algorithm": "HS256", "buffer": "\(secret)"}],
               "jwtOptions": {"issuer": "my-test-issuer", "audience": ["my-test-audience"]}}}}}}
            """
        }
        try folder.write("package.json", settings("\"Authorization\": \"Bearer \(token)\""))
        try folder.write("tests/mine.graphql", "{ Mine { name } }")
        try folder.write("tests/nobody.graphql", "{ Mine { name } }")
        try folder.write("tests/nobody.properties", "Authorization=Bearer x")
        try folder.write("snapshots/mine.snapshot", #"{"data": {"Mine": [{"name": "b"}]}}"#)
        try folder.write(
            "snapshots/All_Rows.snapshot", #"{"data": {"All_Rows": [{"id": 1}, {"id": 2}]}}"#)
        try folder.write(
            "snapshots/nobody.snapshot",
            #"{"error": "JWT auth failed", "cause": "the token is no signed JWT"}"#)
        let result = try Program.run(
            Program.weir, ["test", "package.json"], folder: folder.path)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        // Without a token nothing is told, tables of tests neither.
        try folder.write("package.json", settings(""))
        let refused = try Program.run(
            Program.weir, ["test", "package.json", "All_Rows"], folder: folder.path)
        #expect(refused.status == 1 && refused.output.contains("there is no token"))
    }

    @Test func theSampleProjectPasses() throws {
        let result = try Program.run(
            Program.weir, ["test", Repository.path("sample-data/nyc-flights/flights.sqrl")],
            folder: "/")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("7 tests: 7 passed; 155 rows rejected"))
    }
}
