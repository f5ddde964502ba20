// `weir advise`: proposals from what has been asked.

import Foundation
import TestSupport
import Testing
import WeirStore

@Suite struct AdviseTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, k BIGINT NOT NULL, name STRING, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        Rows := SELECT * FROM src;
        /*+engine(database)*/ Counts := SELECT k, COUNT(*) AS n FROM Rows GROUP BY k;
        Called(text STRING NOT NULL) := SELECT * FROM Rows WHERE UPPER(name) = :text;

        """

    /// As if each query had been asked a hundred times and had taken two milliseconds.
    private static func measure(_ queries: [String], _ folder: TemporaryFolder) throws {
        var timing = QueryTiming()
        timing.count = 100
        timing.rows = 700
        timing.seconds = 0.2
        timing.longest = 0.01
        timing.buckets[12] = 100
        let figures = Dictionary(uniqueKeysWithValues: queries.map { ($0, timing) })
        try folder.write(
            ".weir/p.queries.json",
            String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    }

    private static func weir(
        _ folder: TemporaryFolder, _ arguments: [String]
    ) throws -> ProgramResult {
        try Program.run(Program.weir, arguments, folder: folder.path)
    }

    @Test func costsBecomeProposals() async throws {
        let folder = try TemporaryFolder()
        let rows = (0..<2000).map { "\($0),\($0 % 7),n\($0)\n" }.joined()
        try folder.write("rows.csv", "id,k,name\n" + rows)
        try folder.write("p.sqrl", Self.script)
        func weir(_ arguments: String...) throws -> ProgramResult {
            try Self.weir(folder, arguments)
        }
        #expect(try weir("run", "p.sqrl", "--once", "--quiet").status == 0)
        let early = try weir("advise", "p.sqrl")
        #expect(early.status == 1 && early.errors.contains("nothing has been asked"))
        try Self.measure(["Counts", "Called"], folder)
        let advice = try weir("advise", "p.sqrl").output
        for line in [
            "Keep Counts up to date in the stream.",
            "Counts was asked 100 times and took 2.0 ms each, 50 % of SQLite's time",
            "/*+engine(stream)*/ in front of Counts (p.sqrl:4)",
            "Let Called find its rows of Rows by an index.", "it reads all 2000 rows of Rows",
        ] {
            #expect(advice.contains(line), "\(line)\n\(advice)")
        }
        let machine = try weir("advise", "p.sqrl", "--json").output
        #expect(machine.contains("\"query\":\"Counts\""))
        // A server keeps what it was asked.
        try folder.write(".weir/p.queries.json", "no json")
        try folder.write("rows.csv", "id,k,name\n" + rows)
        let server = try ServedProgram(folder, ["run", "p.sqrl", "--listen", "127.0.0.1:0"])
        defer { server.process.signal(SIGKILL) }
        let answer = try await HTTP.request(
            port: server.port, "GET", "/v1/rest/queries/Counts")
        #expect(answer.status == 200)
        server.stop()
        let kept = QueryTimings.load(store: folder.path + "/.weir/p.db")
        #expect(kept["Counts"]?.count == 1)
        // Figures of a query are not those of another of its name, nor of another store.
        let shown = try weir("advise", "p.sqrl").output
        #expect(shown.contains("Counts"))
        try folder.write(
            "p.sqrl", Self.script.replacing("SELECT k, COUNT(*)", with: "SELECT k, MIN(id)"))
        #expect(try weir("advise", "p.sqrl").errors.contains("nothing has been asked"))
        try folder.write("p.sqrl", Self.script)
        #expect(try weir("run", "p.sqrl", "--once", "--quiet", "--fresh").status == 0)
        #expect(QueryTimings.load(store: folder.path + "/.weir/p.db").isEmpty)
    }

    private static let joins = """
        CREATE TABLE a (id BIGINT NOT NULL, k BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        CREATE TABLE b (id BIGINT NOT NULL, k BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        Pairs := SELECT a.id, b.id AS other FROM a JOIN b ON a.k = b.k;
        /*+engine(store)*/ Fixed := SELECT a.id, b.id AS other FROM a JOIN b ON a.k = b.k;
        Crossed := SELECT a.id, b.id AS other FROM a JOIN b ON a.k < b.k;
        Dated := SELECT a.id, b.id AS other, CURRENT_TIMESTAMP AS at FROM a JOIN b ON a.k = b.k;
        Picked := SELECT a.id, b.id AS other FROM a JOIN b ON a.k = b.k AND RAND() < 2;
        Counts := SELECT id, COUNT(*) AS n FROM Pairs GROUP BY id;

        """
    private static let stayed: Set = ["Fixed", "Crossed", "Dated", "Picked"]

    /// A store that is made anew keeps up to date what was measured to cost too much, if no hint says
    /// otherwise, no join keeps everything and nothing depends on the time or chance, and goes on so.
    @Test func costlyViewsAreKeptUpToDate() async throws {
        let folder = try TemporaryFolder()
        let rows = (0..<60).map { "\($0),\($0 % 7)\n" }.joined()
        try folder.write("rows.csv", "id,k\n" + rows)
        try folder.write("p.sqrl", Self.joins)
        func weir(_ arguments: String...) throws -> ProgramResult {
            try Self.weir(folder, arguments)
        }
        func views() throws -> Set<String> {
            let text = try weir("explain", "p.sqrl").output
            let names = text.split(separator: "\n").filter { $0.contains("[view]") }
                .compactMap { $0.split(separator: " ").dropFirst().first }
            return Set(names.map(String.init))
        }
        func counts() throws -> String {
            try weir(
                "query", "--store", ".weir/p.db", "--format", "csv",
                "SELECT count(*), sum(id), sum(other), (SELECT sum(n) FROM Counts) FROM Pairs"
            ).output
        }
        #expect(try weir("run", "p.sqrl", "--once", "--quiet").status == 0)
        #expect(try views() == Self.stayed.union(["Pairs", "Counts"]))
        let before = try counts()
        try Self.measure(["Counts", "Fixed", "Crossed", "Dated", "Picked"], folder)
        let advice = try weir("advise", "p.sqrl").output
        #expect(advice.contains("the next 'weir run --fresh' does so"))
        // It follows when what it reads has moved.
        #expect(!advice.contains("in front of Counts"))
        #expect(advice.contains("write /*+engine(stream)*/ in front of Fixed (p.sqrl:6)"))
        #expect(advice.contains("write /*+engine(stream)*/ in front of Crossed (p.sqrl:7)"))
        // A run that goes on changes nothing.
        #expect(try weir("run", "p.sqrl", "--once", "--quiet").status == 0)
        #expect(try views() == Self.stayed.union(["Pairs", "Counts"]))
        let moving = try weir("run", "p.sqrl", "--once", "--quiet", "--fresh")
        #expect(
            moving.errors.contains(
                "Pairs is kept up to date from now on: Counts was asked 100 times and took 2.0 ms each, 20 % of SQLite's time"
            ), "\(moving.errors)")
        #expect(try views() == Self.stayed)
        #expect(try counts() == before)
        #expect(
            try weir("explain", "p.sqrl", "--json").output.contains(
                "computing it at each read took too long: Counts was asked 100 times"))
        // It stays so: for the next run, and for a store that is made anew again.
        let next = try weir("run", "p.sqrl", "--once", "--quiet")
        #expect(next.status == 0 && next.errors.contains("resuming"))
        #expect(try weir("run", "p.sqrl", "--once", "--quiet", "--fresh").status == 0)
        #expect(try views() == Self.stayed)
        // A hint says otherwise: that is another plan, which an old store does not have.
        try folder.write(
            "p.sqrl",
            Self.joins.replacing("Pairs := SELECT", with: "/*+engine(store)*/ Pairs := SELECT"))
        let changed = try weir("run", "p.sqrl", "--once", "--quiet")
        #expect(changed.status == 1 && changed.errors.contains("--fresh"), "\(changed.errors)")
        #expect(try weir("run", "p.sqrl", "--once", "--quiet", "--fresh").status == 0)
        #expect(try views() == Self.stayed.union(["Pairs", "Counts"]))
        #expect(try counts() == before)
    }

    /// Figures that cannot be written are told once, and the server goes on.
    @Test func lostFiguresAreTold() async throws {
        let folder = try TemporaryFolder()
        try folder.write("rows.csv", "id,k,name\n1,2,x\n")
        try folder.write("p.sqrl", Self.script)
        // A folder is where the file should be.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/.weir/p.queries.json/x", withIntermediateDirectories: true)
        let server = try ServedProgram(folder, ["run", "p.sqrl", "--listen", "127.0.0.1:0"])
        defer { server.process.signal(SIGKILL) }
        let port = server.port
        #expect(
            try await HTTP.request(port: port, "GET", "/v1/rest/queries/Counts").status == 200)
        // The run is over and serves: its store is not made anew under it.
        try #require(
            try Program.wait(seconds: 60) {
                try server.text().contains("all input is read")
            })
        let other = try Self.weir(folder, ["run", "p.sqrl", "--once", "--fresh"])
        #expect(
            other.status == 1 && other.errors.contains("another weir serves"), "\(other.errors)")
        #expect(
            try await HTTP.request(port: port, "GET", "/v1/rest/queries/Counts").status == 200)
        server.stop()
        let told = try server.text()
        #expect(
            told.components(separatedBy: "the figures of queries cannot be written").count == 2,
            "\(told)")
    }
}
