// `weir bench api` against a server that runs.

import Foundation
import TestSupport
import Testing

@Suite struct LoadTests {
    private static let script = """
        CREATE TABLE src (id BIGINT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
          WITH ('connector'='filesystem','path'='rows.csv','format'='csv');
        Rows := SELECT * FROM src;
        /** Rows from a number on.
         *  @param least The number.
         */
        Above(least BIGINT NOT NULL) := SELECT * FROM Rows WHERE id > :least;

        """

    @Test func requestsAreMeasured() throws {
        let folder = try TemporaryFolder()
        try folder.write("p.sqrl", Self.script)
        try folder.write("rows.csv", (0..<50).map { "\($0)\n" }.joined())
        let server = try ServedProgram(
            folder, ["run", "p.sqrl", "--quiet", "--listen", "127.0.0.1:0"])
        defer { server.process.signal(SIGKILL) }
        let url = "http://127.0.0.1:\(server.port)"
        func bench(_ arguments: String...) throws -> ProgramResult {
            try Program.run(
                Program.weir,
                ["bench", "api", "--url", url, "--seconds", "0.3", "--connections", "2"]
                    + arguments, folder: folder.path)
        }
        // Of the specification: those that need no argument.
        let all = try bench()
        #expect(all.status == 0, "\(all.errors)")
        #expect(all.output.contains("GET /v1/rest/queries/Rows"))
        #expect(!all.output.contains("Above"))
        #expect(all.output.contains(" 0 failed, 0 unanswered"))
        let own = try bench(
            "--rate", "100", "--keys", "40", "--request", "3 GET /v1/rest/queries/Above?least={n}",
            "--request", #"POST /v1/graphql {"query": "{ Rows { id } }"}"#)
        #expect(own.output.contains(" 0 failed, 0 unanswered"), "\(own.output)\(own.errors)")
        #expect(own.output.contains("POST /v1/graphql"))
        let wrong = try bench("--request", "GET /v1/rest/queries/Above?least=x")
        #expect(!wrong.output.contains(" 0 failed"))
        let stream = try bench("--request", "GET /v1/live/Rows")
        #expect(stream.status == 1 && stream.errors.contains("is a stream"))
        let heavy = try bench("--request", "99999999999999 GET /health")
        #expect(heavy.status == 2 && heavy.errors.contains("a weight of 1 to 1000"))
        #expect(try bench("--limit", "nan").errors.contains("--limit"))
        // A server that is stopped answers nothing.
        server.process.signal(SIGSTOP)
        let stopped = try bench("--request", "GET /health")
        server.process.signal(SIGCONT)
        #expect(stopped.status != 0, "\(stopped.output)")
        server.process.signal(SIGKILL)
        server.process.waitUntilExit()
        #expect(try bench().errors.contains("takes no connection"))
    }
}
