// The program as users run it: output, exit codes, signals.

import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
    private let flights = Repository.path("sample-data/nyc-flights/flights.sqrl")

    private func weir(_ arguments: String..., folder: String? = nil) throws -> ProgramResult {
        try Program.run(
            Program.weir, arguments, folder: folder ?? NSTemporaryDirectory(),
            environment: ["XDG_CACHE_HOME": NSTemporaryDirectory() + "weir-cache-\(getpid())"])
    }

    @Test func runThenAsk() throws {
        let folder = try TemporaryFolder()
        let store = folder.path + "/f.db"
        let run = try weir("run", flights, "--once", "--store", store)
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("27 004"))
        let query = try weir(
            "query", "--store", store, "--format", "csv",
            "SELECT carrier, flights FROM CarrierStats LIMIT 2")
        #expect(query.output == "carrier,flights\nUA,4605\nB6,4418\n" && query.status == 0)
        let json = try weir(
            "query", "--store", store, "--format", "jsonl", "SELECT 1 AS a, NULL AS b, 'x\"' AS c")
        #expect(json.output == "{\"a\":1,\"b\":null,\"c\":\"x\\\"\"}\n")
        let rejects = try weir("rejects", "--store", store, "--format", "csv")
        #expect(rejects.output.contains("155,check has_tail_number,Flights,check-failed"))
        let rows = try weir(
            "rejects", "--store", store, "--rows", "--limit", "1", "--format", "jsonl")
        #expect(rows.output.contains("\"raw\":\"2013,1,2,NA,1545,NA,NA,1910"))
        let again = try weir("run", flights, "--once", "--store", store)
        #expect(again.status == 0 && again.errors.contains("resuming"))
    }

    @Test func openWithoutATerminalPrintsAReport() throws {
        let report = try weir("open", folder: "/")
        #expect(report.status == 0, "\(report.errors)")
        #expect(report.output.contains("27 004") && report.output.contains("155"))
        #expect(report.output.contains("rows/s"))
    }

    @Test func exitCodes() throws {
        let folder = try TemporaryFolder()
        let bad = try folder.write("bad.sqrl", "A := SELECT x FROM nowhere;\n")
        let check = try weir("check", bad)
        #expect(check.status == 2 && check.errors.contains("bad.sqrl:1:20"))
        let json = try weir("check", "--json", bad)
        #expect(json.output.contains("\"code\":\"unknown-table\"") && json.status == 2)
        #expect(try weir("check", flights).status == 0)
        #expect(try weir("run", bad).status == 2)
        #expect(try weir("run", folder.path + "/none.sqrl").status == 2)
        #expect(try weir("run").status == 2)
        #expect(try weir("run", flights, "--pace", "fast").status == 2)
        #expect(try weir("query", "--store", folder.path + "/none.db", "SELECT 1").status == 1)
        #expect(try weir("--help").status == 0)
        #expect(try weir("explain", flights, "CarrierStats").output.contains("group by"))
        #expect(try weir("explain", flights, "CarierStats").errors.contains("did you mean"))
        let missing = try folder.write(
            "missing.sqrl",
            "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'none.csv', 'format' = 'csv'); A := SELECT a FROM t;"
        )
        let run = try weir("run", missing)
        #expect(run.status == 1 && run.errors.contains("none.csv"))
    }

    @Test func helpNamesEveryCommand() throws {
        let help = try weir("--help").output
        for command in ["open", "run", "check", "explain", "query", "rejects", "keys"] {
            #expect(help.contains(command))
            let own = try weir(command, "--help")
            #expect(own.status == 0 && own.output.contains("OVERVIEW"))
        }
    }

    @Test func interruptStopsInOrderAndTheNextRunGoesOn() throws {
        let folder = try TemporaryFolder()
        let store = folder.path + "/f.db"
        let process = try Program.start(
            Program.weir, ["run", flights, "--store", store, "--pace", "3600", "--listen", "off"],
            folder: folder.path,
            output: URL(fileURLWithPath: folder.path + "/out"),
            errors: URL(fileURLWithPath: folder.path + "/err"))
        let counted = Program.wait(seconds: 30) {
            let result = try? weir(
                "query", "--store", store, "--format", "csv",
                "SELECT sum(records_read) > 5000 FROM weir_offsets")
            return result?.output.contains("\n1\n") ?? false
        }
        #expect(counted)
        process.signal(SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try weir("run", flights, "--once", "--store", store).status == 0)
        let total = try weir(
            "query", "--store", store, "--format", "csv",
            "SELECT sum(records_read) FROM weir_offsets")
        #expect(total.output.hasSuffix("\n32552\n"))
    }

    /// Names that SQLite has for rows are names of columns as well, unless the store needs them.
    @Test func columnsMayBeCalledRowid() throws {
        let folder = try TemporaryFolder()
        func script(_ name: String) -> String {
            """
            CREATE TABLE src (id BIGINT NOT NULL, \(name) BIGINT)
              WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
            A := SELECT * FROM src;
            New := SUBSCRIBE SELECT * FROM A;

            """
        }
        try folder.write("rows.csv", "1,9\n2,1000000000\n3,5\n")
        try folder.write("p.sqrl", script("rowid"))
        let ran = try Program.run(
            Program.weir, ["run", "p.sqrl", "--once", "--quiet"], folder: folder.path)
        #expect(ran.status == 0, "\(ran.errors)")
        let events = try Program.run(
            Program.weir,
            ["query", "--store", "p.sqrl", "--format", "csv", "SELECT id FROM New_events"],
            folder: folder.path)
        #expect(events.output == "id\n1\n2\n3\n", "\(events.output)")
        for name in ["weir_row", "_ROWID_", "weir_copy"] {
            try folder.write("p.sqrl", script(name))
            let refused = try Program.run(
                Program.weir, ["check", "p.sqrl"], folder: folder.path)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("reserved-column"), "\(refused.errors)")
        }
    }
}
